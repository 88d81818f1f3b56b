"""A real Chromium in front of a real dashboard, for the tests that look at the page."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal
from urllib.parse import quote

import requests
from playwright.sync_api import Browser, Page, sync_playwright

from alm.settings import cache_folder

ROOT = Path(__file__).parent.parent
ARTEFACTS = ROOT / "tests" / "artefacts"
CANDIDATES = ("chromium", "chromium-browser", "google-chrome")
TALL = "() => document.querySelector('[data-testid=\"stMain\"]').scrollHeight"
QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium() -> str:
    for name in CANDIDATES:
        found = shutil.which(name)
        if found:
            return found
    raise RuntimeError("No Chromium on this machine: `make test` installs it, or says how.")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def dashboard(db: Path, home: Path) -> Iterator[str]:
    """`alm dashboard` on a free port, in an empty home; gives its address."""
    port = free_port()
    caches = cache_folder().parent  # compiled kernels are reused; everything else of the home is new
    environment = {
        **os.environ,
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_CACHE_HOME": str(caches),
    }
    command = [sys.executable, "-m", "alm", "dashboard", "--db", str(db), "--port", str(port)]
    log = (home / "dashboard.log").open("w")
    server = subprocess.Popen(command, cwd=home, env=environment, stdout=log, stderr=subprocess.STDOUT)
    try:
        address = f"http://127.0.0.1:{port}"
        _await(f"{address}/_stcore/health", server, home / "dashboard.log")
        yield address
    finally:
        server.terminate()
        server.wait(timeout=10)
        log.close()


def _await(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        if server.poll() is not None:
            raise RuntimeError(f"The dashboard stopped at once:\n{log.read_text()}")
        try:
            if requests.get(address, timeout=2).ok:
                return
        except requests.ConnectionError:
            time.sleep(0.1)
    raise RuntimeError(f"The dashboard did not answer within 30 seconds:\n{log.read_text()}")


@contextmanager
def browser() -> Iterator[Browser]:
    arguments = [*QUIET, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as driver:
        found = driver.chromium.launch(executable_path=chromium(), args=arguments)
        try:
            yield found
        finally:
            found.close()


def settle(page: Page) -> None:
    """Wait until both lights stand with all beside them and nothing is running any more."""
    page.locator('[class*="st-key-verdict-"]').wait_for(timeout=30_000)
    page.locator('[class*="st-key-freedom-"][class*="-pending"]').wait_for(state="detached", timeout=240_000)
    page.wait_for_function("() => !document.querySelector('[data-testid=\"stStatusWidget\"]')", timeout=30_000)


def picture(page: Page, name: str) -> Path:
    """A screenshot of all there is to scroll to, kept as a test artefact."""
    ARTEFACTS.mkdir(exist_ok=True)
    path = ARTEFACTS / f"{name}.png"
    seen = page.viewport_size
    assert seen is not None
    page.set_viewport_size({"width": seen["width"], "height": max(page.evaluate(TALL), seen["height"])})
    page.screenshot(path=path)
    page.set_viewport_size(seen)
    return path


class Watched:
    """A page that keeps what went wrong: console errors, exceptions, requests that leave this machine."""

    def __init__(
        self, chromium: Browser, address: str, width: int = 1600, scheme: Literal["light", "dark"] = "light"
    ) -> None:
        self.address = address
        self.faults: list[str] = []
        context = chromium.new_context(
            viewport={"width": width, "height": 1000}, color_scheme=scheme, accept_downloads=True
        )
        self.page = context.new_page()
        self.page.on("console", lambda said: said.type == "error" and self.faults.append(said.text))
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("request", lambda request: self._asked(request.url))
        self.page.on("websocket", lambda socket: self._asked(socket.url))

    def _asked(self, url: str) -> None:
        if not url.startswith((self.address, self.address.replace("http", "ws"), "data:", "blob:")):
            self.faults.append(f"asked for {url}")

    def open(self, part: str = "Today") -> Page:
        self.page.goto(f"{self.address}/?part={quote(part)}")
        return self.painted()

    def turn_to(self, part: str) -> Page:
        """To another part with a click, as a person goes."""
        self.page.get_by_role("tab", name=part, exact=True).click()
        return self.painted()

    def painted(self) -> Page:
        settle(self.page)
        self.page.locator(".st-key-cards").get_by_test_id("stMetricValue").nth(9).wait_for()
        self.page.locator('[role="tabpanel"]:visible [data-testid="stElementContainer"]').first.wait_for(timeout=20_000)
        settle(self.page)
        return self.page

    def check(self) -> None:
        assert self.faults == []
        assert self.page.locator('[data-testid="stException"]').count() == 0
        beyond = (
            "() => { const m = document.querySelector('[data-testid=stMain]'); return m.scrollWidth - m.clientWidth; }"
        )
        assert self.page.evaluate(beyond) <= 0, "the page scrolls sideways"
