"""Who said what a price is: figures from files and hands give way to closes, and securities with one symbol are told
apart. Each case is a kind of fault that households met, with its right value worked out by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from alm.cli import group
from alm.errors import BadInput
from alm.store.database import writing
from alm.store.journal import undo
from alm.store.tables import write_all
from tests.feeds.dealing import (
    LONG_AGO,
    answer,
    dealing,
    household,
    loan,
    put_price,
    share,
    sheet,
    table,
    verdict,
)
from tests.feeds.market import DAYS, TODAY, Market, closes, rates, run, update

market = dealing  # the same market for every test


RAKUTEN = """"■資産合計欄"
"","時価評価額[円]","前日比[円]","前日比[％]","前月比[円]","前月比[％]","評価損益[円]","評価損益[％]","","実現損益[円]","配当・分配金[円貨]","配当・分配金[外貨]"
"資産合計","1,300,000","-","-","-","-","-","-","","0","0","-"
"国内株式","1,200,000","-","-","-","-","+75,000","+1.0","","0","0","-"
"預り金合計","100,000","-","-","-","-","-","-","","0","0","-"
"預り金","100,000","-","-","-","-","-","-","","0","0","-"

"■ 保有商品詳細 (すべて）"

"種別","銘柄コード・ティッカー","銘柄","口座","保有数量","［単位］","平均取得価額","［単位］","現在値","［単位］","現在値(更新日)","(参考為替)","前日比","［単位］","時価評価額[円]","時価評価額[外貨]","評価損益[円]","評価損益[％]"
"国内株式","7203","トヨタ自動車","特定","400","株","2,812.50","円","3,000.0","円","","","+12.0","円","1,200,000","-","+75,000","+10.40"

"■参考為替レート"

"米ドル","150.00","円/USD","({day}  21:59)"
"""


def test_a_close_replaces_what_a_brokers_file_of_that_morning_said(tmp_path: Path, market: Market) -> None:
    """The file of 06:45 has yesterday's 3,000: 660,000 / 1,200,000 = 55.0 %. The day closes at 2,400: 68.75 %."""
    db = household(tmp_path / "alm.db", loans=[loan("660000")])
    file = tmp_path / f"assetbalance(all)_{DAYS[-1]:%Y%m%d}_064500.csv"
    file.write_bytes(RAKUTEN.format(day=f"{DAYS[-2]:%m/%d}").encode("cp932"))
    assert CliRunner().invoke(group, ["import", str(file), "--db", str(db)]).exit_code == 0
    with writing(db) as conn:
        conn.exec_driver_sql("UPDATE holdings SET pledged_to = 'Loan'")
    before = verdict(db)
    assert before.ltv == pytest.approx(0.55)
    assert before.verdict == "CAUTION"
    market.replies["7203.T"] = answer({DAYS[-2]: 3_000.0, DAYS[-1]: 2_400.0})
    assert update(db)["7203"]["closes"] == 2
    after = verdict(db)
    assert after.ltv == pytest.approx(0.6875)
    assert after.verdict == "DANGER"
    assert table(db, "prices")[-1] == {
        "ticker": "7203", "currency": "JPY", "date": DAYS[-1].isoformat(), "close": "2400", "source": "yahoo",
        "provisional": "no",
    }  # fmt: skip


def test_a_rate_of_a_brokers_file_gives_way_to_the_central_bank(tmp_path: Path, market: Market) -> None:
    rate = {"currency": "USD", "base": "JPY", "date": DAYS[-1].isoformat(), "rate": "140", "source": "Rakuten"}
    db = household(tmp_path / "alm.db", fx_rates=[rate], cash=[{"account": "Broker", "currency": "USD", "amount": "1"}])
    assert sheet(db).cash == 140
    update(db)
    assert sheet(db).cash == 150
    assert [(name, rate.source, rate.provisional) for name, rate in sheet(db).fx] == [("USD", "ecb", False)]


def test_a_price_typed_over_a_close_is_provisional_again(tmp_path: Path, market: Market) -> None:
    db = household(tmp_path / "alm.db", holdings=[share("7203", "JPY", "1")])
    market.replies["7203.T"] = closes(2_700, 2_710, 2_720)
    update(db)
    run(db, "enter", "7203", DAYS[-1].isoformat(), "9999")
    assert sheet(db).portfolio_value == 9_999
    update(db)
    assert sheet(db).portfolio_value == 2_720


def test_a_provisional_close_is_asked_for_until_it_is_right(tmp_path: Path, market: Market) -> None:
    """95 while the market is open; then an answer without that day; then 102.5, which is right."""
    db = household(tmp_path / "alm.db", holdings=[share("VT", "USD", "1")])
    moving = {"zone": "Pacific/Kiritimati", "currency": "USD", "symbol": "VT"}  # its day is the latest there is
    with writing(db) as conn:
        row = {"ticker": "VT", "date": DAYS[1].isoformat(), "close": "95", "currency": "USD", "source": "yahoo",
               "provisional": "yes"}  # fmt: skip
        write_all(conn, {"prices": [row]})
    market.replies["VT"] = answer({DAYS[0]: 100.0, DAYS[1]: None, DAYS[2]: 103.0}, **moving)
    update(db)
    market.replies["VT"] = answer({DAYS[0]: 100.0, DAYS[1]: 102.5, DAYS[2]: 103.0}, **moving)
    update(db)
    assert [(row["close"], row["provisional"]) for row in table(db, "prices")] == [
        ("100", "no"), ("102.5", "no"), ("103", "no")
    ]  # fmt: skip


