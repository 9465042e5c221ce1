"""What was answered live is what is answered later as of that sequence, and after a refold.

What is at stake: "what did we know on the day we paid?" has one answer for ever. A random history
of points, falls, foreign sanctions, notices, objections, stays, repairs, rulebooks and policies is
written; questions are asked while it grows and kept as bytes; then each is asked again with
known_at. At last every rulebook is loaded once more with other numbers, the view is taken away,
and all standings and checks are asked anew: what was decided is in the book, not in the rules.

    DEMERITD=build/daemon/demeritd tests/oracle/known.py [--pairs 10000] [--seed N]
    ... --control       asks as of a sequence too early, and must see the difference
"""

import argparse
import os
import random
import sys
import time
from datetime import date, timedelta

from wire import Daemon, Wire, load_schema, to_wire
from world import Given

HERE = os.path.dirname(os.path.abspath(__file__))
FIRST_DAY = date(2025, 1, 1)
PEOPLE = 14
NEWCOMERS = 0.1                 # a step
REGIONS = ["330100", "350102", "510100", "210100", "120100", "110101", "430100", "460100"]
BOOKS = [None, None, "terms", "terms", "lasting", "lasting", "lasting", "tianjin"]
ASKED_A_WRITE = 3
IN_FLIGHT = 16
POLICY = """format: 1
policy: {slug}
version: {version}
parent: national
name: a policy for tests/oracle
document: tests
managed:
  hospital:
    medical: {{value: {version}, source: tests}}
blocking-roles: {{value: any, source: tests}}
emergency-flag: {{value: [first-aid, rescue], source: tests}}
registration-decides: {{value: {decides}, source: tests}}
"""


def _book(name):
    with open(os.path.join(HERE, name + ".yaml"), encoding="utf-8") as text:
        return text.read()


