"""The model against the outcomes the authorities published, and against itself.

What is at stake: an oracle that is wrong in the plain cases is worth nothing. Each test here is
a sentence of the description of the scheme; each expects one answer, not "any of".
"""

import sys
from datetime import date

import rules
import tap
from model import Model, describe
from world import Answer, Given

TODAY = date(2026, 11, 23)
OK = Answer("ok")


def _day(text):
    return date.fromisoformat(text)


class _Book:
    """A model whose every write must have one outcome."""

    def __init__(self):
        self.m = Model(TODAY)
        self.count = 0

    def write(self, expect, want="accepted"):
        assert str(expect) == want, f"{expect}, wanted {want}"
        if want == "accepted":
            assert expect.settle(OK)

    def place(self, code, region, kind="hospital"):
        self.write(self.m.institution_add(code, region, kind))

    def person(self, code, category="medical"):
        self.write(self.m.practitioner_add(code, category))

    def penalty(self, id_, place, on):
        self.write(self.m.penalty_record(id_, place, _day(on)))

    def points(self, who, number, penalty, want="accepted", id_=None, **given):
        self.count += 1
        fixed = {k: given.pop(k) for k in ("conduct", "situation", "rulebook", "on") if k in given}
        if "start" in given:
            given["start"] = _day(given["start"])
        if "on" in fixed:
            fixed["on"] = _day(fixed["on"])
        if given:
            given["reason"] = "chosen"
        self.write(self.m.points_record(who, number, id_=id_ or f"e{self.count}", penalty=penalty,
                                        given=Given(**given), **fixed), want)

    def expect(self, who, day, words, **more):
        found = describe(self.m.check(who, _day(day), **more))
        assert found.startswith(words), f"on {day}: {found}, wanted {words}"


def _setup(region, days, kind="hospital"):
    book = _Book()
    book.place("I", region, kind)
    book.person("D")
    for n, day in enumerate(days):
        book.penalty(f"p{n}", "I", day)
    return book


# ---- arithmetic


def months_end_on_the_same_day_number_or_the_last():
    assert rules.add_months(_day("2025-08-31"), 6) == _day("2026-02-28")
    assert rules.add_years(_day("2024-02-29"), 1) == _day("2025-02-28")
    assert rules.add_months(_day("2025-12-01"), 1) == _day("2026-01-01")
    assert rules.add_months(_day("2025-01-31"), 1) == _day("2025-02-28")
    assert rules.first_of_next_month(_day("2025-12-31")) == _day("2026-01-01")


def versions_are_chosen_by_the_scoring_day():
    assert rules.in_force("hunan", _day("2025-02-28")).slug == "national"
    assert rules.in_force("hunan", _day("2025-03-01")).slug == "hunan"
    assert rules.in_force("hunan", _day("2027-03-01")).slug == "national"
    assert rules.in_force("guizhou", _day("2025-11-07")).since == _day("2025-11-07")
    assert rules.in_force("shanghai", _day("2025-11-07")).slug == "national"
    assert rules.in_force("beijing", _day("2024-12-31")) is None


# ---- published outcomes


def chifeng_twelve_in_one_go_bars_three_years():
    book = _setup("150400", ["2025-06-30"])
    conduct = (_day("2023-01-01"), _day("2025-03-31"))
    book.points("D", 12, "p0", conduct=conduct, start="2025-07-01")
    book.expect("D", "2025-06-30", "pay/normal/ELIGIBLE until=None bar=None points=12")
    book.expect("D", "2025-07-01", "refuse/terminated/TERMINATED until=None bar=2028-07-01")
    book.person("D2")
    book.points("D2", 10, "p0", conduct=conduct, start="2025-07-01", months=4)
    book.expect("D2", "2025-10-31", "refuse/suspended/SUSPENDED until=2025-11-01 bar=None")
    book.expect("D2", "2025-11-01", "pay/normal/ELIGIBLE until=None bar=None points=10")


