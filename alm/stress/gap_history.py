"""How many days as bad as 2024-08-05 history has had: counted where a daily series is at hand, named where not."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache

from alm.settings import data_folder
from alm.stress.gap import ONE_DAY_FALL


@dataclass(frozen=True, slots=True)
class DayCount:
    """A daily series of closes: `as_bad` of its `days` one-day changes were falls of ONE_DAY_FALL or more."""

    series: str
    first: str
    last: str
    days: int
    as_bad: int
    worst_fall: float
    worst_on: str


@dataclass(frozen=True, slots=True)
class BadDay:
    """A single day of a series that is not carried, by its published closes."""

    series: str
    on: str
    fall: float


@cache
def daily_counts() -> tuple[DayCount, ...]:
    """The series of data/worst_days.csv that were counted whole; its ten worst days a series suffice for that."""
    counted = [row for row in _rows() if row["days"]]
    series = dict.fromkeys((row["series"], row["first"], row["last"], int(row["days"])) for row in counted)
    return tuple(_count(*one, [row for row in counted if row["series"] == one[0]]) for one in series)


def _count(series: str, first: str, last: str, days: int, rows: list[dict[str, str]]) -> DayCount:
    worst = max(rows, key=lambda row: float(row["fall"]))
    as_bad = sum(float(row["fall"]) >= ONE_DAY_FALL for row in rows)
    return DayCount(series, first, last, days, as_bad, float(worst["fall"]), worst["date"])


@cache
def named_days() -> tuple[BadDay, ...]:
    """Days outside the counted series; there were others, as in Tokyo in 1987."""
    return tuple(BadDay(row["series"], row["date"], float(row["fall"])) for row in _rows() if not row["days"])


def _rows() -> list[dict[str, str]]:
    text = (data_folder() / "worst_days.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))
