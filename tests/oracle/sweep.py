"""Every sequence of up to three entries, not a sample of them.

What is at stake: twelve values on four days at the edges of a version and of a year. Three
entries are enough for every order of reaching nine and twelve, on both paths, on time and late.

    DEMERITD=build/daemon/demeritd tests/oracle/sweep.py [--region 210100] [--every N]
    ... --fake          against the stand-in

Sequences are played side by side, a frame of writes for many people at a time.
"""

import argparse
import itertools
import os
import sys
import time
from dataclasses import replace
from datetime import date, timedelta

from fake import Fake
from model import Model, describe
from wire import Daemon, Wire, load_schema
from world import ANY, Answer, Given

DAYS = [date(2025, 4, 9), date(2025, 4, 10), date(2025, 12, 31), date(2026, 1, 1)]
VALUES = range(1, 13)
LENGTH = 3
ABREAST = 400                   # people a frame
OVERLAPS = ["replace", "extend", "add", "keep"]


class Sweep:
    def __init__(self, port, region):
        self.port = port
        self.region = region
        self.m = Model(port.today)
        self.place = "HSWEEP" + region
        self.checks = self.writes = self.people = 0
        self.found = []
        self.number = 0
        self._all([("institution_add",
                    {"code": self.place, "region": region, "kind": "hospital"})])
        # Each position of a sequence has a penalty of its own, so that no two entries share one.
        self._all([("penalty_record", {"id_": self._penalty(n, day), "on": day,
                                       "institution": self.place})
                   for n in range(LENGTH) for day in DAYS])

    def _penalty(self, position, day):
        return f"P{self.region}.{position}.{day}"

    def _all(self, ops):
        """Writes in one frame, each compared with what the model expects of it."""
        answers = self.port.write_batch(ops)
        self.writes += len(ops)
        for (name, arguments), answer in zip(ops, answers):
            expect = getattr(self.m, name)(**arguments)
            expected = str(expect)
            if not expect.settle(answer):
                self.found.append(f"{name} {arguments}: the daemon says {answer}, "
                                  f"the model {expected}")

    def _choice(self, code, op, number):
        """The lightest values that are allowed, and each way of overlapping in turn."""
        given = Given(reason="chosen")
        for _ in range(4):
            expect = self.m.points_record(code, given=given, **op)
            missing = next((o.missing for o, _ in expect.parts[code]
                            if getattr(o, "missing", None)), frozenset()) - {ANY}
            if not missing:
                break
            day = self.m.penalties[op["penalty"]].on
            values = {"start": day, "overlap": OVERLAPS[number % 4], "bar_years": 1}
            values["months"] = 3
            given = replace(given, **{name: values[name] for name in missing})
        return given

    def wave(self, sequences):
        people = []
        for sequence in sequences:
            self.number += 1
            people.append((f"W{self.region}.{self.number}", self.number, sequence))
        self.people += len(people)
        self._all([("practitioner_add", {"code": c, "category": "medical"})
                   for c, _, _ in people])
        for position in range(len(sequences[0])):
            ops = []
            for code, number, sequence in people:
                value, day = sequence[position]
                op = {"points": value, "id_": f"{code}.{position}",
                      "penalty": self._penalty(position, day), "conduct": (day, day)}
                given = self._choice(code, op, number)
                ops.append(("points_record", {"code": code, "given": given, **op}))
            self._all(ops)
        self._compare(people)
        for code, _, _ in people:
            del self.m.practitioners[code]
        self.m.entries.clear()

    def _compare(self, people):
        checks, standings = [], []
        for code, _, _ in people:
            edges = set(DAYS)
            for s in self.m.practitioners[code].worlds[0].sanctions:
                edges |= {s.start, s.until, s.bar_until} - {None}
            for day in sorted({d + timedelta(days=n) for d in edges for n in (-1, 0)}):
                checks.append((code, day, None, False, None))
            standings.append((code, DAYS[-1], None))
        answers = []
        for at in range(0, len(checks), 2000):
            answers += self.port.look(checks[at:at + 2000], [])[0]
        stood = []
        for at in range(0, len(standings), 16):
            stood += self.port.look([], standings[at:at + 16])[1]
        self.checks += len(checks)
        for (code, day, *_), actual in zip(checks, answers):
            expected = self.m.check(code, day)
            if isinstance(actual, Answer) or not self.m.settle_read(code, expected, actual):
                self.found.append(f"{self._story(code)} on {day}: the daemon says {actual}, "
                                  f"the model {describe(expected)}")
        for (code, day, _), actual in zip(standings, stood):
            expected = self.m.standing(code, day)
            if isinstance(actual, Answer) or not self.m.settle_read(code, expected, actual):
                self.found.append(f"{self._story(code)}: standing {actual}, "
                                  f"the model {[a for a, _ in expected]}")

    def _story(self, code):
        entries = self.m.practitioners[code].worlds[0].entries
        return ", ".join(f"{e.points} on {e.scoring}" for e in entries)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--region", default="210100")
    parser.add_argument("--every", type=int, default=1, help="only each Nth sequence")
    parser.add_argument("--fake", action="store_true")
    arguments = parser.parse_args()
    name = f"every_sequence_of_three_entries_agrees in {arguments.region}"
    if arguments.fake:
        port = Fake()
    else:
        daemon = Daemon(os.environ["DEMERITD"])
        port = Wire(daemon.connect(), load_schema())
    began = time.monotonic()
    sweep = Sweep(port, arguments.region)
    steps = list(itertools.product(VALUES, DAYS))
    for length in range(1, LENGTH + 1):
        every = arguments.every if length == LENGTH else 1
        chosen = itertools.islice(itertools.product(steps, repeat=length), 0, None, every)
        while not sweep.found:
            wave = list(itertools.islice(chosen, ABREAST))
            if not wave:
                break
            sweep.wave(wave)
    print(f"# {sweep.people} sequences, {sweep.writes} writes, {sweep.checks} checks, "
          f"{time.monotonic() - began:.1f} s")
    if not sweep.found:
        print("ok " + name)
        return 0
    print(f"not ok {name}: {sweep.found[0]}")
    for line in sweep.found[1:20]:
        print("# " + line)
    return 1


if __name__ == "__main__":
    sys.exit(main())
