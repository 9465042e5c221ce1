#!/bin/bash
# No institution decision, no points: a penalty nobody recorded cannot carry an entry, and the answer
# has to name it, because the usual cause is a typing slip in its number.

. "$(dirname "$0")/../../support/daemon.sh"
daemon_start
people
penalty I1

expect 5 "points on a penalty that is not there" demerit points record D350102000001 3 \
	--penalty I-does-not-exist --level main --conduct 2025-03-01
err_has I-does-not-exist
expect 5 "points for a practitioner nobody added" demerit points record D350102999999 3 \
	--penalty I1 --level main --conduct 2025-03-01
err_has D350102999999
expect 5 "a penalty against an institution nobody added" demerit penalty record I2 \
	--institution H99999999999 --kind administrative --measure fine --article 38 \
	--authority Bureau --on 2025-05-20
err_has H99999999999
expect 5 "overturning a penalty that is not there" demerit penalty overturn I-does-not-exist \
	--on 2025-06-01 --reason appeal
expect 5 "annulling an entry that is not there" demerit points annul E999999 --reason mistake
run demerit -o json practitioner show D350102000001
same "no points were recorded" 0 "$(json "j['points_this_year']")"
daemon_goes_on
finish
