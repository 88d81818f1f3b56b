"""What can be known of a household while a price, a rate or a lender's rules are missing.

A missing figure hides only what depends on it: of something unpledged, no figure of the loans; of something pledged,
those of the loan it secures. The engines stay strict: they are given the part that is complete.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from alm.balance_sheet import BalanceSheet, CashFlow, Holding, SecuredLoan
from alm.lenders import LenderProfile

Part = Literal["collateral", "holdings", "cash", "debts", "spending", "income"]


@dataclass(frozen=True, slots=True)
class CompletePart:
    """`sheet` is complete in itself: what has no value is left out, and a loan with it. `lacks` names what is hidden.

    `collateral` stands for the securities-backed loans: what they owe, what secures them and their lenders' rules.
    """

    sheet: BalanceSheet
    lacks: frozenset[Part]

    def has(self, *parts: Part) -> bool:
        """Whether a figure that depends on these parts can be computed."""
        return self.lacks.isdisjoint(parts)


def complete_part(sheet: BalanceSheet, profiles: Mapping[str, LenderProfile]) -> CompletePart:
    """The complete part of a sheet; all of it where nothing is missing."""
    loans = tuple(loan for loan in sheet.secured_loans if _judged(loan, sheet, profiles))
    dropped = {loan.name for loan in sheet.secured_loans} - {loan.name for loan in loans}
    part = sheet.with_(
        secured_loans=loans,
        holdings=tuple(h for h in sheet.holdings if _priced(h) and h.pledged_to not in dropped),
        cash_balances=tuple(cash for cash in sheet.cash_balances if cash.fx),
        credit_lines=tuple(line for line in sheet.credit_lines if _finite(line.limit, line.drawn)),
        term_loans=tuple(loan for loan in sheet.term_loans if _finite(loan.balance, loan.payment)),
        expenses=_converted(sheet.expenses),
        incomes=_converted(sheet.incomes),
        unconverted=(),
    )
    owed = all(_finite(loan.owed) for loan in sheet.secured_loans)
    complete: dict[Part, bool] = {
        "collateral": not dropped,
        "holdings": all(map(_priced, sheet.holdings)),
        "cash": part.cash_balances == sheet.cash_balances,
        "debts": owed and part.credit_lines == sheet.credit_lines and part.term_loans == sheet.term_loans,
        "spending": part.expenses == sheet.expenses,
        "income": part.incomes == sheet.incomes,
    }
    return CompletePart(part, frozenset(name for name, whole in complete.items() if not whole))


def _judged(loan: SecuredLoan, sheet: BalanceSheet, profiles: Mapping[str, LenderProfile]) -> bool:
    return loan.profile in profiles and _finite(loan.owed) and all(map(_priced, sheet.pledged_to(loan.name)))


def _priced(holding: Holding) -> bool:
    return holding.price is not None and holding.fx is not None


def _converted(flows: tuple[CashFlow, ...]) -> tuple[CashFlow, ...]:
    return tuple(flow for flow in flows if _finite(flow.amount))


def _finite(*amounts: float) -> bool:
    return all(map(math.isfinite, amounts))
