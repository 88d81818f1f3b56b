"""Imports as changes: what a broker's file replaces, what it leaves, and taking the last one back."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from alm.errors import BadInput, Infeasible, StaleEdit
from alm.feeds.apply import apply
from alm.feeds.recognise import Reading, plan_files
from alm.store.books import load_balance_sheet
from alm.store.database import reading, writing
from alm.store.journal import KEPT, undo
from alm.store.tables import write_rows
from tests.feeds.books import FRIDAY, IBKR, NOW, RAKUTEN, SBI, SBI_TRADES, new_books, read, rows, sample

LOANS = "name,kind,currency,balance,rate_pa,profile\nLoan,securities_backed,JPY,500000,2%,standard-60-70-85\n"


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return new_books(tmp_path)


def held(db: Path, account: str, ticker: str) -> list[dict[str, str | None]]:
    return [row for row in rows(db, "holdings") if (row["account"], row["ticker"]) == (account, ticker)]


def edit(db: Path, table: str, **row: str) -> None:
    with writing(db) as conn:
        write_rows(conn, table, [row])


def test_the_books_value_a_broker_file_at_the_total_it_prints(db: Path) -> None:
    """5,539,003 yen on the file's own date: each of four rounded rows may be a yen off."""
    read(db, sample(RAKUTEN))
    with reading(db) as conn:
        sheet = load_balance_sheet(conn, FRIDAY + timedelta(days=1))
    assert sheet.missing == ()
    assert sheet.portfolio_value + sheet.cash == pytest.approx(5_539_003, abs=4)
    assert sheet.portfolio_value - sheet.portfolio_cost == pytest.approx(1_072_349, abs=4)


def test_what_the_household_said_about_a_holding_survives_the_next_file(db: Path) -> None:
    read(db, ("loans.csv", LOANS), sample(RAKUTEN))
    with writing(db) as conn:
        row = {**held(db, "Rakuten 特定", "7203")[0], "asset_class": "gold", "sector": "autos", "advance_rate": "0.6"}
        write_rows(conn, "holdings", [{**row, "pledged_to": "Loan"}])
        conn.exec_driver_sql(
            "DELETE FROM holdings WHERE ticker = '7203' AND pledged_to IS NULL AND account = 'Rakuten 特定'"
        )
    assert read(db, sample(RAKUTEN)).changes == ()
    (toyota,) = held(db, "Rakuten 特定", "7203")
    assert (toyota["asset_class"], toyota["sector"], toyota["pledged_to"]) == ("gold", "autos", "Loan")


def test_what_was_sold_disappears_and_is_reported(db: Path) -> None:
    """The books hold a share in a custody that the file no longer mentions."""
    read(db, sample(RAKUTEN), ("accounts.csv", "name\nRakuten 一般\nRakuten Bank\n"))
    edit(
        db,
        "holdings",
        ticker="6758",
        account="Rakuten 一般",
        asset_class="equity",
        currency="JPY",
        quantity="1",
        cost_basis="1",
    )
    edit(
        db,
        "holdings",
        ticker="GOLD",
        account="Rakuten Bank",
        asset_class="gold",
        currency="JPY",
        quantity="1",
        cost_basis="1",
    )
    applied = read(db, sample(RAKUTEN))
    assert [(c.kind, c.key) for c in applied.changes] == [("removed", ("Rakuten 一般", "6758", "JPY", None))]
    assert held(db, "Rakuten Bank", "GOLD")


def test_a_holding_split_between_pledged_and_free_stays_split(db: Path) -> None:
    """Of 400 Toyota 300 are pledged. The file still says 400: nothing changes. 450: the free 100 become 150."""
    read(db, ("loans.csv", LOANS), sample(RAKUTEN))
    base = held(db, "Rakuten 特定", "7203")[0]
    with writing(db) as conn:
        pledged = {**base, "quantity": "300", "cost_basis": "843750", "cost_basis_base": "843750", "pledged_to": "Loan"}
        free = {**base, "quantity": "100", "cost_basis": "281250", "cost_basis_base": "281250"}
        write_rows(conn, "holdings", [pledged, free])
    assert read(db, sample(RAKUTEN)).changes == ()
    header = "ticker,account,asset_class,currency,quantity,cost_basis,cost_basis_base\n"
    read(db, ("holdings.csv", header + "7203,Rakuten 特定,equity,JPY,450,1265625,1265625\n"))
    parts = {row["pledged_to"]: (row["quantity"], row["cost_basis"]) for row in held(db, "Rakuten 特定", "7203")}
    assert parts == {"Loan": ("300", "843750"), None: ("150", "421875")}
    with pytest.raises(BadInput, match="at least what is pledged"):
        read(db, ("holdings.csv", header + "7203,Rakuten 特定,equity,JPY,200,562500,562500\n"))


