#!/bin/bash
# Promise 1: a write is answered after the disk has it. Seen from outside, in the order of system
# calls: between the record's bytes going to a segment and the answer going to the client lies a
# sync of that segment that returned 0. Planted: a sync that does nothing.

. "$(dirname "$0")/../../support/daemon.sh"

# watched NAME: the daemon under strace does ten writes; its calls are in $work/calls.
watched()
{
	local plain=$demeritd
	rm -rf "$data" "$data".*
	printf '#!/bin/sh\nexec strace -f -y -qq -o %s -e trace=pwrite64,fdatasync,fsync,write,writev,sendmsg,sendto,msync -E LD_PRELOAD=%s %s "$@"\n' \
		"$work/calls" "${1:-}" "$plain" >"$work/traced"
	chmod +x "$work/traced"
	demeritd=$work/traced
	daemon_start
	demeritd=$plain
	: >"$work/calls.start"
	wc -l <"$work/calls" >"$work/calls.start"
	for i in 1 2 3 4 5 6 7 8 9 10; do
		run demerit practitioner add "P$i" --category medical
		[ "$status" -eq 0 ] || not_ok "write $i" "$(head -n 1 "$work/err")"
	done
	kill -TERM "$(pgrep -P "$daemon_pid" | head -n 1)" 2>/dev/null
	daemon_wait
}

# ordered: 0 if every answer that follows a segment write follows its sync too.
ordered()
{
	tail -n +"$(($(cat "$work/calls.start") + 1))" "$work/calls" | /usr/bin/python3 -c '
import re, sys
dirty, synced, answers, pending = set(), 0, 0, {}  # pending: by thread
for line in sys.stdin:
    m = re.match(r"\d+ +(\w+)\((\d+)<([^>]*)>", line)
    r = re.match(r"\d+ +<\.\.\. (\w+) resumed>.*= (-?\d+)", line)
    thread = line.split()[0] if line.strip() else ""
    if m:
        call, where = m.group(1), m.group(3)
        if call == "pwrite64" and "/data/" in where and "mdb" not in where:
            dirty.add(where)
        elif call in ("fdatasync", "fsync") and where in dirty and "unfinished" not in line:
            dirty.discard(where); synced += 1
        elif call in ("fdatasync", "fsync"):
            pending[thread] = where
        elif call in ("write", "writev", "sendmsg", "sendto") and "sock" in where:
            answers += 1
            if dirty:
                sys.exit("answered before the sync of " + ", ".join(dirty))
    elif r and r.group(1) in ("fdatasync", "fsync") and r.group(2) == "0":
        dirty.discard(pending.pop(thread, None)); synced += 1
if synced < 10 or answers < 10:
    sys.exit(f"saw {synced} syncs and {answers} answers")
print(f"{synced} syncs before {answers} answers")'
}

watched
said=$(ordered 2>&1) && ok "$said" || not_ok "ten writes are synced before they are answered" "$said"

printf 'int fdatasync(int fd) { (void)fd; return 0; }\n' |
	gcc -shared -fPIC -x c -o "$work/nosync.so" - || not_ok "the planted library"
watched "$work/nosync.so"
said=$(ordered 2>&1) && not_ok "planted: a sync that does nothing is noticed" ||
	ok "planted: a sync that does nothing is noticed ($said)"
finish
