"""A cell typed into the table of a real browser: kept when it is right, one sentence and nothing else when it is wrong."""

from __future__ import annotations

import pytest

from tests.browser import Watched, browser, dashboard
from tests.raw import raw
from tests.screen.households import quick_database, recorded

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def db(tmp_path_factory):
    return recorded(quick_database(tmp_path_factory.mktemp("home") / "alm.db"))


@pytest.fixture(scope="module")
def watched(db):
    with dashboard(db, db.parent) as address, browser() as chromium:
        yield Watched(chromium, address)


def amounts(db) -> dict[str, str]:
    with raw(db) as conn:
        return dict(conn.execute("SELECT account, amount FROM cash"))


def cash(watched):
    """The page with the table of cash open in the editor."""
    page = watched.open("Data")
    page.get_by_role("combobox", name="Table").click()
    page.keyboard.type("cash")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Save cash").wait_for()
    page.locator("canvas th", has_text="amount").wait_for(state="attached")
    return page


def type_amount(page, text: str) -> None:
    """Into the third column of the first row: pick the first cell, walk there, open it, type, close it."""
    grid = page.get_by_test_id("stDataFrame")
    grid.click(position={"x": 80, "y": 50})
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.locator("#portal").locator("input, textarea").fill(text)
    page.keyboard.press("Enter")
    grid.get_by_test_id("glide-cell-3-0").get_by_text(text, exact=True).wait_for(state="attached")


def test_a_cell_is_typed_saved_and_taken_back(db, watched):
    page = cash(watched)
    before = amounts(db)
    assert before == {"Demo Bank": "3500000", "Demo Securities": "1000000"}
    type_amount(page, "2600000")
    assert amounts(db) == before, "nothing is written before it is saved"
    page.get_by_role("button", name="Save cash").click()
    page.get_by_text("1 rows changed.").wait_for()
    assert amounts(db) == before | {"Demo Bank": "2600000"}
    watched.painted()
    cards = page.locator(".st-key-cards").inner_text()
    assert "¥78,600,000" in cards, "900,000 less than the demo household's net worth of 79,500,000"
    page.get_by_role("button", name="Take it back").click()
    page.get_by_text("1 rows were put back.").wait_for()
    assert amounts(db) == before
    watched.check()


def test_a_wrong_value_is_one_sentence_and_changes_nothing(db, watched):
    wrong = "a lot"
    page = cash(watched)
    before = amounts(db)
    type_amount(page, wrong)
    page.get_by_role("button", name="Save cash").click()
    refusal = page.get_by_role("tabpanel").get_by_test_id("stAlert")
    refusal.wait_for()
    told = refusal.inner_text()
    assert wrong in told
    assert "amount" in told
    assert len(told.splitlines()) == 1
    assert amounts(db) == before
    watched.check()
