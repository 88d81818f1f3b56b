"""Dated crises: real closes, and the path between them.

Where the packaged closes of an index cover a crisis every day is as it was. Elsewhere the closes of its turning points
are known; between two of them the path is a straight line in log price: an interpolation, and the course's note says so
wherever its dates are shown. A crisis told by months takes the lowest known close of each month that has one.
"""

from __future__ import annotations

import csv
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from alm.drill.packaged import packaged_closes
from alm.elementary import exp, log
from alm.errors import UnknownName
from alm.settings import data_folder, read_toml

Closes = tuple[tuple[date, float], ...]

LONGEST_BY_DAY = 4.5
"""Crises of more years than this are replayed month by month."""


@dataclass(frozen=True, slots=True)
class Crisis:
    """A stretch of an index; `closes` are (date, close), the first is the peak it is measured from.

    `closed` are the weekdays on which its exchange (an ISO 10383 code) rested; empty where it is told by months.
    `yen` are closes of the US dollar in yen around the whole stretch, none where they are not known. `daily` names the
    packaged index that has every close.
    """

    name: str
    title: str
    index: str
    exchange: str
    closes: Closes
    closed: frozenset[date] = frozenset()
    yen: Closes = ()
    daily: str = ""

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


@dataclass(frozen=True, slots=True)
class Path:
    """Index levels over dates, the first is 1; `per_year` steps make a year; `known` marks real closes. `yen` is the US
    dollar in yen likewise, empty where it is not known."""

    dates: tuple[date, ...]
    levels: tuple[float, ...]
    known: tuple[bool, ...]
    per_year: int
    yen: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class _Row:
    """A close of `turning_points.csv`, found in a window of dates."""

    index: str
    first: date
    last: date
    on: date
    close: float


@cache
def crises() -> Mapping[str, Crisis]:
    """Every packaged crisis by name, oldest first."""
    rows = _closes()
    return {name: _crisis(name, found, rows) for name, found in read_toml(data_folder() / "crises.toml").items()}


def find_crisis(name: str) -> Crisis:
    if name not in crises():
        raise UnknownName("crisis", name, tuple(crises()))
    return crises()[name]


def _closes() -> tuple[_Row, ...]:
    with (data_folder() / "turning_points.csv").open(encoding="utf-8") as file:
        return tuple(_row(row) for row in csv.DictReader(line for line in file if not line.startswith("#")))


def _row(row: Mapping[str, str]) -> _Row:
    first, last = map(date.fromisoformat, row["window"].split("/"))
    return _Row(row["index"], first, last, date.fromisoformat(row["date"]), float(row["close"]))


def _crisis(name: str, found: Mapping[str, object], rows: tuple[_Row, ...]) -> Crisis:
    start, end, index, closed = found["start"], found["end"], str(found["index"]), found.get("closed", [])
    assert isinstance(start, date)
    assert isinstance(end, date)
    assert isinstance(closed, list)
    closes = {row.on: row.close for row in rows if row.index == index and start <= row.on <= end}
    yen = {row.on: row.close for row in rows if row.index == "USD/JPY" and row.first <= start and end <= row.last}
    return Crisis(
        name, str(found["title"]), index, str(found["exchange"]), tuple(sorted(closes.items())), frozenset(closed),
        tuple(sorted(yen.items())), str(found.get("daily", "")),
    )  # fmt: skip


def path(crisis: Crisis) -> Path:
    """The crisis by business day, or by month when it is long."""
    closes = _every_close(crisis) if crisis.daily else crisis.closes
    grid = tuple(on for on, _ in closes) if crisis.daily else _days(crisis) if crisis.by_day else _months(crisis)
    known = {on for on, _ in closes}
    return Path(
        grid, levels(closes, grid), tuple(on in known for on in grid), 252 if crisis.by_day else 12,
        levels(crisis.yen, grid) if crisis.yen else (),
    )  # fmt: skip


def _every_close(crisis: Crisis) -> Closes:
    return tuple(pair for pair in packaged_closes(crisis.daily) if crisis.start <= pair[0] <= crisis.end)


def _days(crisis: Crisis) -> tuple[date, ...]:
    """Business days, and the known closes whatever the calendar says of them."""
    span = (crisis.start + timedelta(days=n) for n in range((crisis.end - crisis.start).days + 1))
    days = {day for day in span if day.weekday() < 5 and day not in crisis.closed}
    return tuple(sorted(days | {on for on, _ in crisis.closes}))


def _months(crisis: Crisis) -> tuple[date, ...]:
    """One date a month between the first and the last close: that of its lowest known close, else its first day."""
    first, last = crisis.start.year * 12 + crisis.start.month, crisis.end.year * 12 + crisis.end.month
    months = (date(month // 12, month % 12 + 1, 1) for month in range(first, last))
    lowest: dict[date, date] = {}
    for on, _ in sorted(crisis.closes, key=lambda pair: -pair[1]):
        lowest[on.replace(day=1)] = on
    inside = (lowest.get(month, month) for month in months)
    return (crisis.start, *(on for on in inside if crisis.start < on < crisis.end), crisis.end)


def levels(closes: Closes, grid: tuple[date, ...]) -> tuple[float, ...]:
    """Closes on the dates of a grid as factors of the first: log-linear in calendar days between the known ones."""
    dates = [on for on, _ in closes]

    def log_close(on: date) -> float:
        place = min(max(bisect_right(dates, on), 1), len(dates) - 1)
        (before, low), (after, high) = closes[place - 1], closes[place]
        share = (on - before).days / (after - before).days
        return log(low) * (1 - share) + log(high) * share

    start = log_close(grid[0])
    return tuple(exp(log_close(on) - start) for on in grid)
