"""What a feed sends that must not pass for the truth, from the server's answer to the verdict: each case is a kind of
fault that households met, with its right value worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from alm.balance_sheet import BalanceSheet
from alm.briefing import Briefing
from alm.cli import group
from alm.errors import BadInput, UnknownName
from alm.feeds.edit import put
from alm.gather import morning
from alm.store.books import load_balance_sheet
from alm.store.database import create, reading, writing
from alm.store.journal import undo
from alm.store.tables import read_rows, write_all
from tests.feeds.market import DAYS, TODAY, Market, closes, coin, open_market, rates, run, update
from tests.feeds.server import DISCONNECT, Reply, as_json
from tests.feeds.yahoo_answers import chart

Rows = list[dict[str, str | None]]
LONG_AGO = TODAY - timedelta(days=300)


@pytest.fixture
def market(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Market]:
    with open_market(tmp_path, monkeypatch) as playing:
        playing.replies = {"USD": rates("USD", 150, 150, 150), "GBP": rates("GBP", 200, 200, 200)}
        yield playing


def household(path: Path, **tables: Rows) -> Path:
    create(path)
    base: dict[str, Rows] = {
        "accounts": [{"name": "Broker"}],
        "cash": [{"account": "Broker", "currency": "JPY", "amount": "1000000"}],
    }
    with writing(path) as conn:
        write_all(conn, base | tables)
    return path


def share(ticker: str, currency: str, quantity: str, **more: str) -> dict[str, str | None]:
    return {"ticker": ticker, "account": "Broker", "asset_class": "equity", "currency": currency, "quantity": quantity,
            "cost_basis": "1", **more}  # fmt: skip


def loan(balance: str) -> dict[str, str | None]:
    return {"name": "Loan", "kind": "securities_backed", "currency": "JPY", "balance": balance, "rate_pa": "0.02",
            "profile": "standard-60-70-85", "balance_on": TODAY.isoformat()}  # fmt: skip


def sheet(db: Path) -> BalanceSheet:
    with reading(db) as conn:
        return load_balance_sheet(conn, TODAY)


def verdict(db: Path) -> Briefing:
    return morning(db, TODAY, simulate=False)


def table(db: Path, name: str) -> list[dict[str, str | None]]:
    with reading(db) as conn:
        return read_rows(conn, name)


def answer(days: dict[date, float | None], **more: Any) -> Reply:
    return as_json(chart({day.isoformat(): value for day, value in days.items()}, **more))


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


def put_price(db: Path, ticker: str, on: date, close: str, currency: str = "JPY", source: str = "manual") -> None:
    row = {"ticker": ticker, "date": on.isoformat(), "close": close, "currency": currency, "source": source}
    put(db, "prices", row, TODAY)


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


def reverse(db: Path, market: Market) -> None:
    """10,000 units at 10.6 dollars; then one new unit for ten old ones, at 106."""
    market.replies["REVS"] = closes(10.4, 10.6, currency="USD", symbol="REVS")
    update(db)
    split = {DAYS[-1].isoformat(): (1.0, 10.0)}
    market.replies["REVS"] = closes(104, 106, 106, currency="USD", symbol="REVS", splits=split)


def test_a_reverse_split_makes_nobody_rich(tmp_path: Path, market: Market) -> None:
    """10,000 × 10.6 × 150 = 15,900,000 before and after; 8,000,000 of it is owed: 50.3 %."""
    holdings = [share("REVS", "USD", "10000", pledged_to="Loan")]
    db = household(tmp_path / "alm.db", loans=[loan("8000000")], holdings=holdings)
    reverse(db, market)
    assert "say `alm prices confirm REVS` if it does" in " ".join(run(db, "update", "--force").split())
    found = verdict(db)
    assert (sheet(db).portfolio_value, found.verdict) == (pytest.approx(15_900_000), "UNKNOWN")
    assert found.ltv == pytest.approx(8 / 15.9)
    assert found.checks[0].sentence.startswith(
        f"Data are in doubt: REVS was split on {DAYS[-1]} (0.1 new units per old)"
    )


@pytest.mark.parametrize(
    ("quantity", "confirmed"), [("1000", True), ("999.5", True), ("1500", False), ("10000", False)]
)
def test_the_quantity_confirms_the_split_or_its_owner_does(
    tmp_path: Path, market: Market, quantity: str, confirmed: bool
) -> None:
    db = household(tmp_path / "alm.db", holdings=[share("REVS", "USD", "10000")])
    reverse(db, market)
    update(db)
    path = tmp_path / "holdings.csv"
    path.write_text(f"account,ticker,asset_class,currency,quantity,cost_basis\nBroker,REVS,equity,USD,{quantity},1\n")
    assert CliRunner().invoke(group, ["import", str(path), "--db", str(db)]).exit_code == 0
    assert (verdict(db).checks[0].level == "UNKNOWN") is not confirmed
    if confirmed:
        assert sheet(db).portfolio_value == pytest.approx(float(quantity) * 106 * 150)
        path.write_text(path.read_text().replace(quantity, "1700"))  # bought since: nothing is asked again
        assert CliRunner().invoke(group, ["import", str(path), "--db", str(db)]).exit_code == 0
        assert verdict(db).checks[0].level == "SAFE"
        return
    assert sheet(db).portfolio_value == pytest.approx(float(quantity) * 10.6 * 150)
    assert run(db, "confirm", "REVS") == "REVS is valued at its new unit: the quantity held counts the split.\n"
    assert sheet(db).portfolio_value == pytest.approx(float(quantity) * 106 * 150)
    with pytest.raises(UnknownName, match="There is no split to confirm named 'REVS'"):
        run(db, "confirm", "REVS")


def test_taking_the_import_back_asks_again(tmp_path: Path, market: Market) -> None:
    db = household(tmp_path / "alm.db", holdings=[share("REVS", "USD", "10000")])
    reverse(db, market)
    update(db)
    path = tmp_path / "holdings.csv"
    path.write_text("account,ticker,asset_class,currency,quantity,cost_basis\nBroker,REVS,equity,USD,1000,1\n")
    assert CliRunner().invoke(group, ["import", str(path), "--db", str(db)]).exit_code == 0
    with writing(db) as conn:
        undo(conn, datetime.now(UTC))
    assert sheet(db).portfolio_value == pytest.approx(15_900_000)
    assert verdict(db).verdict == "UNKNOWN"


def test_a_fresh_reverse_split_in_the_first_answer_is_asked_about_and_an_old_one_is_not(
    tmp_path: Path, market: Market
) -> None:
    db = household(tmp_path / "alm.db", holdings=[share("REVS", "USD", "10000"), share("OLD", "USD", "10")])
    split = {DAYS[-1].isoformat(): (1.0, 10.0)}
    market.replies["REVS"] = closes(104, 106, 106, currency="USD", symbol="REVS", splits=split)
    past = {"currency": "USD", "symbol": "OLD", "splits": {LONG_AGO.isoformat(): (1.0, 10.0)}}
    market.replies["OLD"] = answer({LONG_AGO - timedelta(days=1): 100.0, LONG_AGO: 100.0, DAYS[-1]: 100.0}, **past)
    update(db)
    assert [split.ticker for split in sheet(db).uncounted_splits] == ["REVS"]
    assert sheet(db).portfolio_value == pytest.approx(10_000 * 10.6 * 150 + 10 * 100 * 150)


@pytest.mark.parametrize(("price", "quantity", "asked"), [("106", "1000", False), ("1060", "100", True)])
def test_a_brokers_file_in_the_new_unit_counts_a_split_of_its_day(
    tmp_path: Path, market: Market, price: str, quantity: str, asked: bool
) -> None:
    """Ten new units for an old one: the file of that morning has them, at 106, or the old ones, at 1,060."""
    db = household(tmp_path / "alm.db", holdings=[share("7203", "JPY", "100")])
    market.replies["7203.T"] = closes(1_040, 1_060)
    update(db)
    put_price(db, "7203", DAYS[-1], price, source="Rakuten")
    with writing(db) as conn:
        conn.exec_driver_sql("UPDATE holdings SET quantity = ?", (quantity,))
    split = {DAYS[-1].isoformat(): (10.0, 1.0)}
    market.replies["7203.T"] = closes(104, 106, 107, splits=split)
    update(db)
    assert sheet(db).portfolio_value == pytest.approx(107_000)
    assert bool(sheet(db).uncounted_splits) is asked


def test_a_split_that_the_ledger_enters_is_counted(tmp_path: Path, market: Market) -> None:
    db = household(tmp_path / "alm.db", holdings=[share("REVS", "USD", "10000")])
    reverse(db, market)
    update(db)
    split = {"date": DAYS[-1].isoformat(), "kind": "split", "account": "Broker", "ticker": "REVS", "quantity": "0.1",
             "currency": "USD"}  # fmt: skip
    with writing(db) as conn:
        write_all(conn, {"transactions": [split]})
    assert sheet(db).uncounted_splits == ()


def test_a_split_of_one_to_nothing_is_one_tickers_trouble(tmp_path: Path, market: Market) -> None:
    """The closes of that answer are good; the next ticker and the rates are asked as ever."""
    db = household(tmp_path / "alm.db", holdings=[share("AAA", "USD", "1"), share("BBB", "USD", "1")])
    zero = {DAYS[-1].isoformat(): (1.0, 0.0)}
    market.replies["AAA"] = closes(10, 11, 12, currency="USD", symbol="AAA", splits=zero)
    market.replies["BBB"] = closes(20, 21, 22, currency="USD", symbol="BBB")
    found = update(db)
    assert {name: (each["status"], each["value"]) for name, each in found.items()} == {
        "AAA": ("updated", 12), "BBB": ("updated", 22), "USD": ("updated", 150)
    }  # fmt: skip
    assert found["AAA"]["notes"] == [f"Yahoo reports a split of 1 to 0 on {DAYS[-1]}, which was left out."]


def test_an_answer_that_nobody_thought_of_is_one_tickers_trouble(tmp_path: Path, market: Market) -> None:
    """A field of a megabyte, which the reader of CSV itself refuses."""
    fund = {"ticker": "Fund", "source": "toushin", "symbol": FUND}
    holdings = [share("Fund", "JPY", "1", asset_class="fund"), share("ZZZ", "USD", "1")]
    db = household(tmp_path / "alm.db", holdings=holdings, price_sources=[fund])
    market.replies["ZZZ"] = closes(10, 11, 12, currency="USD", symbol="ZZZ")
    market.replies[""] = Reply(
        "年月日,基準価額(円),分配金\n".encode("cp932") + b"9" * 1_000_000, content_type="text/csv"
    )
    found = update(db, expect=3)
    assert found["Fund"]["failure"] == "the answer of toushin could not be read (Error)."
    assert (found["ZZZ"]["value"], found["USD"]["value"]) == (12, 150)


def test_what_the_books_refuse_of_an_answer_is_that_tickers_trouble_too(tmp_path: Path, market: Market) -> None:
    """A price of more digits than the books keep, after somebody's slip in the scale."""
    holdings = [share("AAA", "USD", "1"), share("BBB", "USD", "1")]
    slip = {"ticker": "AAA", "source": "yahoo", "symbol": "AAA", "scale": "1" + "0" * 30}
    db = household(tmp_path / "alm.db", holdings=holdings, price_sources=[slip])
    market.replies["AAA"] = closes(1_000, 1_100, 1_200, currency="USD", symbol="AAA")
    market.replies["BBB"] = closes(20, 21, 22, currency="USD", symbol="BBB")
    found = update(db, expect=3)
    assert found["AAA"]["failure"].startswith("the answer was refused: ")
    assert (found["AAA"]["closes"], found["BBB"]["value"], found["USD"]["value"]) == (0, 22, 150)


