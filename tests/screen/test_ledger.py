"""The Ledger part of the page, over the demo household and over one whose books do not add up."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from alm.store.database import writing
from alm.store.feeds import write_history
from alm.store.tables import read_rows, write_rows
from tests.screen.households import demo_database
from tests.screen.shown import tables

PAGE = """
from datetime import date
from pathlib import Path
from alm.screen.ledger import show
from alm.screen.page import Page
from alm.store.books import data_version, load_balance_sheet, load_settings
from alm.store.database import reading
on = date(2026, 11, 20)
with reading(Path({db!r})) as conn:
    version, settings, sheet = data_version(conn), load_settings(conn), load_balance_sheet(conn, on)
show(Page(Path({db!r}), version, on, settings, sheet, {{}}, None))
"""
ON = date(2026, 11, 20)


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return demo_database(tmp_path / "alm.db", ON)


def page(db: Path) -> AppTest:
    app = AppTest.from_string(PAGE.format(db=str(db)), default_timeout=30).run()
    assert not app.exception
    return app


def charts(app: AppTest) -> list[str]:
    return [chart.proto.spec for chart in app.get("plotly_chart")]


def test_the_demo_households_books_agree_and_its_value_is_drawn(db: Path) -> None:
    app = page(db)
    assert [note.value for note in app.success] == ["The books and the transactions agree."]
    assert [m.label for m in app.metric] == ["Return in all", "A year (XIRR)", "Transactions"]
    assert "Value and money paid in" in charts(app)[-1]
    assert "expansion" not in charts(app)[-1]
    assert "DEMO-JEQ" in set(tables(app)[0]["Ticker"])


def test_a_difference_is_shown_by_name(db: Path) -> None:
    with writing(db) as conn:
        first = next(row for row in read_rows(conn, "transactions") if row["kind"] == "buy")
        write_rows(conn, "transactions", [{**first, "fingerprint": "twice"}])
    app = page(db)
    assert app.success == []
    assert any(str(first["ticker"]) in text.value for text in app.markdown)


def test_the_cycles_phases_stand_behind_the_value_once_their_series_are_there(db: Path) -> None:
    months = [
        (date(year, month, 1), str(year * 12 + month - 24_000)) for year in (2024, 2025) for month in range(1, 13)
    ]
    with writing(db) as conn:
        write_history(conn, "USALOLITOAASTSAM", "FRED", months)
        write_rows(conn, "settings", [{"name": "language", "value": "en"}])
    assert "expansion" in charts(page(db))[-1]
