"""A stand-in for the daemon: a second model that has made up its mind on every reading.

It shows that the driver agrees with something that is right, and, with a planted bug, that it
notices something that is wrong. It proves nothing about the daemon.
"""

from dataclasses import replace
from datetime import date, timedelta

import rules
from model import WILD, Model
from procedure import Calendar
from world import ANY, Answer, Check, No, Ok

TODAY = date(2026, 11, 23)


class Fake:
    def __init__(self, bug=None, contrary=False):
        """`contrary` takes the last of the results the text allows, not the first."""
        self.model = Model(TODAY)
        if bug == "a day too few to object":
            self.model.calendar = _Hasty()
        self.today = TODAY
        self.bug = bug
        self.order = reversed if contrary else iter
        self.keys = {}
        self.sequence = 100
        self.ticks = {}                 # sequence -> the model's tick
        self.key = 0
        self.last = None

    def new_key(self):
        self.key += 1
        return str(self.key)

    def write(self, op, *, key=None, dry_run=False):
        if key is not None and key in self.keys:
            return self.keys[key]
        name, arguments = op
        if self.bug:
            arguments = _spoil_arguments(self.bug, name, arguments)
        expect = getattr(self.model, name)(**arguments)
        answer, chosen = self._decide(expect)
        if self.bug == "refusal uses up its id" and answer.kind == "refused" \
                and name == "points_record":
            self.model.entries[arguments["id_"]] = (arguments["code"], (None,) * 9)
        if answer.kind == "ok" and not dry_run:
            expect.parts = chosen
            expect.fixed = expect.fixed and [Ok()]
            tick = self.model.tick
            if not expect.settle(answer):
                raise RuntimeError("the stand-in does not follow itself")
            if self.bug:
                _spoil_worlds(self.bug, self.model)
            self.sequence += 2
            self.ticks[self.sequence] = tick
        result = answer, self.sequence
        if not dry_run:
            self.keys[key] = result
        return result

    def _decide(self, expect):
        """One outcome of those allowed: the same way everywhere."""
        if expect.fixed:
            return _spoken(next(self.order(expect.fixed))), {}
        chosen = {}
        for code, branches in expect.parts.items():
            outcome, world = next(
                ((o, w) for o, w in self.order(branches) if o != WILD), (None, None))
            if outcome is None:
                return Answer("refused", "UNDETERMINED"), {}
            if isinstance(outcome, No):
                self.model.practitioners[code].worlds = [world]     # its mind is made up
                return _spoken(outcome), {}
            chosen[code] = [(outcome, world)]
        return Answer("ok"), chosen

    def look(self, checks, standings):
        answers, found, registered = [], [], []
        for code, day, institution, emergency, sequence in checks:
            answers.append(self._one(self.model.check(
                code, day, tick=self._tick(sequence), institution=institution,
                emergency=emergency), code))
            registered.append(
                self.model.registered(code, institution, day, self._tick(sequence))
                if institution and code in self.model.practitioners else ANY)
        for code, day, sequence in standings:
            found.append(self._one(self.model.standing(code, day, tick=self._tick(sequence)), code))
        return answers, found, registered

    def screen(self, lines, sequence):
        found = []
        for codes, day, institution, emergency in lines:
            allowed = sorted(self.model.line(codes, day, tick=self._tick(sequence),
                                             institution=institution, emergency=emergency))
            decision, reason = allowed[0]
            if self.bug == "one role alone decides a line" and any(codes[:1]):
                check, = self.look([(codes[0], day, institution, emergency, sequence)], [])[0]
                decision, reason = check.decision, check.reason
            found.append((decision, reason))
        return found

    def cases(self, code):
        world = self.model.practitioners[code].worlds[0]
        stays = {f"Y{n}": ("stay", "running", None, "") for n, y in enumerate(world.stays)
                 if y.objection}
        return {**stays, **{c.id: (c.kind, self.model.state_of(c), c.due, c.party)
                            for c in self.model.cases.values() if c.code == code}}

    def sanction_ids(self, code):
        found = []
        for s in self.model.practitioners[code].worlds[0].sanctions:
            self.model.names[f"{code}/{s.index}"] = (code, s.index)
            found.append((f"{code}/{s.index}", s.start, bool(s.foreign)))
        return found

    def write_batch(self, ops):
        return [self.write(op)[0] for op in ops]

    def _tick(self, sequence):
        if sequence is None or self.bug == "known_at is ignored":
            return None
        return self.ticks[sequence]

    def _one(self, expected, code):
        answer = next((a for a, _ in self.order(expected) if a is not None), None)
        if answer is None:
            return Check(ANY, ANY, ANY, ANY, ANY, ANY, ANY)
        self.model.settle_read(code, expected, answer)
        if isinstance(answer, Check):
            return _spoil_check(self.bug, answer)
        return answer


