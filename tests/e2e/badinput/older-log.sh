#!/bin/bash
# Somebody puts back last night's copy of the data folder. The book in it is whole and valid, and
# shorter than what was acknowledged: served, it would quietly forget decisions. The mark, kept
# outside the folder, knows. The daemon refuses to start, says so, and touches nothing.

. "$(dirname "$0")/../../support/daemon.sh"
daemon_start
people
daemon_stop
cp -a "$data" "$work/lastnight"
daemon_start
penalty I1
acknowledged=$(book_sequence)
daemon_stop

mv "$data" "$work/today"
cp -a "$work/lastnight" "$data"
before=$(cd "$data" && find . -type f ! -name '*lock*' -exec sha256sum {} + | sort | sha256sum)
: >"$work/log"
daemon_spawn
daemon_wait
same "it does not start" true "$([ "$status" -ne 0 ] && echo true)"
same "it says the book went back" true \
	"$(grep -qiE 'BOOK_WENT_BACK|went back' "$work/log" && echo true || tail -n 2 "$work/log")"
same "nothing was written" "$before" \
	"$(cd "$data" && find . -type f ! -name '*lock*' -exec sha256sum {} + | sort | sha256sum)"

rm -rf "$data"
mv "$work/today" "$data"
daemon_start
same "the true folder is served, up to what was acknowledged" true \
	"$([ "$(book_sequence)" -ge "$acknowledged" ] && echo true)"

daemon_stop
mv "$data.mark" "$work/mark"
: >"$work/log"
daemon_spawn
daemon_wait
same "a book without its mark is not started either" true "$([ "$status" -ne 0 ] && echo true)"
same "and the mark is named" true "$(grep -q mark "$work/log" && echo true || tail -n 2 "$work/log")"
mv "$work/mark" "$data.mark"
daemon_start
daemon_goes_on "with its mark again"
finish