def tongnan_ten_then_four_is_accumulated():
    book = _setup("500152", ["2025-05-20", "2025-09-10"])
    book.points("D", 10, "p0", start="2025-05-20", months=3)
    book.expect("D", "2025-08-19", "refuse/suspended/SUSPENDED until=2025-08-20")
    book.points("D", 4, "p1", start="2025-09-10")
    book.expect("D", "2025-09-09", "pay/normal/ELIGIBLE until=None bar=None points=10")
    book.expect("D", "2025-09-10", "refuse/terminated/TERMINATED until=None bar=2026-09-10")
    assert book.m.sanctions("D")[0][1].path == "accumulated"
    book.expect("D", "2026-09-10", "refuse/terminated/BAR_OVER_NOT_REREGISTERED until=None "
                                   "bar=2026-09-10 points=0")


def ulanqab_below_nine_suspends_nobody():
    book = _setup("150900", ["2025-07-27"])
    for who, number in (("a", 4), ("b", 5), ("c", 6)):
        book.person(who)
        book.points(who, number, "p0")
        book.expect(who, "2025-07-27", f"pay/normal/ELIGIBLE until=None bar=None points={number}")
    book.points("D", 6, "p0", months=1, want="refused(PERIOD_NOT_APPLICABLE)")


def shaoyang_three_points_have_no_consequence():
    book = _setup("430500", ["2025-08-04"], "pharmacy")
    book.points("D", 3, "p0")
    found = describe(book.m.check("D", _day("2025-08-04")))
    assert found.startswith("pay/normal/ELIGIBLE") and "points=3" in found, found


def ningbo_of_2015_has_no_rulebook_but_the_same_of_2025_bars_three_years():
    book = _setup("330200", ["2025-07-01"])
    assert "refused(NO_RULEBOOK_IN_FORCE)" in \
        book.m.penalty_record("old", "I", _day("2015-07-01")).labels()
    assert book.m.penalty_record("old", "I", _day("2015-07-01")).settle(OK)
    book.points("D", 12, "old", want="refused(NO_RULEBOOK_IN_FORCE)", start="2015-07-01")
    book.points("D", 12, "p0", start="2025-07-01", bar_years=1,
                want="refused(PERIOD_NOT_ALLOWED)")
    book.points("D", 12, "p0", start="2025-07-01")
    book.expect("D", "2025-07-01", "refuse/terminated/TERMINATED until=None bar=2028-07-01")


# ---- tables


def sichuan_fixes_two_four_and_six_months():
    for number, until in ((9, "2025-06-01"), (10, "2025-08-01"), (11, "2025-10-01")):
        book = _setup("510100", ["2025-04-01"])
        book.points("D", number, "p0", start="2025-04-01")
        book.expect("D", "2025-04-01", f"refuse/suspended/SUSPENDED until={until}")
    book = _setup("510100", ["2025-04-01"])
    book.points("D", 9, "p0", start="2025-04-01", months=3, want="refused(PERIOD_NOT_ALLOWED)")
    book.points("D", 9, "p0", start="2025-04-01", months=2)


def sichuan_before_its_day_is_the_frame():
    book = _setup("510100", ["2025-03-25"])
    book.points("D", 9, "p0", start="2025-03-25", want="refused(NEEDS_CHOICE)")


def liaoning_tells_the_paths_apart():
    book = _setup("210100", ["2025-05-01", "2025-06-01"])
    book.points("D", 9, "p0", start="2025-05-01", months=2, want="refused(*rule)")
    book.person("D2")
    book.points("D2", 5, "p0")
    book.points("D2", 4, "p1", start="2025-06-01", months=4, want="refused(*rule)")
    book.points("D2", 4, "p1", start="2025-06-01", months=2)
    book.points("D", 9, "p0", start="2025-05-01", months=3)


def hunan_starts_on_the_first_of_the_next_month():
    book = _setup("430100", ["2025-08-31"])
    book.points("D", 9, "p0", months=3, want="refused(*rule)")
    book.points("D", 9, "p0", months=2, start="2025-09-02", want="refused(*rule)")
    book.points("D", 9, "p0", months=2)
    book.expect("D", "2025-08-31", "pay/normal/ELIGIBLE until=None bar=None points=9")
    book.expect("D", "2025-09-01", "refuse/suspended/SUSPENDED until=2025-11-01")
    book.points("D", 9, "p0", conduct=(_day("2024-01-01"), _day("2024-12-31")), months=2,
                want="refused(*rule)")


