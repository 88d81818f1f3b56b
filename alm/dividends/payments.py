"""What one share pays in a year, read from its own dividends: which payments repeat, how often, and in which months.

A payer's year is its last year of payments by ex-date. A payment whose successor of a year later has already gone ex
belongs to the year before, so that a quarterly payer whose ex-date moves by a few days counts four times, not five.
Amounts stay in the dividend's own currency.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from statistics import median
from typing import Literal

from alm.balance_sheet import Dividend

Rhythm = Literal["monthly", "quarterly", "semiannual", "annual", "irregular"]

LATE_DAYS = 15
"""A payer may be this late against last year's ex-date before its payment leaves the trailing year (assumption)."""
SAME_SEASON_DAYS = 30
"""Payments of two years belong together when their ex-dates are at most this many days apart (assumption)."""
SPECIAL_MULTIPLE = 2.0
STRIKING_MULTIPLE = 3.0
FEWEST_OTHERS = 3

_BY_COUNT: dict[int, Rhythm] = {1: "annual", 2: "semiannual", 4: "quarterly", 11: "monthly", 12: "monthly"}
_PERIOD_DAYS: dict[Rhythm, float] = {"monthly": 30.4, "quarterly": 91.3, "semiannual": 182.6, "annual": 365.25}


@dataclass(frozen=True, slots=True)
class Payer:
    """One ticker's year: the payments that repeat, its rhythm, and what was left out as not repeating."""

    ticker: str
    payments: tuple[Dividend, ...]
    rhythm: Rhythm
    specials: tuple[Dividend, ...] = ()
    projected: bool = False
    """Whether any of the payments is announced or assumed, not paid."""


def payer(ticker: str, dividends: Sequence[Dividend], as_of: date) -> Payer | None:
    """The ticker's forward year on a date from its own dividends, or None when nothing says what it pays.

    Trailing payments repeat a year on; a projected one that goes ex within the next twelve months takes the place of
    the trailing one of its season. Specials, marked as such or recognised, are in no year.
    """
    dated = sorted(dividends, key=lambda d: d.ex_date)
    own = [d for d in dated if not d.special]
    paid = [d for d in own if not d.projected and d.ex_date <= as_of]
    found = [d for d in paid if is_special(d, paid)]
    specials = tuple(d for d in dated if d.special or d in found)
    regular = [d for d in paid if d not in found]
    last_year = trailing_year(regular, as_of)
    ahead = [d for d in own if _is_ahead(d, as_of)]
    if not last_year and not ahead:
        return None
    rhythm = rhythm_of(last_year, regular)
    merged = _with_projected(last_year, ahead, rhythm)
    return Payer(ticker, merged, rhythm, specials, projected=bool(ahead))


def _is_ahead(dividend: Dividend, as_of: date) -> bool:
    """Whether a payment is announced or assumed for the coming year: not yet ex, or projected and not yet paid."""
    coming = dividend.ex_date > as_of or (dividend.projected and dividend.pay_date > as_of)
    return coming and dividend.ex_date <= _year_later(as_of)


def trailing_year(paid: Sequence[Dividend], as_of: date) -> tuple[Dividend, ...]:
    """The payments of the year to `as_of` by ex-date, each season once."""
    start = as_of - timedelta(days=365 + LATE_DAYS)
    recent = [d for d in paid if start < d.ex_date <= as_of]
    cutoff = timedelta(days=365 - LATE_DAYS - 4)  # four days: weekends move ex-dates
    return tuple(d for d in recent if not any(later.ex_date - d.ex_date >= cutoff for later in recent))


def rhythm_of(last_year: Sequence[Dividend], history: Sequence[Dividend]) -> Rhythm:
    """How often a ticker pays: by the count of its last year, or by the gaps when it has paid for less than a year."""
    if not last_year:
        return "irregular"
    days = sorted({d.ex_date for d in history})
    if (days[-1] - days[0]).days >= 300 or len(days) == 1:
        return _BY_COUNT.get(len({d.ex_date for d in last_year}), "irregular")
    gap = median((later - earlier).days for earlier, later in pairwise(days))
    return min(_PERIOD_DAYS, key=lambda name: abs(_PERIOD_DAYS[name] - gap))


def is_special(payment: Dividend, paid: Sequence[Dividend]) -> bool:
    """Whether a payment nobody marked will not repeat: out of season, though the ticker paid a year before, and large.

    Large is more than twice the median of its other payments of the two years before it (assumption). A new season
    of ordinary size is a change of rhythm, not a special.
    """
    before = [d for d in paid if timedelta(0) < payment.ex_date - d.ex_date <= timedelta(days=730)]
    if not any((payment.ex_date - d.ex_date).days > 365 + SAME_SEASON_DAYS for d in before):
        return False
    season = [d for d in before if abs((payment.ex_date - d.ex_date).days - 365) <= SAME_SEASON_DAYS]
    return not season and payment.amount > SPECIAL_MULTIPLE * median(d.amount for d in before)


def looks_special(payment: Dividend, paid: Sequence[Dividend]) -> bool:
    """Whether somebody should be asked before a payment counts: special by `is_special` or, where that cannot tell
    yet, more than three times the median of three or more other payments within a year of it, none of its season."""
    apart = [(abs((payment.ex_date - d.ex_date).days), d) for d in paid if d.ex_date != payment.ex_date]
    near = [d for days, d in apart if days < 365 - SAME_SEASON_DAYS]
    season = any(
        abs(days - 365) <= SAME_SEASON_DAYS for days, d in apart if d.amount * SPECIAL_MULTIPLE > payment.amount
    )
    striking = len(near) >= FEWEST_OTHERS and payment.amount > STRIKING_MULTIPLE * median(d.amount for d in near)
    return is_special(payment, paid) or (striking and not season)


def next_payment(payment: Dividend, as_of: date) -> date:
    """The first date after `as_of` on which the payment, repeated every year, arrives."""
    day = payment.pay_date
    while day <= as_of:
        day = _year_later(day)
    return day


def _with_projected(last_year: Sequence[Dividend], ahead: Sequence[Dividend], rhythm: Rhythm) -> tuple[Dividend, ...]:
    near = min(SAME_SEASON_DAYS, _PERIOD_DAYS.get(rhythm, 2 * SAME_SEASON_DAYS) / 2)

    def replaced(old: Dividend) -> bool:
        expected = _year_later(old.ex_date)
        return any(abs((new.ex_date - expected).days) < near for new in ahead)

    return (*(d for d in last_year if not replaced(d)), *ahead)


def _year_later(day: date) -> date:
    """The same day next year; 29 February becomes the 28th."""
    return day.replace(year=day.year + 1, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=day.year + 1)
