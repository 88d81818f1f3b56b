"""Interactive Brokers Flex, Portfolio Performance and the two generic formats."""

from __future__ import annotations

from pathlib import Path

import pytest

from alm.errors import AlmError, BadInput
from alm.feeds.recognise import Reading, plan_file
from tests.feeds.books import FRIDAY, IBKR, SAMPLES, new_books, read, rows, sample

GERMAN = (
    "Datum;Typ;Wert;Buchungswährung;Bruttobetrag;Währung Bruttobetrag;Wechselkurs;Gebühren;Steuern;Stück;ISIN;WKN;"
    "Ticker-Symbol;Wertpapiername;Notiz\n"
    "2024-01-15T00:00;Einlage;5.000,00;EUR;;;;;;;;;;;\n"
    "2024-01-16T09:30;Kauf;-1.004,99;EUR;;;;4,99;;10;IE00B4L5Y983;A0RPWH;EUNL.DE;iShares Core MSCI World;Sparplan\n"
    "15.03.2024;Dividende;8,50;EUR;11,55;USD;1,0870;;1,59;5;US0378331005;865985;AAPL;Apple Inc.;\n"
    "2024-06-03T14:00;Verkauf;520,00;EUR;;;;5,00;15,00;5,5;IE00B4L5Y983;A0RPWH;EUNL.DE;iShares Core MSCI World;\n"
)
ENGLISH = (
    "Date,Type,Value,Transaction Currency,Fees,Taxes,Shares,ISIN,Ticker Symbol,Security Name,Note\n"
    '2021-06-05T00:00,Buy,"2,151.85",EUR,10.25,0.00,20,US0378331005,,Apple Inc.,\n'
)
HOLDINGS = (
    "symbol,quantity,asset_type,cost_basis,purchase_date,currency\n"
    "AAPL,10,stock,150.25,2024-01-15,USD\nAAPL,5,stock,180,2024-06-01,USD\nBTC,0.25,crypto,60000,2024-02-01,USD\n"
)
TRADES = "symbol,type,quantity,price,fees,date\nAAPL,buy,10,150.25,1.5,2024-03-01\nAAPL,dividend,10,0.24,,2024-05-16\n"


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return new_books(tmp_path)


def transactions(db: Path, *columns: str) -> list[tuple[str | None, ...]]:
    return [tuple(row[column] for column in columns) for row in rows(db, "transactions")]


def test_interactive_brokers_positions_cash_and_rates(db: Path) -> None:
    """The lot line repeats the summary and is not added to it; the margin debit stays negative."""
    read(db, sample(IBKR))
    assert [(r["ticker"], r["quantity"], r["cost_basis"], r["currency"]) for r in rows(db, "holdings")] == [
        ("ASML", "10.5", "6300", "EUR"),
        ("VTI", "120", "24180", "USD"),
    ]
    assert {(r["currency"], r["amount"]) for r in rows(db, "cash")} == {("USD", "-10000.5"), ("EUR", "1600")}
    (rate,) = rows(db, "fx_rates")
    assert (rate["currency"], rate["base"], rate["rate"], rate["date"]) == ("EUR", "USD", "1.125", "2026-11-20")


def test_interactive_brokers_events_carry_fees_and_withheld_tax(db: Path) -> None:
    read(db, sample(IBKR))
    found = transactions(db, "date", "kind", "ticker", "amount", "fee", "tax")
    assert found == [
        ("2026-11-02", "deposit", None, "5000", "0", "0"),
        ("2026-11-04", "buy", "VTI", "3000", "1", "0"),
        ("2026-11-04", "buy", "VTI", "3000", "1", "0"),
        ("2026-11-04", "fee", None, "41.2", "0", "0"),
        ("2026-11-10", "sell", "ASML", "1300", "1.5", "0.5"),
        ("2026-11-12", "dividend", "VTI", "95", "0", "9.5"),
    ]


