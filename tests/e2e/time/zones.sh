#!/bin/bash
# The scheme's days are those of UTC+8, wherever the machine thinks it is. At stake: a server set to
# another zone (or to Shanghai, which had summer time until 1991) must not move a suspension by a
# day. The same commands in twelve zones give byte-equal answers, but for ids that are random.

. tests/support/daemon.sh

zones="UTC Asia/Shanghai Asia/Urumqi America/New_York Pacific/Kiritimati Pacific/Pago_Pago
Europe/London Asia/Kolkata Australia/Lord_Howe America/St_Johns Africa/Cairo EST5EDT"

answers()
{
	people
	penalty P1 2025-12-31
	run demerit points record D350102000001 9 --penalty P1 --level main --conduct 2025-08-31 \
		--months 2 --from 2025-12-31 --reason "as decided" --id E-9
	[ $status -eq 0 ] || not_ok "points record" "$(head -n 1 "$work/err")"
	for day in 2025-12-30 2025-12-31 2026-02-27 2026-02-28; do
		demerit -o jsonl check D350102000001 --on "$day"
		demerit -o jsonl practitioner show D350102000001 --on "$day"
	done | sed -E 's/"ledger": *"[^"]*"/"ledger":"-"/'
	demerit -o json rulebook list | sed -E 's/"(ledger|recorded_at)": *"[^"]*"/"\1":"-"/g'
}

first=
for zone in $zones; do
	export TZ=$zone
	rm -rf "$data" "$data.mark" "$data.vault"
	daemon_start
	answers >"$work/answers"
	daemon_stop
	[ -s "$work/answers" ] || not_ok "answers in $zone" "none"
	if [ -z "$first" ]; then
		first=$zone
		cp "$work/answers" "$work/first"
		grep -qE '"until": *"2026-02-28"' "$work/first" ||
			not_ok "2025-12-31 and two months" "$(head -n 3 "$work/first")"
	elif cmp -s "$work/first" "$work/answers"; then
		ok "$zone answers as $first does"
	else
		not_ok "$zone answers as $first does" "$(diff "$work/first" "$work/answers" | head -n 2)"
	fi
done
finish