class History:
    """Writes at random; what is refused is refused."""

    def __init__(self, port, chance):
        self.port = port
        self.pick = chance
        self.people = [f"D{n:06d}{n:06d}" for n in range(PEOPLE)]
        self.places = [f"H{region}{n:05d}" for n, region in enumerate(REGIONS)]
        self.penalties, self.entries, self.foreign = [], [], []
        self.objections, self.stays, self.repairs, self.sanctions = [], [], [], []
        self.accepted = {}
        self.number = 0
        for book in ("terms", "lasting"):
            self.write("rulebook_load", text=_book(book))
        for place, region in zip(self.places, REGIONS):
            self.write("institution_add", code=place, region=region, kind="hospital")
        for code in self.people:
            self.write("practitioner_add", code=code, category="medical")

    def write(self, name, **arguments):
        answer, _ = self.port.write((name, arguments))
        if answer.kind == "failure":
            raise RuntimeError(f"{name} {arguments}: {answer}")
        if answer.kind == "ok":
            self.accepted[name] = self.accepted.get(name, 0) + 1
        return answer

    def _id(self, letter):
        self.number += 1
        return f"{letter}{self.number}"

    def day(self, first=FIRST_DAY):
        return first + timedelta(days=self.pick.randrange((self.port.today - first).days + 1))

    def choosing(self, name, given_of, on):
        """Writes, and once more with what the refusal says is missing."""
        given = Given(reason="chosen")
        for _ in range(3):
            answer = self.write(name, **given_of(given))
            if answer.reason != "NEEDS_CHOICE":
                return answer
            values = {"months": self.pick.randint(1, 6), "bar_years": self.pick.randint(1, 3),
                      "start": on + timedelta(days=self.pick.choice([0, 1, 30])), "credit": 0,
                      "overlap": self.pick.choice(["replace", "extend", "add", "keep"])}
            for missing in answer.missing:
                given = Given(**{**given.__dict__, missing: values[missing]})
        return answer

    def step(self):
        kinds = [self._points] * 8 + [self._annul, self._overturn, self._correct] \
            + [self._foreign] * 2 + [self._end, self._notice, self._notice] \
            + [self._object] * 4 + [self._explain] * 3 + [self._review] * 4 \
            + [self._stay] * 3 + [self._resume] * 3 + [self._request] * 3 + [self._approve] * 3 \
            + [self._deny, self._move, self._move, self._return] + [self._policy]
        if self.pick.random() < NEWCOMERS:
            self.people.append(f"D{len(self.people):06d}{len(self.people):06d}")
            self.write("practitioner_add", code=self.people[-1], category="nursing")
        self.pick.choice(kinds)()

    def person(self):
        """Mostly somebody of late: who is terminated has little before them."""
        return self.pick.choice(self.people[-PEOPLE:] if self.pick.random() < 0.8 else self.people)

    def _points(self):
        code, place, on = self.person(), self.pick.choice(self.places), self.day()
        if self.pick.random() < 0.4:
            on = self.day(date(self.port.today.year, 1, 1))
        penalty, id_ = self._id("P"), self._id("e")
        self.write("penalty_record", id_=penalty, institution=place, on=on)
        self.penalties.append(penalty)
        if self.pick.random() < 0.3 and len(self.penalties) > 1:
            penalty = self.pick.choice(self.penalties)
        number = self.pick.choice([1, 2, 3, 3, 4, 5, 6, 8, 9, 9, 10, 12])
        book = self.pick.choice(BOOKS)
        answer = self.choosing("points_record", lambda given: {
            "code": code, "points": number, "id_": id_, "penalty": penalty, "given": given,
            "conduct": (FIRST_DAY, FIRST_DAY), "rulebook": book}, on)
        if answer.kind == "ok":
            self.entries.append((id_, code, place))
            self._sanctions_of(code)

    def _sanctions_of(self, code):
        known = {s for s, _ in self.sanctions}
        for id_, _, _ in self.port.sanction_ids(code):
            if id_ not in known:
                self.sanctions.append((id_, code))

    def _entry(self):
        return self.pick.choice(self.entries[-30:]) if self.entries else ("none", "none", "none")

    def _annul(self):
        id_, code, _ = self._entry()
        self.choosing("points_annul", lambda given: {
            "id_": id_, "reason": "annulled", "choice": self._choice(code, given)},
            self.port.today)

    @staticmethod
    def _choice(code, given):
        return {} if given.empty() else {code: given}

    def _overturn(self):
        if self.penalties:
            self.write("penalty_overturn", id_=self.pick.choice(self.penalties), on=self.port.today)

    def _correct(self):
        id_, code, place = self._entry()
        new = self._id("c")
        number = self.pick.randint(1, 12)
        answer = self.choosing("points_correct", lambda given: {
            "id_": id_, "points": number, "new_id": new, "given": given}, self.port.today)
        if answer.kind == "ok":
            self.entries.append((new, code, place))
            self._sanctions_of(code)

    def _foreign(self):
        code, start, id_ = self.person(), self.day(), self._id("f")
        kind = self.pick.choice(["suspended", "suspended", "terminated"])
        until = self.pick.choice([None, start + timedelta(days=self.pick.randint(1, 200))])
        if self.write("sanction_record", code=code, kind=kind, start=start, until=until, id_=id_,
                      exempt=self.pick.choice([frozenset(), frozenset({"rescue"})])).kind == "ok":
            self.foreign.append(id_)
            self.sanctions.append((id_, code))

    def _end(self):
        if self.foreign:
            self.write("sanction_end", id_=self.pick.choice(self.foreign), on=self.day(),
                       withdrawn=self.pick.random() < 0.3)

    def _notice(self):
        id_, code, place = self._entry()
        self.write("notice_serve", id_=self._id("n"), entry=id_, served=self.day(),
                   to=self.pick.choice([code, place]))

    def _object(self):
        id_, code, place = self._entry()
        case = self._id("o")
        if self.write("objection_file", id_=case, entry=id_, by=self.pick.choice([code, place]),
                      received=self.day(), signed=True, stamped=True).kind == "ok":
            self.objections.append((case, code, place))

    def _explain(self):
        if self.objections:
            self.write("objection_explain", objection=self.pick.choice(self.objections[-8:])[0],
                       on=self.port.today)

    def _review(self):
        if not self.objections:
            return
        case, code, place = self.pick.choice(self.objections[-8:])
        outcome = self.pick.choice(["upheld", "changed", "changed", "withdrawn"])
        new = self._id("r") if outcome == "changed" and self.pick.random() < 0.5 else None
        number = self.pick.randint(1, 12)

        def made(given):
            return {"objection": case, "on": self.port.today, "outcome": outcome,
                    "replacement": {"points": number, "new_id": new, "given": given}
                    if new else None, "choice": {} if new else self._choice(code, given)}
        answer = self.choosing("objection_review", made, self.port.today)
        if answer.kind == "ok" and new:
            self.entries.append((new, code, place))
        self._sanctions_of(code)

    def _stay(self):
        if self.sanctions:
            case = self._id("y")
            if self.write("sanction_stay", id_=case, sanction=self.pick.choice(self.sanctions)[0],
                          on=self.day()).kind == "ok":
                self.stays.append(case)

    def _resume(self):
        if self.stays:
            on = self.day()
            self.write("sanction_resume", stay=self.pick.choice(self.stays[-6:]), on=on,
                       until=self.pick.choice([None, None, on + timedelta(days=40)]))

    def _request(self):
        case = self._id("q")
        if self.write("repair_request", id_=case, code=self._entry()[1],
                      activity=self.pick.choice(["training", "report"]),
                      on=self.day(date(self.port.today.year, 1, 1))).kind == "ok":
            self.repairs.append(case)

    def _approve(self):
        if self.repairs:
            self.write("repair_approve", repair=self.pick.choice(self.repairs[-4:]),
                       on=self.day(date(self.port.today.year, 6, 1)),
                       points=self.pick.choice([None, 1, 2]))

    def _deny(self):
        if self.repairs:
            self.write("repair_deny", repair=self.pick.choice(self.repairs[-4:]),
                       on=self.port.today)

    def _move(self):
        self.write(self.pick.choice(["registration_join", "registration_join",
                                     "registration_leave"]),
                   code=self.person(), institution=self.pick.choice(self.places),
                   on=self.day())

    def _return(self):
        self.write("practitioner_register", code=self.person(),
                   institution=self.pick.choice(self.places), on=self.port.today)

    def _policy(self):
        """A policy now and then: the same line is judged otherwise from that record on."""
        self.write("policy_load", text=POLICY.format(
            slug=self.pick.choice(["fujian", "sichuan", "liaoning"]),
            version=self.pick.choice(["2025-01-01", "2025-06-01", "2026-01-01"]),
            decides=self.pick.choice(["yes", "no"])))

    def load_other_numbers(self):
        """The same versions of the same rulebooks again, with other numbers."""
        for name in ("terms", "lasting"):
            text = _book(name).replace("points-max: {value: ", "points-max: {value: 1")
            self.write("rulebook_load", text=text.replace("working-days: {value: ",
                                                          "working-days: {value: 2"))


