"""Random histories against the daemon, compared answer by answer with the model.

What is at stake: that the daemon and a second, independent reader of the same text agree on
every status, day, total, decision and refusal, now and as of any earlier sequence.

    DEMERITD=build/daemon/demeritd tests/oracle/machine.py [--machines 200] [--steps 50]
    ... --seed N        the run whose seed was printed, again
    ... --fake          against a stand-in made of a second model
    ... --loopback      the same behind the wire's bytes
    ... --control       the stand-in with planted bugs: each must be found

One daemon serves all machines; each machine uses codes of its own.
"""

import argparse
import collections
import contextlib
import io
import itertools
import os
import random
import sys
import time
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (RuleBasedStateMachine, initialize, invariant, precondition, rule,
                                 run_state_machine_as_test)

import rules
from fake import BUGS, Fake
from loopback import Loopback
from machine_case import CaseRules
from model import Model, describe
from wire import Daemon, Wire, load_schema
from world import ANY, Answer, Given, Ok

FIRST_DAY = date(2025, 1, 1)
LAST_DAY = date(2026, 11, 20)
REGIONS = ["330100", "350102", "510100", "210100", "120100", "110101", "430100", "460100",
           "520100", "150400", "500152", "310101"]
STEPS_DEFAULT = 50
MACHINES_DEFAULT = 200
PEOPLE_MAX = 3

# Days at the edges of versions, months and years, where two readers disagree if anywhere.
EDGES = [date.fromisoformat(d) for d in (
    "2025-01-01", "2025-01-31", "2025-02-28", "2025-03-01", "2025-03-25", "2025-03-26",
    "2025-03-31", "2025-04-01", "2025-04-09", "2025-04-10", "2025-04-15", "2025-08-31",
    "2025-09-10", "2025-10-31", "2025-11-06", "2025-11-07", "2025-12-01", "2025-12-30",
    "2025-12-31", "2026-01-01", "2026-01-31", "2026-02-28", "2026-04-01", "2026-11-20")]

days = st.one_of(st.sampled_from(EDGES), st.dates(FIRST_DAY, LAST_DAY))
near = st.integers(0, 70).map(lambda n: date(2025, 5, 1) + timedelta(days=n))
points = st.sampled_from([1, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9, 9, 10, 11, 12])
later = st.sampled_from([0, 0, 0, 1, 15, 45, 200])
# What is wrong with a command: mostly nothing.
twists = st.sampled_from([None] * 14 + ["drop", "months", "start", "early", "overlap", "bar",
                                        "no reason"])
ways = st.sampled_from(["plain"] * 8 + ["dry", "again"])
numbers = st.integers(0, 1 << 20)


class Mismatch(AssertionError):
    pass


class Run:
    """What one run of many machines shares."""

    def __init__(self, port):
        self.port = port
        self.machine = 0
        self.first = None               # the first mismatch, in case it cannot be replayed
        self.count = collections.Counter()
        self.readings = {}

    def learn(self, model):
        """What one machine's people showed of the daemon's readings, and what was exercised."""
        for person in model.practitioners.values():
            self.count["people"] += 1
            self.count["people undetermined"] += any(w.wild for w in person.worlds)
            for s in person.worlds[0].sanctions:
                self.count[f"{s.kind} {s.path}"] += 1
                self.count["lifted"] += s.lifted is not None
                self.count["replace"] += bool(s.replaces)
                self.count["keep"] += bool(s.kept_by)
                self.count["add"] += bool(s.added_to)
            self.count["returns"] += len(person.worlds[0].returns)
            self.count["stays"] += len(person.worlds[0].stays)
            self.count["repairs"] += len(person.worlds[0].repairs)
            self.count["ended by repair"] += sum(bool(s.repaired)
                                                 for s in person.worlds[0].sanctions)
            self.count["another end"] += sum(bool(s.ends) for s in person.worlds[0].sanctions)
            told = {}
            for world in person.worlds:
                for name, options in world.readings.items():
                    told.setdefault(name, []).append(options)
            for name, options in told.items():
                if len(options) == len(person.worlds):
                    one = frozenset().union(*options)
                    self.readings.setdefault(name, collections.Counter())[one] += 1

    def learn_cases(self, model):
        for case in model.cases.values():
            self.count[f"{case.kind} {case.state}"] += 1

    def report(self):
        for name, found in sorted(self.readings.items()):
            common = frozenset.intersection(*found)
            words = "; ".join(sorted(common)) or "nothing in common"
            mark = "reading" if common else "inconsistent"
            print(f"# {mark} {name}: {words} ({sum(found.values())} people)")
            if not common:
                for options, n in found.most_common():
                    print(f"#     {n} x " + "; ".join(sorted(options)))
        print("# " + ", ".join(f"{n} {k}" for k, n in sorted(self.count.items())))


