"""What a file says, before anything is written: rows for each table, control totals and warnings. Frozen and pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from alm.language import t

Row = Mapping[str, str | None]
"""A row in the columns of the table's CSV, canonical text; a column that is absent keeps what stands."""

Way = Literal["ask", "add", "update", "replace"]
"""What an import may do to an account's holdings and cash: only add, add and change, or also remove what the files do
not have; `ask` does the last where nothing is removed, and refuses otherwise."""

Place = tuple[str, int]
"""File and line a row came from; line 0 where the row is not one line of the file."""


@dataclass(frozen=True, slots=True)
class TablePlan:
    """Rows for one table.

    `replaces` names the accounts whose rows in this table are replaced whole: what they held and the file does not
    is removed. `defaults` are columns that only a new row takes from the file: the household's own word stands.
    `places` says where each row came from. With `yields`, a standing row of another source stays: a broker's price of
    the moment fills a gap and replaces its own earlier one, never a market's close. With `joins`, a row's statement
    lines join those of the same event in the books. `on` is the day whose evening the rows are of: a newer statement's
    rows stand.
    """

    table: str
    rows: tuple[Row, ...]
    replaces: tuple[str, ...] = ()
    defaults: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()
    yields: bool = False
    joins: bool = False
    on: date | None = None


@dataclass(frozen=True, slots=True)
class ControlTotal:
    """A sum over what was read. `printed` is the file's own figure for it, already found equal; None if it has none."""

    what: str
    value: Decimal
    printed: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """Everything one or more files say. `source` is the format's name."""

    source: str
    files: tuple[str, ...]
    tables: tuple[TablePlan, ...]
    totals: tuple[ControlTotal, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def row_count(self) -> int:
        return sum(len(table.rows) for table in self.tables)


def source_words(source: str) -> str:
    """The source of an import or edit, which the books keep in English, as a person reads it."""
    return " + ".join(t(name) for name in source.split(" + "))


def merged(plans: Iterable[ImportPlan]) -> ImportPlan:
    """Several files as one plan, which lands whole or not at all."""
    all_plans = tuple(plans)
    return ImportPlan(
        source=" + ".join(dict.fromkeys(plan.source for plan in all_plans)),
        files=tuple(file for plan in all_plans for file in plan.files),
        tables=tuple(table for plan in all_plans for table in plan.tables),
        totals=tuple(total for plan in all_plans for total in plan.totals),
        warnings=tuple(dict.fromkeys(warning for plan in all_plans for warning in plan.warnings)),
    )
