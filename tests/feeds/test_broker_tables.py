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


ACTIVITY = """Statement,Header,Field Name,Field Value
Statement,Data,BrokerName,Interactive Brokers
Statement,Data,Period,"November 1, 2026 - November 20, 2026"
Account Information,Header,Field Name,Field Value
Account Information,Data,Account,U7654321
Open Positions,Header,DataDiscriminator,Asset Category,Currency,Symbol,Quantity,Mult,Cost Price,Cost Basis,Close Price,Value,Unrealized P/L,Code
Open Positions,Data,Summary,Stocks,USD,VTI,120,1,201.5,24180,310.25,37230,13050,
Open Positions,Data,Lot,Stocks,USD,VTI,120,1,201.5,24180,310.25,37230,13050,
Open Positions,Data,Summary,Equity and Index Options,USD,VTI 18DEC26 320 C,-1,100,3,-300,2.5,-250,50,
Open Positions,Total,,Stocks,USD,,,,,24180,,37230,13050,
Trades,Header,DataDiscriminator,Asset Category,Currency,Symbol,Date/Time,Quantity,T. Price,C. Price,Proceeds,Comm/Fee,Basis,Realized P/L,MTM P/L,Code
Trades,Data,Order,Stocks,USD,VTI,"2026-11-04, 09:30:01","1,000",300,301,-300000,-1,300001,0,0,O
Trades,Data,Order,Stocks,USD,VTI,"2026-11-05, 09:30:01",-880,310,301,272800,-1.5,0,0,0,C
Trades,SubTotal,,Stocks,USD,VTI,,120,,,-27200,-2.5,,,,
Dividends,Header,Currency,Date,Description,Amount
Dividends,Data,USD,2026-11-12,VTI(US9229087690) Cash Dividend USD 0.95 per Share (Ordinary Dividend),114
Dividends,Data,Total,,,114
Withholding Tax,Header,Currency,Date,Description,Amount,Code
Withholding Tax,Data,USD,2026-11-12,VTI(US9229087690) Cash Dividend USD 0.95 per Share - US Tax,-11.4,
Deposits & Withdrawals,Header,Currency,Settle Date,Description,Amount
Deposits & Withdrawals,Data,USD,2026-11-02,Electronic Fund Transfer,50000
Corporate Actions,Header,Asset Category,Currency,Report Date,Date/Time,Description,Quantity,Proceeds,Value,Realized P/L,Code
Corporate Actions,Data,Stocks,USD,2026-11-10,"2026-11-09, 20:25:00","VTI(US9229087690) Split 4 for 1 (VTI, VANGUARD TOTAL, US9229087690)",90,0,0,0,
Cash Report,Header,Currency Summary,Currency,Total,Securities,Futures,
Cash Report,Data,Ending Cash,USD,100.5,100.5,0,
"""


def test_the_activity_statement_of_interactive_brokers(db: Path, tmp_path: Path) -> None:
    bring(db, tmp_path, "activity.csv", ACTIVITY)
    assert [(r["account"], r["ticker"], r["quantity"], r["cost_basis"]) for r in rows(db, "holdings")] == [
        ("IBKR U7654321", "VTI", "120", "24180")
    ]
    assert booked(db, "date", "kind", "ticker", "quantity", "amount", "fee", "tax") == [
        ("2026-11-02", "deposit", None, "0", "50000", "0", "0"),
        ("2026-11-04", "buy", "VTI", "1000", "300000", "1", "0"),
        ("2026-11-05", "sell", "VTI", "880", "272800", "1.5", "0"),
        ("2026-11-10", "split", "VTI", "4", "0", "0", "0"),
        ("2026-11-12", "dividend", "VTI", "0", "114", "0", "11.4"),
    ]
    assert [(row["date"], row["close"]) for row in rows(db, "prices")] == [("2026-11-20", "310.25")]
    assert [row["amount"] for row in rows(db, "cash")] == ["100.5"]
    assert [row["item"] for row in rows(db, "open_items")] == ["OPT VTI 18DEC26 320 C"]


def test_an_activity_statement_with_positions_alone(db: Path) -> None:
    assert alm(db, "import", str(ODD / "ibkr_activity.csv"), "--as-of", "2026-11-20").returncode == 0
    assert [(r["account"], r["ticker"], r["quantity"]) for r in rows(db, "holdings")] == [("IBKR", "VTI", "120")]


