"""One day that jumps over the call, and how often such days were."""

from __future__ import annotations

from itertools import pairwise

import pytest
from arch.data import nasdaq, sp500

from alm.balance_sheet import SecuredLoan
from alm.stress import (
    daily_counts,
    days_as_bad,
    named_days,
)
from tests.households import reference_household
from tests.stressed import household, run


def test_one_day_of_2024_jumps_to_forced_from_this_ratio() -> None:
    """0.85 · 0.876 = 74.46 %: above the call at 70 %, so the call came first. Without a call nobody is asked."""
    (loan,) = run(reference_household()).loans
    assert loan.gap.jumps_from == pytest.approx(0.7446)
    assert loan.gap.reaches_call_from == pytest.approx(0.6132)
    assert not loan.gap.over_call
    assert loan.gap.ltv_after == pytest.approx(0.4 / 0.876)
    uncalled = household(40, 100).with_(secured_loans=(SecuredLoan("Loan", 40, 0, 0.02, "jp-sell-all", "JPY"),))
    (loan,) = run(uncalled).loans
    assert loan.gap.over_call
    assert loan.gap.reaches_call_from is None


def test_days_as_bad_are_counted() -> None:
    """Nikkei 225 around 2024-08-05, and the S&P 500 on 1987-10-19: one such day each."""
    assert days_as_bad((35909.70, 31458.42, 34675.46), 0.1239) == 1
    assert days_as_bad((282.70, 224.84)) == 1
    assert days_as_bad((100.0, 90.0, 80.0)) == 0


def test_no_counted_day_of_1999_to_2018_was_as_bad() -> None:
    """The packaged counts, counted again in the daily series themselves."""
    for count, carried in zip(daily_counts(), (sp500, nasdaq), strict=True):
        closes = [float(x) for x in carried.load()["Close"].dropna()]
        falls = [1 - after / before for before, after in pairwise(closes)]
        assert count.days == len(falls) == 5_030
        assert count.as_bad == days_as_bad(closes) == 0
        assert count.worst_fall == pytest.approx(max(falls), abs=1e-6)
    assert [(c.series, c.worst_on) for c in daily_counts()] == [
        ("S&P 500", "2008-10-15"), ("Nasdaq Composite", "2000-04-14")
    ]  # fmt: skip
    assert [(day.on, round(day.fall, 3)) for day in named_days()] == [("2024-08-05", 0.124), ("1987-10-19", 0.205)]
