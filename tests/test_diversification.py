"""What a drop in diversification does to the survivable fall, on two holdings worked by hand."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from alm.balance_sheet import BalanceSheet, SecuredLoan
from alm.diversification import fragility
from alm.risk.report import risk_report
from alm.settings import Settings
from tests.households import AS_OF, holding

DAYS = pd.bdate_range(end="2026-11-20", periods=801)
LOAN = SecuredLoan("Loan", 40.0, 0.0, 0.02, "standard-60-70-85", "JPY")


def report(recent_share: float):
    """A and B, equal in value and volatility; unrelated until the last quarter, then sharing part of A's moves."""
    noise = np.random.default_rng(8).normal(0, 0.01, (800, 2))
    noise[-63:, 1] = recent_share * noise[-63:, 0] + math.sqrt(1 - recent_share**2) * noise[-63:, 1]
    closes = pd.DataFrame(100 * np.cumprod(np.vstack([[1, 1], 1 + noise]), axis=0), index=DAYS, columns=["A", "B"])
    sheet = BalanceSheet(AS_OF, "JPY", holdings=(holding("A", 50.0), holding("B", 50.0)), secured_loans=(LOAN,))
    return sheet, risk_report(sheet, closes, pd.DataFrame(index=DAYS), Settings(), benchmark="")


def test_the_survivable_fall_shrinks_with_diversification():
    sheet, found = report(0.9)
    known = fragility(sheet, found, 0.4)
    assert known is not None
    deviations = found.past.holdings.std().to_numpy()
    lead = 0 if known.leader == "A" else 1
    for fall, sigmas, matrix in (
        (known.leader_fall_long_run, known.sigmas_long_run, found.correlation),
        (known.leader_fall_recent, known.sigmas_recent, found.recent_correlation),
    ):
        rho = float(matrix.iloc[0, 1])
        beta = 0.5 + 0.5 * rho * deviations[1 - lead] / deviations[lead]
        spread = 0.5 * math.sqrt(deviations @ deviations + 2 * rho * deviations[0] * deviations[1]) * math.sqrt(252)
        assert fall == pytest.approx(0.4 / beta)
        assert sigmas == pytest.approx(-math.log(0.6) / spread)
    assert known.leader_fall_recent < known.leader_fall_long_run
    assert known.sigmas_recent < known.sigmas_long_run


def test_a_fall_that_not_even_its_loss_brings_is_all_of_it():
    sheet, found = report(0.0)
    known = fragility(sheet, found, 0.9)
    assert known is not None
    assert known.leader_fall_long_run == 1.0


def test_without_a_loan_or_a_pledge_there_is_nothing_to_say():
    sheet, found = report(0.9)
    assert fragility(sheet.with_(secured_loans=()), found, 0.4) is None
    free = tuple(holding(name, 50.0, pledged_to=None) for name in "AB")
    assert fragility(sheet.with_(holdings=free), found, 0.4) is None