class Ledger(CaseRules, RuleBasedStateMachine):
    run = None                          # set before the machines are started

    def __init__(self):
        super().__init__()
        self.shared = self.run
        self.port = self.shared.port
        self.shared.machine += 1
        self.shared.count["machines"] += 1
        self.m = Model(self.port.today)
        self.name = f"{self.shared.machine:06d}"
        self.numbers = itertools.count(1)
        self.sequences = {}             # tick -> the daemon's sequence after it
        self.people = []
        self.places = []
        self.touched = None
        self.trace = []

    def teardown(self):
        self.shared.learn(self.m)
        self.shared.learn_cases(self.m)

    # ---- the comparison

    def fail(self, what):
        lines = "\n".join(f"    {line}" for line in self.trace)
        self.shared.first = self.shared.first or f"{what}\n  after:\n{lines}"
        raise Mismatch(f"{what}\n  after, on a new ledger of its own:\n{lines}")

    def write(self, name, way="plain", **arguments):
        """One write, compared. Answers whether it was accepted."""
        expect = getattr(self.m, name)(**arguments)
        words = ", ".join(f"{k}={_words(v)}" for k, v in arguments.items())
        self.trace.append(f"{name}({words})")
        if way == "dry":
            before, _ = self.port.write((name, arguments), dry_run=True)
        key = self.port.new_key()
        answer, sequence = self.port.write((name, arguments), key=key)
        self.trace[-1] += f" -> {answer.kind} {answer.reason}"
        self.shared.count["writes"] += 1
        self.shared.count["writes " + ("accepted" if answer.kind == "ok" else "refused")] += 1
        if way == "dry" and (before.kind, before.reason) != (answer.kind, answer.reason):
            self.fail(f"{name}: the dry run said {before}, the write {answer}")
        if way == "again":
            again, same = self.port.write((name, arguments), key=key)
            if (again, same) != (answer, sequence):
                self.fail(f"{name}: the same key again said {again} at {same}, "
                          f"not {answer} at {sequence}")
        tick = self.m.tick
        expected = str(expect)
        if not expect.settle(answer):
            self.fail(f"{name}({words}): the daemon says {answer}, the model {expected}")
        if answer.kind == "ok":
            self.sequences[tick] = sequence
        return answer.kind == "ok"

    def look(self, checks, standings):
        """Questions of now and of earlier ticks, compared."""
        answers, found, registered = self.port.look(
            [(c, d, i, e, self._sequence(t)) for c, d, i, e, t in checks],
            [(c, d, self._sequence(t)) for c, d, t in standings])
        self.shared.count["checks"] += len(checks)
        self.shared.count["standings"] += len(standings)
        for (code, day, institution, emergency, tick), actual, there in zip(
                checks, answers, registered):
            expected = self.m.check(code, day, tick=tick, institution=institution,
                                    emergency=emergency)
            where = f"check {code} on {day} at {institution} emergency={emergency} tick={tick}"
            if isinstance(actual, Answer) or not self.m.settle_read(code, expected, actual):
                self.fail(f"{where}:\n  the daemon says {_said(actual)}\n"
                          f"  the model {describe(expected)}")
            if institution is not None and code in self.m.practitioners and there != ANY:
                wanted = self.m.registered(code, institution, day, tick)
                if wanted not in (ANY, there) and self._known(code, tick):
                    self.fail(f"{where}: registered={there}, the model {wanted}")
        for (code, day, tick), actual in zip(standings, found):
            expected = self.m.standing(code, day, tick=tick)
            if isinstance(actual, Answer) or not self.m.settle_read(code, expected, actual):
                models = "\n    ".join(str(a) for a, _ in expected)
                self.fail(f"standing {code} on {day} tick={tick}:\n  the daemon says {actual}\n"
                          f"  the model\n    {models}")

    def _known(self, code, tick):
        return tick is None or self.m.practitioners[code].tick <= tick

    def _sequence(self, tick):
        return None if tick is None else self.sequences[tick]

    def person(self, number):
        """One of a few people; whoever the text says nothing more about is let go."""
        self.people = [p for p in self.people if not self.m.undetermined(p)]
        if not self.people or (len(self.people) < PEOPLE_MAX and number % 7 == 6):
            code = f"D{self.name}{next(self.numbers)}"
            self.write("practitioner_add", code=code,
                       category=["medical", "nursing", "billing"][number % 3])
            self.people.append(code)
        self.touched = self.people[number % len(self.people)]
        return self.touched

    def place(self, number):
        region = REGIONS[number % len(REGIONS)]
        code = f"H{self.name}{region}"
        if code not in self.m.institutions:
            self.write("institution_add", code=code, region=region, kind="hospital")
            self.places.append(code)
        return code

    def penalty(self, number, on):
        """A penalty of that day: an earlier one now and then, so that entries share one."""
        place = self.place(number)
        old = [p.id for p in self.m.penalties.values() if p.institution == place and p.on == on]
        if old and number % 5 == 0:
            return old[0]
        id_ = f"P{self.name}.{next(self.numbers)}"
        self.write("penalty_record", id_=id_, institution=place, on=on)
        return id_

    def choose(self, ask, seed, after):
        """Supplies what the model says is missing, parameter by parameter."""
        given = Given(reason="chosen")
        pick = random.Random(seed)
        for _ in range(4):
            expect = ask(given)
            missing = set()
            for branches in expect.parts.values():
                if any(isinstance(o, Ok) for o, _ in branches):
                    continue            # enough under some reading
                missing |= next((set(o.missing) for o, _ in branches
                                 if getattr(o, "missing", None)), set())
            missing -= {ANY}
            if not missing:
                break
            values = {"months": pick.randint(1, 6), "bar_years": pick.randint(1, 3),
                      "start": after, "overlap": pick.choice(["replace", "extend", "add", "keep"]),
                      "credit": 0}
            if "months" in missing and pick.random() < 0.6:
                values["months"] = pick.choice([1, 2, 3])
            given = replace(given, **{name: values[name] for name in missing})
        return given

    @staticmethod
    def twist(given, how, scoring):
        if how == "drop":
            for name in ("overlap", "months", "bar_years", "start"):
                if getattr(given, name) is not None:
                    return replace(given, **{name: None})
        if how == "months":
            return replace(given, months=7 if given.months else 2)
        if how == "start":
            return replace(given, start=(given.start or scoring) + timedelta(days=3))
        if how == "early":
            return replace(given, start=scoring - timedelta(days=1))
        if how == "overlap" and given.overlap is None:
            return replace(given, overlap="extend")
        if how == "bar":
            return replace(given, bar_years=1 if given.bar_years is None else 4)
        if how == "no reason":
            return replace(given, reason=None)
        return given

    # ---- rules

    @initialize(number=numbers)
    def begin(self, number):
        self.place(number)
        self.person(0)

    @rule(who=numbers, where=numbers, on=near, number=points, after=later, seed=numbers,
          how=twists, way=ways, other=st.integers(0, 9))
    def record_within_weeks(self, who, where, on, number, after, seed, how, way, other):
        self._record(who, where, on, number, after, seed, how, way, other)

    @rule(who=numbers, where=numbers, on=days, number=points, after=later, seed=numbers,
          how=twists, way=ways, other=st.integers(0, 9))
    def record_anywhen(self, who, where, on, number, after, seed, how, way, other):
        self._record(who, where, on, number, after, seed, how, way, other)

    @rule(who=numbers, where=numbers, on=near, first=st.integers(4, 8), number=points,
          after=later, seed=numbers, other=st.integers(0, 9))
    def record_two(self, who, where, on, first, number, after, seed, other):
        self._record(who, where, on, first, after, seed, None, "plain", other)
        self._record(who, where + 1, on + timedelta(days=seed % 40), number, after, seed // 2,
                     None, "plain", other)

    @rule(where=numbers, on=near, first=st.sampled_from([5, 9, 9, 10]), after=later, seed=numbers,
          gaps=st.tuples(st.integers(0, 50), st.integers(0, 50)), ways=st.tuples(ways, ways))
    def pile_up(self, where, on, first, after, seed, gaps, ways):
        """Somebody new, whose second and third entry meet the suspension of the first."""
        code = f"D{self.name}{next(self.numbers)}"
        self.write("practitioner_add", code=code, category="medical")
        self.people = (self.people + [code])[-PEOPLE_MAX:]
        who = self.people.index(code)
        self._record(who, where, on, first, after, seed, None, "plain", 9)
        for n in (0, 1):
            on += timedelta(days=gaps[n])
            self._record(who, where + n * (seed % 2), on, 1 + (first == 5) * (4 - 3 * n),
                         seed % 3 * 7, seed >> n, None, ways[n], 9)

    def _record(self, who, where, on, number, after, seed, how, way, other):
        code, penalty = self.person(who), self.penalty(where, on)
        id_ = f"e{self.name}.{next(self.numbers)}"
        fixed = {"code": code, "points": number, "id_": id_, "penalty": penalty,
                 "conduct": (on - timedelta(days=seed % 500), on - timedelta(days=seed % 7))}
        if fixed["conduct"][0] > fixed["conduct"][1]:
            fixed["conduct"] = (on, on)
        if other == 0:
            fixed["rulebook"] = ["hunan", "liaoning", "sichuan", "national", "hainan",
                                 "beijing"][seed % 6]
        if other == 1 and seed % 3 == 0:
            fixed["penalty"] = "nowhere" + self.name
        given = self.choose(lambda g: self.m.points_record(given=g, **fixed), seed,
                            on + timedelta(days=after))
        self.write("points_record", way, given=self.twist(given, how, on), **fixed)

    def _suspended(self):
        """(person, suspension) where a few points more would meet one that runs."""
        found = []
        for code in self.people:
            p = self.m.practitioners[code]
            if self.m.undetermined(code) or any(s.kind == "terminated" and s.lifted is None
                                                for s in p.worlds[0].sanctions):
                continue
            found += [(code, s) for s in p.worlds[0].sanctions
                      if s.kind == "suspended" and s.lifted is None and s.start < LAST_DAY]
        return found

    @precondition(lambda self: self._suspended())
    @rule(which=numbers, where=numbers, day=st.integers(-20, 120), number=st.integers(1, 3),
          after=later, seed=numbers, how=twists, way=ways)
    def record_where_one_runs(self, which, where, day, number, after, seed, how, way):
        found = self._suspended()
        code, sanction = found[which % len(found)]
        on = min(max(sanction.start + timedelta(days=day), FIRST_DAY), LAST_DAY)
        if seed % 4 == 0:               # a new year's nine meets it too
            number = 9
        self._record(self.people.index(code), where, on, number, after, seed, how, way, 9)

    @rule(who=numbers, on=days, number=points, seed=numbers, way=ways,
          situation=st.sampled_from(["impersonated-settlement", "high-price-nonselected",
                                     "licence-lost", "article-38", "damages-paid", "other"]))
    def record_a_situation(self, who, on, number, seed, situation, way):
        code = self.person(who)
        slug = "fujian" if seed % 2 else "beijing"
        book = rules.in_force(slug, on)
        known = book.situations.get(situation)
        if known is None:
            return
        number = max(min(number, known.high + seed % 2), known.low)
        if not 1 <= number <= 12:
            return
        fixed = {"code": code, "points": number, "id_": f"e{self.name}.{next(self.numbers)}",
                 "situation": situation, "rulebook": slug, "conduct": (on, on)}
        if known.needs_penalty and seed % 4:
            fixed["penalty"] = self.penalty(seed, on)
        else:
            fixed["on"] = on
        given = self.choose(lambda g: self.m.points_record(given=g, **fixed), seed, on)
        self.write("points_record", way, given=given, **fixed)

    def _entries(self):
        return [e for e, (code, _) in self.m.entries.items()
                if not self.m.undetermined(code)]

    @precondition(lambda self: self._entries())
    @rule(number=numbers, seed=numbers, choose=st.booleans(), way=ways)
    def annul(self, number, seed, choose, way):
        entries = self._entries()
        id_ = entries[-1 - number % min(len(entries), 6)]
        code = self.touched = self.m.entries[id_][0]
        choice = {}
        if choose:
            given = self.choose(lambda g: self.m.points_annul(id_, choice={code: g}), seed,
                                self._after(code))
            choice = {} if given.empty() else {code: given}
        self.write("points_annul", way, id_=id_, reason="annulled", choice=choice)

    @precondition(lambda self: self._entries())
    @rule(number=numbers, seed=numbers, value=points, way=ways)
    def correct(self, number, seed, value, way):
        entries = self._entries()
        id_ = entries[-1 - number % min(len(entries), 6)]
        code, body = self.m.entries[id_]
        self.touched = code
        penalty, on, situation, rulebook = body[2], body[3], body[6], body[7]
        if situation != "other" or body[9] is not None or body[10] is not None:
            return
        fixed = {"id_": id_, "points": value, "new_id": f"c{self.name}.{next(self.numbers)}",
                 "penalty": penalty, "on": on, "rulebook": rulebook, "conduct": body[5]}
        scoring = self.m.penalties[penalty].on if penalty in self.m.penalties else LAST_DAY
        given = self.choose(lambda g: self.m.points_correct(given=g, **fixed), seed, scoring)
        self.write("points_correct", way, given=given, **fixed)

    @precondition(lambda self: self.m.penalties)
    @rule(number=numbers, seed=numbers, choose=st.booleans(), way=ways)
    def overturn(self, number, seed, choose, way):
        ids = list(self.m.penalties)
        id_ = ids[-1 - number % min(len(ids), 6)]
        subjects = {code for code, body in self.m.entries.values() if body[2] == id_}
        if any(self.m.undetermined(c) for c in subjects):
            return
        choice = {}
        for code in sorted(subjects) if choose else ():
            def alone(given, code=code):
                expect = self.m.penalty_overturn(id_, LAST_DAY, {code: given})
                expect.parts = {c: b for c, b in expect.parts.items() if c == code}
                return expect
            given = self.choose(alone, seed, self._after(code))
            if not given.empty():
                choice[code] = given
        if subjects:
            self.touched = sorted(subjects)[0]
        self.write("penalty_overturn", way, id_=id_, on=LAST_DAY, choice=choice)

    def _after(self, code):
        """A first day no reading of "from the scoring day on" objects to."""
        return max((e.scoring for w in self.m.practitioners[code].worlds for e in w.entries),
                   default=LAST_DAY)

    @rule(who=numbers, start=days, length=st.integers(1, 120), number=numbers, way=ways)
    def bind_from_elsewhere(self, who, start, length, number, way):
        if number % 3:
            return
        kind = "terminated" if number % 5 == 0 else "suspended"
        until = None if number % 4 == 0 else start + timedelta(days=length)
        exempt = frozenset({rules.RESCUE}) if number % 2 else frozenset()
        self.write("sanction_record", way, code=self.person(who), kind=kind, start=start,
                   until=until, id_=f"f{self.name}.{next(self.numbers)}", exempt=exempt)

    @precondition(lambda self: any(not self.m.undetermined(c) for c in self.m.foreign.values()))
    @rule(number=numbers, length=st.integers(0, 60), way=ways)
    def end_elsewhere(self, number, length, way):
        ids = [i for i, c in self.m.foreign.items() if not self.m.undetermined(c)]
        id_ = ids[number % len(ids)]
        code = self.touched = self.m.foreign[id_]
        start = next(s.start for s in self.m.practitioners[code].worlds[0].sanctions
                     if s.foreign == id_)
        on = start + timedelta(days=length)
        self.write("sanction_end", way, id_=id_, on=on, withdrawn=number % 3 == 0)

    @rule(who=numbers, where=numbers, shift=st.sampled_from([-1, 0, 0, 1, 30]), on=days, way=ways)
    def come_back(self, who, where, shift, on, way):
        code = self.person(who)
        bars = [s.bar_until for w in self.m.practitioners[code].worlds for s in w.sanctions
                if s.bar_until is not None]
        if bars:
            on = min(bars[-1] + timedelta(days=shift), LAST_DAY)
        elif where % 4:
            return
        self.write("practitioner_register", way, code=code, institution=self.place(where), on=on)

    @rule(who=numbers, where=numbers, on=days, leave=st.booleans(), way=ways)
    def join_or_leave(self, who, where, on, leave, way):
        if not self.places:
            return
        code, place = self.person(who), self.places[where % len(self.places)]
        name = "registration_leave" if leave else "registration_join"
        self.write(name, way, code=code, institution=place, on=on)

    @rule(number=numbers, kind=st.integers(0, 7))
    def say_something_wrong(self, number, kind):
        code, place = self.person(number), self.place(number)
        if kind == 0:
            self.write("points_record", code=code, points=0 if number % 2 else 13,
                       id_=f"e{self.name}.{next(self.numbers)}",
                       penalty=self.penalty(number, LAST_DAY), given=Given())
        elif kind == 1:
            self.write("penalty_record", id_=f"P{self.name}.{next(self.numbers)}",
                       institution=place, on=self.port.today + timedelta(days=1 + number % 9))
        elif kind == 2:
            self.write("institution_add", code=place, region="640100", kind="hospital")
        elif kind == 3:
            self.write("practitioner_add", code=code, category="technical")
        elif kind == 4:
            self.write("points_annul", id_="none" + self.name, reason="annulled")
        elif kind == 5 and self.m.entries:
            id_ = list(self.m.entries)[number % len(self.m.entries)]
            self.write("points_record", code=code, points=1 + number % 12, id_=id_,
                       penalty=self.penalty(number, date(2025, 6, 1)),
                       conduct=(FIRST_DAY, FIRST_DAY), given=Given())
        elif kind == 6:
            self.write("points_record", code="nobody" + self.name, points=3,
                       id_=f"e{self.name}.{next(self.numbers)}",
                       penalty=self.penalty(number, date(2025, 6, 1)), given=Given())
        elif kind == 7:
            old = f"P{self.name}.{next(self.numbers)}"
            if self.write("penalty_record", id_=old, institution=place, on=date(2024, 12, 31)):
                self.write("points_record", code=code, points=12, penalty=old, given=Given(),
                           id_=f"e{self.name}.{next(self.numbers)}")

    @rule(who=numbers, day=days, back=numbers, where=numbers, emergency=st.booleans())
    def ask(self, who, day, back, where, emergency):
        """Checks nothing was done before: any day, any earlier sequence."""
        code = self.person(who)
        ticks = sorted(self.sequences)
        tick = ticks[back % len(ticks)]
        place = self.places[where % len(self.places)] if where % 2 else None
        if place is not None and self.m.institutions[place][3] > tick:
            place = None
        standings = [(code, day, None)]
        if self._known(code, tick):
            standings.append((code, day, tick))
        self.look([(code, day, place, emergency, None), (code, day, place, emergency, tick),
                   ("nobody" + self.name, day, None, emergency, None)], standings)
        self.touched = None

    @rule(day=days, emergency=st.booleans(), where=numbers, back=numbers,
          shape=st.lists(st.integers(0, PEOPLE_MAX + 1), max_size=4))
    def screen_a_line(self, day, emergency, where, back, shape):
        """A claim line that names several people, nobody, or a stranger."""
        people = [p for p in self.people if not self.m.undetermined(p)]
        codes = [(people + ["", "DOC001x" + self.name])[n % (len(people) + 2)] for n in shape]
        edges = [d for p in people for s in self.m.practitioners[p].worlds[0].sanctions
                 for d in (s.start, s.until) if d is not None]
        day = edges[back % len(edges)] if edges and back % 3 else day
        ticks = sorted(self.sequences)
        tick = ticks[back % len(ticks)] if back % 2 else None
        place = self.places[where % len(self.places)] if where % 2 else None
        if place is not None and tick is not None and self.m.institutions[place][3] > tick:
            place = None
        said, = self.port.screen([(codes, day, place, emergency)], self._sequence(tick))
        self.shared.count["lines"] += 1
        allowed = self.m.line(codes, day, tick=tick, institution=place, emergency=emergency)
        if isinstance(said, Answer) or said is None or not any(
                all(ANY in pair or pair[0] == pair[1] for pair in zip(one, said))
                for one in allowed):
            self.fail(f"claim line of {codes} on {day} at {place} emergency={emergency} "
                      f"tick={tick}: the daemon says {said}, the model {sorted(allowed)}")

    @invariant()
    def the_days_around_each_edge_agree(self):
        """After each write: the edges of the person's sanctions, and the standing."""
        code, self.touched = self.touched, None
        if code is None or self.m.undetermined(code):
            return
        edges = {self.port.today}
        for world in self.m.practitioners[code].worlds[:2]:
            for s in world.sanctions[-4:]:
                edges |= {d for d in (s.start, s.until, s.bar_until) if d is not None}
            edges |= {e.scoring for e in world.entries[-2:]}
            edges |= {d for y in world.stays[-3:] for d in (y.start, y.end) if d is not None}
            edges |= {r.on for r in world.repairs[-2:]}
            edges |= {d for s in world.sanctions[-4:] for _, d in s.ends}
        ordered = sorted({d + timedelta(days=n) for d in edges for n in (-1, 0)})
        ticks = sorted(t for t in self.sequences if self.m.practitioners[code].tick <= t)
        checks = [(code, d, None, n % 4 == 1, None) for n, d in enumerate(ordered)]
        if ticks:
            then = ticks[len(ordered) * 7 % len(ticks)]
            checks += [(code, d, None, False, then) for d in ordered[::3]]
        self.look(checks, [(code, ordered[len(ordered) // 2], None)])
        if not self.m.undetermined(code):
            self.cases_agree(code)


def load_books(port):
    """The oracle's own rulebooks, which set what no published text does."""
    here = os.path.dirname(os.path.abspath(__file__))
    for name in ("terms", "lasting"):
        with open(os.path.join(here, name + ".yaml"), encoding="utf-8") as text:
            answer, _ = port.write(("rulebook_load", {"text": text.read()}))
        if answer.kind != "ok":
            raise RuntimeError(f"{name}.yaml: {answer}")


def _words(value):
    if isinstance(value, Given):
        inner = ", ".join(f"{k}={v}" for k, v in value.__dict__.items() if v is not None)
        return f"Given({inner})"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {_words(v)}" for k, v in value.items()) + "}"
    if isinstance(value, tuple):
        return "..".join(str(v) for v in value)
    return str(value)


def _said(actual):
    return actual if isinstance(actual, Answer) else describe([(actual, None)])


def drive(port, machines, steps, seed, shrink=True):
    """Runs the machines. Answers (the Run, what was found or None).

    Anything else that goes wrong, a daemon that dies or that answers the same history in two
    ways, is found as well.
    """
    run = Run(port)
    machine = type("Ledger", (Ledger,), {"run": run})
    machine._hypothesis_internal_use_seed = seed
    phases = [Phase.generate] + ([Phase.shrink] if shrink else [])
    chosen = settings(max_examples=machines, stateful_step_count=steps, deadline=None,
                      database=None, phases=phases, print_blob=False, report_multiple_bugs=False,
                      suppress_health_check=list(HealthCheck))
    noise = io.StringIO()
    try:
        with contextlib.redirect_stdout(noise), contextlib.redirect_stderr(noise):
            run_state_machine_as_test(machine, settings=chosen)
    except Exception as found:
        if isinstance(found, Mismatch):
            return run, found
        return run, RuntimeError(f"{type(found).__name__}: {found}\n{noise.getvalue()}"
                                 f"the first mismatch: {run.first}")
    return run, None


def control(seed):
    """Each planted bug must be found, another reading must not. Answers how many went wrong."""
    _, found = drive(Fake(contrary=True), 60, STEPS_DEFAULT, seed, shrink=False)
    name = "other_readings_of_the_text_are_no_mismatch"
    lines = str(found).splitlines()
    print(f"not ok {name}: {lines[0]}" if found else f"ok {name}", flush=True)
    print("".join(f"# {line}\n" for line in lines[1:] if found), end="")
    missed = int(found is not None)
    for bug in BUGS:
        _, found = drive(Fake(bug), 60, STEPS_DEFAULT, seed, shrink=False)
        seen = isinstance(found, Mismatch)
        name = "planted_bug_is_found: " + bug
        print(f"ok {name}" if seen else f"not ok {name}: {found}", flush=True)
        missed += not seen
    return missed


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--machines", type=int, default=MACHINES_DEFAULT)
    parser.add_argument("--steps", type=int, default=STEPS_DEFAULT)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--fake", action="store_true")
    parser.add_argument("--loopback", action="store_true")
    parser.add_argument("--control", action="store_true")
    parser.add_argument("--no-shrink", action="store_true", help="the first mismatch as found")
    arguments = parser.parse_args()
    seed = random.SystemRandom().randrange(1 << 32) if arguments.seed is None else arguments.seed
    print(f"# seed {seed}", flush=True)
    if arguments.control:
        return 1 if control(seed) else 0

    if arguments.fake:
        port = Fake()
    elif arguments.loopback:
        schema = load_schema()
        port = Wire(Loopback(schema).near, schema)
    else:
        binary = os.environ.get("DEMERITD")
        if not binary:
            print("not ok random_histories_agree_with_the_model: DEMERITD names no daemon")
            return 1
        daemon = Daemon(binary)
        try:
            port = Wire(daemon.connect(), load_schema())
            load_books(port)
        except (OSError, RuntimeError) as why:
            print(f"not ok random_histories_agree_with_the_model: {why}")
            return 1
    began = time.monotonic()
    run, found = drive(port, arguments.machines, arguments.steps, seed,
                       shrink=not arguments.no_shrink)
    run.report()
    print(f"# {time.monotonic() - began:.1f} s")
    sentence = "random_histories_agree_with_the_model"
    if found is None:
        print(f"ok {sentence}")
        return 0
    lines = str(found).splitlines() or [repr(found)]
    print(f"not ok {sentence}: {lines[0]}")
    print("\n".join("# " + line for line in lines[1:]))
    print(f"# replay: --seed {seed} --machines {arguments.machines} --steps {arguments.steps}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
