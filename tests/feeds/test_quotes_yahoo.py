"""Yahoo through yfinance, against a server that plays its good and its bad days."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from alm.feeds.quotes.values import Fetched, Wanted
from alm.feeds.quotes.yahoo import Yahoo, YahooSession, range_since
from alm.feeds.web import FeedFailure, Patience
from tests.feeds.server import DISCONNECT, EMPTY, HTML, Playing, Reply, as_json, busy, in_turn, server
from tests.feeds.yahoo_answers import UNKNOWN_SYMBOL, chart

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)  # a Friday, 21:00 in Tokyo
TOYOTA = Wanted("7203", "yahoo", "7203.T", "JPY", since=date(2026, 11, 17))
WEEK: dict[str, float | None] = {"2026-11-18": 2_700.0, "2026-11-19": 2_710.5, "2026-11-20": 2_720.0}


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


@contextmanager
def yahoo(charts: Callable[[str, dict[str, str]], Reply]) -> Iterator[tuple[Yahoo, Playing, list[float]]]:
    """A Yahoo of which only the price service is told what to answer; pauses are noted instead of slept."""
    pauses: list[float] = []

    def play(path: str, query: dict[str, str]) -> Reply:
        if path.endswith("getcrumb"):
            return Reply(b"crumb", content_type="text/plain")
        return charts(path, query) if "/chart/" in path else Reply(b"ok", content_type="text/plain")

    with server(play) as playing:
        session = YahooSession(playing.url, Patience(timeout_s=0.5, attempts=2, sleep=pauses.append))
        try:
            yield Yahoo(session, NOW), playing, pauses
        finally:
            session.close()


def fetch(answer: object, wanted: Wanted = TOYOTA) -> Fetched:
    with yahoo(in_turn(as_json(answer))) as (source, _, _):
        return source.fetch(wanted)


def test_closes_in_the_markets_own_days() -> None:
    fetched = fetch(chart(WEEK))
    assert fetched.currency == "JPY"
    assert fetched.closes == (
        (date(2026, 11, 18), 2_700.0), (date(2026, 11, 19), 2_710.5), (date(2026, 11, 20), 2_720.0)
    )  # fmt: skip
    assert fetched.provisional == date(2026, 11, 20)


def test_seven_digits_are_what_yahoo_knows() -> None:
    """Its figures are single precision: 185.93 arrives as 185.92999267578125."""
    assert fetch(chart({"2026-11-19": 185.92999267578125})).closes[0][1] == 185.93


def test_a_close_in_new_york_keeps_new_yorks_date_though_tokyo_is_a_day_ahead() -> None:
    fetched = fetch(chart({"2026-11-18": 10.0, "2026-11-19": 11.0}, currency="USD", zone="America/New_York"))
    assert [on for on, _ in fetched.closes] == [date(2026, 11, 18), date(2026, 11, 19)]
    assert fetched.provisional is None


def test_a_day_without_a_close_is_left_out_and_not_zero() -> None:
    fetched = fetch(chart({"2026-11-18": 2_700.0, "2026-11-19": None, "2026-11-20": 2_720.0}))
    assert [on.day for on, _ in fetched.closes] == [18, 20]


def test_pence_become_pounds() -> None:
    fetched = fetch(
        chart({"2026-11-19": 2_345.0}, currency="GBp", zone="Europe/London", dividends={"2026-11-19": 12.0})
    )
    assert fetched.currency == "GBP"
    assert fetched.closes == ((date(2026, 11, 19), pytest.approx(23.45)),)
    assert fetched.dividends == ((date(2026, 11, 19), pytest.approx(0.12), "GBP"),)


@pytest.mark.parametrize(("new", "old", "before"), [(10.0, 1.0, 2_000.0), (1.0, 50.0, 4.0)])
def test_closes_before_a_split_are_what_was_traded_then(new: float, old: float, before: float) -> None:
    """Yahoo restates the day before a split of 1:10 from 2,000 to 200, and of 50:1 from 4 to 200."""
    answer = chart({"2026-11-18": 200.0, "2026-11-19": 201.0}, dividends={"2026-11-18": 5.0},
                   splits={"2026-11-19": (new, old)})  # fmt: skip
    fetched = fetch(answer)
    assert fetched.closes == ((date(2026, 11, 18), pytest.approx(before)), (date(2026, 11, 19), 201.0))
    assert fetched.dividends == ((date(2026, 11, 18), pytest.approx(5 * new / old), "JPY"),)
    assert fetched.splits == ((date(2026, 11, 19), new / old),)


def test_only_as_much_history_as_is_missing_is_asked_for() -> None:
    with yahoo(in_turn(as_json(chart(WEEK)))) as (source, playing, _):
        source.fetch(TOYOTA)
    assert playing.asked[-1][1]["range"] == "5d"
    assert range_since(None, NOW.date()) == "10y"
    assert range_since(date(2026, 11, 1), NOW.date()) == "1mo"
    assert range_since(date(2010, 1, 1), NOW.date()) == "max"


def test_a_busy_yahoo_is_waited_for_as_long_as_it_asks() -> None:
    with yahoo(in_turn(busy("7"), as_json(chart(WEEK)))) as (source, _, pauses):
        assert len(source.fetch(TOYOTA).closes) == 3
    assert pauses == [7.0]


def test_a_bad_answer_is_forgotten_when_the_next_one_is_good() -> None:
    never_seen = Wanted("6758", "yahoo", "6758.T", "JPY")
    with yahoo(in_turn(HTML)) as (source, _, _), pytest.raises(FeedFailure):
        source.fetch(never_seen)
    with yahoo(in_turn(as_json(chart(WEEK, symbol="6758.T")))) as (source, _, _):
        assert len(source.fetch(never_seen).closes) == 3


def test_nothing_stays_open_after_an_answer() -> None:
    """yfinance's caches would, in every thread of the page that ever asked."""
    fetch(chart(WEEK))
    opened = [link.readlink() for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
    assert [file for file in opened if "yfinance" in str(file)] == []


BROKEN = "Yahoo broke off its answer."
LARGE = "127.0.0.1 sent more than 16 MB."
DEEP = b'{"chart": ' + b"[" * 100_000


@pytest.mark.parametrize(
    ("reply", "sentence"),
    [
        (busy("1"), "Yahoo limits requests (429) and still did after waiting; try again later."),
        (busy("3600"), "Yahoo limits requests and asks for 3,600 s of patience; try again later."),
        (HTML, "Yahoo answered with a web page instead of data."),
        (EMPTY, "Yahoo answered with nothing."),
        (DISCONNECT, BROKEN),
        (Reply(b'{"chart": {"result": [{"meta": {"curr'), BROKEN),
        (Reply(as_json(chart(WEEK)).body, half=True), BROKEN),
        (as_json(chart(WEEK), delay_s=1.0), "Yahoo did not answer within 0.5 s."),
        (Reply(DEEP), BROKEN),
        (Reply(b"[1," * 50_000, endless=True), LARGE),
        (Reply(gzip.compress(b" " * 100_000_000), headers=(("Content-Encoding", "gzip"),)), LARGE),
        (Reply(as_json(chart(WEEK)).body, trickle_s=0.02), "Yahoo did not answer within 0.5 s."),
        (
            Reply(status=302, headers=(("Location", "http://localhost:9/chart/"),)),
            "Yahoo sends on to another host, localhost; it was not asked.",
        ),
        (
            as_json(chart(WEEK, symbol="6758.T")),
            "Yahoo answered for 6758.T instead of 7203.T; nothing was stored. If 7203.T was renamed, choose the new symbol "
            "with `alm prices source`.",
        ),
        (Reply(b"oops", 500, "text/plain"), "Yahoo answered with status 500."),
        (as_json(UNKNOWN_SYMBOL), "Yahoo has no prices for 7203.T: it may have been renamed or delisted."),
        (
            as_json({"chart": {"result": [], "error": None}}),
            "Yahoo has no prices for 7203.T: it may have been renamed or delisted.",
        ),
    ],
)
def test_every_failure_is_one_sentence_and_no_price(reply: Reply, sentence: str) -> None:
    with yahoo(in_turn(reply)) as (source, _, _), pytest.raises(FeedFailure) as refused:
        source.fetch(TOYOTA)
    assert str(refused.value) == sentence
