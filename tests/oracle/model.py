"""A model of the ledger, written from the description of the scheme alone.

It keeps, for each practitioner, a set of *worlds* (world.py). An answer of the daemon keeps
the worlds that agree with it; when none is left, the daemon contradicts every reading of the
text.

Time has two axes. A day is a civil day (UTC+8). A tick is this model's own count of accepted
writes, standing for the daemon's sequence: every question can be asked as of a tick.
"""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Optional

import rules
from decide import Now, correct, fall, record
from procedure import Procedure
from world import (ANY, KINDS_OF_NO, Check, Entry, Given, GiveUp, No, Ok, Sanction, World, explore,
                   judge, known_or_give_up, no, return_after, rows, rows_agree,
                   standing_sanctions, terminations_on)

WORLDS_MAX = 96         # beyond that a person is given up as undetermined
WILD = "wild"
TERMINATED = ("TERMINATED_NEEDS_REREGISTRATION",)


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


# ---------------------------------------------------------------- expectations


def merge(worlds):
    """Worlds with the same history become one that allows what either allowed."""
    by_state = {}
    for w in worlds:
        if w.wild:
            by_state["wild"] = w
            continue
        key = (w.entries, w.sanctions, w.returns, w.stays, w.repairs)
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
            # A refusal changes nothing, so even one nobody could foresee loses nothing.
            worlds = [w for o, w in branches
                      if (o == WILD and answer.kind in KINDS_OF_NO)
                      or isinstance(o, No) and o.matches(answer) and self._names(o, answer)]
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


@dataclass(frozen=True)
class Standing:
    check: Check
    rows: tuple
    repairs: frozenset = frozenset()    # (id, day, points)
    stays: frozenset = frozenset()      # a court's: (id, first day, first day no longer)

    def agrees(self, other):
        return (self.check.agrees(other.check) and rows_agree(self.rows, other.rows)
                and self.repairs == other.repairs and self.stays == other.stays)


# ---------------------------------------------------------------- the ledger


