#!/bin/bash
# A decision dated tomorrow has not been made. It is a rule's refusal, not a malformed request: it is
# recorded as refused, and asking again with the same key gives the same answer.

. "$(dirname "$0")/../../support/daemon.sh"
daemon_start
people
tomorrow=$(TZ=UTC-8 date -d 'tomorrow' +%F)
today=$(TZ=UTC-8 date +%F)

record()
{
	demerit -o json --key "$1" penalty record "$2" --institution H35010200001 \
		--kind administrative --measure fine --article 38 --authority Bureau --on "$3"
}
expect 3 "a penalty of tomorrow is refused" record k1 I1 "$tomorrow"
cp "$work/err" "$work/first"
expect 3 "and again, by its key" record k1 I1 "$tomorrow"
same "the same answer" "$(cat "$work/first")" "$(cat "$work/err")"
expect 5 "it is not in the book as a penalty" demerit points record D350102000001 3 --penalty I1 \
	--level main --conduct 2025-03-01
expect 0 "the id is free: a refused command did not use it up" record k2 I1 "$today"
daemon_goes_on
finish