def hunan_inherits_the_frame_at_ten_and_bars_one_to_three_years():
    book = _setup("430100", ["2025-08-31", "2025-09-15"])
    book.points("D", 10, "p0", months=6)
    book.points("D", 2, "p1", want="refused(NEEDS_CHOICE)")
    book.points("D", 2, "p1", bar_years=2)
    book.expect("D", "2025-10-01", "refuse/terminated/TERMINATED until=None bar=2027-10-01")


def beijing_exempts_rescue_even_after_a_termination():
    book = _setup("110101", ["2025-05-01"])
    book.points("D", 12, "p0", start="2025-05-01")
    book.expect("D", "2025-05-01", "exempt/terminated/EMERGENCY_EXEMPT", emergency=True)
    book.expect("D", "2025-05-01", "refuse/terminated/TERMINATED", emergency=False)
    book = _setup("330100", ["2025-05-01"])
    book.points("D", 12, "p0", start="2025-05-01")
    book.expect("D", "2025-05-01", "refuse/terminated/TERMINATED", emergency=True)
    book.person("D2")
    book.points("D2", 9, "p0", start="2025-05-01", months=1)
    book.expect("D2", "2025-05-01", "exempt/suspended/EMERGENCY_EXEMPT until=2025-06-01",
                emergency=True)


def hainan_caps_what_is_shown_at_twelve():
    book = _setup("460100", ["2025-05-01", "2025-06-01"])
    book.points("D", 8, "p0")
    book.points("D", 10, "p1", start="2025-06-01")
    book.expect("D", "2025-06-01",
                "refuse/terminated/TERMINATED until=None bar=2026-06-01 points=12 raw=18")
    book.expect("D", "2025-05-31", "pay/normal/ELIGIBLE until=None bar=None points=8 raw=8")


def bands_bind_for_a_named_situation():
    book = _setup("350100", ["2025-05-01"])
    book.points("D", 7, "p0", situation="article-38", want="refused(*rule)")
    book.points("D", 6, "p0", situation="article-38")
    book.points("D", 2, None, situation="high-price-nonselected", on="2025-05-02",
                rulebook="fujian")
    book.points("D", 2, None, situation="other", on="2025-05-02", rulebook="fujian",
                want="refused(*)")


# ---- time


def the_year_is_the_decisions_and_a_suspension_survives_new_year():
    book = _setup("330100", ["2025-12-30", "2026-01-10"])
    book.points("D", 9, "p0", start="2026-01-05", months=2)
    book.points("D", 8, "p1")
    book.expect("D", "2025-12-31", "pay/normal/ELIGIBLE until=None bar=None points=9")
    book.expect("D", "2026-01-05", "refuse/suspended/SUSPENDED until=2026-03-05 bar=None points=0")
    book.expect("D", "2026-01-10", "refuse/suspended/SUSPENDED until=2026-03-05 bar=None points=8")


def a_late_entry_completes_a_total():
    book = _setup("510100", ["2025-09-01", "2025-05-01"])
    book.points("D", 5, "p0")
    book.points("D", 4, "p1", start="2025-05-01")
    book.expect("D", "2025-05-01", "refuse/suspended/SUSPENDED until=2025-07-01 bar=None points=4")
    book.expect("D", "2025-09-01", "pay/normal/ELIGIBLE until=None bar=None points=9")


def history_answers_what_was_known():
    book = _setup("330100", ["2025-05-01"])
    before = book.m.tick - 1
    book.points("D", 9, "p0", start="2025-05-01", months=2)
    with_it = book.m.tick - 1
    book.write(book.m.points_annul("e1"))
    book.expect("D", "2025-05-01", "pay/normal/ELIGIBLE until=None bar=None points=0")
    book.expect("D", "2025-05-01", "refuse/suspended/SUSPENDED", tick=with_it)
    book.expect("D", "2025-05-01", "pay/normal/ELIGIBLE until=None bar=None points=0", tick=before)
    book.expect("D", "2025-05-01", "undetermined/unknown/UNKNOWN_PRACTITIONER", tick=1)
    book.expect("nobody", "2025-05-01", "undetermined/unknown/UNKNOWN_PRACTITIONER")


# ---- overlap


