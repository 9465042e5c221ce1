"""What is kept of one practitioner, and what it says on a day.

A world is one history together with one way of reading the text. Wherever the text leaves
something undetermined the code asks a *reading* by name; explore() runs it once for each
different result. `NOTES.md` lists the readings.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Optional

import rules

ANY = "ANY"             # a field of an answer that the text does not fix
KINDS_OF_NO = {"refused", "exists", "missing", "invalid"}


# ---------------------------------------------------------------- readings


class Fork(Exception):
    """The text allows several results here; the caller tries each."""

    def __init__(self, narrowed):
        super().__init__("fork")
        self.narrowed = narrowed


# Readings that have been decided since (NOTES.md): the model holds the daemon to them.
DECIDED = {
    "conduct_across_the_limit": {"refused"},
    "credit_after_fall": {"not asked"},
    "runs": {"days in common"},
    "single_by_differs": {"in the effect"},
    "single_scope": {"the entry recorded"},
    "start_of_added": {"needed"},
    "terminated_person": {"at all, own only"},
    "twelve_again": {"nothing"},
    "until": {"touching are one"},
}


class Ask:
    """Answers questions about the text from the readings one world holds."""

    def __init__(self, readings):
        self.readings = readings

    def __call__(self, name, results):
        allowed = DECIDED.get(name) or self.readings.get(name)
        groups = {}
        for option, result in results.items():
            if allowed is None or option in allowed:
                groups.setdefault(result, set()).add(option)
        if len(groups) == 1:
            return next(iter(groups))
        if not groups:
            raise AssertionError(f"reading {name}: {allowed} against {set(results)}")
        raise Fork([{**self.readings, name: frozenset(o)} for o in groups.values()])


def explore(readings, function):
    """All (result, readings) that `function(ask)` can come to."""
    found, open_ = [], [readings]
    while open_:
        current = open_.pop()
        try:
            found.append((function(Ask(current)), current))
        except Fork as fork:
            open_.extend(reversed(fork.narrowed))
    return found


class GiveUp(Exception):
    """This world can say nothing more about this person."""


def known_or_give_up(ask, name, known):
    """A reading with one result we can follow; under any other, anything may happen."""
    if ask(name, {known: True, "otherwise": False}):
        return
    raise GiveUp


# ---------------------------------------------------------------- what is kept


@dataclass(frozen=True)
class Entry:
    id: str
    tick: int
    points: int
    scoring: date
    penalty: Optional[str]
    book: rules.Rulebook
    fell: Optional[int] = None
    situation: str = "other"
    act: Optional[str] = None           # entries of one act count once, at the highest
    catalogue: Optional[str] = None     # which violation, for the repeat rule


@dataclass(frozen=True)
class Sanction:
    index: int
    tick: int
    kind: str                           # suspended or terminated
    path: str                           # single, accumulated, foreign, or ANY
    start: date
    until: Optional[date]               # a suspension's end, or a foreign one's
    months: Optional[int] = None
    bar_years: Optional[int] = None
    bar_until: Optional[date] = None
    year: Optional[int] = None
    basis_all: frozenset = frozenset()
    basis_own: frozenset = frozenset()
    basis_counted: frozenset = frozenset()  # without the lesser headings of an act
    exempt: frozenset = frozenset()
    book: Optional[rules.Rulebook] = None
    replaces: frozenset = frozenset()
    kept_by: frozenset = frozenset()
    added_to: frozenset = frozenset()
    lifted: Optional[int] = None
    foreign: Optional[str] = None       # the id under which its source ends it
    ended: tuple = ()                   # of a foreign one: (tick, day)
    ends: tuple = ()                    # an own one's later ends: (tick, day)
    repaired: Optional[tuple] = None    # (tick, day from which repair ended it)


@dataclass(frozen=True)
class Stay:
    id: str
    index: int                          # the sanction's
    start: date
    tick: int
    end: Optional[date] = None
    ended: Optional[int] = None         # the tick of the resumption
    objection: bool = False             # that stays execution, not a court's


@dataclass(frozen=True)
class Repair:
    id: str
    on: date
    points: int
    tick: int
    basis: Optional[str]


@dataclass(frozen=True)
class World:
    readings: dict = field(default_factory=dict, compare=False)
    entries: tuple = ()
    sanctions: tuple = ()
    returns: tuple = ()                 # re-registrations: (tick, day)
    stays: tuple = ()
    repairs: tuple = ()
    wild: bool = False                  # nothing can be said about this person any more


# ---------------------------------------------------------------- outcomes


@dataclass(frozen=True)
class Ok:
    world: Optional[World] = None

    def label(self):
        return "accepted"


@dataclass(frozen=True)
class No:
    """Refused, with one of these reasons.

    A reason is a name of the contract, or a class where the text names none: "*" any
    refusal, "*rule" a rule's, "exists", "missing", "invalid".
    """

    reasons: frozenset
    missing: frozenset = frozenset()    # the parameters a NEEDS_CHOICE has to name

    def label(self):
        return "refused(" + "|".join(sorted(self.reasons)) + ")"

    def matches(self, answer):
        if answer.kind not in KINDS_OF_NO:
            return False
        if "*" in self.reasons or answer.kind in self.reasons or answer.reason in self.reasons:
            return True
        return "*rule" in self.reasons and answer.kind == "refused"


@dataclass(frozen=True)
class Answer:
    """What the daemon said to a write, in the contract's classes."""

    kind: str                           # ok, refused, exists, missing, invalid, or another failure
    reason: str = ""
    missing: frozenset = frozenset()


