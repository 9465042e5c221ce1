#!/bin/bash
# Two persons. At stake: where the operator asks for two, no single hand records seven points, takes
# any away, or loads rules; what one proposes changes nothing until another approves it; and nobody
# is another by calling himself so.

set -u
. "$(dirname "$0")/../../support/daemon.sh"

# as PRINCIPAL [OPTION...]: the same uid under another name, on the same book.
as()
{
	local name=$1
	shift
	[ -z "$daemon_pid" ] || daemon_stop
	printf '[demeritd]\ndata = %s\nlisten = unix:%s\n[principal %s]\nuid = %s\nroles = everything\n' \
		"$data" "$socket" "$name" "$(id -u)" >"$work/conf"
	daemon_start --config "$work/conf" "$@"
}

points() # PRACTITIONER POINTS OPTION...: scored on the institution's decision
{
	demerit points record "$1" "$2" --penalty I1 --level main --conduct "$year-01-01" "${@:3}"
}

today=$(TZ=Asia/Shanghai date +%F)
year=${today%%-*}
as clerk --two-persons yes
expect 0 "an institution" demerit institution add H12010100001 --name 医院 --region 120101 --kind hospital
expect 0 "a doctor" demerit practitioner add D120101000001 --category medical --at H12010100001 \
	--from 2025-01-01
expect 0 "another" demerit practitioner add D120101000002 --category medical --at H12010100001 \
	--from 2025-01-01
expect 0 "the institution's decision" demerit penalty record I1 --institution H12010100001 \
	--kind administrative --measure fine --article 38 --authority 医保局 --on "$year-01-01"

expect 0 "six points take one person" points D120101000001 6 --id E6
expect 3 "seven take two" points D120101000002 7 --id E7
err_has NEEDS_SECOND_PERSON
expect 3 "so does an annulment" demerit points annul E6 --reason r
err_has NEEDS_SECOND_PERSON
expect 3 "and a correction downwards" demerit points correct E6 1 --reason r
err_has NEEDS_SECOND_PERSON
expect 3 "and an overturning" demerit penalty overturn I1 --on "$today" --reason r
err_has NEEDS_SECOND_PERSON
printf 'date,kind,name\n2031-01-01,off,元旦\n' >"$work/2031.csv"
expect 3 "and a calendar" demerit calendar load "$work/2031.csv"
err_has NEEDS_SECOND_PERSON

expect 0 "a dry run of a proposal tells what it would do" \
	demerit -o json points annul E6 --reason r --propose --dry-run
expect 3 "what the rules refuse is not even proposed" points D120101000002 7 --propose --situation nonsense
err_has SITUATION_UNKNOWN
expect 0 "the annulment is proposed" demerit -o json points annul E6 --reason 记错人了 --propose --proposal Q1
same "under its id" Q1 "$(json 'j["id"]')"
expect 0 "it changes nothing" demerit -o json practitioner show D120101000001
out_has '"points_this_year": 6'
expect 0 "said again it is nothing new" demerit -o json points annul E6 --reason 记错人了 --propose --proposal Q1
same "told so" UNCHANGED "$(json 'j["verdict"]')"
expect 3 "the id is taken" demerit points annul E6 --on "$year-02-01" --reason r --propose --proposal Q1
err_has ALREADY_EXISTS
expect 0 "it waits among the cases" demerit -o csv case list D120101000001 --kind proposal --open
out_has "Q1,proposal,D120101000001"
out_has points_annul
expect 3 "nobody approves his own" demerit points approve Q1
err_has SAME_PERSON
expect 3 "not for somebody else either" demerit points approve Q1 --on-behalf-of chief
err_has SAME_PERSON
expect 5 "one that is not there" demerit points approve Q9
err_has PROPOSAL_UNKNOWN

expect 0 "an overturning and a calendar wait too" \
	demerit penalty overturn I1 --on "$today" --reason 法院撤销 --propose --proposal Q2
expect 0 "the calendar" demerit calendar load "$work/2031.csv" --propose --proposal Q3
expect 0 "and one that nobody will want" demerit points propose D120101000002 8 --penalty I1 --level main \
	--conduct "$year-01-01" --reason 严重 --proposal Q4

expect 0 "another decision" demerit penalty record I3 --institution H12010100001 --kind administrative \
	--measure fine --article 38 --authority 医保局 --on "$year-02-01"
expect 0 "five points" demerit points record D120101000002 5 --penalty I3 --level main \
	--conduct "$year-01-01" --id E5
expect 0 "a repair is asked for" demerit repair request D120101000002 --activity training --on "$today" --id R1
expect 3 "not approved alone" demerit repair approve R1 --on "$today"
err_has NEEDS_SECOND_PERSON
expect 0 "the approval is proposed" demerit repair approve R1 --on "$today" --propose --proposal Q5
expect 0 "a correction too, with its reason" demerit points correct E5 6 --reason 漏记一分 --id E5-2 \
	--propose --proposal Q6
expect 2 "what takes one person is not proposed" demerit penalty record I9 --propose
err_has "cannot be proposed"

as portal --two-persons yes
expect 3 "the same human behind another door" demerit points approve Q1 --on-behalf-of clerk
err_has SAME_PERSON

as chief --two-persons yes
expect 0 "a dry run of the approval" demerit points approve Q1 --dry-run
expect 0 "another person approves" demerit -o json points approve Q1 --reason 同意
same "the entry is told" E6 "$(json 'j["id"]')"
expect 0 "now it fell" demerit -o json practitioner show D120101000001
out_has '"points_this_year": 0'
expect 3 "once" demerit points approve Q1
err_has PROPOSAL_CLOSED
expect 0 "the history has both persons and the reason" demerit -o csv history D120101000001
for word in proposed proposal_approved clerk chief 记错人了 同意 points_fell; do
	out_has "$word"
done
expect 0 "an overturning is approved" demerit points approve Q2
expect 0 "and stands" demerit -o csv history --penalty I1
out_has penalty_overturned
expect 0 "rules by a second person" demerit points approve Q3 --reason 已核对
expect 0 "a proposal is denied" demerit points deny Q4 --reason 证据不足
expect 3 "and closed" demerit points approve Q4
err_has PROPOSAL_CLOSED
expect 0 "the repair" demerit points approve Q5
expect 0 "four points are left" demerit -o json practitioner show D120101000002
out_has '"points_this_year": 4, "points_raw": 5'
expect 0 "the correction" demerit -o json points approve Q6
same "with the new entry" E5-2 "$(json 'j["id"]')"
expect 0 "six raw" demerit -o json practitioner show D120101000002
out_has '"points_raw": 6'
expect 0 "its reason came along" demerit -o csv history D120101000002
same "with the proposal, the fall and the new entry" 3 "$(grep -c 漏记一分 "$work/out")"
run demerit -o jsonl watch --since 1 --once
same "watching tells the proposals" 6 "$(grep -c '"event": "proposed"' "$work/out")"
same "and no text of anybody" 0 "$(grep -c '记错人了' "$work/out")"

daemon_stop
rm -rf "$data/view"
as clerk
expect 0 "the cases are the same from a view made again" demerit -o csv case list D120101000002
out_has "Q4,proposal,D120101000002"
expect 0 "where nobody asks for two, one person decides" demerit penalty record I2 --institution H12010100001 \
	--kind administrative --measure fine --article 38 --authority 医保局 --on "$year-01-02"
expect 0 "and records eight" demerit points record D120101000001 8 --penalty I2 --level main \
	--conduct "$year-01-01" --id E8
expect 0 "and annuls them" demerit points annul E8 --reason r
finish
