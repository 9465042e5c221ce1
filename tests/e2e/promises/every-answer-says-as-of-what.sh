#!/bin/bash
# Promise 2: every answer carries the ledger, the epoch, the sequence and that sequence's time; so that
# two answers that differ can be put in order, and one that is disputed can be asked for again.
# Planted: an answer whose sequence was taken away.

. "$(dirname "$0")/../../support/daemon.sh"
daemon_start
people
penalty I1

complete()
{
	/usr/bin/python3 -c '
import json, sys
j = json.load(open(sys.argv[1]))
for row in j if isinstance(j, list) else [j]:
    for key in ("ledger", "epoch", "seq"):
        if row.get(key) in (None, ""):
            sys.exit(f"no {key}")
    if not row.get("known_at") and not row.get("recorded_at"):
        sys.exit("no time")' "$work/out"
}
asked()
{
	run demerit -o json "$@"
	if [ "$status" -ne 0 ]; then
		not_ok "$*" "exit status $status: $(head -n 1 "$work/err")"
		return
	fi
	said=$(complete 2>&1) && ok "$*" || not_ok "$*" "$(tail -n 1 <<<"$said")"
}
asked practitioner show D350102000001
asked check D350102000001
asked check D350102000001 --on 2025-01-01
asked status
run demerit -o json check D350102000001
asked_seq=$(json "j['seq']")
penalty I2
run demerit -o json check D350102000001 --known-at "$asked_seq"
same "an older answer says it is one" "$asked_seq" "$(json "j['seq']")"

run demerit -o json check D350102000001
sed -i -E 's/"seq": *[0-9]+,? *//' "$work/out"
complete 2>/dev/null && not_ok "planted: an answer without its sequence is noticed" ||
	ok "planted: an answer without its sequence is noticed"
finish
