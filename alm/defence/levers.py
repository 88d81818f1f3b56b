"""What a household can do about its loans today, done to the paths of a block: amounts in money, by slot and path.

Money from outside repays a loan, adds cash or enlarges the line; a sale of pledged holdings repays their loan, a sale
of free ones becomes cash; free holdings that a lender would take are pledged. Everything sold or pledged is the same
share of all there is to sell or pledge.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from alm.balance_sheet import BalanceSheet
from alm.engines.household_block import HouseholdBlock, look_plan, plan_block, priced
from alm.engines.least import Amounts
from alm.fire.household import grouped
from alm.fire.plan import Line
from alm.lenders import LenderProfile
from alm.settings import Settings
from alm.step.block import FREE
from alm.step.books import repay, sell_share

Kind = Literal["repay", "add_cash", "enlarge_line", "sell_pledged", "sell_unpledged", "pledge_more"]
KINDS: tuple[Kind, ...] = ("repay", "add_cash", "enlarge_line", "sell_pledged", "sell_unpledged", "pledge_more")
BY_LOAN: tuple[Kind, ...] = ("repay", "sell_pledged", "pledge_more")


@dataclass(frozen=True, slots=True, eq=False)
class Workbench:
    """Today's household in one path, with a new line of no limit yet and places for what may be pledged."""

    block: HouseholdBlock
    loans: tuple[str, ...]

    def most(self, kind: Kind) -> tuple[float, ...]:
        """More than this of an action has no further effect, or is not there, by slot."""
        owed = [self.block.owed(i)[0] for i in range(len(self.loans))]
        if kind == "repay":
            return tuple(owed)
        if kind == "sell_pledged":
            return tuple(self.block.worth(i)[0] for i in range(len(self.loans)))
        if kind == "pledge_more":
            return (self.pledgeable,) * len(self.loans)
        if kind == "sell_unpledged":
            return (self.block.worth(FREE)[0],)
        terms = self.block.terms.terms
        reserve = terms.reserve_months * terms.reserve_pa / 12.0
        missing = max(0.0, reserve - self.block.row("cash")[0])
        return (sum(owed) + (missing if kind == "add_cash" else 0.0),)

    @property
    def pledgeable(self) -> float:
        """Market value of what is free and a lender would take."""
        block = self.block
        return sum(block.row("value", k)[0] for k, twins in _twins(block).items() if twins)

    def after(self, kind: Kind, amounts: Amounts) -> HouseholdBlock:
        """A path for each column of amounts, after the action and before anybody looks."""
        block = self.block.repeated(len(amounts[0]))
        if kind == "pledge_more":
            _pledge(block, amounts, self.pledgeable)
        else:
            for slot, each in enumerate(amounts):
                _ACTIONS[kind](block, slot, each)
        block.forget()
        return block


def workbench(sheet: BalanceSheet, profiles: Mapping[str, LenderProfile], settings: Settings) -> Workbench:
    reachable = priced(sheet, settings)
    plan = look_plan(reachable, profiles, settings)
    further = replace(plan, lines=(*plan.lines, Line("", 0.0)), pledge_more=True)
    block = plan_block(further, grouped(reachable), 1)
    block.terms.terms.posts = False  # the places are there, and nobody pledges unasked
    return Workbench(block, tuple(loan.name for loan in plan.loans))


def _repay(block: HouseholdBlock, loan: int, amounts: Sequence[float]) -> None:
    repay(block.terms, block.book, loan, list(amounts), block.paths)


def _add_cash(block: HouseholdBlock, _slot: int, amounts: Sequence[float]) -> None:
    cash = block.row("cash")
    cash[:] = [there + more for there, more in zip(cash, amounts, strict=True)]


def _enlarge_line(block: HouseholdBlock, _slot: int, amounts: Sequence[float]) -> None:
    """The new line has no limit: what can be drawn is what is drawn below nothing."""
    drawn = block.row("drawn", block.terms.terms.line_count - 1)
    drawn[:] = [-more for more in amounts]


def _sell(block: HouseholdBlock, pledge: int, amounts: Sequence[float]) -> list[float]:
    """The same share of all that has a pledge; what it leaves after cost and tax."""
    whole, net = block.worth(pledge), block.proceeds(pledge)
    sold = [min(1.0, amount / value) if value > 0.0 else 0.0 for amount, value in zip(amounts, whole, strict=True)]
    block.row("share")[:] = sold
    sell_share(block.terms, block.book, pledge, block.paths)
    return [part * each for part, each in zip(sold, net, strict=True)]


def _sell_pledged(block: HouseholdBlock, loan: int, amounts: Sequence[float]) -> None:
    came, owed = _sell(block, loan, amounts), block.owed(loan)
    _repay(block, loan, [min(money, debt) for money, debt in zip(came, owed, strict=True)])
    _add_cash(block, 0, [max(0.0, money - debt) for money, debt in zip(came, owed, strict=True)])


def _sell_unpledged(block: HouseholdBlock, _slot: int, amounts: Sequence[float]) -> None:
    _add_cash(block, 0, _sell(block, FREE, amounts))


_ACTIONS: Mapping[Kind, Callable[[HouseholdBlock, int, Sequence[float]], None]] = {
    "repay": _repay,
    "add_cash": _add_cash,
    "enlarge_line": _enlarge_line,
    "sell_pledged": _sell_pledged,
    "sell_unpledged": _sell_unpledged,
}


def _twins(block: HouseholdBlock) -> dict[int, list[int]]:
    """By free asset: the place it takes when it is pledged to each loan; none where no lender takes it."""
    terms, house = block.terms.terms, block.terms
    found = {}
    for k in range(terms.first_free, terms.asset_count):
        places = [int(house.twins[k * terms.loan_count + i]) for i in range(terms.loan_count)]
        found[k] = places if min(places, default=-1) >= 0 else []
    return found


def _pledge(block: HouseholdBlock, amounts: Amounts, pledgeable: float) -> None:
    shares = [[amount / pledgeable if pledgeable > 0.0 else 0.0 for amount in each] for each in amounts]
    left = [max(0.0, 1.0 - sum(each)) for each in zip(*shares, strict=True)]
    for k, twins in _twins(block).items():
        for name in ("value", "cost", "dividend", "payout"):
            whole = list(block.row(name, k))
            for twin, share in zip(twins, shares, strict=False):
                block.row(name, twin)[:] = [part * all_of_it for part, all_of_it in zip(share, whole, strict=True)]
            if twins:
                block.row(name, k)[:] = [part * all_of_it for part, all_of_it in zip(left, whole, strict=True)]
