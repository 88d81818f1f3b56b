"""Margin calls in the books: read as they stood on a date, written as they stand."""
# ruff: noqa: S608  # the only names spliced into SQL are the columns below

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection, RowMapping

from alm.calls import Call, Payment
from alm.store.exact import canonical

_COLUMNS = (
    "loan", "detected", "ltv", "demanded_target", "amount", "owed", "deadline", "exchange", "hour", "state",
    "closed_on", "reason", "confirmed", "payments",
)  # fmt: skip


def load_calls(conn: Connection, on: date) -> tuple[Call, ...]:
    """Every call found up to a date, as it stood then: what ended later is open, what was paid later is not paid."""
    query = f"SELECT {', '.join(_COLUMNS)} FROM calls WHERE detected <= ? ORDER BY detected, loan"
    return tuple(_as_of(_call(row), on) for row in conn.exec_driver_sql(query, (on.isoformat(),)).mappings())


def save_calls(conn: Connection, calls: Iterable[Call]) -> None:
    """Write calls, each in the place of what stands of it; those that are over first, because a loan has one open."""
    marks = ", ".join("?" * len(_COLUMNS))
    for call in sorted(calls, key=lambda call: call.state == "open"):
        conn.exec_driver_sql(f"INSERT OR REPLACE INTO calls ({', '.join(_COLUMNS)}) VALUES ({marks})", _cells(call))


def _as_of(call: Call, on: date) -> Call:
    paid = tuple(payment for payment in call.payments if payment.on <= on)
    if call.closed_on is not None and call.closed_on > on:
        return replace(call, payments=paid, state="open", closed_on=None, reason="")
    return replace(call, payments=paid)


def _call(row: RowMapping) -> Call:
    ended = row["closed_on"]
    return Call(
        row["loan"], date.fromisoformat(row["detected"]), None if row["ltv"] is None else float(row["ltv"]),
        float(row["demanded_target"]),
        float(row["amount"]), float(row["owed"]), date.fromisoformat(row["deadline"]), row["exchange"], row["hour"],
        row["state"], None if ended is None else date.fromisoformat(ended), row["reason"], bool(row["confirmed"]),
        tuple(Payment(date.fromisoformat(on), float(amount), by) for on, amount, by in json.loads(row["payments"])),
    )  # fmt: skip


def _cells(call: Call) -> tuple[str | int | None, ...]:
    paid = [(payment.on.isoformat(), _exact(payment.amount), payment.by) for payment in call.payments]
    return (
        call.loan, call.detected.isoformat(), None if call.ltv is None else _exact(call.ltv, 12),
        _exact(call.demanded_target, 12),
        _exact(call.amount), _exact(call.owed), call.deadline.isoformat(), call.exchange, call.hour, call.state,
        None if call.closed_on is None else call.closed_on.isoformat(), call.reason, int(call.confirmed),
        json.dumps(paid),
    )  # fmt: skip


def _exact(value: float, digits: int = 6) -> str:
    return canonical(Decimal(repr(round(value, digits))))
