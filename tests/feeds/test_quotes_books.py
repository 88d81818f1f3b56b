"""`alm prices` as a person runs it: a real database, a real server that has good and bad days, and what is in the
books afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from alm.cli.history import command as history
from alm.errors import BadInput, UnknownName
from alm.store.books import load_balance_sheet
from alm.store.database import create, reading, writing
from alm.store.feeds import read_history
from alm.store.tables import read_rows, write_all
from tests.feeds.market import DAYS, TODAY, Market, closes, coin, open_market, run, update
from tests.feeds.server import DISCONNECT, HTML, Reply, busy
from tests.feeds.test_macro import FRENCH, SHILLER, as_zip

HOUSEHOLD: dict[str, list[dict[str, str | None]]] = {
    "accounts": [{"name": "Broker"}],
    "holdings": [
        {"ticker": ticker, "account": "Broker", "asset_class": kind, "currency": currency, "quantity": "100",
         "cost_basis": "1", "price_unit": unit}
        for ticker, kind, currency, unit in (
            ("7203", "equity", "JPY", "1"), ("BTC", "crypto", "JPY", "1"), ("SHEL", "equity", "GBP", "1"),
            ("Fund", "fund", "JPY", "10000"),
        )
    ],
}  # fmt: skip


@pytest.fixture
def market(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Market]:
    with open_market(tmp_path, monkeypatch) as playing:
        yield playing


@pytest.fixture
def db(tmp_path: Path) -> Path:
    path = tmp_path / "alm.db"
    create(path)
    with writing(path) as conn:
        write_all(conn, HOUSEHOLD)
    return path


def priced(db: Path) -> dict[str, float | None]:
    with reading(db) as conn:
        sheet = load_balance_sheet(conn, TODAY)
    return {h.ticker: h.price.value if h.price else None for h in sheet.holdings}


def test_the_books_fill_themselves(db: Path, market: Market) -> None:
    answer = run(db, "update", "--json")
    assert [(r["kind"], r["ticker"], r["source"], r["status"], r["closes"]) for r in answer["results"]] == [
        ("price", "7203", "yahoo", "updated", 3),
        ("price", "BTC", "coingecko", "updated", 3),
        ("price", "SHEL", "yahoo", "updated", 3),
        ("rate", "GBP", "ecb", "updated", 3),
    ]
    assert answer["unsourced"] == ["Fund"]
    assert priced(db) == {"7203": 2_720, "BTC": 15_200_000, "SHEL": 25.2, "Fund": None}
    with reading(db) as conn:
        assert read_rows(conn, "fx_rates")[-1] == {
            "currency": "GBP", "base": "JPY", "date": DAYS[-1].isoformat(), "rate": "192", "source": "ecb",
            "provisional": "no"
        }  # fmt: skip


def test_a_quarter_of_an_hour_asks_nobody_again(db: Path, market: Market) -> None:
    run(db, "update")
    market.replies.clear()
    answer = run(db, "update", "--json")
    assert {r["status"] for r in answer["results"]} == {"fresh"}


@pytest.mark.parametrize(
    ("bad", "sentence"),
    [
        (HTML, "Yahoo answered with a web page instead of data."),
        (DISCONNECT, "Yahoo broke off its answer."),
        (busy("3600"), "Yahoo limits requests and asks for 3,600 s of patience; try again later."),
        (closes(2_700, currency="USD"), "7203.T is quoted in USD there and in JPY in the books; nothing was stored."),
        (Reply(closes(2_700).body, half=True), "Yahoo broke off its answer."),
    ],
)
def test_a_bad_day_of_one_source_changes_nothing_but_is_told(
    db: Path, market: Market, bad: Reply, sentence: str
) -> None:
    update(db)
    before = priced(db)
    market.replies["7203.T"] = bad
    market.replies["bitcoin"] = coin(15_000_000, 15_100_000, 15_300_000)
    results = update(db, expect=3)
    assert results["7203"]["status"] == "failed"
    assert results["7203"]["failure"] == sentence
    assert (results["7203"]["latest"], results["7203"]["age_days"]) == (DAYS[-1].isoformat(), 1)
    assert results["SHEL"]["status"] == "updated"
    assert priced(db) == before


def test_closes_are_permanent(db: Path, market: Market) -> None:
    update(db)
    market.replies["7203.T"] = closes(1_999, 1_999, 1_999)
    assert update(db)["7203"]["closes"] == 0
    assert priced(db)["7203"] == 2_720


def test_a_strange_price_waits_for_a_person(db: Path, market: Market) -> None:
    market.replies["SHEL.L"] = closes(2_500, 2_510, currency="GBp", zone="Europe/London", symbol="SHEL.L")
    update(db)
    market.replies["SHEL.L"] = closes(2_500, 2_510, 252_000, currency="GBp", zone="Europe/London", symbol="SHEL.L")
    assert update(db)["SHEL"]["held_back"] == 1
    assert priced(db)["SHEL"] == 25.1
    assert "minor unit such as pence" in run(db, "held")
    assert run(db, "discard", "SHEL", DAYS[-1].isoformat()) == "1 figure of SHEL discarded.\n"
    update(db)
    assert run(db, "held") == "Nothing is held back.\n"
    with pytest.raises(UnknownName, match="no figure held back named 'SHEL'"):
        run(db, "accept", "SHEL")


def test_a_strange_price_may_be_true(db: Path, market: Market) -> None:
    market.replies["bitcoin"] = coin(15_000_000, 15_000_000, 75_000_000)
    update(db)
    assert priced(db)["BTC"] == 15_000_000
    assert run(db, "accept", "BTC") == "1 figure of BTC stored.\n"
    assert priced(db)["BTC"] == 75_000_000
    assert update(db)["BTC"]["held_back"] == 0


def test_nobody_can_accept_a_price_of_zero(db: Path, market: Market) -> None:
    market.replies["bitcoin"] = coin(15_000_000, 15_000_000, 0)
    update(db)
    with pytest.raises(BadInput, match="a number above 0"):
        run(db, "accept", "BTC")
    assert len(run(db, "held", "--json")["held_back"]) == 1


def test_a_split_arrives_with_its_prices_and_asks_for_the_quantity(db: Path, market: Market) -> None:
    market.replies["7203.T"] = closes(2_700, 2_710)
    update(db)
    market.replies["7203.T"] = closes(270, 271, 272, splits={DAYS[-1].isoformat(): (10, 1)},
                                      dividends={DAYS[-2].isoformat(): 4.0})  # fmt: skip
    text = run(db, "update", "--force")
    assert f"7203: split of 10 new units per old on {DAYS[-1]}. Until the quantity counts it" in " ".join(text.split())
    with reading(db) as conn:
        assert [row["close"] for row in read_rows(conn, "prices") if row["ticker"] == "7203"] == ["2700", "2710", "272"]
        assert read_rows(conn, "splits") == [
            {
                "ticker": "7203",
                "date": DAYS[-1].isoformat(),
                "quoted_in": "JPY",
                "ratio": "10",
                "source": "yahoo",
                "held_before": "100",
            }
        ]
        (dividend,) = read_rows(conn, "dividends")
    assert (dividend["amount"], dividend["status"]) == ("40", "actual")
    assert dividend["pay_date"] == (DAYS[-2] + timedelta(days=85)).isoformat()


def test_a_dividend_the_household_recorded_stands(db: Path, market: Market) -> None:
    mine = {
        "ticker": "7203",
        "ex_date": DAYS[-1].isoformat(),
        "pay_date": TODAY.isoformat(),
        "amount": "41",
        "currency": "JPY",
    }
    with writing(db) as conn:
        write_all(conn, {"dividends": [mine]})
    market.replies["7203.T"] = closes(2_700, 2_710, 2_720, dividends={DAYS[-1].isoformat(): 40.0})
    update(db)
    with reading(db) as conn:
        (dividend,) = read_rows(conn, "dividends")
    assert (dividend["amount"], dividend["pay_date"]) == ("41", TODAY.isoformat())


def test_a_price_from_an_import_gives_way_to_the_close_and_does_not_cut_off_the_history_behind_it(
    db: Path, market: Market
) -> None:
    with writing(db) as conn:
        write_all(conn, {"prices": [
            {"ticker": "7203", "date": DAYS[-1].isoformat(), "close": "2725", "currency": "JPY", "source": "broker"}
        ]})  # fmt: skip
    assert update(db)["7203"]["closes"] == 3
    assert priced(db)["7203"] == 2_720


def test_a_source_of_ones_own_choice(db: Path, market: Market, tmp_path: Path) -> None:
    path = tmp_path / "fund.csv"
    path.write_text(f"date,close\n{DAYS[0]},2.0\n{DAYS[1]},2.1\n")
    run(db, "source", "--scale", "10000", "Fund", "csv", str(path))
    assert update(db)["Fund"]["status"] == "updated"
    assert priced(db)["Fund"] == 21_000
    assert "chosen" in run(db, "source")
    with pytest.raises(UnknownName, match="There is no ticker or currency named 'NONE'"):
        update(db, "NONE")


def test_a_price_by_hand(db: Path, market: Market) -> None:
    run(db, "source", "Fund", "manual")
    run(db, "enter", "Fund", DAYS[0].isoformat(), "20000")
    result = update(db)["Fund"]
    assert (result["status"], result["latest"], result["failure"]) == ("by hand", DAYS[0].isoformat(), "")
    with pytest.raises(BadInput, match="a number above 0"):
        run(db, "enter", "Fund", DAYS[0].isoformat(), "0")


def test_history_from_fred_french_and_a_file(db: Path, market: Market, tmp_path: Path) -> None:
    fred = b"observation_date,GS10\n2026-09-01,4.1\n2026-10-01,4.2\n"
    market.replies = {"": Reply(fred, content_type="text/csv")}
    answer = run(db, "update", "--json", "GS10", "TB3MS", expect=3, command=history)
    assert [(line["name"], line["changed"], line["failure"]) for line in answer["series"]] == [
        ("GS10", 2, ""), ("TB3MS", 0, "FRED answered with something other than the series TB3MS.")
    ]  # fmt: skip
    revised = fred.replace(b"4.2", b"4.25")
    market.replies = {"": Reply(revised, content_type="text/csv")}
    assert run(db, "update", "--json", "GS10", command=history)["series"][0]["changed"] == 1
    market.replies = {"": Reply(as_zip(FRENCH), content_type="application/zip")}
    assert len(run(db, "update", "--json", "Kenneth French", command=history)["series"]) == 4
    (tmp_path / "ie_data.csv").write_text(SHILLER)
    run(db, "read", "shiller", str(tmp_path / "ie_data.csv"), command=history)
    with reading(db) as conn:
        assert read_history(conn, "GS10") == ((date(2026, 9, 1), 4.1), (date(2026, 10, 1), 4.25))
        assert read_history(conn, "FF_Mkt-RF")[0] == (date(1926, 7, 1), 2.89)
        assert read_history(conn, "SHILLER_PRICE")[2] == (date(1871, 10, 1), 4.59)


def test_a_file_that_is_not_what_it_is_said_to_be(db: Path, market: Market, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a,b\n")
    with pytest.raises(BadInput, match=r"x\.csv: expected shiller's file"):
        run(db, "read", "shiller", str(tmp_path / "x.csv"), command=history)
    with pytest.raises(BadInput, match="a file that exists"):
        run(db, "read", "french", str(tmp_path / "none.csv"), command=history)
