#!/bin/bash
# A day that does not exist must not become one that does (2025-02-30 is not the second of March),
# and no other way of writing days is guessed at.

. "$(dirname "$0")/../../support/daemon.sh"
daemon_start
people
before=$(book_sequence)

for day in 2025-02-30 2025-02-29 2025-13-01 2025-00-10 2025-1-1 20250101 01/02/2025 2025-04-31 \
	2025-01-01T00:00:00Z yesterday "" " 2025-01-01" 99999-01-01; do
	expect 2 "penalty on '$day'" demerit penalty record I1 --institution H35010200001 \
		--kind administrative --measure fine --article 38 --authority Bureau --on "$day"
done
expect 2 "check on a day that is none" demerit check D350102000001 --on 2025-02-30
err_has 2025-02-30
expect 2 "conduct that ends before it begins" demerit points record D350102000001 3 --penalty I1 \
	--level main --conduct 2025-03-02..2025-03-01
same "the book did not grow" "$before" "$(book_sequence)"
expect 0 "29 February of a leap year is a day" demerit check D350102000001 --on 2028-02-29
daemon_goes_on
finish