def _spoken(outcome):
    if isinstance(outcome, Ok):
        return Answer("ok")
    words = outcome.reasons
    named = sorted(w for w in words if w.isupper())
    missing = frozenset(outcome.missing - {ANY}) if named[:1] == ["NEEDS_CHOICE"] else frozenset()
    if named:
        return Answer("refused", named[0], missing)
    for kind in ("exists", "missing", "invalid"):
        if kind in words:
            return Answer(kind, kind.upper())
    return Answer("refused", "SOME_RULE")


# ---------------------------------------------------------------- planted bugs


BUGS = [
    "until is one day late",
    "a single termination bars one year",
    "known_at is ignored",
    "refusal uses up its id",
    "points fall on the day of recording only",
    "the year is the recording's",
    "what a fallen termination superseded stays ended",
    "annulled points still count",
    "hunan starts on the scoring day",
    "liaoning forgets the path",
    "replace leaves the old one standing",
    "an accumulated termination is called single",
    "emergency is never exempt",
    "a return is forgotten",
    "one role alone decides a line",
    "a day too few to object",
    "headings of one act add up",
    "a court's stay is lost at its end",
    "a repair counts a day late",
]


class _Hasty(Calendar):
    def due(self, served, days):
        return super().due(served, days - 1)


def _spoil_arguments(bug, name, arguments):
    if bug == "the year is the recording's" and name == "penalty_record" \
            and arguments["on"].year < TODAY.year:
        return {**arguments, "on": arguments["on"].replace(year=TODAY.year, month=1, day=1)}
    return arguments


def _spoil_check(bug, check):
    if bug == "until is one day late" and isinstance(check.until, date):
        return replace(check, until=check.until + timedelta(days=1))
    if bug == "emergency is never exempt" and check.decision == "exempt":
        return replace(check, decision="refuse")
    if bug == "points fall on the day of recording only" and check.points != ANY and check.points:
        return replace(check, points=check.points - 1 if check.status == "suspended"
                       else check.points)
    return check


def _spoil_worlds(bug, model):
    for person in model.practitioners.values():
        person.worlds = [_spoil_world(bug, w, model.tick) for w in person.worlds]


def _spoil_world(bug, world, now):
    def each(change):
        return replace(world, sanctions=tuple(change(s) for s in world.sanctions))

    if bug == "a single termination bars one year":
        return each(lambda s: replace(s, bar_years=1, bar_until=rules.add_years(s.start, 1))
                    if s.bar_years == 3 else s)
    if bug == "what a fallen termination superseded stays ended":
        fallen = [s for s in world.sanctions if s.kind == "terminated" and s.lifted]
        return each(lambda s: replace(s, until=min([s.until] + [t.start for t in fallen
                                                                if t.start > s.start]))
                    if s.kind == "suspended" and s.until and not s.foreign else s)
    if bug == "annulled points still count":
        return replace(world, entries=tuple(replace(e, fell=None) for e in world.entries))
    if bug == "hunan starts on the scoring day":
        return each(lambda s: replace(s, start=s.start.replace(day=2))
                    if s.book and s.book.slug == "hunan" and s.start.day == 1 else s)
    if bug == "liaoning forgets the path":
        return each(lambda s: replace(s, path="accumulated")
                    if s.book and s.book.slug == "liaoning" and s.kind == "suspended" else s)
    if bug == "replace leaves the old one standing":
        return each(lambda s: replace(s, replaces=frozenset()))
    if bug == "an accumulated termination is called single":
        return each(lambda s: replace(s, path="single") if s.kind == "terminated"
                    and s.path == "accumulated" else s)
    if bug == "headings of one act add up":
        return replace(world, entries=tuple(replace(e, act=None) for e in world.entries))
    if bug == "a court's stay is lost at its end":
        return replace(world, stays=tuple(y for y in world.stays if y.end is None))
    if bug == "a repair counts a day late":
        return replace(world, repairs=tuple(
            replace(r, on=r.on + timedelta(days=1)) if r.tick == now - 1 else r
            for r in world.repairs))
    if bug == "a return is forgotten":
        return replace(world, returns=())
    return world
