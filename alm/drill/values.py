"""What a fire drill answers. Money in the base currency; every amount is positive."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

Kind = Literal[
    "freeze", "unfreeze", "call", "pledge", "cure", "draw", "repay_line", "sale", "forced_sale", "late_interest",
    "line_exhausted", "ruin",
]  # fmt: skip
Purpose = Literal["life", "lender"]
Source = Literal["income", "dividends", "cash", "credit_line", "unpledged_sale", "pledged_sale"]

SOURCE_LABELS: dict[str, str] = {
    "income": "Income",
    "dividends": "Dividends",
    "cash": "Cash",
    "credit_line": "Credit line",
    "unpledged_sale": "Sale of unpledged holdings",
    "pledged_sale": "Sale of pledged holdings",
}
"""What a person calls each source; any other source of an event is a loan, by its name."""

LIVING: tuple[Kind, ...] = ("draw", "repay_line", "sale")
"""What living brings every day, which a table shows by the month."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened on its own date.

    `ltv` is the loan's own ratio (owed ÷ lending value) when its lender acted or was paid, the household's where no
    loan is meant. `amount` is what was asked for (call), paid (cure, draw), pledged (at market value), sold (gross) or
    left unpaid (ruin); `net` what a sale brought after cost and tax, else the amount. A `forced_sale` is the lender's.
    """

    date: date
    event: Kind
    ltv: float
    amount: float
    source: str = ""
    net: float = 0.0
    loan: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """The household at the end of one step."""

    date: date
    index: float
    ltv: float
    collateral: float
    owed: float
    cash: float
    line_drawn: float
    unpledged: float
    net_worth: float


@dataclass(frozen=True, slots=True)
class Payment:
    """How much of one purpose one source paid over the whole drill, sales after cost and tax.

    `life`: living costs, interest and other debts. `lender`: what cures and forced sales repaid.
    """

    purpose: Purpose
    source: Source
    amount: float


@dataclass(frozen=True, slots=True)
class End:
    """What is left. `kept` is the share of today's pledged quantity still owned."""

    date: date
    survived: bool
    forced_sale: bool
    ruined: bool
    ltv: float
    highest_ltv: float
    """Of any loan, before what its lender asked for was paid."""
    cash: float
    line_drawn: float
    owed: float
    kept: float
    net_worth: float


@dataclass(frozen=True, slots=True)
class Drill:
    """One course of prices on one balance sheet."""

    crisis: str
    title: str
    note: str
    by_day: bool
    lender: str
    freeze_ltv: float
    call_ltv: float | None
    forced_ltv: float
    days: tuple[Day, ...]
    events: tuple[Event, ...]
    payments: tuple[Payment, ...]
    needed_for_life: float
    repaid_to_lenders: float
    unpaid: float
    """What nobody could pay; 0 unless the household was ruined."""
    end: End

    def paid(self, purpose: Purpose) -> float:
        """Sum over the sources: needed_for_life (less what is unpaid), or repaid_to_lenders."""
        return sum(payment.amount for payment in self.payments if payment.purpose == purpose)

    @property
    def sold(self) -> bool:
        """Whether anything was sold, by the household or a lender."""
        return any(event.event in ("sale", "forced_sale") or event.source == "unpledged_sale" for event in self.events)


@dataclass(frozen=True, slots=True)
class Comparison:
    """The same course with the household's credit lines and without them."""

    with_line: Drill
    without_line: Drill


def by_month(events: tuple[Event, ...]) -> tuple[Event, ...]:
    """For a table: what living draws, repays and sells day by day as one row a month, under its first date."""
    rows: list[Event] = []
    for event in events:
        place = next((k for k in reversed(range(len(rows))) if _alike(rows[k], event)), None)
        if event.event not in LIVING or place is None:
            rows.append(event)
        else:
            whole = rows[place]
            rows[place] = replace(whole, amount=whole.amount + event.amount, net=whole.net + event.net)
    return tuple(rows)


def _alike(one: Event, other: Event) -> bool:
    month = (one.date.year, one.date.month) == (other.date.year, other.date.month)
    return month and (one.event, one.source, one.loan) == (other.event, other.source, other.loan)
