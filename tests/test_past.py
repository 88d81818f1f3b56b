"""The portfolio as it really was held: money that enters is no return, and a day nobody trades is no day."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pandas as pd
import pytest

from alm.balance_sheet import BalanceSheet
from alm.ledger.transactions import Transaction
from alm.past import actual, restated
from alm.settings import Settings
from alm.store.market import Market
from tests.households import holding

FRIDAY, SATURDAY, MONDAY, TUESDAY = (date(2026, 11, day) for day in (13, 14, 16, 17))


def market(closes: dict[str, list[float]], **more: object) -> Market:
    days = pd.DatetimeIndex([FRIDAY, SATURDAY, MONDAY, TUESDAY])
    fields = {"fx": pd.DataFrame(index=days), "currencies": {}, "splits": (), "dividends": (), **more}
    return Market(closes=pd.DataFrame(closes, index=days), **fields)  # type: ignore[arg-type]


def bought(ticker: str, on: date, quantity: float, amount: float) -> Transaction:
    return Transaction(on, "buy", "Broker", "JPY", ticker, quantity, amount)


def sheet(*tickers: str) -> BalanceSheet:
    return BalanceSheet(TUESDAY, "JPY", holdings=tuple(holding(name, 1.0) for name in tickers))


def test_purchases_are_not_returns_and_a_weekend_is_no_day():
    prices = market({"A": [100.0, np.nan, 110.0, 99.0]})
    trades = [bought("A", FRIDAY, 1, 100.0), bought("A", MONDAY, 9, 990.0)]
    found = actual(trades, sheet("A"), prices, 0.0)
    assert found is not None
    # Friday to Monday +10 % on one unit, then −10 % on ten: the size of the position does not weigh
    assert found.measures.observations == 2
    assert (found.start, found.end) == (MONDAY, TUESDAY)
    assert found.measures.max_drawdown == pytest.approx(-0.10)
    assert found.measures.annual_return == pytest.approx((1.1 * 0.9) ** 126 - 1)


def test_a_dividend_received_is_part_of_the_return():
    prices = market({"A": [100.0, np.nan, 100.0, 100.0]})
    trades = [bought("A", FRIDAY, 1, 100.0), Transaction(MONDAY, "dividend", "Broker", "JPY", "A", amount=5.0)]
    found = actual(trades, sheet("A"), prices, 0.0)
    assert found is not None
    assert found.measures.annual_return == pytest.approx(1.05**126 - 1)


def test_nothing_traded_is_nothing_to_say():
    assert actual([], sheet("A"), market({"A": [1.0, 1, 1, 1]}), 0.0) is None
    assert actual([bought("A", TUESDAY, 1, 1.0)], sheet("A"), market({"A": [1.0, 1, 1, 1]}), 0.0) is None


def test_closes_are_restated_for_splits_and_grown_by_dividends_quoted_alike():
    prices = market(
        {"A": [100.0, np.nan, 50.0, 50.0], "FUND": [10_000.0, np.nan, 10_000.0, 9_900.0]},
        splits=(("A", MONDAY, 2.0),),
        dividends=(("A", TUESDAY, 5.0), ("FUND", TUESDAY, 100.0)),
    )
    assert list(restated(prices)["A"].dropna()) == [50, 50, 50]
    grown = restated(prices, dividends=True)
    assert list(grown["A"].dropna()) == pytest.approx([50, 50, 55])
    assert grown["FUND"].iloc[-1] == pytest.approx(10_000)  # 9,900 and 100, both per 10,000 units
    assert math.isnan(grown["A"].iloc[1])


def test_the_settings_rate_is_subtracted():
    prices = market({"A": [100.0, np.nan, 110.0, 99.0]})
    trades = [bought("A", FRIDAY, 1, 100.0)]
    plain, above = (actual(trades, sheet("A"), prices, rate) for rate in (Settings().risk_free_pa, 0.1))
    assert plain is not None
    assert above is not None
    assert above.measures.sharpe < plain.measures.sharpe
