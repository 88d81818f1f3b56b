"""What is done to one path's books: values, sales, purchases, repayments. Plain functions that compile with numba."""

from __future__ import annotations

import numpy as np

from alm.fire.rows import EVENTS, AssetRow, Dated, LoanRow, World
from alm.mechanics.lender import CALM, LenderRules, LenderState


def open_books(world: World) -> None:
    """Back to the start of the plan."""
    world.cash = world.start_cash
    for event in range(EVENTS):
        world.first[event] = -1
    for k in range(world.asset_count):
        world.assets[k].value = world.assets[k].start_value
        world.assets[k].cost = world.assets[k].start_cost
        world.assets[k].dividend = world.assets[k].start_dividend
        world.assets[k].pledged = world.assets[k].start_pledged
    for i in range(world.loan_count):
        world.loans[i].balance = world.loans[i].start_balance
        world.loans[i].accrued = world.loans[i].start_accrued
        remember(world.loans[i], CALM)
    for j in range(world.line_count):
        world.lines[j].drawn = world.lines[j].start_drawn
        world.lines[j].interest = 0.0


def net_worth(world: World) -> float:
    """Assets and cash less securities-backed loans and lines."""
    total = world.cash
    for k in range(world.asset_count):
        total += world.assets[k].value
    for i in range(world.loan_count):
        total -= world.loans[i].balance + world.loans[i].accrued
    for j in range(world.line_count):
        total -= world.lines[j].drawn
    return total


def owed(loan: LoanRow) -> float:
    return loan.balance + loan.accrued


def market_value(world: World, pledge: int) -> float:
    """Of everything pledged to a loan; −1: of what is pledged to none."""
    total = 0.0
    for k in range(world.asset_count):
        if world.assets[k].pledged == pledge:
            total += world.assets[k].value
    return total


def lending_value(world: World, pledge: int) -> float:
    """Σ value · advance rate."""
    total = 0.0
    for k in range(world.asset_count):
        if world.assets[k].pledged == pledge:
            total += world.assets[k].value * world.assets[k].advance
    return total


def kept_of_all(world: World, pledge: int) -> float:
    """What selling everything with this pledge leaves after cost and tax: value · keep share, without its division."""
    kept = 0.0
    for k in range(world.asset_count):
        row = world.assets[k]
        if row.pledged == pledge:
            kept += net_of_sale(row.value, row.cost, world.sale_cost, row.gains_tax)
    return kept


def net_of_sale(value: float, cost: float, sale_cost: float, gains_tax: float) -> float:
    """What selling all of one holding leaves."""
    net = value * (1.0 - sale_cost)
    return net - gains_tax * max(0.0, net - cost)


def sell_share(world: World, pledge: int, share: float) -> None:
    """Take the same share out of everything with this pledge; the proceeds are the caller's."""
    for k in range(world.asset_count):
        if world.assets[k].pledged == pledge:
            shrink(world.assets[k], 1.0 - share)


def shrink(asset: AssetRow, left: float) -> None:
    asset.value *= max(0.0, left)
    asset.cost *= max(0.0, left)
    asset.dividend *= max(0.0, left)


def grow_by_purchase(asset: AssetRow, amount: float) -> None:
    asset.value += amount
    asset.cost += amount
    asset.dividend += amount * asset.reinvest_yield


def repay(loan: LoanRow, amount: float) -> None:
    loan.balance, loan.accrued = repaid(loan.balance, loan.accrued, amount)


def repaid(balance: float, accrued: float, amount: float) -> tuple[float, float]:
    """(principal, interest) after a payment: interest first, then principal."""
    interest = min(amount, accrued) if amount > 0.0 else 0.0
    return max(0.0, balance - (amount - interest)), accrued - interest


def dividend_paid(dividend_pa: float, value: float, dt: float, cap: float) -> float:
    """Dividends of a step before tax: never more than the share `cap` of the value they come out of."""
    return min(dividend_pa * dt, cap * value)


def line_cost(drawn: float, limit: float, rate: float, fee: float, dt: float) -> float:
    """Interest on what is drawn and the fee on what is not, of a step."""
    return (drawn * rate + fee * max(0.0, limit - drawn)) * dt


def money_in(dated: Dated, spent: float, level: float) -> float:
    """Income of a step less spending and expenses, at price level `level`."""
    return dated.income + dated.income_real * level - (spent + dated.expense + dated.expense_real * level)


def rules_of(loan: LoanRow) -> LenderRules:
    """Kinds of holdings hide single issues, so the concentration rule never applies."""
    return LenderRules(
        loan.freeze_ltv, loan.call_ltv, loan.forced_ltv, loan.cure_ltv, loan.cure_days, loan.forced_days,
        loan.call_stays_open, loan.full_liquidation, loan.execution_days, loan.settlement_days, loan.late_rate_pa,
        np.inf, loan.freeze_ltv, loan.cure_ltv,
    )  # fmt: skip


def remembered(loan: LoanRow) -> LenderState:
    return LenderState(loan.frozen, loan.call_open, loan.days_left, loan.liquidating)


def remember(loan: LoanRow, state: LenderState) -> None:
    loan.frozen = state.frozen
    loan.call_open = state.call_open
    loan.days_left = state.days_left
    loan.liquidating = state.liquidating
