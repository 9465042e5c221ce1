import datetime
import glob
import os
import shutil
import time

import watch
from watch import same, told, wire

FAKETIME = (glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1") or [""])[0]
NATIVE = 20
FOREIGN = 1500  # slices enough for a kill to fall between two
CLEAN = f"D{NATIVE + 2}"
OVER = "2025-12-20"
DOWN_UNTIL = "2026-07-06 12:00:00"  # 400 days later

pb = wire.schema()
program = [os.path.join(os.environ["DEMERIT_BUILD"], "client", "demerit")]
daemon = wire.Daemon(options=["--accept-clock"])
keys = 0


def at(moment):
    """The daemon under that clock, which goes on from there; only the wall clock is moved."""
    daemon.start(environment=dict(os.environ, TZ="Asia/Shanghai", LD_PRELOAD=FAKETIME,
                                  FAKETIME="@" + moment, FAKETIME_DONT_FAKE_MONOTONIC="1"))
    return wire.Session(pb, daemon.connect())


def write(session, body, message, what=None):
    global keys
    keys += 1
    answer = session.call(body, message, idempotency_key=f"marking-{keys}")
    if what is not None or not answer.HasField("write"):
        told(answer.HasField("write"), what or body, str(answer.error))
    return answer.write.sequence


def head(session):
    return session.call("status", pb.Status()).status.tree_size


def quiet(session, least=0):
    """How far the book is once nothing is added to it for a while."""
    seen, since = head(session), time.monotonic()
    while time.monotonic() - since < 0.3 or seen < least:
        now = head(session)
        if now != seen:
            seen, since = now, time.monotonic()
        time.sleep(0.02)
    return seen


def markers(session, since, **fields):
    """The markers from a sequence on, as a watcher hears them."""
    session.send(session.request("watch", pb.Watch(since=since, kinds=["marker"], **fields)))
    items = []
    while True:
        answer = session.receive()
        items += answer.watch.items
        if answer.HasField("error") or answer.end:
            return items


def told_of(item):
    return (day_text(item.due_on), item.marker, item.sanction or item.case_id)


def day_text(number):
    return (datetime.date(1970, 1, 1) + datetime.timedelta(number)).isoformat()


def shown(session, known_at):
    """What is answered about everybody who has anything, without the place of the answer."""
    answers = []
    for code in [f"D{n}" for n in range(NATIVE + 3)] + ["F7"]:
        for on in ("2025-06-02", "2025-12-19", "2025-12-20", "2026-01-01", "2026-07-05"):
            for body, message in (
                    ("standing", pb.Standing(practitioner=code, on=wire.day(on))),
                    ("check", pb.Check(practitioner=code, on=wire.day(on), detail=True)),
                    ("explain", pb.Explain(practitioner=code, on=wire.day(on)))):
                answer = session.call(body, message, known_at=known_at)
                answer.ClearField("request_id")
                for field in ("position", "known_at"):
                    answer.ClearField(field)
                answers.append(answer.SerializeToString(deterministic=True))
    cases = session.call("case_list", pb.CaseList(practitioner=CLEAN), known_at=known_at)
    return answers + [str(list(cases.case_list.cases))]


if not told(FAKETIME != "", "faketime is installed"):
    watch.finish()

# 1 June 2025: all that will come to its day while nobody runs.
session = at("2025-06-01 12:00:00")
watch.people(pb, session)
with open(os.path.join(wire.SOURCE, "tests/rules/procedure.yaml"), encoding="utf-8") as file:
    write(session, "rulebook_load", pb.RulebookLoad(text=file.read()))
expected = [("2026-01-01", "year_turned", "")]
for n in range(NATIVE + 3):
    write(session, "practitioner_add", watch.add(pb, f"D{n}"))


def points(n, number, months, id):
    write(session, "points_record", pb.PointsRecord(
        id=id, practitioner=f"D{n}", points=number, penalty="P1", level=pb.LEVEL_GENERAL,
        conduct_from=wire.day("2025-03-01"), months=months,
        from_day=wire.day("2025-05-20"), reason="x"))


def sanction_of(n):
    answer = session.call("standing", pb.Standing(practitioner=f"D{n}"))
    return answer.standing.sanctions[0].id


for n in range(NATIVE):
    months = 1 + n % 6
    points(n, 10, months, f"E{n}")
    expected.append((f"2025-{5 + months:02}-20", "suspension_over", sanction_of(n)))
points(NATIVE, 10, 2, "annulled")
write(session, "points_annul", pb.PointsAnnul(entry="annulled", on=wire.day("2025-06-01"),
                                              reason="x"))
write(session, "penalty_record", pb.PenaltyRecord(
    id="P2", institution=watch.INSTITUTION, kind=pb.PENALTY_KIND_ADMINISTRATIVE, measure="fine",
    article="38", authority="Bureau", on=wire.day("2025-05-20")))
for id, number in (("first", 4), ("second", 8)):  # accumulated: a bar of a year
    write(session, "points_record", pb.PointsRecord(
        id=id, practitioner=f"D{NATIVE + 1}", points=number, level=pb.LEVEL_MAIN,
        conduct_from=wire.day("2025-03-01"), reason="x", penalty="P1" if number == 4 else "P2",
        from_day=wire.day("2025-05-20") if number == 8 else None))
expected.append(("2026-05-20", "bar_over", sanction_of(NATIVE + 1)))
write(session, "points_record", pb.PointsRecord(
    id="told", practitioner=CLEAN, points=1, penalty="P1", level=pb.LEVEL_GENERAL,
    conduct_from=wire.day("2025-03-01"), rulebook="procedure"))
write(session, "notice", pb.Notice(id="N1", entry="told", to=CLEAN,
                                   served_on=wire.day("2025-05-30")))
expected.append(("2025-06-17", "objection_due", "N1"))  # ten working days: with two of a holiday
for id in ("waits", "denied"):
    write(session, "points_propose", pb.PointsPropose(id=id, entry=pb.PointsRecord(
        practitioner=CLEAN, points=1, penalty="P1", level=pb.LEVEL_GENERAL,
        conduct_from=wire.day("2025-03-01"))))
expected.append(("2025-07-01", "proposal_expired", "waits"))
write(session, "points_approve", pb.PointsApprove(proposal="denied", deny=True, reason="x"))
requests = []
for n in range(FOREIGN):
    requests.append(session.request("practitioner_add", watch.add(pb, f"F{n}"),
                                    idempotency_key=f"f{n}"))
session.call_all(requests)
requests = [session.request("foreign_sanction_record", pb.ForeignSanctionRecord(
    id=f"X{n:04}", practitioner=f"F{n}", kind=pb.SANCTION_KIND_SUSPENDED, source="elsewhere",
    number="1", from_day=wire.day("2025-05-01"), until_day=wire.day(OVER)),
    idempotency_key=f"x{n}") for n in range(FOREIGN)]
bad = [a for a in session.call_all(requests).values() if not a.HasField("write")]
same("people are suspended elsewhere", [], bad[:1])
expected += [(OVER, "suspension_over", f"X{n:04}") for n in range(FOREIGN)]
before = quiet(session)
same("nothing has come to its day yet", [], markers(session, 1))
daemon.stop()

# The daemon comes back after 400 days, and is killed again and again while it catches up.
midway = 0
for kill in range(12):
    daemon.start(environment=dict(os.environ, TZ="Asia/Shanghai", LD_PRELOAD=FAKETIME,
                                  FAKETIME="@" + DOWN_UNTIL, FAKETIME_DONT_FAKE_MONOTONIC="1"))
    session = wire.Session(pb, daemon.connect())
    until = time.monotonic() + 0.01
    while time.monotonic() < until:
        seen = head(session)
    daemon.kill()
    midway += seen < before + len(expected)
told(midway > 0, "a kill fell while markers were written", f"{midway}")
session = at(DOWN_UNTIL)
end = quiet(session, before + len(expected))
heard = markers(session, before + 1)
by_day = [told_of(item) for item in heard]
same("each is told once, with its true day", sorted(expected), sorted(by_day))
same("in the order of their days", [row[0] for row in by_day],
     sorted(row[0] for row in by_day))
told(all(day_text(item.recorded_at // 1000000 // 86400) >= "2026-07-05" for item in heard),
     "recorded when they were written")
same("a watch from the middle hears the rest", by_day[700:],
     [told_of(item) for item in markers(session, heard[700].sequence)])
same("a watch of one person hears theirs", ["X0007"],
     [item.sanction for item in markers(session, 1, practitioner="F7")])
told(any(item.marker == "suspension_over" and item.practitioner == "D3" for item in
         session.call("history", pb.History(practitioner="D3")).history.items),
     "it stands in the person's history")
same("no answer is another one because of them", shown(session, before),
     shown(session, end))

# Made again from the book, the view knows how far the markers are.
daemon.stop()
shutil.rmtree(os.path.join(daemon.folder, "data", "view"))
session = at(DOWN_UNTIL)
same("with a new view none is written again", by_day,
     [told_of(item) for item in markers(session, before + 1)])

# What is found wrong after its end had been marked.
quiet(session)
write(session, "points_annul", pb.PointsAnnul(entry="E3", on=wire.day("2026-07-06"), reason="x"))
daemon.stop()

# The day turns while it runs.
write_at = "2026-07-06 23:59:57"
session = at(write_at)
live = wire.Session(pb, daemon.connect())
live.socket.settimeout(30)
live.send(live.request("watch", pb.Watch(since=end + 1, follow=True, kinds=["marker"])))
item = None
while item is None:
    answer = live.receive()
    if answer.watch.items:
        item = answer.watch.items[0]
same("at the turn of the day, the end that was marked is taken back",
     ("2026-07-07", "suspension_over", expected[4][2], True), (*told_of(item), item.superseded))
told(item.recorded_at % 86400000000 < 16 * 3600000000 + 5000000 and
     item.recorded_at % 86400000000 >= 16 * 3600000000, "at once", str(item.recorded_at))
daemon.stop()
session = at("2026-07-08 12:00:00")
quiet(session)
same("and once", 1, len(markers(session, end + 1)))
daemon.stop()
watch.finish()