@pytest.mark.parametrize(
    ("printed", "broken", "named"),
    [
        ('positionValue="37230"', 'positionValue="37330"', "positionValue"),
        ('position="10.5"', 'position="11.5"', "positionValue"),
        ('costBasisMoney="6300"', 'costBasisMoney="6200"', "fifoPnlUnrealized"),
        ('netCash="1298"', 'netCash="1398"', "netCash"),
        ('endingCash="1600"', 'endingCash="NaN"', "endingCash"),
        ('rate="1.125" />', 'rate="-1" />', "rate"),
        ('reportDate="2026-11-20" fromCurrency', 'reportDate="20/11/26x" fromCurrency', "ISO dates"),
        ("</FlexStatements>", "", "well-formed XML"),
        ('endingCash="1600"', 'endingCash="1700"', "endingCash"),
        ('tradeID="502"', 'tradeID="501"', "each only once"),
        ('transactionID="904"', 'transactionID="901"', "each only once"),
        ('tradeDate="2026-11-10"', 'tradeDate="2027-11-10"', "which the statement is about"),
        ('currency="EUR" fxRateToBase', 'fxRateToBase', "ISO currency code"),
        ('levelOfDetail="LOT"', 'surprise="1"', "levelOfDetail"),
    ],
)  # fmt: skip
def test_one_broken_figure_refuses_a_flex_statement(printed: str, broken: str, named: str) -> None:
    text = (SAMPLES / IBKR).read_text()
    assert printed in text
    with pytest.raises(BadInput) as refusal:
        plan_file(IBKR, text.replace(printed, broken).encode(), Reading(FRIDAY))
    assert named in str(refusal.value)
    assert str(refusal.value).startswith(IBKR)


@pytest.mark.parametrize(
    "prologue",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
        '<!DOCTYPE x SYSTEM "file:///etc/passwd">',
        '<! doctype x [<!entity % remote SYSTEM "http://example.invalid/x.dtd"> %remote;]>',
    ],
)
def test_hostile_xml_is_refused_unread(prologue: str) -> None:
    text = prologue + (SAMPLES / IBKR).read_text()
    with pytest.raises(BadInput, match="without document type or entities"):
        plan_file("flex.xml", text.encode(), Reading(FRIDAY, format="ibkr"))


def test_portfolio_performance_in_german_with_decimal_commas(db: Path) -> None:
    """Bought for 1,004.99 with 4.99 of fees: 1,000 of shares. 8.50 received after 1.59 of tax: 10.09 gross."""
    read(db, ("Buchungen.csv", GERMAN), account="Depot")
    assert transactions(db, "date", "kind", "ticker", "quantity", "amount", "fee", "tax") == [
        ("2024-01-15", "deposit", None, "0", "5000", "0", "0"),
        ("2024-01-16", "buy", "EUNL.DE", "10", "1000", "4.99", "0"),
        ("2024-03-15", "dividend", "AAPL", "0", "10.09", "0", "1.59"),
        ("2024-06-03", "sell", "EUNL.DE", "5.5", "540", "5", "15"),
    ]
    assert read(db, ("Buchungen.csv", GERMAN), account="Depot").changes == ()


def test_portfolio_performance_in_english_with_decimal_points(db: Path) -> None:
    read(db, ("transactions of depot.csv", ENGLISH), account="Depot")
    assert transactions(db, "ticker", "amount", "fee") == [("US0378331005", "2141.6", "10.25")]


@pytest.mark.parametrize(
    ("printed", "broken", "sentence"),
    [
        ("-1.004,99", "-1,004.99", "value: '-1,004.99' is refused: expected a number such as 1.234,56."),
        ("15.03.2024", "15/03/2024", "date: '15/03/2024' is refused: expected a date written year first"),
        ("Stück", "Anteile", "expected the column shares (English or German) once."),
    ],
)
def test_portfolio_performance_refusals(printed: str, broken: str, sentence: str) -> None:
    with pytest.raises(BadInput) as refusal:
        plan_file("pp.csv", GERMAN.replace(printed, broken).encode(), Reading(FRIDAY, account="Depot"))
    assert sentence in str(refusal.value)


def test_generic_holdings_state_the_cost_of_one_unit(db: Path) -> None:
    """10 at 150.25 and 5 at 180 are 15 that cost 2,402.50."""
    read(db, ("holdings.csv", HOLDINGS), account="Robin")
    assert [(r["ticker"], r["quantity"], r["cost_basis"], r["asset_class"]) for r in rows(db, "holdings")] == [
        ("AAPL", "15", "2402.5", "equity"),
        ("BTC", "0.25", "15000", "crypto"),
    ]


def test_generic_trades_without_a_currency_are_in_the_households_and_say_so(db: Path) -> None:
    applied = read(db, ("trades.csv", TRADES), account="Robin", base="USD")
    assert transactions(db, "kind", "quantity", "amount", "fee", "currency") == [
        ("buy", "10", "1502.5", "1.5", "USD"),
        ("dividend", "0", "2.4", "0", "USD"),
    ]
    assert "read as USD" in applied.warnings[0]


def test_a_format_that_names_no_account_asks_for_one() -> None:
    with pytest.raises(BadInput, match="--account NAME"):
        plan_file("trades.csv", TRADES.encode(), Reading(FRIDAY))


def test_an_unknown_format_lists_the_known_ones() -> None:
    with pytest.raises(AlmError, match=r"known: ibkr, .*rakuten"):
        plan_file("x.csv", b"a,b\n", Reading(FRIDAY, format="etrade"))