@dataclass(frozen=True)
class Given:
    """What a decision supplies."""

    months: Optional[int] = None
    bar_years: Optional[int] = None
    start: Optional[date] = None
    overlap: Optional[str] = None
    credit: Optional[int] = None
    reason: Optional[str] = None

    def empty(self):
        return (self.months, self.bar_years, self.start, self.overlap, self.credit) == (None,) * 5


@dataclass(frozen=True)
class Check:
    decision: str
    status: str
    reason: str
    until: object = None
    bar_until: object = None
    points: object = 0
    raw: object = 0

    def agrees(self, other):
        return all(mine == ANY or theirs == ANY or mine == theirs
                   for mine, theirs in zip(self.__dict__.values(), other.__dict__.values()))


def no(*reasons, missing=()):
    return No(frozenset(reasons), frozenset(missing))


# ---------------------------------------------------------------- reading one world


def standing_entries(world, tick, year=None):
    return [e for e in world.entries
            if e.tick <= tick and (e.fell is None or e.fell > tick)
            and (year is None or e.scoring.year == year)]


def standing_sanctions(world, tick):
    return [s for s in world.sanctions
            if s.tick <= tick and (s.lifted is None or s.lifted > tick)]


def return_after(world, sanction, tick):
    """The day from which a terminated person was registered again, or None.

    A return recorded before the termination was (a late entry) cannot have been about it.
    """
    days = [day for when, day in world.returns
            if sanction.tick < when <= tick and day >= sanction.start]
    return min(days, default=None)


def foreign_end(sanction, tick):
    days = [day for when, day in sanction.ended if when <= tick]
    if sanction.until is not None:
        days.append(sanction.until)
    return min(days, default=None)


def native_end(sanction, tick):
    """The first day an own suspension no longer covers, by itself."""
    end = sanction.until
    for when, day in sanction.ends:
        if when <= tick:
            end = day
    if sanction.repaired and sanction.repaired[0] <= tick:
        end = min(end, sanction.repaired[1])
    return end


def stays_of(world, sanction, tick):
    """[(first day, first day no longer)] on which it is stayed, as known at `tick`."""
    return [(y.start, y.end if y.ended is not None and y.ended <= tick else date.max)
            for y in world.stays if y.index == sanction.index and y.tick <= tick]


def covered(world, tick, ask):
    """effective(), without the days of stays: a suspension in as many pieces as it takes."""
    found = []
    for s, start, end in effective(world, tick, ask):
        pieces = [(start, end)]
        for a, b in stays_of(world, s, tick):
            pieces = [piece for first, last in pieces
                      for piece in ((first, min(last, a)), (max(first, b), last))
                      if piece[0] < piece[1]] if a < b else pieces
        found += [(s, a, b) for a, b in pieces]
    return found


def effective(world, tick, ask):
    """Own and foreign suspensions with the days they really cover: [(sanction, from, end)]."""
    standing = standing_sanctions(world, tick)
    there = {s.index for s in standing}
    terminations = [s for s in standing if s.kind == "terminated" and not s.foreign]
    found = []
    for s in standing:
        if s.kind != "suspended":
            continue
        if s.foreign:
            end = foreign_end(s, tick) or date.max
        else:
            if s.kept_by & there:
                continue
            if (s.kept_by | s.added_to) - there:
                # What it was ordered behind fell: "revives with its own dates" is said of
                # terminations only.
                known_or_give_up(ask, "orphan", "own dates")
            end = native_end(s, tick)
            for other in standing:
                if s.index in other.replaces:
                    end = min(end, other.start)
            # A termination supersedes what was set before it, for good; what was set after it
            # was set for one who had returned.
            end = min([end] + [t.start for t in terminations if t.tick > s.tick])
        if s.start < end:
            found.append((s, s.start, end))
    return found