class Model(Procedure):
    def __init__(self, today):
        self.today = today
        self.tick = 1
        self.institutions = {}          # code -> (region, kind, name, tick)
        self.practitioners = {}
        self.penalties = {}
        self.entries = {}               # id -> (practitioner, body)
        self.foreign = {}               # id -> practitioner
        self.cases = {}                 # id -> procedure.Case
        self.names = {}                 # the daemon's name of a sanction -> (code, index)

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
        rows_ = self._registrations(p, institution, self.tick)
        unsure = institution in p.lost
        if not unsure and any(f == on and u is None for _, _, f, u, _ in rows_):
            return self._fixed(Ok(), no("ALREADY_REGISTERED"))      # the same once more
        if not unsure and any(u is None or on < u for _, _, _, u, _ in rows_):
            return self._fixed(no("ALREADY_REGISTERED", *TERMINATED))

        def commit():
            p.registrations.append((self.tick, institution, on, None, None))
        if unsure:
            return self._fixed(Ok(), no("ALREADY_REGISTERED", *TERMINATED), commit=commit)
        if self._ever_terminated(p):
            return self._fixed(Ok(), no(*TERMINATED), commit=commit)
        return self._fixed(Ok(), commit=commit)

    def registration_leave(self, code, institution, on):
        if code not in self.practitioners or institution not in self.institutions:
            return self._fixed(no("missing", "*rule"))
        p = self.practitioners[code]
        if institution in p.lost:
            return self._fixed(Ok(), no("NOT_REGISTERED"))
        rows_ = self._registrations(p, institution, self.tick)
        open_ = [r for r in rows_ if r[3] is None and r[2] <= on]
        if not open_:
            # To leave once more on the same day says nothing new.
            again = [Ok()] if any(r[3] == on for r in rows_) else []
            return self._fixed(no("NOT_REGISTERED"), *again)
        old = open_[-1]

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
                      conduct=None, situation="other", rulebook=None, given=Given(), act=None,
                      catalogue=None, shift=0):
        """`conduct` is (first day, last day); `institution` is for an entry without penalty."""
        if not 1 <= points <= 12:
            return self._fixed(no("invalid"))
        body = (code, points, penalty, on, institution, conduct, situation, rulebook, given, act,
                catalogue, shift)
        if id_ in self.entries:
            # The same body again is the same entry or a second use of its name: not said.
            return self._fixed(no("exists"), *([Ok()] if self.entries[id_][1] == body else []))
        if code not in self.practitioners:
            return self._fixed(no("missing", "*rule"))
        fixed, entry, doubts = self._entry(id_, points, penalty, on, institution, conduct,
                                           situation, rulebook, shift, given.reason)
        if fixed:
            return self._fixed(no(*fixed))
        entry = replace(entry, situation=situation, act=act, catalogue=catalogue)
        repeat = situation in entry.book.situations and entry.book.situations[situation].needs_repeat
        now = Now(self.tick, self.today)
        parts = {code: self._branches(
            code, lambda ask, w: self._doubtful(ask, doubts)
            or (self._first_time(ask, w, entry) if repeat else None)
            or record(ask, w, entry, given, now))}

        def commit():
            self.entries[id_] = (code, body)
        return Expect(self, parts, commit=commit)

    def points_annul(self, id_, reason="annulled", choice=None):
        return self._fall_of([id_], {} if choice is None else choice, reason)

    def points_correct(self, id_, points, *, new_id, penalty=None, on=None, institution=None,
                       conduct=None, situation="other", rulebook=None, given=Given()):
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
                                           situation, rulebook, given, None, None, 0))
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

    def sanction_end(self, id_, on, withdrawn=False):
        if id_ not in self.foreign:
            return self._fixed(no("missing", "*rule"))
        code, now = self.foreign[id_], self.tick

        def run(ask, w):
            s = next(s for s in w.sanctions if s.foreign == id_)
            over = s.lifted is not None or s.ended or (s.until is not None and on >= s.until)
            if over or on < s.start:
                # Ended before, or by itself, or before it began: not said.
                known_or_give_up(ask, "end_of_ended", "refused")
                return no("*")
            s = replace(s, ended=((now, s.start if withdrawn else on),))
            return Ok(replace(w, sanctions=w.sanctions[:s.index] + (s,)
                              + w.sanctions[s.index + 1:]))
        return Expect(self, {code: self._branches(code, run)})

    def practitioner_register(self, code, institution, on):
        """Registration again after a bar."""
        if code not in self.practitioners or institution not in self.institutions:
            return self._fixed(no("missing", "*rule"))
        now = Now(self.tick, self.today)

        def run(ask, w):
            open_ = [s for s in standing_sanctions(w, now.tick)
                     if s.kind == "terminated" and not s.foreign
                     and return_after(w, s, now.tick) is None]
            if not open_:
                return no("NOT_TERMINATED")
            if on > now.today or any(on < s.bar_until for s in open_):
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
        return self._read(p, lambda ask, w: judge(ask, w, day, tick, managed, emergency))

    def standing(self, code, day, *, tick=None):
        """All ((Check, rows), world); the Check says status, days and points alone."""
        tick = self.tick if tick is None else tick
        p = self.practitioners[code]

        def look(ask, w):
            check = judge(ask, w, day, tick, None, False)
            return Standing(replace(check, decision=ANY, reason=ANY), rows(ask, w, tick),
                            frozenset((r.id, r.on, r.points) for r in w.repairs if r.tick <= tick),
                            frozenset((y.id, y.start,
                                       y.end if y.ended is not None and y.ended <= tick else None)
                                      for y in w.stays if y.tick <= tick and not y.objection))
        return self._read(p, look)

    def settle_read(self, code, expected, actual):
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

    def line(self, codes, day, *, tick=None, institution=None, emergency=False):
        """All (decision, reason) a claim line with these people may get; "" is an empty role.

        The heaviest of its roles decides. Which reason is told where two roles weigh the same is
        not said, so each is allowed.
        """
        found = set()
        people = [c for c in codes if c]
        if not people:
            return {("undetermined", "NO_PRACTITIONER")}
        for code in people:
            each = set()
            for answer, _ in self.check(code, day, tick=tick, institution=institution,
                                        emergency=emergency):
                if answer is None:
                    return {(ANY, ANY)}
                each.add((answer.decision, answer.reason))
            found = {pick for a in found for b in each for pick in _heavier(a, b)} or each
        return found

    def undetermined(self, code):
        return any(w.wild for w in self.practitioners[code].worlds)

    def sanctions(self, code, tick=None):
        """What each world holds: for tests and for the driver's views."""
        tick = self.tick if tick is None else tick
        return [[s for s in w.sanctions if s.tick <= tick] for w in self.practitioners[code].worlds]

    # ---- inside

    def _fixed(self, *outcomes, commit=None):
        return Expect(self, fixed=list(outcomes), commit=commit)

    @staticmethod
    def _read(p, look):
        found = []
        for w in p.worlds:
            if w.wild:
                found.append((None, w))
                continue
            try:
                answers = explore(w.readings, lambda ask: look(ask, w))
            except GiveUp:
                found.append((None, World(wild=True)))
                continue
            found += [(a, replace(w, readings=r)) for a, r in answers]
        return found

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

    @staticmethod
    def _first_time(ask, w, entry):
        """A repetition needs an earlier standing entry of the year with the same violation."""
        if entry.catalogue is None:
            return no("*")
        same = [e for e in w.entries if e.fell is None and e.catalogue == entry.catalogue
                and e.scoring.year == entry.scoring.year]
        if ask("earlier", {"recorded": not same,
                           "scored before": not [e for e in same if e.scoring < entry.scoring],
                           "not scored after": not [e for e in same
                                                    if e.scoring <= entry.scoring]}):
            return no("*")
        return None

    def _entry(self, id_, points, penalty, on, institution, conduct, situation, rulebook, shift=0,
               reason=None):
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
            low, high = known.low, known.high
            if shift:
                if not book.band_shift:
                    reasons.add("*")
                if not reason:
                    reasons.add("*")
                band = rules.shifted(known, shift)
                if band is None:
                    reasons.add("*")
                else:
                    low, high = band
            if not low <= points <= high:
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

    def expect(self, **more):
        return Expect(self, **more)

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


WEIGHT = ["pay", "exempt", "undetermined", "refuse"]


def _heavier(a, b):
    first, second = WEIGHT.index(a[0]), WEIGHT.index(b[0])
    if first == second:
        return [a, b]
    return [a if first > second else b]


def describe(expected):
    """An answer of Model.check as words: one, or ANY OF {...}."""
    words = sorted({"anything" if a is None else
                    f"{a.decision}/{a.status}/{a.reason} until={a.until} bar={a.bar_until} "
                    f"points={a.points} raw={a.raw}" for a, _ in expected})
    return words[0] if len(words) == 1 else "ANY OF {" + "; ".join(words) + "}"
