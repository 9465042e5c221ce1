#!/bin/bash
# A reader that leaves early. At stake: "demerit history X | head" is typed every day, and a complaint
# about a broken pipe below the first lines would send people looking for an error that is none. And
# a thing that is shown says which record it came from, beside the sequence the answer is as of.

. tests/support/daemon.sh

daemon_start
people
cat >"$work/pipe.py" <<'PYTHON'
import os, subprocess, sys
reader, writer = os.pipe()
os.close(reader)
process = subprocess.run(sys.argv[1:], stdout=writer, stderr=subprocess.PIPE)
sys.exit(0 if process.returncode == -13 and process.stderr == b"" else str(process))
PYTHON
for format in table json jsonl csv; do
	expect 0 "nothing is said about it, with -o $format" \
		/usr/bin/python3 "$work/pipe.py" demerit -o "$format" rulebook list
done
daemon_goes_on
run demerit -o json institution show H35010200001
same "its record and the answer's sequence are two things" 1 \
	"$(json 'j["seq"] - j["recorded_seq"]')"
finish
