"""A small household before a market that has its dollars and pounds only, and short ways to look at both."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from alm.balance_sheet import BalanceSheet
from alm.briefing import Briefing
from alm.feeds.edit import put
from alm.gather import morning
from alm.store.books import load_balance_sheet
from alm.store.database import create, reading, writing
from alm.store.tables import read_rows, write_all
from tests.feeds.market import TODAY, Market, open_market, rates
from tests.feeds.server import Reply, as_json
from tests.feeds.yahoo_answers import chart

Rows = list[dict[str, str | None]]
LONG_AGO = TODAY - timedelta(days=300)


@pytest.fixture
def dealing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Market]:
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


def put_price(db: Path, ticker: str, on: date, close: str, currency: str = "JPY", source: str = "manual") -> None:
    row = {"ticker": ticker, "date": on.isoformat(), "close": close, "currency": currency, "source": source}
    put(db, "prices", row, TODAY)
