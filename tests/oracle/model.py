"""A model of the ledger, written from the description of the scheme alone.

It keeps, for each practitioner, a set of *worlds*. A world is one history together with one
way of reading the text: wherever the text leaves something undetermined the model asks a
*reading* by name, and splits into one world for each different result. An answer of the
daemon keeps the worlds that agree with it; when none is left, the daemon contradicts every
reading of the text. `NOTES.md` lists the readings.

Time has two axes. A day is a civil day (UTC+8). A tick is this model's own count of accepted
writes, standing for the daemon's sequence: every question can be asked as of a tick.
"""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Optional

import rules
from rules import NINE, TWELVE, add_months, add_years

ANY = "ANY"             # a field of an answer that the text does not fix
WORLDS_MAX = 96         # beyond that a person is given up as undetermined
KINDS_OF_NO = {"refused", "exists", "missing", "invalid"}


# ---------------------------------------------------------------- readings


class Fork(Exception):
    """The text allows several results here; the caller tries each."""

    def __init__(self, narrowed):
        super().__init__("fork")
        self.narrowed = narrowed


class Ask:
    """Answers questions about the text from the readings one world holds."""

    def __init__(self, readings):
        self.readings = readings

    def __call__(self, name, results):
        allowed = self.readings.get(name)
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
    exempt: frozenset = frozenset()
    book: Optional[rules.Rulebook] = None
    replaces: frozenset = frozenset()
    kept_by: frozenset = frozenset()
    added_to: frozenset = frozenset()
    lifted: Optional[int] = None
    foreign: Optional[str] = None       # the id under which its source ends it
    ended: tuple = ()                   # of a foreign one: (tick, day)


@dataclass(frozen=True)
class World:
    readings: dict = field(default_factory=dict, compare=False)
    entries: tuple = ()
    sanctions: tuple = ()
    returns: tuple = ()                 # re-registrations: (tick, day)
    wild: bool = False                  # nothing can be said about this person any more


@dataclass
class Practitioner:
    code: str
    category: str
    tick: int
    worlds: list
    # (tick, institution, from, until, tick of the row it supersedes)
    registrations: list = field(default_factory=list)
    lost: set = field(default_factory=set)      # institutions where registration is not known


@dataclass(frozen=True)
class Penalty:
    id: str
    institution: str
    on: date
    facts: tuple
    tick: int
    overturned: Optional[int] = None


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


WILD = "wild"


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
    """The day from which a terminated person was registered again, or None."""
    days = [day for when, day in world.returns if when <= tick and day >= sanction.start]
    return min(days, default=None)


def foreign_end(sanction, tick):
    days = [day for when, day in sanction.ended if when <= tick]
    if sanction.until is not None:
        days.append(sanction.until)
    return min(days, default=None)


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
            end = s.until
            for other in standing:
                if s.index in other.replaces:
                    end = min(end, other.start)
            for t in terminations:
                back = return_after(world, t, tick)
                if t.start < end and (back is None or s.start < back):
                    end = min(end, t.start)
        if s.start < end:
            found.append((s, s.start, end))
    return found


def terminations_on(world, day, tick, ask):
    """(own, foreign) terminations that cover the day."""
    own, foreign = [], []
    for s in standing_sanctions(world, tick):
        if s.kind != "terminated" or s.start > day:
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


def points_on(world, day, tick, ask):
    """(capped, raw) of the day's year, entries scored up to that day."""
    entries = [e for e in standing_entries(world, tick, day.year) if e.scoring <= day]
    raw = sum(e.points for e in entries)
    if not entries:
        return 0, 0
    last_scored = max(entries, key=lambda e: (e.scoring, e.tick))
    last_recorded = max(entries, key=lambda e: e.tick)
    cap = ask("cap", {"last scored": last_scored.book.cap, "last recorded": last_recorded.book.cap})
    return (raw if cap is None else min(raw, cap)), raw


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
    spans = effective(world, tick, ask)
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
        starts = [s.start for s in standing_sanctions(world, tick)
                  if s.kind == "terminated" and s.start > day]
        until = suspension_end(covering, spans, starts, ask)
        if exempt:
            return Check("exempt", "suspended", "EMERGENCY_EXEMPT", until, None, capped, raw)
        return Check("refuse", "suspended", "SUSPENDED", until, None, capped, raw)

    reason = {True: "ELIGIBLE", False: "CLASS_NOT_MANAGED", None: ANY}[managed]
    return Check("pay", "normal", reason, None, None, capped, raw)


