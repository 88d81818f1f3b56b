"""The stress grid: for each uniform fall, what every cure costs, who pays the call, and whether the loans survive."""

from __future__ import annotations

import math
from dataclasses import dataclass

from alm.balance_sheet import ltv
from alm.errors import BadInput
from alm.margin import THRESHOLDS, Position, Purse, Zone, cash_needed, cure_calls, kept_of_sale, with_level, worst_zone
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
class Payment:
    """Who pays what the lenders ask for at this fall, in the household's order: money, sales after cost and tax.

    `sale` is both sales together; `unpaid` what is still owed when everything pledged is sold.
    """

    cash: float
    credit_line: float
    sale: float
    unpledged_sale: float
    pledged_sale: float
    unpaid: float


@dataclass(frozen=True, slots=True)
class GridRow:
    """`survives`: cash and lines alone keep every loan at or under its forced threshold."""

    fall: float
    collateral: float
    ltv: float
    zone: Zone
    cures: Cures
    sources: Payment
    survives: bool


NOTHING = Cure(0.0, 0.0, 0.0, 0.0)


def falls(step: float, max_fall: float) -> tuple[float, ...]:
    """step, 2·step … up to max_fall."""
    if not 0.001 <= step <= 1:
        raise BadInput("a fraction from 0.001 to 1", column="step", value=step)
    if not step <= max_fall <= 1:
        raise BadInput(t("a fraction from the step ({step}) to 1", step=f"{step:g}"), column="max", value=max_fall)
    return tuple(round(n * step, 10) for n in range(1, int(max_fall / step + 1e-9) + 1))


def grid_row(fall: float, today: Purse) -> GridRow:
    """One row of the grid; `today` is the purse before the fall."""
    after = today.fallen(fall)
    owed, collateral = sum(p.owed for p in after.loans), sum(p.collateral for p in after.loans)
    freeze, call, forced = (cure(with_level(after.loans, name), today.sale_cost) for name in THRESHOLDS)
    asked = [(p, p.demanded) for p in after.loans if p.demanded is not None]
    return GridRow(
        fall,
        collateral,
        ltv(owed, collateral),
        worst_zone(after.loans),
        Cures(freeze or NOTHING, call, forced or NOTHING, cure(asked, today.sale_cost)),
        payment(after),
        survives=cash_needed(after.loans) <= (today.cash + today.line) * (1 + 1e-12),
    )


def payment(after: Purse) -> Payment:
    _, paid, unpaid = cure_calls(after)
    sale = paid.unpledged_sale + paid.pledged_sale
    return Payment(paid.cash, paid.credit_line, sale, paid.unpledged_sale, paid.pledged_sale, unpaid)


def cure(found: list[tuple[Position, float]], sale_cost: float) -> Cure | None:
    """The three cures of loans to their levels, added up; None for none."""
    if not found:
        return None
    gross = sum(sale_to_cure(p.owed, p.collateral, 1.0, level) for p, level in found)
    net = sum(sale_to_cure(p.owed, p.collateral, kept_of_sale(p.lots, sale_cost), level) for p, level in found)
    return Cure(
        sum(cash_to_cure(p.owed, p.collateral, level) for p, level in found),
        sum(collateral_to_cure(p.owed, p.collateral, level) for p, level in found),
        gross if math.isfinite(gross) else None,
        net if math.isfinite(net) else None,
        " ".join(filter(None, (_infeasible(p, level, sale_cost) for p, level in found))),
    )


def _infeasible(p: Position, level: float, sale_cost: float) -> str:
    keep = kept_of_sale(p.lots, sale_cost)
    if math.isfinite(sale_to_cure(p.owed, p.collateral, keep, level)):
        return ""
    return t(
        "Selling all {value} pledged to {loan} leaves {proceeds} after cost and tax, and {owed} is owed.",
        value=number(p.collateral, 0),
        loan=p.loan,
        proceeds=number(keep * p.collateral, 0),
        owed=number(p.owed, 0),
    )
