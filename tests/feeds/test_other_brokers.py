"""Exports of other brokers and tools: what each row becomes, through the command line into the books."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.feeds.books import new_books, rows
from tests.feeds.test_broker_tables import bring, refused
from tests.feeds.test_odd_statements import booked

SHORT = ("date", "kind", "ticker", "quantity", "amount", "currency", "fee", "tax")


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return new_books(tmp_path)


def odd_words(db: Path) -> list[str | None]:
    return [row["word"] for row in rows(db, "open_items")]


def test_monex(db: Path, tmp_path: Path) -> None:
    """100 at 3,000 and 275 of costs; 20,000 units at 12,500 per 10,000; a foreign trade waits for a person."""
    text = (
        "銘柄名,銘柄コード,市場名,口座区分,商品区分,取引区分,預り区分,受渡日,約定日,数量,約定価格,為替レート,受渡金額\n"
        '架空自動車,7203,東証,総合,国内株式,買付,特定,2026/06/09,2026/06/05,100,"3,000",-,"-300,275"\n'
        '架空世界株式,,,総合,投資信託,売却,NISA(つ),2026/07/09,2026/07/05,"20,000","12,500",-,"25,000"\n'
        'VTI,VTI,NYSE,総合,米国株式,買付,特定,2026/07/09,2026/07/05,10,300,150,"-450,100"\n'
    )
    bring(db, tmp_path, "monex.csv", text, encoding="cp932")
    assert booked(db, "date", "account", "kind", "ticker", "quantity", "amount", "fee") == [
        ("2026-06-05", "Monex 特定", "buy", "7203", "100", "300000", "275"),
        ("2026-07-05", "Monex NISAつみたて投資枠", "sell", "架空世界株式", "20000", "25000", "0"),
    ]
    assert odd_words(db) == ["-450,100"]


def test_nomura_below_its_preamble(db: Path, tmp_path: Path) -> None:
    text = (
        "取引履歴,2026/11/20\n\n約定日,受渡日,商品,銘柄コード,銘柄名,摘要,取引区分,預り区分,発行通貨,数量,単価,受渡金額/決済損益,"
        "手数料（税込）,レート,決済通貨,売買損益（円）\n"
        '2026/06/05,2026/06/09,国内株式,7203,架空自動車,,買付,特定,円,100,"3,000","300,477",477,-,円,-\n'
        '2026/06/06,2026/06/10,国内株式,7203,架空自動車,,信用買建,特定,円,100,"3,000","300,477",477,-,円,-\n'
    )
    bring(db, tmp_path, "nomura.csv", text, encoding="cp932")
    assert booked(db, "account", *SHORT) == [
        ("Nomura 特定", "2026-06-05", "buy", "7203", "100", "300000", "JPY", "477", "0")
    ]
    assert odd_words(db) == ["信用買建"]


def test_bitflyer_signs_decide(db: Path, tmp_path: Path) -> None:
    """0.1 BTC bought, 0.0001 of them kept as a fee: 0.0999 came."""
    text = (
        "取引日時,通貨,取引種別,取引価格,通貨1,通貨1数量,手数料,通貨1の対円レート,通貨2,通貨2数量,自己・媒介,注文 ID,備考\n"
        '2026/06/01 10:00:00,JPY,入金,0,JPY,"1,000,000",0,1,,0,,J1,\n'
        '2026/06/02 10:00:00,BTC/JPY,買い,"9,000,000",BTC,0.1,-0.0001,9000000,JPY,"-900,000",自己,B1,\n'
        '2026/06/03 10:00:00,BTC/JPY,売り,"9,500,000",BTC,-0.05,0,9500000,JPY,"475,000",自己,B2,\n'
        "2026/06/04 10:00:00,BTC,外部送付,0,BTC,-0.01,0,9500000,,0,,B3,\n"
        "2026/06/05 10:00:00,BTC,受取,0,BTC,0.01,0,9500000,,0,,B4,\n"
    )
    bring(db, tmp_path, "TradeHistory.csv", text)
    assert booked(db, "kind", "ticker", "quantity", "amount") == [
        ("deposit", None, "0", "1000000"),
        ("buy", "BTC", "0.0999", "900000"),
        ("sell", "BTC", "0.05", "475000"),
        ("delivery", "BTC", "0.01", "0"),
    ]
    assert odd_words(db) == ["受取"]


def test_money_forward(db: Path, tmp_path: Path) -> None:
    text = (
        "計算対象,日付,内容,金額（円）,保有金融機関,大項目,中項目,メモ,振替,ID\n"
        '1,2026/06/01,架空スーパー,"-3,210",架空カード,食費,食料品,,0,id1\n'
        '0,2026/06/02,カード引落,"-50,000",架空銀行,,,,1,id2\n0,2026/06/02,内緒,-1,架空銀行,,,,0,id3\n'
    )
    bring(db, tmp_path, "収入・支出詳細.csv", text, encoding="cp932")
    assert booked(db, "date", "account", "kind", "amount", "note") == [
        ("2026-06-01", "架空カード", "withdrawal", "3210", "架空スーパー 食費 食料品"),
        ("2026-06-02", "架空銀行", "withdrawal", "50000", "カード引落"),
    ]


SCHWAB = (
    '"Positions for account Individual XXXX-1234 as of 04:00 PM ET, 2026/11/20"\n\n'
    '"Symbol","Description","Qty (Quantity)","Price","Mkt Val (Market Value)","Cost Basis","Asset Type",\n'
    '"VTI","VANGUARD TOTAL","120","$310.25","$37,230.00","$24,180.00","ETFs & Closed End Funds",\n'
    '"BRK/B","BERKSHIRE","2","$500.00","$1,000.00","--","Equity",\n'
    '"Cash & Cash Investments","--","--","--","$1,234.56","--","Cash and Money Market",\n'
    '"Positions Total","","--","--","$39,464.56","$24,180.00","--",\n'
)


def test_schwab_positions(db: Path, tmp_path: Path) -> None:
    bring(db, tmp_path, "Individual-Positions.csv", SCHWAB)
    assert [
        (r["account"], r["ticker"], r["quantity"], r["cost_basis"], r["cost_known"]) for r in rows(db, "holdings")
    ] == [
        ("Schwab Individual XXXX-1234", "BRK.B", "2", "0", "no"),
        ("Schwab Individual XXXX-1234", "VTI", "120", "24180", "yes"),
    ]
    assert [(row["amount"], row["currency"]) for row in rows(db, "cash")] == [("1234.56", "USD")]
    assert {row["date"] for row in rows(db, "prices")} == {"2026-11-20"}
    assert "37,230.00" in refused(db, tmp_path, "positions.csv", SCHWAB.replace('"$37,230.00"', '"$37,330.00"'))


def test_fidelity_positions(db: Path, tmp_path: Path) -> None:
    text = (
        "Account Number,Account Name,Symbol,Description,Quantity,Last Price,Last Price Change,Current Value,"
        "Cost Basis Total,Average Cost Basis,Type\n"
        "X123,Individual,SPAXX**,HELD IN MONEY MARKET,,,,$500.25,,,Cash\n"
        "X123,Individual,VTI,VANGUARD TOTAL,120,$310.25,+$1.00,$37230.00,$24180.00,$201.50,Cash\n"
        "X123,Individual,Pending Activity,,,,,$-20.00,,,\n\n"
        '"The data and information in this spreadsheet is provided to you solely for your use"\n'
        '"Date downloaded Nov-20-2026 4:10 p.m ET"\n'
    )
    bring(db, tmp_path, "Portfolio_Positions.csv", text)
    assert [(r["account"], r["ticker"], r["cost_basis"]) for r in rows(db, "holdings")] == [
        ("Fidelity X123", "VTI", "24180")
    ]
    assert [row["amount"] for row in rows(db, "cash")] == ["500.25"]
    assert odd_words(db) == ["Pending Activity"]


def test_trading_212(db: Path, tmp_path: Path) -> None:
    """10 at 1,550 pence are 155 pounds; with 0.78 of stamp duty 155.78 were paid. VTI was paid in pounds too."""
    text = (
        "Action,Time,ISIN,Ticker,Name,No. of shares,Price / share,Currency (Price / share),Exchange rate,Result,Total,"
        "Currency (Total),Withholding tax,Currency (Withholding tax),Notes,ID\n"
        "Deposit,2026-06-01 09:00:00,,,,,,,,,1000.00,GBP,,,,D1\n"
        "Market buy,2026-06-02 09:00:00,GB1,VOD,Fone,10,1550,GBX,1,,155.78,GBP,,,,E1\n"
        "Market buy,2026-06-03 09:00:00,US1,VTI,Total,2,300,USD,1.25,,481.00,GBP,,,,E2\n"
        "Dividend (Ordinary),2026-06-04 09:00:00,GB1,VOD,Fone,10,50,GBX,,,4.50,GBP,0.50,GBP,,\n"
        "Stock split open,2026-06-05 09:00:00,GB1,VOD,Fone,10,50,GBX,,,0,GBP,,,,S1\n"
    )
    bring(db, tmp_path, "t212.csv", text)
    assert booked(db, *SHORT) == [
        ("2026-06-01", "deposit", None, "0", "1000", "GBP", "0", "0"),
        ("2026-06-02", "buy", "VOD", "10", "155", "GBP", "0.78", "0"),
        ("2026-06-03", "withdrawal", None, "0", "481", "GBP", "0", "0"),
        ("2026-06-03", "deposit", None, "0", "600", "USD", "0", "0"),
        ("2026-06-03", "buy", "VTI", "2", "600", "USD", "0", "0"),
        ("2026-06-04", "dividend", "VOD", "0", "5", "GBP", "0", "0.5"),
    ]
    assert odd_words(db) == ["Stock split open"]


def test_coinbase_below_its_preamble(db: Path, tmp_path: Path) -> None:
    text = (
        "Transactions\nUser,x\nID,Timestamp,Transaction Type,Asset,Quantity Transacted,Price Currency,"
        "Price at Transaction,Subtotal,Total (inclusive of fees and/or spread),Fees and/or Spread,Notes\n"
        "c1,2026-06-01 10:00:00 UTC,Buy,BTC,0.01,EUR,€90000.00,€900.00,€913.41,€13.41,Bought\n"
        "c2,2026-06-02 10:00:00 UTC,Send,BTC,-0.004,EUR,€90000.00,-€360.00,-€360.00,€0.00,Sent\n"
        "c3,2026-06-03 10:00:00 UTC,Staking Income,ETH,0.001,EUR,€3000.00,€3.00,€3.00,€0.00,\n"
        "c4,2026-06-04 10:00:00 UTC,Convert,BTC,-0.001,EUR,€90000.00,-€90.00,-€90.00,€1.00,Converted\n"
    )
    bring(db, tmp_path, "coinbase.csv", text)
    assert booked(db, "kind", "ticker", "quantity", "amount", "currency", "fee") == [
        ("buy", "BTC", "0.01", "900", "EUR", "13.41"),
        ("delivery", "BTC", "0.004", "0", "EUR", "0"),
        ("transfer", "ETH", "0.001", "3", "EUR", "0"),
    ]
    assert odd_words(db) == ["Convert"]


def test_degiro_in_dutch(db: Path, tmp_path: Path) -> None:
    text = (
        "Datum,Tijd,Valutadatum,Product,ISIN,Omschrijving,FX,Mutatie,,Saldo,,Order Id\n"
        '01-06-2026,09:00,01-06-2026,,,iDEAL Deposit,,EUR,"1.000,00",EUR,"1.000,00",\n'
        '02-06-2026,09:00,02-06-2026,KUNST AG,DE1,"Koop 5 @ 100,5 EUR (DE1)",,EUR,"-502,50",EUR,"497,50",o1\n'
        '02-06-2026,09:00,02-06-2026,KUNST AG,DE1,DEGIRO Transactiekosten en/of kosten van derden,,EUR,"-3,00",EUR,"494,50",o1\n'
        '03-06-2026,09:00,03-06-2026,KUNST AG,DE1,Dividend,,EUR,"10,00",EUR,"504,50",\n'
        '04-06-2026,09:00,04-06-2026,,,Geldmarktfonds Prijsmutatie,,EUR,"0,01",EUR,"504,51",\n'
    )
    bring(db, tmp_path, "Account.csv", text)
    assert booked(db, *SHORT[:6]) == [
        ("2026-06-01", "deposit", None, "0", "1000", "EUR"),
        ("2026-06-02", "buy", "DE1", "5", "502.5", "EUR"),
        ("2026-06-02", "fee", "DE1", "0", "3", "EUR"),
        ("2026-06-03", "dividend", "DE1", "0", "10", "EUR"),
    ]
    assert odd_words(db) == ["Geldmarktfonds Prijsmutatie"]


def test_ghostfolio_and_wealthfolio(db: Path, tmp_path: Path) -> None:
    ghost = (
        "Date,Code,DataSource,Currency,Price,Quantity,Action,Fee,Note\n"
        "2026-06-01T00:00:00.000Z,VTI,YAHOO,USD,300,2,BUY,1.5,\n2026-06-02,VTI,YAHOO,USD,0.9,2,DIVIDEND,0,\n"
        "2026-06-03,GOLD,MANUAL,USD,1,1,LIABILITY,0,\n"
    )
    wealth = (
        "date,symbol,quantity,activityType,unitPrice,currency,fee,amount\n"
        "2026-06-01,$CASH-USD,1,DEPOSIT,1,USD,0,1000\n2026-06-02,VTI,2,SELL,310,USD,1,620\n"
        "2026-06-03,VTI,5,TRANSFER_OUT,310,USD,0,\n2026-06-04,VTI,0,DIVIDEND,0,USD,0,4.5\n"
    )
    bring(db, tmp_path, "ghostfolio.csv", ghost, "--account", "Ghost")
    bring(db, tmp_path, "wealthfolio.csv", wealth, "--account", "Wealth")
    assert booked(db, "account", "kind", "ticker", "quantity", "amount", "fee") == [
        ("Ghost", "buy", "VTI", "2", "600", "1.5"),
        ("Wealth", "deposit", None, "0", "1000", "0"),
        ("Ghost", "dividend", "VTI", "0", "1.8", "0"),
        ("Wealth", "sell", "VTI", "2", "620", "1"),
        ("Wealth", "delivery", "VTI", "5", "0", "0"),
        ("Wealth", "dividend", "VTI", "0", "4.5", "0"),
    ]
    assert odd_words(db) == ["LIABILITY"]
    assert "--account NAME" in refused(db, tmp_path, "ghostfolio.csv", ghost)


def test_ghostfolio_in_json(db: Path, tmp_path: Path) -> None:
    text = (
        '{"meta":{"version":"x"},"activities":[{"accountId":"a","fee":1.5,"quantity":2,"type":"BUY","unitPrice":300.25,'
        '"currency":"USD","dataSource":"YAHOO","date":"2026-06-01T00:00:00.000Z","symbol":"VTI"}]}'
    )
    bring(db, tmp_path, "ghostfolio.json", text, "--account", "Ghost")
    assert booked(db, *SHORT[:7]) == [("2026-06-01", "buy", "VTI", "2", "600.5", "USD", "1.5")]


BANK = """OFXHEADER:100
DATA:OFXSGML
CHARSET:1252

