# shellcheck shell=bash
# Sourced by people who run one script by hand: the names tests/run would have given it.
#
#   . tests/support/env.sh; tests/e2e/points-13.sh

DEMERIT_SOURCE=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
export DEMERIT_SOURCE
export DEMERIT_BUILD=${DEMERIT_BUILD:-${DEMERIT_BUILD_ROOT:-$DEMERIT_SOURCE}/build-gcc}
export DEMERIT_BUILD_ASAN=${DEMERIT_BUILD_ASAN:-${DEMERIT_BUILD%/*}/build-asan}
export DEMERIT_BUILD_TSAN=${DEMERIT_BUILD_TSAN:-${DEMERIT_BUILD%/*}/build-tsan}
export LC_ALL=C.UTF-8
