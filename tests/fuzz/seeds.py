#!/usr/bin/python3
"""Writes the seeds of each fuzz target into FOLDER/TARGET/: small, valid, and of every kind.

Called as: seeds.py SOURCE FOLDER. Seeds are made, not kept: the schema, the rulebooks and the
claim columns change, and a binary in the history says nothing to anybody.
"""

import os
import random
import shutil
import struct
import subprocess
import sys
import tempfile

from google.protobuf.internal.encoder import _VarintBytes as varint

SOURCE, FOLDER = sys.argv[1:]
random.seed(1)


def put(target, name, data):
    folder = os.path.join(FOLDER, target)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), 'wb') as file:
        file.write(data)


def schema():
    with tempfile.TemporaryDirectory() as out:
        subprocess.run(['protoc', '-I', os.path.join(SOURCE, 'proto', 'demerit', 'v1'),
                        '--python_out=' + out, 'demerit.proto'], check=True)
        sys.path.insert(0, out)
        import demerit_pb2
        return demerit_pb2


def fill(message, depth=0):
    """Something in every field, so that each is walked at least once."""
    for field in message.DESCRIPTOR.fields:
        if field.containing_oneof and depth == 0:
            continue
        repeated = field.label == field.LABEL_REPEATED
        if field.type == field.TYPE_MESSAGE:
            if repeated:
                for _ in range(2):
                    fill(getattr(message, field.name).add(), depth + 1)
            elif not field.containing_oneof or \
                    message.WhichOneof(field.containing_oneof.name) is None:
                fill(getattr(message, field.name), depth + 1)
            continue
        value = {field.TYPE_STRING: 'D350102000001', field.TYPE_BYTES: b'\x01' * 16,
                 field.TYPE_BOOL: True, field.TYPE_ENUM: 1}.get(field.type, 7)
        if repeated:
            getattr(message, field.name).append(value)
        else:
            setattr(message, field.name, value)


def wire(pb):
    for target, kind in (('precheck', pb.Request), ('response', pb.Response)):
        arms = [f for f in kind.DESCRIPTOR.fields if f.containing_oneof]
        for arm in arms:
            message = kind()
            message.request_id = 300
            fill(getattr(message, arm.name), 1)
            getattr(message, arm.name).SetInParent()
            put(target, arm.name, message.SerializeToString())
        message = kind()
        fill(message)
        put(target, 'envelope', message.SerializeToString())
    check = pb.Request(request_id=1)
    check.check.practitioner = 'D350102000001'
    put('precheck', 'plain-check', check.SerializeToString())


def sessions(pb):
    """The first byte says how the rest is cut into pieces; then frames, as many as come."""
    def frame(request_id, key=None, **body):
        request = pb.Request(request_id=request_id)
        if key:
            request.idempotency_key = key
        for name, fields in body.items():
            getattr(request, name).SetInParent()
            for field, value in fields.items():
                setattr(getattr(request, name), field, value)
        data = request.SerializeToString()
        return varint(len(data)) + data

    codes = [f'{"DRTL?"[i % 5]}35010200000{i}' for i in range(60)]
    checks = b''.join(frame(i, check={'practitioner': code, 'on': 20200})
                      for i, code in enumerate(codes, 1))
    arms = [field for field in pb.Request.DESCRIPTOR.fields if field.containing_oneof]
    every = b''.join(frame(arm.number, 'k', **{arm.name: {}}) for arm in arms)
    large = frame(99, 'k', rulebook_load={'text': 'x' * 100000})
    for cut in (0, 1, 40):
        at = bytes([cut])
        put('session', f'checks-{cut}', at + frame(1, hello={}) + checks)
        put('session', f'every-{cut}', at + every + checks)
        put('session', f'twice-{cut}', at + every + every)
        put('session', f'half-a-field-{cut}', at + checks + b'\x03\x08\x07\xff' + checks)
        put('session', f'oversize-{cut}', at + checks + varint(1 << 32) + checks)
        put('session', f'http-{cut}', at + checks + b'GET / HTTP/1.1\r\n\r\n')
    put('session', 'large', b'\0' + checks + large + checks)
    put('session', 'large-answers', b'\0' + frame(1, policy_show={}) * 8 + checks)


def claims():
    header = ('fixmedins_code,mdtrt_id,feedetl_sn,med_type,er_flag,fee_ocur_time,bilg_dr_codg,'
              'orders_dr_code,init_feedetl_sn')
    line = 'H35010200001,M1,F{},11,0,2025-06-01 08:00:00,D350102000001,"HS350100""1""",'
    text = '\n'.join([header] + [line.format(i) for i in range(5)]) + '\n'
    put('claims', 'plain', text.encode())
    put('claims', 'bom-crlf', b'\xef\xbb\xbf' + text.replace('\n', '\r\n').encode())
    put('claims', 'quotes', (header + '\na,"b\nc","d""e",f\n"open\nx,y\n"a"b,c\n').encode())


def events():
    """Kind, version, size, then anything: the sizes are right, the rest is for the decoder."""
    for kind in range(1, 20):
        for size in (0, 40, 200):
            body = bytes(random.choice((0, 1, 2, 4, 8, 65)) for _ in range(size))
            put('event', f'{kind}-{size}', struct.pack('<BBI', kind, 1, size) + body)


def rules():
    for folder in ('rulebooks', 'policies'):
        path = os.path.join(SOURCE, 'daemon', folder)
        for name in sorted(os.listdir(path)):
            if name.endswith('.yaml'):
                os.makedirs(os.path.join(FOLDER, 'rules'), exist_ok=True)
                shutil.copy(os.path.join(path, name), os.path.join(FOLDER, 'rules', name))
    put('rules', 'empty', b'')


def segments():
    put('segment', 'zeros', bytes(1024))
    for magic in (b'DMRTSEG\0', b'DMRTGRP\0', b'segment\0', b'group\0\0\0'):
        put('segment', magic.strip(b'\0').decode(), magic + bytes(range(256)) * 4)


def conf():
    head = b'# comment\n[demeritd]\n'
    put('conf', 'plain', head + b'data = /tmp/x\nlisten = unix:/tmp/s\nthreads = 1\n'
        b'socket_mode = 0660\nmark_sync = strict\nlog_format = json\nhttp = 127.0.0.1:9000\n')
    put('conf', 'principals', head + b'data = x\n[principal portal]\nuid = 1000\nroles = clerk\n'
        b'[principal zhang]\nuid = 1001\nroles = auditor, operator\n')
    put('conf', 'long', head + b'data = ' + b'x' * 500 + b'\n indented\n')


def main():
    pb = schema()
    wire(pb)
    sessions(pb)
    claims()
    events()
    rules()
    segments()
    conf()


main()
