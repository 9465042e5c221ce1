#!/bin/bash
# The manual beside the program. At stake: an option that the manual does not have is one nobody
# finds, and one that only the manual has is a false promise. What is not built yet is left out.

. tests/support/daemon.sh

unbuilt='board|stats|referral .*|marking .*
|checkpoint|prove|proof .*|bench|rulebook simulate'
manual=client/cli/demerit.1
completion=contrib/completion/demerit.bash

run demerit --help
commands=$(sed -n 's/^  \([a-z][a-z ]*[a-z]\)  .*/\1/p' "$work/out" | grep -vxE "${unbuilt//$'\n'/}")
same "all commands were read" yes "$([ "$(wc -l <<<"$commands")" -ge 25 ] && echo yes)"
while read -r command; do
	# shellcheck disable=SC2086
	run demerit $command --help
	missing=
	mapfile -t options < <(grep -oE -- '--[a-z-]+' "$work/out" | sort -u)
	for option in "${options[@]}"; do
		grep -qE -- "Fl -${option#--}( |$|,)" "$manual" || missing="$missing $option(manual)"
		grep -qE -- "${option}[ ']|${option}\$" "$completion" || missing="$missing $option(completion)"
	done
	same "$command: every option is in the manual and the completion" "" "$missing"
done <<<"$commands"
mapfile -t options < <(grep -oE 'Fl -[a-z-]+' "$manual" | sed 's/Fl -/--/' | sort -u)
for option in "${options[@]}"; do
	grep -qF -- "$option" client/cli/commands.c client/cli/args.c ||
		grep -qF -- "\"${option#--}\"" client/cli/*.c || not_ok "the manual's $option is no option"
done
finish
