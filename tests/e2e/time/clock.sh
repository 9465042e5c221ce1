#!/bin/bash
# A clock that cannot be right. At stake: the instant in a record is drawn once and never falls; a
# book written under a clock of next year would refuse every honest write for a year. So writes are
# refused (CLOCK_DOUBTFUL) while the clock is more than two seconds behind the last record, reads go
# on, and the operator can vouch for the clock, which is recorded.

. tests/support/daemon.sh

preload=$(echo /usr/lib/*/faketime/libfaketimeMT.so.1)
[ -e "$preload" ] || not_ok "faketime is installed" "$preload"

# at TIME OPTION...: the daemon under that clock; only the wall clock is moved.
at()
{
	local time=$1
	shift
	LD_PRELOAD=$preload FAKETIME=$time FAKETIME_DONT_FAKE_MONOTONIC=1 daemon_start "$@"
}

daemon_start
people
penalty P1 2025-05-20
run demerit points record D350102000001 3 --penalty P1 --level main --conduct 2025-05-01
same "an entry is recorded" 0 $status
before=$(book_sequence)
daemon_stop

at "-1h"
expect 75 "an hour behind the last record, a write is refused" \
	demerit points record D350102000001 1 --penalty P1 --level main --conduct 2025-05-01
err_has CLOCK_DOUBTFUL
expect 0 "reads go on" demerit check D350102000001
same "nothing was recorded" "$before" "$(book_sequence)"
daemon_stop

at "-1h" --accept-clock
expect 0 "an operator may vouch for the clock" \
	demerit points record D350102000001 1 --penalty P1 --level main --conduct 2025-05-01
daemon_stop

daemon_start
run demerit -o json history D350102000001
times=$(/usr/bin/python3 -c 'import json, sys
rows = json.load(open(sys.argv[1]))
rows = rows if isinstance(rows, list) else rows["events"]
times = [row["recorded_at"] for row in rows]
print("rising" if times == sorted(times) and len(times) > 2 else times)' "$work/out" 2>&1 | tail -n 1)
same "recorded times never fall" rising "$times"
daemon_stop
finish
