"""An export, read without demeritd's schema or library: FORMAT.md and RFC 6962 say enough.

Frames are a varint and that many bytes; a record is numbered fields, of which the header, the body
and the salt are the log's own bytes. From them come the leaves, and from the leaves the root.
"""

import hashlib
import json
import struct
from datetime import datetime, timedelta, timezone

KINDS = {1: "genesis", 2: "accepted", 3: "refused", 4: "marker", 5: "operator"}
SEQUENCE, RECORDED_AT, KIND, HEADER, BODY, SALT = range(1, 7)


class Broken(Exception):
    pass


def varint(data, at):
    value = shift = 0
    while True:
        if at == len(data):
            raise Broken("cut short")
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7


class Record:
    def __init__(self, fields):
        self.sequence = fields[SEQUENCE]
        self.recorded_at = fields[RECORDED_AT]
        self.kind = fields[KIND]
        self.header = fields[HEADER]
        self.body = fields[BODY]
        self.salt = fields[SALT]
        version, kind, algorithm, zero, self.epoch, sequence, recorded_at = struct.unpack(
            "<BBBBIQq", self.header)
        if (version, algorithm, zero, sequence, recorded_at, KINDS[kind]) != (
                1, 1, 0, self.sequence, self.recorded_at, self.kind):
            raise Broken(f"record {self.sequence}: its header says otherwise")

    def leaf(self):
        inner = hashlib.sha256(self.salt + self.body).digest()
        return hashlib.sha256(b"\0" + self.header + inner).digest()


def fields_of(data):
    at = 0
    fields = {}
    while at < len(data):
        tag, at = varint(data, at)
        value, at = varint(data, at)
        if tag & 7 == 2:
            value, at = data[at:at + value], at + value
        fields[tag >> 3] = value
    fields[KIND] = fields[KIND].decode()
    return fields


def places(data):
    """Where each record's bytes are."""
    at = 0
    while at < len(data):
        size, at = varint(data, at)
        if at + size > len(data):
            raise Broken("cut short")
        yield at, size
        at += size


def frames(data):
    for at, size in places(data):
        yield Record(fields_of(data[at:at + size]))


def lines(text):
    for line in text.splitlines():
        row = json.loads(line)
        when = datetime.fromisoformat(row["recorded_at"].replace("Z", "+00:00"))
        yield Record({SEQUENCE: row["seq"], KIND: row["kind"],
                      RECORDED_AT: (when - datetime(1970, 1, 1, tzinfo=timezone.utc))
                      // timedelta(microseconds=1),
                      **{number: bytes.fromhex(row[name]) for number, name in
                         ((HEADER, "header"), (BODY, "body"), (SALT, "salt"))}})


def root(leaves):
    """RFC 6962, 2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while 2 * split < len(leaves):
        split *= 2
    return hashlib.sha256(b"\1" + root(leaves[:split]) + root(leaves[split:])).digest()