def test_every_price_says_who_said_so(tmp_path: Path, market: Market) -> None:
    db = household(tmp_path / "alm.db", holdings=[share("7203", "JPY", "1"), share("AAA", "USD", "1")])
    market.replies["7203.T"] = closes(2_700, 2_710, 2_720)
    market.replies["AAA"] = closes(10, 11, 12, currency="USD", symbol="AAA")
    update(db)
    run(db, "enter", "AAA", DAYS[-1].isoformat(), "13")
    lines = [line.split() for line in run(db, "show").splitlines() if line.split()[:1] in (["7203"], ["AAA"], ["USD"])]
    day = DAYS[-1].isoformat()
    assert lines == [
        ["7203", "2,720", "JPY", day, "yahoo"], ["AAA", "13", "USD", day, "manual", "provisional"],
        ["USD", "150", "JPY", day, "ecb"],
    ]  # fmt: skip
    assert run(db, "show", "--json")["quotes"]["AAA"]["quote"]["provisional"] is True


def test_todays_figure_is_provisional_and_yesterdays_is_not(tmp_path: Path, market: Market) -> None:
    db = household(tmp_path / "alm.db", holdings=[share("VT", "USD", "1")])
    market.replies["VT"] = answer({DAYS[-1]: 100.0, TODAY: 95.0}, currency="USD", symbol="VT", zone="UTC")
    update(db)
    assert [row["provisional"] for row in table(db, "prices")] == ["no", "yes"]
    market.replies["VT"] = answer({DAYS[-1]: 90.0, TODAY: 102.5}, currency="USD", symbol="VT", zone="UTC")
    update(db)
    assert [row["close"] for row in table(db, "prices")] == ["100", "102.5"]


def test_the_days_of_a_gap_are_filled_in_although_files_have_newer_prices(tmp_path: Path, market: Market) -> None:
    db = household(tmp_path / "alm.db", holdings=[share("7203", "JPY", "1")])
    market.replies["7203.T"] = answer({LONG_AGO: 2_500.0})
    update(db)
    put_price(db, "7203", DAYS[1], "2600", source="Rakuten")
    later = {LONG_AGO + timedelta(days=n): 2_500.0 + n for n in range(1, 200, 7)}
    market.replies["7203.T"] = answer({**later, DAYS[1]: 2_650.0})
    assert update(db)["7203"]["closes"] == len(later) + 1
    assert sheet(db).portfolio_value == 2_650


BA = [share("BA", "USD", "10"), share("BA", "GBP", "100")]


def test_two_securities_with_one_symbol_have_two_prices_and_two_sources(tmp_path: Path, market: Market) -> None:
    """Boeing in New York at 200 dollars, BAE Systems in London at 1,500 pence: 300,000 and 300,000 yen."""
    db = household(tmp_path / "alm.db", holdings=BA)
    market.replies["BA.L"] = closes(1_480, 1_490, 1_500, currency="GBp", zone="Europe/London", symbol="BA.L")
    market.replies["BA?"] = market.replies["BA"] = closes(198, 199, 200, currency="USD", symbol="BA")
    run(db, "update")
    assert {h.ticker: h.value for h in sheet(db).holdings} == {"BA/USD": 300_000, "BA/GBP": 300_000}
    with pytest.raises(BadInput, match="--currency, because BA is held in GBP, USD"):
        run(db, "source", "BA", "manual")
    run(db, "source", "--currency", "GBP", "BA", "manual")
    assert {row["ticker"]: row["source"] for row in table(db, "price_sources")} == {"BA": "manual"}


def test_a_file_may_hold_one_symbol_in_two_currencies(tmp_path: Path) -> None:
    db = household(tmp_path / "alm.db", loans=[loan("1")], holdings=[share("BA", "USD", "4", pledged_to="Loan")])
    path = tmp_path / "holdings.csv"
    head = "account,ticker,asset_class,currency,quantity,cost_basis"
    path.write_text(f"{head}\nBroker,BA,equity,USD,10,1\nBroker,BA,equity,GBP,100,1\n")
    assert CliRunner().invoke(group, ["import", str(path), "--db", str(db)]).exit_code == 0
    assert {(row["currency"], row["quantity"], row["pledged_to"]) for row in table(db, "holdings")} == {
        ("USD", "10", "Loan"), ("GBP", "100", None)
    }  # fmt: skip


def test_a_minor_unit_is_no_currency_of_a_file(tmp_path: Path) -> None:
    """GBp read as GBP would be a hundred times too much."""
    path = tmp_path / "prices.csv"
    path.write_text(f"ticker,date,close,currency\nBA,{DAYS[-1]},1500,GBp\n")
    found = CliRunner().invoke(group, ["import", str(path), "--db", str(household(tmp_path / "alm.db"))])
    assert str(found.exception) == (
        "prices.csv, row 2, currency: 'GBp' is refused: expected amounts in GBP, of which GBp is a hundredth."
    )


