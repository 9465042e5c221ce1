#!/bin/bash
# Promise 3: on any doubt the daemon refuses and says why. A flipped byte in the book, a book cut short
# below its mark, a book without its mark: it does not start, it names the file, and it writes
# nothing, because what lies there is evidence. Planted: a book in which nothing is wrong.

. "$(dirname "$0")/../../support/daemon.sh"
daemon_start
people
for i in 1 2 3 4 5; do penalty "I$i"; done
daemon_stop
cp -a "$data" "$work/good"
cp -a "$data.mark" "$work/good.mark"
segment=$(cd "$data" && find . -type f -size +64k ! -name '*mdb*' | head -n 1)
same "there is a segment" true "$([ -n "$segment" ] && echo true)"

again()
{
	rm -rf "$data"
	cp -a "$work/good" "$data"
	cp -a "$work/good.mark" "$data.mark"
	: >"$work/log"
}

# refused NAME PATTERN: it does not start, and says something that matches.
refuses()
{
	daemon_spawn
	for _ in $(seq 1 100); do
		kill -0 "$daemon_pid" 2>/dev/null || break
		daemon_answers && break
		sleep 0.05
	done
	if kill -0 "$daemon_pid" 2>/dev/null; then
		daemon_stop
		return 1
	fi
	daemon_wait
	grep -qiE "$1" "$work/log"
}

flip()
{
	/usr/bin/python3 - "$data/$segment" "$1" <<'PYTHON'
import sys
with open(sys.argv[1], "r+b") as file:
    data = file.read()
    used = len(data.rstrip(b"\0"))
    place = int(used * float(sys.argv[2]))
    file.seek(place)
    file.write(bytes([data[place] ^ 0x10]))
PYTHON
}

again
flip 0.25
refuses 'damage|checksum|segment' && ok "a flipped byte of an acknowledged record" ||
	not_ok "a flipped byte of an acknowledged record" "$(tail -n 2 "$work/log")"
again
truncate -s 4096 "$data/$segment"
refuses 'went.back|damage|mark|segment' && ok "a book cut short" ||
	not_ok "a book cut short" "$(tail -n 2 "$work/log")"
again
rm "$data.mark"
refuses mark && ok "a book without its mark" || not_ok "a book without its mark" "$(tail -n 2 "$work/log")"
again
refuses . && not_ok "planted: nothing is wrong, and it starts" ||
	ok "planted: nothing is wrong, and it starts"
finish