def test_an_answer_for_another_symbol_is_refused(tmp_path: Path, market: Market) -> None:
    db = household(tmp_path / "alm.db", holdings=[share("AAA", "USD", "1")])
    market.replies["AAA"] = closes(10, 11, 12, currency="USD", symbol="ZZZ")
    assert update(db, expect=3)["AAA"]["failure"] == (
        "Yahoo answered for ZZZ instead of AAA; nothing was stored. If AAA was renamed, choose the new symbol with "
        "`alm prices source`."
    )
    assert table(db, "prices") == []


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
    market.replies["NOK"] = rates("NOK", 14, 14, 14)
    update(db)
    update(db)
    assert verdict(db).dividends_gross == pytest.approx(100 * 15.32 * 14)


QUARTERS = [TODAY - timedelta(days=n) for n in (340, 250, 160, 70)]


def paying(special: float, on: date) -> Reply:
    amounts = {day.isoformat(): 1.02 for day in QUARTERS} | {on.isoformat(): special}
    return closes(500, 500.5, 501, currency="USD", symbol="SPEC", dividends=amounts)


@pytest.mark.parametrize("ago", [300, 200, 120, 30])
def test_a_payment_that_looks_special_is_held_for_a_decision(tmp_path: Path, market: Market, ago: int) -> None:
    """Four times 1.02 and once 15.00 a share, 1,000 shares: 4,080 dollars a year, 11.3 % of 36,000."""
    living: Rows = [{"name": "Life", "amount": "3000", "currency": "USD", "frequency": "monthly"}]
    db = household(tmp_path / "alm.db", holdings=[share("SPEC", "USD", "1000")], expenses=living,
                   settings=[{"name": "base_currency", "value": "USD"}])  # fmt: skip
    day = TODAY - timedelta(days=ago)
    market.replies |= {"SPEC": paying(15.0, day), "JPY": as_json({"base": "JPY", "rates": {
        str(DAYS[-1]): {"USD": 0.0066}}})}  # fmt: skip
    assert update(db)["SPEC"]["held_back"] == 1
    found = verdict(db)
    assert found.dividends_gross == pytest.approx(4_080)
    assert found.fire_ratio_gross == pytest.approx(4_080 / 36_000)
    assert "a special, perhaps" in " ".join(run(db, "held").split())
    assert run(db, "accept", "--special", "SPEC", day.isoformat()) == "1 figure of SPEC stored.\n"
    assert update(db)["SPEC"]["held_back"] == 0
    assert verdict(db).dividends_gross == pytest.approx(4_080)
    assert [row["amount"] for row in table(db, "dividends") if row["kind"] == "special"] == ["15"]