<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>EUR
<BANKACCTFROM><BANKID>1<ACCTID>77<ACCTTYPE>CHECKING</BANKACCTFROM>
<BANKTRANLIST><DTSTART>20260601<DTEND>20260630
<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260601120000<TRNAMT>3500.00<FITID>f1<NAME>Gehalt</STMTTRN>
<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20260602<TRNAMT>-1200.50<FITID>f2<NAME>Miete<MEMO>Juni &amp; Nebenkosten</STMTTRN>
</BANKTRANLIST><LEDGERBAL><BALAMT>2299.50<DTASOF>20260630</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>
"""
BROKER = """<?xml version="1.0"?><?OFX OFXHEADER="200" VERSION="211"?>
<OFX><INVSTMTMSGSRSV1><INVSTMTTRNRS><INVSTMTRS><DTASOF>20261120</DTASOF><CURDEF>USD</CURDEF>
<INVACCTFROM><BROKERID>x</BROKERID><ACCTID>88</ACCTID></INVACCTFROM>
<INVTRANLIST><DTSTART>20261101</DTSTART><DTEND>20261120</DTEND>
<BUYSTOCK><INVBUY><INVTRAN><FITID>b1</FITID><DTTRADE>20261104</DTTRADE></INVTRAN>
<SECID><UNIQUEID>922908769</UNIQUEID><UNIQUEIDTYPE>CUSIP</UNIQUEIDTYPE></SECID><UNITS>10</UNITS>
<UNITPRICE>300</UNITPRICE><COMMISSION>1</COMMISSION><TOTAL>-3001</TOTAL></INVBUY><BUYTYPE>BUY</BUYTYPE></BUYSTOCK>
<INCOME><INVTRAN><FITID>i1</FITID><DTTRADE>20261112</DTTRADE></INVTRAN><SECID><UNIQUEID>922908769</UNIQUEID></SECID>
<INCOMETYPE>DIV</INCOMETYPE><TOTAL>95</TOTAL></INCOME>
<CLOSUREOPT><INVTRAN><FITID>o1</FITID><DTTRADE>20261112</DTTRADE></INVTRAN><UNITS>1</UNITS></CLOSUREOPT></INVTRANLIST>
<INVPOSLIST><POSSTOCK><INVPOS><SECID><UNIQUEID>922908769</UNIQUEID></SECID><UNITS>120</UNITS>
<UNITPRICE>310.25</UNITPRICE><MKTVAL>37230</MKTVAL><DTPRICEASOF>20261120</DTPRICEASOF></INVPOS></POSSTOCK></INVPOSLIST>
<INVBAL><AVAILCASH>250.75</AVAILCASH></INVBAL></INVSTMTRS></INVSTMTTRNRS></INVSTMTMSGSRSV1>
<SECLISTMSGSRSV1><SECLIST><STOCKINFO><SECINFO><SECID><UNIQUEID>922908769</UNIQUEID></SECID><SECNAME>Total</SECNAME>
<TICKER>VTI</TICKER></SECINFO></STOCKINFO></SECLIST></SECLISTMSGSRSV1></OFX>
"""


def test_ofx_of_a_bank(db: Path, tmp_path: Path) -> None:
    bring(db, tmp_path, "bank.ofx", BANK)
    assert booked(db, "date", "account", "kind", "amount", "note") == [
        ("2026-06-01", "OFX 77", "deposit", "3500", "Gehalt"),
        ("2026-06-02", "OFX 77", "withdrawal", "1200.5", "Miete Juni & Nebenkosten"),
    ]
    assert [(row["currency"], row["amount"]) for row in rows(db, "cash")] == [("EUR", "2299.5")]


def test_ofx_of_a_broker(db: Path, tmp_path: Path) -> None:
    bring(db, tmp_path, "broker.qfx", BROKER)
    assert [(r["ticker"], r["quantity"], r["cost_known"]) for r in rows(db, "holdings")] == [("VTI", "120", "no")]
    assert booked(db, "kind", "ticker", "quantity", "amount", "fee") == [
        ("buy", "VTI", "10", "3000", "1"),
        ("dividend", "VTI", "0", "95", "0"),
    ]
    assert [(row["amount"], row["currency"]) for row in rows(db, "cash")] == [("250.75", "USD")]
    assert [row["item"] for row in rows(db, "open_items")] == ["CLOSUREOPT o1"]
    assert "37,230.00" in refused(db, tmp_path, "broker.qfx", BROKER.replace("<MKTVAL>37230", "<MKTVAL>37330"))