def terminations_on(world, day, tick, ask):
    """(own, foreign) terminations that cover the day."""
    own, foreign = [], []
    for s in standing_sanctions(world, tick):
        if s.kind != "terminated" or s.start > day:
            continue
        if any(a <= day < b for a, b in stays_of(world, s, tick)):
            continue
        if s.foreign:
            end = foreign_end(s, tick)
            if end is None or day < end:
                foreign.append(s)
            elif any(when <= tick for when, _ in s.ended) and end in [d for _, d in s.ended]:
                continue                # ended by its source
            elif ask("foreign_termination_over", {"ends": False, "bar over": True}):
                back = return_after(world, s, tick)
                if back is None or back > day:
                    foreign.append(s)
        else:
            back = return_after(world, s, tick)
            if back is None or back > day:
                own.append(s)
    return own, foreign


def once_an_act(entries):
    """The sum, each act counted once, at its highest."""
    highest = {}
    for n, e in enumerate(entries):
        key = e.act or n
        highest[key] = max(highest.get(key, 0), e.points)
    return sum(highest.values())


def counted(entries):
    """The entries that count: of one act the highest."""
    highest = {}
    for n, e in enumerate(entries):
        key = e.act or n
        if key not in highest or e.points > highest[key].points:
            highest[key] = e
    return frozenset(e.id for e in highest.values())


def rests_on(ask, sanction, entries):
    """Whether a sanction rests on any of these entries."""
    every = ask("basis_of_an_act", {"all headings": bool(sanction.basis_all & entries),
                                    "the highest": bool(sanction.basis_counted & entries)})
    own = bool(sanction.basis_own & entries)
    return ask("basis_of_single", {"all entries": every, "the one entry": own,
                                   "the one entry of a termination":
                                   own if sanction.kind == "terminated" else every})


def total_of(ask, world, entries, tick, day):
    """(total, sum) of these entries of one year, less what is repaired up to the day."""
    raw = once_an_act(entries)
    plain = ask("raw_of_an_act", {"counted once": raw, "plain sum": sum(e.points for e in entries)})
    if not entries:
        return 0, 0
    last_scored = max(entries, key=lambda e: (e.scoring, e.tick))
    last_recorded = max(entries, key=lambda e: e.tick)
    cap = ask("cap", {"last scored": last_scored.book.cap, "last recorded": last_recorded.book.cap})
    off = [r for r in world.repairs if r.tick <= tick and r.on <= day and r.on.year == day.year]
    unset = sum(r.points for r in off if r.basis is None)

    def total(unset_is_raw):
        before = sum(r.points for r in off if r.basis == "raw") + unset * unset_is_raw
        after = sum(r.points for r in off if r.basis == "capped") + unset * (not unset_is_raw)
        rest = max(raw - before, 0)
        return max((rest if cap is None else min(rest, cap)) - after, 0)
    return ask("repair_basis_not_set", {"capped": total(False), "raw": total(True)}), plain


def points_on(world, day, tick, ask):
    """(capped and repaired, raw) of the day's year, entries scored up to that day."""
    entries = [e for e in standing_entries(world, tick, day.year) if e.scoring <= day]
    return total_of(ask, world, entries, tick, day)


def points_left(ask, world, year, tick, day):
    """What counts of a year on a day; on its last day all of it."""
    return points_on(world, day, tick, ask)[0]


def suspension_end(covering, spans, terminated_from, ask):
    """The first day on which the person is no longer suspended.

    Overlapping suspensions are one absence. Whether two that only touch are, and whether a
    termination that follows ends the suspension in this answer, is not said.
    """
    ends = {}
    for touch in (True, False):
        end = max(e for _, _, e in covering)
        grown = True
        while grown:
            grown = False
            for _, start, stop in spans:
                if stop > end and (start <= end if touch else start < end):
                    end, grown = stop, True
        ends[touch] = end
    nominal = max([s.until or date.max for s, _, _ in covering] + [ends[True]])
    cut = {t: min([ends[t]] + [d for d in terminated_from if d <= ends[t]]) for t in ends}
    end = ask("until", {"touching are one": cut[True], "touching are two": cut[False],
                        "nominal": nominal if terminated_from else cut[True]})
    return None if end == date.max else end