# ---------------------------------------------------------------- deciding


@dataclass(frozen=True)
class Now:
    tick: int
    today: date


def terminated_person(ask, world, scoring, start, now):
    """Whether points now recorded are "points of a terminated person"."""
    results = {}
    ever_own = any(s.kind == "terminated" and not s.foreign
                   and return_after(world, s, now.tick) is None
                   for s in standing_sanctions(world, now.tick))
    ever_foreign = any(s.kind == "terminated" and s.foreign and not s.ended
                       for s in standing_sanctions(world, now.tick))
    days = {"on the scoring day": scoring, "on the first day": start, "today": now.today}
    for foreign_counts in (True, False):
        suffix = "" if foreign_counts else ", own only"
        for name, day in days.items():
            own, foreign = terminations_on(world, day, now.tick, ask)
            results[name + suffix] = bool(own or (foreign_counts and foreign))
        results["at all" + suffix] = ever_own or (foreign_counts and ever_foreign)
    return ask("terminated_person", results)


def paths(ask, entries, trigger, threshold):
    """The path by entry and the path by penalty."""
    def by_penalty(penalty):
        return sum(e.points for e in entries if penalty is not None and e.penalty == penalty)

    new = (trigger.points >= threshold,
           max(trigger.points, by_penalty(trigger.penalty)) >= threshold)
    every = (any(e.points >= threshold for e in entries),
             any(max(e.points, by_penalty(e.penalty)) >= threshold for e in entries))
    entry, penalty = ask("single_scope", {"the entry recorded": new, "any entry": every})
    return tuple("single" if x else "accumulated" for x in (entry, penalty))


def check_period(given, name, span, reasons, missing):
    value = getattr(given, name)
    low, high = span
    if value is None:
        if low != high:
            reasons.add("NEEDS_CHOICE")
            missing.add(name)
        return low
    if low == high and value != low:
        reasons.add("PERIOD_NOT_ALLOWED")
    elif not low <= value <= high:
        reasons.add("*rule")
    return value


def superfluous(ask, given):
    """Choices nobody asked for. Only those of periods have a named refusal."""
    reasons = set()
    for name in ("start", "overlap", "credit"):
        if getattr(given, name) is not None:
            if ask("superfluous_" + name, {"accepted": False, "refused": True}):
                reasons.add("*")
    return reasons


def no_effect(ask, world, given):
    reasons = superfluous(ask, given)
    if given.months is not None or given.bar_years is not None:
        reasons.add("PERIOD_NOT_APPLICABLE")
    return No(frozenset(reasons)) if reasons else Ok(world)


def running_suspensions(ask, world, scoring, start, end, now):
    """The own suspensions that "run" when a new one from `start` to `end` comes."""
    spans = [x for x in effective(world, now.tick, ask) if not x[0].foreign]

    def those(test):
        return frozenset(s.index for s, a, b in spans if test(a, b))

    return ask("runs", {
        "on the first day": those(lambda a, b: a <= start < b),
        "days in common": those(lambda a, b: a < end and start < b),
        "not over on the first day": those(lambda a, b: start < b),
        "on the scoring day": those(lambda a, b: a <= scoring < b),
        "not over on the scoring day": those(lambda a, b: scoring < b),
    })


