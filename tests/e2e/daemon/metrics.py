import json
import re
import shutil
import socket
import subprocess

import watch
from watch import same, told, wire

pb = wire.schema()
pages = watch.Pages()
daemon = wire.Daemon(options=pages.option).start()
session = wire.Session(pb, daemon.connect())
watch.people(pb, session)
for _ in range(10):
    session.call("check", pb.Check(practitioner="D1"))

status, page = pages.get("/metrics")
same("/metrics answers", 200, status)
SAMPLE = re.compile(r'^([a-z_]+)(?:\{[a-z]+="[a-zA-Z_]+"\})? (\d+(?:\.\d+)?)$')
kinds = {}
helped = set()
bad = []
seen = set()
for line in page.splitlines():
    if line.startswith("# HELP "):
        helped.add(line.split()[2])
    elif line.startswith("# TYPE "):
        _, _, figure, kind = line.split()
        if figure in kinds or kind not in ("counter", "gauge"):
            bad.append(line)
        kinds[figure] = kind
    else:
        match = SAMPLE.match(line)
        sample = line.rsplit(" ", 1)[0]
        if not match or match.group(1) not in kinds or match.group(1) not in helped \
                or sample in seen:
            bad.append(line)
        seen.add(sample)
same(f"{len(seen)} samples are in Prometheus' format", [], bad[:3])
same("counters end in _total", [], [f for f, kind in kinds.items()
                                    if (kind == "counter") != f.endswith("_total")])
if shutil.which("promtool"):
    run = subprocess.run(["promtool", "check", "metrics"], input=page, text=True,
                         capture_output=True, check=False)
    same("promtool passes", (0, ""), (run.returncode, run.stdout + run.stderr))
same("checks are counted", 10, pages.figure('demeritd_requests_total{body="check"}'))
same("writes are counted", 2, pages.figure('demeritd_decisions_total{verdict="accepted"}'))
told("第一医院" not in page and watch.INSTITUTION not in page, "nobody is named", "")

status, page = pages.get("/readyz")
ready = json.loads(page)
# In December the next year's calendar may not be there yet.
alarms = [a for a in ready["alarms"] if a["name"] != "calendar_missing"]
same("/readyz says ready", (200, True, []), (status, ready["ready"], alarms))
told({"sequence", "verified_seq", "view_seq", "mark_age_us", "disk_free_bytes"} <= set(ready),
     "and how far the book is", page)
same("/healthz answers", (200, "ok\n"), pages.get("/healthz"))
same("other pages do not exist", 404, pages.get("/etc/passwd")[0])
told(pages.get("/metrics", method="POST", body=b"x")[0] in (0, 400, 405, 413, 501),
     "a POST is refused", "")
told(pages.get("/metrics", headers={"X": "y" * 20000})[0] in (0, 400, 413, 431),
     "long headers are refused", "")
same("and the pages go on", 200, pages.get("/healthz")[0])

# The kernel's own list: state 0A listens, 0100007F is 127.0.0.1.
listening = [line.split()[1].split(":")[0] for table in ("tcp", "tcp6")
             for line in open(f"/proc/net/{table}", encoding="ascii").readlines()[1:]
             if line.split()[3] == "0A" and int(line.split()[1].split(":")[1], 16) == pages.port]
same("nobody is listening but on loopback", ["0100007F"], listening)
same("the daemon stops in good order", 0, daemon.stop())
run = subprocess.run([wire.demeritd(), "--data", daemon.folder + "/data", "--listen",
                      "unix:" + daemon.socket, "--http", "0.0.0.0:9464"],
                     capture_output=True, text=True, check=False, timeout=20)
same("another address than loopback is refused", 1, run.returncode)
told("0.0.0.0:9464" in run.stderr, "by name", run.stderr)
watch.finish()