def _two(overlap, months=2):
    book = _setup("330100", ["2025-05-01", "2025-06-01"])
    book.points("D", 9, "p0", start="2025-05-01", months=3)             # until 2025-08-01
    book.points("D", 1, "p1", start="2025-06-01", months=months, want="refused(NEEDS_CHOICE)")
    if overlap != "add":
        book.points("D", 1, "p1", start="2025-06-01", months=months, overlap=overlap)
    return book


def replace_ends_the_old_where_the_new_begins():
    book = _two("replace", 1)
    book.expect("D", "2025-06-30", "refuse/suspended/SUSPENDED until=2025-07-01")
    book.expect("D", "2025-07-01", "pay/normal/ELIGIBLE")


def extend_keeps_both_until_the_later_end():
    book = _two("extend", 4)
    book.expect("D", "2025-06-01", "refuse/suspended/SUSPENDED until=2025-10-01")
    book = _two("extend", 1)
    book.expect("D", "2025-06-01", "refuse/suspended/SUSPENDED until=2025-08-01")


def keep_supersedes_the_new_from_the_start():
    book = _two("keep", 6)
    book.expect("D", "2025-06-01", "refuse/suspended/SUSPENDED until=2025-08-01")
    book.expect("D", "2025-08-01", "pay/normal/ELIGIBLE")


def add_begins_when_the_running_one_ends():
    book = _two("add")
    expect = book.m.points_record("D", 1, id_="x", penalty="p1", given=Given(
        months=2, start=_day("2025-06-01"), overlap="add", reason="r"))
    assert "accepted" in expect.labels() and expect.settle(OK)
    book.expect("D", "2025-09-30", "refuse/suspended/SUSPENDED until=2025-10-01")
    book.expect("D", "2025-10-01", "pay/normal/ELIGIBLE")


# ---- falling


def annulling_what_terminated_revives_the_suspension():
    book = _setup("330100", ["2025-05-01", "2025-06-01"])
    book.points("D", 9, "p0", start="2025-05-01", months=3)
    book.points("D", 3, "p1", start="2025-06-01")
    book.expect("D", "2025-06-01", "refuse/terminated/TERMINATED until=None bar=2026-06-01")
    book.write(book.m.points_annul("e2"))
    book.expect("D", "2025-06-01", "refuse/suspended/SUSPENDED until=2025-08-01 bar=None points=9")


def an_overturned_penalty_takes_its_points_and_sanctions_along():
    book = _setup("330100", ["2025-05-01", "2025-06-01"])
    book.points("D", 5, "p0")
    book.points("D", 5, "p1", start="2025-06-01", months=3)
    book.write(book.m.penalty_overturn("p0", _day("2025-07-01")))
    book.expect("D", "2025-06-01", "pay/normal/ELIGIBLE until=None bar=None points=5")
    book.write(book.m.penalty_overturn("p0", _day("2025-07-01")), "refused(*)")
    book.points("D", 5, "p0", want="refused(*)")


def what_remains_is_decided_anew_and_asks_for_all_that_is_missing():
    book = _setup("330100", ["2025-05-01", "2025-06-01", "2025-07-01"])
    book.points("D", 6, "p0")
    book.points("D", 3, "p1", start="2025-06-01", months=1)
    book.points("D", 5, "p2", start="2025-07-01")
    expect = book.m.points_annul("e2")
    assert str(expect) == "refused(NEEDS_CHOICE)", str(expect)
    named = {o.missing - {"credit"} for o, _ in expect.parts["D"]}
    assert named == {frozenset({"months", "start"})}, named
    expect = book.m.points_annul("e2", choice={"D": Given(months=2, start=_day("2025-07-15"))})
    assert "accepted" in expect.labels() and expect.settle(OK)
    book.expect("D", "2025-06-01", "pay/normal/ELIGIBLE until=None bar=None points=6")
    book.expect("D", "2025-07-15", "refuse/suspended/SUSPENDED until=2025-09-15 bar=None points=11")


def a_correction_is_one_decision():
    book = _setup("330100", ["2025-05-01"])
    book.points("D", 9, "p0", start="2025-05-01", months=3)
    book.write(book.m.points_correct("e1", 4, new_id="c1", penalty="p0"))
    book.expect("D", "2025-05-01", "pay/normal/ELIGIBLE until=None bar=None points=4")
    book.write(book.m.points_correct("e1", 3, new_id="c2", penalty="p0"), "refused(*)")


