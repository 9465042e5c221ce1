#!/bin/bash
# Who is who. At stake: a claim file that names its people by their certificates is answered for the
# right person, also after a restart, and never with a name that was not known yet; and what an
# institution did is judged by the rules of where it was.

set -u
. "$(dirname "$0")/../../support/daemon.sh"

daemon_start
today=$(TZ=Asia/Shanghai date +%F)
year=${today%%-*}
expect 0 "an institution" demerit institution add H110101 --name 医院 --region 110101 --kind hospital
expect 0 "a doctor with a certificate" demerit practitioner add D1 --category medical --at H110101 \
	--from 2025-01-01 --alias cert:1101 --alias local:17
expect 0 "another" demerit practitioner add D2 --category medical --at H110101 --from 2025-01-01
expect 0 "a penalty" demerit penalty record I1 --institution H110101 --kind administrative \
	--measure fine --article 38 --authority 医保局 --on "$year-01-01"
expect 0 "twelve points end it" demerit points record D1 12 --penalty I1 --level main \
	--conduct "$year-01-01" --from "$year-01-01" --bar-years 3 --reason severe --id E1
before=$(demerit -o json practitioner show D1 | grep -o '"seq": [0-9]*' | grep -o '[0-9]*')

expect 2 "an identity card's number is refused" demerit practitioner alias D1 id:11010119800101123X
expect 2 "and so is a name without a kind" demerit practitioner alias D1 1101
expect 0 "an alias is set" demerit practitioner alias D1 cert:2202
expect 0 "once" demerit practitioner alias D1 cert:2202
out_has UNCHANGED
expect 3 "for one person" demerit practitioner alias D2 cert:2202
err_has ALIAS_TAKEN
expect 5 "one that is not there cannot be removed" demerit practitioner alias D2 cert:9 --remove
err_has ALIAS_UNKNOWN
expect 0 "the standing has them" demerit -o json practitioner show D1
out_has '"aliases": ["cert:1101", "local:17", "cert:2202"]'
expect 0 "the history too" demerit -o csv history D1
out_has alias_set
out_has cert:2202

# The next line of every scene: day, one code, a certificate of the prescriber, one of the pharmacist.
cat >"$work/claims.csv" <<CSV
fixmedins_code,fee_ocur_time,bilg_dr_codg,prsc_dr_certno,phar_prac_cert_no,amount
H110101,$today,D2,2202,,1
H110101,$today,D2,,2202,2
H110101,$today,,1101,,3
H110101,$today,D2,D1,,4
H110101,$today,D2,7777,,5
H110101,$today,,7777,,6
H110101,$today,local:17,,,7
CSV
screened()
{
	expect 0 "$1" demerit screen "$work/claims.csv"
	out_has "2202,,1,refuse,TERMINATED,prsc_dr_certno,D1,E1"
	out_has ",2202,2,refuse,TERMINATED,phar_prac_cert_no,D1,E1"
	out_has "1101,,3,refuse,TERMINATED,prsc_dr_certno,D1,E1"
	out_has "D1,,4,refuse,TERMINATED,prsc_dr_certno,D1,E1"
	out_has "7777,,5,pay,ELIGIBLE"
	out_has "7777,,6,undetermined,UNKNOWN_PRACTITIONER,prsc_dr_certno,7777"
	out_has "local:17,,,7,refuse,TERMINATED,bilg_dr_codg,D1,E1"
}
screened "claims are matched"
expect 0 "what was not known is not told" demerit --known-at "$before" screen "$work/claims.csv"
out_has "2202,,1,pay,ELIGIBLE"
out_has "1101,,3,refuse,TERMINATED,prsc_dr_certno,D1,E1"

expect 0 "a plain check takes a name" demerit -o json check local:17
out_has '"decision": "refuse"'
expect 0 "and asked with detail tells whose it is" demerit -o json practitioner show cert:2202
out_has '"practitioner": "D1"'