def test_a_large_payment_of_every_december_is_no_special(tmp_path: Path, market: Market) -> None:
    db = household(tmp_path / "alm.db", holdings=[share("SPEC", "USD", "1000")])
    years = [day - timedelta(days=365 * n) for n in (0, 1) for day in QUARTERS]
    amounts = {day.isoformat(): 4.0 if day in (years[3], years[7]) else 1.0 for day in years}
    market.replies["SPEC"] = closes(500, 500.5, 501, currency="USD", symbol="SPEC", dividends=amounts)
    assert update(db)["SPEC"]["held_back"] == 0


def test_a_newer_figure_that_is_held_back_leaves_no_green_verdict(tmp_path: Path, market: Market) -> None:
    """A fall of 90 % may be a mistake or the truth: nobody is told that all is well until somebody has looked."""
    db = household(tmp_path / "alm.db", holdings=[share("7203", "JPY", "1")])
    market.replies["7203.T"] = closes(2_700, 2_710)
    update(db)
    market.replies["7203.T"] = closes(2_700, 2_710, 270)
    update(db)
    assert verdict(db).checks[0].sentence == (
        "Data are in doubt: a newer figure of 7203 is held back, see `alm prices held`."
    )
    run(db, "discard", "7203")
    assert verdict(db).checks[0].level == "SAFE"


