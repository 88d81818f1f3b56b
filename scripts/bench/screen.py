"""The page against an empty Streamlit page, both in the same run.

The household has 60 holdings, 30 years of daily prices and 10,000 transactions. Times are a person's: from the start of
the process to what a real browser has painted.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402  # the folder above holds the helpers
from playwright.sync_api import Browser  # noqa: E402
from row import Row  # noqa: E402

from alm.demo import demo_rows  # noqa: E402
from alm.gather import record  # noqa: E402
from alm.settings import Settings, today  # noqa: E402
from alm.store.database import create, writing  # noqa: E402
from alm.store.tables import write_all  # noqa: E402
from tests.browser import browser, dashboard, free_port  # noqa: E402

HOLDINGS, YEARS, TRANSACTIONS = 60, 30, 10_000
RUNS = 3
EMPTY = "import streamlit as st\nst.title('empty')\n"
IMPORTS = """
import time; start = time.perf_counter()
import alm.screen.loading, alm.screen.morning
print(time.perf_counter() - start)
"""
Table = dict[str, str | None]


def rows() -> Iterator[Row]:
    with TemporaryDirectory() as folder, browser() as chromium:
        home = Path(folder)
        large = household(home / "alm.db")
        record(large, None, datetime.now(UTC))  # the simulation's answer is remembered, as on any later look of the day
        empty = min(first_paint(chromium, lambda: bare_page(EMPTY, home), "h1") for _ in range(RUNS))
        ours = min(
            first_paint(chromium, lambda: dashboard(large, home), '[class*="st-key-verdict-"]') for _ in range(RUNS)
        )
        yield Row("process start to the painted verdict", ours, "an empty Streamlit page", empty, 1 / 2.1)
    yield Row("imports before the first paint", imports(), "the promise", 0.6, 1.0)


def household(path: Path) -> Path:
    """The demo household, grown to the size of the promise; the same rows for the same day."""
    on, dice = today(Settings()), np.random.default_rng(7)
    tables = demo_rows(on)
    pattern = tables["holdings"][0]
    days = [day for day in (on - timedelta(days=n) for n in range(365 * YEARS)) if day.weekday() < 5][::-1]
    for place in range(HOLDINGS - len(tables["holdings"])):
        ticker = f"BIG-{place:02d}"
        walk = 1_000 * np.exp(np.cumsum(dice.normal(0.0002, 0.012, len(days))))
        tables["holdings"].append({**pattern, "ticker": ticker, "name": ticker, "quantity": "10", "cost_basis": "9000"})
        tables["prices"] += [price(ticker, day, close) for day, close in zip(days, walk, strict=True)]
    deposit = next(row for row in tables["transactions"] if row["kind"] == "deposit")
    tables["transactions"] += [
        {**deposit, "fingerprint": None, "date": (on - timedelta(days=1 + n % 5_000)).isoformat(), "amount": str(n + 1)}
        for n in range(TRANSACTIONS - len(tables["transactions"]))
    ]
    create(path)
    with writing(path) as conn:
        write_all(conn, tables)
    return path


def price(ticker: str, day: date, close: float) -> Table:
    return {"ticker": ticker, "date": day.isoformat(), "close": f"{close:.2f}", "currency": "JPY", "source": "bench"}


@contextmanager
def bare_page(script: str, home: Path) -> Iterator[str]:
    """A Streamlit server with one script, under the dashboard's own configuration."""
    port = free_port()
    (home / "bare.py").write_text(script)
    command = [sys.executable, "-m", "streamlit", "run", str(home / "bare.py"), f"--server.port={port}"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    server = subprocess.Popen(command, cwd=ROOT, **quiet)
    try:
        wait_for(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=10)


def wait_for(port: int) -> None:
    import requests

    for _ in range(400):
        try:
            requests.get(f"http://127.0.0.1:{port}/_stcore/health", timeout=2)
        except requests.ConnectionError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("The page did not answer within 20 seconds.")


def first_paint(chromium: Browser, serve, selector: str) -> float:
    """Seconds from starting the server to what the selector names standing in the page."""
    start = time.perf_counter()
    with serve() as address:
        page = chromium.new_page()
        page.goto(address)
        page.locator(selector).first.wait_for()
        took = time.perf_counter() - start
        page.close()
    return took


def imports() -> float:
    """What a fresh process spends importing what the verdict needs, beyond Python itself."""
    runs = [
        subprocess.run([sys.executable, "-c", IMPORTS], cwd=ROOT, capture_output=True, text=True, check=True)
        for _ in range(RUNS)
    ]
    return min(float(run.stdout.strip().splitlines()[-1]) for run in runs)