@pytest.mark.parametrize(
    "header",
    [
        "accountId,currency,assetCategory,symbol,description,position,markPrice,positionValue,costBasisMoney,reportDate,levelOfDetail",
        '"ClientAccountID","CurrencyPrimary","AssetClass","Symbol","Description","Quantity","MarkPrice","PositionValue",'
        '"CostBasisMoney","ReportDate","LevelOfDetail"',
    ],
)
def test_a_flex_query_in_csv(db: Path, tmp_path: Path, header: str) -> None:
    text = (
        f"{header}\nU1,USD,STK,VTI,Vanguard,120,310.25,37230,24180,2026-11-20,SUMMARY\n"
        "accountId,currency,symbol,type,amount,dateTime,reportDate,transactionID,levelOfDetail\n"
        "U1,USD,VTI,Dividends,95,2026-11-12;202000,2026-11-12,901,DETAIL\n"
        "U1,USD,VTI,Withholding Tax,-9.5,2026-11-12;202000,2026-11-12,902,DETAIL\n"
    )
    bring(db, tmp_path, "flex.csv", text)
    assert [(r["account"], r["ticker"], r["quantity"], r["cost_basis"]) for r in rows(db, "holdings")] == [
        ("IBKR U1", "VTI", "120", "24180")
    ]
    assert booked(db, "date", "kind", "amount", "tax") == [("2026-11-12", "dividend", "95", "9.5")]


RAKUTEN_JP = (
    "■現在の評価額合計［円］\n1240500\n\n■特定口座\n"
    "銘柄コード,銘柄名,保有数量［株］,執行中［株］,(内訳　通常数量[株]),(内訳　積立数量[株]),平均取得価額［円］,取得総額［円］,現在値［円］,"
    "現在値（前日比）［円］,時価評価額［円］,評価損益［円］\n"
    '7203,架空自動車,400,0,400,0,"2,500.00","1,000,000","3,100.0",+1,"1,240,000","+240,000"\n'
    '合計,,,,,,,"1,000,000",,,"1,240,000","+240,000"\n\n'
    "■NISA成長投資枠\n"
    "銘柄コード,銘柄名,保有数量［株］,執行中［株］,(内訳　通常数量[株]),(内訳　積立数量[株]),平均取得価額［円］,取得総額［円］,現在値［円］,"
    "現在値（前日比）［円］,時価評価額［円］,評価損益［円］\n"
    "402A,架空開発,1,0,1,0,-,-,500.0,-,500,-\n"
)


def test_rakutens_japanese_shares_do_not_remove_the_others(db: Path, tmp_path: Path) -> None:
    (tmp_path / "holdings.csv").write_text(
        "ticker,account,asset_class,currency,quantity,cost_basis\nVTI,Rakuten 特定,equity,USD,5,1\n"
    )
    alm(db, "import", str(tmp_path / "holdings.csv"))
    bring(db, tmp_path, "assetbalance(JP)_20261120_180000.csv", RAKUTEN_JP, encoding="cp932")
    assert {(r["account"], r["ticker"], r["quantity"], r["cost_known"]) for r in rows(db, "holdings")} == {
        ("Rakuten 特定", "VTI", "5", "yes"),
        ("Rakuten 特定", "7203", "400", "yes"),
        ("Rakuten NISA成長投資枠", "402A", "1", "no"),
    }
    broken = RAKUTEN_JP.replace('合計,,,,,,,"1,000,000",,,"1,240,000"', '合計,,,,,,,"1,000,000",,,"1,240,009"')
    (tmp_path / "broken.csv").write_bytes(broken.encode("cp932"))
    assert "1,240,009" in alm(db, "import", str(tmp_path / "broken.csv")).stderr