def test_a_rate_that_is_no_number_to_its_last_character_is_refused(tmp_path: Path, market: Market) -> None:
    db = household(tmp_path / "alm.db", holdings=[share("AAA", "USD", "1")])
    market.replies["AAA"] = closes(10, 11, 12, currency="USD", symbol="AAA")
    market.replies["USD"] = as_json({"base": "USD", "rates": {str(DAYS[-1]): {"JPY": " 1_57 "}}})
    found = update(db, expect=3)
    assert found["USD"]["failure"] == "The ECB rate service broke off its answer or changed its format."
    assert table(db, "fx_rates") == []


FUND = "JP90C000H1T1/0331418A"
NAVS = (
    '年月日,基準価額(円),純資産総額（百万円）,分配金,決算期\r\n{first},"25,000",1000,,\r\n{last},"25,300",1010,50,5\r\n'
)


def test_a_japanese_fund_by_the_associations_file(tmp_path: Path, market: Market) -> None:
    """Prices are per 10,000 units, as the books quote it: 100,000 units at 25,300 are 253,000 yen."""
    holdings = [share("Fund", "JPY", "100000", asset_class="fund", price_unit="10000")]
    db = household(tmp_path / "alm.db", holdings=holdings)
    text = NAVS.format(first=f"{DAYS[0]:%Y年%m月%d日}", last=f"{DAYS[-1]:%Y年%m月%d日}")
    market.replies[""] = Reply(text.encode("cp932"), content_type="text/csv; charset=UTF-8")
    assert "`alm prices source TICKER toushin ISIN/CODE`" in " ".join(run(db, "update").split())
    run(db, "source", "Fund", "toushin", FUND)
    assert update(db)["Fund"]["status"] == "updated"
    assert sheet(db).portfolio_value == pytest.approx(253_000)
    told = " ".join(run(db, "check", FUND).split())
    assert told == f"{FUND}: toushin knows {FUND}, 25,300 JPY on {DAYS[-1]}."
    assert [(row["ex_date"], row["amount"]) for row in table(db, "dividends")] == [(DAYS[-1].isoformat(), "50")]


