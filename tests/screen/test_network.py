"""Every part of the page opened, with hostile names in the books: nothing leaves this machine, nothing is obeyed.

The server's own connections are watched twice: by an audit hook inside it (Python's calls, however short) and by its
sockets in the kernel's tables (native code too). The browser's requests are watched from outside.
"""

from __future__ import annotations

import json
import os
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from alm.doctor.service import address_of
from alm.screen.parts import PARTS
from alm.text import literal
from tests.browser import browser, dashboard, settle
from tests.screen.hostile import LOAN, SCRIPT, hostile_database

HOOK = """
import json, os, sys
def watch(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.getaddrinfo"):
        with open(os.environ["ALM_TEST_CALLS"], "a") as log:
            log.write(json.dumps([event, repr(arguments[1:] if event != "socket.getaddrinfo" else arguments[:1])]) + "\\n")
sys.addaudithook(watch)
with open(os.environ["ALM_TEST_CALLS"], "a") as log:
    log.write(json.dumps(["watching", ""]) + chr(10))
"""
OBEYED = "img[src='x'], img[src*='evil'], a[*|href*='evil'], .stMain .katex, .stMain b"
TABLES = ("tcp", "tcp6", "udp", "udp6")


@dataclass
class Seen:
    """What one visit to every part left behind."""

    address: str
    requested: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    owned: bool = False
    calls: list[tuple[str, str]] = field(default_factory=list)
    peers: set[str] = field(default_factory=set)
    log: str = ""


def listener(port: int) -> int:
    """The process that listens on a port of this machine."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    inode = next(row[9] for row in rows if row[3] == "0A" and row[1].endswith(f":{port:04X}"))
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        if target(link) == f"socket:[{inode}]":
            return int(link.parts[2])
    raise AssertionError(f"nobody listens on {port}")


def target(link: Path) -> str:
    try:
        return str(link.readlink())
    except OSError:
        return ""


def peers(pid: int) -> set[str]:
    """Addresses outside this machine that sockets of the process are connected to."""
    owned = {name[8:-1] for link in Path(f"/proc/{pid}/fd").iterdir() if (name := target(link)).startswith("socket:[")}
    rows = [line.split() for table in TABLES for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]]
    ends = {address_of(row[2].rsplit(":", 1)[0]) for row in rows if row[9] in owned}
    return {str(end) for end in ends if not (end.is_loopback or end.is_unspecified)}


@contextmanager
def watched(pid: int, found: set[str]) -> Iterator[None]:
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            found.update(peers(pid))
            time.sleep(0.02)

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


@pytest.fixture(scope="module")
def seen(tmp_path_factory) -> Seen:
    home = tmp_path_factory.mktemp("home")
    (home / "hook").mkdir()
    (home / "hook" / "sitecustomize.py").write_text(HOOK)
    (home / "calls").touch()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(home / "hook"))
        patch.setenv("ALM_TEST_CALLS", str(home / "calls"))
        with dashboard(hostile_database(home / "alm.db"), home) as address, browser() as chromium:
            found = Seen(address)
            with watched(listener(urlsplit(address).port), found.peers):
                visit(chromium.new_page(), found)
    found.calls = [tuple(json.loads(line)) for line in (home / "calls").read_text().splitlines()]
    found.log = (home / "dashboard.log").read_text()
    return found


def visit(page, found: Seen) -> None:
    page.on("request", lambda request: found.requested.append(request.url))
    page.on("websocket", lambda socket: found.requested.append(socket.url))
    page.on("console", lambda said: found.said.append(said.text))
    page.on("dialog", lambda dialog: found.said.append(dialog.message))
    for title, _ in PARTS:
        page.goto(f"{found.address}/?part={quote(title)}")
        settle(page)
        page.get_by_role("tab", name=title, exact=True).wait_for()
        found.texts[title] = page.locator("body").inner_text()
        found.tags += page.locator(OBEYED).evaluate_all("found => found.map(tag => tag.parentElement.outerHTML)")
        found.owned |= bool(page.evaluate("() => 'owned' in window"))


@pytest.mark.browser
def test_the_browser_asks_this_server_only(seen):
    assert len(seen.requested) > len(PARTS)
    strange = [url for url in seen.requested if urlsplit(url).scheme not in ("data", "blob")]
    assert {urlsplit(url).netloc for url in strange} == {urlsplit(seen.address).netloc}


@pytest.mark.browser
def test_the_server_calls_nobody(seen):
    """Unix sockets and this machine itself (its own health page) are not outside."""
    assert ("watching", "") in seen.calls
    calls = [words for event, words in seen.calls if event != "watching"]
    outside = [words for words in calls if not re.search(r"127\.0\.0\.1|'::1'|'localhost'|^\(b?'/|^\(None", words)]
    assert outside == []
    assert seen.peers == set()


@pytest.mark.browser
def test_names_are_shown_as_they_are_and_obeyed_nowhere(seen):
    assert not seen.owned
    assert seen.tags == []
    everything = "\n".join(seen.texts.values()).replace("\N{WORD JOINER}", "")
    assert LOAN in everything


@pytest.mark.browser
def test_the_log_holds_no_amount_and_no_name(seen):
    assert "127.0.0.1" in seen.log
    for secret in ("50,000,000", "50000000", "125,000,000", "4,500,000", "¥", SCRIPT, "Traceback"):
        assert secret not in seen.log


def test_the_watch_would_see_a_connection(tmp_path):
    """A process that connects outside loopback is caught by the same reading of the kernel's tables."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as outside:
        outside.connect(("192.0.2.1", 9))  # TEST-NET-1: a route is chosen, nothing is sent
        assert "192.0.2.1" in peers(os.getpid())
    assert "192.0.2.1" not in peers(os.getpid())


SENTENCES = {
    "Loan *x* at [press](https://e.example)": "Loan \\*x\\* at \\[press](https:\N{WORD JOINER}//e.example)",
    "from $1,000 to $500": r"from \$1,000 to \$500",
    "<img src=x>": r"\<img src=x>",
    "# title": r"\# title",
    "- item": r"\- item",
    ":red[x] at 10:30": r"\:red\[x] at 10:30",
    "a_file_name.csv _so_": r"a_file_name.csv \_so\_",
    "a\n\n# b": "a # b",
    "Data are missing: T. −5 % of ¥1,000": "Data are missing: T. −5 % of ¥1,000",
}


@pytest.mark.parametrize(("said", "written"), SENTENCES.items())
def test_a_sentence_for_a_page_that_reads_markdown(said, written):
    assert literal(said) == written
