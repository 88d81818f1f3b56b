"""A plan into the books, in one transaction: all of it or nothing, with the exact changes. A dry run is rolled back.

Importing the same files twice changes nothing the second time.

Holdings and cash of the accounts a file speaks of are replaced by what it says; other accounts are never touched. A
holding that is split between pledged and unpledged, which no broker knows, stays split: its pledged part keeps its
size and the difference falls on the unpledged part.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from alm.errors import BadInput, StaleEdit
from alm.feeds.cells import canonical
from alm.feeds.plan import ImportPlan, Place, Row, TablePlan
from alm.feeds.possible import refuse_impossible
from alm.language import t
from alm.store.database import writing
from alm.store.journal import Change, Rows, record, standing, write
from alm.store.tables import TABLES, key, read_rows

NAMES_ACCOUNTS = ("holdings", "cash", "transactions")
SUMS = ("quantity", "cost_basis", "cost_basis_base")


@dataclass(frozen=True, slots=True)
class Applied:
    """What an import changed; `number` is its place in the journal, None for a dry run or when nothing changed."""

    number: int | None
    changes: tuple[Change, ...]
    rows: int
    warnings: tuple[str, ...] = ()

    def count(self, table: str, kind: str) -> int:
        return sum(change.table == table and change.kind == kind for change in self.changes)

    @property
    def tables(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(change.table for change in self.changes))


class _RolledBack(Exception):  # a signal to the transaction, not an error
    """A dry run ends here."""


def apply(
    db: Path, plan: ImportPlan, at: datetime, *, dry_run: bool = False, previewed: Applied | None = None
) -> Applied:
    """Write the plan and journal what it changed. With `previewed`, refuse if it would now change anything else."""
    applied = Applied(None, (), plan.row_count)
    try:
        with writing(db) as conn:
            books = {name: read_rows(conn, name) for name in ("accounts", "holdings")}
            tables, warnings = _prepared(plan, books)
            changes: list[Change] = []
            for given in tables:
                table = _yielding(given, standing(conn, given.table, given.rows)) if given.yields else given
                refuse_impossible(table.table, table.rows, table.places, at.date())
                try:
                    changes += write(conn, table.table, table.rows, replaces=table.replaces, defaults=table.defaults)
                except BadInput as refusal:
                    raise _placed(refusal, table.places) from None
            net = _net(changes)
            if previewed is not None and net != previewed.changes:
                raise StaleEdit("The data", "the preview is out of date")
            number = None if dry_run else record(conn, at, plan.source[:200], ", ".join(plan.files)[:2000], net)
            applied = replace(applied, number=number, changes=net, warnings=(*plan.warnings, *warnings))
            if dry_run:
                raise _RolledBack
    except _RolledBack:
        pass
    return applied


def _yielding(table: TablePlan, books: Rows) -> TablePlan:
    """Without the rows for which the books have another source's."""
    rows = [(row, place) for row, place in zip(table.rows, table.places, strict=True) if _is_own(table, row, books)]
    return replace(table, rows=tuple(row for row, _ in rows), places=tuple(place for _, place in rows))


def _is_own(table: TablePlan, row: Row, books: Rows) -> bool:
    there = books.get(tuple(row.get(name) for name in key(table.table)))
    return there is None or there["source"] == row["source"]


def _prepared(plan: ImportPlan, books: Mapping[str, Sequence[Row]]) -> tuple[tuple[TablePlan, ...], tuple[str, ...]]:
    """The tables in the order of writing, with accounts nobody has entered and with split holdings told apart."""
    known = {row["name"] for row in books["accounts"]}
    known |= {row["name"] for table in plan.tables if table.table == "accounts" for row in table.rows}
    named = [row.get("account") for table in plan.tables if table.table in NAMES_ACCOUNTS for row in table.rows]
    new = [name for name in dict.fromkeys(named) if name and name not in known]
    created = (TablePlan("accounts", tuple({"name": name} for name in new)),) if new else ()
    tables = [_unsplit(table, books["holdings"]) if table.table == "holdings" else table for table in plan.tables]
    ordered = sorted((*created, *tables), key=lambda table: TABLES.index(table.table))
    warnings = (
        (t("New accounts, taken as taxable until you say otherwise: {names}.", names=", ".join(new)),) if new else ()
    )
    return tuple(ordered), warnings


def _unsplit(table: TablePlan, holdings: Sequence[Row]) -> TablePlan:
    """Rows that do not say what they secure, where the books hold the ticker in several parts, become those parts."""
    parts: dict[tuple[str | None, ...], list[Row]] = {}
    for row in holdings:
        parts.setdefault((row["account"], row["ticker"], row["currency"]), []).append(row)
    rows: list[Row] = []
    places: list[Place] = []
    for row, place in zip(table.rows, table.places, strict=True):
        standing = parts.get((row["account"], row["ticker"], row["currency"]), [])
        found = [row] if len(standing) < 2 or "pledged_to" in row else _divided(row, standing, place)
        rows += found
        places += [place] * len(found)
    return replace(table, rows=tuple(rows), places=tuple(places))


def _divided(row: Row, standing: Sequence[Row], place: Place) -> list[Row]:
    """Each pledged part as it stands, and the rest unpledged; nothing unpledged where nothing is left."""
    pledged = [part for part in standing if part["pledged_to"]]
    rest = {name: _rest(row, pledged, name) for name in SUMS if row.get(name)}
    quantity = rest["quantity"]
    if quantity < 0:
        raise BadInput(
            "at least what is pledged (change what is pledged first)",
            file=place[0],
            row=place[1] or None,
            column="quantity",
            value=row["quantity"],
        )
    shared = {name: value for name, value in row.items() if name not in SUMS}
    kept: list[Row] = [{**shared, **{name: part[name] for name in (*SUMS, "pledged_to")}} for part in pledged]
    left = {name: canonical(value) for name, value in rest.items()}
    return [*kept, {**shared, **left, "pledged_to": None}] if quantity else kept


def _rest(row: Row, pledged: Sequence[Row], name: str) -> Decimal:
    return Decimal(row[name] or 0) - sum((Decimal(part[name] or 0) for part in pledged), Decimal(0))


def _placed(refusal: BadInput, places: Sequence[Place]) -> BadInput:
    """The store counts rows; a person counts lines of a file."""
    if refusal.row is None or refusal.row > len(places):
        return refusal
    file, line = places[refusal.row - 1]
    return BadInput(refusal.expected, file=file, row=line or None, column=refusal.column, value=refusal.value)


def _net(changes: Sequence[Change]) -> tuple[Change, ...]:
    """One change per row, where several files changed it; none where the last undid the first."""
    found: dict[tuple[str, tuple[str | None, ...]], Change] = {}
    for change in changes:
        place = (change.table, change.key)
        found[place] = replace(change, before=found[place].before) if place in found else change
    return tuple(change for change in found.values() if change.before != change.after)
