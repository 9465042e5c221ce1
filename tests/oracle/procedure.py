"""The procedure in the model: notice, objection, review, stay and resume, repair.

Mixed into model.Model. A case hangs on one person; what it does to a standing (a stay, a repair,
a shorter suspension) is kept in that person's worlds, each with its tick.
"""

import csv
import os
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Optional

import rules
from world import (GiveUp, Ok, Repair, Stay, effective, foreign_end, known_or_give_up,
                   no, points_left, rests_on, return_after, standing_entries, standing_sanctions,
                   terminations_on)

CALENDAR = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "daemon",
                        "calendars", "china-2025-2026.csv")


class Calendar:
    """The State Council's days off and make-up days, as the CSV lists them."""

    def __init__(self, path=CALENDAR):
        with open(path, encoding="utf-8", newline="") as text:
            rows = list(csv.DictReader(text))
        self.off = {date.fromisoformat(r["date"]) for r in rows if r["kind"] == "off"}
        self.work = {date.fromisoformat(r["date"]) for r in rows if r["kind"] == "work"}
        self.years = {day.year for day in self.off}

    def works(self, day):
        return day in self.work or (day.weekday() < 5 and day not in self.off)

    def due(self, served, days):
        """The last day in time, or None where a year on the way is not covered."""
        day = served
        while days:
            day += timedelta(days=1)
            if day.year not in self.years:
                return None
            days -= self.works(day)
        return day


@dataclass(frozen=True)
class Case:
    id: str
    kind: str
    code: str
    state: str
    opened: date
    entry: Optional[str] = None
    party: Optional[str] = None
    due: Optional[date] = None
    explained: Optional[date] = None
    activity: Optional[str] = None
    points: Optional[int] = None


