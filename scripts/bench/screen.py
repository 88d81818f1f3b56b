"""The page against an empty and a bare Streamlit page, all in the same run.

The household has 60 holdings, 30 years of daily prices and 10,000 transactions. Times are a person's: from the start of
the process, a key or a click to what a real browser has painted. Each is the shortest of several.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))

from page import scripts  # noqa: E402  # the folder above holds the product and the browser's helpers
from page.clock import idle, opened, painted, rerun  # noqa: E402
from page.household import household  # noqa: E402
from page.parts import Wait, names, open_part, sliders  # noqa: E402
from page.serving import Serve, Server, bare_page, dashboard  # noqa: E402
from playwright.sync_api import Browser  # noqa: E402
from row import Row  # noqa: E402

from alm.gather import record  # noqa: E402
from tests.browser import browser  # noqa: E402

RUNS, RERUNS = 5, 12
VERDICT = '[class*="st-key-verdict-"]'
MEGABYTES = 350.0


def rows() -> Iterator[Row]:
    with TemporaryDirectory() as folder, browser() as chromium:
        home = Path(folder)
        large = household(home / "alm.db")
        record(large, None, datetime.now(UTC))  # the simulation's answer is remembered, as on any later look of the day
        yield from starts(chromium, large, home)
        with dashboard(large, home) as server:
            yield from reruns(chromium, server, home)
            yield from uses(chromium, server)
        yield Row("the script of a warm rerun", body(chromium, large, home), "the 100 ms allowed", 0.1, 1)
    imports = least(scripts.IMPORTS)
    yield Row("imports before the first paint", imports, "the 600 ms allowed", 0.6, 1)
    yield Row("the same", imports, "streamlit, pandas and sqlalchemy alone", least(scripts.LIBRARIES))


def starts(chromium: Browser, large: Path, home: Path) -> Iterator[Row]:
    """From the start of the process: the verdict, then the whole landing page with nothing loading any more."""
    empty = min(start(chromium, lambda: bare_page(scripts.EMPTY, home), "h1")[0] for _ in range(RUNS))
    ours = [start(chromium, lambda: dashboard(large, home), VERDICT) for _ in range(RUNS)]
    verdict = min(first for first, _ in ours)
    yield Row("process start to the painted verdict", verdict, "an empty Streamlit page", empty, 1 / 2.1)
    yield Row("process start to the whole page", min(last for _, last in ours), "the 5 s allowed", 5, 1)


def start(chromium: Browser, serve: Serve, selector: str) -> tuple[float, float]:
    """Seconds from starting the server to what the selector names being there, and to the page being idle."""
    with serve() as server:
        page = opened(chromium, server.address)
        first, last = painted(page, selector) - server.started, idle(page) - server.started
        page.close()
    return first, last


def reruns(chromium: Browser, server: Server, home: Path) -> Iterator[Row]:
    """The key that runs the whole script again, until the page is idle: the middle of turns taken with the bare page,
    whose shortest is now and then a run that redraws next to nothing."""
    with bare_page(scripts.BARE, home) as bare:
        theirs, ours = opened(chromium, bare.address), opened(chromium, server.address)
        idle(theirs), idle(ours)
        yield memory("after the first paint", server)
        pairs = [(rerun(theirs), rerun(ours)) for _ in range(RERUNS)]
        theirs.close()
        ours.close()
    allowed, taken = (median(times) for times in zip(*pairs, strict=True))
    yield Row("a rerun until the page is idle", taken, "a bare page of 6 charts and 4 tables", allowed, 1 / 1.5)


def uses(chromium: Browser, server: Server) -> Iterator[Row]:
    """Every part opened for the first time, then every slider moved."""
    page = opened(chromium, server.address)
    idle(page)
    landing, *others = names(page)
    slowest = max((open_part(page, name) for name in others), key=lambda wait: wait.seconds)
    yield Row(f"the slowest other part, first opened: {slowest.what}", slowest.seconds, "the 5 s of the page", 5, 1)
    yield memory("with every part opened once", server)
    waits: list[Wait] = []
    for name in (landing, *others):
        open_part(page, name)
        waits += sliders(page, name)
    for wait in sorted(waits, key=lambda wait: -wait.seconds):
        yield Row(f"slider to its new figures: {wait.what}", wait.seconds, "the 300 ms allowed", 0.3, 1)
    last = max(waits, key=lambda wait: wait.charts)
    yield Row(f"the same, its charts drawn again: {last.what}", last.charts, "the figures alone", last.seconds)
    page.close()


def memory(when: str, server: Server) -> Row:
    held = server.memory()
    return Row(f"memory {when}: {held:.0f} MB, as a share of {MEGABYTES:.0f}", held / MEGABYTES, "1", 1.0, 1)


def body(chromium: Browser, large: Path, home: Path) -> float:
    """Seconds the server spends in the page's script when everything has been loaded before."""
    times = home / "times"
    with bare_page(scripts.TIMED.format(file=str(times)), home, ALM_DB=str(large)) as server:
        page = opened(chromium, server.address)
        idle(page)
        for _ in range(RERUNS):
            rerun(page)
        page.close()
    return min(map(float, times.read_text().split()))


def least(script: str) -> float:
    """The shortest of several fresh processes that print their seconds, beyond Python itself."""
    command = [sys.executable, "-c", script]
    runs = (subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True) for _ in range(2 * RUNS))
    return min(float(run.stdout.split()[-1]) for run in runs)
