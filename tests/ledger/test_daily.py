"""Holdings and cash on any day equal those of a ledger kept by hand, one day after the other."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings

from alm.ledger.daily import daily_cash, daily_holdings
from alm.ledger.transactions import Transaction, split_ratio
from tests.ledger.ledgers import START, ledgers, row
from tests.ledger.oracle import cash_at_end, holdings_each_day


def held_on(rows: list[Transaction], day: str) -> dict[tuple[str, str], float]:
    return daily_holdings(rows, date(2020, 1, 1), date(2020, 12, 31)).on(date.fromisoformat(day))


def test_buy_sell_and_everything_in_between() -> None:
    rows = [row("2020-01-10", "buy", 100), row("2020-02-10", "sell", 30)]
    assert held_on(rows, "2020-01-09") == {}
    assert held_on(rows, "2020-01-10") == {("A", "X"): 100}
    assert held_on(rows, "2020-02-09") == {("A", "X"): 100}
    assert held_on(rows, "2020-12-31") == {("A", "X"): 70}


def test_a_split_multiplies_what_was_held_and_not_what_is_bought_after_it() -> None:
    rows = [row("2020-01-10", "buy", 100), row("2020-03-01", "split", 10), row("2020-03-01", "buy", 5)]
    assert held_on(rows, "2020-02-29") == {("A", "X"): 100}
    assert held_on(rows, "2020-03-01") == {("A", "X"): 1_005}


def test_a_reverse_split_of_fifty_to_one() -> None:
    rows = [row("2020-01-10", "buy", 5_000), row("2020-03-01", "split", 0.02)]
    assert held_on(rows, "2020-03-01") == {("A", "X"): 100}


def test_a_split_reported_by_two_accounts_happened_once() -> None:
    rows = [
        row("2020-01-10", "buy", 100), row("2020-01-10", "buy", 7, account="B"),
        row("2020-03-01", "split", 2), row("2020-03-01", "split", 2, account="B"),
    ]  # fmt: skip
    assert held_on(rows, "2020-03-01") == {("A", "X"): 200, ("B", "X"): 14}


def test_a_ratio_in_decimals_is_the_fraction_it_abbreviates() -> None:
    assert split_ratio(0.333333) == 1 / 3
    assert split_ratio(1.05) == 1.05
    assert 300 * split_ratio(0.333333) == 100


def test_transfers_move_units_between_accounts_and_bring_them_from_outside() -> None:
    rows = [row("2020-01-10", "transfer", 100), row("2020-02-10", "transfer", 40, to_account="B")]
    assert held_on(rows, "2020-02-10") == {("A", "X"): 60, ("B", "X"): 40}


def test_selling_the_last_fraction_leaves_exactly_nothing() -> None:
    rows = [row("2020-01-10", "buy", 0.1), row("2020-01-11", "buy", 0.2), row("2020-01-12", "sell", 0.3)]
    assert held_on(rows, "2020-01-12") == {}


def test_what_came_before_the_first_day_opens_it() -> None:
    rows = [row("2019-01-10", "buy", 100), row("2019-06-01", "split", 2), row("2021-01-10", "sell", 100)]
    assert held_on(rows, "2020-01-01") == {("A", "X"): 200}
    assert held_on(rows, "2020-12-31") == {("A", "X"): 200}


def test_cash_of_a_year() -> None:
    rows = [
        row("2020-01-01", "deposit", 0, 1_000_000),
        row("2020-01-02", "draw", 0, 500_000, loan="L"),
        row("2020-01-10", "buy", 100, 900_000, fee=500, tax=50),
        row("2020-03-10", "dividend", 0, 10_000, tax=2_031),
        row("2020-06-10", "sell", 50, 600_000, fee=500, tax=30_000),
        row("2020-06-11", "interest", 0, 5_000, loan="L"),
        row("2020-06-12", "interest", 0, 12),
        row("2020-06-13", "repayment", 0, 200_000, loan="L"),
        row("2020-06-14", "fee", 0, 330),
        row("2020-06-15", "withdrawal", 0, 100_000),
        row("2020-06-16", "transfer", 0, 50_000, ticker="", to_account="B"),
        row("2020-06-17", "transfer", 50, 0, to_account="B", fee=1_100),
    ]  # fmt: skip
    end = daily_cash(rows, date(2020, 1, 1), date(2020, 12, 31)).on(date(2020, 12, 31))
    # 1,000,000 + 500,000 − 900,550 + 7,969 + 569,500 − 5,000 + 12 − 200,000 − 330 − 100,000 − 50,000 − 1,100
    assert end == {("A", "JPY"): 820_501, ("B", "JPY"): 50_000}


@settings(max_examples=80)
@given(ledgers())
def test_every_day_equals_the_ledger_kept_by_hand(rows: list[Transaction]) -> None:
    end = START + timedelta(days=59)
    daily = daily_holdings(rows, START, end)
    for number, exact in enumerate(holdings_each_day(rows, START, end)):
        found = daily.on(START + timedelta(days=number))
        assert found.keys() == exact.keys()
        for key, units in exact.items():
            assert found[key] == pytest.approx(float(units), rel=1e-9, abs=1e-9)


@settings(max_examples=80)
@given(ledgers())
def test_cash_equals_the_sum_of_everything_paid_and_received(rows: list[Transaction]) -> None:
    end = START + timedelta(days=59)
    found = daily_cash(rows, START, end).on(end)
    exact = cash_at_end(rows)
    assert found == {key: pytest.approx(float(total), abs=1e-6) for key, total in exact.items()}


def test_of_two_splits_that_contradict_each_other_the_first_holds_as_for_the_lots() -> None:
    rows = [row("2020-01-10", "buy", 3), row("2020-03-01", "split", 10), row("2020-03-01", "split", 0.02, account="B")]
    held = daily_holdings(rows, date(2020, 3, 1), date(2020, 3, 1)).on(date(2020, 3, 1))
    assert held == {("A", "X"): 30}


def test_no_transactions_is_no_holdings() -> None:
    daily = daily_holdings([], START, START)
    assert daily.keys == ()
    assert daily.amounts.shape == (1, 0)
    assert np.array_equal(daily.days, np.array(["2020-01-01"], dtype="datetime64[D]"))
