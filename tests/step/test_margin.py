"""The lenders' looks on a path's money: a call, its deadline, what answers it and what the lender sells."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alm.engines.household_block import HouseholdBlock
from alm.fire.plan import Asset, Lender, Line, Loan, Plan
from alm.step.block import FORCED_SALE, LENDER, RUIN
from alm.step.events import CALLED, PAID_IN, PLEDGED_MORE, SOLD_BY_LENDER
from tests.step.blocks import A_DAY, A_MONTH, opened, step

CALLS = Lender(
    freeze_ltv=0.6,
    call_ltv=0.7,
    forced_ltv=0.85,
    cure_ltv=0.6,
    cure_days=5.0,
    settlement_days=0.0,
    call_stays_open=False,
)
ORDERS = replace(CALLS, call_ltv=None, execution_days=1.0)


def borrower(lender: Lender = CALLS, **more: object) -> Plan:
    """100 pledged for 60 that bear no interest; no cost, no tax, no flows, a look at the end of each step."""
    return Plan(
        sale_cost=0.0, margin_check="step", surplus=(), assets=(Asset("Pledged", 100.0, 100.0, pledged_to="Loan"),),
        loans=(Loan("Loan", 60.0, 0.0, lender=lender),), **more,  # type: ignore[arg-type]
    )  # fmt: skip


def events(block: HouseholdBlock) -> list[tuple[int, float, float]]:
    """(kind, amount, net) of every event since the last reading."""
    log = block.terms.log
    read = [(int(row[0]), row[3], row[4]) for row in log[1 : int(log[0][0]) + 1]]
    log[0][0] = 0.0
    return read


# --- the deadline ---------------------------------------------------------------------------------------------------


def test_a_month_contains_the_deadline_and_the_sale() -> None:
    block = opened(borrower(), clock=A_MONTH)
    step(block, [[0.8]])  # 60 of 80 is 75 %; a sale of x with 60 − x = 60 % · (80 − x): 30
    assert events(block) == [
        (CALLED, pytest.approx(12.0), 0.0),
        (SOLD_BY_LENDER, pytest.approx(30.0), pytest.approx(30.0)),
    ]
    assert (block.row("value")[0], block.row("balance")[0]) == pytest.approx((50.0, 30.0))
    assert block.row("call_open")[0] == 0.0


def test_by_day_the_lender_sells_at_the_close_of_the_last_of_five_days() -> None:
    block = opened(borrower(), clock=A_DAY)
    step(block, [[0.8]])
    for day, left in enumerate((5.0, 4.0, 3.0, 2.0)):
        assert (block.row("call_open")[0], block.row("days_left")[0]) == (1.0, left), f"day {day + 1}"
        assert block.sold_pledged() == [0.0]
        step(block, [[1.0]], number=day + 1)
    assert block.sold_pledged() == pytest.approx([30.0]), "the fifth"
    assert block.row("first", FORCED_SALE)[0] == 4.0


def test_a_loan_called_twice_is_called_with_new_days() -> None:
    block = opened(borrower(lines=(Line("Line", 12.0, rate_pa=0.0),)), clock=A_DAY)
    step(block, [[0.8]])
    assert [kind for kind, _, _ in events(block)] == [CALLED, PAID_IN]
    step(block, [[0.8]])  # 48 of 64
    assert [kind for kind, _, _ in events(block)] == [CALLED]
    assert block.row("days_left")[0] == 5.0


# --- part payments and lapse ----------------------------------------------------------------------------------------


def test_a_part_payment_lets_no_call_lapse() -> None:
    block = opened(borrower(cash=8.0), clock=A_DAY)
    step(block, [[0.8]])  # 12 called, 8 paid: 52 of 80 is 65 %, below the call
    assert (block.row("balance")[0], block.row("answered")[0]) == pytest.approx((52.0, 8.0))
    step(block, [[1.0]])
    assert block.row("call_open")[0] == 1.0, "60 of 80 is what the call was made for"


def test_the_market_lets_it_lapse_once_it_carries_what_was_owed_at_the_notice() -> None:
    block = opened(borrower(cash=8.0), clock=A_DAY)
    step(block, [[0.8]])
    step(block, [[1.07]])  # 60 of 85.6 is 70.1 %
    assert block.row("call_open")[0] == 1.0
    step(block, [[1.01]])  # 60 of 86.5 is 69.4 %
    assert (block.row("call_open")[0], block.row("answered")[0]) == (0.0, 0.0)
    assert block.row("balance")[0] == pytest.approx(52.0), "the part that was paid stays with the lender"


def test_where_a_call_stays_open_only_the_cure_target_ends_it() -> None:
    block = opened(borrower(replace(CALLS, call_stays_open=True), cash=8.0), clock=A_DAY)
    step(block, [[0.8]])
    step(block, [[1.08]])  # 52 of 86.4 is 60.2 %
    assert block.row("call_open")[0] == 1.0
    step(block, [[1.01]])  # 52 of 87.3 is 59.6 %
    assert block.row("call_open")[0] == 0.0


# --- further assets -------------------------------------------------------------------------------------------------


def test_a_further_asset_moves_whole_to_its_place_among_the_pledged() -> None:
    spare = (
        Asset("No", 50.0, 50.0),
        Asset("Yes", 30.0, 12.0, dividends_pa=1.2, pledgeable=True),
        Asset("Later", 40.0, 40.0, pledgeable=True),
    )
    plan = borrower(pledge_more=True)
    block = opened(replace(plan, assets=plan.assets + spare), clock=A_DAY)
    values = ("value", "cost", "dividend", "payout")
    assert [asset.pledged for asset in block.terms.assets] == [0, 0, 0, -1, -1, -1], (
        "the pledged one, two empty places, three free ones"
    )
    step(block, [[0.8], [1.0], [1.0], [1.0]])  # 60 of 80; with 30 more 60 of 110
    assert block.row("value")[0] == pytest.approx(80.0)
    ex_dividend = 30.0 - 1.2 / 252.0
    moved = [block.row(name, 1)[0] for name in values]
    assert moved == pytest.approx([ex_dividend, 12.0, 1.2, 1.2 * ex_dividend / 30.0], rel=1e-3)
    assert [block.row(name, 4)[0] for name in values] == [0.0] * 4
    assert [block.row("value", k)[0] for k in (2, 3, 5)] == pytest.approx([0.0, 50.0, 40.0]), "cured by the first"
    kinds, amounts, _ = zip(*events(block), strict=True)
    assert kinds == (CALLED, PAID_IN, PLEDGED_MORE), "the dividend is cash, and pays before anything is pledged"
    assert amounts == pytest.approx((12.0, 1.2 / 252.0, ex_dividend))
    assert block.row("call_open")[0] == 0.0
    step(block, [[1.0], [1.0], [0.5], [1.0]])
    assert block.row("value", 1)[0] == pytest.approx(15.0, abs=0.01), "it still follows its own prices"


def test_without_that_choice_it_is_sold_for_the_call() -> None:
    plan = borrower()
    block = opened(replace(plan, assets=(*plan.assets, Asset("Yes", 30.0, 30.0, pledgeable=True))), clock=A_DAY)
    step(block, [[0.8], [1.0]])
    assert block.sold_free() == pytest.approx([12.0])
    assert block.paid(LENDER, "unpledged_sale") == pytest.approx([12.0])


# --- orders ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("later", [0.5, 0.9, 1.5])
def test_an_ordered_sale_takes_its_share_at_whatever_price_it_is_executed(later: float) -> None:
    block = opened(borrower(ORDERS), clock=A_DAY)
    step(block, [[0.7]])  # 60 of 70: order x with 60 − x = 60 % · (70 − x): 45 of 70
    assert (block.row("liquidating")[0], block.row("ordered")[0]) == (1.0, pytest.approx(45.0 / 70.0))
    assert events(block) == []
    step(block, [[later]])
    sold = 45.0 * later
    assert block.sold_pledged() == pytest.approx([sold])
    assert block.row("value")[0] == pytest.approx(25.0 * later)
    assert block.row("balance")[0] == pytest.approx(max(0.0, 60.0 - sold))
    assert block.row("cash")[0] == pytest.approx(max(0.0, sold - 60.0)), "what is left over is the household's"


def test_money_that_comes_after_the_order_does_not_stop_it() -> None:
    block = opened(borrower(ORDERS), clock=A_DAY)
    step(block, [[0.7]])
    block.row("cash")[0] = 1_000.0
    step(block, [[1.0]])
    assert block.sold_pledged() == pytest.approx([45.0])


# --- nothing pledged is left ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("cash", "ruined"), [(19.0, True), (21.0, False)])
def test_what_is_owed_beyond_the_collateral_is_due_at_once_reserve_included(cash: float, ruined: bool) -> None:
    block = opened(borrower(cash=cash, reserve_months=12.0, reserve_pa=1_000.0), clock=A_MONTH)
    step(block, [[0.4]])  # 40 does not cover 60: all of it is sold, 20 are due
    assert block.row("value")[0] == 0.0
    assert (block.row("first", RUIN)[0] >= 0.0) is ruined
    assert block.row("unpaid")[0] == pytest.approx(1.0 if ruined else 0.0, abs=1e-6)
    assert block.row("cash")[0] == pytest.approx(0.0 if ruined else 1.0)


def test_late_interest_runs_on_all_that_is_owed_until_the_proceeds_are_applied() -> None:
    late = replace(CALLS, settlement_days=2.0, late_rate_pa=0.14, full_liquidation=True)
    block = opened(borrower(late), clock=A_MONTH)
    step(block, [[0.8]])
    charge = 60.0 * 0.14 * 2 * 7 / 5 / 365
    assert block.row("cash")[0] == pytest.approx(80.0 - 60.0 - charge)
    assert block.row("balance")[0] + block.row("accrued")[0] == pytest.approx(0.0)
