"""The stress grid: for each uniform fall, what every cure costs, who pays the call, and whether the loans survive."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from alm.balance_sheet import ltv
from alm.errors import BadInput
from alm.margin import THRESHOLDS, Position, Resources, Zone, cash_needed, kept_of_sale, with_level, worst_zone
from alm.mechanics.sale import cash_to_cure, collateral_to_cure, sale_to_cure
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
    """Who pays what the lender asks for at this fall: to the cure level once it calls, else nothing.

    Cash above the reserve first, then committed lines; `sale` is the market value of pledged holdings that would have
    to be sold for the rest, costs and tax included, None when even all of them do not suffice.
    """

    cash: float
    credit_line: float
    sale: float | None


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
        raise BadInput(f"a fraction from the step ({step:g}) to 1", column="max", value=max_fall)
    return tuple(round(n * step, 10) for n in range(1, int(max_fall / step + 1e-9) + 1))


def grid_row(fall: float, today: tuple[Position, ...], means: Resources, sale_cost: float) -> GridRow:
    """One row of the grid; `today` holds the positions before the fall."""
    after = tuple(position.fallen(fall) for position in today)
    owed, collateral = sum(p.owed for p in after), sum(p.collateral for p in after)
    freeze, call, forced = (cure(with_level(after, name), sale_cost) for name in THRESHOLDS)
    asked = [(p, p.demanded) for p in after if p.demanded is not None]
    return GridRow(
        fall,
        collateral,
        ltv(owed, collateral),
        worst_zone(after),
        Cures(freeze or NOTHING, call, forced or NOTHING, cure(asked, sale_cost)),
        payment(after, means, sale_cost),
        survives=cash_needed(after) <= means.total * (1 + 1e-12),
    )


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


def payment(after: Iterable[Position], means: Resources, sale_cost: float) -> Payment:
    """Attribute what the lenders ask for to cash, lines and a sale; loans are paid in the order of the books."""
    cash, line, sale = means.cash, means.credit_line, 0.0
    for p in after:
        target = p.demanded
        if target is None:
            continue
        need = cash_to_cure(p.owed, p.collateral, target)
        from_cash = min(cash, need)
        from_line = min(line, need - from_cash)
        cash, line = cash - from_cash, line - from_line
        rest = p.owed - from_cash - from_line
        sale += sale_to_cure(rest, p.collateral, kept_of_sale(p.lots, sale_cost), target)
    return Payment(means.cash - cash, means.credit_line - line, sale if math.isfinite(sale) else None)
