#!/bin/bash
# From the penalty to the repair, through the command line. At stake: a person is told by the ledger
# itself what became of an objection, why points fell, and why the fund pays in spite of a suspension.

set -u
. "$(dirname "$0")/../../support/daemon.sh"

daemon_start
expect 0 "an institution" demerit institution add H12010100001 --name 医院 --region 120101 --kind hospital
expect 0 "a doctor" demerit practitioner add D120101000001 --category medical --at H12010100001 \
	--from 2025-01-01
today=$(TZ=Asia/Shanghai date +%F)
year=${today%%-*}
expect 0 "the institution's decision" demerit penalty record I1 --institution H12010100001 \
	--kind administrative --measure fine --article 38 --authority 医保局 --on "$year-01-01"
expect 0 "nine points, three months chosen" demerit points record D120101000001 9 --penalty I1 \
	--level main --conduct "$year-01-01" --months 3 --from "$today" --reason severe --id E1

expect 0 "the notice is served" demerit notice record E1 --to D120101000001 --served-on "$year-01-01" --id N1
err_has "No rule says until when an objection is in time"
expect 0 "the doctor objects" demerit objection file E1 --by D120101000001 --received-on "$year-01-01" \
	--text 不是我开的单 --id O1
expect 3 "a review before the explanation is refused" demerit objection review O1 --on "$today" \
	--outcome upheld --reason r
err_has OBJECTION_NOT_EXPLAINED
expect 0 "the agency explains" demerit objection explain O1 --on "$year-01-01" --text 已核对
expect 0 "the open case is listed" demerit -o csv case list D120101000001 --open
out_has "O1,objection,D120101000001"
expect 0 "the department upholds" demerit objection review O1 --on "$today" --outcome upheld \
	--reason 事实清楚 --department 医保局
expect 3 "decided once" demerit objection review O1 --on "$today" --outcome changed --reason r
err_has OBJECTION_DECIDED

expect 0 "a repair is asked for" demerit repair request D120101000001 --activity training --on "$today" --id R1
expect 0 "and approved" demerit repair approve R1 --on "$today"
expect 0 "eight points are left" demerit -o json practitioner show D120101000001
out_has '"points_this_year": 8, "points_raw": 9'
expect 0 "explained" demerit explain D120101000001
out_has "Repair R1 takes 1 point off from $today on"
out_has "is suspended"

sanction=$(demerit -o json practitioner show D120101000001 | grep -o '"id": "S[0-9-]*"' | grep -o 'S[0-9-]*')
expect 0 "a court stays it" demerit sanction stay "$sanction" --court 法院 --on "$today" --id Y1
expect 0 "the fund pays while it is stayed" demerit -o json check D120101000001
out_has '"decision": "pay"'
expect 0 "and the explanation says why" demerit explain D120101000001
out_has "$sanction would hold, but a court's order Y1 stays it since $today"
expect 0 "the institution sees what concerns its entries" \
	demerit -o csv case list --institution H12010100001
for case in N1,notice O1,objection Y1,stay; do
	out_has "$case"
done
expect 0 "the order ends" demerit sanction resume Y1 --on "$today"
expect 0 "and the suspension holds again" demerit -o json check D120101000001
out_has '"decision": "refuse"'

expect 0 "the history has each step" demerit -o csv history D120101000001
for event in notice_served objection_filed objection_explained objection_reviewed repair_requested \
	repaired sanction_stayed sanction_resumed; do
	out_has "$event"
done
# An entry that falls while an objection against it is open leaves nothing to decide.
expect 0 "another doctor" demerit practitioner add D120101000002 --category medical \
	--at H12010100001 --from "$year-01-01"
expect 0 "one point" demerit points record D120101000002 1 --penalty I1 --level general \
	--conduct "$year-01-01" --id E2
expect 0 "objected to" demerit objection file E2 --by D120101000002 --received-on "$today" --id O2
before=$(demerit -o json practitioner show D120101000002 | grep -o '"seq": [0-9]*' | grep -o '[0-9]*')
expect 0 "annulled" demerit points annul E2 --reason 错录
expect 0 "the objection is moot" demerit -o csv case list D120101000002
out_has "O2,objection,D120101000002,,E2,moot"
expect 0 "it was filed, as known before" demerit -o csv --known-at "$before" case list D120101000002
same "and not moot" 0 "$(grep -c moot "$work/out")"
expect 0 "nobody has to decide it" demerit -o csv case list D120101000002 --open
same "it is not listed as open" 0 "$(grep -c O2 "$work/out")"
expect 3 "it cannot be upheld" demerit objection review O2 --on "$today" \
	--outcome upheld --reason r
expect 0 "it is withdrawn" demerit objection review O2 --on "$today" --outcome withdrawn --reason r
run demerit -o jsonl watch --since 1 --once
same "watching tells the objections" 2 "$(grep -c '"event": "objection_filed"' "$work/out")"
same "and no text of anybody" 0 "$(grep -c '不是我开的单' "$work/out")"
daemon_stop
rm -rf "$data/view"
daemon_start
expect 0 "the cases are the same from a view made again" demerit -o csv case list D120101000001
out_has "R1,repair,D120101000001"
expect 0 "and so is the standing" demerit -o json check D120101000001
out_has '"decision": "refuse"'
finish
