"""What a stock protobuf client needs to talk to demeritd, and a private daemon to talk to.

Used by the tests written in Python. The schema is compiled at run time into a folder that goes
with the process; the framing is a varint and the message, nothing else.
"""

import atexit
import importlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from datetime import date

from google.protobuf.internal.decoder import _DecodeVarint32
from google.protobuf.internal.encoder import _VarintBytes

SOURCE = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
START_MAX_S = 20


def day(text):
    return (date.fromisoformat(text) - date(1970, 1, 1)).days


def schema():
    out = tempfile.mkdtemp(prefix="demerit-pb-")
    atexit.register(shutil.rmtree, out, ignore_errors=True)
    proto = os.path.join(SOURCE, "proto")
    subprocess.run(["protoc", f"--python_out={out}", f"-I{proto}", "demerit/v1/demerit.proto"],
                   check=True)
    sys.path.insert(0, out)
    return importlib.import_module("demerit.v1.demerit_pb2")


def demeritd():
    return os.environ.get("DEMERITD") or os.path.join(os.environ["DEMERIT_BUILD"], "daemon",
                                                      "demeritd")


class Daemon:
    """A daemon in a folder of its own; the folder outlives a kill, so that it can start again."""

    def __init__(self, folder=None, options=()):
        self.own_folder = folder is None
        self.folder = folder or tempfile.mkdtemp(prefix="demerit-test-")
        self.socket = os.path.join(self.folder, "sock")
        self.options = list(options)
        self.process = None
        atexit.register(self.close)

    def start(self, environment=None):
        with open(os.path.join(self.folder, "log"), "ab") as log:
            self.process = subprocess.Popen(
                [demeritd(), "--data", os.path.join(self.folder, "data"), "--listen",
                 "unix:" + self.socket, *self.options],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=environment)
        return self

    def connect(self):
        deadline = time.monotonic() + START_MAX_S
        while True:
            s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            try:
                s.connect(self.socket)
                return s
            except OSError:
                s.close()
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError("the daemon did not start:\n" + self.log()) from None
                time.sleep(0.002)

    def log(self):
        with open(os.path.join(self.folder, "log"), encoding="utf-8", errors="replace") as log:
            return "".join(log.readlines()[-20:])

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        self.process.terminate()
        return self.process.wait(30)

    def close(self):
        if self.process is not None and self.process.poll() is None:
            self.kill()
        if self.own_folder:
            shutil.rmtree(self.folder, ignore_errors=True)


class Session:
    """Requests out, responses in; pipelined as the caller likes."""

    def __init__(self, pb, connected):
        self.pb = pb
        self.socket = connected
        self.buffer = b""
        self.at = 0
        self.request_id = 0

    def request(self, body, message, **envelope):
        self.request_id += 1
        request = self.pb.Request(request_id=self.request_id, **envelope)
        getattr(request, body).CopyFrom(message)
        return request

    def send(self, *requests):
        out = []
        for request in requests:
            data = request.SerializeToString()
            out.append(_VarintBytes(len(data)) + data)
        self.socket.sendall(b"".join(out))

    def waiting(self):
        """A whole response that is here already, or None."""
        if len(self.buffer) - self.at < 10 and not self._whole_prefix():
            return None
        size, start = _DecodeVarint32(self.buffer, self.at)
        if len(self.buffer) < start + size:
            return None
        self.at = start + size
        return self.pb.Response.FromString(self.buffer[start:self.at])

    def _whole_prefix(self):
        return any(byte < 128 for byte in self.buffer[self.at:self.at + 10])

    def fill(self):
        """Read once. False: the other side has closed."""
        more = self.socket.recv(1 << 16)
        self.buffer = self.buffer[self.at:] + more
        self.at = 0
        return bool(more)

    def receive(self):
        while True:
            response = self.waiting()
            if response is not None:
                return response
            if not self.fill():
                raise EOFError("the daemon closed the session")

    def call(self, body, message, **envelope):
        self.send(self.request(body, message, **envelope))
        return self.receive()

    def call_all(self, requests, window=64):
        """Responses by request_id, at most `window` in flight."""
        answers = {}
        sent = 0
        while len(answers) < len(requests):
            more = requests[sent:len(answers) + window]
            if more:
                self.send(*more)
                sent += len(more)
            response = self.receive()
            answers[response.request_id] = response
        return answers
