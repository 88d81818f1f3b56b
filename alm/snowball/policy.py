"""What is bought with dividends and contributions: the holding that paid, the target weights, or one fund."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alm.balance_sheet import BalanceSheet, Holding
from alm.dividends import DividendIncome, Growth
from alm.errors import BadInput, MissingValue, UnknownName
from alm.language import t
from alm.settings import REINVEST_INTO, Settings
from alm.snowball.roll import Floats


@dataclass(frozen=True, slots=True)
class Policy:
    """How the snowball is rolled; None takes the household's setting or, for contributions, its own surplus.

    With `contribution_monthly` None the household lives on its work income first: what income leaves after spending
    and debt service is contributed, and what it lacks is taken out of dividends before anything is reinvested. With
    an amount, that amount is contributed and every dividend is reinvested.
    """

    into: str | None = None
    """"same": the holding that paid, contributions by market value; "targets": target weights; "fund": one fund."""
    contribution_monthly: float | None = None
    reinvest_share: float = 1.0
    fund_yield: float | None = None
    fund_growth_pa: float | None = None
    growth: tuple[tuple[str, float], ...] = ()
    """Growth of dividends per share a year by ticker; the others grow as the portfolio's (`growth_held`)."""
    buy_every_months: int = 1

    def __post_init__(self) -> None:
        if self.into is not None and self.into not in REINVEST_INTO:
            raise BadInput(t("one of {names}", names=", ".join(REINVEST_INTO)), column="reinvest into", value=self.into)
        if self.contribution_monthly is not None and not 0 <= self.contribution_monthly < float("inf"):
            raise BadInput("0 or more", column="contribution", value=self.contribution_monthly)
        if not 0 <= self.reinvest_share <= 1:
            raise BadInput("a fraction from 0 to 1", column="reinvest share", value=self.reinvest_share)
        if self.buy_every_months not in (1, 2, 3, 4, 6, 12):
            raise BadInput(
                "a whole part of a year: 1, 2, 3, 4, 6 or 12", column="buy every", value=self.buy_every_months
            )
        for ticker, growth in self.growth:
            if not -1 < growth <= 1:
                raise BadInput(
                    "a growth above −1 and at most 1", column=t("growth of {ticker}", ticker=ticker), value=growth
                )


def growth_held(income: DividendIncome, settings: Settings) -> Growth:
    """Of what is held: one figure, because the total return of the settings is the portfolio's, and so is its yield.

    The demo: 7 % − 4 % = 3 %. With what is bought not growing, as the settings state, its net dividends reach spending
    in year 29, and spending and interest in year 32 (docs/method.md works both out).
    """
    return Growth(settings.total_return_pa, income.yield_on_value or 0.0, settings.dividend_growth_pa)


def growth_bought(settings: Settings, policy: Policy) -> Growth:
    """Of the fund that new money buys."""
    fund_yield = settings.reinvest_yield if policy.fund_yield is None else policy.fund_yield
    stated = settings.reinvest_growth_pa if policy.fund_growth_pa is None else policy.fund_growth_pa
    return Growth(settings.total_return_pa, fund_yield, stated)


def growth_of(sheet: BalanceSheet, policy: Policy, held_pa: float, fund_pa: float) -> Floats:
    """(n,) growth of dividends per share of each holding, the fund last. UnknownName for a ticker not held."""
    own, held = dict(policy.growth), tuple(dict.fromkeys(h.ticker for h in sheet.holdings))
    for ticker in own:
        if ticker not in held:
            raise UnknownName("holding", ticker, held)
    return np.array([*(own.get(h.ticker, held_pa) for h in sheet.holdings), fund_pa])


def own_rows(sheet: BalanceSheet, into: str) -> NDArray[np.bool_]:
    """(n,) rows whose dividends buy themselves: under "same", every holding that has a market value."""
    return np.array([into == "same" and h.value > 0 for h in sheet.holdings] + [False])


def split(sheet: BalanceSheet, into: str) -> Floats:
    """(n,) shares of pooled money by row, the fund last; where nothing can be bought, all of it goes to the fund."""
    weights = np.zeros(len(sheet.holdings) + 1)
    if into == "same":
        weights[:-1] = [max(h.value, 0.0) for h in sheet.holdings]
    elif into == "targets":
        weights[:] = _target_weights(sheet)
    if weights.sum() <= 0:
        weights[-1] = 1.0
    shares: Floats = weights / weights.sum()
    return shares


def _target_weights(sheet: BalanceSheet) -> list[float]:
    """A target's weight is shared by market value among its holdings; one without holdings goes to the fund."""
    if not sheet.targets:
        raise MissingValue("No target weights")
    weights = [0.0] * (len(sheet.holdings) + 1)
    for name, weight in sheet.targets:
        values = [max(h.value, 0.0) if _matches(h, name) else 0.0 for h in sheet.holdings]
        if sum(values) > 0:
            weights[:-1] = [w + weight * v / sum(values) for w, v in zip(weights, values, strict=False)]
        else:
            weights[-1] += weight
    return weights


def _matches(holding: Holding, target: str) -> bool:
    return target in (holding.ticker, holding.asset_class)
