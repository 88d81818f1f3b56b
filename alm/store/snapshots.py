"""The daily record: one immutable row per date, with the figures of that day and what they came from.

That is the balance sheet and, where the FIRE probability was simulated, its whole plan: every assumption of that day,
what was measured then and the seed, so that the same figure can be computed from the record alone.

The first record of a date stands: triggers refuse its change, and its removal unless it was first set aside as it is,
with a reason; a second one returns it. Two digests tell a flipped byte from what was recorded: one of the inputs, one
of everything else and of the first.
"""
# ruff: noqa: S608  # the only names spliced into SQL are the columns below

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import takewhile
from typing import Any

from sqlalchemy import Connection, Row
from sqlalchemy.exc import IntegrityError

from alm.balance_sheet import BalanceSheet
from alm.errors import UnknownName
from alm.language import t
from alm.store.database import has_table, refuse_damaged
from alm.store.refusals import explained
from alm.store.schema import set_aside as set_aside_table
from alm.store.sheet_json import canonical_json, sheet_from_json, sheet_to_json

_PLAN = "fire_plan"
_COLUMNS = "date, taken_at, verdict, figures, inputs_digest, freedom, digest"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was recorded on a date. `figures` by name, None where there was no finite number.

    `verdict` is the first light and `freedom` the second; where that is None, the record is of a version in which one
    word stood for both.
    """

    on: date
    taken_at: str
    verdict: str
    figures: Mapping[str, float | None]
    inputs_digest: str
    digest: str
    freedom: str | None = None


@dataclass(frozen=True, slots=True)
class Aside:
    """A record that a person took out of the series, and why."""

    on: date
    reason: str


def take(
    conn: Connection,
    sheet: BalanceSheet,
    *,
    taken_at: datetime,
    verdict: str,
    figures: Mapping[str, float | None],
    freedom: str | None = None,
    plan: Mapping[str, object] | None = None,
) -> Snapshot:
    """Record the sheet's date unless it has been recorded; either way, the row that stands.

    `plan` is what was simulated, as nested figures and texts. The connection must be `writing`: its lock is what makes
    ten at once one row.
    """
    standing = of_date(conn, sheet.as_of)
    if standing is not None:
        return standing
    inputs = inputs_text(sheet, plan)
    numbers = canonical_json({name: _finite(value) for name, value in figures.items()})
    taken = taken_at.isoformat(timespec="seconds")
    row = (sheet.as_of.isoformat(), taken, verdict, numbers, _sha256(inputs), freedom)
    conn.exec_driver_sql(
        f"INSERT INTO snapshots ({_COLUMNS}, inputs) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (*row, _digest(row), inputs),
    )
    found = of_date(conn, sheet.as_of)
    assert found is not None
    return found


def of_date(conn: Connection, on: date) -> Snapshot | None:
    found = conn.exec_driver_sql(f"SELECT {_COLUMNS} FROM snapshots WHERE date = ?", (on.isoformat(),)).first()
    return None if found is None else _snapshot(tuple(found))


def load(conn: Connection, *, start: date | None = None, end: date | None = None) -> tuple[Snapshot, ...]:
    """The records of a period, oldest first. One that is not what was recorded is left out: `damaged` names it."""
    bounds = ((start or date.min).isoformat(), (end or date.max).isoformat())
    query = f"SELECT {_COLUMNS} FROM snapshots WHERE date BETWEEN ? AND ? ORDER BY date"
    return tuple(_snapshot(row) for row in conn.exec_driver_sql(query, bounds) if _intact(row))


def latest_before(conn: Connection, on: date) -> Snapshot | None:
    """The last intact record of an earlier date, figures and inputs."""
    return next((_snapshot(row) for row in _back_from(conn, on) if _whole(row)), None)


def passed_over(conn: Connection, on: date) -> tuple[date, ...]:
    """The damaged records that `latest_before` went past."""
    return tuple(date.fromisoformat(row[0]) for row in takewhile(lambda row: not _whole(row), _back_from(conn, on)))


def _back_from(conn: Connection, on: date) -> Iterable[Row[Any]]:
    query = f"SELECT {_COLUMNS}, inputs FROM snapshots WHERE date < ? ORDER BY date DESC"
    return conn.exec_driver_sql(query, (on.isoformat(),))


def after(conn: Connection, today: date) -> tuple[date, ...]:
    """Dates of records that cannot have been taken: the clock was wrong."""
    found = conn.exec_driver_sql("SELECT date FROM snapshots WHERE date > ? ORDER BY date", (today.isoformat(),))
    return tuple(date.fromisoformat(text) for (text,) in found)


def set_aside(conn: Connection, on: date, at: datetime, reason: str) -> Snapshot:
    """Take a record out of the series, with the reason; it is kept as it stood, and its date is free again."""
    standing = of_date(conn, on)
    if standing is None:
        raise _unknown(conn, on)
    columns = f"{_COLUMNS}, inputs"
    moved = (
        f"INSERT INTO set_aside (set_aside_at, reason, {columns}) SELECT ?, ?, {columns} FROM snapshots WHERE date = ?"
    )
    try:
        conn.exec_driver_sql(moved, (at.isoformat(timespec="seconds"), reason.strip(), on.isoformat()))
    except IntegrityError as error:
        raise explained(conn, set_aside_table, {"reason": reason}, error, None) from None
    conn.exec_driver_sql("DELETE FROM snapshots WHERE date = ?", (on.isoformat(),))
    return standing


def aside(conn: Connection) -> tuple[Aside, ...]:
    """What was set aside, oldest first; nothing in a file of a schema that could not."""
    if not has_table(conn, "set_aside"):
        return ()
    rows = conn.exec_driver_sql("SELECT date, reason FROM set_aside ORDER BY id")
    return tuple(Aside(date.fromisoformat(on), reason) for on, reason in rows)


def inputs_of(conn: Connection, on: date) -> BalanceSheet:
    """The balance sheet as it was recorded on a date. Raises UnknownName, or DatabaseRefused if it is damaged."""
    return sheet_from_json(_inputs(conn, on))


def plan_of(conn: Connection, on: date) -> Mapping[str, object] | None:
    """The simulated plan as it was recorded, None where there was none; raises as `inputs_of`."""
    plan: Mapping[str, object] | None = json.loads(_inputs(conn, on)).get(_PLAN)
    return plan


def _inputs(conn: Connection, on: date) -> str:
    query = "SELECT inputs, inputs_digest FROM snapshots WHERE date = ?"
    found = conn.exec_driver_sql(query, (on.isoformat(),)).first()
    if found is None:
        raise _unknown(conn, on)
    if _sha256(found[0]) != found[1]:
        refuse_damaged(conn, [t("the snapshot of {day}", day=on.isoformat())])
    return str(found[0])


def _unknown(conn: Connection, on: date) -> UnknownName:
    last = [text for (text,) in conn.exec_driver_sql("SELECT date FROM snapshots ORDER BY date DESC LIMIT 10")]
    return UnknownName("snapshot", on.isoformat(), tuple(last))


def inputs_text(sheet: BalanceSheet, plan: Mapping[str, object] | None) -> str:
    """What a record keeps as its inputs: the sheet's own text, with the plan among its names."""
    text = sheet_to_json(sheet)
    return text if plan is None else canonical_json(json.loads(text) | {_PLAN: plan})


