#!/bin/bash
# A year without a calendar of working days. At stake: nobody is told a last day that was counted
# without the holidays. So the operator is told in December that the next year's is missing, and a
# notice whose term reaches into it is refused by that year until it is loaded.

. tests/support/daemon.sh

preload=$(echo /usr/lib/*/faketime/libfaketimeMT.so.1)
[ -e "$preload" ] || not_ok "faketime is installed" "$preload"

# at DAY OPTION...: the daemon at noon of that day in UTC+8.
at()
{
	local day=$1
	shift
	TZ=Asia/Shanghai LD_PRELOAD=$preload FAKETIME="@$day 12:00:00" \
		FAKETIME_DONT_FAKE_MONOTONIC=1 daemon_start "$@"
}

alarms()
{
	demerit -o json status | grep -o '"name": "calendar_missing"' | wc -l
}

at 2026-11-30 --accept-clock
same "in November this year's is enough" 0 "$(alarms)"
expect 0 "it is shown as it was loaded" demerit calendar show 2026
same "to the byte" "$(sha256sum <daemon/calendars/china-2025-2026.csv)" "$(sha256sum <"$work/out")"
expect 5 "of the next year there is none" demerit calendar show 2027
people
run demerit rulebook load tests/rules/procedure.yaml
same "a rulebook with ten working days" 0 $status
daemon_stop

at 2026-12-20 --accept-clock
same "in December the next year's is missing" 1 "$(alarms)"
penalty P1 2026-12-15
run demerit points record D350102000001 3 --penalty P1 --level main --conduct 2026-12-01 \
	--rulebook procedure --id E1
same "an entry is recorded" 0 $status
expect 3 "a term that reaches into the next year is refused" \
	demerit notice record E1 --to D350102000001 --served-on 2026-12-20
err_has CALENDAR_MISSING
err_has 2027
printf 'date,kind,name\n2027-01-01,off,元旦\n' >"$work/next.csv"
expect 0 "the next year's calendar is loaded" demerit calendar load "$work/next.csv"
expect 0 "it is shown" demerit calendar show 2027
out_has "2027-01-01,off,元旦"
expect 0 "and nothing is missing" test "$(alarms)" = 0
expect 0 "the same notice is served" \
	demerit notice record E1 --to D350102000001 --served-on 2026-12-20 --id N1
run demerit -o csv case list D350102000001
out_has "N1,notice,D350102000001"
out_has 2027-01-04
printf 'date,kind,name\n2027-02-30,off,x\n' >"$work/bad.csv"
expect 2 "a bad calendar is refused by its line" demerit calendar load "$work/bad.csv"
err_has "line 2"
daemon_stop
finish
