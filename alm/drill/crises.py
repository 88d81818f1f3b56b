"""Dated crises: closes at turning points, and the path between them.

Between two known closes the path is a straight line in log price over business days: an interpolation, and `note`
says so wherever the path is shown. Where two consecutive business days are both known the day is as it happened.
"""

from __future__ import annotations

import csv
import math
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from alm.errors import UnknownName
from alm.settings import data_folder, read_toml
from alm.text import t

LONGEST_BY_DAY = 4.5
"""Crises of more years than this are replayed month by month."""


@dataclass(frozen=True, slots=True)
class Crisis:
    """A stretch of an index; `closes` are (date, close), the first is the peak it is measured from.

    `closed` are the weekdays on which its exchange (an ISO 10383 code) rested; empty where it is told by months.
    """

    name: str
    title: str
    index: str
    exchange: str
    closes: tuple[tuple[date, float], ...]
    closed: frozenset[date] = frozenset()

    @property
    def start(self) -> date:
        return self.closes[0][0]

    @property
    def end(self) -> date:
        return self.closes[-1][0]

    @property
    def deepest(self) -> float:
        """The largest fall from the first close among the known closes."""
        return 1 - min(close for _, close in self.closes) / self.closes[0][1]

    @property
    def by_day(self) -> bool:
        return (self.end - self.start).days / 365.25 <= LONGEST_BY_DAY

    @property
    def note(self) -> str:
        return t(
            "{index}: {count} known closes; the days between them are interpolated in log price.",
            index=self.index,
            count=len(self.closes),
        )


@dataclass(frozen=True, slots=True)
class Path:
    """Index levels over dates, the first is 1; `per_year` steps make a year; `known` marks real closes."""

    dates: tuple[date, ...]
    levels: tuple[float, ...]
    known: tuple[bool, ...]
    per_year: int


@cache
def crises() -> Mapping[str, Crisis]:
    """Every packaged crisis by name, oldest first."""
    rows = _closes()
    return {name: _crisis(name, found, rows) for name, found in read_toml(data_folder() / "crises.toml").items()}


def find_crisis(name: str) -> Crisis:
    if name not in crises():
        raise UnknownName("crisis", name, tuple(crises()))
    return crises()[name]


def _closes() -> tuple[tuple[str, date, float], ...]:
    with (data_folder() / "crisis_closes.csv").open(encoding="utf-8") as file:
        lines = csv.DictReader(line for line in file if not line.startswith("#"))
        return tuple((row["index"], date.fromisoformat(row["date"]), float(row["close"])) for row in lines)


def _crisis(name: str, found: Mapping[str, object], rows: tuple[tuple[str, date, float], ...]) -> Crisis:
    start, end, index, closed = found["start"], found["end"], str(found["index"]), found.get("closed", [])
    assert isinstance(start, date)
    assert isinstance(end, date)
    assert isinstance(closed, list)
    closes = tuple((on, close) for title, on, close in rows if title == index and start <= on <= end)
    return Crisis(name, str(found["title"]), index, str(found["exchange"]), closes, frozenset(closed))


def path(crisis: Crisis) -> Path:
    """The crisis by business day, or by month when it is long."""
    grid = _days(crisis) if crisis.by_day else _months(crisis)
    known = {on for on, _ in crisis.closes}
    levels = tuple(_level(crisis, on) for on in grid)
    return Path(grid, levels, tuple(on in known for on in grid), 252 if crisis.by_day else 12)


def _days(crisis: Crisis) -> tuple[date, ...]:
    """Business days, and the known closes whatever the calendar says of them."""
    span = (crisis.start + timedelta(days=n) for n in range((crisis.end - crisis.start).days + 1))
    days = {day for day in span if day.weekday() < 5 and day not in crisis.closed}
    return tuple(sorted(days | {on for on, _ in crisis.closes}))


def _months(crisis: Crisis) -> tuple[date, ...]:
    """The first day of each month, between the first and the last close."""
    first, last = crisis.start.year * 12 + crisis.start.month, crisis.end.year * 12 + crisis.end.month
    months = (date(month // 12, month % 12 + 1, 1) for month in range(first, last))
    return (crisis.start, *(month for month in months if crisis.start < month < crisis.end), crisis.end)


def _level(crisis: Crisis, on: date) -> float:
    """Log-linear in calendar days between the known closes around a date."""
    dates = [day for day, _ in crisis.closes]
    place = min(bisect_right(dates, on), len(dates) - 1)
    (before, low), (after, high) = crisis.closes[place - 1], crisis.closes[place]
    share = (on - before).days / (after - before).days
    return math.exp(math.log(low) * (1 - share) + math.log(high) * share) / crisis.closes[0][1]
