"""What each command says where there is nothing: one clear sentence, never an empty table or a figure of nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from alm.cli import group
from alm.errors import Infeasible
from alm.store.database import create, writing
from alm.store.tables import write_all

NOTHING = "Nothing has been entered yet; `alm import` reads your files, see `alm import --help`."
NO_PRICES = "Nothing that has a price or an exchange rate is in the books yet; `alm import` reads your files."
BANK = {
    "settings": [{"name": "fire_paths", "value": "200"}],
    "accounts": [{"name": "Bank"}],
    "cash": [{"account": "Bank", "currency": "JPY", "amount": "1000000"}],
}
SHARE = {
    **BANK,
    "holdings": [
        {"ticker": "7203", "account": "Bank", "asset_class": "equity", "currency": "JPY", "quantity": "100",
         "cost_basis": "100000"},
    ],
    "prices": [{"ticker": "7203", "date": "2026-11-20", "close": "2000", "currency": "JPY", "source": "manual"}],
    "price_sources": [{"kind": "price", "ticker": "7203", "source": "manual"}],
    "transactions": [
        {"date": "2026-01-05", "kind": "buy", "account": "Bank", "ticker": "7203", "quantity": "100", "amount": "100000",
         "currency": "JPY"},
        {"date": "2026-01-05", "kind": "deposit", "account": "Bank", "amount": "1100000", "currency": "JPY"},
    ],
}  # fmt: skip


def said(db: Path, command: str) -> str:
    found = CliRunner().invoke(group, [*command.split(), "--db", str(db)])
    assert found.exception is None or isinstance(found.exception, SystemExit), found.exception
    return " ".join(found.output.split())


def books(path: Path, tables: dict[str, list[dict[str, str]]]) -> Path:
    create(path)
    with writing(path) as conn:
        write_all(conn, tables)
    return path


@pytest.mark.parametrize(
    "command",
    ["stress", "scenario us-2007", "drill us-2007", "reverse", "defence", "snowball", "fire", "risk", "rebalance",
     "backtest", "what-if --cash 1"],
)  # fmt: skip
def test_from_nothing_nothing_is_computed(tmp_path: Path, command: str) -> None:
    db = books(tmp_path / "alm.db", {})
    found = CliRunner().invoke(group, [*command.split(), "--db", str(db)])
    assert isinstance(found.exception, Infeasible)
    assert (str(found.exception), found.output) == (NOTHING, "")


def test_an_empty_book_is_read_aloud(tmp_path: Path) -> None:
    db = books(tmp_path / "alm.db", {})
    assert said(db, "prices update") == said(db, "prices source") == NO_PRICES
    assert said(db, "prices held") == "Nothing is held back."
    assert said(db, "ledger --realised") == "There are no transactions yet; `alm import` reads a broker's trades."
    assert said(db, "brief").endswith("Nothing has been entered yet.")
    assert said(db, f"export {tmp_path / 'out'}") == "Nothing has been entered yet: there is nothing to write."


def test_without_a_loan_no_fall_forces_a_sale(tmp_path: Path) -> None:
    db = books(tmp_path / "alm.db", BANK)
    assert said(db, "stress") == "Nothing is owed on a securities-backed loan: a falling market forces no sale."
    assert said(db, "scenario us-2007").endswith(
        "Nothing is owed on a securities-backed loan, so no sale can be forced."
    )
    assert said(db, "reverse").startswith("Nothing forces a sale:")


def test_without_a_sale_the_ledger_says_so(tmp_path: Path) -> None:
    told = said(books(tmp_path / "alm.db", SHARE), "ledger --realised --as-of 2026-11-20")
    assert "Nothing has been sold yet." in told
    assert told.endswith("The books and the transactions agree.")
    assert "Proceeds" not in told


def test_where_every_price_is_entered_by_hand_nobody_is_asked(tmp_path: Path) -> None:
    told = said(books(tmp_path / "alm.db", SHARE), "prices update")
    assert told.endswith("Every price here is entered by hand: nothing was asked of anybody.")


def test_the_same_in_japanese(tmp_path: Path) -> None:
    db = books(tmp_path / "alm.db", {**SHARE, "settings": [{"name": "language", "value": "ja"}]})
    assert said(db, "stress") == "証券担保ローンの借入はありません。市場が下がっても強制売却にはなりません。"
    assert "売却した取引はまだありません。" in said(db, "ledger --realised")
    assert said(db, "prices update").endswith("ここの価格はすべて手入力です。外部には何も問い合わせていません。")
