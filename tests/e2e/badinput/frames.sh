#!/bin/bash
# Bytes on the socket that are no request: a length of 4 GiB, half a frame and silence, a varint
# without an end, noise, HTTP. The peer may get an error or lose the connection. The daemon must
# neither stop, nor buffer what was announced, nor make anybody else wait.

. "$(dirname "$0")/../../support/daemon.sh"
daemon_start
people
rss() { awk '/^VmRSS/ {print $2}' "/proc/$daemon_pid/status"; }
before=$(rss)

/usr/bin/python3 - "$socket" <<'PYTHON'
import os, random, socket, sys

from google.protobuf.internal.encoder import _VarintBytes as varint

def connect():
    peer = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    peer.settimeout(3)
    peer.connect(sys.argv[1])
    return peer

def ended(name, data, close_expected=True, half=False):
    """The peer sends this; the daemon answers something or closes, within three seconds."""
    peer = connect()
    heard = b""
    try:
        peer.sendall(data)
        if half:
            peer.shutdown(socket.SHUT_WR)
        while True:
            more = peer.recv(65536)
            if not more:
                break
            heard += more
        print(f"ok frames: {name}: closed after {len(heard)} bytes")
    except socket.timeout:
        print((f"not ok frames: {name}: left open" if close_expected else f"ok frames: {name}: waits"))
    except (ConnectionResetError, BrokenPipeError):
        print(f"ok frames: {name}: closed")
    peer.close()
    return heard

ended("a length of 4 GiB", varint(1 << 32) + b"x" * 100)
ended("a length of 2^63", varint(1 << 63) + b"x" * 100)
ended("a length just above the limit", varint((1 << 20) + 1) + b"x" * 100)
ended("a varint without an end", b"\xff" * 11)
ended("a length of nothing", b"\x00", half=True)
ended("half a frame and the end", varint(100) + b"\x08\x01", half=True)
heard = ended("HTTP", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
print("ok frames: HTTP gets a 400" if heard.startswith(b"HTTP/1.1 400") or
      heard.startswith(b"HTTP/1.0 400") else f"not ok frames: HTTP gets {heard[:40]!r}")
rng = random.Random(20250101)
closed = 0
for _ in range(300):
    peer = connect()
    try:
        peer.sendall(bytes(rng.getrandbits(8) for _ in range(rng.randint(1, 400))))
        peer.shutdown(socket.SHUT_WR)
        while peer.recv(65536):
            pass
        closed += 1
    except socket.timeout:
        pass
    except OSError:
        closed += 1
    peer.close()
print(f"{'ok' if closed == 300 else 'not ok'} frames: noise: {closed} of 300 ended")

# Silence after half a frame costs nothing but the connection: others are answered meanwhile.
quiet = []
for _ in range(100):
    peer = connect()
    peer.sendall(varint(60000) + b"\x08")
    quiet.append(peer)
status = os.system("demerit status >/dev/null 2>&1")
print("ok frames: answered while a hundred are silent" if status == 0 else
      "not ok frames: answered while a hundred are silent")
PYTHON
daemon_goes_on
grown=$(($(rss) - before))
same "memory grew by less than 16 MiB (it grew by $grown KiB)" true \
	"$([ $grown -lt 16384 ] && echo true)"
finish
