"""How fast dividends grow: as prices do, unless somebody states another figure.

Total return = dividend yield + growth of prices. Dividends that grow with prices keep the yield as it is, so the growth
nobody states is what the total return leaves of itself after the yield. Any other figure moves the share of earnings
that is paid out, for ever: a payout drift, which is named wherever it is used.
"""

from __future__ import annotations

from dataclasses import dataclass

from alm.elementary import power
from alm.settings import GROWTH_RANGE


@dataclass(frozen=True, slots=True)
class Growth:
    """Growth of dividends a year as it is used, beside what follows from total return and yield. Fractions."""

    total_return_pa: float
    dividend_yield: float
    stated_pa: float | None = None
    """What somebody says it is; None: it is derived."""

    @property
    def derived_pa(self) -> float:
        return price_growth(self.total_return_pa, self.dividend_yield)

    @property
    def pa(self) -> float:
        return self.derived_pa if self.stated_pa is None else self.stated_pa

    @property
    def drift_pa(self) -> float:
        """Points a year by which dividends outgrow prices; 0 when derived."""
        return self.pa - self.derived_pa


def price_growth(total_return_pa: float, dividend_yield: float, payments_a_year: int = 1) -> float:
    """Growth of prices a year: ((1 + r)^(1/n) − y/n)^n − 1 for a total return r and a yield y paid n times a year out
    of the value. With one payment r − y: 7 % − 4 % = 3 %. Held within what a stated growth may be (`GROWTH_RANGE`).
    """
    step = power(1.0 + total_return_pa, 1.0 / payments_a_year) - dividend_yield / payments_a_year
    low, high = GROWTH_RANGE
    return min(max(power(max(step, 0.0), payments_a_year) - 1.0, low), high)
