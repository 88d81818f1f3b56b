"""Every driver of the step says the same about a random household: grid, scenario, defence, reverse, figures."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alm.balance_sheet import Account, BalanceSheet, CashBalance, Quote
from alm.defence import actions, further_borrowing, ways, who_pays
from alm.engines.survivable import max_survivable_fall
from alm.history import annual_history
from alm.reverse import reverse_stress
from alm.scenarios import Scenario, fall, stressed
from alm.stress import outcome, stress_test
from tests.laws.households import Case, random_household

SEEDS = range(25)
NEW = Account("New money")


def survived(one: Case, sheet: BalanceSheet) -> float:
    return max_survivable_fall(sheet, one.profiles, one.settings)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_scenario_and_a_month_end_like_the_row_of_the_grid(seed: int) -> None:
    """A fall of every price without a currency's: today's look asks for nothing, so one look is both."""
    one = random_household(seed, unbreached=True)
    asked = one.profiles, one.settings
    for row in stress_test(one.sheet, *asked, step=0.1).grid:
        found = outcome(one.sheet, *asked, (fall(row.fall),))
        month = who_pays(stressed(one.sheet, fall(row.fall)), *asked, months=0)[0]
        assert (found.outcome, found.survives) == (row.outcome, row.survives)
        for source in ("cash", "credit_line", "unpledged_sale", "pledged_sale"):
            paid = getattr(row.sources, source)
            assert getattr(found.sources, source) == pytest.approx(paid, rel=1e-6, abs=1e-3)
            assert getattr(month.paid, source) == pytest.approx(paid, rel=1e-6, abs=1e-3)
        assert month.cure == pytest.approx(month.paid.total + month.unpaid, rel=1e-9, abs=1e-6)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_row_adds_up(seed: int) -> None:
    one = random_household(seed)
    for row in stress_test(one.sheet, one.profiles, one.settings, step=0.1).grid:
        paid = row.sources
        assert paid.due == pytest.approx(paid.cash + paid.credit_line + paid.sale + paid.unpaid, rel=1e-9, abs=1e-6)
        assert row.survives is (row.outcome in ("nothing asked", "paid"))
        assert (paid.unpledged_gross > 1e-6 or paid.pledged_gross > 0 or paid.unpaid > 1e-6) is not row.survives
    for month in who_pays(stressed(one.sheet, fall(0.4)), one.profiles, one.settings):
        due = month.cure + month.interest + month.spending
        assert due == pytest.approx(month.paid.total + month.unpaid, rel=1e-9, abs=1e-5)


@pytest.mark.parametrize("seed", SEEDS)
def test_money_of_the_defence_moves_the_first_figure_just_to_the_fall(seed: int) -> None:
    """Repaid, added or arranged on the sheet itself: the amount is enough, and 99.9 % of it is not."""
    one = random_household(seed)
    asked = min(0.95, max(0.05, survived(one, one.sheet) + 0.03))
    found = {way.action: way for way in actions(one.sheet, one.profiles, one.settings, asked)}
    for kind in ("repay", "add_cash"):
        if kind in found:
            amount = found[kind].amount or 0.0
            parts = found[kind].parts or {one.sheet.secured_loans[0].name: amount}
            assert survived(one, changed(one.sheet, kind, amount, parts, 1 + 1e-5)) >= asked - 1e-6
            assert survived(one, changed(one.sheet, kind, amount, parts, 0.999)) < asked


def changed(sheet: BalanceSheet, kind: str, amount: float, parts: dict[str, float], share: float) -> BalanceSheet:
    if kind == "add_cash":
        more = CashBalance(NEW, sheet.base_currency, amount * share, Quote(1.0, sheet.as_of))
        return sheet.with_(cash_balances=(*sheet.cash_balances, more))
    loans = []
    for loan in sheet.secured_loans:
        left = max(0.0, loan.owed - parts.get(loan.name, 0.0) * share)
        loans.append(replace(loan, balance=left, accrued_interest=0.0))
    return sheet.with_(secured_loans=tuple(loans))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_defence_survives_what_the_first_figure_does(seed: int) -> None:
    one = random_household(seed)
    figure = survived(one, one.sheet)
    for asked in (figure - 1e-4, figure + 1e-4):
        if 0.0 <= asked < 1.0:
            assert (not ways(one.sheet, one.profiles, one.settings, asked)) is (asked < figure)
    if figure > 0.01:
        for more in further_borrowing(one.sheet, one.profiles, one.settings, figure / 2):
            loans = tuple(
                replace(x, balance=x.balance + more.amount) if x.name == more.loan else x
                for x in one.sheet.secured_loans
            )
            assert survived(one, one.sheet.with_(secured_loans=loans)) >= figure / 2 - 1e-5


@pytest.mark.parametrize("seed", range(8))
def test_reverse_stress_meets_the_figure_and_the_scenario(seed: int) -> None:
    """Prices alone sell from the first figure on; the joint shock sells, a little less of it does not."""
    one = random_household(seed, unbreached=True)
    result = reverse_stress(one.sheet, one.profiles, one.settings, annual_history())
    figure = survived(one, one.sheet)
    assert result.alone.equity_fall == pytest.approx(figure, abs=1e-6) or figure > 0.999
    joint = result.smallest
    assert joint is not None
    if joint.rate_bp < 1e-3:
        for share, survives in ((1 - 1e-4, True), (1 + 1e-4, False)):
            shock = Scenario(
                "joint",
                fall=share * joint.equity_fall,
                base_strength=share * joint.base_strength,
                advance_rate_cut=share * joint.advance_rate_cut,
            )
            assert outcome(one.sheet, one.profiles, one.settings, (shock,)).survives is survives
