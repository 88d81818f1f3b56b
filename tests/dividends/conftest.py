"""The demo household on a fixed day, as the books give it."""

from __future__ import annotations

from pathlib import Path

import pytest

from alm.balance_sheet import BalanceSheet
from alm.demo import demo_rows
from alm.store.books import load_balance_sheet
from alm.store.database import create, reading, writing
from alm.store.tables import write_all
from tests.households import AS_OF


@pytest.fixture(scope="session")
def demo(tmp_path_factory) -> BalanceSheet:
    path: Path = tmp_path_factory.mktemp("demo") / "alm.db"
    create(path)
    with writing(path) as conn:
        write_all(conn, demo_rows(AS_OF))
    with reading(path) as conn:
        return load_balance_sheet(conn, AS_OF)
