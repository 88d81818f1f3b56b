"""Margin calls that are open: what a lender has demanded, until when, and what is still to bring. No I/O, no clock.

A call opens by the lender's own rules (`alm.step.lender.look` on the day's sheet) and is remembered in the books: it
stays open until the cure target is met even when prices come back, unless the contract lets it lapse. Its deadline
is fixed on the day it is found, in business days of the lender's exchange; a second threshold may only bring it nearer.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from alm.balance_sheet import BalanceSheet, SecuredLoan
from alm.calendar import business_days_after, business_days_left, exchange_of
from alm.completeness import complete_part
from alm.engines.household_block import household_block
from alm.engines.survivable import survivable_falls
from alm.lenders import LenderProfile
from alm.loans import Position, positions
from alm.settings import Settings
from alm.step.lender import NOTHING, LenderState, cure_target, cured, look
from alm.stress import Cure, Distances, StressTest
from alm.stress.grid import Kept, cure, kept_of_sales
from alm.text import long_day, money_needed, percent, t

State = Literal["open", "cured", "closed"]
By = Literal["cash", "collateral", "sale"]
BY: tuple[By, ...] = ("cash", "collateral", "sale")


@dataclass(frozen=True, slots=True)
class Payment:
    """What was brought to the lender: money, further collateral, or a sale of what is pledged."""

    on: date
    amount: float
    by: By


@dataclass(frozen=True, slots=True)
class Call:
    """A call as the books remember it. Ratios are on market value, `ltv` None where nothing is pledged; money in the
    base currency."""

    loan: str
    detected: date
    ltv: float | None
    demanded_target: float
    amount: float
    owed: float
    """What was owed when it was found: what the books show below it has been brought since."""
    deadline: date
    exchange: str
    hour: str | None = None
    state: State = "open"
    closed_on: date | None = None
    reason: str = ""
    confirmed: bool = False
    payments: tuple[Payment, ...] = ()

    @property
    def paid(self) -> float:
        return math.fsum(payment.amount for payment in self.payments)


@dataclass(frozen=True, slots=True)
class OpenCall:
    """An open call on a day. `demanded` is what is still to bring in cash, `at_notice` what was; `ltv` and `cures` are
    None while a price of what is pledged is missing, and `demanded` is then what the books remember."""

    loan: str
    demanded: float
    target_ltv: float
    deadline: date
    exchange: str
    hour: str | None
    business_days_left: int
    cures: Cure | None
    ltv: float | None
    detected: date
    at_notice: float
    paid: float
    confirmed: bool


def judged(sheet: BalanceSheet, profiles: Mapping[str, LenderProfile], known: Iterable[Call]) -> tuple[Call, ...]:
    """Every call as it stands on the sheet's day: the known ones, and those that open on it.

    A call that ended on the day is not opened again before the next one.
    """
    part, calls = complete_part(sheet, profiles).sheet, tuple(known)
    names = {loan.name for loan in sheet.secured_loans}
    loans = {p.loan: (p, loan) for p, loan in zip(positions(part, profiles), part.secured_loans, strict=True)}
    standing = [
        _still(call, *loans[call.loan], sheet.as_of) if call.state == "open" and call.loan in loans
        else _gone(call, sheet.as_of) if call.state == "open" and call.loan not in names
        else call
        for call in calls
    ]  # fmt: skip
    called = {call.loan for call in calls if call.state == "open" or sheet.as_of in (call.detected, call.closed_on)}
    opened = (_opened(p, loan, part, profiles[loan.profile]) for p, loan in loans.values() if p.loan not in called)
    return (*standing, *filter(None, opened))


def _opened(now: Position, loan: SecuredLoan, sheet: BalanceSheet, profile: LenderProfile) -> Call | None:
    """The call that a lender makes on the sheet's day; None where it asks for nothing, or sells without asking."""
    demand = now.demand()
    if demand is None or demand.days <= 0:
        return None
    exchange = exchange_of(profile.exchange, loan.currency, sheet.base_currency)
    deadline = business_days_after(exchange, sheet.as_of, int(demand.days), counting=True)
    ratio = now.ltv if now.collateral > 0 else None
    return Call(
        loan.name, sheet.as_of, ratio, demand.target_ltv, demand.amount, now.owed, deadline, exchange,
        profile.deadline_hour,
    )  # fmt: skip


def _still(call: Call, position: Position, loan: SecuredLoan, on: date) -> Call:
    """An open call by the lender's rules of today: open, perhaps with a nearer deadline, or over."""
    now = _after_payments(call, position, loan)
    waiting = LenderState(frozen=False, call_open=True, days_left=math.inf, liquidating=False, due_days=0.0)
    answered = max(0.0, call.owed - now.owed)
    state, demand = look(now.rules, waiting, now.owed, now.lending, now.concentration, 0.0, answered)
    if demand == NOTHING and not state.liquidating:
        return _over(call, on, met=cured(now.owed, now.lending, cure_target(now.rules, now.concentration)))
    days = min((left for left in (state.days_left, state.due_days) if left > 0), default=math.inf)
    if state.call_open and days < math.inf:
        nearer = business_days_after(call.exchange, on, int(days), counting=True)
        return replace(call, deadline=min(call.deadline, nearer))
    return call


