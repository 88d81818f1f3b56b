"""A plan as the terms of a block, and the block itself: compiled from records, or plain for the interpreter."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt

from alm.elementary import expm1, power
from alm.fire.payouts import payout_terms
from alm.fire.plan import Asset, Lender, Line, Loan, Plan
from alm.fire.schedule import schedule
from alm.step.block import (
    ASSET,
    DATED,
    FREE,
    LINE,
    LOAN,
    SOURCES,
    TERMS,
    USES,
    Floats,
    House,
    filled,
    layout,
    packed,
)
from alm.step.events import COLUMNS
from alm.step.lender import first_ratio
from alm.step.spending import RULES

Rows = npt.NDArray[np.void]
LOG_ROWS = 256
"""More events than lenders can make in one step of any household; the driver refuses a step that fills them."""


@dataclass(frozen=True, slots=True)
class Clock:
    """How long a step is. `days` are business days between two looks; infinite: every deadline is inside."""

    dt: float
    days: float


@dataclass(frozen=True, slots=True)
class Place:
    """Where an asset of the plan stands in the block: its own place, or a twin's with no value yet."""

    asset: Asset
    number: int
    pledged: int
    twin: bool = False


def places(plan: Plan) -> tuple[Place, ...]:
    """Every place of the block in its order: by pledge, the free ones last."""
    names = [loan.name for loan in plan.loans]
    own = [Place(a, n, names.index(a.pledged_to) if a.pledged_to else FREE) for n, a in enumerate(plan.assets)]
    every = list(own)
    if plan.pledge_more:
        movable = [place for place in own if place.pledged == FREE and place.asset.pledgeable]
        every += [replace(place, pledged=i, twin=True) for place in movable for i in range(len(names))]
    return tuple(sorted(every, key=lambda place: (place.pledged == FREE, place.pledged, place.twin, place.number)))


def house(
    plan: Plan, series: Sequence[int], covariance: Floats, *, clock: Clock | None = None, recorded: bool = False,
    priced: bool = False,
) -> House:  # fmt: skip
    """The terms of a plan as records. `series[n]` is the market's column of the plan's n-th asset; `clock` the length
    of a step where it is not the plan's own; the other two as in `Terms`."""
    block_places = places(plan)
    deviations = np.sqrt(np.diag(covariance))
    terms = _terms(plan, block_places, clock or Clock(1.0 / plan.steps_per_year, 252.0 / plan.steps_per_year))
    terms |= {"recorded": recorded, "priced": priced, **layout(len(block_places), len(plan.loans), len(plan.lines))}
    tiers = [(tier.from_balance, tier.rate_pa) for loan in plan.loans for tier in loan.tiers]
    return House(
        filled(TERMS, [terms])[0],
        filled(ASSET, [_asset(plan, place, series, deviations, float(terms["dt"])) for place in block_places]),
        filled(LOAN, [_loan(plan, number, block_places) for number in range(len(plan.loans))]),
        filled(LINE, [_line(line, plan.steps_per_year) for line in plan.lines]),
        np.array(tiers, dtype=np.float64).reshape(-1, 2),
        np.ascontiguousarray(covariance),
        _twins(block_places, len(plan.loans)),
        np.zeros((LOG_ROWS if recorded else 0, COLUMNS)),
    )


def new_book(terms: Any, paths: int) -> Floats:
    """The empty book of a block."""
    return np.zeros((int(terms.rows if hasattr(terms, "rows") else terms["rows"]), paths))


def interpreted(rows: House) -> House:
    """The same terms as plain objects and lists, which the interpreter reads several times as fast."""
    assets, loans, lines = ([as_plain(row) for row in table] for table in (rows.assets, rows.loans, rows.lines))
    numbers = (table.tolist() for table in (rows.tiers, rows.covariance, rows.twins, rows.log))
    return House(as_plain(rows.terms), assets, loans, lines, *numbers)


def as_plain(record: Any) -> Any:
    """A record as a plain object."""
    return SimpleNamespace(**{name: record[name].item() for name in record.dtype.names})


def plain_book(terms: Any, paths: int) -> list[list[float]]:
    """The empty book of a block for the interpreter."""
    return [[0.0] * paths for _ in range(terms.rows)]


def dated_rows(plan: Plan) -> Rows:
    """(T,) of Dated: what comes in and goes out in each step whatever the market does."""
    money = schedule(plan)
    table = np.zeros(plan.steps, dtype=DATED)
    for name in money._fields:
        table[name] = getattr(money, name)
    return table