def test_a_broken_broker_file_leaves_every_table_as_it_was(db: Path) -> None:
    read(db, sample(SBI))
    name, data = sample(RAKUTEN)
    broken = data.replace("1,670,295".encode("cp932"), "1,670,294".encode("cp932"))
    with pytest.raises(BadInput, match="国内株式"):
        read(db, sample(SBI_TRADES), (name, broken))
    assert rows(db, "transactions") == []
    assert {row["account"] for row in rows(db, "holdings")} == {
        "SBI 特定",
        "SBI NISA成長投資枠",
        "SBI NISAつみたて投資枠",
    }


def test_two_equal_trades_of_a_broker_both_stay(db: Path) -> None:
    read(db, sample(SBI_TRADES), sample(IBKR))
    steel = [row for row in rows(db, "transactions") if row["ticker"] == "5401" and row["amount"] == "55530"]
    vti = [row for row in rows(db, "transactions") if row["ticker"] == "VTI" and row["kind"] == "buy"]
    assert (len(steel), len(vti)) == (2, 2)
    assert read(db, sample(SBI_TRADES), sample(IBKR)).changes == ()


def test_the_last_import_can_be_taken_back_and_then_the_one_before(db: Path) -> None:
    read(db, sample(SBI))
    before = {table: rows(db, table) for table in ("accounts", "holdings", "prices", "cash", "fx_rates")}
    read(db, sample(RAKUTEN))
    with writing(db) as conn:
        entry, changes = undo(conn, NOW)
    assert entry.files == RAKUTEN
    assert all(change.kind == "removed" for change in changes)
    assert {table: rows(db, table) for table in before} == before
    with writing(db) as conn:
        assert undo(conn, NOW)[0].files == SBI
    assert rows(db, "holdings") == []
    with writing(db) as conn, pytest.raises(Infeasible, match="no import or edit to undo"):
        undo(conn, NOW)


def test_what_was_changed_since_is_not_taken_back(db: Path) -> None:
    read(db, sample(SBI))
    edit(db, "prices", ticker="4502", date="2026-11-20", close="5700", currency="JPY")
    with pytest.raises(StaleEdit, match="4502"), writing(db) as conn:
        undo(conn, NOW)
    assert held(db, "SBI 特定", "4502")


def test_a_preview_that_is_out_of_date_is_not_applied(db: Path) -> None:
    plan = plan_files([sample(SBI)], Reading(FRIDAY))
    preview = apply(db, plan, NOW, dry_run=True)
    read(db, ("accounts.csv", "name\nSBI 特定\n"))
    with pytest.raises(StaleEdit, match="preview"):
        apply(db, plan, NOW, previewed=preview)
    assert rows(db, "holdings") == []
    assert apply(db, plan, NOW, previewed=apply(db, plan, NOW, dry_run=True)).number is not None


def test_the_journal_keeps_the_rows_of_the_last_imports_only(db: Path) -> None:
    for number in range(KEPT + 5):
        read(db, ("cash.csv", f"account,currency,amount\nBank,JPY,{number}\n"))
    with reading(db) as conn:
        kept = conn.exec_driver_sql("SELECT count(DISTINCT import_id) FROM import_changes").scalar_one()
        all_of_them = conn.exec_driver_sql("SELECT count(*) FROM imports").scalar_one()
    assert (kept, all_of_them) == (KEPT, KEPT + 5)


def test_a_brokers_price_fills_gaps_and_never_replaces_a_market_close(db: Path) -> None:
    """The market's close of 3,120 stays; the broker's own earlier figure gives way to its next one."""
    read(db, ("prices.csv", "ticker,date,close,currency,source\n7203,2026-11-21,3120,JPY,yahoo\n"))
    read(db, ("fx_rates.csv", "currency,base,date,rate,source\nUSD,JPY,2026-11-20,156,ecb\n"))
    read(db, sample(RAKUTEN))
    assert {row["ticker"]: row["close"] for row in rows(db, "prices")}["7203"] == "3120"
    assert {row["currency"]: row["rate"] for row in rows(db, "fx_rates")} == {
        "USD": "156",
        "EUR": "180.15",
        "GBP": "204.9",
    }
    name, data = sample(RAKUTEN)
    read(db, (name, data.replace(b'"180.15"', b'"180.25"')))
    assert {row["currency"]: row["rate"] for row in rows(db, "fx_rates")}["EUR"] == "180.25"
