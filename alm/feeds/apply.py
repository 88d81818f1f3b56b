"""A plan into the books, in one transaction: all of it or nothing, with the exact changes. A dry run is rolled back.

Importing the same files twice changes nothing the second time.

Holdings and cash of the accounts a file speaks of are replaced by what it says; other accounts are never touched. What
would remove holdings that no sale in the same files explains is refused until a person says so (`Way`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from alm.errors import BadInput, StaleEdit
from alm.feeds.plan import ImportPlan, Place, TablePlan, Way
from alm.feeds.possible import refuse_impossible
from alm.feeds.removals import WouldRemove, removals, unpriced, worth
from alm.feeds.standing import joined, prepared, unknown, yielding
from alm.store.books import load_balance_sheet
from alm.store.database import writing
from alm.store.feeds import Connection
from alm.store.journal import Change, record, standing, write
from alm.store.tables import fingerprinted, read_rows


@dataclass(frozen=True, slots=True)
class Applied:
    """What an import changed; `number` is its place in the journal, None for a dry run or when nothing changed."""

    number: int | None
    changes: tuple[Change, ...]
    rows: int
    warnings: tuple[str, ...] = ()
    removes: str = ""
    """What of the removals needs a person's word, in words and money."""

    def count(self, table: str, kind: str) -> int:
        return sum(change.table == table and change.kind == kind for change in self.changes)

    @property
    def tables(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(change.table for change in self.changes))


class _RolledBack(Exception):  # a signal to the transaction, not an error
    """A dry run ends here."""


def apply(
    db: Path,
    plan: ImportPlan,
    at: datetime,
    *,
    way: Way = "ask",
    dry_run: bool = False,
    previewed: Applied | None = None,
) -> Applied:
    """Write the plan and journal what it changed. With `previewed`, refuse if it would now change anything else.

    Raises WouldRemove where the `way` is to ask and holdings would be removed; a dry run tells instead.
    """
    applied = Applied(None, (), plan.row_count)
    try:
        with writing(db) as conn:
            before = load_balance_sheet(conn, at.date())
            books = {name: read_rows(conn, name) for name in ("accounts", "holdings", "cash", "open_items")}
            tables, notes = prepared(plan, books, way)
            net = _net([change for table in tables for change in _written(conn, table, at)])
            removed = worth(removals(net, read_rows(conn, "holdings"), tables), before)
            if removed and way == "ask" and not dry_run:
                raise WouldRemove(removed)
            if previewed is not None and net != previewed.changes:
                raise StaleEdit("The data", "the preview is out of date")
            number = None if dry_run else record(conn, at, plan.source[:200], ", ".join(plan.files)[:2000], net)
            told = (*plan.warnings, *notes, *unpriced(net, load_balance_sheet(conn, at.date())))
            applied = replace(applied, number=number, changes=net, warnings=told, removes=removed)
            if dry_run:
                raise _RolledBack
    except _RolledBack:
        pass
    return applied


def _written(conn: Connection, given: TablePlan, at: datetime) -> tuple[Change, ...]:
    table = yielding(given, standing(conn, given.table, given.rows)) if given.yields else given
    if table.joins:
        table = _joined(conn, table)
    refuse_impossible(table.table, table.rows, table.places, at.date())
    try:
        return write(conn, table.table, table.rows, replaces=table.replaces, defaults=table.defaults)
    except BadInput as refusal:
        raise _placed(refusal, table.places) from None


def _joined(conn: Connection, table: TablePlan) -> TablePlan:
    """Events as all their lines make them, without those that the books have by hand, or from an earlier version."""
    events = joined(table, standing(conn, table.table, [row for row in table.rows if row.get("fingerprint")]))
    nameless = fingerprinted([{**row, "fingerprint": ""} for row in events.rows])
    return unknown(events, nameless, standing(conn, table.table, [*events.rows, *nameless] if nameless else []))


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
