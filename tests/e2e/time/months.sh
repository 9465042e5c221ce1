#!/bin/bash
# n months on is the same day number n months on, or that month's last day; years likewise; and a
# period does not contain its `until`. A suspension that ends a day early pays for what it should not.

. "$(dirname "$0")/../../support/daemon.sh"
daemon_start
run demerit institution add H35010200001 --name X --region 350102 --kind hospital
same "institution" 0 "$status"

n=0
# suspended FROM MONTHS UNTIL
suspended()
{
	n=$((n + 1))
	run demerit practitioner add "D$n" --category medical --at H35010200001 --from 2025-01-01
	penalty "S$n" "$1"
	run demerit points record "D$n" 9 --penalty "S$n" --level main --conduct 2025-01-01 \
		--from "$1" --months "$2" --reason "a case"
	[ "$status" -eq 0 ] || not_ok "points $n" "$(head -n 1 "$work/err")"
	run demerit -o json practitioner show "D$n" --on "$1"
	same "$1 and $2 months: until $3" "suspended $3" "$(json "j['status'] + ' ' + j['status_until']")"
	run demerit -o json check "D$n" --on "$(date -d "$3 - 1 day" +%F)"
	same "the day before $3 is refused" refuse "$(json "j['decision']")"
	run demerit -o json check "D$n" --on "$3"
	same "on $3 is paid" pay "$(json "j['decision']")"
}
suspended 2025-08-31 6 2026-02-28
suspended 2025-01-31 1 2025-02-28
suspended 2025-03-31 3 2025-06-30
suspended 2025-10-30 4 2026-02-28
suspended 2025-12-01 1 2026-01-01
suspended 2025-12-31 2 2026-02-28
suspended 2026-01-29 1 2026-02-28

# terminated FROM BAR-UNTIL (3 years)
terminated()
{
	n=$((n + 1))
	run demerit practitioner add "D$n" --category medical --at H35010200001 --from 2025-01-01
	penalty "S$n" "$1"
	run demerit points record "D$n" 12 --penalty "S$n" --level main --conduct 2025-01-01 \
		--from "$1" --reason "a case"
	run demerit -o json practitioner show "D$n" --on "$1"
	same "$1 and three years: bar until $2" "terminated $2" \
		"$(json "j['status'] + ' ' + str(j['bar_until'])")"
	run demerit -o json check "D$n" --on "$2"
	same "on $2, not registered again, still refused" "refuse BAR_OVER_NOT_REREGISTERED" \
		"$(json "j['decision'] + ' ' + j['reason']")"
}
terminated 2025-03-01 2028-03-01
terminated 2025-02-28 2028-02-28
daemon_goes_on
finish
