"""What a look did to each path of a block: what lenders demanded, who paid, what was sold, and how it ended.

Read from the rows and the log that the step leaves; one outcome of four, the worst that happened on the path.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Literal

from alm.balance_sheet import BalanceSheet
from alm.engines.household_block import AT_ONCE, TO_THE_END, HouseholdBlock, household_block
from alm.lenders import LenderProfile
from alm.loans import Demand, Position
from alm.settings import Settings
from alm.step.block import LENDER, MONEY_TOLERANCE
from alm.step.events import LATE_INTEREST
from alm.step.lender import LenderState

Outcome = Literal["nothing asked", "paid", "own sale", "forced"]
"""Nothing asked; cash and lines were enough; something not pledged had to be sold; something pledged was, by the lender
or for him, or it could not be paid at all."""

LOGGED_AMOUNT = 3


@dataclass(frozen=True, slots=True)
class Payment:
    """Who pays what lenders take, in the household's order; sales after cost and tax, `_gross` at market value.

    `sale` is both sales together. `late_interest` is what a lender's own sale costs until its proceeds are applied.
    `unpaid` is what is still owed when everything pledged is sold. `due` = everything paid + `unpaid`.
    """

    due: float
    cash: float
    credit_line: float
    sale: float
    unpledged_sale: float
    pledged_sale: float
    unpledged_gross: float
    pledged_gross: float
    late_interest: float
    unpaid: float


@dataclass(frozen=True, slots=True)
class Answer:
    """One path after its look."""

    outcome: Outcome
    sources: Payment
    demands: tuple[Demand, ...] = ()

    @property
    def survives(self) -> bool:
        """Nothing was sold."""
        return self.outcome in ("nothing asked", "paid")


def after_falls(
    sheet: BalanceSheet,
    profiles: Mapping[str, LenderProfile],
    settings: Settings,
    today: Sequence[Position],
    falls: Sequence[float],
) -> list[Answer]:
    """Each uniform fall at once: today's look first, then one look that contains every deadline."""
    first = household_block(sheet, profiles, settings, 1)
    before = answers(first, today, AT_ONCE)[0].sources
    first.forget()
    block = first.repeated(len(falls))
    block.move_prices(falls)
    found = answers(block, today, TO_THE_END)
    return [Answer(_outcome(both := _together(before, one.sources)), both, one.demands) for one in found]


def at_once(
    sheet: BalanceSheet, profiles: Mapping[str, LenderProfile], settings: Settings, today: Sequence[Position]
) -> Answer:
    """One look at a sheet as it stands, which may be a stressed one; it contains every deadline."""
    return answers(household_block(sheet, profiles, settings, 1), today, TO_THE_END)[0]


def answers(block: HouseholdBlock, today: Sequence[Position], days: float) -> list[Answer]:
    """The lenders look at every path, and the household answers: from here on, nothing recorded before."""
    asked = [demands(block, today, p) for p in range(block.paths)]
    cash, debts = [max(0.0, amount) for amount in block.row("cash")], total_owed(block)
    block.fall([0.0] * block.paths, days)
    paid = payments(block, debts, cash)
    return [Answer(_outcome(one), one, found) for one, found in zip(paid, asked, strict=True)]


def _together(one: Payment, two: Payment) -> Payment:
    return Payment(*(getattr(one, spec.name) + getattr(two, spec.name) for spec in fields(Payment)))


def total_owed(block: HouseholdBlock) -> list[float]:
    """Everything owed on securities-backed loans, by path."""
    loans = [block.owed(i) for i in range(block.terms.terms.loan_count)]
    return [sum(parts) for parts in zip(*loans, strict=True)] if loans else [0.0] * block.paths


def demands(block: HouseholdBlock, today: Sequence[Position], p: int) -> tuple[Demand, ...]:
    """What each lender's next look at a path asks for."""
    found = (_position(block, loan, i, p).demand(_state(block, i, p)) for i, loan in enumerate(today))
    return tuple(one for one in found if one is not None)


def _position(block: HouseholdBlock, loan: Position, i: int, p: int) -> Position:
    terms, pledged = block.terms, block.terms.loans[i]
    held = [(block.row("value", k)[p], terms.assets[k].advance) for k in range(pledged.first_asset, pledged.last_asset)]
    counted = block.row("counted")[p]
    value, lending = sum(v for v, _ in held), sum(v * advance for v, advance in held) * counted
    return replace(loan, owed=block.owed(i)[p], collateral=value, lending=lending)


def _state(block: HouseholdBlock, i: int, p: int) -> LenderState:
    frozen, is_open, days, selling, due_days = (
        block.row(name, i)[p] for name in ("frozen", "call_open", "days_left", "liquidating", "due_days")
    )
    return LenderState(frozen > 0.0, is_open > 0.0, days, selling > 0.0, due_days)


def payments(block: HouseholdBlock, debts: Sequence[float], cash: Sequence[float]) -> list[Payment]:
    """Who paid on each path. `debts` and `cash` are those before; what a sale leaves beyond the debt is cash."""
    spent, lines, own = (block.paid(LENDER, source) for source in ("cash", "credit_line", "unpledged_sale"))
    own_gross, pledged_gross, lost = block.sold_free(), block.sold_pledged(), block.row("sale_cost_tax")
    late, owed, unpaid = block.logged(LATE_INTEREST, LOGGED_AMOUNT), total_owed(block), block.row("unpaid")
    found = []
    for p in range(block.paths):
        net = own_gross[p] + pledged_gross[p] - lost[p] - own[p]
        pledged = net - max(0.0, block.row("cash")[p] - (cash[p] - spent[p]))
        due = debts[p] + late[p] - owed[p] + unpaid[p]
        found.append(
            Payment(
                due, spent[p], lines[p], own[p] + pledged, own[p], pledged, own_gross[p], pledged_gross[p], late[p],
                unpaid[p],
            )
        )  # fmt: skip
    return found


def _outcome(paid: Payment) -> Outcome:
    if paid.pledged_gross > 0.0 or paid.unpaid > MONEY_TOLERANCE:
        return "forced"
    if paid.unpledged_gross > MONEY_TOLERANCE:
        return "own sale"
    return "paid" if paid.cash + paid.credit_line > 0.0 else "nothing asked"
