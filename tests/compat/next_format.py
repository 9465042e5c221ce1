#!/usr/bin/python3
"""next_format.py MARK: write the next format's number into both slots of a mark, checksums right."""

import struct
import sys

SLOT = 512


def crc32c(data, crc=0):
    crc ^= 0xffffffff
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82f63b78 if crc & 1 else 0)
    return crc ^ 0xffffffff


with open(sys.argv[1], 'r+b') as file:
    slots = bytearray(file.read())
    for at in range(0, 2 * SLOT, SLOT):
        version = struct.unpack_from('<I', slots, at + 8)[0]
        struct.pack_into('<I', slots, at + 8, version + 1)
        crc = crc32c(slots[at + 16:at + SLOT], crc32c(slots[at:at + 12]))
        struct.pack_into('<I', slots, at + 12, crc)
    file.seek(0)
    file.write(slots)