# ---- termination and return


def points_of_a_terminated_person_trigger_nothing():
    book = _setup("330100", ["2025-05-01", "2026-02-01", "2026-08-01"])
    book.points("D", 5, "p0")
    book.points("D", 7, "p0", want="refused(RULE_NOT_SET)", start="2025-05-01")
    book.penalty("q", "I", "2025-05-02")
    book.points("D", 7, "q", start="2025-05-02")
    book.points("D", 10, "p1")
    book.expect("D", "2026-02-01", "refuse/terminated/TERMINATED until=None bar=2026-05-02")
    book.write(book.m.practitioner_register("D", "I", _day("2026-05-01")), "refused(*rule)")
    book.write(book.m.practitioner_register("D", "I", _day("2026-05-02")))
    book.expect("D", "2026-05-01", "refuse/terminated/TERMINATED")
    book.expect("D", "2026-05-02", "pay/normal/ELIGIBLE until=None bar=None points=10")
    book.points("D", 1, "p2", start="2026-08-01", months=1)
    book.expect("D", "2026-08-01", "refuse/suspended/SUSPENDED until=2026-09-01 bar=None points=11")


def two_entries_of_one_penalty_are_refused_where_the_readings_differ():
    book = _setup("330100", ["2025-05-01"])
    book.points("D", 6, "p0")
    book.points("D", 6, "p0", start="2025-05-01", want="refused(RULE_NOT_SET)")
    book.points("D", 2, "p0")


# ---- foreign sanctions


def a_foreign_sanction_binds_without_points_and_exempts_nothing_by_itself():
    book = _Book()
    book.person("D")
    book.write(book.m.sanction_record("D", "suspended", _day("2024-03-01"), _day("2024-05-01"),
                                      id_="f1"))
    book.expect("D", "2024-03-01", "refuse/suspended/SUSPENDED until=2024-05-01 bar=None points=0",
                emergency=True)
    book.expect("D", "2024-05-01", "pay/normal/CLASS_NOT_MANAGED")
    book.write(book.m.sanction_record("D", "suspended", _day("2025-03-01"), id_="f2",
                                      exempt=frozenset({rules.RESCUE})))
    book.expect("D", "2025-04-01", "exempt/suspended/EMERGENCY_EXEMPT until=None", emergency=True)
    book.write(book.m.sanction_end("f2", _day("2025-06-01")))
    book.expect("D", "2025-05-31", "refuse/suspended/SUSPENDED until=2025-06-01")
    book.expect("D", "2025-06-01", "pay/normal/ELIGIBLE")


# ---- forms


def malformed_points_and_strangers_are_told_apart():
    book = _setup("330100", ["2025-05-01"])
    book.points("D", 13, "p0", want="refused(invalid)")
    book.points("D", 0, "p0", want="refused(invalid)")
    book.points("X", 1, "p0", want="refused(*rule|missing)")
    book.points("D", 1, "none", want="refused(*rule|missing)")
    book.points("D", 1, "p0", id_="same")
    book.points("D", 2, "p0", id_="same", want="refused(exists)")
    book.write(book.m.penalty_record("f", "I", date(2026, 11, 25)), "refused(*rule)")
    book.write(book.m.institution_add("I", "330200", "hospital"), "refused(exists)")
    book.write(book.m.institution_add("I", "330100", "hospital"))


def registrations_are_per_institution():
    book = _setup("330100", [])
    book.place("J", "110101")
    book.write(book.m.registration_join("D", "I", _day("2025-03-01")))
    book.write(book.m.registration_leave("D", "I", _day("2025-06-01")))
    m = book.m
    assert not m.registered("D", "I", _day("2025-02-28"))
    assert m.registered("D", "I", _day("2025-05-31"))
    assert not m.registered("D", "I", _day("2025-06-01"))
    assert m.registered("D", "I", _day("2025-06-01"), tick=m.tick - 2)
    assert not m.registered("D", "J", _day("2025-05-31"))


if __name__ == "__main__":
    sys.exit(1 if tap.run(tap.tests_of(dict(globals()))) else 0)
