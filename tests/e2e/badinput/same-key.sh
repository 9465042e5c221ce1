#!/bin/bash
# A key is the caller's name for one write. The same key with the same body must answer what it
# answered before, without doing it twice; with another body it must be refused, because one of the
# two would otherwise be lost in silence.

. "$(dirname "$0")/../../support/daemon.sh"
daemon_start
people
penalty I1

points()
{
	demerit -o json --key "$1" points record D350102000001 "$2" --penalty I1 --level main \
		--conduct 2025-03-01
}
expect 0 "three points" points once 3
cp "$work/out" "$work/first"
after=$(book_sequence)
expect 0 "the same again" points once 3
same "the same answer" "$(cat "$work/first")" "$(cat "$work/out")"
same "nothing was recorded twice" "$after" "$(book_sequence)"
run points once 4
same "another body is not done" true "$([ $status -ne 0 ] && echo true || echo false)"
err_has KEY_REUSED
same "nor recorded" "$after" "$(book_sequence)"
run demerit -o json practitioner show D350102000001 --on 2025-12-31
same "three points, once" 3 "$(json "j['points_this_year']")"

daemon_stop
daemon_start
expect 0 "the same after a restart" points once 3
same "still the same answer" "$(cat "$work/first")" "$(cat "$work/out")"
expect 0 "its outcome can be asked for" demerit -o json outcome once
run demerit outcome never-used
same "an unknown key is not found" 5 "$status"
daemon_goes_on
finish