class Questions:
    def __init__(self, port, history, chance):
        self.port, self.history, self.pick = port, history, chance
        self.kept = []                  # (body's name, message, sequence, answer)

    def _one(self):
        pb, pick = self.port.pb, self.pick
        code = self.history.person() if pick.random() < 0.97 else "D190"
        on = to_wire(self.history.day(date(2024, 12, 1)) + timedelta(days=pick.randrange(60)))
        if pick.random() < 0.4:
            return "standing", pb.Standing(practitioner=code, on=on)
        item = pb.Check(practitioner=code, on=on)
        if pick.random() < 0.5:
            item.institution = pick.choice(self.history.places)
        if pick.random() < 0.3:
            item.emergency = True
        if pick.random() < 0.3:
            item.visit_type = pick.choice(["13", "11"])
        if pick.random() < 0.7:
            item.detail = True
        return "check", item

    def ask(self, asked):
        """`asked` are (name, message, sequence or None); answers (bytes, sequence) of each."""
        found = []
        for at in range(0, len(asked), IN_FLIGHT):
            requests = [self.port._request(name, message,
                                           **({} if then is None else {"known_at": then}))
                        for name, message, then in asked[at:at + IN_FLIGHT]]
            for (name, _, then), response in zip(asked[at:at + IN_FLIGHT],
                                                 self.port._all(requests)):
                body = response.WhichOneof("body")
                if body not in (name, "error"):
                    raise RuntimeError(f"asked {name}, answered {response}")
                if then is not None and body != "error" and response.known_at != then:
                    raise RuntimeError(f"asked as of {then}, answered as of {response.known_at}")
                found.append((body.encode() + b" "
                              + getattr(response, body).SerializeToString(),
                              response.position.sequence))
        return found

    def live(self, number):
        asked = [self._one() for _ in range(number)]
        for (name, message), (said, then) in zip(
                asked, self.ask([(n, m, None) for n, m in asked])):
            self.kept.append((name, message, then, said))

    def again(self, shift=0):
        """Asks all of it once more, as of then; answers what differs."""
        asked = [(n, m, max(then - shift, 1)) for n, m, then, _ in self.kept]
        return [(kept, said) for kept, (said, _) in zip(self.kept, self.ask(asked))
                if said != kept[3]]

    def everybody(self):
        """Every person's standing and checks at the edge of each month."""
        pb, asked = self.port.pb, []
        for code in self.history.people[-3 * PEOPLE:]:
            for month in range(24):
                on = to_wire(date(2025 + month // 12, month % 12 + 1, 1)) + month % 3 - 1
                asked.append(("standing", pb.Standing(practitioner=code, on=on), None))
                asked.append(("check", pb.Check(practitioner=code, on=on, detail=True,
                                                institution=self.history.places[month % 8]), None))
        return [said for said, _ in self.ask(asked)], asked


def told(name, differing, many):
    """One line a property."""
    if not differing:
        print(f"ok {name}")
        return 0
    (body, message, then, said), other = differing[0]
    print(f"not ok {name}: {len(differing)} of {many} differ")
    print(f"# {body} as of {then}: {str(message).split()}\n#   live  {said}\n#   later {other}")
    return 1


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--pairs", type=int, default=1500)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--control", action="store_true")
    arguments = parser.parse_args()
    seed = random.SystemRandom().randrange(1 << 32) if arguments.seed is None else arguments.seed
    print(f"# seed {seed}", flush=True)
    chance = random.Random(seed)
    daemon, schema = Daemon(os.environ["DEMERITD"]), load_schema()
    port = Wire(daemon.connect(), schema)
    began = time.monotonic()
    history = History(port, chance)
    questions = Questions(port, history, chance)
    while len(questions.kept) < arguments.pairs:
        history.step()
        questions.live(min(ASKED_A_WRITE, arguments.pairs - len(questions.kept)))
    many = len(questions.kept)
    print("# " + ", ".join(f"{n} {k}" for k, n in sorted(history.accepted.items())))
    if arguments.control:
        found = len(questions.again(shift=25))
        print(f"# {found} of {many} answers differ 25 records earlier")
        print(("ok " if found else "not ok ") + "an_answer_as_of_too_early_is_noticed")
        return 0 if found else 1
    failed = told("an_answer_as_of_then_is_the_answer_given_then", questions.again(), many)

    before, asked = questions.everybody()
    standings = [n for n, (name, _, _) in enumerate(asked) if name == "standing"]
    history.load_other_numbers()
    now, _ = questions.everybody()
    changed = [((*asked[n], before[n]), now[n]) for n in standings if before[n] != now[n]]
    failed += told("rulebooks_loaded_later_change_no_standing", changed, len(standings))
    port.socket.close()
    daemon.start_without_view()
    port = Wire(daemon.connect(), schema)
    questions.port = history.port = port
    after, _ = questions.everybody()
    differing = [((*asked[n], now[n]), after[n]) for n in range(len(asked)) if now[n] != after[n]]
    failed += told("a_view_made_again_gives_the_same_answers", differing, len(asked))
    failed += told("a_view_made_again_gives_the_same_answers_as_of_then", questions.again(), many)
    print(f"# {many} questions with their sequence, each asked three times; {len(asked)} of now, "
          f"before and after; {time.monotonic() - began:.1f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
