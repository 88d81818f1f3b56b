"""The whole risk report of a household whose past was made to be known."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from alm import text
from alm.balance_sheet import BalanceSheet, Quote
from alm.errors import MissingValue, UnknownName
from alm.risk import scorecard
from alm.risk.report import risk_report
from alm.risk.series import with_dividends, without_splits
from alm.settings import Settings
from tests.households import AS_OF, holding

DAYS = pd.bdate_range(end="2026-11-20", periods=601)
RETURNS = np.random.default_rng(5).normal(0.0004, 0.01, (600, 3))
CLOSES = pd.DataFrame(
    100 * np.cumprod(np.vstack([np.ones(3), 1 + RETURNS]), axis=0), index=DAYS, columns=["VT", "7203", "BND"]
)
FX = pd.DataFrame({"USD": np.full(601, 150.0)}, index=DAYS)
SHEET = BalanceSheet(
    AS_OF,
    "JPY",
    holdings=(holding("VT", 75.0, currency="USD", fx=150.0), holding("7203", 25.0)),
    fx=(("USD", Quote(150.0, AS_OF)),),
)


def test_the_portfolio_is_today_s_weights_through_the_common_past():
    report = risk_report(SHEET, CLOSES, FX, Settings(), benchmark="BND")
    mine = 0.75 * RETURNS[:, 0] + 0.25 * RETURNS[:, 1]
    assert (report.start, report.end, report.observations, report.per_year) == (DAYS[0].date(), AS_OF, 600, 252)
    assert report.past.returns == pytest.approx(mine)
    assert report.portfolio.volatility == pytest.approx(mine.std(ddof=1) * 252**0.5)
    assert report.against is not None
    assert report.against.beta == pytest.approx(np.polyfit(RETURNS[:, 2], mine, 1)[0])
    assert report.benchmark is not None
    assert report.benchmark.volatility == pytest.approx(RETURNS[:, 2].std(ddof=1) * 252**0.5)
    assert [held.ticker for held in report.holdings] == ["VT", "7203"]
    assert sum(held.contribution for held in report.holdings) == pytest.approx(1.0)
    assert report.best_day is not None
    assert report.best_day.value == pytest.approx(mine.max())
    assert len(report.tails) == 12


def test_a_new_holding_is_named_and_does_not_cut_the_others_short():
    closes = CLOSES.assign(**{"7203": CLOSES["7203"].where(np.arange(601) > 500)})
    report = risk_report(SHEET, closes, FX, Settings())
    assert report.left_out == (("7203", pytest.approx(0.25)),)
    assert report.observations == 600
    new = report.holdings[1]
    assert (new.ticker, new.measures.observations) == ("7203", 99)
    assert math.isnan(new.contribution)
    assert (report.benchmark, report.against) == (None, None)


def test_a_coin_priced_at_weekends_does_not_outlast_shares_that_keep_holidays():
    """A year of a Tokyo share is some 245 prices and of a coin 365; a month of them 20 and 31."""
    every_day = pd.date_range(end="2026-11-20", periods=366)
    open_days = [day for day in every_day if day.weekday() < 5][7:]
    rising = pd.Series(100 * 1.001 ** np.arange(366), index=every_day)
    closes = pd.DataFrame({"BTC": rising, "7203": rising.reindex(open_days)})
    sheet = SHEET.with_(holdings=(holding("BTC", 1.0), holding("7203", 99.0)))
    for since in (None, date(2026, 10, 20)):
        report = risk_report(sheet, closes, FX, Settings(), since=since)
        assert report.left_out == ()
        assert [held.ticker for held in report.holdings] == ["7203", "BTC"]


def test_since_cuts_the_past():
    report = risk_report(SHEET, CLOSES, FX, Settings(), since=date(2026, 1, 1))
    assert report.start == date(2026, 1, 1)
    assert report.observations < 252


def test_the_currency_is_part_of_the_risk():
    swinging = FX.assign(USD=150 * np.cumprod(1 + np.random.default_rng(9).normal(0, 0.01, 601)))
    calm, wild = (risk_report(SHEET, CLOSES, fx, Settings()) for fx in (FX, swinging))
    assert wild.portfolio.volatility > calm.portfolio.volatility * 1.2


def test_the_end_of_the_data_is_the_sheet_s_date():
    earlier = SHEET.with_(as_of=date(2026, 6, 30))
    assert risk_report(earlier, CLOSES, FX, Settings()).end == date(2026, 6, 30)


def test_what_cannot_be_said_is_refused():
    with pytest.raises(UnknownName, match="no price history named 'ACWI'"):
        risk_report(SHEET, CLOSES, FX, Settings(), benchmark="ACWI")
    with pytest.raises(MissingValue, match="No two dates with a price of every one of"):
        risk_report(SHEET, CLOSES.iloc[-1:], FX, Settings())
    with pytest.raises(MissingValue, match="No holdings with a value"):
        risk_report(BalanceSheet(AS_OF, "JPY"), CLOSES, FX, Settings())
    priceless = SHEET.with_(holdings=(replace(SHEET.holdings[0], price=None),))
    with pytest.raises(MissingValue, match="No price for VT"):
        risk_report(priceless, CLOSES, FX, Settings())


def test_a_split_is_not_a_fall():
    closes = pd.DataFrame({"A": [100.0, 100, 50, 51]}, index=DAYS[:4])
    restated = without_splits(closes, [("A", DAYS[2].date(), 2.0), ("B", DAYS[2].date(), 3.0)])
    assert list(restated["A"]) == [50, 50, 50, 51]


def test_a_reinvested_dividend_is_part_of_the_return():
    prices = pd.DataFrame({"A": [100.0, np.nan, 98.0, 98.0], "B": [1.0, 1, 1, 1]}, index=DAYS[:4])
    grown = with_dividends(prices, [("A", DAYS[1].date(), 4.9), ("A", DAYS[0].date(), 9.0), ("C", DAYS[1].date(), 1.0)])
    assert list(grown["A"].dropna()) == pytest.approx([100, 102.9, 102.9])  # 98 · (98 + 4.9) / 98
    assert list(grown["B"]) == [1, 1, 1, 1]


class TestScorecard:
    def test_each_line_says_what_it_means(self):
        report = risk_report(SHEET, CLOSES, FX, Settings(), benchmark="BND")
        lines = {line.name: line for line in report.scorecard}
        worst = lines["Max drawdown"]
        assert worst.reading == f"Its deepest fall from a peak was {text.percent(report.portfolio.max_drawdown)}."
        assert worst.better == (report.portfolio.max_drawdown > report.benchmark.max_drawdown)
        volatility = lines["Volatility"]
        assert volatility.better == (report.portfolio.volatility < report.benchmark.volatility)
        assert lines["Beta"].benchmark is None

    def test_an_undefined_figure_says_so(self):
        line = scorecard._score("Sharpe ratio", "number", math.nan, 1.0, True, "It was {value}.")
        assert (line.better, line.reading) == (None, "This history does not define it.")

    def test_every_line_has_its_japanese(self):
        said = [scorecard.UNDEFINED]
        said += [part for line in scorecard.ALONE for part in (line[1], line[4])]
        said += [part for line in scorecard.BETWEEN for part in (line[1], line[3])]
        assert set(said) <= set(text.words("ja"))
