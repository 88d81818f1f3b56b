"""Prices on the page: fetched by a button, and a strange one decided by a person."""

from __future__ import annotations

from pathlib import Path

from streamlit.testing.v1 import AppTest

from alm.store.database import reading
from alm.store.tables import read_rows
from tests.feeds import test_quotes_books as books
from tests.feeds.market import DAYS, Market, closes, coin, update
from tests.feeds.server import HTML
from tests.screen.households import demo_database

db, market, priced = books.db, books.market, books.priced  # the same household before the same sources

PAGE = """
from datetime import date
from pathlib import Path
from alm.balance_sheet import BalanceSheet
from alm.screen.quotes import show
from alm.screen.page import Page
from alm.settings import Settings
on = date.fromisoformat({day!r})
show(Page(Path({db!r}), "1", on, Settings(), BalanceSheet(on, "JPY"), {{}}, None))
"""


def page(path: Path) -> AppTest:
    app = AppTest.from_string(PAGE.format(db=str(path), day=DAYS[-1].isoformat()), default_timeout=30).run()
    assert not app.exception
    return app


def test_a_button_fetches_every_price_and_says_what_did_not_come(db: Path, market: Market) -> None:
    market.replies["SHEL.L"] = HTML
    app = page(db)
    app.button(key="quotes-fetch").click().run()
    assert not app.exception
    failed, unsourced = (note.value for note in app.info)
    assert failed == "SHEL: Yahoo answered with a web page instead of data."
    assert unsourced.startswith("No source is known for Fund: ")
    assert priced(db)["7203"] == 2_720
    assert "SHEL: Yahoo answered with a web page instead of data." in [c.value for c in app.caption]


def test_a_strange_price_is_shown_and_stored_or_forgotten_as_told(db: Path, market: Market) -> None:
    market.replies["bitcoin"] = coin(15_000_000, 15_000_000, 75_000_000)
    market.replies["7203.T"] = closes(2_700, 2_710, 27.2)
    update(db)
    app = page(db)
    assert app.expander[0].label == "Prices: 2 held back"
    app.selectbox(key="quotes-figure").select(f"BTC {DAYS[-1]}").run()
    app.button(key="quotes-accept").click().run()
    assert priced(db)["BTC"] == 75_000_000
    app.button(key="quotes-discard").click().run()
    assert not app.exception
    assert priced(db)["7203"] == 2_710
    assert app.expander[0].label == "Prices"


def test_what_the_books_refuse_is_told_on_the_page(db: Path, market: Market) -> None:
    market.replies["bitcoin"] = coin(15_000_000, 15_000_000, 0)
    update(db)
    app = page(db)
    app.button(key="quotes-accept").click().run()
    assert any("a number above 0" in error.value for error in app.error)
    assert app.expander[0].label == "Prices: 1 held back"


def test_where_every_price_is_entered_by_hand_the_page_says_that_nobody_was_asked(tmp_path: Path) -> None:
    app = page(demo_database(tmp_path / "alm.db"))
    app.button(key="quotes-fetch").click().run()
    assert [note.value for note in app.info] == ["Every price here is entered by hand: nothing was asked of anybody."]


def test_a_ticker_is_checked_before_a_holding_is_entered_under_it(db: Path, market: Market) -> None:
    app = page(db)
    app.text_input(key="quotes-check-ticker").set_value("7203")
    app.button[1].click().run()
    assert [note.value for note in app.success] == [f"7203: yahoo knows 7203.T, 2,720 JPY on {DAYS[-1]}."]


SPLIT_PAGE = PAGE.replace('BalanceSheet(on, "JPY")', "sheet").replace(
    "show(Page(",
    "from alm.store.books import load_balance_sheet\nfrom alm.store.database import reading\n"
    "with reading(Path({db!r})) as conn:\n    sheet = load_balance_sheet(conn, on)\nshow(Page(",
)


def test_a_split_is_valued_at_the_old_unit_until_the_page_is_told(db: Path, market: Market) -> None:
    market.replies["7203.T"] = closes(2_700, 2_710)
    update(db)
    market.replies["7203.T"] = closes(270, 271, 272, splits={DAYS[-1].isoformat(): (10, 1)})
    update(db)
    app = AppTest.from_string(SPLIT_PAGE.format(db=str(db), day=DAYS[-1].isoformat()), default_timeout=30).run()
    assert app.warning[0].value.startswith(f"7203 was split on {DAYS[-1]} (10 new units per old)")
    assert priced(db)["7203"] == 2_720
    app.button(key=f"quotes-split-7203-{DAYS[-1]}").click().run()
    assert not app.exception
    assert priced(db)["7203"] == 272


def test_a_dividend_can_be_stored_as_a_one_off(db: Path, market: Market) -> None:
    market.replies["7203.T"] = closes(2_700, 2_710, 2_720, dividends={DAYS[0].isoformat(): 900.0})
    update(db)
    app = page(db)
    app.button(key="quotes-special").click().run()
    assert not app.exception
    with reading(db) as conn:
        assert [(row["amount"], row["kind"]) for row in read_rows(conn, "dividends")] == [("900", "special")]
