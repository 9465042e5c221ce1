#!/bin/bash
# A book written by a later version of the program, opened by this one after a downgrade. Its checksums
# hold, only its version is unknown: the daemon must not guess at the bytes, must not call it damaged
# (somebody would restore a backup over it), and must write nothing.

. "$(dirname "$0")/../../support/daemon.sh"
daemon_start
people
daemon_stop
cp -a "$data" "$work/good"
cp -a "$data.mark" "$work/good.mark"

# later FILE BLOCK...: these 512-byte blocks say version 2, with checksums that hold.
later()
{
	/usr/bin/python3 - "$@" <<'PYTHON'
import sys

def crc32c(data):
    crc = 0xffffffff
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82f63b78 if crc & 1 else 0)
    return crc ^ 0xffffffff

with open(sys.argv[1], "r+b") as file:
    for number in map(int, sys.argv[2:]):
        file.seek(512 * number)
        block = bytearray(file.read(512))
        if block[:4] != b"DMRT":
            sys.exit(f"block {number} is not what it should be")
        # The checksum leaves itself out: as zeroes in a segment's header, as nothing in the mark.
        covered = {b"SEGM": lambda: bytes(block[:12]) + bytes(4) + bytes(block[16:]),
                   b"MARK": lambda: bytes(block[:12]) + bytes(block[16:])}[bytes(block[4:8])]
        if crc32c(covered()) != int.from_bytes(block[12:16], "little"):
            sys.exit("FORMAT.md says otherwise")
        block[8:12] = (2).to_bytes(4, "little")
        block[12:16] = crc32c(covered()).to_bytes(4, "little")
        file.seek(512 * number)
        file.write(block)
PYTHON
}

# refused NAME: it does not start, says the version is later, and leaves everything as it is.
refused()
{
	local before
	before=$(cd "$data" && find . -type f ! -name '*lock*' -exec sha256sum {} + | sort | sha256sum)
	: >"$work/log"
	daemon_spawn
	daemon_wait
	same "$1: it does not start" true "$([ "$status" -ne 0 ] && echo true)"
	same "$1: it says why" true \
		"$(grep -qiE 'NEWER|later version' "$work/log" && echo true || tail -n 2 "$work/log")"
	same "$1: nothing was written" "$before" \
		"$(cd "$data" && find . -type f ! -name '*lock*' -exec sha256sum {} + | sort | sha256sum)"
}

segment=$(find "$data" -name '*.segment' | head -n 1)
later "$segment" 0 || not_ok "a segment of a later version"
refused "a segment"

rm -rf "$data"
cp -a "$work/good" "$data"
later "$data.mark" 0 1 || not_ok "a mark of a later version"
refused "the mark"

cp -a "$work/good.mark" "$data.mark"
daemon_start
daemon_goes_on "as it was, it starts"
finish
