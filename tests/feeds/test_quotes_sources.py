"""CoinGecko, reference rates, files and hand-written prices: what each answer means, and what is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from alm.feeds.quotes import coingecko, ecb, written
from alm.feeds.quotes.values import Wanted
from alm.feeds.web import FeedFailure, Patience, opened
from tests.feeds.server import HTML, Reply, as_json, in_turn, server

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)  # a Sunday
BITCOIN = Wanted("BTC", "coingecko", "bitcoin", "JPY", since=date(2026, 11, 20))
DOLLAR = Wanted("USD", "ecb", "USD", "JPY", since=date(2026, 11, 19), is_rate=True)
IMPATIENT = Patience(timeout_s=0.3, attempts=1)


def millis(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1_000)


def test_a_crypto_day_ends_at_midnight_utc_and_weekends_count() -> None:
    answer = {
        "prices": [
            [millis("2026-11-21T00:00:00"), 15_000_000.0],
            [millis("2026-11-22T00:00:00"), 15_100_000.0],
            [millis("2026-11-22T02:59:10"), 15_200_000.0],
        ]
    }
    with server(in_turn(as_json(answer))) as playing, opened() as session:
        source = coingecko.CoinGecko(session, NOW, base_url=playing.url, key="secret", patience=IMPATIENT)
        fetched = source.fetch(BITCOIN)
    assert fetched.closes == (
        (date(2026, 11, 20), 15_000_000.0), (date(2026, 11, 21), 15_100_000.0), (date(2026, 11, 22), 15_200_000.0)
    )  # fmt: skip
    assert fetched.provisional == date(2026, 11, 22)
    path, query, headers = playing.asked[0]
    assert (path, query) == ("/coins/bitcoin/market_chart", {"vs_currency": "jpy", "days": "3", "interval": "daily"})
    assert headers["x-cg-demo-api-key"] == "secret"


def test_free_history_is_a_year() -> None:
    assert coingecko.days_since(None, NOW.date()) == 365
    assert coingecko.days_since(date(2020, 1, 1), NOW.date()) == 365


def test_reference_rates_have_no_weekend() -> None:
    answer = {
        "amount": 1.0, "base": "USD", "start_date": "2026-11-19", "end_date": "2026-11-20",
        "rates": {"2026-11-20": {"JPY": 151.2}, "2026-11-19": {"JPY": 150.7}},
    }  # fmt: skip
    with server(in_turn(as_json(answer))) as playing, opened() as session:
        fetched = ecb.EcbRates(session, NOW, base_url=playing.url, patience=IMPATIENT).fetch(DOLLAR)
    assert fetched.closes == ((date(2026, 11, 19), 150.7), (date(2026, 11, 20), 151.2))
    assert fetched.provisional is None
    assert playing.asked[0][:2] == ("/2026-11-19..", {"base": "USD", "symbols": "JPY"})


@pytest.mark.parametrize(
    ("reply", "sentence"),
    [
        (HTML, "CoinGecko answered with a web page instead of data."),
        (Reply(b'{"prices": [[17'), "CoinGecko broke off its answer or changed its format."),
        (as_json({"error": "coin not found"}), "CoinGecko broke off its answer or changed its format."),
        (as_json({"prices": []}), "CoinGecko has no prices."),
    ],
)
def test_what_coingecko_must_not_answer(reply: Reply, sentence: str) -> None:
    with server(in_turn(reply)) as playing, opened() as session, pytest.raises(FeedFailure) as refused:
        coingecko.CoinGecko(session, NOW, base_url=playing.url, patience=IMPATIENT).fetch(BITCOIN)
    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('{"base": "EUR", "rates": {"2026-11-20": {"JPY": 160}}}', "answered for another pair than USD/JPY"),
        ('{"base": "USD", "rates": {"2026-11-20": {"EUR": 0.9}}}', "answered for another pair than USD/JPY"),
        ('{"base": "USD", "rates": {}}', "has no rates for USD/JPY"),
        ('{"base": "USD", "rates": {"2026-11', "broke off its answer"),
        ('["USD"]', "broke off its answer"),
    ],
)
def test_what_the_rate_service_must_not_answer(text: str, sentence: str) -> None:
    with pytest.raises(FeedFailure, match=sentence):
        ecb.parse(text, "USD", "JPY")


def test_a_file_of_prices(tmp_path: Path) -> None:
    path = tmp_path / "fund.csv"
    path.write_text("\ufeffdate,close,note\n2026-11-20,21345,\n2026-11-19,21300,x\n", encoding="utf-8")
    fetched = written.CsvPrices().fetch(Wanted("FUND", "csv", str(path), "JPY"))
    assert fetched.closes == ((date(2026, 11, 19), 21_300.0), (date(2026, 11, 20), 21_345.0))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("day,price\n", "fund.csv, row 1: expected the columns date and close."),
        ("date,close\n", "fund.csv has no rows."),
        (
            "date,close\n2026-11-20,12\n2026-11-31,12\n",
            "fund.csv, row 3: expected a date such as 2026-01-31 and a number.",
        ),
        ("date,close\n2026-11-20,\n", "fund.csv, row 2: expected a date such as 2026-01-31 and a number."),
        ("date,close\n2026-11-20,nan\n", "fund.csv, row 2: expected a date such as 2026-01-31 and a number."),
        ("date,close\n2026-11-20,1\n2026-11-20,2\n", "fund.csv, row 3: expected one price a day."),
    ],
)
def test_one_bad_row_refuses_the_file(text: str, sentence: str) -> None:
    with pytest.raises(FeedFailure) as refused:
        written.parse(text, "fund.csv")
    assert str(refused.value) == sentence


def test_a_missing_file_and_a_hand_written_price_say_so(tmp_path: Path) -> None:
    with pytest.raises(FeedFailure, match=r"^none\.csv: expected a file that exists"):
        written.CsvPrices().fetch(Wanted("FUND", "csv", str(tmp_path / "none.csv"), "JPY"))
    with pytest.raises(FeedFailure, match=r"^entered by hand \(last on 2026-10-01\)\.$"):
        written.Manual().fetch(Wanted("HOUSE", "manual", "", "JPY", since=date(2026, 10, 1)))
