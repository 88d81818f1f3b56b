"""Drift from the targets and its light, and the losses worth taking."""

from __future__ import annotations

import pytest

from alm.allocation.drift import drifts, light, worst_light
from alm.allocation.losses import loss_candidates
from alm.balance_sheet import BalanceSheet
from alm.errors import BadInput, MissingValue
from alm.settings import Settings
from tests.households import AS_OF, NISA, holding

SHEET = BalanceSheet(
    AS_OF,
    "JPY",
    holdings=(
        holding("VT", 660.0),
        holding("BND", 240.0, asset_class="bond"),
        holding("GLD", 100.0, asset_class="gold"),
    ),
    targets=(("equity", 0.60), ("bond", 0.27), ("gold", 0.13)),
)


def test_each_target_with_its_drift_and_its_light():
    equity, bond, gold = drifts(SHEET, band=0.05)
    assert (equity.actual, equity.drift, equity.light) == (0.66, pytest.approx(0.06), "red")
    assert (bond.actual, bond.drift, bond.light) == (0.24, pytest.approx(-0.03), "yellow")
    assert (gold.actual, gold.drift, gold.light) == (0.10, pytest.approx(-0.03), "yellow")
    assert (equity.excess, bond.excess) == (pytest.approx(60.0), pytest.approx(-30.0))


@pytest.mark.parametrize(
    ("drift", "shown"), [(0.0, "green"), (0.0249, "green"), (0.025, "yellow"), (-0.0499, "yellow"), (-0.05, "red")]
)
def test_the_light_at_a_band_of_five_points(drift, shown):
    assert light(drift, 0.05) == shown


def test_rounding_does_not_hide_a_drift_that_is_exactly_the_band():
    assert light(0.65 - 0.60, 0.05) == "red"


def test_a_ticker_s_own_target_comes_before_its_class():
    sheet = SHEET.with_(targets=(("VT", 0.60), ("equity", 0.0), ("bond", 0.40)))
    rows = {row.name: row for row in drifts(sheet, 0.05)}
    assert (rows["VT"].actual, rows["equity"].actual) == (0.66, 0.0)
    assert (rows["gold"].target, rows["gold"].light) == (0.0, "red")  # held without a target
    assert worst_light(tuple(rows.values())) == "red"


def test_targets_that_are_missing_or_wrong_are_refused():
    with pytest.raises(MissingValue, match="No target weights"):
        drifts(SHEET.with_(targets=()), 0.05)
    with pytest.raises(BadInput, match=r"'0.9' is refused: expected weights that sum to 1"):
        drifts(SHEET.with_(targets=(("equity", 0.9),)), 0.05)
    with pytest.raises(BadInput, match=r"gold: .-0\.1."):
        drifts(SHEET.with_(targets=(("gold", -0.1), ("equity", 1.0))), 0.05)
    with pytest.raises(MissingValue, match="No holdings with a value"):
        drifts(SHEET.with_(holdings=()), 0.05)


class TestLosses:
    sheet = BalanceSheet(
        AS_OF,
        "JPY",
        holdings=(
            holding("SMALL", 90.0, cost=100.0),
            holding("LARGE", 600.0, cost=1_000.0),
            holding("GAIN", 200.0, cost=100.0),
            holding("SHELTERED", 50.0, cost=100.0, account=NISA, pledged_to=None),
        ),
    )

    def test_largest_loss_first_and_only_where_tax_is_paid(self):
        large, small = loss_candidates(self.sheet, Settings())
        assert (large.ticker, large.loss, large.saving_now) == ("LARGE", 400.0, 0.0)
        assert large.carried == pytest.approx(400 * 0.20315)
        assert large.sale_cost == pytest.approx(3.0)
        assert (small.ticker, small.pledged_to) == ("SMALL", "Loan")

    def test_gains_already_realised_are_cancelled_first(self):
        large, small = loss_candidates(self.sheet, Settings(), realised_gains=405.0)
        assert (large.saving_now, large.carried) == (pytest.approx(400 * 0.20315), 0.0)
        assert (small.saving_now, small.carried) == (pytest.approx(5 * 0.20315), pytest.approx(5 * 0.20315))
