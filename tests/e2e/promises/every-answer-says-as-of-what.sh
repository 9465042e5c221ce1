#!/bin/bash
# Promise 2: every answer carries the ledger, the epoch, the sequence and that sequence's time, refusals
# and failures included; so that two answers that differ can be put in order, and one that is disputed
# can be asked for again. On the wire for every kind of request, and in the command line's JSON.
# Planted: an answer whose sequence was taken away.

. "$(dirname "$0")/../../support/daemon.sh"
daemon_start
people
penalty I1
protoc --python_out="$work" -I"$DEMERIT_SOURCE/proto" demerit/v1/demerit.proto ||
	not_ok "protoc"
PYTHONPATH=$work /usr/bin/python3 - "$socket" <<'PYTHON'
import socket, sys
from demerit.v1 import demerit_pb2 as pb
from google.protobuf.internal.decoder import _DecodeVarint32
from google.protobuf.internal.encoder import _VarintBytes

peer = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
peer.settimeout(5)
peer.connect(sys.argv[1])
kept = b""

def ask(request):
    global kept
    data = request.SerializeToString()
    peer.sendall(_VarintBytes(len(data)) + data)
    while True:
        while True:
            try:
                size, start = _DecodeVarint32(kept, 0)
                if len(kept) >= start + size:
                    break
            except IndexError:
                pass
            more = peer.recv(65536)
            if not more:
                sys.exit("not ok every-answer: closed")
            kept += more
        answer = pb.Response.FromString(kept[start:start + size])
        kept = kept[start + size:]
        if answer.request_id == request.request_id:
            return answer

def complete(answer):
    at = answer.position
    return answer.HasField("position") and len(at.ledger_id) == 16 and at.epoch >= 1 and \
        at.sequence >= 1 and at.recorded_at > 1_700_000_000_000_000

number = 0
for field in pb.Request.DESCRIPTOR.oneofs_by_name["body"].fields:
    number += 1
    request = pb.Request(request_id=number)
    getattr(request, field.name).SetInParent()
    answer = ask(request)
    print(f"{'ok' if complete(answer) else 'not ok'} every-answer-says-as-of-what: {field.name}")
answer.position.ClearField("sequence")
print(f"{'not ok' if complete(answer) else 'ok'} every-answer-says-as-of-what: "
      "planted: an answer without its sequence is noticed")
PYTHON

complete()
{
	json "all(j.get(key) for key in ('ledger', 'epoch', 'seq')) and 'known_at' in j"
}
for question in "practitioner show D350102000001" "check D350102000001" status verify \
	"check D350102000001 --on 2025-01-01" "explain D350102000001"; do
	# shellcheck disable=SC2086  # a command line
	run demerit -o json $question
	same "$question" true "$(complete)"
done
run demerit -o json check D350102000001
asked=$(json "j['seq']")
penalty I2
run demerit -o json check D350102000001 --known-at "$asked"
same "an older answer says it is one" "$asked" "$(json "j['known_at']")"
finish
