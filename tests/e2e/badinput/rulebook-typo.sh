#!/bin/bash
# A rulebook decides about people: a misspelt parameter must not fall back to somebody's default. The
# error names the line and the key; nothing is loaded; the rules in force stay.

. "$(dirname "$0")/../../support/daemon.sh"
daemon_start
before=$(book_sequence)
good=$(find "$DEMERIT_SOURCE/daemon/rulebooks" -name 'hunan-*.yaml' | sort | head -n 1)

expect 0 "the shipped one is right" demerit rulebook check "$good"
key=$(grep -oE '^  *[a-z_]{6,}:|^[a-z_]{6,}:' "$good" | sed -n 3p | tr -d ' :')
line=$(grep -nE "^ *$key:" "$good" | head -n 1 | cut -d: -f1)
sed "${line}s/$key:/${key}x:/" "$good" >"$work/typo.yaml"
expect 2 "a misspelt key" demerit rulebook check "$work/typo.yaml"
err_has "${key}x"
same "its line is named" true "$(grep -qE "(line |:)$line\b" "$work/err" && echo true || cat "$work/err")"
expect 2 "nor is it loaded" demerit rulebook load "$work/typo.yaml"

: >"$work/empty.yaml"
expect 2 "an empty file" demerit rulebook check "$work/empty.yaml"
printf '# nothing but a comment\n' >"$work/comment.yaml"
expect 2 "a comment alone" demerit rulebook check "$work/comment.yaml"
head -c 200 "$good" >"$work/cut.yaml"
expect 2 "half a file" demerit rulebook check "$work/cut.yaml"
head -c 4096 /dev/urandom >"$work/noise.yaml"
expect 2 "noise" demerit rulebook check "$work/noise.yaml"
cat "$good" "$good" >"$work/twice.yaml"
expect 2 "every key twice" demerit rulebook check "$work/twice.yaml"
{
	echo 'a: &a [x,x,x,x,x,x,x,x,x]'
	for i in b c d e f g h; do echo "$i: &$i [*a,*a,*a,*a,*a,*a,*a,*a]"; done
} >"$work/bomb.yaml"
expect 2 "aliases that multiply" demerit rulebook check "$work/bomb.yaml"
same "nothing was recorded" "$before" "$(book_sequence)"
daemon_goes_on
finish
