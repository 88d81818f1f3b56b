"""The part of the page where data come in and go out."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from alm.store.database import reading
from alm.store.journal import last
from alm.text import literal
from tests.feeds.books import RAKUTEN, SAMPLES, new_books, read, rows, sample
from tests.screen.shown import tables

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


def test_a_setting_says_what_it_means_and_is_saved_without_it(db: Path) -> None:
    app = page(db)
    app.selectbox(key="data-table").select("settings").run()
    frame = app.dataframe[0].value.set_index("name")
    assert frame.loc["stale_days", "meaning"] == "a price or rate older than this is flagged"
    place = frame.index.get_loc("stale_days")
    app.session_state["data-editor-settings-0"] = {
        "edited_rows": {place: {"value": "9"}},
        "added_rows": [],
        "deleted_rows": [],
    }
    app.button(key="data-save").click().run()
    assert not app.exception
    assert [row["value"] for row in rows(db, "settings") if row["name"] == "stale_days"] == ["9"]


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


def uploaded(app: AppTest, name: str, data: bytes) -> AppTest:
    app.file_uploader[0].set_value([(name, data, "text/csv")])
    app.run()
    assert not app.exception
    return app


def test_an_upload_shows_its_changes_before_anything_is_written_and_then_writes_those(db: Path) -> None:
    app = uploaded(page(db), *sample(RAKUTEN))
    assert rows(db, "holdings") == []
    preview = next(table for table in tables(app) if "Change" in table)
    assert "Rakuten 特定 402A JPY: ticker 402A, quantity 600, cost_basis 459126" in set(preview["Row"])
    app.button(key="data-apply").click().run()
    assert not app.exception
    assert [note.value for note in app.success] == ["20 rows changed."]
    assert len(rows(db, "holdings")) == 6
    again = uploaded(page(db), *sample(RAKUTEN))
    assert any("Nothing would change" in note.value for note in again.info)


def test_a_preview_overtaken_by_another_change_is_not_applied(db: Path) -> None:
    app = uploaded(page(db), *sample(RAKUTEN))
    read(db, ("accounts.csv", "name\nRakuten\n"))
    app.button(key="data-apply").click().run()
    assert any("preview is out of date" in note.value for note in app.error)
    assert rows(db, "holdings") == []
    app.button(key="data-apply").click().run()
    assert len(rows(db, "holdings")) == 6


def test_a_broken_upload_is_one_sentence_and_its_name_is_no_path(db: Path) -> None:
    name, data = sample(RAKUTEN)
    app = uploaded(page(db), f"../../../etc/{name}", data.replace(b"5,539,003", b"5,539,103"))
    (refusal,) = app.error
    assert refusal.value.startswith(literal(f"{name}, row 3, 資産合計:"))
    assert rows(db, "accounts") == []


def test_a_stale_edit_is_refused_and_says_what_changed(db: Path) -> None:
    read(db, ("cash.csv", "account,currency,amount\nBank,JPY,1\n"))
    app = page(db)
    app.selectbox(key="data-table").select("cash").run()
    app.session_state["data-editor-cash-0"] = {
        "edited_rows": {0: {"amount": "5"}},
        "added_rows": [],
        "deleted_rows": [],
    }
    read(db, ("cash.csv", "account,currency,amount\nBank,JPY,2\n"))
    app.button(key="data-save").click().run()
    assert any("Bank JPY: amount 1 → 2" in note.value for note in app.error)
    assert rows(db, "cash")[0]["amount"] == "2"


ONE_ROW = ("holdings.csv", b"ticker,account,asset_class,currency,quantity,cost_basis\nVOO,Broker,equity,USD,1,1\n")
THREE_ROWS = (ONE_ROW[0], ONE_ROW[1] + b"7203,Broker,equity,JPY,100,1\n6758,Broker,equity,JPY,1,1\n")


def test_the_primary_button_removes_nothing_until_that_has_been_ticked(db: Path) -> None:
    read(db, THREE_ROWS)
    app = uploaded(page(db), *ONE_ROW)
    assert any("removes 2 holdings worth" in note.value for note in app.warning)
    assert {row["ticker"] for row in rows(db, "holdings")} == {"VOO", "7203", "6758"}
    assert any("Nothing would change" in note.value for note in app.info)
    app.checkbox(key="data-remove").check().run()
    app.button(key="data-apply").click().run()
    assert not app.exception
    assert {row["ticker"] for row in rows(db, "holdings")} == {"VOO"}


def test_what_was_not_understood_is_listed_and_settled_on_the_page(db: Path) -> None:
    read(db, ("flex.xml", (SAMPLES / "odd" / "flex_one_option.xml").read_bytes()))
    app = page(db)
    assert "Not understood" in [title.value for title in app.subheader]
    app.multiselect(key="items-chosen").select(0).run()
    app.button(key="items-settle").click().run()
    assert not app.exception
    assert [row["state"] for row in rows(db, "open_items")] == ["ignored"]
    assert "Not understood" not in [title.value for title in page(db).subheader]


def test_a_file_nobody_knows_is_read_by_what_one_says_of_its_columns(
    db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    bank = b"Kontoauszug\n\nDatum;Zweck;Betrag\n01.06.2026;Gehalt;3.500,00\n02.06.2026;Miete;-1.200,50\n"
    app = uploaded(page(db), "umsaetze.csv", bank)
    assert "What are its columns?" in [title.value for title in app.subheader]
    said = {
        "date": ("Datum", ""),
        "amount": ("Betrag", ""),
        "note": ("Zweck", ""),
        "account": ("", "Bank"),
        "currency": ("", "EUR"),
    }
    columns = ["date", "amount", "account", "currency", "kind", "ticker", "quantity", "fee", "tax", "note"]
    app.session_state["mapping-editor-transactions"] = {
        "edited_rows": {
            columns.index(name): {
                key: text for key, text in zip(("in the file", "the same in every row"), cells, strict=True) if text
            }
            for name, cells in said.items()
        },
        "added_rows": [],
        "deleted_rows": [],
    }
    app.radio(key="mapping-decimal").set_value("comma")
    app.radio(key="mapping-dates").set_value("day first")
    app.button(key="mapping-keep").click().run()
    assert not app.exception
    app.button(key="data-apply").click().run()
    assert [(row["date"], row["kind"], row["amount"]) for row in rows(db, "transactions")] == [
        ("2026-06-01", "deposit", "3500"),
        ("2026-06-02", "withdrawal", "1200.5"),
    ]
