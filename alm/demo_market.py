"""An invented market for the demo household: generated daily prices that end exactly where they are asked to end.

No figure here is of any real security. Daily log returns are a common factor plus the security's own noise, normal,
from a fixed seed, walked backwards from the last price, so the same date always gives the same five years.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import numpy as np

from alm.elementary import exp

YEARS = 5
DAYS_A_YEAR = 261
SEED = 20_240_714


@dataclass(frozen=True, slots=True)
class Security:
    """What a generated series is made from; volatility and drift are annual, `beta` is to the common factor."""

    ticker: str
    last: Decimal
    volatility: float
    beta: float
    drift: float
    every_day: bool = False
    """Priced at weekends too."""

    @property
    def step(self) -> Decimal:
        """The smallest price move: the last digit of the last price."""
        return Decimal(1).scaleb(int(self.last.as_tuple().exponent))


Closes = dict[date, Decimal]


def market(securities: Sequence[Security], as_of: date) -> dict[str, Closes]:
    """Five years of closes for each security, oldest first, the last one on the last day it trades."""
    calendar = [as_of - timedelta(days=back) for back in range(365 * YEARS + 1)]
    common = np.random.default_rng(SEED).normal(size=len(calendar))
    return {
        security.ticker: _closes(security, calendar, common, np.random.default_rng((SEED, number)))
        for number, security in enumerate(securities, start=1)
    }


def _closes(
    security: Security,
    calendar: Sequence[date],
    common: np.ndarray[tuple[int], np.dtype[np.float64]],
    own: np.random.Generator,
) -> Closes:
    """`calendar` and `common` run backwards from the last day; weekends carry no return where nobody trades."""
    trading = np.array([security.every_day or day.weekday() < 5 for day in calendar])
    noise = security.beta * common + np.sqrt(1 - security.beta * security.beta) * own.normal(size=len(calendar))
    returns = security.drift / DAYS_A_YEAR + security.volatility / np.sqrt(DAYS_A_YEAR) * noise
    back = np.concatenate(([0.0], np.cumsum(returns[trading])[:-1]))
    days = [day for day, open_ in zip(calendar, trading, strict=True) if open_]
    prices = [_rounded(float(security.last) * exp(-float(moved)), security.step) for moved in back]
    return dict(sorted(zip(days, [security.last, *prices[1:]], strict=True)))


def _rounded(price: float, step: Decimal) -> Decimal:
    return max(Decimal(price).quantize(step), step)


def on_or_before(closes: Mapping[date, Decimal], day: date) -> tuple[date, Decimal]:
    """The last close at a date."""
    found = max(known for known in closes if known <= day)
    return found, closes[found]
