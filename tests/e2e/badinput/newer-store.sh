#!/bin/bash
# A book written by a later version of the program, opened by this one after a downgrade. Its checksums
# hold, only its version is unknown: the daemon must not guess at the bytes, must not call it damaged
# (somebody would restore a backup over it), and must write nothing.

. "$(dirname "$0")/../../support/daemon.sh"
daemon_start
people
daemon_stop
cp -a "$data" "$work/good"
cp -a "$data.mark" "$work/good.mark"

later=$(dirname "$0")/../../support/later.py

# refused NAME: it does not start, says the version is later, and leaves everything as it is.
refused()
{
	local before
	before=$(cd "$data" && find . -type f ! -name '*lock*' -exec sha256sum {} + | sort | sha256sum)
	: >"$work/log"
	daemon_spawn
	daemon_wait
	same "$1: it does not start" true "$([ "$status" -ne 0 ] && echo true)"
	same "$1: it says why" true \
		"$(grep -qiE 'NEWER|later version' "$work/log" && echo true || tail -n 2 "$work/log")"
	same "$1: nothing was written" "$before" \
		"$(cd "$data" && find . -type f ! -name '*lock*' -exec sha256sum {} + | sort | sha256sum)"
}

segment=$(find "$data" -name '*.segment' | head -n 1)
"$later" "$segment" 0 || not_ok "a segment of a later version"
refused "a segment"

rm -rf "$data"
cp -a "$work/good" "$data"
"$later" "$data.mark" 0 1 || not_ok "a mark of a later version"
refused "the mark"

cp -a "$work/good.mark" "$data.mark"
daemon_start
daemon_goes_on "as it was, it starts"
finish
