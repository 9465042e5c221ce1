#!/bin/bash
# Two daemons. At stake: two writers of one book would each be right and together ruin it, and a
# second daemon on a busy address would take the first one's clients. So the second is refused by
# name, and the first notices nothing.

. tests/support/daemon.sh

daemon_start
expect 1 "a second daemon on the same book is refused" \
	"$demeritd" --data "$data" --listen "unix:$work/other"
err_has STORE_LOCKED
daemon_goes_on "the first goes on"
expect 1 "a second daemon on the same address is refused" \
	"$demeritd" --data "$work/book2" --listen "unix:$socket"
err_has "Address already in use"
same "and has begun no book" no "$([ -e "$work/book2" ] && echo yes || echo no)"
daemon_goes_on "and goes on"
: >"$work/file"
expect 1 "a file that is no socket is not replaced" \
	"$demeritd" --data "$work/book3" --listen "unix:$work/file"
err_has "$work/file"
same "it is still there" yes "$([ -f "$work/file" ] && echo yes)"
kill -KILL "$daemon_pid"
daemon_wait
same "a killed daemon leaves its socket" yes "$([ -S "$socket" ] && echo yes)"
daemon_start
daemon_goes_on "which the next one replaces"
daemon_stop
same "a stopped one takes it away" no "$([ -e "$socket" ] && echo yes || echo no)"
finish
