"""Servers to look at: the dashboard itself, and Streamlit pages under the dashboard's own configuration."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from alm.settings import cache_folder
from tests.browser import free_port

ROOT = Path(__file__).parent.parent.parent.parent


@dataclass(frozen=True, slots=True)
class Server:
    address: str
    pid: int
    started: float
    """When its process was started, in seconds since 1970: the browser's clock starts there too."""

    def memory(self) -> float:
        """What the process holds in memory now, its libraries included, in MB."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) / 1024


Serve = Callable[[], AbstractContextManager[Server]]


def dashboard(db: Path, home: Path) -> AbstractContextManager[Server]:
    """`alm dashboard`, as a person starts it, in an empty home; what was compiled before is used."""
    own = {"HOME": str(home), "XDG_CONFIG_HOME": str(home / "config"), "XDG_CACHE_HOME": str(cache_folder().parent)}
    port = free_port()
    return _served([sys.executable, "-m", "alm", "dashboard", "--db", str(db), "--port", str(port)], port, own)


def bare_page(script: str, home: Path, **environment: str) -> AbstractContextManager[Server]:
    """A Streamlit server with one script."""
    port, file = free_port(), home / "bare.py"
    file.write_text(script)
    return _served([sys.executable, "-m", "streamlit", "run", str(file), f"--server.port={port}"], port, environment)


@contextmanager
def _served(command: list[str], port: int, environment: dict[str, str]) -> Iterator[Server]:
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    started = time.time()
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment}, **quiet)
    try:
        address = f"http://127.0.0.1:{port}"
        _await(address, process)
        yield Server(address, process.pid, started)
    finally:
        process.terminate()
        process.wait(timeout=10)


def _await(address: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError("The server stopped at once.")
        try:
            if requests.get(f"{address}/_stcore/health", timeout=2).ok:
                return
        except requests.ConnectionError:
            time.sleep(0.02)
    raise RuntimeError("The page did not answer within 12 seconds.")
