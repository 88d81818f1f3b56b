"""How many days as bad as 2024-08-05 history has had: counted where a daily series is at hand, named where not."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from alm.stress.gap import ONE_DAY_FALL, days_as_bad


@dataclass(frozen=True, slots=True)
class DayCount:
    """A daily series of closes: `as_bad` of its `days` one-day changes were falls of `day_fall` or more."""

    series: str
    source: str
    first: str
    last: str
    days: int
    as_bad: int
    worst_fall: float


NAMED_DAYS = (("Nikkei 225", "2024-08-05", 1 - 31_458.42 / 35_909.70), ("S&P 500", "1987-10-19", 1 - 224.84 / 282.70))
"""Such days outside the counted series, by their published closes; there were others, as in Tokyo in 1987."""


@cache
def daily_counts(day_fall: float = ONE_DAY_FALL) -> tuple[DayCount, ...]:
    """The S&P 500 and the Nasdaq Composite, daily 1999-2018, as the `arch` package carries them."""
    from arch.data import nasdaq, sp500

    closes = {"S&P 500": sp500.load()["Close"].dropna(), "Nasdaq Composite": nasdaq.load()["Close"].dropna()}
    return tuple(
        DayCount(
            name,
            "the arch package's data module",
            str(series.index[0].date()),
            str(series.index[-1].date()),
            len(series) - 1,
            days_as_bad([float(x) for x in series], day_fall),
            float(-series.pct_change().min()),
        )
        for name, series in closes.items()
    )
