import json
import os
import signal

import watch
from watch import same, told, wire

NAME = "李晓梅"
REASON = "因本人申请更正"

pb = wire.schema()
daemon = wire.Daemon()
path = os.path.join(daemon.folder, "daemon.log")
daemon.options = ["--log", path, "--log-format", "json", "--log-level", "debug"]
daemon.start()


def lines(file):
    with open(file, "rb") as log:
        return log.read().split(b"\n")


session = wire.Session(pb, daemon.connect())
watch.people(pb, session)
same("a name is recorded", False, session.call(
    "practitioner_add", watch.add(pb, "D1", NAME), idempotency_key="secret-key").HasField("error"))
session.call("points_record", pb.PointsRecord(
    practitioner="D1", points=3, penalty="P1", level=pb.LEVEL_MAIN, id="X1",
    conduct_from=wire.day("2025-02-01"), reason=REASON), idempotency_key="k2")
session.call("standing", pb.Standing(practitioner="no body\n{\"level\":\"error\"}"))
junk = wire.Session(pb, daemon.connect())
junk.socket.sendall(b"\xff\xff\xff\xff\xff\xff")
try:
    junk.receive()
    junk.receive()
except EOFError:
    pass

os.rename(path, path + ".1")
session.call("hello", pb.Hello())
daemon.process.send_signal(signal.SIGUSR1)
same("a file moved away is begun anew", True, bool(watch.wait_for(lambda: os.path.exists(path))))
same("the daemon stops in good order", 0, daemon.stop())

rows = lines(path + ".1") + lines(path)
same("every line ends", [b"", b""], [lines(path + ".1")[-1], lines(path)[-1]])
rows = [row for row in rows if row]
bad = []
events = set()
for row in rows:
    try:
        value = json.loads(row)
        events.add(value["event"])
        if set(value) >= {"time", "level", "event"} and value["level"] in (
                "error", "warning", "notice", "info", "debug"):
            continue
    except (ValueError, KeyError):
        pass
    bad.append(row)
same(f"{len(rows)} lines are JSON with time, level and event", [], bad[:3])
told({"ready", "session_opened", "bad_bytes", "request_refused", "draining", "stopped"} <= events,
     "what happened is there", sorted(events))
whole = b"\n".join(rows).decode()
for secret in (NAME, REASON, NAME.encode("unicode_escape").decode(), "secret-key", "第一医院"):
    told(secret not in whole, f"{len(secret)} secret characters are not", secret)
watch.finish()
