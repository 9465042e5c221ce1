"""The procedure's random commands: notices, objections, reviews, stays, repairs, headings.

Mixed into machine.Ledger, which writes, compares and chooses what is missing.
"""

from datetime import date, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

import rules
from world import Given, native_end

YEAR_BEGINS = date(2026, 1, 1)
LAST_DAY = date(2026, 11, 20)
BOOKS = ["terms", "lasting", "terms", "lasting", "tianjin", "hainan"]
numbers = st.integers(0, 1 << 20)
this_year = st.integers(0, (LAST_DAY - YEAR_BEGINS).days).map(
    lambda n: YEAR_BEGINS + timedelta(days=n))
gaps = st.sampled_from([-1, 0, 0, 1, 5, 9, 12, 13, 14, 15, 16, 18, 20, 25, 40, 45, 50, 60])
ways = st.sampled_from(["plain"] * 8 + ["dry", "again"])


class CaseRules:
    """Rules of the procedure; `self` is the machine."""

    def _pick_entry(self, number):
        entries = self._entries()
        id_ = entries[-1 - number % min(len(entries), 5)]
        code = self.touched = self.m.entries[id_][0]
        mine, place = self.m._mine(id_)
        return id_, code, mine, place

    def _pick_case(self, number, kind, states):
        """One of that kind, mostly in one of the states; None if there is none."""
        known = [c for c in self.m.cases.values()
                 if c.kind == kind and not self.m.undetermined(c.code)]
        open_ = [c for c in known if c.state in states]
        found = open_ if open_ and number % 8 else known
        if not found:
            return None
        case = found[-1 - number % min(len(found), 4)]
        self.touched = case.code
        return case

    def _until_today(self, day):
        return min(day, self.port.today)

    # ---- entries the procedure has rules for

    @rule(who=numbers, where=numbers, on=this_year, number=st.sampled_from([1, 2, 3, 4, 5, 6, 9, 10]),
          seed=numbers, way=ways)
    def record_under_terms(self, who, where, on, number, seed, way):
        self._record_in(self.person(who), where, on, number, seed, BOOKS[seed % len(BOOKS)], way)

    @rule(who=numbers, where=numbers, on=this_year, number=st.integers(1, 12), seed=numbers,
          way=ways, shift=st.sampled_from([0, 0, -1, 1]),
          situation=st.sampled_from(["article-38", "article-40", "talk-or-payment-suspended",
                                     "repeat-in-year", "repeat-in-year"]))
    def record_a_shifted_band(self, who, where, on, number, seed, way, shift, situation):
        known = rules.BOOKS["terms"][0].situations[situation]
        low, high = rules.shifted(known, shift) or (known.low, known.high)
        if seed % 6:
            number = max(min(number, high), low)
        fixed = {"code": self.person(who), "points": number, "penalty": self.penalty(where, on),
                 "id_": f"s{self.name}.{next(self.numbers)}", "conduct": (on, on),
                 "rulebook": "terms" if seed % 9 else "fujian", "situation": situation,
                 "shift": shift}
        if situation == "repeat-in-year" or seed % 2:
            fixed["catalogue"] = "ABC"[seed % 3] if seed % 5 else None
        if fixed["rulebook"] == "fujian" and situation != "article-38":
            return
        given = self.choose(lambda g: self.m.points_record(given=g, **fixed), seed, on)
        if shift == 0 and given.empty():
            given = Given()
        elif seed % 10 == 0:
            given = Given(**{**given.__dict__, "reason": None})
        self.write("points_record", way, given=given, **fixed)

    @rule(who=numbers, where=numbers, on=this_year, seed=numbers, one_day=st.booleans(),
          values=st.lists(st.integers(1, 12), min_size=2, max_size=3, unique=True))
    def record_headings(self, who, where, on, seed, one_day, values):
        """One act under several headings: two or three entries of which the highest counts."""
        code, act = self.person(who), f"A{self.name}.{next(self.numbers)}"
        penalty = self.penalty(where, on)
        for value in values:
            fixed = {"code": code, "points": value, "penalty": penalty, "act": act,
                     "id_": f"h{self.name}.{next(self.numbers)}", "conduct": (on, on),
                     "catalogue": "A" if seed % 2 else None,
                     "rulebook": BOOKS[seed % len(BOOKS)]}
            given = self.choose(lambda g: self.m.points_record(given=g, **fixed), seed, on)
            self.write("points_record", given=given, **fixed)
            if self.m.undetermined(code):
                return

    # ---- notice, objection, review

    @precondition(lambda self: self._entries())
    @rule(number=numbers, gap=gaps, party=st.integers(0, 9), way=ways)
    def serve_a_notice(self, number, gap, party, way):
        id_, code, mine, place = self._pick_entry(number)
        to = {0: "nobody" + self.name}.get(party, code if party % 2 or place is None else place)
        self.write("notice_serve", way, id_=f"n{self.name}.{next(self.numbers)}", entry=id_, to=to,
                   served=self._until_today(mine.scoring + timedelta(days=gap)))

    @precondition(lambda self: self._entries())
    @rule(number=numbers, gap=gaps, party=st.integers(0, 9), form=st.integers(0, 9), way=ways)
    def object_to_an_entry(self, number, gap, party, form, way):
        id_, code, mine, place = self._pick_entry(number)
        by = {0: "nobody" + self.name}.get(party, code if party % 2 or place is None else place)
        notice = self.m._notice(id_, by)
        day = mine.scoring + timedelta(days=max(gap, 0))
        if notice is not None:
            day = max(notice.opened + timedelta(days=gap), mine.scoring)
            if notice.due is not None and number % 3 == 0:
                day = notice.due + timedelta(days=number % 2)
        self.write("objection_file", way, id_=f"o{self.name}.{next(self.numbers)}", entry=id_,
                   by=by, received=self._until_today(day), signed=form != 0, stamped=form != 1)

    @precondition(lambda self: self.m.cases)
    @rule(number=numbers, gap=gaps, way=ways)
    def explain_an_objection(self, number, gap, way):
        case = self._pick_case(number, "objection", ("filed",))
        if case is not None:
            self.write("objection_explain", way, objection=case.id,
                       on=self._until_today(case.opened + timedelta(days=gap)))

    @precondition(lambda self: self.m.cases)
    @rule(number=numbers, gap=gaps, way=ways, value=st.integers(1, 12), seed=numbers,
          outcome=st.sampled_from(["upheld", "changed", "changed", "replaced", "replaced",
                                   "withdrawn"]))
    def review_an_objection(self, number, gap, way, value, seed, outcome):
        case = self._pick_case(number, "objection", ("explained",))
        if case is not None:
            self._review(case, gap, way, value, seed, outcome, number)

    def _review(self, case, gap, way, value, seed, outcome, number):
        code, body = self.m.entries[case.entry]
        fixed = {"objection": case.id, "outcome": outcome,
                 "on": self._until_today((case.explained or case.opened) + timedelta(days=gap))}
        if outcome == "changed":
            given = self.choose(lambda g: self.m.objection_review(choice={code: g}, **fixed), seed,
                                self._after(code))
            fixed["choice"] = {} if given.empty() else {code: given}
        elif outcome == "replaced":
            if body[6] != "other" or body[9] is not None or body[10] is not None:
                return
            fixed["outcome"] = "changed"
            new = {"points": value, "new_id": f"r{self.name}.{next(self.numbers)}",
                   "penalty": body[2], "on": body[3], "rulebook": body[7], "conduct": body[5]}
            mine, _ = self.m._mine(case.entry)
            given = self.choose(lambda g: self.m.objection_review(
                replacement={"given": g, **new}, **fixed), seed, mine.scoring)
            fixed["replacement"] = {"given": given, **new}
        elif number % 12 == 0:
            fixed["reason"] = None
        self.write("objection_review", way, **fixed)

    @precondition(lambda self: self._entries())
    @rule(number=numbers, gap=st.integers(0, 12), party=st.integers(1, 2), value=st.integers(1, 12),
          seed=numbers, outcome=st.sampled_from(["upheld", "changed", "replaced", "withdrawn"]))
    def object_and_review(self, number, gap, party, value, seed, outcome):
        """A whole objection, from the notice to the review."""
        id_, code, mine, place = self._pick_entry(number)
        case = f"O{self.name}.{next(self.numbers)}"
        on = self._until_today(mine.scoring + timedelta(days=gap))
        if not self.write("objection_file", id_=case, entry=id_,
                          by=code if party % 2 or place is None else place, received=on,
                          signed=True, stamped=True):
            return
        self.the_days_around_each_edge_agree()
        on = self._until_today(on + timedelta(days=seed % 60))
        if outcome != "withdrawn" or seed % 2:
            self.write("objection_explain", objection=case, on=on)
        self._review(self.m.cases[case], seed % 9, "plain", value, seed, outcome, 1)

    @rule(where=numbers, on=this_year, values=st.sampled_from([(9,), (10,), (5, 4), (4, 6), (3, 8)]),
          seed=numbers, back=st.integers(0, 3), more=st.integers(1, 5),
          book=st.sampled_from(["terms", "terms", "lasting", "tianjin"]))
    def repair_and_go_on(self, where, on, values, seed, back, more, book):
        """Somebody new is suspended, repairs a part, and another entry comes."""
        code = f"D{self.name}{next(self.numbers)}"
        self.write("practitioner_add", code=code, category="medical")
        self.people = (self.people + [code])[-3:]
        self._record_in(code, where, on, values[0], seed, book)
        for value in values[1:]:
            self._record_in(code, where + 1, self._until_today(on + timedelta(days=seed % 9)), value,
                            seed, book)
        day = on
        for n in range(1 + back % 3):
            day = self._until_today(day + timedelta(days=seed % 20))
            id_ = f"Q{self.name}.{next(self.numbers)}"
            if self.write("repair_request", id_=id_, code=code, on=day, points=1,
                          activity="report" if book == "lasting" and n else "training"):
                self._approve(id_, day + timedelta(days=seed % 5), None, seed + n, "plain")
        self.touched = code
        self.the_days_around_each_edge_agree()
        later = self._until_today(day + timedelta(days=seed % 50 - 10))
        if not self.m.undetermined(code):
            self._record_in(code, where, later, more, seed, book)
        self.touched = code

    def _record_in(self, code, where, on, value, seed, book, way="plain"):
        fixed = {"code": code, "points": value, "penalty": self.penalty(where, on),
                 "id_": f"t{self.name}.{next(self.numbers)}", "conduct": (on, on),
                 "rulebook": book}
        given = self.choose(lambda g: self.m.points_record(given=g, **fixed), seed,
                            on + timedelta(days=seed % 3))
        self.write("points_record", way, given=given, **fixed)

    # ---- a court's stay

    def _sanctions(self, code):
        """The daemon's name and the model's sanction, where the two lists are alike."""
        world = self.m.practitioners[code].worlds[0]
        there = self.port.sanction_ids(code)
        if [(d, f) for _, d, f in there] != [(s.start, bool(s.foreign)) for s in world.sanctions]:
            return []
        for (id_, _, _), s in zip(there, world.sanctions):
            self.m.names[id_] = (code, s.index)
        return list(zip([id_ for id_, _, _ in there], world.sanctions))

    @precondition(lambda self: any(w.sanctions for p in self.people
                                   for w in self.m.practitioners[p].worlds))
    @rule(who=numbers, number=numbers, gap=gaps, way=ways)
    def stay_a_sanction(self, who, number, gap, way):
        people = [p for p in self.people if not self.m.undetermined(p)
                  and self.m.practitioners[p].worlds[0].sanctions
                  and not self.m.practitioners[p].worlds[0].returns]
        if not people:
            return
        code = self.touched = people[who % len(people)]
        found = self._sanctions(code)
        if not found:
            return
        id_, s = found[-1 - number % min(len(found), 3)]
        self.write("sanction_stay", way, id_=f"y{self.name}.{next(self.numbers)}", sanction=id_,
                   on=self._until_today(s.start + timedelta(days=gap)))

    @precondition(lambda self: self.m.cases)
    @rule(number=numbers, gap=gaps, way=ways, longer=st.sampled_from([None, None, 1, 30, 200]))
    def resume_a_sanction(self, number, gap, way, longer):
        case = self._pick_case(number, "stay", ("running",))
        if case is None:
            return
        on = self._until_today(case.opened + timedelta(days=gap))
        world = self.m.practitioners[case.code].worlds[0]
        s = world.sanctions[next(y.index for y in world.stays if y.id == case.id)]
        until = None if longer is None or s.foreign else on + timedelta(days=longer)
        self.write("sanction_resume", way, stay=case.id, on=on, until=until)

    # ---- repair

    def _this_year(self):
        """People with something to repair, mostly under a rulebook that says how."""
        found = []
        for code in self.people:
            if not self.m.undetermined(code):
                entries = [e for e in self.m.practitioners[code].worlds[0].entries
                           if e.fell is None and e.scoring.year == YEAR_BEGINS.year]
                if entries:
                    last = max(entries, key=lambda e: (e.scoring, e.tick))
                    found += [code] * (5 if last.book.repair_max else 1)
        return found

    @precondition(lambda self: self._this_year())
    @rule(who=numbers, on=this_year, value=st.sampled_from([None, 1, 1, 2, 3]),
          activity=st.sampled_from(["training", "training", "report", "song"]), way=ways,
          at_once=st.booleans(), gap=gaps)
    def ask_for_repair(self, who, on, value, activity, way, at_once, gap):
        people = self._this_year()
        code = self.touched = people[who % len(people)]
        if who % 11 == 0:
            on = on.replace(year=2025, day=min(on.day, 28))
        id_ = f"q{self.name}.{next(self.numbers)}"
        if self.write("repair_request", way, id_=id_, code=code, activity=activity, on=on,
                      points=value) and at_once:
            self._approve(id_, on + timedelta(days=gap), None, who, "plain")

    @precondition(lambda self: self.m.cases)
    @rule(number=numbers, gap=gaps, value=st.sampled_from([None, None, 1, 2]), way=ways,
          deny=st.integers(0, 5))
    def decide_a_repair(self, number, gap, value, way, deny):
        case = self._pick_case(number, "repair", ("requested",))
        if case is None:
            return
        day = self._until_today(case.opened + timedelta(days=gap))
        if deny == 0:
            self.write("repair_deny", way, repair=case.id, on=day)
        else:
            self._approve(case.id, day, value, number, way)

    def _approve(self, id_, day, value, number, way):
        case = self.m.cases[id_]
        day = self._until_today(day)
        if day.year != case.opened.year:
            return
        more = {}
        if number % 3 == 0:
            world = self.m.practitioners[case.code].worlds[0]
            running = {s.index for s in world.sanctions
                       if s.kind == "suspended" and not s.foreign and s.lifted is None
                       and s.start <= day < native_end(s, self.m.tick)
                       and not any(y.index == s.index for y in world.stays)}
            found = [(i, s) for i, s in self._sanctions(case.code) if s.index in running]
            if found and (value is not None or case.points is not None):
                id_of, s = found[number % len(found)]
                left = (native_end(s, self.m.tick) - day).days
                more = {"sanction": id_of, "until": day + timedelta(days=1 + number % (left + 1))}
        self.write("repair_approve", way, repair=id_, on=day, points=value, **more)

    # ---- the comparison

    def cases_agree(self, code):
        """The daemon's list of a person's cases and the model's."""
        mine = {c.id: c for c in self.m.cases.values() if c.code == code}
        if not mine:
            return
        self.shared.count["case lists"] += 1
        there = self.port.cases(code)
        # A sanction that an objection stays has a stay of its own, with an id of the daemon's.
        ours = {len([y for y in w.stays if y.objection])
                for w in self.m.practitioners[code].worlds}
        theirs = [i for i in there if i not in mine and there[i][0] == "stay"]
        if set(there) - set(theirs) != set(mine) or len(theirs) not in ours:
            self.fail(f"cases of {code}: the daemon lists {sorted(there)}, "
                      f"the model {sorted(mine)} and {ours} stays by objection")
        for id_, case in mine.items():
            kind, state, due, _ = there[id_]
            wanted = {self.m.state_of(case), case.state}    # moot is told, not recorded
            if kind != case.kind or state not in wanted \
                    or case.kind == "notice" and due != case.due:
                self.fail(f"case {id_} of {code}: the daemon says {kind} {state} due {due}, "
                          f"the model {case.kind} {sorted(wanted)} due {case.due}")
