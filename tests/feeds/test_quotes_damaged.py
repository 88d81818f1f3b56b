"""Answers damaged at random: a result, or one sentence; never another error and never a figure that is no number."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alm.feeds import macro
from alm.feeds.quotes import coingecko, ecb, written
from alm.feeds.quotes.quarantine import screen
from alm.feeds.quotes.values import Fetched, Known, Wanted
from alm.feeds.quotes.yahoo import Yahoo, YahooSession
from alm.feeds.web import FeedFailure, Patience
from tests.feeds.server import Reply, server
from tests.feeds.test_macro import FRENCH, NIKKEI, SHILLER
from tests.feeds.yahoo_answers import chart

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
COINS = json.dumps({"prices": [[1_795_132_800_000, 15_000_000.0], [1_795_219_200_000, 15_100_000.5]]})
RATES = json.dumps({"base": "USD", "rates": {"2026-11-19": {"JPY": 150.7}, "2026-11-20": {"JPY": 151.2}}})
PRICES = "date,close\n2026-11-19,100\n2026-11-20,101.5\n"
YAHOO = json.dumps(
    chart({"2026-11-18": 2_700.0, "2026-11-19": 270.0}, dividends={"2026-11-18": 4.0}, splits={"2026-11-19": (10, 1)})
)

PIECES = st.sampled_from(
    ["", "0", "-1", "9" * 30, "null", "NaN", "Infinity", "-Infinity", "1e999", '"', "[]", "{}", "[", "}", ",", "\n", "x", "é", "\x00",
     "true", '"2026-02-30"', "1871.13", "00000", "19261"]
)  # fmt: skip


@st.composite
def damaged(draw: st.DrawFn, text: str) -> str:
    """Up to three cuts, each replaced by a piece."""
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        end = min(start + draw(st.integers(0, 12)), len(text))
        text = text[:start] + draw(PIECES) + text[end:]
    return text


def figures(result: Any) -> list[tuple[date, float]]:
    """Every figure of what a parser gave."""
    if isinstance(result, Fetched):
        return list(result.closes)
    series = (result,) if isinstance(result, macro.Series) else result
    return [point for each in series for point in (each.points if isinstance(each, macro.Series) else [each])]


@pytest.mark.parametrize(
    ("parse", "text"),
    [
        (lambda text: coingecko.parse(text, "JPY"), COINS),
        (lambda text: ecb.parse(text, "USD", "JPY"), RATES),
        (lambda text: written.parse(text, "prices.csv"), PRICES),
        (lambda text: macro.parse_fred_csv(text, "NIKKEI225"), NIKKEI),
        (macro.parse_french, FRENCH),
        (macro.parse_shiller, SHILLER),
    ],
)
@settings(max_examples=80)
@given(data=st.data())
def test_a_damaged_text_is_read_or_refused(parse: Callable[[str], Any], text: str, data: st.DataObject) -> None:
    try:
        found = figures(parse(data.draw(damaged(text))))
    except FeedFailure:
        return
    assert found
    assert all(isinstance(on, date) for on, _ in found)
    kept = screen(Fetched("JPY", tuple(found)), Known(), NOW.date()).closes
    assert all(math.isfinite(value) and value > 0 for _, value in kept)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=damaged(YAHOO))
def test_a_damaged_yahoo_is_read_or_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    def play(path: str, _query: dict[str, str]) -> Reply:
        return Reply(text.encode()) if "/chart/" in path else Reply(b"ok", content_type="text/plain")

    with server(play) as playing, YahooSession(playing.url, Patience(timeout_s=2, attempts=1)) as session:
        try:
            fetched = Yahoo(session, NOW).fetch(Wanted("7203", "yahoo", "7203.T", "JPY", since=date(2026, 11, 17)))
        except FeedFailure:
            return
    screened = screen(fetched, Known(), NOW.date())
    assert all(math.isfinite(value) and value > 0 for _, value, *_ in (*screened.closes, *screened.dividends))
    assert all(math.isfinite(ratio) and ratio > 0 for _, ratio in fetched.splits)