def _over(call: Call, on: date, *, met: bool) -> Call:
    if met:
        return replace(call, state="cured", closed_on=on, reason="the target is met")
    return replace(call, state="closed", closed_on=on, reason="prices came back, and the contract lets the call lapse")


def _gone(call: Call, on: date) -> Call:
    return replace(call, state="closed", closed_on=on, reason="the loan is no longer in the books")


def _after_payments(call: Call, position: Position, loan: SecuredLoan) -> Position:
    """The loan once the money counts that was paid and that the books do not show yet.

    Money is in the books when the balance is of its day or later, or has fallen by it. Collateral and sales count when
    the holdings show them: only then is their value known.
    """
    paid = [payment for payment in call.payments if payment.by == "cash"]
    unseen = math.fsum(p.amount for p in paid) - max(0.0, call.owed - loan.owed)
    if loan.balance_on is not None:
        unseen = min(unseen, math.fsum(p.amount for p in paid if p.on > loan.balance_on))
    return replace(position, owed=loan.owed - max(0.0, unseen))


def open_calls(
    sheet: BalanceSheet, profiles: Mapping[str, LenderProfile], settings: Settings, known: Iterable[Call] = ()
) -> tuple[OpenCall, ...]:
    """The calls that are open on the sheet's day, the nearest deadline first."""
    found = [call for call in judged(sheet, profiles, known) if call.state == "open"]
    if not found:
        return ()
    part = complete_part(sheet, profiles).sheet
    today = positions(part, profiles)
    (kept,) = kept_of_sales(household_block(part, profiles, settings, 1), today)
    loans = {p.loan: (p, loan) for p, loan in zip(today, part.secured_loans, strict=True)}
    told = (
        _told(call, _after_payments(call, *loans[call.loan]), kept, sheet.as_of) if call.loan in loans
        else _remembered(call, sheet.as_of)
        for call in found
    )  # fmt: skip
    return tuple(sorted(told, key=lambda call: (call.deadline, call.hour or "")))


def _told(call: Call, now: Position, kept: Kept, on: date) -> OpenCall:
    target = now.levels.cure
    ways = cure([(now, target)], kept)
    assert ways is not None
    return replace(_remembered(call, on), demanded=ways.pay_cash, target_ltv=target, cures=ways, ltv=now.ltv)


def _remembered(call: Call, on: date) -> OpenCall:
    left = business_days_left(call.exchange, on, call.deadline)
    cash = math.fsum(payment.amount for payment in call.payments if payment.by == "cash")
    return OpenCall(
        call.loan, max(0.0, call.amount - cash), call.demanded_target, call.deadline, call.exchange, call.hour, left,
        None, None, call.detected, call.amount, call.paid, call.confirmed,
    )  # fmt: skip


def as_called(
    stress: StressTest,
    sheet: BalanceSheet,
    profiles: Mapping[str, LenderProfile],
    settings: Settings,
    calls: tuple[OpenCall, ...],
) -> StressTest:
    """With calls open: a called loan is no fall away from its call, and what is survived starts from the open calls."""
    names = frozenset(call.loan for call in calls) & {loan.loan for loan in stress.loans}
    if not names:
        return stress
    falls = survivable_falls(sheet, profiles, settings, names)
    loans = tuple(replace(x, distances=_reached(x.distances)) if x.loan in names else x for x in stress.loans)
    return replace(
        stress,
        loans=loans,
        distances=_reached(stress.distances),
        max_survivable_fall=falls.at_any_speed,
        max_survivable_fall_slow=falls.slow,
        max_survivable_fall_prepaid=falls.prepaid,
        max_survivable_fall_selling=None if sheet.missing else falls.selling,
    )


def _reached(distances: Distances) -> Distances:
    return replace(distances, call=min(distances.call or 0.0, 0.0))


def due(deadline: date, hour: str | None) -> str:
    """`Wednesday 9 December 2026, 15:00`."""
    return long_day(deadline) if hour is None else t("{date}, {hour}", date=long_day(deadline), hour=hour)


def sentence(call: OpenCall, on: date, currency: str) -> str:
    """What to bring to whom and until when; of a deadline that has passed, what the lender may do."""
    told = {"amount": money_needed(call.demanded, currency), "loan": call.loan, "due": due(call.deadline, call.hour)}
    if on > call.deadline:
        return t("{amount} was to be brought to {loan} by {due}: the lender may sell what is pledged.", **told)
    if call.business_days_left == 1:
        return t("Bring {amount} to {loan} by {due} (the last business day).", **told)
    return t(
        "Bring {amount} to {loan} by {due} ({days} business days, today counted).",
        days=call.business_days_left, **told,
    )  # fmt: skip


def until_cured(call: OpenCall) -> str:
    """In place of a distance to the call: it is open."""
    return t("{loan}: the call stays open until its margin ratio is {target}, whatever prices do.",
             loan=call.loan, target=percent(call.target_ltv))  # fmt: skip
