#!/usr/bin/python3
"""A stock Python protobuf client: Debian's python3-protobuf, classes made by protoc on the spot,
and for the frames nothing but the runtime's own varint helpers.

It says hello, registers a hospital and a doctor, records a penalty and points that suspend,
checks, and reads the refusal's clause. Lines "ok NAME" / "not ok NAME: why" on stdout; the
conversation, without what differs from run to run, into TRANSCRIPT.

  DEMERIT_SERVER=unix:PATH python_client.py [PIECE [TRANSCRIPT]]

Requests are sent in pieces of PIECE bytes (0: whole) and answers read in such pieces.
"""

import datetime
import os
import socket
import subprocess
import sys
import tempfile

from google.protobuf.internal.decoder import _DecodeVarint32
from google.protobuf.internal.encoder import _VarintBytes

HERE = os.path.dirname(os.path.abspath(__file__))
PROTO = os.path.join(HERE, '..', '..', 'proto', 'demerit', 'v1')
EPOCH = datetime.date(1970, 1, 1)
failures = 0


def schema():
    with tempfile.TemporaryDirectory() as out:
        subprocess.run(['protoc', '-I', PROTO, '--python_out=' + out, 'demerit.proto'],
                       check=True)
        sys.path.insert(0, out)
        import demerit_pb2
        return demerit_pb2


def day(text):
    return (datetime.date.fromisoformat(text) - EPOCH).days


def tell(name, good, why=''):
    global failures
    failures += not good
    print(f'ok python: {name}' if good else f'not ok python: {name}: {why}')


class Client:
    def __init__(self, pb, path, piece, transcript):
        self.pb = pb
        self.piece = piece
        self.transcript = transcript
        self.next_id = 0
        self.buffer = b''
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(30)
        self.socket.connect(path)

    def send(self, request):
        data = request.SerializeToString()
        data = _VarintBytes(len(data)) + data
        size = self.piece or len(data)
        for at in range(0, len(data), size):
            self.socket.sendall(data[at:at + size])

    def read_more(self):
        data = self.socket.recv(self.piece or 65536)
        if not data:
            raise EOFError('the daemon hung up')
        self.buffer += data

    def receive(self):
        while True:
            try:
                size, start = _DecodeVarint32(self.buffer, 0)
                if len(self.buffer) >= start + size:
                    break
            except IndexError:
                pass
            self.read_more()
        body, self.buffer = self.buffer[start:start + size], self.buffer[start + size:]
        return self.pb.Response.FromString(body)

    def ask(self, request):
        self.next_id += 1
        request.request_id = self.next_id
        self.send(request)
        response = self.receive()
        assert response.request_id == request.request_id, response
        self.note(request, response)
        return response

    def note(self, request, response):
        """Who answered and when differs from run to run; what was said must not."""
        copy = self.pb.Response()
        copy.CopyFrom(response)
        copy.position.ClearField('ledger_id')
        copy.position.ClearField('recorded_at')
        if copy.WhichOneof('body') == 'hello':
            copy.hello.ClearField('now')
        for part in (copy.write, copy.error):
            if part.HasField('recorded_at'):
                part.ClearField('recorded_at')
        self.transcript.write(f'> {request}\n< {copy}\n')

    def write(self, key, **body):
        request = self.pb.Request(idempotency_key=key)
        for name, fields in body.items():
            getattr(request, name).SetInParent()
            for field, value in fields.items():
                setattr(getattr(request, name), field, value)
        return self.ask(request)


def converse(client, pb):
    hello = client.ask(pb.Request(hello=pb.Hello(client='python')))
    tell('says hello', hello.WhichOneof('body') == 'hello', hello)
    tell('is told the limits', hello.hello.frame_max >= 65536 and hello.hello.items_max > 0, hello)
    tell('is told as of what', len(hello.position.ledger_id) == 16 and
         hello.position.sequence > 0 and hello.position.epoch > 0, hello.position)

    schema_reply = client.ask(pb.Request(get_descriptor=pb.GetDescriptor()))
    tell('is given the schema', b'demerit.v1' in schema_reply.get_descriptor.file_descriptor_set,
         schema_reply)

    made = client.write('k1', institution_add=dict(
        code='H51010000001', name='Hospital', region='510100', kind=pb.INSTITUTION_KIND_HOSPITAL))
    tell('adds an institution', made.WhichOneof('body') == 'write', made)
    made = client.write('k2', practitioner_add=dict(
        code='D510100000001', category=pb.CATEGORY_MEDICAL, institution='H51010000001',
        from_day=day('2025-04-01')))
    tell('adds a practitioner', made.WhichOneof('body') == 'write', made)
    made = client.write('k3', penalty_record=dict(
        id='I1', institution='H51010000001', kind=pb.PENALTY_KIND_ADMINISTRATIVE, measure='fine',
        article='40', authority='Bureau', on=day('2025-06-02')))
    tell('records a penalty', made.WhichOneof('body') == 'write', made)

    points = dict(practitioner='D510100000001', points=10, penalty='I1', level=pb.LEVEL_MAIN,
                  conduct_from=day('2025-04-01'), conduct_to=day('2025-05-01'),
                  from_day=day('2025-06-02'), reason='day of the decision')
    made = client.write('k4', points_record=points)
    tell('records points', made.WhichOneof('body') == 'write' and made.write.id, made)
    again = client.write('k4', points_record=points)
    # What the write did to whom is told once; what was recorded, for ever.
    tell('the same key gets the recorded answer', again.write.id == made.write.id and
         again.write.sequence == made.write.sequence and
         again.write.recorded_at == made.write.recorded_at and
         again.write.verdict == made.write.verdict, again)
    other = client.write('k4', points_record=dict(points, points=11))
    tell('the same key for something else is refused',
         other.error.code == pb.CODE_ALREADY_EXISTS, other)

    check = client.ask(pb.Request(check=pb.Check(
        practitioner='D510100000001', on=day('2025-06-10'), detail=True)))
    reply = check.check
    tell('is told to refuse', reply.decision == pb.DECISION_REFUSE and
         reply.reason == pb.DECISION_REASON_SUSPENDED, check)
    tell('reads until when', reply.until_day == day('2025-10-02'), check)
    tell("reads the refusal's clause", reply.clause != '', check)
    tell('reads the entry behind it', list(reply.entries) == [made.write.id], check)
    before = client.ask(pb.Request(check=pb.Check(
        practitioner='D510100000001', on=day('2025-06-01'))))
    tell('the day before is paid', before.check.decision == pb.DECISION_PAY, before)

    refused = client.write('k5', points_record=dict(points, penalty='I-none'))
    tell('a penalty that is not there is named', refused.error.code == pb.CODE_NOT_FOUND and
         refused.error.verdict != 0, refused)


def malformed(client, pb):
    client.socket.sendall(b'\x04\x08\x63\xf8\x01')
    try:
        answer = client.receive()
        tell('half a field is named', answer.error.code == pb.CODE_INVALID_ARGUMENT, answer)
    except (EOFError, OSError) as error:
        tell('half a field is named', False, error)


def main():
    pb = schema()
    piece = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    path = os.environ['DEMERIT_SERVER'].split(':', 1)[1]
    with open(sys.argv[2] if len(sys.argv) > 2 else os.devnull, 'w', encoding='utf-8') as out:
        client = Client(pb, path, piece, out)
        converse(client, pb)
        malformed(client, pb)
    sys.exit(1 if failures else 0)


main()
