"""The stored market made fit for the risk report and the backtest: splits undone, dividends reinvested if wanted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from alm.balance_sheet import BalanceSheet
from alm.ledger.growth import Growth, growth
from alm.ledger.transactions import Transaction
from alm.ledger.values import Series
from alm.risk.scorecard import Measures, measures_of
from alm.risk.series import periods_per_year, present, time_weighted_returns, with_dividends, without_splits
from alm.risk.tail import tails

if TYPE_CHECKING:
    from alm.store.market import Market


def restated(market: Market, *, dividends: bool = False) -> pd.DataFrame:
    """Closes in today's units, quote currency; with dividends reinvested on their ex-dates, total-return prices.

    A dividend is quoted like the price, per `price_unit` units. Gross: no tax is taken off.
    """
    closes = with_dividends(market.closes, market.dividends) if dividends else market.closes
    return without_splits(closes, market.splits)


@dataclass(frozen=True, slots=True)
class Actual:
    """The portfolio as it really was held: time-weighted, dividends included, money that came or went left out."""

    start: date
    end: date
    per_year: float
    measures: Measures


def actual(
    transactions: Sequence[Transaction], sheet: BalanceSheet, market: Market, risk_free_pa: float
) -> Actual | None:
    """From the transactions; None without at least two days of trading to compare."""
    grown = growth(transactions, sheet, _columns(market.closes), _columns(market.fx))
    returns = actual_returns(grown, market.closes) if grown is not None and grown.by_ticker.keys else None
    if returns is None or not len(present(returns.to_numpy())):
        return None
    dates = pd.DatetimeIndex(returns.index)
    per_year, kept = periods_per_year(dates), present(returns.to_numpy())
    return Actual(dates[0].date(), dates[-1].date(), per_year, measures_of(kept, tails(kept), risk_free_pa, per_year))


def actual_returns(grown: Growth, closes: pd.DataFrame) -> pd.Series:
    """Time-weighted returns between days on which at least half of what is held has a close of that very day.

    Values are carried forward over the other days, and a return taken there would be 0 only because nobody traded.
    """
    days = pd.DatetimeIndex(grown.days)
    names = [name for _, name in grown.by_ticker.keys]
    held = grown.by_ticker.amounts != 0
    fresh = closes.reindex(index=days, columns=names).notna().to_numpy() & held
    traded = (fresh.sum(axis=1) * 2 >= np.maximum(held.sum(axis=1), 1)) & ~np.isnan(grown.value)
    paid_in = grown.paid_in[traded]
    flows = np.diff(paid_in, prepend=paid_in[:1])
    return pd.Series(time_weighted_returns(grown.value[traded], flows), index=days[traded][1:])


def _columns(frame: pd.DataFrame) -> dict[str, Series]:
    days = frame.index.to_numpy().astype("datetime64[D]")
    return {str(name): (days, frame[name].to_numpy(np.float64)) for name in frame.columns}