class Procedure:
    """Writes of the procedure: each answers an Expect."""

    calendar = Calendar()

    # ---- what is asked of a case

    def _mine(self, entry):
        """(entry as the worlds hold it, institution's code or None, its rulebook)."""
        code, body = self.entries[entry]
        world = self.practitioners[code].worlds[0]
        mine = next(e for e in world.entries if e.id == entry)
        place = self.penalties[body[2]].institution if body[2] is not None else body[4]
        return mine, place

    def _keep(self, case):
        def commit():
            self.cases[case.id] = case
        return commit

    def state_of(self, case):
        """As it is told now: an objection whose entry fell otherwise is moot."""
        if case.kind == "objection" and case.state in ("filed", "explained") \
                and self._mine(case.entry)[0].fell is not None:
            return "moot"
        return case.state

    # ---- notice

    def notice_serve(self, id_, entry, to, served):
        if id_ in self.cases:
            return self._fixed(no("exists"))
        if entry not in self.entries:
            return self._fixed(no("missing", "*rule"))
        mine, place = self._mine(entry)
        code = self.entries[entry][0]
        reasons, due = set(), None
        if mine.fell is not None:
            reasons.add("ENTRY_FALLEN")
        if to not in (code, place):
            reasons.add("NOTICE_TO_STRANGER")
        if served < mine.scoring:
            reasons.add("NOTICE_TOO_EARLY")
        if served > self.today:
            reasons.add("*")
        if self._notice(entry, to) is not None:
            reasons.add("NOTICE_SERVED")
        if mine.book.working_days is not None:
            due = self.calendar.due(served, mine.book.working_days)
            if due is None:
                reasons.add("CALENDAR_MISSING")
        if reasons:
            return self._fixed(no(*reasons))
        return self._fixed(Ok(), commit=self._keep(
            Case(id_, "notice", code, "served", served, entry, to, due)))

    def _notice(self, entry, party):
        return next((c for c in self.cases.values()
                     if c.kind == "notice" and (c.entry, c.party) == (entry, party)), None)

    # ---- objection and review

    def objection_file(self, id_, entry, by, received, signed=False, stamped=False):
        if id_ in self.cases:
            return self._fixed(no("exists"))
        if entry not in self.entries:
            return self._fixed(no("missing", "*rule"))
        mine, place = self._mine(entry)
        code = self.entries[entry][0]
        reasons = set()
        if mine.fell is not None:
            reasons.add("ENTRY_FALLEN")
        if by not in (code, place):
            reasons.add("OBJECTION_BY_STRANGER")
        if received > self.today:
            reasons.add("*")
        notice = self._notice(entry, by)
        if notice is not None and notice.due is not None and received > notice.due:
            reasons.add("OBJECTION_LATE")
        if mine.book.signature and not signed:
            reasons.add("SIGNATURE_MISSING")
        if mine.book.stamp and not stamped:
            reasons.add("STAMP_MISSING")
        for c in self.cases.values():
            if c.kind == "objection" and (c.entry, c.party) == (entry, by):
                if c.state in ("filed", "explained"):
                    reasons.add("OBJECTION_OPEN")
                if c.state in ("upheld", "changed"):
                    reasons.add("OBJECTION_DECIDED")
        if reasons:
            return self._fixed(no(*reasons))
        keep = self._keep(Case(id_, "objection", code, "filed", received, entry, by))
        if not mine.book.stays_execution:
            return self._fixed(Ok(), commit=keep)
        tick = self.tick

        def run(ask, w):
            stays = []
            for s in standing_sanctions(w, tick):
                rests = not s.foreign and rests_on(ask, s, frozenset({entry}))
                if rests and self._runs(ask, w, s, received) \
                        and not any(y.index == s.index and y.end is None for y in w.stays):
                    stays.append(Stay(id_, s.index, received, tick, objection=True))
            return Ok(replace(w, stays=w.stays + tuple(stays)))
        return self._of_person(code, run, keep)

    def _of_person(self, code, run, commit=None):
        return self.expect(parts={code: self._branches(code, run)}, commit=commit)

    def objection_explain(self, objection, on):
        case = self.cases.get(objection)
        if case is None or case.kind != "objection":
            return self._fixed(no("missing", "*rule"))
        reasons = self._decided(case)
        if case.explained is not None:
            reasons.add("OBJECTION_EXPLAINED")
        if on < (case.explained or case.opened) or on > self.today:
            reasons.add("*rule")
        if reasons:
            return self._fixed(no(*reasons))
        outcomes = [Ok()]
        if self.state_of(case) == "moot":
            outcomes.append(no("ENTRY_FALLEN"))
        return self._fixed(*outcomes, commit=self._keep(
            replace(case, state="explained", explained=on)))

    @staticmethod
    def _decided(case):
        return {"OBJECTION_DECIDED"} if case.state in ("upheld", "changed", "withdrawn") else set()

    def objection_review(self, objection, on, outcome, reason="reviewed", replacement=None,
                         choice=None):
        case = self.cases.get(objection)
        if case is None or case.kind != "objection":
            return self._fixed(no("missing", "*rule"))
        reasons = self._decided(case)
        if outcome != "withdrawn" and case.explained is None:
            reasons.add("OBJECTION_NOT_EXPLAINED")
        if on < (case.explained or case.opened) or on > self.today:
            reasons.add("*rule")
        if outcome != "withdrawn" and reason is None:
            reasons.add("*")
        if outcome != "withdrawn" and self._mine(case.entry)[0].fell is not None:
            reasons.add("ENTRY_FALLEN")
        if reasons:
            return self._fixed(no(*reasons))
        closed = self._keep(replace(case, state=outcome))
        if outcome == "changed" and replacement is None:
            expect = self._fall_of([case.entry], choice or {}, reason)
            expect.commit = _both(expect.commit, closed)
            return expect
        if outcome == "changed":
            expect = self.points_correct(case.entry, **replacement)
            expect.commit = _both(expect.commit, closed)
            return expect
        tick = self.tick

        def run(_, w):
            return Ok(replace(w, stays=tuple(
                replace(y, end=on, ended=tick) if y.id == objection and y.end is None else y
                for y in w.stays)))
        return self._of_person(case.code, run, closed)

    # ---- a court's stay

    def sanction_stay(self, id_, sanction, on):
        if id_ in self.cases:
            return self._fixed(no("exists"))
        if sanction not in self.names:
            return self._fixed(no("missing", "*rule"))
        code, index = self.names[sanction]
        tick = self.tick

        def run(ask, w):
            s = w.sanctions[index]
            if not self._runs(ask, w, s, on):
                return no("SANCTION_NOT_RUNNING")
            if any(y.index == index and y.end is None for y in w.stays):
                return no("SANCTION_STAYED")
            if any(y.index == index and on < y.end for y in w.stays) \
                    and ask("stay_inside_a_stay", {"accepted": False, "refused": True}):
                return no("*")
            if on < s.start and ask("stay_before_the_first_day",
                                    {"accepted": False, "refused": True}):
                return no("*")
            return Ok(replace(w, stays=w.stays + (Stay(id_, index, on, tick),)))
        return self._of_person(code, run, self._keep(Case(id_, "stay", code, "running", on)))

    def _runs(self, ask, w, s, on):
        """Whether it stands and is not over on that day."""
        if s.lifted is not None:
            return False
        if s.kind == "terminated":
            if s.foreign:
                end = foreign_end(s, self.tick)
                return end is None or on < end
            return return_after(w, s, self.tick) is None
        spans = {x.index: b for x, _, b in effective(w, self.tick, ask)}
        return s.index in spans and on < spans[s.index]

    def sanction_resume(self, stay, on, until=None):
        case = self.cases.get(stay)
        if case is None or case.kind != "stay":
            return self._fixed(no("missing", "*rule"))
        tick, code = self.tick, case.code
        reasons = set()
        if case.state == "ended":
            reasons.add("STAY_ENDED")
        if on < case.opened or on > self.today:
            reasons.add("*rule")
        if until is not None and until <= on:
            reasons.add("*")
        if reasons:
            return self._fixed(no(*reasons))

        def run(ask, w):
            y = next(y for y in w.stays if y.id == stay)
            s = w.sanctions[y.index]
            if until is not None:
                if s.kind == "terminated" or s.foreign:
                    return no("*")
                if s.lifted is not None and ask("new_end_of_what_fell",
                                                {"accepted": False, "refused": True}):
                    return no("*")
                if any(o.tick > s.tick for o in standing_sanctions(w, tick)):
                    # Whether what superseded it then supersedes the new days is not said.
                    raise GiveUp
                s = replace(s, ends=s.ends + ((tick, until),))
                w = replace(w, sanctions=w.sanctions[:s.index] + (s,) + w.sanctions[s.index + 1:])
            return Ok(replace(w, stays=tuple(
                replace(x, end=on, ended=tick) if x.id == stay else x for x in w.stays)))
        return self._of_person(code, run, self._keep(replace(case, state="ended")))

    # ---- repair

    def repair_request(self, id_, code, activity, on, points=None):
        if id_ in self.cases:
            return self._fixed(no("exists"))
        if code not in self.practitioners:
            return self._fixed(no("missing", "*rule"))

        def run(ask, w):
            reasons, _, _ = self._repairable(ask, w, activity, on, on, points, points)
            return no(*reasons) if reasons else Ok(w)
        return self._of_person(code, run, self._keep(
            Case(id_, "repair", code, "requested", on, activity=activity, points=points)))

    def _repairable(self, ask, w, activity, year_of, on, points, asked, shortens=False):
        """(reasons to refuse, rulebook, points) of a repair of the year of `year_of`."""
        reasons, year, tick = set(), year_of.year, self.tick
        if year < self.today.year:
            reasons.add("YEAR_CLOSED")
        if on > self.today:
            reasons.add("*rule")
        if self._terminated_for_repair(ask, w, on):
            reasons.add("ALREADY_TERMINATED")
        entries = standing_entries(w, tick, year)
        if not entries:
            return reasons | {"NOTHING_TO_REPAIR"}, None, points
        book = ask("repair_book", {
            "of the last entry of the year": _last_book(entries),
            "of the last up to the activity": _last_book(
                [e for e in entries if e.scoring <= year_of]),
            "of the last up to the first day": _last_book([e for e in entries if e.scoring <= on])})
        if book is None:
            return reasons | {"NOTHING_TO_REPAIR"}, None, points
        if ask("nothing_left", {"on the day": points_left(ask, w, year, tick, on) == 0,
                                "in the year": points_left(ask, w, year, tick, date(year, 12, 31)) == 0}):
            reasons.add("NOTHING_TO_REPAIR")
        by_own, by_last = (any(b.situations.get(e.situation, rules.OTHER).no_repair
                               for e, b in pairs)
                           for pairs in ([(e, e.book) for e in entries],
                                         [(e, book) for e in entries]))
        if ask("excluded_by", {"the repair's rulebook": by_last, "the entry's": by_own}):
            reasons.add("REPAIR_EXCLUDED")
        if book.activities:
            if activity not in book.activities:
                return reasons | {"ACTIVITY_UNKNOWN"}, book, points
            low, high = book.activities[activity]
        elif book.repair_each is None:
            if shortens and points is None:
                low = high = 0
            else:
                return reasons | {"RULE_NOT_SET"}, book, points
        else:
            low = high = book.repair_each
        if book.repair_max is None:
            return reasons | {"RULE_NOT_SET"}, book, points
        if points is not None and not low <= points <= high:
            reasons.add("*rule")
        if points is not None and asked is not None and points > asked:
            reasons.add("*rule")
        least = low if points is None else points
        before = [r for r in w.repairs if r.tick <= tick]
        if sum(r.points for r in before) + least > book.repair_max:
            reasons.add("REPAIR_LIMIT")
        if book.repair_year is not None and \
                sum(r.points for r in before if r.on.year == year) + least > book.repair_year:
            reasons.add("REPAIR_LIMIT")
        return reasons, book, points if points is not None else low if low == high else None

    def _terminated_for_repair(self, ask, w, on):
        now = {}
        for name, days in (("on the day or today", (on, self.today)), ("on the day", (on,))):
            for suffix, both in (("", True), (", own only", False)):
                found = [terminations_on(w, day, self.tick, ask) for day in days]
                now[name + suffix] = any(own or (both and foreign) for own, foreign in found)
        now["recorded, to come too"] = any(
            s.kind == "terminated" and not s.foreign and return_after(w, s, self.tick) is None
            for s in standing_sanctions(w, self.tick))
        if w.stays and any(
                s.kind == "terminated" for s in standing_sanctions(w, self.tick)):
            known_or_give_up(ask, "repair_while_a_termination_is_stayed", "follows")
        return ask("repair_terminated", now)

    def repair_approve(self, repair, on, points=None, sanction=None, until=None):
        case = self.cases.get(repair)
        if case is None or case.kind != "repair":
            return self._fixed(no("missing", "*rule"))
        reasons = {"REPAIR_DECIDED"} if case.state != "requested" else set()
        if on < case.opened:
            reasons.add("STEP_TOO_EARLY")
        if on > self.today or on.year != case.opened.year:
            reasons.add("*")
        if sanction is not None and sanction not in self.names:
            reasons.add("missing")
        if reasons:
            return self._fixed(no(*reasons))
        tick = self.tick
        wanted = points if points is not None else case.points
        index = self.names[sanction][1] if sanction is not None else None

        def run(ask, w):
            found, book, taken = self._repairable(ask, w, case.activity, case.opened, on, wanted,
                                                  case.points, sanction is not None)
            if taken is None:
                found.add("*")          # a range, and nobody says how many
            if index is not None and book is not None:
                s = w.sanctions[index]
                spans = {x.index: (a, b) for x, a, b in effective(w, tick, ask)}
                if not book.shortens:
                    found.add("*rule")
                elif s.foreign or index not in spans or not on < until < spans[index][1]:
                    found.add("*")
                elif wanted is None:
                    raise GiveUp
            if found:
                return no(*found)
            w = replace(w, repairs=w.repairs + (Repair(repair, on, taken, tick,
                                                       book.repair_basis),))
            if index is not None:
                s = replace(w.sanctions[index], ends=w.sanctions[index].ends + ((tick, until),))
                w = replace(w, sanctions=w.sanctions[:index] + (s,) + w.sanctions[index + 1:])
            if book.ends_suspension and points_left(ask, w, on.year, tick, on) < rules.NINE:
                spans = {x.index: b for x, _, b in effective(w, tick, ask)}
                w = replace(w, sanctions=tuple(
                    replace(s, repaired=(tick, on))
                    if s.kind == "suspended" and not s.foreign and s.year == on.year
                    and s.index in spans and spans[s.index] > on and s.repaired is None else s
                    for s in w.sanctions))
            return Ok(w)
        return self._of_person(case.code, run, self._keep(replace(case, state="approved")))

    def repair_deny(self, repair, on):
        case = self.cases.get(repair)
        if case is None or case.kind != "repair":
            return self._fixed(no("missing", "*rule"))
        if case.state != "requested":
            return self._fixed(no("REPAIR_DECIDED"))
        if on < case.opened or on > self.today:
            return self._fixed(no("*rule"))
        return self._fixed(Ok(), commit=self._keep(replace(case, state="denied")))


def _last_book(entries):
    """Of the entry scored last, of one day the one recorded last."""
    return max(entries, key=lambda e: (e.scoring, e.tick)).book if entries else None


def _both(first, second):
    def commit():
        if first:
            first()
        second()
    return commit
