"""A stretch of an index, as a drill's course: of the packaged closes, or of what `alm history update` has stored."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from alm.drill.courses import Course, of_closes
from alm.drill.packaged import PACKAGED, packaged_closes
from alm.errors import BadInput, UnknownName
from alm.text import day, t

Closes = Sequence[tuple[date, float]]


def stretch(index: str, stored: Closes, first: date, last: date) -> Course:
    """The closes of an index from one date to another: the stored ones where they reach, else the packaged ones."""
    packaged = packaged_closes(index) if index in PACKAGED else ()
    known = max((stored, packaged), key=lambda c: (_covered(c, first, last), len(c)))
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
