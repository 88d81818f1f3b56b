"""Business days of the two exchanges a lender here looks at: Tokyo and New York. No clock: every date is given.

Holidays come from the `holidays` library's exchange calendars (Tokyo from 1949, New York from 1863). Trading on
Saturdays, which New York ended in 1952 and Tokyo in 1989, is left out.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Literal

import numpy as np
import numpy.typing as npt

Exchange = Literal["XJPX", "XNYS"]
Days = npt.NDArray[np.datetime64]


@cache
def _calendar(exchange: Exchange, first: int, last: int) -> np.busdaycalendar:
    from holidays import financial_holidays

    closed = financial_holidays(exchange, years=range(first, last + 1))
    return np.busdaycalendar(holidays=sorted(np.datetime64(day) for day in closed))


def business_days(exchange: Exchange, start: date, end: date) -> Days:
    """Every business day from start to end, both included."""
    days = np.arange(np.datetime64(start), np.datetime64(end) + 1)
    return days[np.is_busday(days, busdaycal=_calendar(exchange, start.year, end.year))]


def add_business_days(exchange: Exchange, start: date, count: int) -> date:
    """The date `count` business days after start; count 0 is start itself or the next business day."""
    calendar = _calendar(exchange, start.year, start.year + 1 + count // 200)
    found: date = np.busday_offset(np.datetime64(start), count, roll="forward", busdaycal=calendar).astype(object)
    return found


def business_days_between(exchange: Exchange, start: date, end: date) -> int:
    """How many business days lie after start, up to and including end."""
    first, last = np.datetime64(start) + 1, np.datetime64(end) + 1
    return int(np.busday_count(first, last, busdaycal=_calendar(exchange, start.year, end.year)))
