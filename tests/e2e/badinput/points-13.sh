#!/bin/bash
# A score outside 1 to 12, or one that is no whole number, is a slip of the hand. It must not reach
# the book: no entry, no refusal record, no change of standing; and the field is named.

. "$(dirname "$0")/../../support/daemon.sh"
daemon_start
people
penalty I1
before=$(book_sequence)

for points in 13 0 -1 1.5 1e1 ten "" 99999999999999999999 012x; do
	expect 2 "points '$points' are an invalid argument" demerit points record D350102000001 \
		"$points" --penalty I1 --level main --conduct 2025-03-01
done
run demerit -o json points record D350102000001 13 --penalty I1 --level main --conduct 2025-03-01
same "json on stderr is one object naming the reason" INVALID_ARGUMENT \
	"$(cp "$work/err" "$work/out.keep"; /usr/bin/python3 -c 'import json, sys
print(json.load(open(sys.argv[1]))["error"]["code"])' "$work/out.keep" 2>&1 | tail -n 1)"
same "stdout stays empty" 0 "$(stat -c %s "$work/out")"
same "the book did not grow" "$before" "$(book_sequence)"
expect 0 "twelve is allowed" demerit points record D350102000001 12 --penalty I1 --level main \
	--conduct 2025-03-01 --from 2025-05-20 --reason "first day of the decision"
daemon_goes_on
finish
