# shellcheck shell=bash
# Sourced by the rows of this folder: runs a fault program of the gcc build as it is, and a smaller
# portion of it under the sanitizers.
#
# run_fault PROGRAM COUNT COUNT_UNDER_ADDRESS; a count of 0: the program takes none.

run_fault()
{
	local program=$1 count=$2 fewer=$3 status=0 log

	[ "$count" -eq 0 ] && count= && fewer=
	# shellcheck disable=SC2086  # no count, no argument
	"$DEMERIT_BUILD/tests/fault/$program" $count || status=1
	[ -x "${DEMERIT_BUILD_ASAN:-/nowhere}/tests/fault/$program" ] || return $status
	log=$DEMERIT_BUILD_ASAN/fault-$program.log
	# shellcheck disable=SC2086
	if "$DEMERIT_BUILD_ASAN/tests/fault/$program" $fewer >"$log" 2>&1; then
		echo "ok $program under address"
	else
		sed 's/^/# /' "$log" | tail -n 60
		echo "not ok $program under address"
		status=1
	fi
	return $status
}
