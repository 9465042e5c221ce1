#!/bin/bash
# Promise 4: the outcome of each write can be asked for by its key, for as long as the book exists; so
# a client whose daemon died can find out, and asking twice never does it twice. The daemon is killed
# under writes; afterwards each key has exactly one outcome, the same on every asking, and trying again
# with the same key leaves one entry. Planted: trying again with a new key, which leaves two.

. "$(dirname "$0")/../../support/daemon.sh"
daemon_start
people
penalty I1

score()
{
	demerit -o json --key "$1" points record D350102000001 1 --penalty I1 --level general \
		--conduct 2025-03-01
}
# In the background, so that the process to kill is the client itself.
exec_score()
{
	exec demerit --key "$1" points record D350102000001 1 --penalty I1 --level general \
		--conduct 2025-03-01
}
entries()
{
	run demerit -o json practitioner show D350102000001 --on 2025-12-31
	json "j['points_raw']"
}

for round in 1 2 3; do
	for i in 1 2; do
		exec_score "k$round-$i" >/dev/null 2>&1 &
		writers[i]=$!
	done
	sleep "0.00$round"
	# Both die, so that nobody knows; a client that lives would find out by itself.
	kill -KILL "$daemon_pid" "${writers[@]}" 2>/dev/null
	wait "$daemon_pid" "${writers[@]}" 2>/dev/null
	daemon_start
	for i in 1 2; do
		run demerit -o json outcome "k$round-$i"
		case $status in
		0 | 5) ok "key $round-$i has an outcome (exit $status)" ;;
		*) not_ok "key $round-$i has an outcome" "exit status $status" ;;
		esac
		first=$status
		run demerit -o json outcome "k$round-$i"
		same "and the same on asking again" "$first" "$status"
		expect 0 "trying again with the same key" score "k$round-$i"
	done
done
same "six keys, six points" 6 "$(entries)"
for round in 1 2 3; do
	expect 0 "and again" score "k$round-1"
done
same "still six" 6 "$(entries)"
expect 0 "planted: trying again with a new key" score "k1-1-again"
same "planted: is one too many, and noticed" 7 "$(entries)"
finish
