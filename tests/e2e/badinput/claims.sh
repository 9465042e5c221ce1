#!/bin/bash
# Claim files come from other people's exports. One that cannot be a claim file is refused by naming
# what is missing; one with odd lines is answered line by line, each in its place, and no line of the
# output may be missing or moved: somebody will put the columns side by side.

. "$(dirname "$0")/../../support/daemon.sh"
daemon_start
people
header=fixmedins_code,setl_id,feedetl_sn,med_type,er_flag,fee_ocur_time,bilg_dr_codg,orders_dr_code,init_feedetl_sn
good=H35010200001,S1,F1,11,0,2025-06-01,D350102000001,,

printf '%s\n' "$good" >"$work/no-header.csv"
expect 2 "no header" demerit screen "$work/no-header.csv"
err_has fee_ocur_time
: >"$work/empty.csv"
expect 2 "an empty file" demerit screen "$work/empty.csv"
expect 2 "a file that is not there" demerit screen "$work/absent.csv"
err_has absent.csv
expect 2 "a folder" demerit screen "$work"

# A thousand columns of which nine are ours: the others pass through byte for byte.
/usr/bin/python3 - "$work/wide.csv" "$header" "$good" <<'PYTHON'
import sys
path, header, good = sys.argv[1:]
with open(path, "w") as file:
    file.write(header + "," + ",".join(f"x{i}" for i in range(991)) + "\n")
    file.write(good + "," + ",".join(f"v{i}" for i in range(991)) + "\n")
PYTHON
run demerit screen "$work/wide.csv"
if [ $status -eq 0 ]; then
	same "a thousand columns: every column is there" 1007 \
		"$(sed -n 2p "$work/out" | tr -cd , | wc -c | awk '{print $1 + 1}')"
	same "and its own decision" true "$(sed -n 2p "$work/out" | grep -q ',pay,' && echo true)"
else
	same "a thousand columns are refused by name" 2 "$status"
	err_has column
fi

printf '%s\n' "$header" "$good" \
	H35010200001,S1,F2,11,0,2025-02-30,D350102000001,, \
	H35010200001,S1,F3,11,0,2025-06-01,009999,, \
	H35010200001,S1,F4,11,0,2025-06-01,,, \
	too,few \
	'"H35010200001","S1","F6","11","0","2025-06-01 08:00:00","D350102000001","",""' \
	$'H35010200001,S1,F7\xff,11,0,2025-06-01,D350102000001,,' \
	H35010200001,S1,F8,11,0,2025-06-01,D350102000001,,NOWHERE \
	"H35010200001,S1,F9,11,0,2025-06-01,$(printf 'x%.0s' {1..70}),," \
	H35010200001,S1,F10,11,0,2025-06-01,D350102000001,, >"$work/odd.csv"
run demerit screen "$work/odd.csv"
same "one line out for each line in" "$(wc -l <"$work/odd.csv")" "$(wc -l <"$work/out")"
cp "$work/out" "$work/odd.out"
row() { sed -n "$(($1 + 1))p" "$work/odd.out"; }
said() { same "line $1: $2" true "$(row "$1" | grep -q ",$2" && echo true || row "$1")"; }
said 1 pay,
said 2 undetermined,BAD_DATE
said 3 undetermined,UNKNOWN_PRACTITIONER
said 4 undetermined,NO_PRACTITIONER
said 5 undetermined,BAD_LINE
said 6 pay,
said 8 undetermined,BAD_LINE
said 9 undetermined,
said 10 pay,
same "bytes that are not UTF-8 pass through" true \
	"$(row 7 | LC_ALL=C grep -q $'F7\xff' && echo true)"
printf '\xef\xbb\xbf%s\r\n%s\r\n' "$header" "$good" >"$work/bom.csv"
expect 0 "a byte order mark and CRLF are accepted" demerit screen "$work/bom.csv"
out_has pay
daemon_goes_on
finish
