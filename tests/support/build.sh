#!/bin/bash
# Build everything four ways. Warnings are errors in all of them, so "it built" says
# "0 warnings"; a folder left by another checkout or a broken configuration is made anew.

set -u

build()
{
	local what=$1 folder=$2
	shift 2

	if [ ! -f "$folder/build.ninja" ] || ! grep -qF " $PWD " <(sed -n '/regenerate/,$p' \
		"$folder/build.ninja" | tr '"' ' '); then
		rm -rf "$folder"
		meson setup "$folder" . "$@" || {
			echo "not ok $what: meson failed"
			return 1
		}
	fi
	if ninja -C "$folder"; then
		echo "ok $what"
	else
		echo "not ok $what: see above"
		return 1
	fi
}

status=0
CC=gcc build "gcc debugoptimized" "$DEMERIT_BUILD" --buildtype=debugoptimized || status=1
CC=clang-14 build "clang address,undefined" "$DEMERIT_BUILD_ASAN" --buildtype=debugoptimized \
	-Db_sanitize=address,undefined -Db_lundef=false -Dfuzz=true || status=1
CC=gcc build "gcc thread" "$DEMERIT_BUILD_TSAN" --buildtype=debugoptimized \
	-Db_sanitize=thread -Db_lundef=false || status=1
CC=gcc build "gcc release" "$DEMERIT_BUILD_RELEASE" --buildtype=release -Dtests=false || status=1
exit $status