def test_a_fund_that_the_association_does_not_know(tmp_path: Path, market: Market) -> None:
    db = household(tmp_path / "alm.db", holdings=[share("Fund", "JPY", "1", asset_class="fund", price_unit="10000")])
    market.replies[""] = Reply(b'{"statusCode":null}', content_type="text/csv")
    run(db, "source", "Fund", "toushin", FUND)
    assert update(db, expect=3)["Fund"]["failure"] == f"The Investment Trusts Association knows no fund {FUND}."
    run(db, "source", "Fund", "toushin", "JP90C000H1T1")
    assert "is asked by ISIN and its own code" in update(db, expect=3)["Fund"]["failure"]


def test_the_next_source_is_asked_when_one_gives_nothing(tmp_path: Path, market: Market) -> None:
    db = household(tmp_path / "alm.db", holdings=[share("7203", "JPY", "1")])
    path = tmp_path / "toyota.csv"
    path.write_text(f"date,close\n{DAYS[-1]},2715\n")
    run(db, "source", "--rank", "2", "7203", "csv", str(path))
    market.replies["7203.T"] = DISCONNECT
    found = update(db)["7203"]
    assert (found["status"], found["source"], found["value"]) == ("updated", "csv", 2_715)
    assert found["notes"] == ["Yahoo broke off its answer. The prices are from csv."]
    path.unlink()
    assert update(db, expect=3)["7203"]["failure"] == (
        "Yahoo broke off its answer. toyota.csv could not be read (FileNotFoundError)."
    )
    market.replies["7203.T"] = closes(2_700, 2_710, 2_720)  # back again, it is asked for its whole history
    assert (update(db)["7203"]["closes"], sheet(db).portfolio_value) == (2, 2_715)


