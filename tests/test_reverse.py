"""Reverse stress: the frontier is where a sale is forced, and the answer is its nearest point."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alm.balance_sheet import BalanceSheet, CashBalance, Quote, SecuredLoan
from alm.engines.survivable import max_survivable_fall
from alm.history import History, annual_history
from alm.lenders import profiles
from alm.reverse import JointShock, ReverseStress, Units, reverse_stress, worse_windows
from alm.scenarios import Scenario, stressed
from alm.settings import Settings
from alm.stress import outcome
from tests.households import AS_OF, TAXABLE, holding, reference_household

LENDERS = profiles()
HISTORY = annual_history()
RULES = Settings()


def reversed_(sheet: BalanceSheet, units: Units | None = None) -> ReverseStress:
    return reverse_stress(sheet, LENDERS, RULES, HISTORY, units)


def abroad(share: float = 0.6) -> BalanceSheet:
    """The reference household with part of what is pledged in dollars, financed in yen, and some dollars in cash."""
    sheet = reference_household()
    return sheet.with_(
        holdings=(
            holding("VT", 125e6 * share, currency="USD", fx=150.0),
            holding("TOPIX", 125e6 * (1 - share)),
        ),
        cash_balances=(*sheet.cash_balances, CashBalance(TAXABLE, "USD", 10_000.0, Quote(150.0, AS_OF))),
    )


def sells(sheet: BalanceSheet, shock: Scenario) -> bool:
    """Whether the scenario itself ends in a sale, after a year of the extra interest paid from cash."""
    extra = shock.rate_bp / 1e4 * (sheet.secured_debt + sum(line.drawn for line in sheet.credit_lines))
    (first, *rest) = sheet.cash_balances
    paid = sheet.with_(cash_balances=(replace(first, amount=first.amount - extra), *rest))
    return not outcome(paid, LENDERS, RULES, (shock,)).survives


def test_a_fall_alone_is_the_largest_survivable_fall() -> None:
    """52.667 % in the reference household; a haircut of the same size does the same; yen assets feel no currency."""
    alone = reversed_(reference_household()).alone
    assert alone.equity_fall == pytest.approx(0.52667, abs=5e-6)
    assert alone.advance_rate_cut == pytest.approx(0.52667, abs=5e-6)
    assert alone.base_strength is None


def test_a_currency_alone_forces_a_sale_of_foreign_assets() -> None:
    """All pledged in dollars: a dollar that loses 52.667 % is a fall of 52.667 %."""
    sheet = abroad(1.0).with_(cash_balances=reference_household().cash_balances)
    alone = reversed_(sheet).alone
    assert alone.base_strength == pytest.approx(0.52667, abs=5e-6)


def scenario(shock: JointShock, share: float) -> Scenario:
    """A share of the way to a joint shock."""
    return Scenario(
        "joint",
        fall=share * shock.equity_fall,
        base_strength=share * shock.base_strength,
        rate_bp=share * shock.rate_bp,
        advance_rate_cut=share * shock.advance_rate_cut,
    )


def test_the_smallest_joint_shock_lies_on_the_frontier() -> None:
    """A millionth before it the same scenario sells nothing, a millionth beyond it does."""
    for sheet in (abroad(), reference_household()):
        shock = reversed_(sheet).smallest
        assert shock is not None
        assert not sells(sheet, scenario(shock, 1 - 1e-6))
        assert sells(sheet, scenario(shock, 1 + 1e-6))


def test_nothing_on_the_frontier_is_nearer() -> None:
    """A coarse search of every direction finds no nearer point."""
    sheet = abroad()
    result = reversed_(sheet)
    assert result.smallest is not None
    rng = np.random.default_rng(1)
    scale = np.array([0.20, 0.10, 100.0, 0.10])
    for direction in np.abs(rng.normal(size=(200, 4))):
        e, f, r, h = map(float, direction / np.linalg.norm(direction) * (result.smallest.distance * 0.999) * scale)
        probe = Scenario("probe", fall=min(e, 1), base_strength=min(f, 1), rate_bp=r, advance_rate_cut=min(h, 1))
        assert not sells(sheet, probe)


def test_the_smallest_joint_shock_by_calculus() -> None:
    """Without haircuts and currencies the frontier is 75 (1 − e) = 50 − 14.5 + 50 r, or 75 e + 50 r = 39.5 (millions);
    the nearest point has e = λ · 75 eᵤ² and r = λ · 50 rᵤ² with eᵤ = 0.2 and rᵤ = 0.01."""
    shock = reversed_(reference_household(), Units(advance_rate_cut=1e-9)).smallest
    assert shock is not None
    squares = (0.2 * 75) ** 2 + (0.01 * 50) ** 2
    assert shock.equity_fall == pytest.approx(39.5 / squares * 75 * 0.2**2, abs=1e-4)
    assert shock.rate_bp == pytest.approx(39.5 / squares * 50 * 0.01**2 * 1e4, abs=0.5)
    assert shock.distance == pytest.approx(39.5 / squares**0.5, rel=1e-6)


def test_two_equal_shocks_share_the_work_by_hand() -> None:
    """Falls and haircuts act alike: (1 − e)(1 − h) = 0.47333. With equal units both are 1 − √0.47333 = 31.2 %."""
    units = Units(equity_fall=0.1, advance_rate_cut=0.1, rate_bp=1e-6, base_strength=0.1)
    shock = reversed_(reference_household(), units).smallest
    assert shock is not None
    assert shock.equity_fall == pytest.approx(1 - 0.473333**0.5, abs=1e-3)
    assert shock.advance_rate_cut == pytest.approx(shock.equity_fall, abs=1e-3)
    assert shock.distance == pytest.approx(10 * (1 - 0.473333**0.5) * 2**0.5, rel=1e-5)


def test_the_frontier_falls_as_the_base_currency_rises() -> None:
    sheet = abroad()
    frontier = reversed_(sheet).frontier
    assert [f for f, _ in frontier] == pytest.approx([n / 50 for n in range(31)])
    falls = [fall for _, fall in frontier]
    assert falls == sorted(falls, reverse=True)
    for strength, size in frontier[::10]:
        after = stressed(sheet, Scenario("fx", base_strength=strength))
        assert size == pytest.approx(max_survivable_fall(after, LENDERS, RULES), abs=1e-6)


def test_a_household_that_nothing_can_force_says_so() -> None:
    rich = reference_household().with_(
        cash_balances=(CashBalance(TAXABLE, "JPY", 90e6, Quote(1.0, AS_OF)),), secured_loans=()
    )
    result = reversed_(rich)
    assert result.smallest is None
    assert result.alone.equity_fall is None


def test_a_household_forced_already_is_at_distance_zero() -> None:
    broke = reference_household().with_(
        secured_loans=(SecuredLoan("Loan", 124e6, 0.0, 0.02, "standard-60-70-85", "JPY"),)
    )
    result = reversed_(broke)
    assert result.smallest is not None
    assert result.smallest.distance == 0
    assert result.alone.equity_fall == 0


def test_windows_of_the_annual_table_that_were_worse() -> None:
    """97 years 1928-2024: 1931 lost 43.84 %, the worst; 1931, 1937 and 2008 lost 35 % or more."""
    one = worse_windows(HISTORY, 0.35, 1)
    assert (one.windows, one.worse, one.worst_from) == (97, 3, "1931")
    assert one.worst_fall == pytest.approx(0.4384)
    three = worse_windows(HISTORY, 0.6, 3)  # 1929-31 lost 61.4 %, 1930-32 61.6 %
    assert (three.windows, three.worse, three.worst_from) == (95, 2, "1930")
    assert three.worst_fall == pytest.approx(1 - 0.7488 * 0.5616 * 0.9136)
    assert worse_windows(HISTORY, None, 1).worse == 0


def test_a_history_shorter_than_the_window_has_no_windows() -> None:
    short = History("short", "made up", 1, 2000, 1, ("stocks",), np.array([[0.1]]))
    assert worse_windows(short, 0.1, 3).windows == 0


@given(st.floats(0.0, 1.0), st.floats(10e6, 90e6))
@settings(max_examples=8)
def test_more_debt_is_never_safer(share: float, owed: float) -> None:
    def distance(amount: float) -> float:
        loan = SecuredLoan("Loan", amount, 0.0, 0.02, "standard-60-70-85", "JPY")
        shock = reversed_(abroad(share).with_(secured_loans=(loan,))).smallest
        return float("inf") if shock is None else shock.distance

    assert distance(owed + 1e6) <= distance(owed) * (1 + 1e-6)
