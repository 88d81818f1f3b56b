"""Figures too strange to store: held back, named and shown, until a person accepts or discards them.

A close is compared with the last one believed, splits between them undone. Thresholds are assumptions, set so that
the largest true moves of listed shares pass (GameStop +135 % and Wirecard −62 % in a day) and mistakes of unit,
currency or split do not; longer gaps allow wider moves.
"""

from __future__ import annotations

import math
from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import date
from typing import Literal

from alm.balance_sheet import Dividend
from alm.dividends.payments import looks_special
from alm.feeds.quotes.values import Fetched, Known, Payment, Point
from alm.text import t

SHARE_JUMP = 4.0
RATE_JUMP = 1.5
STALE_REPEATS = 10
LARGEST_DIVIDEND = 0.25
ASKED_ABOUT_DAYS = 400
"""A payment before this is in no projection any more: whether it was special is nobody's question."""
_MONTH = 30

Figure = Literal["price", "dividend"]


@dataclass(frozen=True, slots=True)
class Suspect:
    """A figure held back, with why, in words that end a sentence."""

    kind: Figure
    on: date
    value: float
    reason: str
    currency: str = ""
    """Of a dividend: what it is paid in."""


@dataclass(frozen=True, slots=True)
class Screened:
    """What may be stored and what may not."""

    closes: tuple[Point, ...]
    dividends: tuple[Payment, ...]
    suspects: tuple[Suspect, ...]


def screen(fetched: Fetched, books: Known, today: date, *, jump: float = SHARE_JUMP) -> Screened:
    """Sort the closes and dividends that the books lack into believable and suspect."""
    suspects: list[Suspect] = []
    kept: list[Point] = []
    last = books.newest
    splits = {*fetched.splits, *books.splits}
    for on, value in books.news(fetched.closes):
        reason = _strange(on, value, last, splits, today, jump)
        if reason:
            suspects.append(Suspect("price", on, value, reason))
        else:
            kept.append((on, value))
            last = (on, value)
    closes, repeats = _without_repeats(kept, books)
    dividends, odd = _dividends(fetched, books, today)
    return Screened(closes, dividends, (*suspects, *repeats, *odd))


def _strange(on: date, value: float, last: Point | None, splits: Set[Point], today: date, jump: float) -> str:
    if not math.isfinite(value) or value <= 0:
        return t("a price is above zero")
    if (on - today).days > 1:
        return t("the day has not come yet")
    if last is None or on < last[0]:
        return ""
    before = last[1]
    for split_on, ratio in splits:
        before /= ratio if last[0] < split_on <= on else 1.0
    factor = value / before
    allowed = jump * (1 + max((on - last[0]).days - 7, 0) / _MONTH)
    if 1 / allowed < factor < allowed:
        return ""
    known = {"before": f"{before:,.6g}", "day": last[0]}
    if factor >= 1:
        odd = t("{times} times the {before} of {day}", times=f"{factor:,.3g}", **known)
    else:
        odd = t("1/{part} of the {before} of {day}", part=f"{1 / factor:,.3g}", **known)
    mistake = _guess(factor)
    return odd if not mistake else t("{odd}: {mistake}, perhaps", odd=odd, mistake=mistake)


def _guess(factor: float) -> str:
    """The usual mistake behind a factor, if it looks like one."""
    size = max(factor, 1 / factor)
    known = (100, t("a minor unit such as pence")), (10_000, t("another number of units")), (10, t("a split"))
    return next((mistake for scale, mistake in known if abs(size / scale - 1) < 0.3), "")


def _without_repeats(closes: list[Point], books: Known) -> tuple[tuple[Point, ...], tuple[Suspect, ...]]:
    """Cut off a tail of equal closes, as a dead feed gives; a price that never moved (a cash fund) is no dead feed."""
    values = [value for _, value in closes]
    before = books.newest[1] if books.newest else values[0] if values else 0.0
    tail = next((i for i, value in enumerate(reversed(values)) if value != values[-1]), len(values))
    goes_on = books.newest is not None and tail == len(values) and tail > 0 and values[-1] == before
    run = tail + books.repeats if goes_on else tail
    if run < STALE_REPEATS or not (books.moves or len({*values, before}) > 1):
        return tuple(closes), ()
    first = len(closes) - tail + (0 if goes_on else 1)
    reason = t("the same price on {run} days in a row: a dead feed, perhaps", run=run)
    return tuple(closes[:first]), tuple(Suspect("price", on, x, reason) for on, x in closes[first:])


def _dividends(fetched: Fetched, books: Known, today: date) -> tuple[tuple[Payment, ...], tuple[Suspect, ...]]:
    """What the books have of a day stands, and is not asked about again."""
    recorded = {each.on for each in books.paid}
    new = [each for each in fetched.dividends if each.on not in recorded]
    history = _comparable((*books.paid, *new), {*books.splits, *fetched.splits})
    kept: list[Payment] = []
    odd: list[Suspect] = []
    for each in new:
        recent = (today - each.on).days <= ASKED_ABOUT_DAYS
        if reason := _odd(each, fetched) or (_special(each, history) if recent else ""):
            odd.append(Suspect("dividend", each.on, each.amount, reason, each.currency))
        else:
            kept.append(each)
    return tuple(kept), tuple(odd)


def _odd(paid: Payment, fetched: Fetched) -> str:
    """A payment that is none, or that is a large part of the price, where both are in one currency."""
    closes = fetched.closes
    price = next((value for day, value in reversed(closes) if day <= paid.on), closes[0][1] if closes else math.inf)
    if 0 < paid.amount < (LARGEST_DIVIDEND * price if paid.currency == fetched.currency else math.inf):
        return ""
    return t("a dividend above 25 % of the price of {price}", price=f"{price:,.6g}")


def _special(paid: Payment, history: Sequence[Dividend]) -> str:
    own = next(each for each in history if each.ex_date == paid.on)
    others = [each for each in history if each.currency == paid.currency]
    return (
        t("several times its other payments and out of season: a special, perhaps")
        if looks_special(own, others)
        else ""
    )


def _comparable(paid: Sequence[Payment], splits: set[Point]) -> list[Dividend]:
    """Each payment per unit of today."""
    return [
        Dividend("", each.on, each.on, each.amount / math.prod(r for on, r in splits if on > each.on), each.currency)
        for each in paid
    ]
