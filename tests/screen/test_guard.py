"""Only the dashboard's own page, in a browser on this machine, gets an answer."""

from __future__ import annotations

import base64
import os
import socket
from pathlib import Path

import pytest
import requests

from alm.screen.guard import allowed
from tests.browser import dashboard
from tests.screen.households import demo_database

PORT = 8501
OWN = f"127.0.0.1:{PORT}"


def scope(kind, **headers):
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    return {"type": kind, "path": "/", "server": ("127.0.0.1", PORT), "headers": raw}


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "[::1]"])
def test_the_page_itself_is_let_in(name):
    host = f"{name}:{PORT}"
    assert allowed(scope("http", host=host))
    assert allowed(scope("http", host=host, origin=f"http://{host}"))
    assert allowed(scope("websocket", host=host, origin=f"http://{host}"))


HOSTILE = {
    "another site": {"host": OWN, "origin": "http://evil.example"},
    "an opaque origin": {"host": OWN, "origin": "null"},
    "another local port": {"host": OWN, "origin": "http://127.0.0.1:9999"},
    "another local name": {"host": OWN, "origin": f"http://localhost:{PORT}"},
    "https in front": {"host": OWN, "origin": f"https://{OWN}"},
    "a rebound name": {"host": f"evil.example:{PORT}", "origin": f"http://evil.example:{PORT}"},
    "a rebound name without origin": {"host": f"evil.example:{PORT}"},
    "a look-alike": {"host": f"127.0.0.1.evil.example:{PORT}"},
    "no port": {"host": "127.0.0.1"},
    "no host": {},
}


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize("headers", HOSTILE.values(), ids=HOSTILE.keys())
def test_everything_else_is_turned_away(kind, headers):
    assert not allowed(scope(kind, **headers))


def test_a_websocket_must_say_where_it_comes_from():
    assert not allowed(scope("websocket", host=OWN))


def test_two_hosts_or_two_origins_are_a_trick():
    doubled = scope("http", host=OWN)
    doubled["headers"] *= 2
    assert not allowed(doubled)


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    with dashboard(demo_database(home / "alm.db"), home) as found:
        yield found


@pytest.mark.parametrize("headers", HOSTILE.values(), ids=HOSTILE.keys())
def test_the_running_server_answers_403(address, headers):
    sent = {name.title(): value.replace(str(PORT), address.rsplit(":", 1)[1]) for name, value in headers.items()}
    sent.setdefault("Host", "")
    for path in ("/", "/_stcore/health", "/_stcore/host-config"):
        assert requests.get(address + path, headers=sent, timeout=5).status_code == 403


def test_no_program_drives_the_page(address):
    for path in ("interact", "mcp", "openapi.json"):
        assert requests.get(f"{address}/_stcore/agent/{path}", timeout=5).status_code == 403
        assert requests.post(f"{address}/_stcore/agent/{path}", json={}, timeout=5).status_code == 403


def handshake(address: str, host: str, origin: str | None) -> str:
    """The status line of a WebSocket handshake, spoken by hand."""
    port = int(address.rsplit(":", 1)[1])
    lines = [
        "GET /_stcore/stream HTTP/1.1",
        f"Host: {host}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
        "Sec-WebSocket-Version: 13",
        *([f"Origin: {origin}"] if origin else []),
    ]
    with socket.create_connection(("127.0.0.1", port), timeout=5) as wire:
        wire.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        return wire.recv(200).split(b"\r\n")[0].decode()


def test_the_websocket_takes_the_page_and_nobody_else(address):
    own = address.removeprefix("http://")
    assert " 101 " in handshake(address, own, address)
    for host, origin in [
        (own, None),
        (own, "null"),
        (own, "http://evil.example"),
        (own, "http://127.0.0.1:1"),
        (f"evil.example:{own.rsplit(':', 1)[1]}", f"http://evil.example:{own.rsplit(':', 1)[1]}"),
    ]:
        assert " 101 " not in handshake(address, host, origin), (host, origin)


def test_the_page_may_load_nothing_from_outside_and_be_framed_by_nobody(address):
    headers = requests.get(address, timeout=5).headers
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "http" not in policy
    assert headers["x-frame-options"] == "DENY"


def test_the_server_listens_on_this_machine_only(address):
    port = int(address.rsplit(":", 1)[1])
    listening = [
        line.split()[1]
        for table in ("/proc/net/tcp", "/proc/net/tcp6")
        for line in Path(table).read_text().splitlines()[1:]
        if line.split()[3] == "0A" and line.split()[1].endswith(f":{port:04X}")
    ]
    assert listening == [f"0100007F:{port:04X}"]
