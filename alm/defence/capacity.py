"""What each source can still give as the market falls: correlated ones shrink when they are needed, orthogonal do not.

Correlated: borrowing more against what is pledged, up to the freeze threshold (and the loan's limit), and selling what
is not pledged. Orthogonal: cash and committed lines.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from alm.balance_sheet import BalanceSheet
from alm.lenders import LenderProfile
from alm.margin import Position, cash_needed, kept_of_sale, lot, positions, resources, unpledged
from alm.settings import Settings


@dataclass(frozen=True, slots=True)
class Capacity:
    """Sources after a uniform fall, and `needed`: the cash that keeps every loan at its forced threshold."""

    fall: float
    cash: float
    credit_line: float
    further_borrowing: float
    unpledged_sale: float
    needed: float

    @property
    def orthogonal(self) -> float:
        return self.cash + self.credit_line

    @property
    def correlated(self) -> float:
        return self.further_borrowing + self.unpledged_sale


def capacity(
    sheet: BalanceSheet, profiles: Mapping[str, LenderProfile], settings: Settings, falls: tuple[float, ...]
) -> tuple[Capacity, ...]:
    """One point per fall. Unpledged holdings fall too, and their sale bears cost and tax."""
    loans, means = positions(sheet, profiles, settings), resources(sheet, settings)
    limits = tuple(loan.limit for loan in sheet.secured_loans)
    free = tuple(lot(h, settings) for h in unpledged(sheet))

    def at(fall: float) -> Capacity:
        after, lots = tuple(p.fallen(fall) for p in loans), tuple(x.fallen(fall) for x in free)
        borrow = sum(_room(p, limit) for p, limit in zip(after, limits, strict=True))
        sale = sum(x.value for x in lots) * kept_of_sale(lots, settings.sale_cost)
        return Capacity(fall, means.cash, means.credit_line, borrow, sale, cash_needed(after))

    return tuple(map(at, falls))


def _room(p: Position, limit: float | None) -> float:
    room = p.levels.freeze * p.collateral - p.owed
    return max(min(room, limit - p.owed) if limit is not None else room, 0.0)
