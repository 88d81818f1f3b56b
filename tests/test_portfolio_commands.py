"""`alm risk`, `rebalance` and `what-if` on a real database whose past is known."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from alm.cli import backtest, rebalance, risk, what_if
from alm.errors import BadInput, UnknownName
from tests.portfolio import RETURNS, portfolio_database


@pytest.fixture(scope="module")
def db(tmp_path_factory) -> Path:
    return portfolio_database(tmp_path_factory.mktemp("commands") / "alm.db")


def run(command, db: Path, *options: str) -> str:
    result = CliRunner().invoke(
        command.command, ["--db", str(db), "--as-of", "2026-11-20", *options], catch_exceptions=False
    )
    assert result.exit_code == 0
    return result.output


def answer(command, db: Path, *options: str) -> dict:
    return json.loads(run(command, db, "--json", *options))


class TestRisk:
    def test_the_figures_are_those_of_the_past(self, db):
        found = answer(risk, db, "--benchmark", "INDEX")
        mine = RETURNS @ [2 / 3, 1 / 3]
        assert found["observations"] == 520
        assert found["portfolio"]["volatility"] == pytest.approx(mine.std(ddof=1) * 252**0.5, rel=1e-4)
        # the index is the share in dollars at a rate that never moves: its split is no fall
        expected = np.cov(mine, RETURNS[:, 0])[0, 1] / RETURNS[:, 0].var(ddof=1)
        assert found["against"]["beta"] == pytest.approx(expected, rel=1e-4)
        assert found["correlation"]["long_run"]["SHARE"]["BOND"] == pytest.approx(
            np.corrcoef(RETURNS.T)[0, 1], rel=1e-3
        )
        assert sum(held["contribution"] for held in found["holdings"]) == pytest.approx(1.0)

    def test_the_fall_of_the_leader_stands_beside_the_survivable_fall(self, db):
        fragile = answer(risk, db)["fragility"]
        # 1 − (30 − 5) / (0.60 · 75); β = 2/3 + 1/3 · cov(bond, share)/var(share)
        assert fragile["leader"] == "SHARE"
        assert fragile["survivable_fall"] == pytest.approx(1 - 25 / 45)
        slope = np.cov(RETURNS[:, 1], RETURNS[:, 0])[0, 1] / RETURNS[:, 0].var(ddof=1)
        assert fragile["leader_fall_long_run"] == pytest.approx(
            min((1 - 25 / 45) / (2 / 3 + slope / 3), 1), rel=1e-3
        )

    def test_years_cut_the_past(self, db):
        assert answer(risk, db, "--years", "1")["start"] >= "2025-11-20"

    def test_the_tables_fit_eighty_columns(self, db):
        shown = run(risk, db, "--benchmark", "INDEX")
        assert "Sharpe ratio" in shown
        assert max(map(len, shown.splitlines())) <= 80

    def test_a_benchmark_nobody_has_prices_of_is_refused(self, db):
        with pytest.raises(UnknownName, match="no price history named 'VT'"):
            run(risk, db, "--benchmark", "VT")


class TestRebalance:
    def test_drift_trades_and_what_they_do_to_the_loan(self, db):
        found = answer(rebalance, db)
        assert [(line["name"], line["light"]) for line in found["before"]] == [("bond", "red"), ("equity", "red")]
        sold, bought = found["trades"]
        # 5,000,000 of shares too many: 100 units of 50,000, cost 0.5 %, taxed on (49,750 − 40,000) each
        assert (sold["side"], sold["ticker"], sold["units"]) == ("sell", "SHARE", 100)
        assert sold["tax"] == pytest.approx(0.20315 * 100 * 9_750, rel=1e-6)
        assert (bought["ticker"], bought["units"]) == ("BOND", 191)  # (5,000,000 − 25,000 − tax) / 25,000 = 191.1
        assert found["margin_before"]["ltv"] == pytest.approx(0.4)
        assert found["margin_after"]["ltv"] == pytest.approx(30_000_000 / (75_000_000 - 100 * 50_000 + 191 * 25_000))
        assert found["loss_candidates"][0]["ticker"] == "BOND"

    def test_it_reads_like_a_plan(self, db):
        shown = run(rebalance, db)
        assert "survivable fall" in shown
        assert "carries a loss of" in shown
        assert max(map(len, shown.splitlines())) <= 80

    def test_a_wider_band_leaves_everything_alone(self, db):
        assert "nothing to trade" in run(rebalance, db, "--band", "0.1")

    def test_optimised_weights_stand_beside_today_s(self, db):
        found = answer(rebalance, db, "--optimise")["optimised"]
        least, share = found["suggestions"][0], found["tickers"].index("SHARE")
        variance, (between, bond) = np.var(RETURNS[:, 0], ddof=1), np.cov(RETURNS.T)[1]
        expected = (bond - between) / (variance + bond - 2 * between)  # two assets by hand
        assert least["weights"][share] == pytest.approx(np.clip(expected, 0, 1), abs=1e-3)
        assert least["low"][share] <= least["weights"][share] <= least["high"][share]
        assert "never an order" in run(rebalance, db, "--optimise")

    @pytest.mark.parametrize("lot", ["7203", "=5", "7203=0", "7203=many"])
    def test_a_lot_needs_a_ticker_and_units(self, db, lot):
        with pytest.raises(BadInput, match="--lot"):
            run(rebalance, db, "--lot", lot)


class TestWhatIf:
    def test_every_figure_before_and_after(self, db):
        found = answer(what_if, db, "--repay", "3000000")
        figures = {line["figure"]: line for line in found["figures"]}
        assert figures["ltv"] == {"figure": "ltv", "before": 0.4, "after": 0.36, "change": pytest.approx(-0.04)}
        assert figures["cash"]["after"] == 2_000_000
        assert found["after"]["net_worth"] == found["before"]["net_worth"]

    def test_unchanged_figures_say_so(self, db):
        shown = run(what_if, db, "--rate", "0.03")
        assert "same" in shown
        assert "Monthly cash flow" in shown

    @pytest.mark.parametrize(
        "options",
        [
            (),
            ("--sell", "SHARE"),
            ("--sell", "SHARE=x"),
            ("--buy", "GLD"),
            ("--weight", "0.4"),
            ("--borrow", "Loan=nan"),
        ],
    )
    def test_what_it_cannot_read_is_refused(self, db, options):
        with pytest.raises(BadInput):
            run(what_if, db, *options)


class TestBacktest:
    def test_with_and_without_the_loan(self, db):
        found = answer(backtest, db, "--years", "1", "--rebalance", "quarterly", "--benchmark", "INDEX")
        assert found["weights"] == {"BOND": pytest.approx(1 / 3), "SHARE": pytest.approx(2 / 3)}
        assert found["with_loan"]["start_net"] == pytest.approx(75e6 + 5e6 - 30e6)
        assert found["without_loan"]["start_net"] == pytest.approx(75e6)
        assert found["with_loan"]["rebalanced"] == 4
        assert found["series"][-1]["date"] == "2026-11-20"
        assert found["benchmark_measures"]["observations"] == found["measures"]["observations"]

    def test_cohorts_and_tables(self, db):
        shown = run(backtest, db, "--cohorts", "1", "--weights", "target")
        assert "starts:" in shown
        assert max(map(len, shown.splitlines())) <= 80
