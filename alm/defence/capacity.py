"""What each source can still give as the market falls: correlated ones shrink when they are needed, orthogonal do not.

Correlated: borrowing more against what is pledged, up to the freeze threshold (and the loan's limit), and selling what
is not pledged. Orthogonal: cash and committed lines.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from alm.balance_sheet import BalanceSheet
from alm.engines.household_block import household_block
from alm.lenders import LenderProfile
from alm.loans import Position, demanded, positions
from alm.settings import Settings
from alm.step.block import FREE


@dataclass(frozen=True, slots=True)
class Capacity:
    """Sources after a uniform fall, and `needed`: the cash that answers everything lenders then ask for."""

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
    loans, limits = positions(sheet, profiles), [loan.limit for loan in sheet.secured_loans]
    block = household_block(sheet, profiles, settings, 1)
    means, fallen = block.means, block.repeated(len(falls))
    fallen.move_prices(falls)
    sales = fallen.proceeds(FREE)

    def at(p: int) -> Capacity:
        after = [loan.fallen(falls[p]) for loan in loans]
        borrow = sum(_room(loan, limit) for loan, limit in zip(after, limits, strict=True))
        return Capacity(falls[p], means.cash, means.credit_line, borrow, sales[p], demanded(after))

    return tuple(map(at, range(len(falls))))


def _room(p: Position, limit: float | None) -> float:
    room = p.levels.freeze * p.collateral - p.owed
    return max(min(room, limit - p.owed) if limit is not None else room, 0.0)
