"""What is coming: deadlines, interest, dividends, the ends of lines and terms, statements due. No I/O, no clock."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from alm.balance_sheet import BalanceSheet, SecuredLoan
from alm.calendar import exchange_of, moved_back, moved_forward
from alm.calls import OpenCall
from alm.dividends import expected_dividends
from alm.lenders import LenderProfile
from alm.settings import Settings
from alm.text import t

Kind = Literal["call", "interest", "dividend", "line_expiry", "term_end", "statement"]


@dataclass(frozen=True, slots=True)
class Event:
    """Something on a day. `title` holds no amount; `amount` is in the base currency, None where there is none.

    `key` names the event for ever, even when its day moves; `hour` is of the clock of `exchange`.
    """

    on: date
    kind: Kind
    title: str
    amount: float | None
    key: str
    hour: str | None = None
    exchange: str | None = None


def coming(
    sheet: BalanceSheet,
    profiles: Mapping[str, LenderProfile],
    settings: Settings,
    *,
    calls: Iterable[OpenCall] = (),
    interest: Mapping[str, Sequence[date]] | None = None,
    days: int = 365,
) -> tuple[Event, ...]:
    """The events of the coming `days` in order; what is overdue stands on its own day. The sheet is complete.

    `interest` are the days on which each loan's interest was booked: without two of them the next one is not known.
    """
    found = (
        *(_deadline(call) for call in calls),
        *(event for loan in sheet.secured_loans for event in _interest(loan, sheet, profiles, interest or {}, days)),
        *(
            Event(one.on, "dividend", t("Dividend of {ticker}", ticker=one.ticker), one.gross,
                  f"dividend/{one.ticker}/{one.on}")
            for one in expected_dividends(sheet)
        ),
        *_ends(sheet),
        *_statements(sheet, settings),
    )  # fmt: skip
    last = sheet.as_of + timedelta(days=days)
    return tuple(sorted((event for event in found if event.on <= last), key=lambda event: (event.on, event.title)))


def _deadline(call: OpenCall) -> Event:
    title = t("Margin call: bring what is demanded to {loan}", loan=call.loan)
    key = f"call/{call.loan}/{call.detected}"
    return Event(call.deadline, "call", title, call.demanded, key, call.hour, call.exchange)


def _interest(
    loan: SecuredLoan,
    sheet: BalanceSheet,
    profiles: Mapping[str, LenderProfile],
    booked: Mapping[str, Sequence[date]],
    days: int,
) -> Iterator[Event]:
    """Interest at the distance of the last two months it was booked in; a day of rest moves it forward."""
    known = sorted({(on.year, on.month): on for on in booked.get(loan.name, ())}.values())
    if len(known) < 2:
        return
    before, last = known[-2:]
    months = (last.year - before.year) * 12 + last.month - before.month
    exchange = exchange_of(profiles[loan.profile].exchange, loan.currency, sheet.base_currency)
    for number in range(1, 2 + days // (28 * months)):
        on = moved_forward(exchange, _months_after(last, months * number, min(last.day, before.day)))
        if on > sheet.as_of:
            title, key = t("Interest on {loan}", loan=loan.name), f"interest/{loan.name}/{on:%Y-%m}"
            yield Event(on, "interest", title, loan.balance * loan.rate_pa * months / 12, key)


def _months_after(start: date, months: int, day: int) -> date:
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(day, calendar.monthrange(year, month + 1)[1]))


def _ends(sheet: BalanceSheet) -> Iterator[Event]:
    """A line is of use until the last business day of its term; a term loan may be paid on the next one."""
    exchange = exchange_of(None, sheet.base_currency, sheet.base_currency)
    for line in sheet.credit_lines:
        if line.expires is not None and line.expires >= sheet.as_of:
            title = t("The credit line {name} expires: last business day", name=line.name)
            yield Event(moved_back(exchange, line.expires), "line_expiry", title, line.undrawn, f"line/{line.name}")
    for loan in sheet.term_loans:
        if loan.ends is not None and loan.ends >= sheet.as_of:
            title = t("The last payment of {name}", name=loan.name)
            yield Event(moved_forward(exchange, loan.ends), "term_end", title, loan.payment, f"term/{loan.name}")


def _statements(sheet: BalanceSheet, settings: Settings) -> Iterator[Event]:
    """The last day on which the balance on record is not too old for a verdict."""
    for loan in sheet.secured_loans:
        if loan.balance_on is not None:
            due = loan.balance_on + timedelta(days=settings.loan_stale_days)
            title = t("A new statement of {loan} is due", loan=loan.name)
            yield Event(due, "statement", title, None, f"statement/{loan.name}")
