#!/bin/bash
# Claim systems send junk in the code fields (009999, D190, DOC001). A junk code gets a decision of
# its own, "unknown practitioner", and never a crash or a silent match; a code that could not be
# stored as given (blanks, control bytes, too long) is refused by name.

. "$(dirname "$0")/../../support/daemon.sh"
daemon_start
people

for code in 009999 D190 DOC001 '***' "'; DROP" 'a"b' '%s%n' D35010200000l d350102000001; do
	run demerit -o json check -- "$code"
	if [ "$code" = "'; DROP" ]; then
		same "'$code' has a blank: invalid" 2 "$status"
		continue
	fi
	same "'$code' is unknown" UNKNOWN_PRACTITIONER "$(json "j['reason']")"
	same "'$code' is undetermined" 5 "$status"
done
long64=$(printf 'x%.0s' {1..64})
run demerit -o json check "$long64"
same "64 bytes are a code" UNKNOWN_PRACTITIONER "$(json "j['reason']")"
expect 2 "65 bytes are not" demerit check "${long64}x"
expect 2 "an empty code" demerit check ""
expect 2 "a code with a tab" demerit check $'D3501\t02'
expect 2 "a code with a newline" demerit practitioner add $'D3501\n02' --category medical
expect 2 "a code that is not ASCII" demerit practitioner add 李某梅 --category medical
expect 2 "a category nobody defined" demerit practitioner add D350102000002 --category wizard
err_has wizard
expect 2 "a region that is none" demerit institution add H2 --name X --region Fujian --kind hospital
err_has Fujian
daemon_goes_on
finish
