"""clawback --file against brute force: the file screened as known then and as known now.

The lines whose decision differs between the two screenings, and no others, must be listed, with
the two decisions. After the first moment an entry is recorded late, a penalty is overturned, a
foreign sanction is withdrawn, one is set, somebody unknown is added. PLANT=1 takes one line out of
the expectation: it must be noticed.
"""

import csv
import io
import json
import os
import random
import subprocess
import time

import watch
from watch import told, wire

LONG = os.environ.get("DEMERIT_LONG") == "1"
LINES = int(os.environ.get("LINES", "1000000" if LONG else "20000"))
LIMIT_S = 10
PEOPLE = 2000
DEMERIT = os.environ.get("DEMERIT") or os.path.join(os.environ["DEMERIT_BUILD"], "client", "demerit")

pb = wire.schema()


def person(number):
    return f"D350101{number:06d}"


class Book:
    def __init__(self, daemon):
        self.session = wire.Session(pb, daemon.connect())
        self.keys = 0
        self.sequence = 0

    def write(self, body, **fields):
        self.keys += 1
        message = getattr(pb, "".join(word.capitalize() for word in body.split("_")))(**fields)
        answer = self.session.call(body, message, idempotency_key=f"k{self.keys}")
        if answer.WhichOneof("body") != "write":
            raise RuntimeError(f"{body} {fields}: {answer}")
        self.sequence = answer.write.sequence
        return answer.write

    def points(self, who, points, penalty, months=None, start=None):
        more = {"from_day": wire.day(start), "reason": "chosen"} if start else {}
        if months:
            more["months"] = months
        return self.write("points_record", practitioner=who, points=points, penalty=penalty,
                          level=3, conduct_from=wire.day("2025-05-01"), **more)


def before(book):
    book.write("institution_add", code="H35010100001", region="350101", kind=1)
    book.write("institution_add", code="H11010100001", region="110101", kind=1)
    for number in range(PEOPLE):
        book.write("practitioner_add", code=person(number), category=1,
                   institution="H35010100001", from_day=wire.day("2025-01-01"))
    for name in ("I1", "I2", "I3"):
        book.write("penalty_record", id=name, institution="H35010100001", kind=1,
                   on=wire.day("2025-06-02"))
    for number in range(60):
        book.points(person(number), 9 + number % 3, "I1" if number < 30 else "I2",
                    months=1 + number % 6, start="2025-07-01")
    for number in range(60, 70):
        book.write("foreign_sanction_record", id=f"X{number}", practitioner=person(number), kind=1,
                   source="elsewhere", number=f"no {number}", exempt=["rescue"],
                   from_day=wire.day("2025-08-01"), until_day=wire.day("2025-11-01"))
    for number in range(70, 90):
        book.points(person(number), 5, "I1")


def after(book):
    """What comes to be known later."""
    for number in range(70, 90):  # late entries complete a total
        book.points(person(number), 4 if number % 2 else 7, "I3",
                    months=2 if number % 2 else None, start="2025-07-15")
    book.write("penalty_overturn", id="I2", on=wire.day("2025-09-01"), reason="appeal")
    for number in range(60, 65):
        book.write("foreign_sanction_end", id=f"X{number}", on=wire.day("2025-08-01"),
                   withdrawn=True, reason="by its source")
    for number in range(90, 95):
        book.write("foreign_sanction_record", practitioner=person(number), kind=2,
                   source="elsewhere", number=f"no {number}", from_day=wire.day("2025-09-01"))
    book.write("practitioner_add", code="D350101999999", category=1)


def write_file(path):
    rng = random.Random(7)
    first, last = wire.day("2025-05-01"), wire.day("2026-06-01")
    days = [str(wire.date.fromordinal(wire.date(1970, 1, 1).toordinal() + day))
            for day in range(first, last)]
    with open(path, "w", encoding="utf-8") as out:
        out.write("note,fixmedins_code,med_type,er_flag,fee_ocur_time,bilg_dr_codg,atddr_no\n")
        for number in range(LINES):
            kind = rng.random()
            who = person(rng.randrange(PEOPLE if kind < 0.9 else 100))
            if kind > 0.995:
                who = rng.choice(["D350101999999", "009999", "", "no code"])
            day = rng.choice(days) if kind < 0.998 else "soon"
            other = person(rng.randrange(PEOPLE)) if rng.random() < 0.2 else ""
            out.write(f"l{number},{rng.choice(['H35010100001', 'H11010100001', 'H9'])},"
                      f"{rng.choice(['11', '13', '21'])},{int(rng.random() < 0.1)},"
                      f"{day} 08:00:00,{who},{other}\n")