def decide(ask, world, entries, trigger, book, scoring, given, now, after_fall=False):
    """The effect of the standing `entries` of one year. Answers Ok(world) or No."""
    year = trigger.scoring.year
    total = sum(e.points for e in entries)
    if total < NINE:
        return no_effect(ask, world, given)
    if terminated_person(ask, world, scoring, given.start or scoring, now):
        return no_effect(ask, world, given)

    kind = "terminated" if total >= TWELVE else "suspended"
    threshold = TWELVE if total >= TWELVE else NINE
    if kind == "terminated":
        if any(s.kind == "terminated" and s.year == year
               for s in standing_sanctions(world, now.tick)):
            return no_effect(ask, world, given)
        before = total - trigger.points
        if not after_fall and before >= TWELVE and trigger.points < TWELVE:
            # Twelve was reached while a termination stood that no longer does.
            if not ask("twelve_again", {"terminates": True, "nothing": False}):
                return no_effect(ask, world, given)

    by_entry, by_penalty = paths(ask, entries, trigger, threshold)

    def span(path):
        return book.bar[path] if kind == "terminated" else book.months[total, path]

    path = by_entry
    if by_entry != by_penalty:
        if ask("single_by_differs", {"in the path": True,
                                     "in the effect": span(by_entry) != span(by_penalty)}):
            return no("RULE_NOT_SET")
        path = ANY

    reasons, missing = set(), set()
    name = "bar_years" if kind == "terminated" else "months"
    length = check_period(given, name, span(by_entry), reasons, missing)
    if kind == "terminated" and given.months is not None:
        reasons.add("*rule")
    if kind == "suspended" and given.bar_years is not None:
        reasons.add("*rule")
    if given.credit is not None:
        if given.credit != 0:
            raise GiveUp
        if ask("superfluous_credit", {"accepted": False, "refused": True}):
            reasons.add("*")

    start = given.start
    if book.start == "next-month":
        fixed = rules.first_of_next_month(scoring)
        if start is not None and start != fixed:
            reasons.add("*rule")
        start = fixed
    elif start is None:
        late = given.overlap == "add" and kind == "suspended"
        if not late or ask("start_of_added", {"needed": True, "derived": False,
                                              "must be the end": True}):
            reasons.add("NEEDS_CHOICE")
            missing.add("start")
        start = scoring
    elif start < scoring:
        reasons.add("*rule")
    if not given.empty() and not given.reason:
        reasons.add("*")

    sanction = Sanction(
        index=len(world.sanctions), tick=now.tick, kind=kind, path=path, start=start,
        until=None, year=year, book=book,
        basis_all=frozenset(e.id for e in entries),
        basis_own=frozenset({trigger.id} if trigger.points >= threshold
                            else [max(entries, key=lambda e: e.points).id])
        if by_entry == "single" else frozenset(e.id for e in entries))

    if kind == "terminated":
        if given.overlap is not None and \
                ask("superfluous_overlap", {"accepted": False, "refused": True}):
            reasons.add("*")
        if reasons:
            return No(frozenset(reasons), frozenset(missing))
        sanction = replace(sanction, bar_years=length, bar_until=add_years(start, length),
                           exempt=book.exempt_terminated)
        return Ok(replace(world, sanctions=world.sanctions + (sanction,)))

    end = add_months(start, length)
    running = running_suspensions(ask, world, scoring, start, end, now)
    abroad = any(s.foreign and a < end and start < b for s, a, b in effective(world, now.tick, ask))
    if abroad and not running:
        abroad = ask("overlap_with_foreign", {"asked": True, "both stand": False})
    if running or abroad:
        if given.overlap is None:
            reasons.add("NEEDS_CHOICE")
            missing.add("overlap")
        elif abroad and given.overlap != "extend":
            raise GiveUp
    elif given.overlap is not None and \
            ask("superfluous_overlap", {"accepted": False, "refused": True}):
        reasons.add("*")
    if "months" in missing or "start" in missing:
        # Which suspensions run may depend on what is not known yet.
        if any(not s.foreign for s, _, _ in effective(world, now.tick, ask)):
            missing.add(ANY)

    replaces = kept_by = added_to = frozenset()
    if running and given.overlap == "replace":
        replaces = running
    elif running and given.overlap == "keep":
        kept_by = running
    elif running and given.overlap == "add":
        added_to = running
        after = max(b for s, a, b in effective(world, now.tick, ask) if s.index in running)
        if given.start is not None and given.start != after and book.start == "open":
            if ask("start_of_added", {"needed": False, "derived": False, "must be the end": True}):
                reasons.add("*")
        start, end = after, add_months(after, length)
    if reasons:
        return No(frozenset(reasons), frozenset(missing))
    sanction = replace(sanction, start=start, until=end, months=length,
                       exempt=book.exempt_suspended, replaces=replaces, kept_by=kept_by,
                       added_to=added_to)
    return Ok(replace(world, sanctions=world.sanctions + (sanction,)))


def fell(ask, world, fallen, now):
    """Entries fall: answers the world after it and the sanctions lifted with them."""
    lifted = []
    for s in standing_sanctions(world, now.tick):
        if s.foreign:
            continue
        every, own = bool(s.basis_all & fallen), bool(s.basis_own & fallen)
        if ask("basis_of_single", {"all entries": every, "the one entry": own,
                                   "the one entry of a termination":
                                   own if s.kind == "terminated" else every}):
            lifted.append(s)
    there = {s.index for s in lifted}
    for s in standing_sanctions(world, now.tick):
        # One that stands on replaced one that falls, which had itself replaced one that stands:
        # how much of the oldest revives is not said.
        if s.index not in there and any(x.index in s.replaces and x.replaces - there
                                        for x in lifted):
            raise GiveUp
    world = replace(
        world,
        entries=tuple(replace(e, fell=now.tick) if e.id in fallen else e for e in world.entries),
        sanctions=tuple(replace(s, lifted=now.tick) if s.index in there else s
                        for s in world.sanctions))
    return world, lifted


