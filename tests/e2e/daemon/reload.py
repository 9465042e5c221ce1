import os
import signal
import threading
import time

import watch
from watch import same, told, wire

CLERK = 12345

pb = wire.schema()
pages = watch.Pages()
daemon = wire.Daemon()
path = os.path.join(daemon.folder, "demeritd.conf")


def configure(text):
    with open(path + ".new", "w", encoding="ascii") as file:
        file.write(text)
    os.rename(path + ".new", path)


def hang_up(name, before):
    daemon.process.send_signal(signal.SIGHUP)
    return watch.wait_for(lambda: (pages.figure(name) or 0) > before)


def load(stop, counts):
    session = wire.Session(pb, daemon.connect())
    while not stop.is_set():
        requests = [session.request("check", pb.Check(practitioner="D1")) for _ in range(50)]
        requests.append(session.request("practitioner_add", watch.add(pb, "D1"),
                                        idempotency_key=f"k{session.request_id}"))
        for answer in session.call_all(requests).values():
            counts["failed" if answer.HasField("error") else "answered"] += 1


clerk = f"[principal clerk]\nuid = {CLERK}\nroles = clerk\n"
configure("[demeritd]\n" + clerk)
os.chmod(daemon.folder, 0o755)
daemon.options = ["--config", path, "--socket-mode", "0666", *pages.option]
daemon.start()
watch.people(pb, wire.Session(pb, daemon.connect()))

stop = threading.Event()
counts = {"failed": 0, "answered": 0}
thread = threading.Thread(target=load, args=(stop, counts))
thread.start()
for number in range(100):
    configure(f"[demeritd]\nidle_seconds = {300 + number}\n" + clerk)
    hang_up("demeritd_reloads_total", number)
stop.set()
thread.join()
same("100 reloads were taken up", 100, pages.figure("demeritd_reloads_total"))
same("no request failed meanwhile", 0, counts["failed"])
told(counts["answered"] > 1000, "requests were answered meanwhile", counts)

configure("[demeritd]\nidle_secnds = 5\n" + clerk)
hang_up("demeritd_reloads_failed_total", 0)
same("a mistake is refused", 1, pages.figure("demeritd_reloads_failed_total"))
told("did you mean \\\"idle_seconds\\\"" in daemon.log(), "and named in the log", daemon.log())

configure("[demeritd]\nthreads = 2\n" + clerk)
hang_up("demeritd_reloads_total", 100)
told("event=needs_restart key=threads" in daemon.log(), "a key that needs a restart is named",
     daemon.log())

if os.geteuid() == 0:
    # The peer's credentials are those of the moment it connects.
    os.seteuid(CLERK)
    session = wire.Session(pb, daemon.connect())
    os.seteuid(0)
    same("a clerk is known by uid", "clerk", session.call("hello", pb.Hello()).hello.principal)
    same("a clerk may ask", False, session.call("standing", pb.Standing(
        practitioner="D1")).HasField("error"))
    same("a clerk may not verify the book", "NOT_ALLOWED",
         session.call("verify", pb.Verify()).error.reason)
    configure("[demeritd]\n")
    hang_up("demeritd_reloads_total", 101)
    same("dismissed, the open connection has no right left", "NOT_ALLOWED",
         session.call("standing", pb.Standing(practitioner="D1")).error.reason)
    os.seteuid(CLERK)
    stranger = wire.Session(pb, daemon.connect())
    os.seteuid(0)
    same("dismissed, a new connection is told so", "PEER_UNKNOWN", stranger.receive().error.reason)
    try:
        stranger.receive()
        told(False, "and closed", "it answers")
    except (EOFError, OSError):
        told(True, "and closed")

same("the daemon stops in good order", 0, daemon.stop())
watch.finish()
