"""Tables edited by hand: checked, never over somebody else's change, and taken back like an import."""

from __future__ import annotations

from pathlib import Path

import pytest

from alm.errors import AlmError, BadInput, StaleEdit
from alm.feeds.edit import EDITABLE, described, opened, save
from alm.feeds.plan import Row
from alm.store.books import load_settings
from alm.store.database import reading, writing
from alm.store.journal import Change, undo
from tests.feeds.books import NOW, new_books, read, rows

CASH = "account,currency,amount\nBank,JPY,4500000\nBank,USD,100\n"


@pytest.fixture
def db(tmp_path: Path) -> Path:
    db = new_books(tmp_path)
    read(db, ("cash.csv", CASH))
    return db


def typed(before: tuple[Row, ...]) -> list[dict[str, str]]:
    """What an editor hands back when nothing was typed: text, empty where there is nothing."""
    return [{name: value or "" for name, value in row.items()} for row in before]


@pytest.mark.parametrize("table", EDITABLE)
def test_saving_what_was_opened_changes_nothing(db: Path, table: str) -> None:
    before = opened(db, table)
    assert save(db, table, typed(before), before, NOW).changes == ()


def test_an_edit_adds_changes_and_removes_rows_and_can_be_taken_back(db: Path) -> None:
    before = opened(db, "cash")
    edited = [{**typed(before)[0], "amount": "¥5,000,000"}, {"account": "Bank", "currency": "eur", "amount": "7"}]
    applied = save(db, "cash", edited, before, NOW)
    assert [(c.kind, c.key) for c in applied.changes] == [
        ("changed", ("Bank", "JPY")),
        ("removed", ("Bank", "USD")),
        ("added", ("Bank", "EUR")),
    ]
    with writing(db) as conn:
        undo(conn, NOW)
    assert rows(db, "cash") == [dict(row) for row in before]


def test_a_stale_edit_is_refused_and_says_what_changed(db: Path) -> None:
    before = opened(db, "cash")
    read(db, ("cash.csv", "account,currency,amount\nBank,JPY,1\n"))
    with pytest.raises(StaleEdit) as refusal:
        save(db, "cash", typed(before), before, NOW)
    assert "changed Bank JPY: amount 4500000 → 1; removed Bank USD: amount 100" in str(refusal.value)
    assert rows(db, "cash") == [{"account": "Bank", "currency": "JPY", "amount": "1"}]


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"account": "Bank", "currency": "JPY", "amount": "NaN"}, "cash, row 2, amount: 'NaN' is refused"),
        ({"account": "Bank", "currency": "USD", "amount": "1"}, "row 2: 'Bank USD' is refused: expected no second row"),
        ({"account": "Nobody", "currency": "JPY", "amount": "1"}, "the name of an account that is in the books"),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_saved(db: Path, row: dict[str, str], sentence: str) -> None:
    before = opened(db, "cash")
    with pytest.raises(BadInput) as refusal:
        save(db, "cash", [typed(before)[1], row], before, NOW)
    assert sentence in str(refusal.value)
    assert rows(db, "cash") == [dict(each) for each in before]


def test_settings_show_every_one_and_keep_only_what_differs(db: Path) -> None:
    before = opened(db, "settings")
    assert {"name": "stale_days", "value": "5"} in before
    edited = [{**row, "value": "3"} if row["name"] == "stale_days" else row for row in typed(before)]
    save(db, "settings", edited, before, NOW)
    assert rows(db, "settings") == [{"name": "stale_days", "value": "3"}]
    now = opened(db, "settings")
    with pytest.raises(AlmError, match="stale_days"):
        save(db, "settings", [{"name": "stale_days", "value": "soon"}], now, NOW)


def test_a_growth_left_empty_follows_from_return_and_yield(db: Path) -> None:
    for text, taken in (("", None), ("0.02", 0.02), ("", None), ("0.0", 0.0)):
        before = opened(db, "settings")
        edited = [{**row, "value": text} if row["name"] == "reinvest_growth_pa" else row for row in typed(before)]
        save(db, "settings", edited, before, NOW)
        with reading(db) as conn:
            assert load_settings(conn).reinvest_growth_pa == taken
    before = opened(db, "settings")
    edited = [{**row, "value": ""} if row["name"] == "total_return_pa" else row for row in typed(before)]
    with pytest.raises(BadInput, match="total_return_pa: '' is refused: expected a number"):
        save(db, "settings", edited, before, NOW)


def test_a_loan_that_something_is_pledged_to_cannot_be_removed(db: Path) -> None:
    read(
        db,
        (
            "loans.csv",
            "name,kind,currency,balance,rate_pa,profile\nLoan,securities_backed,JPY,1,2%,standard-60-70-85\n",
        ),
    )
    head = "ticker,account,asset_class,currency,quantity,cost_basis,pledged_to\n"
    read(db, ("holdings.csv", head + "7203,Bank,equity,JPY,1,1,Loan\n"))
    before = opened(db, "loans")
    with pytest.raises(BadInput, match="nothing else refers to"):
        save(db, "loans", [], before, NOW)
    assert len(rows(db, "loans")) == 1


def test_a_rate_says_which_way_round_it_was_read() -> None:
    """A file with base and currency mixed up would be worth 22,500 times too little; the line shows it."""
    rate = {"currency": "USD", "base": "JPY", "date": "2026-11-20", "rate": "150", "source": None}
    assert described(Change("fx_rates", None, rate)).endswith("2026-11-20: 1 USD = 150 JPY")
    turned = {**rate, "currency": "JPY", "base": "USD"}
    assert described(Change("fx_rates", None, turned)).endswith("2026-11-20: 1 JPY = 150 USD")
