"""How much more can be borrowed, and whether to draw the standby line now or keep it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from alm.balance_sheet import BalanceSheet, CreditLine, SecuredLoan
from alm.errors import Infeasible
from alm.lenders import LenderProfile
from alm.margin import Position, cash_needed, max_survivable_fall, positions, resources
from alm.settings import Settings
from alm.text import t

Use = Literal["spend", "invest"]


@dataclass(frozen=True, slots=True)
class Borrowing:
    """The most more that one loan can lend. `binding`: what stops it: the fall, the freeze threshold, or the limit."""

    loan: str
    use: Use
    amount: float
    binding: Literal["survival", "freeze", "limit"]


def further_borrowing(
    sheet: BalanceSheet,
    profiles: Mapping[str, LenderProfile],
    settings: Settings,
    survive_fall: float,
    *,
    use: Use = "spend",
) -> tuple[Borrowing, ...]:
    """Per loan (the others as they are): the largest draw B that leaves the fall D survivable and LTV at the freeze.

    Spent, B only adds debt: L + B − TV(1 − D) ≤ what the sources leave for this loan. Invested, it also adds B of
    pledged holdings: both sides of the threshold move, and B is larger by 1/(1 − T(1 − D)).
    Raises Infeasible when the fall is not survivable as it is.
    """
    loans, means = positions(sheet, profiles, settings), resources(sheet, settings).total
    if cash_needed(p.fallen(survive_fall) for p in loans) > means * (1 + 1e-12):
        raise Infeasible(t("Nothing more can be borrowed: the fall is not survivable as it is."))
    return tuple(
        _largest(p, loan, survive_fall, means - _others(loans, p, survive_fall), use)
        for p, loan in zip(loans, sheet.secured_loans, strict=True)
    )


def _others(loans: tuple[Position, ...], one: Position, survive_fall: float) -> float:
    return cash_needed(p.fallen(survive_fall) for p in loans if p is not one)


def _largest(p: Position, loan: SecuredLoan, survive_fall: float, means: float, use: Use) -> Borrowing:
    bounds: dict[Literal["survival", "freeze", "limit"], float] = {
        "survival": _until(p, p.levels.forced * (1 - survive_fall), means, use),
        "freeze": _until(p, p.levels.freeze, 0.0, use),
    }
    if loan.limit is not None:
        bounds["limit"] = loan.limit - loan.owed
    binding = min(bounds, key=lambda name: bounds[name])
    return Borrowing(p.loan, use, max(bounds[binding], 0.0), binding)


def _until(p: Position, ratio: float, means: float, use: Use) -> float:
    """B with L + B − means = ratio · V, or ratio · (V + B) when it is invested; inf when investing never ends it."""
    room = ratio * p.collateral + means - p.owed
    if use == "spend":
        return room
    return room / (1 - ratio) if ratio < 1 else float("inf")


@dataclass(frozen=True, slots=True)
class LineChoice:
    """Draw a line's undrawn part now and hold it as cash, or keep it undrawn. Costs per year, cash earning nothing.

    `drawn` is the fall survived with the money in hand, `kept` with the line as the contract counts it, `withdrawn`
    when the lender has cut it: what drawing now insures against, for `extra_cost_pa`.
    """

    line: str
    undrawn: float
    cost_drawn_pa: float
    cost_kept_pa: float
    survivable_fall_drawn: float
    survivable_fall_kept: float
    survivable_fall_withdrawn: float

    @property
    def extra_cost_pa(self) -> float:
        return self.cost_drawn_pa - self.cost_kept_pa


def line_choices(
    sheet: BalanceSheet, profiles: Mapping[str, LenderProfile], settings: Settings
) -> tuple[LineChoice, ...]:
    """Draw now or keep, for every line that can still be drawn on the sheet's date."""
    loans, means = positions(sheet, profiles, settings), resources(sheet, settings).total
    return tuple(_choice(line, sheet, loans, means) for line in sheet.credit_lines if line.available(sheet.as_of) > 0)


def _choice(line: CreditLine, sheet: BalanceSheet, loans: tuple[Position, ...], means: float) -> LineChoice:
    without = means - line.available(sheet.as_of, stressed=True)
    return LineChoice(
        line.name,
        line.undrawn,
        line.undrawn * line.rate_pa,
        line.undrawn * line.commitment_fee_pa,
        max_survivable_fall(loans, without + line.undrawn),
        max_survivable_fall(loans, means),
        max_survivable_fall(loans, without),
    )