expect 0 "an alias moves" demerit practitioner alias D1 cert:2202 --remove
moved=$(demerit -o json practitioner show D1 | grep -o '"seq": [0-9]*' | grep -o '[0-9]*')
expect 0 "to its owner" demerit practitioner alias D2 cert:2202
expect 0 "the claim follows" demerit screen "$work/claims.csv"
out_has "2202,,1,pay,ELIGIBLE"
expect 0 "as it was then" demerit --known-at $((moved - 1)) screen "$work/claims.csv"
out_has "2202,,1,refuse,TERMINATED,prsc_dr_certno,D1,E1"
expect 0 "in between it was nobody's" demerit --known-at "$moved" screen "$work/claims.csv"
out_has "2202,,1,pay,ELIGIBLE"
expect 0 "and back" demerit practitioner alias D2 cert:2202 --remove
expect 0 "to the first" demerit practitioner alias D1 cert:2202

# A person without a national code gets one: the earlier code is an alias of the new one.
expect 0 "a person with a local id" demerit practitioner add local-9 --category nursing \
	--at H110101 --from 2025-01-01
expect 0 "a person whose code changed" demerit practitioner add D430000000009 --category medical \
	--at H110101 --from 2025-01-01 --alias code:D430000000001
expect 0 "is found by the earlier one" demerit -o json practitioner show D430000000001
out_has '"practitioner": "D430000000009"'
expect 0 "claims still name it" demerit -o json check D430000000001
out_has '"reason": "ELIGIBLE"'
expect 3 "and nobody else gets it" demerit practitioner add D430000000001 --category medical
err_has ALIAS_TAKEN

# An institution moves to another province, then closes into another. What was before it still is.
expect 0 "a hospital" demerit institution add H430100 --name 老院 --region 430100 --kind hospital
expect 0 "another" demerit institution add H430200 --name 新院 --region 430200 --kind hospital
expect 0 "renamed" demerit institution change H430100 --name 新名 --on 2025-03-01
before=$(demerit -o json institution show H430100 | grep -o '"seq": [0-9]*' | grep -o '[0-9]*')
expect 0 "the same name again changes nothing" demerit institution change H430100 --name 新名 \
	--on 2025-03-01
out_has UNCHANGED
expect 2 "a change of nothing" demerit institution change H430100 --on 2025-03-01
expect 0 "moved" demerit institution change H430100 --region 510100 --on 2025-06-01
expect 3 "not in the future" demerit institution change H430100 --region 430100 --on 2999-01-01
err_has DATE_IN_FUTURE
places()
{
	expect 0 "$1" demerit -o json institution show H430100 --on 2025-05-31
	out_has '"name": "新名"'
	out_has '"region": "430100"'
	out_has '"rulebook": "hunan"'
	expect 0 "$1, since the move" demerit -o json institution show H430100 --on 2025-06-01
	out_has '"region": "510100"'
	out_has '"rulebook": "sichuan"'
	out_has '"closed_on": '"$2"
	expect 0 "$1, known before" demerit --known-at "$before" -o json institution show H430100
	out_has '"region": "430100"'
	# Pharmacists of pharmacies only: what the policy of the day says, in memory and from the book.
	expect 0 "$1, a check on the day before" demerit -o json check D2 --institution H430100 \
		--on 2025-05-31
	expect 0 "$1, and on the day" demerit -o json check D2 --institution H430100 --on 2025-06-01
}
places "an institution on a day" null
expect 0 "points of the day before" demerit penalty record IB --institution H430100 \
	--kind agreement --measure fine --article 3 --authority 医保局 --on 2025-05-31
expect 0 "by the rules of then" demerit points record D2 9 --penalty IB --level main \
	--conduct 2025-05-01 --months 1 --reason r --id EB
expect 0 "say so" demerit -o json practitioner show D2
out_has 'hunan@'
expect 0 "closed" demerit institution change H430100 --merged-into H430200 --on 2025-08-31 --reason 合并
expect 3 "no registration after it" demerit registration join D2 H430100 --on 2025-09-01
err_has INSTITUTION_CLOSED
expect 3 "no penalty after it" demerit penalty record IC --institution H430100 --kind agreement \
	--measure fine --article 3 --authority 医保局 --on 2025-09-01
err_has "closed since 2025-08-31"
places "closed" '"2025-08-31"'
expect 0 "the history has each" demerit -o csv history --institution H430100
out_has "institution_changed"
out_has H430200

daemon_stop
rm -rf "$data/view"
daemon_start
screened "the same from a view made again"
places "from a view made again" '"2025-08-31"'
daemon_stop
daemon_start
screened "and after another start"
finish