def unresolved(world, year, now):
    """The standing entries of a year whose effect no standing sanction expresses."""
    entries = standing_entries(world, now.tick, year)
    total = sum(e.points for e in entries)
    if total < NINE:
        return []
    ids = frozenset(e.id for e in entries)
    for s in standing_sanctions(world, now.tick):
        if s.foreign or s.year != year:
            continue
        if s.kind == "terminated" and total >= TWELVE:
            return []
        if s.kind == "suspended" and total < TWELVE and s.basis_all == ids:
            return []
    return entries


def fall(ask, world, fallen, year, given, now):
    """Entries of one year fall, and what remains is decided anew."""
    world, lifted = fell(ask, world, fallen, now)
    remain = unresolved(world, year, now) if lifted else []
    if any(s.kind == "terminated" for s in lifted):
        years = {e.scoring.year for e in standing_entries(world, now.tick)} - {year}
        if any(unresolved(world, y, now) for y in years):
            known_or_give_up(ask, "other_years", "as they were")
    if not remain:
        if given is not None:
            if ask("superfluous_choice", {"accepted": False, "refused": True}):
                return no("*")
        return Ok(world)

    books = [s.book for s in lifted]
    names = {b.name: b for b in books}
    heavy = max(lifted, key=lambda s: (s.kind == "terminated", s.tick))
    book = names[ask("book_after_fall", {"last": books[-1].name, "first": books[0].name,
                                         "heaviest": heavy.book.name})]
    scored = max(remain, key=lambda e: (e.scoring, e.tick))
    recorded = max(remain, key=lambda e: e.tick)
    by_id = {e.id: e for e in remain}
    trigger = by_id[ask("trigger_after_fall", {"last scored": scored.id,
                                               "last recorded": recorded.id})]
    gone = {e.id: e for e in world.entries}
    causes = [max((gone[i] for i in s.basis_all), key=lambda e: e.tick).scoring for s in lifted]
    scoring = ask("day_after_fall", {"the trigger's": trigger.scoring,
                                     "last scored": scored.scoring,
                                     "last sanction's": causes[-1],
                                     "first sanction's": causes[0]})
    return decide(ask, world, remain, trigger, book, scoring, given or Given(), now,
                  after_fall=True)


def record(ask, world, entry, given, now):
    world = replace(world, entries=world.entries + (entry,))
    entries = standing_entries(world, now.tick, entry.scoring.year)
    return decide(ask, world, entries, entry, entry.book, entry.scoring, given, now)


def correct(ask, world, old, entry, given, now):
    """Annul and record in one: what counts is what remains with the new entry."""
    world, lifted = fell(ask, world, frozenset({old.id}), now)
    if lifted and unresolved(world, old.scoring.year, now):
        # Taken as two commands, the first would already have decided something.
        known_or_give_up(ask, "correct", "one decision")
    if any(s.kind == "terminated" for s in lifted):
        years = {e.scoring.year for e in standing_entries(world, now.tick)} - {old.scoring.year}
        if any(unresolved(world, y, now) for y in years):
            known_or_give_up(ask, "other_years", "as they were")
    world = replace(world, entries=world.entries + (entry,))
    entries = standing_entries(world, now.tick, entry.scoring.year)
    return decide(ask, world, entries, entry, entry.book, entry.scoring, given, now,
                  after_fall=bool(lifted))


# ---------------------------------------------------------------- expectations


def merge(worlds):
    """Worlds with the same history become one that allows what either allowed."""
    by_state = {}
    for w in worlds:
        if w.wild:
            by_state["wild"] = w
            continue
        key = (w.entries, w.sanctions, w.returns)
        old = by_state.get(key)
        if old is not None:
            shared = {n: old.readings[n] | w.readings[n]
                      for n in old.readings.keys() & w.readings.keys()}
            w = replace(w, readings=shared)
        by_state[key] = w
    found = list(by_state.values())
    if len(found) > WORLDS_MAX:
        return [World(wild=True)]
    return found


