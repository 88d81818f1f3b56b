"""How much more can be borrowed, and whether to draw the standby line now or keep it: searches over looks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from alm.balance_sheet import BalanceSheet, CreditLine
from alm.engines.household_block import AT_ONCE, HouseholdBlock, household_block
from alm.engines.least import most
from alm.engines.survivable import largest_fall, nothing_sold, survives
from alm.errors import Infeasible
from alm.lenders import LenderProfile
from alm.settings import Settings
from alm.text import t

Use = Literal["spend", "invest"]
Binding = Literal["survival", "freeze", "limit"]


@dataclass(frozen=True, slots=True)
class Borrowing:
    """The most more that one loan can lend. `binding`: what stops it: the fall, the freeze threshold, or the limit."""

    loan: str
    use: Use
    amount: float
    binding: Binding


def further_borrowing(
    sheet: BalanceSheet,
    profiles: Mapping[str, LenderProfile],
    settings: Settings,
    survive_fall: float,
    *,
    use: Use = "spend",
) -> tuple[Borrowing, ...]:
    """Per loan (the others as they are): the largest draw that today's look does not freeze, and with which the fall is
    survived at any speed.

    Spent, it only adds debt; invested, it also adds as much of what is pledged. Raises Infeasible when the fall is not
    survivable as it is.
    """
    block = household_block(sheet, profiles, settings, 1)
    if not survives(block.repeated(1), [survive_fall])[0]:
        raise Infeasible(t("Nothing more can be borrowed: the fall is not survivable as it is."))
    return tuple(
        _largest(block, i, loan.name, _room(loan.limit, loan.owed), survive_fall, use)
        for i, loan in enumerate(sheet.secured_loans)
    )


def _room(limit: float | None, owed: float) -> float:
    return float("inf") if limit is None else max(0.0, limit - owed)


def _largest(block: HouseholdBlock, i: int, loan: str, room: float, fall: float, use: Use) -> Borrowing:
    def stops(amounts: Sequence[float]) -> list[Binding | None]:
        return _stops(block, i, amounts, fall, use)

    def holds(amounts: Sequence[float]) -> list[bool]:
        return [stop is None for stop in stops(amounts)]

    amount = most(holds, max(block.worth(i)[0], block.owed(i)[0], 1.0))
    if amount >= room:
        return Borrowing(loan, use, room, "limit")
    beyond = stops([amount + max(amount, 1.0) * 1e-6])[0]
    return Borrowing(loan, use, amount, beyond or "freeze")


def _stops(today: HouseholdBlock, i: int, amounts: Sequence[float], fall: float, use: Use) -> list[Binding | None]:
    """What forbids each draw on a loan."""
    block = today.repeated(len(amounts))
    balance = block.row("balance", i)
    balance[:] = [owed + more for owed, more in zip(balance, amounts, strict=True)]
    if use == "invest":
        _invest(block, i, amounts)
    block.fall([0.0] * block.paths, AT_ONCE)
    frozen, sound = [state > 0.0 for state in block.row("frozen", i)], nothing_sold(block)
    block.fall([fall] * block.paths, AT_ONCE)
    sound = [before and after for before, after in zip(sound, nothing_sold(block), strict=True)]
    return ["freeze" if cold else None if held else "survival" for cold, held in zip(frozen, sound, strict=True)]


def _invest(block: HouseholdBlock, i: int, amounts: Sequence[float]) -> None:
    """More of everything pledged to the loan, in the same proportions, at no cost."""
    whole, loan = block.worth(i), block.terms.loans[i]
    for k in range(loan.first_asset, loan.last_asset):
        value, cost = block.row("value", k), block.row("cost", k)
        for p, amount in enumerate(amounts):
            bought = amount * value[p] / whole[p] if whole[p] > 0.0 else 0.0
            value[p] += bought
            cost[p] += bought


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
    open_ = [(j, line) for j, line in enumerate(sheet.credit_lines) if line.available(sheet.as_of) > 0]
    block = household_block(sheet, profiles, settings, 1) if open_ else None
    return tuple(_choice(block, j, line) for j, line in open_ if block is not None)


def _choice(block: HouseholdBlock, j: int, line: CreditLine) -> LineChoice:
    def survived(cash: float, *, withdrawn: bool) -> float:
        def opened(paths: int) -> HouseholdBlock:
            changed = block.repeated(paths)
            changed.row("cash")[:] = [there + cash for there in changed.row("cash")]
            if withdrawn:
                changed.row("drawn", j)[:] = [changed.terms.lines[j].limit] * paths
            return changed

        return largest_fall(opened, nothing_sold)

    return LineChoice(
        line.name,
        line.undrawn,
        line.undrawn * line.rate_pa,
        line.undrawn * line.commitment_fee_pa,
        survived(line.undrawn, withdrawn=True),
        survived(0.0, withdrawn=False),
        survived(0.0, withdrawn=True),
    )