def _terms(plan: Plan, block_places: Sequence[Place], clock: Clock) -> dict[str, float]:
    spending = plan.spending
    return {
        "asset_count": len(block_places), "loan_count": len(plan.loans), "line_count": len(plan.lines),
        "first_free": sum(place.pledged != FREE for place in block_places),
        "start_cash": plan.cash, "cash_rate": plan.cash_rate_pa, "cash_target_real": plan.cash_target,
        "reserve_months": plan.reserve_months,
        "reserve_pa": spending.amount_pa if plan.reserve_pa is None else plan.reserve_pa, "sale_cost": plan.sale_cost,
        "highest_yield": plan.market.highest_yield, "follow": -expm1(-clock.dt / plan.market.dividend_lag_years),
        "wealth": plan.wealth, "debt_today": sum(debt.balance for debt in plan.debts), "rebalanced": plan.rebalance,
        "capitalised": plan.capitalise_interest, "borrows": plan.borrow_to_spend,
        "spends_first": plan.spend_at == "start", "continuous": plan.margin_check == "continuous",
        "posts": plan.pledge_more, "steps_per_year": plan.steps_per_year, "dt": clock.dt, "days": clock.days,
        "rule": RULES.index(spending.rule), "amount_pa": spending.amount_pa, "rate_of_wealth": spending.rate,
        "floor_pa": spending.floor_pa, "ceiling_pa": spending.ceiling_pa, "real_return_pa": spending.real_return_pa,
        "years": plan.years + 1.0 if spending.vpw_years is None else spending.vpw_years,
        "forgo_raise_after_loss": spending.forgo_raise_after_loss,
        "liquid": packed(_before_sales(plan.waterfall), SOURCES),
        "before_pledged": packed(plan.waterfall[: plan.waterfall.index("pledged_sale")], SOURCES),
        "sources": packed(plan.waterfall, SOURCES), "uses": packed(plan.surplus, USES),
    }  # fmt: skip


def _before_sales(waterfall: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(takewhile(lambda source: not source.endswith("_sale"), waterfall))


def _asset(plan: Plan, place: Place, series: Sequence[int], deviations: Floats, dt: float) -> Mapping[str, float]:
    asset, here = place.asset, 0.0 if place.twin else 1.0
    together = sum(other.value for other in plan.assets if other.pledged_to == asset.pledged_to)
    whole = sum(other.value for other in plan.assets)
    payout = payout_terms(plan)[place.number]
    return {
        "start_value": asset.value * here, "start_cost": asset.cost * here,
        "start_dividend": asset.dividends_pa * here,
        "weight": asset.value * here / together if together else 0.0,
        "share": asset.value * here / whole if whole else 0.0,
        "payout_drift": power(1.0 + payout.yield_drift_pa, dt),
        "trend": power(1.0 + payout.dividend_growth_pa, dt),
        "dividend_tax": asset.dividend_tax, "gains_tax": asset.gains_tax, "offsets": asset.offsets,
        "reinvest_yield": asset.reinvest_yield, "advance": asset.advance_rate,
        "series": series[place.number], "deviation": float(deviations[series[place.number]]),
        "pledged": place.pledged,
    }  # fmt: skip


def _loan(plan: Plan, number: int, block_places: Sequence[Place]) -> Mapping[str, float]:
    loan, before = plan.loans[number], sum(len(other.tiers) for other in plan.loans[:number])
    pledged = [n for n, place in enumerate(block_places) if place.pledged == number]
    first = pledged[0] if pledged else 0
    return {
        **_lender(loan.lender),
        "first_asset": first, "last_asset": first + len(pledged),
        "start_balance": loan.balance, "start_accrued": loan.accrued_interest,
        "rate": _only_rate(loan), "first_tier": before, "last_tier": before + len(loan.tiers),
    }  # fmt: skip


def _lender(lender: Lender) -> Mapping[str, float]:
    """The contract as the step reads it: what does not exist is infinite, a strict threshold begins above its ratio."""
    rules = {name: getattr(lender, name) for name in Lender.__dataclass_fields__ if not name.endswith("_strict")}
    return rules | {
        "freeze_ltv": first_ratio(lender.freeze_ltv, lender.freeze_strict),
        "call_ltv": math.inf if lender.call_ltv is None else first_ratio(lender.call_ltv, lender.call_strict),
        "forced_ltv": first_ratio(lender.forced_ltv, lender.forced_strict),
        "forced_cure_ltv": math.inf if lender.forced_cure_ltv is None else lender.forced_cure_ltv,
    }


def _only_rate(loan: Loan) -> float:
    return loan.tiers[0].rate_pa if len(loan.tiers) == 1 else loan.rate_pa


def _line(line: Line, per_year: int) -> Mapping[str, float]:
    expires = math.inf if line.expires_year is None else line.expires_year * per_year
    return {
        "start_drawn": line.drawn, "limit": line.limit, "rate": line.rate_pa, "fee": line.commitment_fee_pa,
        "expires": expires,
    }  # fmt: skip


def _twins(block_places: Sequence[Place], loans: int) -> npt.NDArray[np.int64]:
    """(assets · loans,): the place each goes to when it is pledged to each loan."""
    table = np.full(len(block_places) * max(loans, 1), -1, dtype=np.int64)
    for place, one in enumerate(block_places):
        for other, twin in enumerate(block_places):
            if twin.twin and twin.number == one.number and one.pledged == FREE:
                table[place * loans + twin.pledged] = other
    return table
