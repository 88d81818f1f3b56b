"""Brokers' files that are one table: what each row becomes, through the command line into the books."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.feeds.books import alm, new_books, rows
from tests.feeds.test_odd_statements import ODD, booked

FIGURES = ("date", "kind", "account", "ticker", "quantity", "amount", "currency", "fee", "tax")


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return new_books(tmp_path)


def bring(db: Path, tmp_path: Path, name: str, text: str, *words: str, encoding: str = "utf-8") -> str:
    (tmp_path / name).write_bytes(text.encode(encoding))
    done = alm(db, "import", str(tmp_path / name), "--as-of", "2026-11-20", *words)
    assert done.returncode == 0, done.stderr
    assert "Nothing changed" in alm(db, "import", str(tmp_path / name), "--as-of", "2026-11-20", *words).stdout
    return done.stdout


def refused(db: Path, tmp_path: Path, name: str, text: str, *words: str) -> str:
    (tmp_path / name).write_text(text)
    done = alm(db, "import", str(tmp_path / name), *words)
    assert done.returncode == 2
    return done.stderr


def test_rakutens_history_of_trades_in_japan(db: Path) -> None:
    assert alm(db, "import", str(ODD / "tradehistory(JP)_20261120.csv")).returncode == 0
    assert booked(db, *FIGURES) == [("2026-06-05", "buy", "Rakuten 特定", "7203", "100", "300000", "JPY", "0", "0")]


def test_a_sale_with_costs_a_delivery_and_a_margin_trade_of_rakuten(db: Path, tmp_path: Path) -> None:
    """150 at 600 less 495 and 50 are 89,455."""
    text = (ODD / "tradehistory(JP)_20261120.csv").read_bytes().decode("cp932")
    header, row = text.splitlines()[:2]
    sold = row.replace('"買付"', '"売付"').replace('"100","3,000.0","0","0"', '"150","600.0","495","50"')
    sold = sold.replace('"300,000"', '"89,455"')
    gone = row.replace('"買付"', '"出庫"').replace('"300,000"', '"-"')
    margin = row.replace('"現物"', '"信用新規"')
    told = bring(db, tmp_path, "tradehistory(JP).csv", "\n".join([header, sold, gone, margin]) + "\n", encoding="cp932")
    assert booked(db, "kind", "quantity", "amount", "fee", "tax") == [
        ("sell", "150", "90000", "495", "50"),
        ("delivery", "100", "0", "0", "0"),
    ]
    assert "信用新規" in told
    broken = sold.replace('"89,455"', '"89,555"')
    assert "89,555" in refused(db, tmp_path, "tradehistory(JP).csv", f"{header}\n{broken}\n")


US = (
    "約定日,受渡日,ティッカー,銘柄名,口座,取引区分,売買区分,信用区分,弁済期限,決済通貨,数量［株］,単価［USドル］,約定代金［USドル］,"
    "為替レート,手数料［USドル］,税金［USドル］,受渡金額［USドル］,受渡金額［円］\n"
)


def test_rakutens_trades_in_america_paid_in_dollars_and_in_yen(db: Path, tmp_path: Path) -> None:
    """Ten at 100 with 4.95 of fees are 1,004.95 dollars, 150,743 yen at 150."""
    trade = (
        "2026/6/5,2026/6/9,VTI,架空ETF,特定,現物,買付,-,-,{money},10,100.00,1000.00,{rate},4.50,0.45,1004.95,{yen}\n"
    )
    text = (
        US
        + trade.format(money="ＵＳドル", rate="-", yen="-")
        + trade.format(money="円", rate="150.00", yen='"150,743"')
    )
    bring(db, tmp_path, "tradehistory(US).csv", text, encoding="cp932")
    assert booked(db, "kind", "account", "ticker", "quantity", "amount", "currency", "fee", "tax", "fx") == [
        ("buy", "Rakuten 特定", "VTI", "10", "1000", "USD", "4.5", "0.45", None),
        ("withdrawal", "Rakuten 特定", None, "0", "150743", "JPY", "0", "0", None),
        ("deposit", "Rakuten 特定", None, "0", "1004.95", "USD", "0", "0", None),
        ("buy", "Rakuten 特定", "VTI", "10", "1000", "USD", "4.5", "0.45", "150"),
    ]


def test_rakutens_trades_of_funds(db: Path, tmp_path: Path) -> None:
    """13,723 units at 29,148 per 10,000 are 40,000 yen; 500 of them were paid with points."""
    text = (
        "約定日,受渡日,ファンド名,分配金,口座,取引,買付方法,数量［口］,単価,経費,為替レート,受付金額[現地通貨],"
        "受渡金額/(ポイント利用)[円],決済通貨\n"
        '2026/6/5,2026/6/11,架空世界株式,再投資型,NISAつみたて投資枠,買付,積立,"13,723","29,148",0,-,-,"40,000(500)",円\n'
    )
    bring(db, tmp_path, "tradehistory(INVST).csv", text, encoding="cp932")
    assert booked(db, *FIGURES) == [
        ("2026-06-05", "buy", "Rakuten NISAつみたて投資枠", "架空世界株式", "13723", "40000", "JPY", "0", "0")
    ]
    assert rows(db, "accounts")[0]["tax_treatment"] == "tax_free"


def test_rakutens_dividends(db: Path, tmp_path: Path) -> None:
    text = (ODD / "dividendlist_20261120.csv").read_bytes().decode("cp932")
    dollars = '"2026/06/30","米国株式","特定・一般","VTI","架空ETF","USドル","1.00","10","10.00","2.82","7.18"\n'
    bring(db, tmp_path, "dividendlist.csv", text.rstrip() + "\n" + dollars, encoding="cp932")
    assert booked(db, *FIGURES) == [
        ("2026-06-30", "dividend", "Rakuten 特定", "7203", "0", "4500", "JPY", "0", "914"),
        ("2026-06-30", "dividend", "Rakuten 特定", "VTI", "0", "10", "USD", "0", "2.82"),
    ]
    assert "3,586.00" in refused(db, tmp_path, "dividendlist.csv", text.replace("3,586", "3,587"))


def test_rakutens_money_moved(db: Path, tmp_path: Path) -> None:
    text = '入出金日,入金額[円],出金額[円],内容,出金先\n2026/6/1,"100,000",-,振込入金,-\n2026/6/2,-,"30,000",出金,架空銀行\n'
    bring(db, tmp_path, "Withdrawallist.csv", text, encoding="cp932")
    assert booked(db, "date", "kind", "account", "amount", "note") == [
        ("2026-06-01", "deposit", "Rakuten", "100000", "振込入金"),
        ("2026-06-02", "withdrawal", "Rakuten", "30000", "出金"),
    ]