def test_a_file_of_prices_gives_way_to_closes_and_may_be_read_twice(tmp_path: Path, market: Market) -> None:
    db = household(tmp_path / "alm.db", holdings=[share("7203", "JPY", "1")])
    market.replies["7203.T"] = closes(2_700, 2_710, 2_720)
    update(db)
    path = tmp_path / "prices.csv"
    path.write_text(f"ticker,date,close,currency\n7203,{DAYS[-1]},9999,JPY\n")
    for _ in range(2):
        assert CliRunner().invoke(group, ["import", str(path), "--db", str(db)]).exit_code == 0
    assert (sheet(db).portfolio_value, sheet(db).holdings[0].price.provisional) == (9_999, True)
    update(db)
    price = sheet(db).holdings[0].price
    assert (price.value, price.source, price.provisional) == (2_720, "yahoo", False)


def test_an_import_is_taken_back_although_a_close_has_replaced_its_price(tmp_path: Path, market: Market) -> None:
    db = household(tmp_path / "alm.db", holdings=[share("7203", "JPY", "1")])
    path = tmp_path / "prices.csv"
    path.write_text(f"ticker,date,close,currency\n7203,{DAYS[-2]},9998,JPY\n7203,{DAYS[-1]},9999,JPY\n")
    assert CliRunner().invoke(group, ["import", str(path), "--db", str(db)]).exit_code == 0
    market.replies["7203.T"] = answer({DAYS[-1]: 2_720.0})
    update(db)
    with writing(db) as conn:
        undo(conn, datetime.now(UTC))
    assert [(row["close"], row["source"]) for row in table(db, "prices")] == [("2720", "yahoo")]


def test_a_price_in_another_currency_is_none_and_says_so(tmp_path: Path, market: Market) -> None:
    rate = {"currency": "GBP", "base": "JPY", "date": DAYS[-1].isoformat(), "rate": "200"}
    db = household(tmp_path / "alm.db", holdings=[share("BA", "GBP", "100")], fx_rates=[rate])
    put_price(db, "BA", DAYS[-1], "200", currency="USD")
    found = verdict(db)
    assert found.verdict == "UNKNOWN"
    assert found.checks[0].sentence == (
        "Data are missing: no price for BA in GBP, only one in USD, which may be another security's."
    )


@pytest.mark.parametrize(
    ("unit", "currency", "suffix", "paid_in", "expected"),
    [
        ("GBp", "GBP", ".L", "USD", "0.1 USD"),  # about 0.077 pounds, not 0.001
        ("GBp", "GBP", ".L", None, "0.001 GBP"),
        ("GBX", "GBP", ".L", "GBX", "0.001 GBP"),
        ("ZAc", "ZAR", "", "ZAc", "0.001 ZAR"),
        ("ILA", "ILS", "", "ILS", "0.1 ILS"),
        ("USD", "USD", "", "NOK", "0.1 NOK"),
    ],
)
def test_a_hundredth_is_a_hundredth_and_a_dividend_has_its_own_currency(
    tmp_path: Path, market: Market, unit: str, currency: str, suffix: str, paid_in: str | None, expected: str
) -> None:
    symbol = f"XX{suffix}"
    source = [{"ticker": "XX", "source": "yahoo", "symbol": symbol}]
    db = household(tmp_path / "alm.db", holdings=[share("XX", currency, "1")], price_sources=source)
    market.replies[symbol] = closes(1_500, 1_510, 1_520, currency=unit, symbol=symbol, paid_in=paid_in,
                                    dividends={DAYS[0].isoformat(): 0.1})  # fmt: skip
    for name in (currency, paid_in or ""):
        market.replies.setdefault(name, rates(name, 10, 10, 10))
    run(db, "update", "XX")
    (price, *_), (paid,) = table(db, "prices"), table(db, "dividends")
    assert float(price["close"] or 0) == pytest.approx(1_500 if unit == currency else 15.0)
    assert f"{paid['amount']} {paid['currency']}" == expected


def test_the_currency_of_a_dividend_is_asked_a_rate_for(tmp_path: Path, market: Market) -> None:
    """15.32 crowns a share at 14 yen: 100 shares pay 21,448 yen a year."""
    db = household(tmp_path / "alm.db", holdings=[share("EQNR", "USD", "100")])
    market.replies["EQNR"] = closes(25, 25.5, 26, currency="USD", symbol="EQNR", paid_in="NOK",
                                    dividends={DAYS[0].isoformat(): 15.32})  # fmt: skip
    assert update(db, expect=3)["NOK"]["status"] == "failed"
    assert verdict(db).checks[0].sentence == "Data are missing: no exchange rate for NOK."
    market.replies["NOK"] = rates("NOK", 14, 14, 14)
    update(db)
    assert verdict(db).dividends_gross == pytest.approx(100 * 15.32 * 14)
