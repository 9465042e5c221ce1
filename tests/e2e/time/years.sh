#!/bin/bash
# Year's end, the 29th of February and months that are too short. At stake: points of 30 December
# count in the old year though they are recorded in January, the suspension runs into the new one,
# and a period that begins on the 31st ends on a day that exists.

. tests/support/daemon.sh

daemon_start
people
penalty P-EVE 2025-12-30
penalty P-NEW 2026-01-02
expect 0 "eight points of 30 December, recorded later" \
	demerit points record D350102000001 8 --penalty P-EVE --level main --conduct 2025-12-01
expect 0 "eight of 2 January are another year's" \
	demerit points record D350102000001 8 --penalty P-NEW --level main --conduct 2026-01-01
run demerit -o json practitioner show D350102000001 --on 2025-12-31
same "the old year has eight" 8 "$(json 'j["points_this_year"]')"
run demerit -o json practitioner show D350102000001 --on 2026-01-02
same "the new year has eight" 8 "$(json 'j["points_this_year"]')"
run demerit -o json practitioner show D350102000001 --on 2026-01-01
same "and none on its first day" 0 "$(json 'j["points_this_year"]')"

expect 0 "one more of 30 December suspends across New Year" \
	demerit points record D350102000001 1 --penalty P-EVE --level main --conduct 2025-12-01 \
	--months 2 --from 2025-12-31 --reason "as decided"
run demerit -o json check D350102000001 --on 2026-01-15
same "suspended in the new year" refuse "$(json 'j["decision"]')"
same "two months from the 31st end on the 28th" 2026-02-28 "$(json 'j["until"]')"
run demerit -o json check D350102000001 --on 2026-02-28
same "the first day no longer covered is paid" pay "$(json 'j["decision"]')"

# A leap day as a first day: the bar of one year ends on the last of February.
run demerit sanction record D350102000001 --kind suspended --source OTHER --number 1 \
	--from 2024-02-29 --until 2024-03-31
same "a period may begin on a leap day" 0 $status
expect 2 "29 February of a common year is no day" \
	demerit check D350102000001 --on 2025-02-29
err_has 2025-02-29
run demerit -o json check D350102000001 --on 2024-02-29
same "refused on the leap day" refuse "$(json 'j["decision"]')"
daemon_stop
finish
