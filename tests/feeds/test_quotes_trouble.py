"""One ticker's trouble is that ticker's: odd answers, sources in their order, and what is known before it is held."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.feeds.dealing import (
    LONG_AGO,
    answer,
    dealing,
    household,
    put_price,
    share,
    sheet,
    table,
    verdict,
)
from tests.feeds.market import DAYS, TODAY, Market, closes, coin, run, update
from tests.feeds.server import DISCONNECT, Reply, as_json

market = dealing  # the same market for every test


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
        "Yahoo broke off its answer. toyota.csv: expected a file that exists."
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
