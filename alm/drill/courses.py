"""The course of prices in a drill: a dated crisis, a fall at constant speed, a stretch of an index, one's own file."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from io import StringIO
from itertools import pairwise
from pathlib import Path

from alm.drill.crises import LONGEST_BY_DAY, Crisis, path
from alm.elementary import exp, log1p
from alm.errors import BadInput
from alm.scenarios import Scenario
from alm.settings import read_file
from alm.text import percent, t

MOST_DAYS = 20_000
"""A drill by the day of some eighty years: the longest series there is."""

COURSE_LIMIT = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Course:
    """Index levels over dates, the first is 1; `per_year` steps make a year. `known` marks real closes.

    `plain`: every price moves with the index, whatever a scenario says of kinds. `yen` is the US dollar in yen, the
    first is 1 as well; empty where it is not known.
    """

    name: str
    title: str
    note: str
    dates: tuple[date, ...]
    levels: tuple[float, ...]
    known: tuple[bool, ...]
    per_year: int
    plain: bool = False
    yen: tuple[float, ...] = ()

    @property
    def deepest(self) -> float:
        """The largest fall from the first close."""
        return 1 - min(self.levels)

    @property
    def by_day(self) -> bool:
        return self.per_year == 252

    def held(self, days: int) -> Course:
        """The same and this many business days more at its last prices; told by months it contains every deadline."""
        more = days if self.by_day else 0
        return replace(
            self,
            dates=self.dates + _business_days(self.dates[-1], more + 1)[1:],
            levels=self.levels + self.levels[-1:] * more,
            known=self.known + (False,) * more,
            yen=self.yen + self.yen[-1:] * more,
        )


def course_of(crisis: Crisis) -> Course:
    """A packaged crisis as it happened, interpolated where no close is known."""
    steps = path(crisis)
    count = sum(steps.known)
    if all(steps.known):
        note = t("{index}: {count} real closes.", index=crisis.index, count=count)
    else:
        note = t(
            "{index}: {count} real closes; the days between are drawn in, so dates and amounts are approximate.",
            index=crisis.index,
            count=count,
        )
    return Course(
        crisis.name, crisis.title, note, steps.dates, steps.levels, steps.known, steps.per_year, yen=steps.yen
    )


def constant_speed(fall: float, days: int, start: date) -> Course:
    """Every price falls by `fall` in `days` equal steps (in logs), one business day each, from `start` on."""
    if not 0 <= fall < 1:
        raise BadInput("a fall from 0 to below 1", column="fall", value=fall)
    if not 1 <= days <= MOST_DAYS:
        raise BadInput(t("a number of days from 1 to {most}", most=f"{MOST_DAYS:,}"), column="days", value=days)
    levels = (*(exp(log1p(-fall) * n / days) for n in range(days)), 1.0 - fall)
    title = t("A fall of {fall} in {days} days", fall=percent(fall), days=days)
    note = t("Every price falls at a constant speed; currencies stay.")
    return Course("fall", title, note, _business_days(start, days + 1), levels, (True,) * (days + 1), 252, plain=True)


def factors(levels: Sequence[float], start: date) -> Course:
    """One close a business day, as factors of today's prices; today's own comes first."""
    whole = (1.0, *levels)
    return Course("factors", "", "", _business_days(start, len(whole)), whole, (True,) * len(whole), 252, plain=True)


def of_closes(name: str, title: str, closes: Sequence[tuple[date, float]]) -> Course:
    """Dated closes as they were: by the day, or by the month when they span many years or stand far apart."""
    first, last = closes[0], closes[-1]
    years = (last[0] - first[0]).days / 365.25
    monthly = years > LONGEST_BY_DAY or len(closes) < 0.5 * 252 * years
    if monthly:
        kept = [pair for pair, after in pairwise(closes) if pair[0].month != after[0].month]
        closes = [first, *(pair for pair in kept if pair != first), *([last] if kept[-1:] != [last] else [])]
    per_year = 12 if monthly else 252
    count = len(closes)
    note = t("{count} real closes.", count=count)
    if monthly:
        note = t("{count} real closes, one a month: a deeper fall within a month is not seen.", count=count)
    levels = tuple(close / first[1] for _, close in closes)
    dates = tuple(on for on, _ in closes)
    return Course(name, title, note, dates, levels, (True,) * len(dates), per_year, plain=True)


def read_course(file: Path) -> Course:
    """A CSV file of one's own with the columns `date,close`, ascending dates and positive closes."""
    closes: list[tuple[date, float]] = []
    for number, row in enumerate(_rows(file), 2):
        closes.append((_day(file, number, row), _close(file, number, row)))
        if len(closes) > 1 and closes[-1][0] <= closes[-2][0]:
            raise BadInput("dates in ascending order", file=file, row=number, column="date", value=row["date"])
    if not 2 <= len(closes) <= MOST_DAYS:
        raise BadInput(t("2 to {most} closes", most=f"{MOST_DAYS:,}"), file=file, value=len(closes))
    return of_closes(file.stem, file.stem, closes)


def _rows(file: Path) -> list[dict[str, str]]:
    try:
        reader = csv.DictReader(StringIO(read_file(file, COURSE_LIMIT).decode("utf-8-sig"), newline=""))
        if reader.fieldnames is None or not {"date", "close"} <= set(reader.fieldnames):
            raise BadInput("the columns date and close", file=file, row=1)
        return list(reader)
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadInput(t("a readable CSV file ({reason})", reason=str(error).rstrip(".")), file=file) from None


def _day(file: Path, number: int, row: dict[str, str]) -> date:
    try:
        return date.fromisoformat(row["date"].strip())
    except (ValueError, AttributeError):
        raise BadInput("a date such as 2008-10-15", file=file, row=number, column="date", value=row["date"]) from None


def _close(file: Path, number: int, row: dict[str, str]) -> float:
    try:
        close = float(row["close"])
    except (ValueError, TypeError):
        close = math.nan
    if not (math.isfinite(close) and close > 0):
        raise BadInput("a positive number", file=file, row=number, column="close", value=row["close"])
    return close


def _business_days(start: date, count: int) -> tuple[date, ...]:
    """`count` days from `start` on, weekends left out (the first is `start` itself)."""
    days, day = [start], start
    while len(days) < count:
        day += timedelta(days=1)
        if day.weekday() < 5:
            days.append(day)
    return tuple(days)


NO_SHOCK = Scenario("course", fall=1.0)
"""Prices with the index, nothing else: what a course of one's own brings."""
