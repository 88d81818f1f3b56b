"""Databases as earlier versions made them, with rows that only their digests know."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from alm.store import digests
from alm.store.database import _engine
from alm.store.migrate import STEPS
from alm.store.migrate import upgrade as run
from alm.store.schema import SCHEMA_VERSION
from tests.raw import raw

RELEASED = tuple(range(1, SCHEMA_VERSION))
"""Schemas that a user's file may have; the current one is not among them."""

_ROWS = """
    INSERT INTO accounts (name) VALUES ('Broker');
    INSERT INTO loans (name, kind, currency, balance, rate_pa, profile)
        VALUES ('Loan', 'securities_backed', 'JPY', '50000000', '0.02', 'standard-60-70-85');
    INSERT INTO loan_rates VALUES ('Loan', '2026-01-01', '0', '0.019');
    INSERT INTO holdings (ticker, account, asset_class, currency, quantity, cost_basis, pledged_to)
        VALUES ('7203', 'Broker', 'equity', 'JPY', '100.5', '250000', 'Loan');
    INSERT INTO holdings (ticker, account, asset_class, currency, quantity, cost_basis)
        VALUES ('VTI', 'Broker', 'equity', 'USD', '12.3456789', '2500.1');
    INSERT INTO cash VALUES ('Broker', 'JPY', '4500000');
    INSERT INTO prices (ticker, date, close, currency, source)
        VALUES ('7203', '2026-11-19', '2900', 'JPY', ''), ('7203', '2026-11-20', '3000.5', 'JPY', '');
    INSERT INTO fx_rates (currency, base, date, rate, source)
        VALUES ('USD', 'JPY', '2026-11-20', '150.25', '');
    INSERT INTO dividends (ticker, ex_date, pay_date, amount, currency)
        VALUES ('7203', '2026-03-30', '2026-06-10', '40', 'JPY');
    INSERT INTO transactions (date, kind, account, ticker, quantity, amount, currency, fingerprint)
        VALUES ('2026-01-05', 'buy', 'Broker', '7203', '100.5', '250000', 'JPY', 'a');
    INSERT INTO expenses (name, amount, currency) VALUES ('Living', '800000', 'JPY');
    INSERT INTO settings VALUES ('stale_days', '3');
"""
_ROWS_OF = 5
"""The last schema with the columns of those rows."""
TABLES_THEN = {
    1: {
        "accounts", "alembic_version", "annotations", "cash", "digests", "dividends", "expenses", "fx_rates", "holdings",
        "income", "loan_rates", "loans", "prices", "settings", "snapshots", "targets", "touched", "transactions",
    }
}  # fmt: skip


def make(path: Path, version: int, more: str = "") -> Path:
    """A file of an earlier schema, filled; `more` are statements in its columns."""
    path.touch(0o600)
    with _engine(path, "rw").connect() as conn:
        conn.exec_driver_sql("PRAGMA foreign_keys = OFF")
        conn.exec_driver_sql("BEGIN IMMEDIATE")
        run(conn, f"{min(version, _ROWS_OF):04d}")
        for statement in (_ROWS + more).split(";\n")[:-1]:
            conn.exec_driver_sql(statement)
        digests.seal(conn)
        if version > _ROWS_OF:
            run(conn, f"{version:04d}")
            digests.reseal(conn)
        conn.commit()
    return path


def make_first(path: Path, version: int) -> Path:
    """A file of schema 1 or 2 as the very first version made it: its records had one digest, its dates a looser check."""
    path.touch(0o600)
    with _engine(path, "rw").connect() as conn:
        conn.exec_driver_sql("BEGIN IMMEDIATE")
        for statement in _first_books():
            conn.exec_driver_sql(statement)
        conn.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
        conn.exec_driver_sql("INSERT INTO alembic_version VALUES ('0001')")
        run(conn, f"{version:04d}")
        for statement in _ROWS.split(";\n")[:-1]:
            conn.exec_driver_sql(statement)
        conn.exec_driver_sql("INSERT INTO snapshots VALUES (?, ?, 'SAFE', '{}', '{}', ?)", (*FIRST_RECORD, "0" * 64))
        digests.seal(conn)
        conn.commit()
    return path


FIRST_RECORD = ("2026-11-20", "2026-11-20T06:30:00+00:00")
_FIRST_SNAPSHOTS = """CREATE TABLE snapshots (
    date TEXT NOT NULL CONSTRAINT snapshots_date CHECK (date GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    taken_at TEXT NOT NULL,
    verdict TEXT NOT NULL CONSTRAINT snapshots_verdict CHECK (verdict IN ('SAFE', 'CAUTION', 'DANGER', 'UNKNOWN')),
    figures TEXT NOT NULL,
    inputs TEXT NOT NULL,
    digest TEXT NOT NULL CONSTRAINT snapshots_digest CHECK (length(digest) = 64),
    PRIMARY KEY (date)
) STRICT"""


def _first_books() -> list[str]:
    """Today's first step, with what it said of records and dates at first."""
    text = (STEPS / "versions" / "0001_books.sql").read_text(encoding="utf-8")
    looser = re.sub(r"date\((\w+), '\+0 days'\)", r"date(\1)", text)
    statements = looser.split("\n\n")
    return [_FIRST_SNAPSHOTS if s.startswith("CREATE TABLE snapshots ") else s for s in statements]


def contents(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of the tables of the first schema, in the columns they had then."""
    with raw(path) as conn:
        return {
            table: conn.execute(f"SELECT {', '.join(columns)} FROM {table} ORDER BY 1, 2").fetchall()
            for table, columns in first_columns().items()
        }


@cache
def first_columns() -> dict[str, tuple[str, ...]]:
    """By table, without what is not the household's own."""
    kept = sorted(TABLES_THEN[1] - {"alembic_version", "digests", "touched"})
    with raw(":memory:") as conn:
        conn.executescript((STEPS / "versions" / "0001_books.sql").read_text(encoding="utf-8"))
        return {table: tuple(row[1] for row in conn.execute(f"PRAGMA table_info({table})")) for table in kept}