def judge(ask, world, day, tick, managed, emergency):
    """One check of a known practitioner in one world."""
    capped, raw = points_on(world, day, tick, ask)
    own, foreign = terminations_on(world, day, tick, ask)
    spans = covered(world, tick, ask)
    covering = [x for x in spans if x[1] <= day < x[2]]
    exempt = emergency and all(
        rules.RESCUE in s.exempt for s in own + foreign + [s for s, _, _ in covering])

    if own or foreign:
        over = [s for s in own if day >= s.bar_until]
        bar_until = own[0].bar_until if own else ANY
        reason = "TERMINATED"
        if len(own) + len(foreign) > 1:
            bar_until, reason = ANY, ANY
        elif over:
            reason = "BAR_OVER_NOT_REREGISTERED"
        elif foreign and not any(s.start <= day and (foreign_end(s, tick) or date.max) > day
                                 for s in foreign):
            reason = "BAR_OVER_NOT_REREGISTERED"
        decision = "refuse"
        if exempt and (not over or ask("exempt_after_bar", {"yes": True, "no": False})):
            decision, reason = "exempt", "EMERGENCY_EXEMPT"
        if covering and decision == "refuse":
            reason = ANY                # a suspension set elsewhere refuses as well
        return Check(decision, "terminated", reason, ANY if foreign else None, bar_until,
                     capped, raw)

    if covering:
        starts = []
        for s in standing_sanctions(world, tick):
            if s.kind == "terminated":
                stays = stays_of(world, s, tick)
                starts += [d for d in [s.start] + [b for _, b in stays if b > s.start]
                           if d > day and not any(a <= d < b for a, b in stays)
                           and not (s.foreign and (foreign_end(s, tick) or date.max) <= d)]
        until = suspension_end(covering, spans, starts, ask)
        if exempt:
            return Check("exempt", "suspended", "EMERGENCY_EXEMPT", until, None, capped, raw)
        return Check("refuse", "suspended", "SUSPENDED", until, None, capped, raw)

    reason = {True: "ELIGIBLE", False: "CLASS_NOT_MANAGED", None: ANY}[managed]
    return Check("pay", "normal", reason, None, None, capped, raw)


# ---------------------------------------------------------------- all sanctions at once


@dataclass(frozen=True)
class Row:
    """One sanction as a standing lists it. `until` and `basis` are the values allowed."""

    kind: str
    path: str
    start: date
    months: Optional[int]
    bar_years: Optional[int]
    bar_until: object
    lifted: bool
    superseded: object
    until: frozenset
    basis: frozenset

    def agrees(self, other):
        mine = (self.kind, self.path, self.start, self.months, self.bar_years, self.bar_until,
                self.lifted, self.superseded)
        theirs = (other.kind, other.path, other.start, other.months, other.bar_years,
                  other.bar_until, other.lifted, other.superseded)
        return (all(a == ANY or b == ANY or a == b for a, b in zip(mine, theirs))
                and bool(self.until & other.until)
                and (not other.basis or not self.basis or bool(self.basis & other.basis)))


def rows(ask, world, tick):
    """Every sanction known at `tick`, ended and fallen ones too."""
    there = {s.index for s in standing_sanctions(world, tick)}
    spans = {s.index: (a, b) for s, a, b in effective(world, tick, ask)}
    ended_by_termination = [s for s in standing_sanctions(world, tick)
                            if s.kind == "terminated" and not s.foreign]
    found = []
    for s in world.sanctions:
        if s.tick > tick:
            continue
        replaced = any(s.index in o.replaces for o in world.sanctions if o.index in there)
        superseded = bool(replaced or s.kept_by & there)
        if s.foreign or s.index not in there:
            superseded = ANY            # what is lifted may still name what superseded it
        elif not superseded and s.kind == "suspended" and any(
                t.tick > s.tick and t.start < native_end(s, tick) for t in ended_by_termination):
            superseded = ANY if s.index in spans and spans[s.index][1] == s.until else True
        if s.foreign:
            until = {foreign_end(s, tick), s.until}
        else:
            until = {s.until, native_end(s, tick), spans.get(s.index, (None, s.start))[1]} \
                if s.kind == "suspended" else {s.until, spans.get(s.index, (None, s.start))[1]}
            if s.index not in there:
                until |= {o.start for o in world.sanctions}
        basis = frozenset() if s.foreign else frozenset({s.basis_all, s.basis_counted, s.basis_own})
        repaired = bool(s.repaired and s.repaired[0] <= tick)
        if repaired:
            superseded = ANY
        found.append(Row(s.kind, s.path, s.start, ANY if s.foreign or s.ends else s.months,
                         ANY if s.foreign else s.bar_years, ANY if s.foreign else s.bar_until,
                         s.index not in there or repaired, superseded, frozenset(until), basis))
    return tuple(found)


def rows_agree(expected, actual):
    """The same sanctions, in whatever order."""
    if len(expected) != len(actual):
        return False
    left = list(actual)
    for row in sorted(expected, key=lambda r: r.path == ANY):
        match = next((r for r in left if row.agrees(r)), None)
        if match is None:
            return False
        left.remove(match)
    return True
