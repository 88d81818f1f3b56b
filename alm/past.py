"""The stored market made fit for the risk report and the backtest: splits undone, dividends reinvested if wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from alm.balance_sheet import BalanceSheet
from alm.risk.series import with_dividends, without_splits

if TYPE_CHECKING:
    from alm.store.market import Market


def restated(market: Market, sheet: BalanceSheet, *, dividends: bool = False) -> pd.DataFrame:
    """Closes in today's units, quote currency; with dividends reinvested on their ex-dates, total-return prices.

    A dividend is per unit and a price per `price_unit` units of its holding. Gross: no tax is taken off.
    """
    closes = market.closes
    if dividends:
        units = {h.ticker: h.price_unit for h in sheet.holdings}
        closes = with_dividends(
            closes, ((name, on, each * units.get(name, 1.0)) for name, on, each in market.dividends)
        )
    return without_splits(closes, market.splits)
