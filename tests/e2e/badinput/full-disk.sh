#!/bin/bash
# The disk is full. Writes are refused and say so; nothing acknowledged is lost; reads go on; and
# when space returns writes resume by themselves, without a restart.

. "$(dirname "$0")/../../support/daemon.sh"

disk=$work/disk
mkdir "$disk"
if ! mount -t tmpfs -o size=24m tmpfs "$disk" 2>/dev/null; then
	[ -n "${DEMERIT_IN_NAMESPACE:-}" ] || exec env DEMERIT_IN_NAMESPACE=1 \
		unshare --map-root-user --mount bash "$0"
	not_ok "a small file system" "mount is not allowed here"
	finish
fi
cleanup() { umount -l "$disk"; }
data=$disk/data
daemon_start
people

acknowledged=0
refused=
for i in $(seq 1 400); do
	[ "$i" -ne 20 ] || head -c 64m /dev/zero >"$disk/filler" 2>/dev/null
	run demerit -o json practitioner add "X$i" --category medical \
		--name "$(printf 'x%.0s' {1..60})"
	if [ $status -eq 0 ]; then
		acknowledged=$i
	else
		refused=$status
		break
	fi
done
if [ -z "$refused" ]; then
	not_ok "the disk fills up" "400 writes and none refused"
	finish
fi
same "a write on a full disk may be tried again later" 75 "$refused"
same "it says what is full" true \
	"$(grep -qiE 'full|space|RESOURCE_EXHAUSTED' "$work/err" && echo true || cat "$work/err")"
expect 0 "reads go on" demerit practitioner show "X$acknowledged"
rm -f "$disk/filler"
begun=$EPOCHREALTIME
for _ in $(seq 1 100); do
	run demerit practitioner add AFTER --category medical
	[ $status -ne 0 ] || break
	sleep 0.02
done
took=$(((${EPOCHREALTIME/./} - ${begun/./}) / 1000))
same "writes resume" 0 "$status"
same "within a second ($took ms)" true "$([ $took -le 1500 ] && echo true)"
daemon_stop
daemon_start
lost=0
for i in $(seq 1 "$acknowledged"); do
	run demerit practitioner show "X$i"
	[ $status -eq 0 ] || lost=$((lost + 1))
done
same "of $acknowledged acknowledged writes none is lost" 0 "$lost"
daemon_goes_on
finish
