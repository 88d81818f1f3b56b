"""The part of the page where data come in and go out."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from alm.store.database import reading
from alm.store.journal import last
from tests.feeds.books import RAKUTEN, new_books, read, sample

PAGE = """
import sys
from datetime import date
from pathlib import Path
from alm.balance_sheet import BalanceSheet
from alm.screen.data import show
from alm.screen.page import Page
from alm.settings import Settings
on = date(2026, 11, 20)
show(Page(Path({db!r}), "1", on, Settings(), BalanceSheet(on, "JPY"), {{}}, None))
"""


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return new_books(tmp_path)


def page(db: Path) -> AppTest:
    app = AppTest.from_string(PAGE.format(db=str(db)), default_timeout=20).run()
    assert not app.exception
    return app


def test_an_empty_household_can_be_filled_and_has_nothing_to_undo(db: Path) -> None:
    app = page(db)
    assert [title.value for title in app.subheader] == ["Import files", "Edit tables", "Undo", "Export"]
    assert any("nothing to undo" in caption.value for caption in app.caption)


def test_the_editor_holds_the_table_as_text(db: Path) -> None:
    read(db, sample(RAKUTEN))
    app = page(db)
    frame = app.dataframe[0].value
    assert "402A" in set(frame["ticker"])
    app.selectbox(key="data-table").select("cash").run()
    assert not app.exception


def test_the_last_import_is_named_and_taken_back(db: Path) -> None:
    read(db, sample(RAKUTEN))
    app = page(db)
    app.button(key="data-undo").click().run()
    assert not app.exception
    assert any("rows were put back" in note.value for note in app.success)
    with reading(db) as conn:
        assert last(conn) is None


def test_saving_an_untouched_table_changes_nothing(db: Path) -> None:
    read(db, sample(RAKUTEN))
    app = page(db)
    app.button(key="data-save").click().run()
    assert not app.exception
    assert [note.value for note in app.success] == ["0 rows changed."]


def test_the_export_is_offered_for_download(db: Path) -> None:
    read(db, sample(RAKUTEN))
    app = page(db)
    app.button(key="data-export").click().run()
    assert not app.exception
    assert app.get("download_button")