def run(daemon, *words):
    begun = time.monotonic()
    done = subprocess.run([DEMERIT, "--server", "unix:" + daemon.socket, *words],
                          capture_output=True, check=False, text=True)
    return done, time.monotonic() - begun


def screened(daemon, path, *words):
    done, _ = run(daemon, "screen", path, *words)
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    return [(row["note"], row["decision"]) for row in csv.DictReader(io.StringIO(done.stdout))]


def check_file(daemon, path, since):
    done, seconds = run(daemon, "clawback", "--since", str(since), "--file", path)
    then = screened(daemon, path, "--known-at", str(since))
    now = screened(daemon, path)
    wanted = [(a[0], a[1], b[1]) for a, b in zip(then, now) if a[1] != b[1]]
    if os.environ.get("PLANT") == "1":
        wanted.pop(len(wanted) // 2)
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    got = [(row["note"], row["before"], row["after"]) for row in rows]
    told(done.returncode == 0 and got == wanted,
         "exactly the lines that differ, in their order, as two screenings do",
         f"{len(got)} listed, {len(wanted)} differ; {done.stderr[-300:]}")
    ways = {(one[1], one[2]) for one in got}
    told({("pay", "refuse"), ("refuse", "pay"), ("undetermined", "pay"),
          ("pay", "exempt")} & ways >= {("pay", "refuse"), ("refuse", "pay"),
                                        ("undetermined", "pay")},
         "both ways, and somebody unknown then", str(sorted(ways)))
    named = [row for row in rows if row["before"] != "undetermined"]
    told(all(row["sanction"] and row["seq"] and int(row["seq"]) > since for row in named),
         "each names the sanction and the later record that made the difference",
         str([row for row in named if not row["seq"]][:2]))
    print(f"# {LINES} lines in {seconds:.2f} s, {len(wanted)} differ; {done.stderr.strip()}")
    if LONG:
        told(seconds <= LIMIT_S, f"in at most {LIMIT_S} s", f"{seconds:.2f} s")
    part, _ = run(daemon, "clawback", "--since", str(since), "--file", path, "-o", "jsonl")
    lines = [json.loads(line) for line in part.stdout.splitlines()]
    told([(one["before"], one["after"]) for one in lines] == [one[1:] for one in wanted],
         "the same as JSON lines", part.stderr[-200:])


def check_periods(daemon, since):
    done, _ = run(daemon, "clawback", "--since", str(since), "-o", "json")
    changes = json.loads(done.stdout)
    people = {}
    for one in changes:
        people.setdefault(one["practitioner"], []).append(one)
    wanted = {person(n) for n in list(range(30, 65)) + list(range(70, 95))}
    told(set(people) == wanted, "the periods of exactly the people whose status changed",
         str(sorted(wanted ^ set(people))))
    one = people[person(71)][0]
    told((one["status_before"], one["status_after"], one["from"], one["until"]) ==
         ("normal", "suspended", "2025-07-15", "2025-09-15"),
         "a late entry: the whole period, before and after", str(one))
    one = people[person(31)][0]
    told((one["before"], one["after"]) == ("refuse", "pay"), "an overturn: lines to pay now",
         str(one))
    told(all(one["seq"] > since for one in changes), "each names a later record")
    none, _ = run(daemon, "clawback", "--since", str(since), "--institution", "H11010100001",
                  "-o", "json")
    told(json.loads(none.stdout) == [], "nobody of another institution", none.stdout[:200])
    past, _ = run(daemon, "clawback", "--since", str(since), "--known-at", str(since), "-o", "json")
    told(json.loads(past.stdout) == [], "nothing between a moment and itself", past.stdout[:200])


def check_refusals(daemon, head, path):
    ahead, _ = run(daemon, "clawback", "--since", str(head + 1), "-o", "json")
    told(ahead.returncode != 0 and "SINCE_AHEAD" in ahead.stderr and ahead.stdout == "",
         "a sequence from the future is refused by name", ahead.stderr)
    both, _ = run(daemon, "clawback", "--since", "1", "--institution", "H1", "--file", path)
    told(both.returncode == 2, "--institution does not go with --file", both.stderr)
    word, _ = run(daemon, "clawback", "--since", "soon", "--file", path)
    told(word.returncode == 2 and "since" in word.stderr, "a word is no sequence", word.stderr)


def main():
    daemon = wire.Daemon().start()
    book = Book(daemon)
    before(book)
    since = book.sequence
    after(book)
    path = os.path.join(daemon.folder, "paid.csv")
    write_file(path)
    check_file(daemon, path, since)
    check_periods(daemon, since)
    check_refusals(daemon, book.sequence, path)
    daemon.stop()
    watch.finish()


main()
