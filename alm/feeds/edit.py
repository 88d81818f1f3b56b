"""Tables edited by hand: checked like a file, refused when they changed meanwhile, journalled like an import."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from pathlib import Path

from alm.errors import BadInput, StaleEdit
from alm.feeds.apply import Applied
from alm.feeds.plan import Row
from alm.feeds.possible import refuse_impossible
from alm.feeds.rows import key_of, parsed
from alm.language import t
from alm.settings import Settings, format_setting
from alm.store.database import reading, writing
from alm.store.journal import Change, record, write
from alm.store.tables import read_rows, write_rows

TELLING = ("kind", "ticker", "quantity", "cost_basis", "balance", "amount", "close", "rate", "value", "weight")
"""Columns that tell a person which row was added or removed."""
EDITABLE = (
    "holdings", "cash", "loans", "income", "expenses", "targets", "accounts", "loan_rates", "price_sources", "settings",
)  # fmt: skip


def opened(db: Path, table: str) -> tuple[Row, ...]:
    """The rows an editor starts from; for settings every one there is, at its present value."""
    with reading(db) as conn:
        rows = tuple(read_rows(conn, table))
    return _every_setting(rows) if table == "settings" else rows


def put(db: Path, table: str, raw: Mapping[str, str], today: date) -> None:
    """One row that was typed, checked as a file's would be."""
    row = parsed(table, raw)
    refuse_impossible(table, [row], (), today)
    with writing(db) as conn:
        write_rows(conn, table, [row])


def _every_setting(stored: Sequence[Row]) -> tuple[Row, ...]:
    kept = {row["name"]: row["value"] for row in stored}
    return tuple({"name": name, "value": kept.get(name, default)} for name, default in _default_settings().items())


def _default_settings() -> dict[str, str]:
    return {spec.name: format_setting(getattr(Settings(), spec.name)) for spec in fields(Settings)}


def save(db: Path, table: str, edited: Sequence[Mapping[str, str]], before: Sequence[Row], at: datetime) -> Applied:
    """Make the table what was edited. Raises BadInput naming the row, StaleEdit saying what changed since `before`."""
    rows = _checked(table, edited)
    refuse_impossible(table, rows, [(table, number) for number in range(1, len(rows) + 1)], at.date())
    with writing(db) as conn:
        standing = tuple(read_rows(conn, table))
        now = _every_setting(standing) if table == "settings" else standing
        if tuple(now) != tuple(before):
            raise StaleEdit(table, "; ".join(_differences(table, before, now)[:3]))
        kept = _worth_keeping(rows, standing) if table == "settings" else rows
        changes = write(conn, table, kept, whole=True)
        number = record(conn, at, "edit", table, changes)
    return Applied(number, changes, len(kept))


def _worth_keeping(rows: Sequence[Row], stored: Sequence[Row]) -> tuple[Row, ...]:
    """Settings that differ from their default, and those somebody has set to it."""
    defaults, already = _default_settings(), {row["name"] for row in stored}
    return tuple(row for row in rows if row["name"] in already or row["value"] != defaults.get(row["name"] or ""))


def _checked(table: str, edited: Sequence[Mapping[str, str]]) -> tuple[Row, ...]:
    rows: dict[tuple[str, ...], Row] = {}
    for number, raw in enumerate(edited, start=1):
        row = parsed(table, dict(raw), table, number)
        key = key_of(table, row)
        if key in rows:
            raise BadInput("no second row with the same key", file=table, row=number, value=" ".join(filter(None, key)))
        rows[key] = row
    return tuple(rows.values())


def _differences(table: str, before: Sequence[Row], now: Sequence[Row]) -> list[str]:
    """What changed between two states of a table, a row a phrase."""
    then, here = ({key_of(table, row): row for row in rows} for rows in (before, now))
    changes = (Change(table, then.get(key), here.get(key)) for key in dict.fromkeys([*then, *here]))
    return [described(change) for change in changes if change.before != change.after]


def described(change: Change) -> str:
    """`changed Bank JPY: amount 5 → 6`, `added Bank USD: amount 7`, `removed Bank USD: amount 7`,
    `added USD JPY 2026-11-20: 1 USD = 150 JPY`."""
    before, after = change.before or {}, change.after or {}
    if change.kind == "changed":
        what = [f"{column} {before.get(column) or '-'} → {after.get(column) or '-'}" for column in change.columns]
    else:
        row = after or before
        what = [f"{column} {row[column]}" for column in TELLING if row.get(column) not in (None, "", "0")]
        if change.table == "fx_rates":  # which way round a rate is meant is easily mistaken
            what = [f"1 {row['currency']} = {row['rate']} {row['base']}"]
    return f"{t(change.kind)} {' '.join(filter(None, change.key))}" + (f": {', '.join(what)}" if what else "")
