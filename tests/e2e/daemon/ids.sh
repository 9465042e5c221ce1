#!/bin/bash
# Ids that the daemon makes. At stake: two people's sanctions of one record under one id, so that a
# later word about the one is heard about the other. Somebody has chosen just the id that would have
# been made.

. tests/support/daemon.sh

sequence()
{
	demerit -o json status | grep -o '"seq": [0-9]*' | grep -o '[0-9]*'
}

daemon_start
expect 0 "an institution" demerit institution add H1 --name 医院 --region 110101 --kind hospital
for penalty in I1 I2; do
	expect 0 "penalty $penalty" demerit penalty record $penalty --institution H1 \
		--kind administrative --measure fine --article 38 --authority 医保局 --on 2025-05-20
done
for person in D1 D2 D3; do
	expect 0 "$person" demerit practitioner add $person --category medical --at H1
	expect 0 "three points" demerit points record $person 3 --penalty I1 --level general \
		--conduct 2025-05-01
	expect 0 "and nine: terminated" demerit points record $person 9 --penalty I2 --level main \
		--conduct 2025-05-01 --from 2025-05-21 --bar-years 1 --reason r
done
expect 0 "somebody else" demerit practitioner add D4 --category medical --at H1
taken=S$(($(sequence) + 2))
expect 0 "with an id as it will be made" demerit sanction record D4 --kind suspended --source 市局 --number 8 \
	--from 2025-05-20 --until 2025-06-20 --id "$taken"
expect 0 "the first penalty is overturned" demerit penalty overturn I1 --on 2025-06-01 --reason r \
	--choice D1:months=1,from=2025-05-21 --choice D2:months=1,from=2025-05-21 \
	--choice D3:months=1,from=2025-05-21
: >"$work/ids"
for person in D1 D2 D3 D4; do
	demerit -o json practitioner show $person --on 2025-06-01 |
		grep -o '"id": "S[0-9-]*", "kind": "suspended"' >>"$work/ids"
done
same "four suspensions" 4 "$(wc -l <"$work/ids")"
same "each under an id of its own" 4 "$(sort -u "$work/ids" | wc -l)"
expect 0 "the book is whole" demerit verify
daemon_stop
finish
