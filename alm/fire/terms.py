"""A plan as the rows a path is walked with."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import takewhile
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from alm.errors import BadInput
from alm.fire.draw import MarketRules
from alm.fire.flows import SOURCES, USES, packed
from alm.fire.lanes import LANE_ROWS
from alm.fire.parameters import informed
from alm.fire.plan import Asset, Lender, Line, Loan, Plan
from alm.fire.returns import as_series, market_rules, series_of
from alm.fire.rows import ASSETS, DATED, LINES, LOANS, TIERS, WORLD
from alm.fire.schedule import schedule
from alm.fire.spending import RULES
from alm.language import t

Floats = npt.NDArray[np.float64]
Records = npt.NDArray[np.void]


class Desk(NamedTuple):
    """The work space of one thread and what it reads, in the order the kernel takes them."""

    worlds: Records
    """(1,) of World."""
    tables: Records
    """(1,) of Lanes."""
    dated: Records
    """(T,) of Dated."""
    rules: MarketRules


def desk(plan: Plan) -> Desk:
    """A fresh work space; threads must not share one. Returns and volatilities are those the plan asks for."""
    plan = informed(plan)
    _check_capacity(plan)
    rules = market_rules(plan)
    worlds = np.zeros(1, dtype=WORLD)
    world = worlds[0]
    _fill(world, _world(plan))
    for rows, found in (
        (world["assets"], [_asset(plan, asset, rules) for asset in plan.assets]),
        (world["loans"], [_loan(plan, number) for number in range(len(plan.loans))]),
        (world["lines"], [_line(line, plan.steps_per_year) for line in plan.lines]),
    ):
        for row, values in zip(rows, found, strict=False):
            _fill(row, values)
    tiers = [tier for loan in plan.loans for tier in loan.tiers]
    world["tier_floor"][: len(tiers)] = [tier.from_balance for tier in tiers]
    world["tier_rate"][: len(tiers)] = [tier.rate_pa for tier in tiers]
    size = len(rules.covariance)
    world["covariance"][:size, :size] = rules.covariance
    return Desk(worlds, np.zeros(1, dtype=LANE_ROWS), _dated(plan), rules)


def _check_capacity(plan: Plan) -> None:
    tiers = sum(len(loan.tiers) for loan in plan.loans)
    for name, count, most in (
        ("assets", len(plan.assets), ASSETS), ("loans", len(plan.loans), LOANS), ("lines", len(plan.lines), LINES),
        ("tiers", tiers, TIERS),
    ):  # fmt: skip
        if count > most:
            raise BadInput(t("at most {most} of them", most=most), column=name, value=count)


def _fill(row: np.void, values: Mapping[str, float]) -> None:
    """What is left out is the walk's own state and starts at 0."""
    for name, value in values.items():
        row[name] = value


def _world(plan: Plan) -> dict[str, float]:
    spending = plan.spending
    return {
        "asset_count": len(plan.assets), "loan_count": len(plan.loans), "line_count": len(plan.lines),
        "start_cash": plan.cash, "cash_rate": plan.cash_rate_pa, "cash_target_real": plan.cash_target,
        "reserve_months": plan.reserve_months, "sale_cost": plan.sale_cost,
        "highest_yield": plan.market.highest_yield, "wealth": plan.wealth,
        "debt_today": sum(debt.balance for debt in plan.debts), "rebalanced": plan.rebalance,
        "capitalised": plan.capitalise_interest, "borrows": plan.borrow_to_spend,
        "spends_first": plan.spend_at == "start", "continuous": plan.margin_check == "continuous",
        "steps_per_year": plan.steps_per_year, "dt": 1.0 / plan.steps_per_year,
        "rule": RULES.index(spending.rule), "amount_pa": spending.amount_pa, "rate": spending.rate,
        "floor_pa": spending.floor_pa, "ceiling_pa": spending.ceiling_pa, "real_return_pa": spending.real_return_pa,
        "years": plan.years + 1.0 if spending.vpw_years is None else spending.vpw_years,
        "forgo_raise_after_loss": spending.forgo_raise_after_loss,
        "posts": plan.pledge_more, "liquid": packed(_before_sales(plan.waterfall), SOURCES),
        "before_pledged": packed(plan.waterfall[: plan.waterfall.index("pledged_sale")], SOURCES),
        "sources": packed(plan.waterfall, SOURCES), "uses": packed(plan.surplus, USES),
    }  # fmt: skip


def _before_sales(waterfall: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(takewhile(lambda source: not source.endswith("_sale"), waterfall))


def _asset(plan: Plan, asset: Asset, rules: MarketRules) -> dict[str, float]:
    together = sum(other.value for other in plan.assets if other.pledged_to == asset.pledged_to)
    whole = sum(other.value for other in plan.assets)
    names, series = [loan.name for loan in plan.loans], series_of(plan).index(as_series(asset))
    return {
        "start_value": asset.value, "start_cost": asset.cost, "start_dividend": asset.dividends_pa,
        "weight": asset.value / together if together else 0.0, "share": asset.value / whole if whole else 0.0,
        "dividend_tax": asset.dividend_tax,
        "gains_tax": asset.gains_tax, "reinvest_yield": asset.reinvest_yield, "advance": asset.advance_rate,
        "series": series, "deviation": math.sqrt(float(rules.covariance[series, series])),
        "start_pledged": names.index(asset.pledged_to) if asset.pledged_to else -1, "pledgeable": asset.pledgeable,
    }  # fmt: skip


def _loan(plan: Plan, number: int) -> dict[str, float]:
    loan, before = plan.loans[number], sum(len(other.tiers) for other in plan.loans[:number])
    lender = {name: getattr(loan.lender, name) for name in Lender.__dataclass_fields__}
    return {
        **lender,
        "call_ltv": math.inf if loan.lender.call_ltv is None else loan.lender.call_ltv,
        "start_balance": loan.balance, "start_accrued": loan.accrued_interest,
        "rate": _only_rate(loan), "first_tier": before, "last_tier": before + len(loan.tiers),
    }  # fmt: skip


def _only_rate(loan: Loan) -> float:
    return loan.tiers[0].rate_pa if len(loan.tiers) == 1 else loan.rate_pa


def _line(line: Line, per_year: int) -> dict[str, float]:
    expires = math.inf if line.expires_year is None else line.expires_year * per_year
    return {
        "start_drawn": line.drawn, "limit": line.limit, "rate": line.rate_pa, "fee": line.commitment_fee_pa,
        "expires": expires,
    }  # fmt: skip


def _dated(plan: Plan) -> Records:
    money = schedule(plan)
    table = np.zeros(plan.steps, dtype=DATED)
    for name in money._fields:
        table[name] = getattr(money, name)
    return table
