# shellcheck shell=bash
# bash completion for demerit. Install as /usr/share/bash-completion/completions/demerit.
#
# It knows the words and asks nobody: completing codes would put people's codes on a terminal for a
# press of a key.

_demerit()
{
	local current previous words_before command="" sub="" i
	current=${COMP_WORDS[COMP_CWORD]}
	previous=${COMP_WORDS[COMP_CWORD - 1]}
	COMPREPLY=()

	local global='--server --output --known-at --key --dry-run --propose --proposal --on-behalf-of --no-color --help --version -o'
	local commands='institution practitioner registration penalty points sanction check screen
		history explain outcome rulebook import export verify backup status board watch clawback
		stats objection repair notice case calendar referral marking checkpoint prove proof bench'

	words_before=("${COMP_WORDS[@]:1:COMP_CWORD-1}")
	for ((i = 0; i < ${#words_before[@]}; i++)); do
		case ${words_before[i]} in
		--server | -o | --output | --known-at | --key | --proposal | --on-behalf-of) ((i++)) ;;
		-*) ;;
		*)
			if [ -z "$command" ]; then
				command=${words_before[i]}
			elif [ -z "$sub" ]; then
				sub=${words_before[i]}
			fi
			;;
		esac
	done

	case $previous in
	-o | --output) mapfile -t COMPREPLY < <(compgen -W 'table json jsonl csv' -- "$current"); return ;;
	--kind)
		local kinds='hospital pharmacy'
		[ "$command" = penalty ] && kinds='administrative agreement'
		[ "$command" = sanction ] && kinds='suspended terminated'
		[ "$command" = case ] && kinds='notice objection stay repair proposal referral'
		mapfile -t COMPREPLY < <(compgen -W "$kinds" -- "$current")
		return
		;;
	--category)
		mapfile -t COMPREPLY < <(compgen -W \
			'medical pharmaceutical nursing technical billing principal' -- "$current")
		return
		;;
	--outcome) mapfile -t COMPREPLY < <(compgen -W 'upheld changed withdrawn' -- "$current"); return ;;
	--level) mapfile -t COMPREPLY < <(compgen -W 'general important main' -- "$current"); return ;;
	--overlap) mapfile -t COMPREPLY < <(compgen -W 'replace extend add keep' -- "$current"); return ;;
	--file) mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
	--server) mapfile -t COMPREPLY < <(compgen -W 'unix:' -- "$current"); return ;;
	esac

	if [ -z "$command" ]; then
		mapfile -t COMPREPLY < <(compgen -W "$commands $global" -- "$current")
		return
	fi

	local options=
	case "$command $sub" in
	'institution ') options='add change show' ;;
	'institution add') options='--name --region --kind' ;;
	'institution change') options='--name --region --closed-on --merged-into --reason --on' ;;
	'institution show') options='--on' ;;
	'practitioner ') options='add alias show register' ;;
	'practitioner add') options='--category --at --from --name --alias --commitment-signed' ;;
	'practitioner show') options='--on' ;;
	'practitioner alias') options='--remove' ;;
	'practitioner register') options='--at --on --commitment-signed' ;;
	'registration ') options='join leave' ;;
	'registration join') options='--on --commitment-signed' ;;
	'registration '*) options='--on' ;;
	'penalty ') options='record show overturn' ;;
	'penalty record') options='--institution --kind --measure --article --authority --on --amount --clue' ;;
	'penalty overturn') options='--on --reason --choice' ;;
	'points ') options='record annul correct' ;;
	'points record' | 'points correct') options='--penalty --on --level --conduct --situation --rulebook
		--from --months --bar-years --overlap --credit --catalogue-code --act --band-shift
		--reason --id --choice --institution' ;;
	'points annul') options='--reason --choice' ;;
	'sanction ') options='record end stay resume' ;;
	'sanction record') options='--kind --source --number --clause --exempt --from --until --id --note' ;;
	'sanction end') options='--on --withdrawn' ;;
	'sanction stay') options='--court --on --number --reason --id' ;;
	'sanction resume') options='--on --until --reason' ;;
	'notice ') options='record' ;;
	'notice record') options='--to --served-on --channel --id' ;;
	'objection ') options='file explain review' ;;
	'objection file') options='--by --received-on --signed --stamped --text --id' ;;
	'objection explain') options='--on --text' ;;
	'objection review') options='--on --outcome --reason --department --points --entry-id --level
		--situation --rulebook --from --months --bar-years --overlap --credit --choice' ;;
	'repair ') options='request approve deny' ;;
	'repair request') options='--activity --on --points --text --id' ;;
	'repair approve') options='--on --points --sanction --until --reason' ;;
	'repair deny') options='--on --reason' ;;
	'case ') options='list' ;;
	'case list') options='--institution --kind --open --limit' ;;
	'calendar ') options='show load' ;;
	'calendar load') mapfile -t COMPREPLY < <(compgen -f -X '!*.csv' -- "$current") ;;
	'check '*) options='--on --institution --emergency --visit-type --file --exit-code' ;;
	'export '*)
		options='--since --until'
		mapfile -t COMPREPLY < <(compgen -f -- "$current")
		;;
	'history '*) options='--institution --penalty --since --limit' ;;
	'outcome '*) options='--principal' ;;
	'explain '*) options='--on --entry --sanction' ;;
	'screen '*)
		options='--resume-from'
		mapfile -t COMPREPLY < <(compgen -f -X '!*.csv' -- "$current")
		;;
	'watch '*) options='--since --once --institution --practitioner --kind --heartbeat' ;;
	'clawback '*)
		options='--since --institution --resume-from'
		mapfile -t COMPREPLY < <(compgen -f -X '!*.csv' -- "$current")
		;;
	'rulebook ') options='list show check diff load' ;;
	'rulebook show') options='--on' ;;
	'rulebook check' | 'rulebook load') mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
	'import ') options='exclusions' ;;
	'import '*) mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
	esac
	local more
	mapfile -t more < <(compgen -W "$options $global" -- "$current")
	COMPREPLY+=("${more[@]}")
}
complete -F _demerit demerit
