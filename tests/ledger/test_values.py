"""Value by day: splits change nothing, currencies and prices are each their own latest."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from alm.ledger.daily import Floats
from alm.ledger.transactions import Transaction
from alm.ledger.values import Series, carried_forward, daily_values
from tests.ledger.ledgers import row

YEN: Series = (np.array(["2000-01-01"], dtype="datetime64[D]"), np.array([1.0]))


def series(points: dict[str, float]) -> Series:
    return np.array(list(points), dtype="datetime64[D]"), np.array(list(points.values()))


def values(rows: list[Transaction], prices: Series, end: str, unit: float = 1.0) -> Floats:
    daily = daily_values(
        rows, {"X": prices}, {"JPY": YEN}, {"X": ("JPY", unit)}, date(2020, 1, 1), date.fromisoformat(end)
    )
    return daily.column("X")


@pytest.mark.parametrize(("units", "ratio", "before", "after"), [(100, 10, 12_345, 1_234.5), (5_000, 0.02, 20, 1_000)])
def test_a_split_is_continuous_to_the_yen(units: int, ratio: float, before: float, after: float) -> None:
    """The new price arrives three days after the split: the days between carry the old one in the new units."""
    rows = [row("2020-01-01", "buy", units, 1), row("2020-01-03", "split", ratio)]
    prices = series({"2020-01-01": before, "2020-01-06": after})
    assert values(rows, prices, "2020-01-07").round(6).tolist() == [units * before] * 7


def test_two_splits_and_a_purchase_between() -> None:
    rows = [
        row("2020-01-01", "buy", 10, 1), row("2020-01-02", "split", 10),
        row("2020-01-03", "buy", 100, 1), row("2020-01-04", "split", 0.02),
    ]  # fmt: skip
    prices = series({"2020-01-01": 1_000.0, "2020-01-03": 100.0, "2020-01-05": 5_000.0})
    assert values(rows, prices, "2020-01-05").tolist() == [10_000, 10_000, 20_000, 20_000, 20_000]


def test_funds_are_priced_per_ten_thousand_units() -> None:
    rows = [row("2020-01-01", "buy", 1_234_567, 1)]
    assert values(rows, series({"2020-01-01": 20_000.0}), "2020-01-01", unit=10_000).tolist() == [2_469_134]


def test_before_the_first_price_the_value_is_not_known_and_before_the_first_purchase_it_is_zero() -> None:
    rows = [row("2020-01-02", "buy", 10, 1)]
    found = values(rows, series({"2020-01-03": 5.0}), "2020-01-03")
    assert found[0] == 0
    assert np.isnan(found[1])
    assert found[2] == 50


def test_a_weekend_price_of_one_ticker_leaves_the_other_at_its_friday() -> None:
    days = np.arange(np.datetime64("2026-11-20"), np.datetime64("2026-11-23"))
    assert carried_forward(series({"2026-11-20": 7.0}), days).tolist() == [7, 7, 7]
    assert carried_forward(series({"2026-11-20": 7.0, "2026-11-21": np.nan, "2026-11-22": 9.0}), days).tolist() == [
        7,
        7,
        9,
    ]


def test_each_currency_has_its_own_latest_rate() -> None:
    rows = [row("2020-01-01", "buy", 10, 1, currency="USD")]
    daily = daily_values(
        rows, {"X": series({"2020-01-01": 5.0})}, {"USD": series({"2020-01-01": 100.0, "2020-01-02": 110.0})},
        {"X": ("USD", 1.0)}, date(2020, 1, 1), date(2020, 1, 2),
    )  # fmt: skip
    assert daily.column("X").tolist() == [5_000, 5_500]
