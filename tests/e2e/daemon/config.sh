#!/bin/bash
# A mistake in the configuration. At stake: a daemon that starts with another folder, another right
# or another limit than the operator wrote keeps a second book or lets somebody in. So every mistake
# is told with file, line and key before anything is opened, and every value says where it is from.

. tests/support/daemon.sh

conf=$work/demeritd.conf

# refused TEXT NAME WORDS...: this file is not taken.
refused()
{
	printf '%s\n' "$1" >"$conf"
	expect 2 "$2" "$demeritd" --config "$conf" --check-config
	shift 2
	for words in "$@"; do
		err_has "$words"
	done
}

refused $'[demeritd]\ndata = /x\nlisten = unix:/s\nlog_levl = info' "an unknown key is an error" \
	"$conf:4" 'did you mean "log_level"'
refused $'[demeritd]\ndata = /x\nlisten = unix:/s\nthreads = many' "a number that is none" \
	"$conf:4: threads"
refused $'[demeritd]\nlisten = unix:/s' "no folder for the book" "--data DIR"
refused $'[demeritd]\ndata = /x' "nowhere to listen" "--listen"
refused $'[demeritd]\ndata = /x\nlisten = 0.0.0.0:7070' "TCP without TLS" "0.0.0.0:7070"
refused $'[demeritd]\ndata = /x\nlisten = unix:/s\n[principal clerk]\nuid = 5\nroles = king' \
	"a role that is none" "$conf:6" king
expect 2 "a file that is not there" "$demeritd" --config "$work/none" --check-config
err_has "$work/none"
expect 2 "an unknown option" "$demeritd" --dta /x
err_has "did you mean --data"
same "nothing was made" "" "$(ls -d /x 2>/dev/null)"

printf '[demeritd]\ndata = %s\nlisten = unix:%s\nthreads = 2\nqueue_max = 7\n' "$data" "$socket" \
	>"$conf"
expect 0 "a right one is taken" "$demeritd" --config "$conf" --check-config
export DEMERITD_THREADS=3 DEMERITD_QUEUE_MAX=8
expect 0 "every value is printed" "$demeritd" --config "$conf" --queue-max 9 --dump-config
out_has "data = $data ; $conf:2"
out_has "threads = 3 ; environment"
out_has "queue_max = 9 ; flag"
out_has "idle_seconds = 300 ; default"
cp "$work/out" "$work/dumped"
unset DEMERITD_THREADS DEMERITD_QUEUE_MAX
expect 0 "what was printed can be read" "$demeritd" --config "$work/dumped" --check-config
finish
