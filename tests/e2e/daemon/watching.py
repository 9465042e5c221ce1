import os
import signal
import subprocess
import time

import watch
from watch import same, told, wire

BACKLOG = 20000
NAME = "王小明"

pb = wire.schema()
pages = watch.Pages()
daemon = wire.Daemon(options=pages.option).start()
writer = wire.Session(pb, daemon.connect())
watch.people(pb, writer)
head = writer.call("practitioner_add", watch.add(pb, "D1", NAME), idempotency_key="d1").write.sequence


def watcher(**fields):
    envelope = {name: fields.pop(name) for name in ("epoch", "known_at", "deadline_ms")
                if name in fields}
    session = wire.Session(pb, daemon.connect())
    session.socket.settimeout(20)
    session.send(session.request("watch", pb.Watch(**fields), **envelope))
    return session


def hear(session, upto):
    """The items up to a sequence; every answer must say how far it goes."""
    items = []
    while True:
        answer = session.receive()
        if answer.HasField("error"):
            told(False, "the watch goes on", answer.error.reason)
            return items
        items += answer.watch.items
        if answer.watch.upto >= upto:
            return items


def sequences(items):
    """Each once, in order; a record of several events stands there several times."""
    return list(dict.fromkeys(item.sequence for item in items))


def dies(session):
    answer = session.receive()
    while not answer.HasField("error") and not answer.end:
        answer = session.receive()
    return answer.error.reason


past = watcher(since=1)
same("everything since the first record is told", list(range(1, head + 1)),
     sequences(items := hear(past, head)))
told(all(NAME not in str(item) for item in items), "nobody's name is in it")

live = watcher(follow=True)
some = watcher(since=1, follow=True, practitioner="D2")
kinds = watcher(since=1, follow=True, kinds=["practitioner_added", "refused"])
begun = time.monotonic()
added = writer.call("practitioner_add", watch.add(pb, "D2"), idempotency_key="d2").write.sequence
same("what comes is told", ["practitioner_added"], [item.event for item in hear(live, added)])
told(time.monotonic() - begun < 0.5, "at once", f"{time.monotonic() - begun:.3f} s")
refused = writer.call("registration_leave", pb.RegistrationLeave(
    practitioner="D2", institution=watch.INSTITUTION, on=wire.day("2025-06-01")),
    idempotency_key="leave").error.sequence
told(refused > added, "a refusal is a record")
same("a watch of one person hears that person alone", [added, refused],
     sequences(hear(some, refused)))
same("a watch of some kinds hears those alone", [head, added, refused],
     sequences(hear(kinds, refused)))

beats = watcher(since=refused + 1, follow=True, heartbeat_s=1)
answer = beats.receive()
same("without anything new there are heartbeats", (0, refused),
     (len(answer.watch.items), answer.watch.upto))

same("a future sequence is refused", "SINCE_AHEAD", dies(watcher(since=refused + 2)))
same("a later epoch is refused", "EPOCH_UNKNOWN", dies(watcher(since=1, epoch=9)))
same("a kind that is none is refused", "FIELD_BAD_VALUE", dies(watcher(kinds=["nonsense"])))
same("a heartbeat that never comes is refused", "FIELD_BAD_VALUE", dies(watcher(heartbeat_s=0)))
same("a watch has no other moment", "FIELD_BAD_VALUE", dies(watcher(known_at=1)))
same("a deadline ends it", "DEADLINE_EXCEEDED", dies(watcher(follow=True, deadline_ms=1500)))

# ---- a reader that does not read ----

slow = watcher(since=1, follow=True)
time.sleep(0.2)
for first in range(0, BACKLOG, 1000):
    batch = pb.WriteBatch(items=[pb.WriteItem(practitioner_add=watch.add(pb, f"S{first + i}"))
                                 for i in range(1000)])
    last = writer.call("write_batch", batch, idempotency_key=f"b{first}")
last = last.write_batch.results[-1].sequence
with open(f"/proc/{daemon.process.pid}/status", encoding="ascii") as status:
    before = int(next(line for line in status if line.startswith("VmRSS")).split()[1])
begun = time.monotonic()
writer.call("check", pb.Check(practitioner="D1"))
told(time.monotonic() - begun < 0.5, "a reader that does not read delays nobody")
same("and hears everything in order when it does", list(range(1, last + 1)),
     sequences(hear(slow, last)))
crowd = [watcher(since=1, follow=True) for _ in range(100)]
time.sleep(0.5)
with open(f"/proc/{daemon.process.pid}/status", encoding="ascii") as status:
    grown = int(next(line for line in status if line.startswith("VmRSS")).split()[1]) - before
told(grown < 100 * 1500, "a hundred of them hold a bounded output each", f"{grown} KiB")
for one in crowd:
    one.socket.close()

# ---- ends ----

half = watcher(since=last + 1, follow=True)
time.sleep(0.2)
half.socket.shutdown(1)
same("who says no more is let go", False, half.fill())
told(watch.wait_for(lambda: pages.figure("demeritd_sessions") <= 10), "and so is who is gone",
     pages.figure("demeritd_sessions"))

cli = subprocess.Popen(
    [os.path.join(os.environ["DEMERIT_BUILD"], "client", "demerit"), "--server",
     "unix:" + daemon.socket, "watch", "--since", str(last), "--heartbeat", "1"],
    stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
told(f'"seq": {last}' in cli.stdout.readline(), "the command line writes a line an event")
told("heartbeat" in cli.stdout.readline(), "and one a heartbeat, where they were asked for")
cli.send_signal(signal.SIGINT)
told(f"--since {last + 1}" in cli.communicate(timeout=10)[1], "and says where to go on")
same("it was interrupted", 130, cli.returncode)

for one in (live, some, kinds, beats, slow):
    one.socket.close()
waiting = watcher(since=last + 1, follow=True)
time.sleep(0.2)
begun = time.monotonic()
same("the daemon stops", 0, daemon.stop())
told(time.monotonic() - begun < 5, "without waiting for watchers")
same("who are told so", "DRAINING", dies(waiting))
daemon.start()
writer = wire.Session(pb, daemon.connect())
again = watcher(since=last + 1, follow=True)
more = writer.call("practitioner_add", watch.add(pb, "D9"), idempotency_key="d9").write.sequence
same("and go on where they were", [more], sequences(hear(again, more)))
daemon.stop()
watch.finish()
