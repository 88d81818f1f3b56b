"""Open items: rows of statements that were not understood, and how a person settles each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Literal

from alm.errors import BadInput
from alm.feeds.apply import Applied
from alm.feeds.brokers.lines import Meanings
from alm.feeds.plan import ImportPlan, Row
from alm.language import t
from alm.store.database import reading, writing
from alm.store.feeds import Connection
from alm.store.journal import record, write
from alm.store.tables import read_rows

TABLE = "open_items"
Settled = Literal["ignored", "entered", "mapped"]


def items(db: Path) -> tuple[Row, ...]:
    """Every item, settled ones included, in the order of the books."""
    with reading(db) as conn:
        return tuple(read_rows(conn, TABLE))


def meanings(conn: Connection) -> Meanings:
    """What the household has said new words mean."""
    mapped = [row for row in read_rows(conn, TABLE) if row["meaning"]]
    return {(str(row["field"]), str(row["word"])): str(row["meaning"]) for row in mapped}


def waiting(conn: Connection, plan: ImportPlan) -> tuple[Row, ...]:
    """The plan's own items that nobody has settled before."""
    settled = {(row["account"], row["item"]) for row in read_rows(conn, TABLE) if row["state"] != "open"}
    rows = (row for table in plan.tables if table.table == TABLE for row in table.rows)
    return tuple(row for row in rows if row["state"] == "open" and (row["account"], row["item"]) not in settled)


def settle(db: Path, chosen: Sequence[Row], state: Settled, at: datetime, meaning: str = "") -> Applied:
    """Say of items that they may be ignored, have been entered by hand, or what their word means.

    With a meaning an item stays open until its file has been imported again and was understood.
    """
    for row in chosen:
        if state == "mapped" and not row["word"]:
            raise BadInput("an item with a word that is new", column=TABLE, value=row["item"])
    rows = [{**row, "state": "open" if meaning else state, "meaning": meaning} for row in chosen]
    with writing(db) as conn:
        changes = write(conn, TABLE, rows)
        number = record(conn, at, "edit", TABLE, changes)
    return Applied(number, changes, len(rows))


def picked(rows: Sequence[Row], numbers: Sequence[int]) -> tuple[Row, ...]:
    """Items by the number they are listed under."""
    if wrong := [number for number in numbers if not 1 <= number <= len(rows)]:
        raise BadInput(t("a number from 1 to {count}", count=len(rows)), column="ITEM", value=wrong[0])
    return tuple(rows[number - 1] for number in numbers)
