"""What a file says, before anything is written: rows for each table, control totals and warnings. Frozen and pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

Row = Mapping[str, str | None]
"""A row in the columns of the table's CSV, canonical text; a column that is absent keeps what stands."""

TABLE_ORDER = (
    "settings",
    "accounts",
    "loans",
    "holdings",
    "cash",
    "prices",
    "fx_rates",
    "dividends",
    "transactions",
    "income",
    "expenses",
    "targets",
)
"""The order of writing: what is referred to comes before what refers to it."""


@dataclass(frozen=True, slots=True)
class TablePlan:
    """Rows for one table.

    `replaces` names the accounts whose rows in this table are replaced whole: what they held and the file does not
    is removed. `defaults` are columns that only a new row takes from the file: the household's own word stands.
    """

    table: str
    rows: tuple[Row, ...]
    replaces: tuple[str, ...] = ()
    defaults: tuple[str, ...] = ()


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


def merged(plans: Iterable[ImportPlan]) -> ImportPlan:
    """Several files as one plan, which lands whole or not at all; tables in the order of writing."""
    all_plans = tuple(plans)
    tables = [table for plan in all_plans for table in plan.tables]
    return ImportPlan(
        source=" + ".join(dict.fromkeys(plan.source for plan in all_plans)),
        files=tuple(file for plan in all_plans for file in plan.files),
        tables=tuple(sorted(tables, key=lambda table: TABLE_ORDER.index(table.table))),
        totals=tuple(total for plan in all_plans for total in plan.totals),
        warnings=tuple(dict.fromkeys(warning for plan in all_plans for warning in plan.warnings)),
    )
