"""Value and money paid in, day by day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from alm.balance_sheet import BalanceSheet
from alm.ledger.growth import growth, implied_unit
from alm.ledger.values import Series
from tests.households import holding
from tests.ledger.ledgers import row

SHEET = BalanceSheet(date(2020, 1, 5), "JPY", holdings=(holding("X", 1_000.0),))


def series(points: dict[str, float]) -> Series:
    return np.array(list(points), dtype="datetime64[D]"), np.array(list(points.values()))


def test_value_and_what_was_paid_for_it() -> None:
    rows = [
        row("2019-12-31", "deposit", 0, 9_999, ticker=""), row("2020-01-01", "buy", 10, 1_000, fee=10),
        row("2020-01-03", "sell", 4, 480), row("2020-01-04", "dividend", 0, 30),
    ]  # fmt: skip
    found = growth(rows, SHEET, {"X": series({"2020-01-01": 100.0, "2020-01-03": 120.0})}, {})
    assert found is not None
    assert found.value.tolist() == [1_000, 1_000, 720, 720, 720]
    assert found.paid_in.tolist() == [1_010, 1_010, 530, 500, 500]


def test_a_foreign_ticker_follows_its_currency_and_is_unknown_without_it() -> None:
    rows = [row("2020-01-01", "buy", 10, 1_000, currency="USD", fx=100.0)]
    sheet = replace(SHEET, holdings=(holding("X", 1_000.0, currency="USD", fx=100.0),))
    prices = {"X": series({"2020-01-01": 100.0})}
    known = growth(rows, sheet, prices, {"USD": series({"2020-01-02": 110.0})})
    assert known is not None
    assert np.isnan(known.value[0])
    assert known.value[1:].tolist() == [110_000] * 4


@pytest.mark.parametrize(("per_unit", "close", "unit"), [(1_500, 1_520, 1), (2.0, 21_000, 10_000), (1.5, 140, 100)])
def test_the_unit_of_a_price_is_told_from_the_trades(per_unit: float, close: float, unit: float) -> None:
    trades = [row("2020-01-02", "buy", 100, 100 * per_unit), row("2020-01-03", "sell", 50, 50 * per_unit)]
    assert implied_unit(trades, series({"2020-01-01": close})) == unit


def test_a_fund_sold_long_ago_is_valued_in_its_own_unit() -> None:
    rows = [row("2020-01-01", "buy", 500_000, 1_000_000, ticker="F"), row("2020-01-03", "sell", 500_000, 1, ticker="F")]
    found = growth(rows, SHEET, {"F": series({"2020-01-01": 20_000.0})}, {})
    assert found is not None
    assert found.value.tolist() == [1_000_000, 1_000_000, 0, 0, 0]


def test_without_trades_there_is_nothing_to_show() -> None:
    assert growth([row("2020-01-01", "deposit", 0, 1, ticker="")], SHEET, {}, {}) is None
    assert implied_unit([row("2020-01-02", "buy", 1, 1)], series({})) == 1