def test_a_ticker_that_has_gone_silent_is_said_plainly(tmp_path: Path, market: Market) -> None:
    db = household(tmp_path / "alm.db", holdings=[share("GONE", "USD", "1"), share("NEVER", "USD", "1")])
    market.replies["GONE"] = answer({LONG_AGO: 5.0}, currency="USD", symbol="GONE")
    market.replies["NEVER"] = Reply(b'{"chart": {"result": null, "error": {"code": "Not Found"}}}', 404)
    told = " ".join(run(db, "update", expect=3).split())
    assert f"GONE has had no price since {LONG_AGO}: it may have been renamed, merged or delisted." in told
    assert "NEVER: Yahoo has no prices for NEVER: it may have been renamed or delisted." in told


def test_a_currency_the_central_bank_does_not_fix_comes_from_elsewhere(tmp_path: Path, market: Market) -> None:
    db = household(tmp_path / "alm.db", cash=[{"account": "Broker", "currency": "TWD", "amount": "100"}])
    market.replies["TWDJPY"] = closes(4.7, 4.8, 4.9, symbol="TWDJPY=X")
    assert update(db)["TWD"]["source"] == "yahoo"
    assert sheet(db).cash == pytest.approx(490)


def test_each_kind_of_asset_has_its_own_age(tmp_path: Path, market: Market) -> None:
    """Five days are old for a coin, which trades every day, and young for a fund, which is told a session late."""
    kinds = {"BTC": "crypto", "Fund": "fund", "7203": "equity"}
    holdings = [share(ticker, "JPY", "1", asset_class=kind) for ticker, kind in kinds.items()]
    db = household(tmp_path / "alm.db", holdings=holdings)
    for ticker in kinds:
        put_price(db, ticker, TODAY - timedelta(days=6), "100")
    assert verdict(db).checks[0].sentence == (
        "Data are too old: BTC is 6 days old (2 for its kind), 7203 is 6 days old; the limit is 5 days."
    )


@pytest.mark.parametrize(
    ("words", "expect", "sentence"),
    [
        (("7203",), 0, "7203: yahoo knows 7203.T, 2,720 JPY on {day}."),
        (("AAA",), 0, "AAA: yahoo knows AAA, 12 USD on {day}."),
        (("--currency", "GBP", "AAA.L"), 3, "AAA.L: yahoo knows AAA.L, 12 USD on {day}. That is not GBP: enter the "),
        (("NONE",), 3, "NONE: Yahoo has no prices for NONE: it may have been renamed or delisted."),
        (("--class", "crypto", "BTC"), 0, "BTC: coingecko knows bitcoin, 15,200,000 JPY on {day}."),
    ],
)
def test_a_ticker_is_checked_before_it_is_held(
    tmp_path: Path, market: Market, words: tuple[str, ...], expect: int, sentence: str
) -> None:
    db = household(tmp_path / "alm.db")
    market.replies["7203.T"] = closes(2_700, 2_710, 2_720)
    market.replies["AAA.L"] = closes(10, 11, 12, currency="USD", symbol="AAA.L")
    market.replies["AAA"] = closes(10, 11, 12, currency="USD", symbol="AAA")
    market.replies["bitcoin"] = coin(15_000_000, 15_100_000, 15_200_000)
    market.replies["NONE"] = Reply(b'{"chart": {"result": null, "error": {"code": "Not Found"}}}', 404)
    told = " ".join(run(db, "check", *words, expect=expect).split())
    assert told.startswith(sentence.format(day=DAYS[-1]))
    assert table(db, "prices") == []