class Expect:
    """What the model expects of one write; settle() takes the daemon's answer."""

    def __init__(self, model, parts=None, fixed=None, commit=None):
        self.model = model
        self.parts = parts or {}        # practitioner code -> [(outcome, world)]
        self.fixed = fixed or []        # outcomes that hang on no person
        self.commit = commit            # what else changes when accepted

    def labels(self):
        if self.fixed:
            return {o.label() for o in self.fixed}
        found = set()
        for branches in self.parts.values():
            for outcome, _ in branches:
                found.add("accepted" if outcome == WILD else outcome.label())
                if outcome == WILD:
                    found.add("refused(*)")
        return found or {"accepted"}

    def __str__(self):
        labels = sorted(self.labels())
        return labels[0] if len(labels) == 1 else "ANY OF {" + ", ".join(labels) + "}"

    def settle(self, answer):
        """True when some reading agrees; the model then follows the daemon."""
        if answer.kind == "ok":
            return self._accepted()
        return self._refused(answer)

    def _accepted(self):
        if self.fixed and not any(isinstance(o, Ok) for o in self.fixed):
            return False
        kept = {}
        for code, branches in self.parts.items():
            worlds = [World(wild=True) if o == WILD else replace(o.world, readings=w.readings)
                      for o, w in branches if not isinstance(o, No)]
            if not worlds:
                return False
            kept[code] = merge(worlds)
        for code, worlds in kept.items():
            self.model.practitioners[code].worlds = worlds
        if self.commit:
            self.commit()
        self.model.tick += 1
        return True

    def _refused(self, answer):
        if self.fixed:
            return any(isinstance(o, No) and o.matches(answer) for o in self.fixed)
        culprits = {}
        for code, branches in self.parts.items():
            worlds = [World(wild=True) if o == WILD else w
                      for o, w in branches if o == WILD or isinstance(o, No) and o.matches(answer)
                      and self._names(o, answer)]
            if worlds:
                culprits[code] = worlds
        if not culprits:
            return False
        if len(culprits) == 1:
            (code, worlds), = culprits.items()
            self.model.practitioners[code].worlds = merge(worlds)
        return True

    def _names(self, outcome, answer):
        """A NEEDS_CHOICE that lists parameters lists all that are missing."""
        if answer.reason != "NEEDS_CHOICE" or not answer.missing or len(self.parts) > 1:
            return True
        if not outcome.missing or ANY in outcome.missing:
            return True
        return answer.missing <= outcome.missing


# ---------------------------------------------------------------- the ledger


