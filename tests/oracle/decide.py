"""What a command does to one world: the effect of points recorded, fallen or corrected.

Each function answers Ok(world) or No(reasons), and changes nothing.
"""

from dataclasses import dataclass, replace
from datetime import date

import rules
from rules import NINE, TWELVE, add_months, add_years
from world import (ANY, Given, GiveUp, No, Ok, Sanction, effective, known_or_give_up, no,
                   return_after, standing_entries, standing_sanctions, terminations_on, total_of,
                   counted, covered, once_an_act, rests_on)



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
        return once_an_act([e for e in entries if penalty is not None and e.penalty == penalty])

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
    if world.stays:
        free = [x for x in covered(world, now.tick, ask) if not x[0].foreign]
        whole, pieces = (frozenset(s.index for s, a, b in x if a < end and start < b)
                         for x in (spans, free))
        return ask("overlap_with_stayed", {"runs": whole, "does not run": pieces})

    def those(test):
        return frozenset(s.index for s, a, b in spans if test(a, b))

    return ask("runs", {
        "on the first day": those(lambda a, b: a <= start < b),
        "days in common": those(lambda a, b: a < end and start < b),
        "not over on the first day": those(lambda a, b: start < b),
        "on the scoring day": those(lambda a, b: a <= scoring < b),
        "not over on the scoring day": those(lambda a, b: scoring < b),
    })


def terminated_already(world, trigger, year, now):
    """Whether the year's twelve has had its termination, also one followed by a return.

    An entry that reaches twelve by itself has had none through another's.
    """
    return any(s.kind == "terminated" and s.year == year
               and (trigger.points < TWELVE or trigger.id in s.basis_own)
               for s in standing_sanctions(world, now.tick))


def decide(ask, world, entries, trigger, book, scoring, given, now, after_fall=False):
    """The effect of the standing `entries` of one year. Answers Ok(world) or No.

    `after_fall` says that a sanction has just been lifted, of which part may have been served.
    """
    year = trigger.scoring.year
    total, _ = total_of(ask, world, entries, now.tick, trigger.scoring)
    if total < NINE:
        return no_effect(ask, world, given)
    if terminated_person(ask, world, scoring, given.start or scoring, now):
        return no_effect(ask, world, given)

    kind = "terminated" if total >= TWELVE else "suspended"
    threshold = TWELVE if total >= TWELVE else NINE
    if kind == "terminated":
        if after_fall and terminated_already(world, trigger, year, now):
            return no_effect(ask, world, given)
        others = [e for e in entries if e.id != trigger.id]
        before, _ = total_of(ask, world, others, now.tick, trigger.scoring)
        under = once_an_act(others) - sum(
            r.points for r in world.repairs if r.on <= trigger.scoring and r.on.year == year)
        reached = ask("twelve_before_a_cap", {
            "as it counted then": before >= TWELVE,
            "under the new entry's cap": (before if book.cap else max(before, under)) >= TWELVE})
        if not after_fall and reached and trigger.points < TWELVE:
            # Twelve was reached while a termination stood that no longer does.
            if not ask("twelve_again", {"terminates": True, "nothing": False}):
                return no_effect(ask, world, given)

    elif not after_fall and trigger.act is not None and once_an_act(entries) == once_an_act(
            [e for e in entries if e.id != trigger.id]):
        if ask("a_lesser_heading", {"brings the consequence": False, "brings nothing": True}):
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
    credit_asked = after_fall and ask("credit_after_fall", {"not asked": False, "asked": True})
    if credit_asked and given.credit is None:
        reasons.add("NEEDS_CHOICE")
        missing.add("credit")
    if given.credit is not None:
        if given.credit != 0:
            raise GiveUp
        if not credit_asked and ask("superfluous_credit", {"accepted": False, "refused": True}):
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
        basis_counted=counted(entries),
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
        # Added days are served: behind those as well that it only meets there.
        while met := running_suspensions(ask, world, scoring, start, end, now):
            start = max(b for s, _, b in effective(world, now.tick, ask) if s.index in met)
            end = add_months(start, length)
            added_to |= met
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
        if rests_on(ask, s, fallen):
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


def trigger_of(entries):
    """The entry by which what remains is judged."""
    # One that reaches twelve by itself does so whatever stood before it.
    alone = [e for e in entries if e.points >= TWELVE]
    return min(alone, key=lambda e: e.tick) if alone else max(entries, key=lambda e: e.tick)


def unresolved(ask, world, year, now):
    """The standing entries of a year whose effect no standing sanction expresses."""
    entries = standing_entries(world, now.tick, year)
    if not entries:
        return []
    total, _ = total_of(ask, world, entries, now.tick, trigger_of(entries).scoring)
    if total < NINE:
        return []
    ids = frozenset(e.id for e in entries)
    if total >= TWELVE and terminated_already(world, trigger_of(entries), year, now):
        return []
    for s in standing_sanctions(world, now.tick):
        if s.foreign or s.year != year:
            continue
        same = ask("basis_of_an_act", {"all headings": s.basis_all == ids,
                                       "the highest": s.basis_counted == counted(entries)})
        if s.kind == "suspended" and total < TWELVE and same:
            if s.repaired and ask("what_remains_was_repaired", {"had its effect": False,
                                                                "is decided anew": True}):
                continue
            return []
    return entries


def fall(ask, world, fallen, year, given, now):
    """Entries of one year fall, and what remains is decided anew."""
    world, lifted = fell(ask, world, fallen, now)
    remain = unresolved(ask, world, year, now) if lifted else []
    if any(s.kind == "terminated" for s in lifted):
        years = {e.scoring.year for e in standing_entries(world, now.tick)} - {year}
        if any(unresolved(ask, world, y, now) for y in years):
            known_or_give_up(ask, "other_years", "as they were")
    if not remain:
        if given is not None:
            if ask("superfluous_choice", {"accepted": False, "refused": True}):
                return no("*")
        return Ok(world)

    book = lifted[-1].book
    trigger = trigger_of(remain)
    return decide(ask, world, remain, trigger, book, trigger.scoring, given or Given(), now,
                  after_fall=True)


def record(ask, world, entry, given, now):
    world = replace(world, entries=world.entries + (entry,))
    entries = standing_entries(world, now.tick, entry.scoring.year)
    return decide(ask, world, entries, entry, entry.book, entry.scoring, given, now)


def correct(ask, world, old, entry, given, now):
    """Annul and record in one: what counts is what remains with the new entry."""
    world, lifted = fell(ask, world, frozenset({old.id}), now)
    if lifted and unresolved(ask, world, old.scoring.year, now):
        # Taken as two commands, the first would already have decided something.
        known_or_give_up(ask, "correct", "one decision")
    if any(s.kind == "terminated" for s in lifted):
        years = {e.scoring.year for e in standing_entries(world, now.tick)} - {old.scoring.year}
        if any(unresolved(ask, world, y, now) for y in years):
            known_or_give_up(ask, "other_years", "as they were")
    world = replace(world, entries=world.entries + (entry,))
    entries = standing_entries(world, now.tick, entry.scoring.year)
    return decide(ask, world, entries, entry, entry.book, entry.scoring, given, now,
                  after_fall=bool(lifted))