def inputs_digest(sheet: BalanceSheet, plan: Mapping[str, object] | None) -> str:
    return _sha256(inputs_text(sheet, plan))


def damaged(conn: Connection) -> tuple[str, ...]:
    """Dates whose row, figures or inputs, is not what was recorded; also in a file that has no second light yet."""
    known = {name for _, name, *_ in conn.exec_driver_sql("PRAGMA table_info(snapshots)")}
    columns = _COLUMNS if "freedom" in known else _COLUMNS.replace("freedom", "NULL")
    rows = conn.exec_driver_sql(f"SELECT {columns}, inputs FROM snapshots ORDER BY date")
    return tuple(row.date for row in rows if not _whole(row))


def gaps(conn: Connection, until: date) -> tuple[date, ...]:
    """Dates without a record between the first one and `until`, exclusive."""
    recorded = {date.fromisoformat(text) for (text,) in conn.exec_driver_sql("SELECT date FROM snapshots")}
    if not recorded:
        return ()
    first = min(recorded)
    days = (first + timedelta(days=number) for number in range((until - first).days))
    return tuple(day for day in days if day not in recorded)


def _snapshot(row: Sequence[Any]) -> Snapshot:
    return Snapshot(date.fromisoformat(row[0]), row[1], row[2], json.loads(row[3]), row[4], row[6], row[5])


def _intact(row: Sequence[Any]) -> bool:
    return _digest(tuple(row[:6])) == str(row[6])


def _whole(row: Row[Any]) -> bool:
    """The same with the inputs, for a row that has them last."""
    return _intact(row) and _sha256(row.inputs) == row.inputs_digest


def _digest(cells: tuple[str | None, ...]) -> str:
    """Of the cells that were recorded: what an older version did not keep is no part of its digest."""
    return _sha256(canonical_json([cell for cell in cells if cell is not None]))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
