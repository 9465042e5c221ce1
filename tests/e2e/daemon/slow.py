import os
import socket
import time

import watch
from watch import same, told, wire

pb = wire.schema()
pages = watch.Pages()
daemon = wire.Daemon(options=["--frame-seconds", "1", "--stalled-seconds", "2", "--idle-seconds",
                              "3", *pages.option]).start()
honest = wire.Session(pb, daemon.connect())
watch.people(pb, honest)


def memory():
    with open(f"/proc/{daemon.process.pid}/status", encoding="ascii") as status:
        return int(next(line for line in status if line.startswith("VmRSS")).split()[1]) * 1024


def quick():
    """Microseconds an honest peer waits, the worst of a hundred."""
    worst = 0
    for _ in range(100):
        begun = time.monotonic()
        honest.call("check", pb.Check(practitioner="D1"))
        worst = max(worst, time.monotonic() - begun)
    return worst


before = memory()
halves = []
for _ in range(200):
    half = wire.Session(pb, daemon.connect())
    half.socket.sendall(b"\xff\xff\x3f\x08")  # nearly a megabyte is to come
    halves.append(half)
told(quick() < 0.2, "200 peers with half a frame delay nobody", "")
told(memory() - before < 64 << 20, "and hold no memory for what is to come",
     f"{(memory() - before) >> 20} MiB")
answers = [half.receive() for half in halves]
same("each is told that its time is over", {("DEADLINE_EXCEEDED", "frame")},
     {(answer.error.reason, answer.error.field) for answer in answers})
same("and closed", None, next((half for half in halves if half.fill()), None))

greedy = wire.Session(pb, daemon.connect())
greedy.socket.setblocking(False)
request = greedy.request("get_descriptor", pb.GetDescriptor())
frame = request.SerializeToString()
frame = bytes([len(frame)]) + frame
sent = 0
deadline = time.monotonic() + 1
while time.monotonic() < deadline:
    try:
        sent += greedy.socket.send(frame * 100) // len(frame)
    except BlockingIOError:
        time.sleep(0.01)
told(watch.wait_for(lambda: pages.figure("demeritd_output_full_total")), "a peer that takes no "
     "answers is not read any more", f"{sent} requests sent")
told(memory() - before < 64 << 20, "its answers are bounded", f"{(memory() - before) >> 20} MiB")
told(quick() < 0.2, "and others are served", "")
stalled = 'demeritd_sessions_ended_total{why="stalled"}'
same("it is closed in the end", 1, watch.wait_for(lambda: pages.figure(stalled), 10))

idle = wire.Session(pb, daemon.connect())
idle.call("hello", pb.Hello())
idle.socket.settimeout(8)
begun = time.monotonic()
same("a connection with nothing asked is closed", b"", idle.socket.recv(1))
told(2 < time.monotonic() - begun < 7, "after its time", f"{time.monotonic() - begun:.1f} s")
again = wire.Session(pb, daemon.connect())
same("the daemon goes on", 1, again.call("hello", pb.Hello()).hello.protocol)
same("nobody is left over", 1, watch.wait_for(
    lambda: pages.figure("demeritd_sessions") == 1))
same("the daemon stops in good order", 0, daemon.stop())
watch.finish()
