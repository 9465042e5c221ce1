import os
import resource
import socket
import time

import watch
from watch import same, told, wire

pb = wire.schema()


def processor_s(daemon):
    with open(f"/proc/{daemon.process.pid}/stat", encoding="ascii") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def knock(daemon):
    connected = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connected.connect(daemon.socket)
    return connected


def bounded():
    pages = watch.Pages()
    daemon = wire.Daemon(options=["--sessions-max", "50", *pages.option]).start()
    first = wire.Session(pb, daemon.connect())
    watch.people(pb, first)
    crowd = [wire.Session(pb, knock(daemon)) for _ in range(49)]
    same("as many as allowed are served", {1},
         {one.call("hello", pb.Hello()).hello.protocol for one in crowd})
    refused = wire.Session(pb, knock(daemon)).receive()
    same("one more is told so", "BUSY", refused.error.reason)
    told(refused.error.retry_after_ms > 0, "and when to come again", refused)
    same("and counted", 1, pages.figure('demeritd_connections_refused_total{why="full"}'))
    crowd.pop().socket.close()
    same("there is room again", True, bool(watch.wait_for(
        lambda: pages.figure("demeritd_sessions") == 49)))
    same("and somebody comes in", 1, wire.Session(pb, knock(daemon)).call(
        "hello", pb.Hello()).hello.protocol)
    same("the daemon stops in good order", 0, daemon.stop())


def out_of_files():
    daemon = wire.Daemon(options=["--sessions-max", "10000"]).start()
    first = wire.Session(pb, daemon.connect())
    watch.people(pb, first)
    used = len(os.listdir(f"/proc/{daemon.process.pid}/fd"))
    # The bound is nine tenths of the limit: take the last tenth away too.
    limit = used + 20
    resource.prlimit(daemon.process.pid, resource.RLIMIT_NOFILE, (limit, limit))
    crowd = [knock(daemon) for _ in range(200)]
    time.sleep(0.5)
    before = processor_s(daemon)
    time.sleep(2)
    share = (processor_s(daemon) - before) / 2
    told(share < 0.05, "200 at the door cost little", f"{share:.1%} of a core")
    told("out_of_files" in daemon.log(), "it ran out of files", daemon.log())
    same("whoever is in is served", 1, first.call("hello", pb.Hello()).hello.protocol)
    for one in crowd:
        one.close()
    begun = time.monotonic()
    again = None
    while time.monotonic() - begun < 5:
        again = wire.Session(pb, knock(daemon))
        again.send(again.request("hello", pb.Hello()))
        try:
            if again.receive().HasField("hello"):
                break
        except (EOFError, OSError):
            pass
        time.sleep(0.02)
    took = time.monotonic() - begun
    told(took <= 1, "the door is open again within a second", f"{took:.2f} s")
    same("the daemon stops in good order", 0, daemon.stop())


bounded()
out_of_files()
watch.finish()
