"""Daily closes of indices that come with the program: what a drill of any stretch can be run on without fetching.

S&P 500 and NASDAQ Composite, 1999-01-04 to 2018-12-31, as carried by the `arch` package (price index, no dividends).
Anything longer or elsewhere is what `alm history update` has stored: NIKKEI225, SP500 and others by their names.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache

from alm.drill.courses import Course, of_closes
from alm.errors import BadInput, UnknownName
from alm.text import day, t

Closes = Sequence[tuple[date, float]]
PACKAGED = ("SP500", "NASDAQ")


@cache
def packaged_closes(index: str) -> tuple[tuple[date, float], ...]:
    """Every close of a packaged index, oldest first."""
    from arch.data import nasdaq, sp500

    frame = {"SP500": sp500, "NASDAQ": nasdaq}[index].load()
    return tuple((stamp.date(), float(close)) for stamp, close in frame["Close"].items())


def stretch(index: str, stored: Closes, first: date, last: date) -> Course:
    """The closes of an index from one date to another: the stored ones where they reach, else the packaged ones."""
    known = max((stored, packaged_closes(index) if index in PACKAGED else ()), key=lambda c: _covered(c, first, last))
    if not known:
        raise UnknownName("index with daily closes (`alm history update` stores more)", index, PACKAGED)
    closes = [pair for pair in known if first <= pair[0] <= last]
    if first >= last or len(closes) < 2:
        raise BadInput(
            t(
                "dates within {first} to {last}, the first before the last",
                first=day(known[0][0]),
                last=day(known[-1][0]),
            ),
            column="--from",
            value=first.isoformat(),
        )
    title = t("{index}, {first} to {last}", index=index, first=day(closes[0][0]), last=day(closes[-1][0]))
    return of_closes(index, title, closes)


def _covered(closes: Closes, first: date, last: date) -> int:
    return sum(first <= on <= last for on, _ in closes)
