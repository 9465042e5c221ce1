"""What the scripts of this folder share: lines that tests/run counts, a private daemon with its
loopback pages, and the few writes they need."""

import os
import socket
import sys
import time
import urllib.error
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..",
                                "support"))
import wire  # noqa: E402

INSTITUTION = "H35010200001"
failures = 0
name = os.path.basename(sys.argv[0]).removesuffix(".py")


def told(good, what, why=""):
    global failures
    if good:
        print(f"ok {name}: {what}", flush=True)
    else:
        failures += 1
        print(f"not ok {name}: {what}: {why}", flush=True)
    return good


def same(what, wanted, got):
    return told(wanted == got, what, f"wanted {wanted!r}, got {got!r}")


def finish():
    sys.exit(1 if failures else 0)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Pages:
    """GET from the daemon's loopback pages."""

    def __init__(self):
        self.port = free_port()
        self.option = ["--http", f"127.0.0.1:{self.port}"]

    def get(self, path, method="GET", headers=None, body=None):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", method=method,
                                         headers=headers or {}, data=body)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def figure(self, line):
        """The value of one line of /metrics, None if it is not there."""
        for row in self.get("/metrics")[1].splitlines():
            if row.startswith(line + " "):
                return float(row.rsplit(" ", 1)[1])
        return None


def wait_for(what, seconds=10):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = what()
        if value:
            return value
        time.sleep(0.01)
    return what()


def people(pb, session):
    """An institution, and a penalty against it."""
    made = [
        session.call("institution_add", pb.InstitutionAdd(
            code=INSTITUTION, name="第一医院", region="350102",
            kind=pb.INSTITUTION_KIND_HOSPITAL), idempotency_key="people-1"),
        session.call("penalty_record", pb.PenaltyRecord(
            id="P1", institution=INSTITUTION, kind=pb.PENALTY_KIND_ADMINISTRATIVE,
            measure="fine", article="38", authority="Bureau", on=wire.day("2025-05-20")),
            idempotency_key="people-2"),
    ]
    for answer in made:
        if answer.HasField("error"):
            told(False, "an institution and a penalty are recorded", answer.error.reason)


def add(pb, code, name=""):
    return pb.PractitionerAdd(code=code, category=pb.CATEGORY_MEDICAL, name=name or None)
