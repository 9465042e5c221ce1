"""The rule tables of the oracle and its calendar arithmetic.

Written from the description of the scheme alone, never from the daemon's rulebooks: the
point of the oracle is that two people read the same text and wrote it down twice.
Everything here is data; model.py gives it meaning.
"""

import calendar
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Optional

NINE = 9        # a suspension from this total on
TWELVE = 12     # a termination from this total on

RESCUE = "rescue"           # 急救、抢救: what er_flag=1 says
EMERGENCY = "emergency"     # 急诊: wider, Beijing only


def add_months(day: date, months: int) -> date:
    """The same day number `months` on, or that month's last day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def add_years(day: date, years: int) -> date:
    return add_months(day, 12 * years)


def first_of_next_month(day: date) -> date:
    return add_months(day.replace(day=1), 1)


def next_day(day: date) -> date:
    return day + timedelta(days=1)


@dataclass(frozen=True)
class Situation:
    low: int
    high: int
    needs_penalty: bool
    needs_repeat: bool = False
    no_repair: bool = False


OTHER = Situation(1, 12, True)


@dataclass(frozen=True, eq=False)
class Rulebook:
    """One version of one jurisdiction, with what it inherits already filled in."""

    slug: str
    since: date
    until: Optional[date] = None
    # (total, path) -> (lowest, highest) months; equal numbers are a fixed value
    months: dict = field(default_factory=dict)
    # path -> (lowest, highest) bar years
    bar: dict = field(default_factory=dict)
    start: str = "open"                 # or "next-month"
    cap: Optional[int] = None
    conduct_since: Optional[date] = None
    exempt_suspended: frozenset = frozenset({RESCUE})
    exempt_terminated: frozenset = frozenset()
    situations: dict = field(default_factory=lambda: {"other": OTHER})
    band_shift: bool = False
    working_days: Optional[int] = None  # None: open, no deadline
    signature: bool = False             # open binds nobody
    stamp: bool = False
    stays_execution: bool = False
    activities: dict = field(default_factory=dict)  # name -> (lowest, highest) points
    repair_each: Optional[int] = None   # None: open
    repair_max: Optional[int] = None
    repair_year: Optional[int] = None   # None: no such limit
    repair_basis: Optional[str] = None
    ends_suspension: bool = False
    shortens: bool = False

    @property
    def name(self) -> str:
        return f"{self.slug}@{self.since}"


def _months(accumulated, single=None):
    """Months for the totals 9, 10, 11; the same on both paths unless told apart."""
    table = {}
    for path, row in (("accumulated", accumulated), ("single", single or accumulated)):
        for total, span in zip((9, 10, 11), row):
            table[total, path] = span
    return table


_FRAME_MONTHS = _months([(1, 6)] * 3)
_FRAME_BAR = {"accumulated": (1, 1), "single": (3, 3)}
_WIDE_BAR = {"accumulated": (1, 3), "single": (3, 3)}


def _book(slug, since, **more):
    more.setdefault("months", _FRAME_MONTHS)
    more.setdefault("bar", _FRAME_BAR)
    return Rulebook(slug, since, **more)


NATIONAL = _book("national", date(2025, 1, 1))

_FUJIAN = {
    "other": OTHER,
    "damages-paid": Situation(1, 3, True),
    "high-price-nonselected": Situation(1, 3, False),
    "article-38": Situation(4, 6, True),
    "article-39": Situation(4, 6, True),
    "impersonated-settlement": Situation(7, 9, False),
    "article-40": Situation(10, 12, True),
}
_BEIJING = {
    "other": OTHER,
    "talk-or-payment-suspended": Situation(1, 3, True),
    "impersonated-settlement": Situation(7, 9, False),
    "licence-lost": Situation(12, 12, False),
}

BOOKS = {
    "national": [NATIONAL],
    "fujian": [_book("fujian", date(2025, 3, 1), situations=_FUJIAN)],
    "sichuan": [_book("sichuan", date(2025, 3, 26), months=_months([(2, 2), (4, 4), (6, 6)]))],
    "liaoning": [_book("liaoning", date(2025, 4, 10), months=_months([(1, 3)] * 3, [(3, 6)] * 3))],
    "tianjin": [_book("tianjin", date(2025, 3, 1), repair_max=4,
                      activities={n: (1, 1) for n in ("training", "publicity", "inspection")})],
    "beijing": [_book("beijing", date(2025, 4, 15), bar=_WIDE_BAR, situations=_BEIJING,
                      exempt_suspended=frozenset({RESCUE, EMERGENCY}),
                      exempt_terminated=frozenset({RESCUE, EMERGENCY}))],
    "hunan": [_book("hunan", date(2025, 3, 1), until=date(2027, 3, 1), bar=_WIDE_BAR,
                    months=_months([(1, 2), (1, 6), (1, 6)]), start="next-month",
                    conduct_since=date(2025, 1, 1))],
    "hainan": [_book("hainan", date(2025, 4, 1), until=date(2028, 4, 1), cap=12, band_shift=True)],
    "guizhou": [_book("guizhou", date(2025, 3, 12), until=date(2025, 11, 7)),
                _book("guizhou", date(2025, 11, 7))],
    "inner-mongolia": [],
    "chongqing": [],
    "shanghai": [],
}

# For the oracle alone; the daemon is given them as terms.yaml and lasting.yaml.
BOOKS["terms"] = [_book(
    "terms", date(2025, 1, 1), band_shift=True, working_days=10, signature=True, stamp=True,
    repair_each=1, repair_max=4, repair_year=3, repair_basis="raw", ends_suspension=True,
    situations={"other": OTHER, "article-38": Situation(4, 6, True),
                "article-40": Situation(10, 12, True, no_repair=True),
                "talk-or-payment-suspended": Situation(1, 3, True),
                "repeat-in-year": Situation(7, 9, True, needs_repeat=True)})]
BOOKS["lasting"] = [_book(
    "lasting", date(2025, 1, 1), working_days=30, stays_execution=True, repair_max=8,
    repair_basis="capped", shortens=True, activities={"training": (1, 1), "report": (1, 3)})]

DIGITS = {"35": "fujian", "51": "sichuan", "21": "liaoning", "12": "tianjin", "11": "beijing",
          "43": "hunan", "46": "hainan", "52": "guizhou", "15": "inner-mongolia",
          "50": "chongqing", "31": "shanghai"}

SITUATIONS = {"impersonated-settlement", "licence-lost", "high-price-nonselected", "damages-paid",
              "talk-or-payment-suspended", "article-38", "article-39", "article-40",
              "repeat-in-year"}

# Provinces of which the text says that they phase classes in, without the dates.
PHASED = {"liaoning", "hubei"}

# Who is managed where, nationally; provinces widen the pharmacy's row.
MANAGED = {"hospital": {"medical", "pharmaceutical", "nursing", "technical", "billing"},
           "pharmacy": {"principal"}}


BANDS = [(1, 3), (4, 6), (7, 9), (10, 12)]


def shifted(known: Situation, shift: int):
    """The band one down or up, or None where there is none."""
    if (known.low, known.high) not in BANDS:
        return None
    at = BANDS.index((known.low, known.high)) + shift
    return BANDS[at] if 0 <= at < len(BANDS) else None


def slug_of_region(region: str) -> str:
    return DIGITS.get(region[:2], "national")


def in_force(slug: str, day: date) -> Optional[Rulebook]:
    """The version of `slug` in force on `day`, else the national one, else None."""
    for book in BOOKS.get(slug, []) + BOOKS["national"]:
        if book.since <= day and (book.until is None or day < book.until):
            return book
    return None