CLIENT = """<client><version>66</version><baseCurrency>EUR</baseCurrency>
<securities><security><uuid>s1</uuid><name>Kunst AG</name><currencyCode>EUR</currencyCode><isin>US0378331005</isin>
<tickerSymbol>APC.F</tickerSymbol></security></securities>
<accounts><account><uuid>a1</uuid><name>Giro</name><currencyCode>EUR</currencyCode><transactions>
<account-transaction><uuid>t1</uuid><date>2026-06-01T00:00</date><currencyCode>EUR</currencyCode><amount>500000</amount>
<type>DEPOSIT</type></account-transaction>
<account-transaction><uuid>t2</uuid><date>2026-06-05T00:00</date><currencyCode>EUR</currencyCode><amount>215185</amount>
<crossEntry class="buysell"><portfolio><uuid>p1</uuid><name>Depot</name><transactions>
<portfolio-transaction><uuid>t3</uuid><date>2026-06-05T00:00</date><currencyCode>EUR</currencyCode><amount>215185</amount>
<security reference="../../../../../../../../../securities/security"/>
<shares>2000000000</shares><units><unit type="FEE"><amount currency="EUR" amount="1025"/></unit></units><type>BUY</type>
</portfolio-transaction>
<portfolio-transaction><uuid>t4</uuid><date>2026-06-18T00:00</date><currencyCode>EUR</currencyCode><amount>91266</amount>
<security reference="../../../../../../../../../securities/security[1]"/>
<shares>500000000</shares><type>DELIVERY_OUTBOUND</type></portfolio-transaction>
</transactions></portfolio></crossEntry><shares>0</shares><type>BUY</type></account-transaction>
<account-transaction><uuid>t5</uuid><date>2026-07-01T00:00</date><currencyCode>EUR</currencyCode><amount>850</amount>
<security reference="../../../../../securities/security"/>
<units><unit type="TAX"><amount currency="EUR" amount="159"/></unit></units><type>DIVIDENDS</type></account-transaction>
</transactions></account></accounts></client>
"""


def test_the_file_of_portfolio_performance(db: Path, tmp_path: Path) -> None:
    bring(db, tmp_path, "mine.xml", CLIENT)
    assert booked(db, "date", "kind", "account", "ticker", "quantity", "amount", "fee", "tax") == [
        ("2026-06-01", "deposit", "Giro", None, "0", "5000", "0", "0"),
        ("2026-06-05", "buy", "Depot", "APC.F", "20", "2141.6", "10.25", "0"),
        ("2026-06-18", "delivery", "Depot", "APC.F", "5", "0", "0", "0"),
        ("2026-07-01", "dividend", "Giro", "APC.F", "0", "10.09", "0", "1.59"),
    ]


def test_an_empty_file_of_portfolio_performance_is_read(db: Path, tmp_path: Path) -> None:
    empty = "<client><version>66</version><baseCurrency>EUR</baseCurrency><securities/></client>"
    assert "Nothing changed" in bring(db, tmp_path, "empty.xml", empty)


HISTORY = """Statement,Header,Field Name,Field Value
Statement,Data,Title,Transaction History
Summary,Header,Field Name,Field Value
Summary,Data,Base Currency,USD
Transaction History,Header,Date,Account,Description,Transaction Type,Symbol,Quantity,Price,Price Currency,Gross Amount,Commission,Net Amount
Transaction History,Data,2026-11-04,U***1,VANGUARD TOTAL,Buy,VTI,10,300,USD,-3000,-1,-3001
Transaction History,Data,2026-11-05,U***1,ASML HOLDING,Buy,ASML,2,600,EUR,-1350,-1,-1351
Transaction History,Data,2026-11-12,U***1,VTI Cash Dividend USD 0.95,Dividend,VTI,-,-,-,95,-,95
Transaction History,Data,2026-11-12,U***1,VTI Cash Dividend - US Tax,Foreign Tax Withholding,VTI,-,-,-,-9.5,-,-9.5
Transaction History,Data,2026-11-02,U***1,Electronic Fund Transfer,Deposit,-,-,-,-,5000,-,5000
"""


def test_the_transaction_history_of_newer_activity_statements(db: Path, tmp_path: Path) -> None:
    """A trade that was settled in another currency than it was priced in waits for a person."""
    bring(db, tmp_path, "history.csv", HISTORY)
    assert booked(db, "date", "kind", "ticker", "quantity", "amount", "fee", "tax") == [
        ("2026-11-02", "deposit", None, "0", "5000", "0", "0"),
        ("2026-11-04", "buy", "VTI", "10", "3000", "1", "0"),
        ("2026-11-12", "dividend", "VTI", "0", "95", "0", "9.5"),
    ]
    assert [row["item"] for row in rows(db, "open_items")] == ["Transaction History 2026-11-05 Buy ASML -1351"]
