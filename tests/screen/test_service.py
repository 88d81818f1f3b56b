"""What a service manager hears from the dashboard: ready, alive again and again, stopping."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager

import requests

from alm.screen.service import notify
from tests.browser import ROOT, free_port
from tests.screen.households import quick_database


@contextmanager
def service_manager(path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(path))
        listener.settimeout(60)
        yield listener


def test_a_message_arrives_by_path_and_by_abstract_name(tmp_path):
    with service_manager(tmp_path / "notify") as listener:
        notify("READY=1", str(tmp_path / "notify"))
        assert listener.recv(100) == b"READY=1"
    with service_manager(f"\0alm-test-{os.getpid()}") as listener:
        notify("READY=1", f"@alm-test-{os.getpid()}")
        assert listener.recv(100) == b"READY=1"


def test_a_service_manager_that_went_away_is_no_trouble(tmp_path):
    notify("WATCHDOG=1", str(tmp_path / "nobody"))


def test_ready_when_the_page_answers_then_alive_then_stopping(tmp_path):
    port = free_port()
    environment = {**os.environ, "HOME": str(tmp_path), "NOTIFY_SOCKET": str(tmp_path / "n"), "WATCHDOG_USEC": "600000"}
    db = quick_database(tmp_path / "alm.db")
    command = [sys.executable, "-m", "alm", "dashboard", "--db", str(db), "--port", str(port)]
    with service_manager(tmp_path / "n") as listener, (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            assert listener.recv(100) == b"READY=1"
            assert requests.get(f"http://127.0.0.1:{port}/_stcore/health", timeout=5).ok
            started = time.monotonic()
            assert [listener.recv(100) for _ in range(3)] == [b"WATCHDOG=1"] * 3
            assert time.monotonic() - started >= 0.6  # half of the 0.6 s it was asked for, each time
        finally:
            server.terminate()
        heard = []
        while b"STOPPING=1" not in heard:
            heard.append(listener.recv(100))
        assert server.wait(timeout=20) is not None
