"""A market in the shape of its sources, on a real server, and `alm prices` as a person runs it against it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from alm.cli.prices import command as prices
from tests.feeds.server import Reply, as_json, server
from tests.feeds.yahoo_answers import chart

TODAY = datetime.now(UTC).date()
DAYS = [TODAY - timedelta(days=n) for n in (3, 2, 1)]


def closes(*values: float, **more: Any) -> Reply:
    return as_json(chart({day.isoformat(): value for day, value in zip(DAYS, values, strict=False)}, **more))


def coin(*values: float) -> Reply:
    stamps = [datetime(d.year, d.month, d.day, tzinfo=UTC) + timedelta(days=1) for d in DAYS]
    return as_json({"prices": [[int(s.timestamp() * 1_000), v] for s, v in zip(stamps, values, strict=False)]})


def rates(currency: str, *values: float) -> Reply:
    found = {day.isoformat(): {"JPY": value} for day, value in zip(DAYS, values, strict=False)}
    return as_json({"base": currency, "rates": found})


class Market:
    """What each source answers now; a test changes `replies` between two updates."""

    def __init__(self) -> None:
        self.replies: dict[str, Reply] = {
            "7203.T": closes(2_700, 2_710, 2_720),
            "SHEL.L": closes(2_500, 2_510, 2_520, currency="GBp", zone="Europe/London", symbol="SHEL.L"),
            "bitcoin": coin(15_000_000, 15_100_000, 15_200_000),
            "GBP": rates("GBP", 190, 191, 192),
        }

    def __call__(self, path: str, query: dict[str, str]) -> Reply:
        if "getcrumb" in path:
            return Reply(b"crumb", content_type="text/plain")
        names = [name for name in self.replies if f"/{name}" in path or query.get("base") == name]
        return self.replies[names[0]] if names else Reply(b"ok", content_type="text/plain")


@contextmanager
def open_market(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Market]:
    """Every source's address is a server of this machine."""
    playing = Market()
    answer: Callable[[str, dict[str, str]], Reply] = playing
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
    with server(answer) as here:
        for name in ("YAHOO", "COINGECKO", "ECB", "TOUSHIN", "FRED", "FRENCH"):
            monkeypatch.setenv(f"ALM_{name}_URL", here.url)
        yield playing


def run(db: Path, *words: str, expect: int = 0, command: Any = prices) -> Any:
    """The parsed JSON of a command, or its text."""
    done = CliRunner().invoke(command, [words[0], "--db", str(db), *words[1:]])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == expect, done.output
    return json.loads(done.output) if "--json" in words else done.output


def update(db: Path, *more: str, expect: int = 0) -> dict[str, dict[str, Any]]:
    answer = run(db, "update", "--json", "--force", *more, expect=expect)
    return {result["ticker"]: result for result in answer["results"]}
