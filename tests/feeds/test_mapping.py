"""Any other CSV by a mapping of its columns: given once, known again by its header."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.feeds.books import alm, new_books, rows
from tests.feeds.test_odd_statements import booked

BANK = """
table = "transactions"
decimal = "comma"
dates = "day first"
[columns]
date = "Buchungstag"
amount = "Betrag"
note = "Verwendungszweck"
[fixed]
account = "Bank"
currency = "EUR"
[sign]
positive = "deposit"
negative = "withdrawal"
"""
STATEMENT = (
    "Kontoauszug\n\nBuchungstag;Verwendungszweck;Betrag;Saldo\n"
    "01.06.2026;Gehalt;3.500,00;4.000,00\n02.06.2026;Miete;-1.200,5;2.799,50\n"
)
LENDER = """
table = "loans"
[columns]
balance_on = "取引日"
balance = "借入残高（円）"
[fixed]
name = "Loan"
"""
LOANS = "name,kind,currency,balance,rate_pa,profile\nLoan,securities_backed,JPY,500000,2%,standard-60-70-85\n"


@pytest.fixture
def db(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return new_books(tmp_path)


def write(tmp_path: Path, name: str, text: str, encoding: str = "utf-8") -> str:
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return str(path)


def test_a_banks_statement_is_read_by_its_mapping_and_from_then_on_by_its_header(db: Path, tmp_path: Path) -> None:
    mapping, file = write(tmp_path, "bank.toml", BANK), write(tmp_path, "umsaetze.csv", STATEMENT)
    assert "--map FILE.toml" in alm(db, "import", file).stderr
    done = alm(db, "import", file, "--map", mapping)
    assert done.returncode == 0, done.stderr
    assert booked(db, "date", "account", "kind", "amount", "currency", "note") == [
        ("2026-06-01", "Bank", "deposit", "3500", "EUR", "Gehalt"),
        ("2026-06-02", "Bank", "withdrawal", "1200.5", "EUR", "Miete"),
    ]
    assert "Nothing changed" in alm(db, "import", file).stdout


def test_the_balance_of_a_loan_comes_from_its_lenders_csv(db: Path, tmp_path: Path) -> None:
    """The newest row is the balance; the rate, the rules and the kind stay the household's own."""
    alm(db, "import", write(tmp_path, "loans.csv", LOANS))
    text = '取引日,摘要,借入残高（円）\n2026年11月18日,利息,"-660,000"\n2026年11月20日,返済,"-610,000"\n2026年11月19日,借入,"-700,000"\n'
    file, mapping = write(tmp_path, "meisai.csv", text, "cp932"), write(tmp_path, "lender.toml", LENDER)
    done = alm(db, "import", file, "--map", mapping)
    assert done.returncode == 0, done.stderr
    (loan,) = rows(db, "loans")
    assert (loan["balance"], loan["balance_on"], loan["rate_pa"], loan["profile"], loan["kind"]) == (
        "610000", "2026-11-20", "0.02", "standard-60-70-85", "securities_backed",
    )  # fmt: skip


def test_two_columns_say_the_kind_and_words_are_translated(db: Path, tmp_path: Path) -> None:
    mapping = (
        'table = "transactions"\n[columns]\ndate = "日付"\n[either]\ndeposit = "お預入れ"\nwithdrawal = "お引出し"\n'
        '[fixed]\naccount = "架空銀行"\ncurrency = "JPY"\n'
    )
    file = write(tmp_path, "bank.csv", '日付,お預入れ,お引出し\n2026/6/1,"100,000",\n2026/6/2,-,"3,000"\n')
    assert alm(db, "import", file, "--map", write(tmp_path, "m.toml", mapping)).returncode == 0
    assert booked(db, "kind", "amount") == [("deposit", "100000"), ("withdrawal", "3000")]


def test_holdings_by_a_mapping_ask_before_they_remove(db: Path, tmp_path: Path) -> None:
    mapping = (
        'table = "holdings"\n[columns]\nticker = "Symbol"\nquantity = "Units"\ncost_basis = "Paid"\nasset_class = "Type"\n'
        '[fixed]\naccount = "Depot"\ncurrency = "USD"\n[words.asset_class]\nShare = "equity"\n'
    )
    toml = write(tmp_path, "h.toml", mapping)
    both = write(tmp_path, "positions.csv", "Symbol,Units,Paid,Type\nVTI,5,1000,Share\nBND,1,70,bond\n")
    assert alm(db, "import", both, "--map", toml).returncode == 0
    one = write(tmp_path, "positions.csv", "Symbol,Units,Paid,Type\nVTI,5,1000,Share\n")
    assert "removes 1 holding" in alm(db, "import", one).stderr
    assert len(rows(db, "holdings")) == 2


@pytest.mark.parametrize(
    ("printed", "broken", "named"),
    [
        ("01.06.2026", "2026-06-01", "a date written day first"),
        ("3.500,00", "3,500.00x", "Betrag"),
        ("Buchungstag;", "Tag;", "Betrag, Buchungstag, Verwendungszweck"),
    ],
)
def test_what_a_mapping_cannot_read_is_named(db: Path, tmp_path: Path, printed: str, broken: str, named: str) -> None:
    file = write(tmp_path, "umsaetze.csv", STATEMENT.replace(printed, broken))
    done = alm(db, "import", file, "--map", write(tmp_path, "bank.toml", BANK))
    assert done.returncode == 2
    assert named in done.stderr
    assert rows(db, "transactions") == []


def test_a_wrong_key_of_a_mapping_is_named(db: Path, tmp_path: Path) -> None:
    mapping = write(tmp_path, "bank.toml", BANK.replace("amount =", "sum ="))
    done = alm(db, "import", write(tmp_path, "u.csv", STATEMENT), "--map", mapping)
    assert (done.returncode, "bank.toml, sum: expected one of the columns" in done.stderr) == (2, True)
