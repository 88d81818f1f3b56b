"""The stress grid: for each uniform fall, what every cure costs, what lenders demand, who pays, and how it ends."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from alm.balance_sheet import BalanceSheet, ltv
from alm.engines.answers import Answer, Outcome, Payment, after_falls
from alm.engines.household_block import HouseholdBlock, household_block
from alm.errors import BadInput
from alm.lenders import LenderProfile, Zone
from alm.loans import THRESHOLDS, Demand, Position, with_level, worst_zone
from alm.settings import Settings
from alm.step.sale import cash_to_cure, collateral_to_cure, sale_to_cure
from alm.text import number, t


@dataclass(frozen=True, slots=True)
class Cure:
    """Three ways back to one threshold; each alone suffices. Several loans: the sums over them.

    `sell` is the market value to sell before costs, (L − tV)/(1 − t); `sell_after_costs` the same with the sale cost
    and the tax on the gain inside. None when selling everything falls short, and `infeasible` says so.
    """

    pay_cash: float
    post_collateral: float
    sell: float | None
    sell_after_costs: float | None
    infeasible: str = ""


@dataclass(frozen=True, slots=True)
class Cures:
    """`call` is None where no lender calls; `asked` is what lenders ask for at this fall (to the cure level once they
    call, which may lie below the call), None while they ask for nothing."""

    freeze: Cure
    call: Cure | None
    forced: Cure
    asked: Cure | None


@dataclass(frozen=True, slots=True)
class GridRow:
    """`ltv`, `zone` and `cures` are of today's debts at this fall, before anything is paid. `survives`: nothing was
    sold."""

    fall: float
    collateral: float
    ltv: float
    zone: Zone
    cures: Cures
    demands: tuple[Demand, ...]
    sources: Payment
    outcome: Outcome
    survives: bool


NOTHING = Cure(0.0, 0.0, 0.0, 0.0)
Kept = Mapping[str, float]
"""What a sale of each loan's pledge keeps, per unit of market value, after cost and tax."""


def falls(step: float, max_fall: float) -> tuple[float, ...]:
    """step, 2·step … up to max_fall."""
    if not 0.001 <= step <= 1:
        raise BadInput("a fraction from 0.001 to 1", column="step", value=step)
    if not step <= max_fall <= 1:
        raise BadInput(t("a fraction from the step ({step}) to 1", step=f"{step:g}"), column="max", value=max_fall)
    return tuple(round(n * step, 10) for n in range(1, int(max_fall / step + 1e-9) + 1))


def grid(
    sheet: BalanceSheet,
    profiles: Mapping[str, LenderProfile],
    settings: Settings,
    today: Sequence[Position],
    at: Sequence[float],
) -> tuple[GridRow, ...]:
    """One look of a block whose columns are the falls."""
    block = household_block(sheet, profiles, settings, 1).repeated(len(at))
    block.move_prices(at)
    kept, found = kept_of_sales(block, today), after_falls(sheet, profiles, settings, today, at)
    return tuple(_row(at[p], [loan.fallen(at[p]) for loan in today], kept[p], found[p]) for p in range(len(at)))


def _row(fall: float, loans: Sequence[Position], kept: Kept, found: Answer) -> GridRow:
    owed, collateral = sum(p.owed for p in loans), sum(p.collateral for p in loans)
    return GridRow(
        fall, collateral, ltv(owed, collateral), worst_zone(loans), cures(loans, kept), found.demands, found.sources,
        found.outcome, found.survives,
    )  # fmt: skip


def kept_of_sales(block: HouseholdBlock, today: Sequence[Position]) -> list[Kept]:
    """By path; losses are offset as the step offsets them."""
    kept: list[dict[str, float]] = [{} for _ in range(block.paths)]
    for i, loan in enumerate(today):
        for p, (net, value) in enumerate(zip(block.proceeds(i), block.worth(i), strict=True)):
            kept[p][loan.loan] = net / value if value > 0 else 0.0
    return list(kept)


def cures(loans: Sequence[Position], kept: Kept) -> Cures:
    freeze, call, forced = (cure(with_level(loans, name), kept) for name in THRESHOLDS)
    asked = [(p, found.target_ltv) for p in loans if (found := p.demand()) is not None]
    return Cures(freeze or NOTHING, call, forced or NOTHING, cure(asked, kept))


def cure(found: Sequence[tuple[Position, float]], kept: Kept) -> Cure | None:
    """The three cures of loans to their levels, added up; None for none."""
    if not found:
        return None
    gross = sum(sale_to_cure(p.owed, p.collateral, 1.0, level) for p, level in found)
    net = sum(sale_to_cure(p.owed, p.collateral, kept[p.loan], level) for p, level in found)
    return Cure(
        sum(cash_to_cure(p.owed, p.collateral, level) for p, level in found),
        sum(collateral_to_cure(p.owed, p.collateral, level) for p, level in found),
        gross if math.isfinite(gross) else None,
        net if math.isfinite(net) else None,
        " ".join(filter(None, (_infeasible(p, level, kept[p.loan]) for p, level in found))),
    )


def _infeasible(p: Position, level: float, keep: float) -> str:
    if math.isfinite(sale_to_cure(p.owed, p.collateral, keep, level)):
        return ""
    return t(
        "Selling all {value} pledged to {loan} leaves {proceeds} after cost and tax, and {owed} is owed.",
        value=number(p.collateral, 0),
        loan=p.loan,
        proceeds=number(keep * p.collateral, 0),
        owed=number(p.owed, 0),
    )
