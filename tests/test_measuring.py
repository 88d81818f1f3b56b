"""What the household's own holdings returned, worked by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from alm.balance_sheet import Account, BalanceSheet, Holding, Quote
from alm.fire.parameters import evidence
from alm.lenders import profiles
from alm.measuring import measure, own_plan
from alm.settings import Settings
from alm.store.market import Market

TODAY = date(2026, 11, 20)
DAYS = pd.date_range(end=TODAY, periods=49, freq="30D")
UP_AND_DOWN = np.cumprod([1.0, *np.tile([1.05, 0.98], 24)])


def held(ticker: str, value: float, currency: str = "JPY", fx: float = 1.0) -> Holding:
    return Holding(
        ticker, ticker, Account("Broker"), "equity", currency, 1.0, value, Quote(value / fx, TODAY), Quote(fx, TODAY)
    )


def market(closes: dict[str, np.ndarray], **more: object) -> Market:
    frame = pd.DataFrame(closes, index=DAYS)
    known = {"fx": pd.DataFrame(index=DAYS), "currencies": dict.fromkeys(closes, "JPY"), "splits": (), "dividends": ()}
    return Market(frame, **(known | more))


def mean_of(logs: np.ndarray) -> tuple[float, float]:
    years = (DAYS[-1] - DAYS[0]).days / 365.25
    volatility = logs.std(ddof=1) * np.sqrt(len(logs) / years)
    return np.exp(logs.sum() / years + volatility**2 / 2) - 1, volatility


def test_one_holding_is_its_own_prices() -> None:
    found = measure((held("A", 1e6),), pd.DataFrame({"A": 100 * UP_AND_DOWN}, index=DAYS))
    assert (found.total_return_pa, found.volatility_pa) == pytest.approx(mean_of(np.diff(np.log(UP_AND_DOWN))))
    assert (found.first, found.last, found.of, found.left_out) == (DAYS[0].date(), TODAY, "A", "")
    assert found.years == pytest.approx(48 * 30 / 365.25)


def test_two_holdings_are_today_s_weights_restored_each_time() -> None:
    prices = pd.DataFrame({"A": UP_AND_DOWN, "B": np.ones(49)}, index=DAYS)
    found = measure((held("A", 3e6), held("B", 1e6)), prices)
    logs = np.log1p(0.75 * (UP_AND_DOWN[1:] / UP_AND_DOWN[:-1] - 1))
    assert (found.total_return_pa, found.volatility_pa) == pytest.approx(mean_of(logs))


def test_a_young_holding_is_left_out_and_named_and_a_large_one_is_not_left_out() -> None:
    young = np.where(np.arange(49) < 40, np.nan, 1.0)
    prices = pd.DataFrame({"A": UP_AND_DOWN, "NEW": young}, index=DAYS)
    small = measure((held("A", 9e6), held("NEW", 1e6)), prices)
    assert (small.left_out, small.first) == ("NEW", DAYS[0].date())
    large = measure((held("A", 5e6), held("NEW", 5e6)), prices)
    assert (large.left_out, large.first) == ("", DAYS[40].date())


def test_nothing_is_measured_without_prices() -> None:
    assert measure((held("A", 1e6),), pd.DataFrame(index=DAYS)) is None


def test_dividends_splits_and_the_currency_belong_to_what_was_earned() -> None:
    raw = 100 * UP_AND_DOWN
    split, paid = DAYS[30].date(), DAYS[10].date()
    quoted = np.where(np.arange(49) < 30, raw * 2, raw)
    rates = pd.DataFrame({"USD": np.linspace(100.0, 148.0, 49)}, index=DAYS)
    books = market(
        {"A": quoted}, fx=rates, currencies={"A": "USD"}, splits=(("A", split, 2.0),), dividends=(("A", paid, 4.0),)
    )
    sheet = BalanceSheet(TODAY, "JPY", holdings=(held("A", 1e6, "USD", 148.0),), fx=(("USD", Quote(148.0, TODAY)),))
    (asset,) = own_plan(sheet, Settings(fire_parameters="measured"), profiles(), books).assets
    level = raw * rates["USD"].to_numpy()
    level[10:] *= 1 + 4.0 / quoted[10]
    assert asset.measured.total_return_pa == pytest.approx(mean_of(np.diff(np.log(level)))[0])


def test_the_setting_decides_and_the_plan_says_what_it_used() -> None:
    sheet = BalanceSheet(TODAY, "JPY", holdings=(held("A", 1e6),))
    books = market({"A": UP_AND_DOWN})
    plan = own_plan(sheet, Settings(fire_parameters="measured"), profiles(), books)
    (row,) = evidence(plan)
    assert (row.source, row.of) == ("measured", "A")
    given = own_plan(sheet, Settings(), profiles(), books)
    assert replace(given, market=plan.market) == plan