class Model:
    def __init__(self, today):
        self.today = today
        self.tick = 1
        self.institutions = {}          # code -> (region, kind, name, tick)
        self.practitioners = {}
        self.penalties = {}
        self.entries = {}               # id -> (practitioner, body)
        self.foreign = {}               # id -> practitioner

    # ---- writes: each answers an Expect

    def institution_add(self, code, region, kind, name=""):
        facts = (region, kind, name)
        old = self.institutions.get(code)
        if old is not None:
            return self._fixed(Ok() if old[:3] == facts else no("exists"))

        def commit():
            self.institutions[code] = facts + (self.tick,)
        return self._fixed(Ok(), commit=commit)

    def practitioner_add(self, code, category):
        old = self.practitioners.get(code)
        if old is not None:
            return self._fixed(Ok() if old.category == category else no("exists"))

        def commit():
            self.practitioners[code] = Practitioner(code, category, self.tick, [World()])
        return self._fixed(Ok(), commit=commit)

    def registration_join(self, code, institution, on):
        if code not in self.practitioners or institution not in self.institutions:
            return self._fixed(no("missing", "*rule"))
        p = self.practitioners[code]
        if self._registrations(p, institution, self.tick):
            # Joining twice, or before a period that is already known: not said.
            return self._fixed(Ok(), no("*"), commit=lambda: self._lose(p, institution))

        def commit():
            p.registrations.append((self.tick, institution, on, None, None))
        return self._fixed(Ok(), no("*") if self._ever_terminated(p) else Ok(), commit=commit)

    def registration_leave(self, code, institution, on):
        if code not in self.practitioners or institution not in self.institutions:
            return self._fixed(no("missing", "*rule"))
        p = self.practitioners[code]
        open_ = [r for r in self._registrations(p, institution, self.tick) if r[3] is None]
        if not open_:
            return self._fixed(no("*"))
        old = open_[-1]
        if on <= old[2]:
            return self._fixed(Ok(), no("*"), commit=lambda: self._lose(p, institution))

        def commit():
            p.registrations.append((self.tick, institution, old[2], on, old[0]))
        return self._fixed(Ok(), commit=commit)

    def penalty_record(self, id_, institution, on, facts=()):
        body = (institution, on, facts)
        old = self.penalties.get(id_)
        if old is not None:
            if (old.institution, old.on, old.facts) == body:
                return self._fixed(Ok(), no("*"))
            return self._fixed(no("exists"))
        if institution not in self.institutions:
            return self._fixed(no("missing", "*rule"))
        if on > self.today:
            return self._fixed(no("*rule"))

        def commit():
            self.penalties[id_] = Penalty(id_, institution, on, facts, self.tick)
        before = on < rules.NATIONAL.since
        return self._fixed(Ok(), no("NO_RULEBOOK_IN_FORCE") if before else Ok(), commit=commit)

    def points_record(self, code, points, *, id_, penalty=None, on=None, institution=None,
                      conduct=None, situation="other", rulebook=None, given=Given()):
        """`conduct` is (first day, last day)."""
        if not 1 <= points <= 12:
            return self._fixed(no("invalid"))
        body = (code, points, penalty, on, institution, conduct, situation, rulebook, given)
        if id_ in self.entries:
            # The same body again is the same entry or a second use of its name: not said.
            return self._fixed(no("exists"), *([Ok()] if self.entries[id_][1] == body else []))
        if code not in self.practitioners:
            return self._fixed(no("missing", "*rule"))
        fixed, entry, doubts = self._entry(id_, points, penalty, on, institution, conduct,
                                           situation, rulebook)
        if fixed:
            return self._fixed(no(*fixed))
        now = Now(self.tick, self.today)
        parts = {code: self._branches(
            code, lambda ask, w: self._doubtful(ask, doubts)
            or record(ask, w, entry, given, now))}

        def commit():
            self.entries[id_] = (code, body)
        return Expect(self, parts, commit=commit)

    def points_annul(self, id_, reason="annulled", choice=None):
        return self._fall_of([id_], {} if choice is None else choice, reason)

    def points_correct(self, id_, points, *, new_id, reason="corrected", penalty=None, on=None,
                       institution=None, conduct=None, situation="other", rulebook=None, given=Given()):
        if not 1 <= points <= 12:
            return self._fixed(no("invalid"))
        if id_ not in self.entries:
            return self._fixed(no("missing", "*rule"))
        if new_id in self.entries:
            return self._fixed(no("exists"))
        code = self.entries[id_][0]
        fixed, entry, doubts = self._entry(new_id, points, penalty, on, institution, conduct,
                                           situation, rulebook)
        if fixed:
            return self._fixed(no(*fixed))
        now = Now(self.tick, self.today)

        def run(ask, w):
            mine = next((e for e in w.entries if e.id == id_), None)
            if mine is None or mine.fell is not None:
                return no("*")
            return self._doubtful(ask, doubts) or correct(ask, w, mine, entry, given, now)

        def commit():
            self.entries[new_id] = (code, (code, points, penalty, on, institution, conduct,
                                           situation, rulebook, given))
        return Expect(self, {code: self._branches(code, run)}, commit=commit)

    def penalty_overturn(self, id_, on, choice=None):
        """`choice` maps practitioner codes to Given."""
        penalty = self.penalties.get(id_)
        if penalty is None:
            return self._fixed(no("missing", "*rule"))
        if penalty.overturned is not None:
            return self._fixed(no("*"))
        if on > self.today or on < penalty.on:
            return self._fixed(Ok(), no("*"), commit=lambda: self._overturn(id_))
        ids = [e for e, (_, body) in self.entries.items() if body[2] == id_]
        return self._fall_of(ids, choice or {}, "overturned", commit=lambda: self._overturn(id_),
                             alone=False)

    def sanction_record(self, code, kind, start, until=None, *, id_, exempt=frozenset()):
        if code not in self.practitioners:
            return self._fixed(no("missing", "*rule"))
        if until is not None and until <= start:
            return self._fixed(no("*"))
        now = self.tick

        def run(ask, w):
            new = Sanction(len(w.sanctions), now, kind, "foreign", start, until, exempt=exempt,
                           foreign=id_)
            return Ok(replace(w, sanctions=w.sanctions + (new,)))

        def commit():
            self.foreign[id_] = code
        return Expect(self, {code: self._branches(code, run)}, commit=commit)

    def sanction_end(self, id_, on):
        if id_ not in self.foreign:
            return self._fixed(no("missing", "*rule"))
        code, now = self.foreign[id_], self.tick

        def run(ask, w):
            s = next(s for s in w.sanctions if s.foreign == id_)
            if s.ended or (s.until is not None and on >= s.until) or on < s.start:
                # Ended before, or by itself, or before it began: not said.
                known_or_give_up(ask, "end_of_ended", "refused")
                return no("*")
            s = replace(s, ended=((now, on),))
            return Ok(replace(w, sanctions=w.sanctions[:s.index] + (s,)
                              + w.sanctions[s.index + 1:]))
        return Expect(self, {code: self._branches(code, run)})

    def practitioner_register(self, code, institution, on):
        """Registration again after a bar."""
        if code not in self.practitioners or institution not in self.institutions:
            return self._fixed(no("missing", "*rule"))
        now = Now(self.tick, self.today)

        def run(ask, w):
            own, foreign = terminations_on(w, on, now.tick, ask)
            later = [s for s in standing_sanctions(w, now.tick)
                     if s.kind == "terminated" and s.start > on]
            if not own and not foreign and not later:
                known_or_give_up(ask, "register_normal", "refused")
                return no("*")
            if foreign or later or len(own) > 1 or on > now.today:
                known_or_give_up(ask, "register_doubtful", "refused")
                return no("*")
            if on < own[0].bar_until:
                return no("*rule")
            return Ok(replace(w, returns=w.returns + ((now.tick, on),)))

        def commit():
            p = self.practitioners[code]
            self._lose(p, institution)
        return Expect(self, {code: self._branches(code, run)}, commit=commit)

    # ---- reads

    def check(self, code, day, *, tick=None, institution=None, emergency=False):
        """All (Check, world) the readings allow; a wild world answers (None, world)."""
        tick = self.tick if tick is None else tick
        p = self.practitioners.get(code)
        if p is None or p.tick > tick:
            return [(Check("undetermined", "unknown", "UNKNOWN_PRACTITIONER", None, None,
                           ANY, ANY), None)]
        managed = self._managed(p.category, institution, day)
        found = []
        for w in p.worlds:
            if w.wild:
                found.append((None, w))
                continue
            try:
                answers = explore(w.readings,
                                  lambda ask: judge(ask, w, day, tick, managed, emergency))
            except GiveUp:
                found.append((None, World(wild=True)))
                continue
            found += [(a, replace(w, readings=r)) for a, r in answers]
        return found

    def settle_check(self, code, expected, actual):
        """True when some world agrees with the daemon's answer; keeps those."""
        agreeing = [(a, w) for a, w in expected if a is None or a.agrees(actual)]
        if not agreeing:
            return False
        if code in self.practitioners and agreeing[0][1] is not None:
            self.practitioners[code].worlds = merge([w for _, w in agreeing])
        return True

    def registered(self, code, institution, day, tick=None):
        """True, False, or ANY."""
        p = self.practitioners[code]
        if institution in p.lost or self._ever_terminated(p):
            return ANY
        return any(f <= day and (u is None or day < u)
                   for _, _, f, u, _ in
                   self._registrations(p, institution, self.tick if tick is None else tick))

    def undetermined(self, code):
        return any(w.wild for w in self.practitioners[code].worlds)

    def sanctions(self, code, tick=None):
        """What each world holds: for tests and for the driver's views."""
        tick = self.tick if tick is None else tick
        return [[s for s in w.sanctions if s.tick <= tick] for w in self.practitioners[code].worlds]

    # ---- inside

    def _fixed(self, *outcomes, commit=None):
        return Expect(self, fixed=list(outcomes), commit=commit)

    def _branches(self, code, run):
        found = []
        for w in self.practitioners[code].worlds:
            if w.wild:
                found.append((WILD, w))
                continue
            found += self._explore(w, run)
        return found

    @staticmethod
    def _explore(w, run):
        def safe(ask):
            try:
                return run(ask, w)
            except GiveUp:
                return WILD
        return [(outcome, replace(w, readings=r)) for outcome, r in explore(w.readings, safe)]

    @staticmethod
    def _doubtful(ask, doubts):
        """Points of the text that leave open whether the entry is taken at all."""
        for name in doubts:
            if ask(name, {"accepted": False, "refused": True}):
                return no("*")
            if name == "situation_elsewhere":
                raise GiveUp              # accepted, but under a band we do not know
        return None

    def _entry(self, id_, points, penalty, on, institution, conduct, situation, rulebook):
        """Answers (reasons to refuse, entry, readings to ask)."""
        reasons, doubts = set(), []
        region = None
        if penalty is not None:
            found = self.penalties.get(penalty)
            if found is None:
                return {"missing", "*rule"}, None, []
            if found.overturned is not None:
                reasons.add("*")
            scoring = found.on
            region = self.institutions[found.institution][0]
        elif on is None:
            return {"*"}, None, []
        else:
            scoring = on
            if on > self.today:
                reasons.add("*rule")
            if institution is not None:
                if institution not in self.institutions:
                    return {"missing", "*rule"}, None, []
                region = self.institutions[institution][0]
        slug, at = (rulebook or ""), None
        if "@" in slug:
            slug, at = slug.split("@")
        if not slug:
            slug = rules.slug_of_region(region) if region else "national"
            if not region:
                doubts.append("jurisdiction_without_penalty")
        elif slug not in rules.BOOKS:
            return {"*"}, None, []
        book = rules.in_force(slug, scoring)
        if at is not None:
            named = [b for b in rules.BOOKS[slug] if str(b.since) == at]
            if not named:
                return {"*"}, None, []
            if named[0] is not book:
                doubts.append("version_not_in_force")
            book = named[0]
        if book is None:
            return {"NO_RULEBOOK_IN_FORCE"}, None, []
        known = book.situations.get(situation)
        if known is None:
            if situation not in rules.SITUATIONS:
                return {"*"}, None, []
            doubts.append("situation_elsewhere")
        else:
            if not known.low <= points <= known.high:
                reasons.add("*rule")
            if known.needs_penalty and penalty is None:
                reasons.add("*")
            if not known.needs_penalty and penalty is not None:
                doubts.append("penalty_not_needed")
        if conduct is not None:
            first, last = conduct
            if last < first:
                return {"*"}, None, []
            if book.conduct_since is not None:
                if last < book.conduct_since:
                    reasons.add("*rule")
                elif first < book.conduct_since:
                    doubts.append("conduct_across_the_limit")
            if last > scoring:
                doubts.append("conduct_after_the_decision")
        entry = Entry(id_, self.tick, points, scoring, penalty, book)
        return reasons, entry, doubts

    def _fall_of(self, ids, choice, reason, commit=None, alone=True):
        now = Now(self.tick, self.today)
        by_person = {}
        for id_ in ids:
            if id_ not in self.entries:
                return self._fixed(no("missing", "*rule"))
            by_person.setdefault(self.entries[id_][0], []).append(id_)
        parts = {}
        for code, mine in by_person.items():
            def run(ask, w, mine=mine, code=code):
                there = [e for e in w.entries if e.id in mine and e.fell is None]
                if not there:
                    return no("*") if alone else Ok(w)
                given = choice.get(code)
                if given is not None:
                    given = replace(given, reason=reason)
                return fall(ask, w, frozenset(e.id for e in there), there[0].scoring.year,
                            given, now)
            parts[code] = self._branches(code, run)
        if not reason:
            return self._fixed(no("*"))
        if not parts:
            return self._fixed(Ok(), commit=commit)
        return Expect(self, parts, commit=commit)

    def _overturn(self, id_):
        self.penalties[id_] = replace(self.penalties[id_], overturned=self.tick)

    def _managed(self, category, institution, day):
        if day < rules.NATIONAL.since:
            return False
        if institution is None:
            return True
        region, kind = self.institutions[institution][:2]
        if rules.slug_of_region(region) in rules.PHASED or region.startswith("42"):
            return None
        return True if category in rules.MANAGED[kind] else None

    def _registrations(self, p, institution, tick):
        rows = [r for r in p.registrations if r[1] == institution and r[0] <= tick]
        superseded = {r[4] for r in rows}
        return [r for r in rows if r[0] not in superseded]

    def _ever_terminated(self, p):
        return any(s.kind == "terminated" for w in p.worlds for s in w.sanctions) \
            or any(w.wild for w in p.worlds)

    @staticmethod
    def _lose(p, institution):
        p.lost.add(institution)


def describe(expected):
    """An answer of Model.check as words: one, or ANY OF {...}."""
    words = sorted({"anything" if a is None else
                    f"{a.decision}/{a.status}/{a.reason} until={a.until} bar={a.bar_until} "
                    f"points={a.points} raw={a.raw}" for a, _ in expected})
    return words[0] if len(words) == 1 else "ANY OF {" + "; ".join(words) + "}"
