"""What runs: the units of systemd, and who listens on the dashboard's port."""

from __future__ import annotations

import http.client
import socket
import subprocess
from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

from alm.doctor.finding import Finding
from alm.text import listed, t

UNITS = ("alm-dashboard.service", "alm-snapshot.timer", "alm-backup.timer", "alm-alerts.timer")
WORKERS = ("alm-snapshot.service", "alm-prices.service", "alm-backup.service", "alm-alerts.service")
SOCKET_TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
TIMEOUT_SECONDS = 5

_LISTEN = "0A"
_WORD = 8

States = Mapping[str, Mapping[str, str]]
"""Unit to the properties systemd shows of it."""


def systemd_runs() -> bool:
    return Path("/run/systemd/system").is_dir()


def unit_states(scope: str) -> dict[str, dict[str, str]]:
    """What `systemctl --user` or `--system` says of each unit; nothing where it cannot be asked."""
    command = ["systemctl", scope, "show", "--property=Id,LoadState,ActiveState,UnitFileState,Result"]
    try:
        asked = subprocess.run(  # noqa: S603  # fixed words
            [*command, *UNITS, *WORKERS], capture_output=True, text=True, timeout=TIMEOUT_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return {}
    blocks = [dict(line.split("=", 1) for line in block.splitlines()) for block in asked.stdout.strip().split("\n\n")]
    return {block["Id"]: block for block in blocks if "Id" in block}


def units(found: States) -> tuple[Finding, ...]:
    """Installed, enabled and active; a worker whose last run failed is a fault."""
    loaded = {name: states for name, states in found.items() if states.get("LoadState") == "loaded"}
    if not loaded:
        cure = t("Run `make install-service`; a cron line is in docs/operations.md.")
        return (Finding("warning", t("Services"), t("Not installed: nothing is recorded unless you do it."), cure),)
    missing = [name for name in UNITS if name not in loaded]
    failed = [name for name, states in loaded.items() if _failed(states)]
    idle = [name for name in UNITS if name in loaded and name not in failed and not _active(loaded[name])]
    findings = (
        *_about(failed, "fault", t("Failed: {names}.", names=listed(failed)), t("See `journalctl -u NAME`.")),
        *_about(
            missing, "warning", t("Not installed: {names}.", names=listed(missing)), t("Run `make install-service`.")
        ),
        *_about(idle, "warning", t("Not running: {names}.", names=listed(idle)), t("Run `make install-service`.")),
    )
    return findings or (Finding("ok", t("Services"), t("installed, enabled and running")),)


def _about(names: list[str], level: str, sentence: str, cure: str) -> tuple[Finding, ...]:
    if not names:
        return ()
    return (Finding("fault" if level == "fault" else "warning", t("Services"), sentence, cure),)


def _failed(states: Mapping[str, str]) -> bool:
    return states.get("ActiveState") == "failed" or states.get("Result", "success") not in ("success", "")


def _active(states: Mapping[str, str]) -> bool:
    return states.get("ActiveState") in ("active", "activating") and states.get("UnitFileState") == "enabled"


def without_systemd() -> Finding:
    sentence = t("systemd does not run here: a cron line takes the daily record, see docs/operations.md")
    return Finding("ok", t("Services"), sentence)


def listeners(table: str, port: int) -> tuple[IPv4Address | IPv6Address, ...]:
    """Addresses that listen on a port, from the text of /proc/net/tcp or tcp6.

    The kernel prints each 32-bit word of an address in the machine's byte order (proc_net_tcp, kernel documentation).
    """
    rows = [line.split() for line in table.splitlines()[1:]]
    local = [row[1].rsplit(":", 1) for row in rows if len(row) > 3 and row[3] == _LISTEN]
    return tuple(address_of(text) for text, number in local if int(number, 16) == port)


def address_of(text: str) -> IPv4Address | IPv6Address:
    words = [text[start : start + _WORD] for start in range(0, len(text), _WORD)]
    packed = b"".join(bytes.fromhex(word)[::-1] for word in words)
    return IPv4Address(packed) if len(packed) == 4 else IPv6Address(packed)


def listening(port: int) -> tuple[IPv4Address | IPv6Address, ...]:
    """Who listens on the port of this machine; where the kernel has no such table, what answers on loopback."""
    tables = [path.read_text() for path in SOCKET_TABLES if path.exists()]
    if tables:
        return tuple(address for table in tables for address in listeners(table, port))
    with socket.socket() as probe:
        probe.settimeout(TIMEOUT_SECONDS)
        return (IPv4Address("127.0.0.1"),) if probe.connect_ex(("127.0.0.1", port)) == 0 else ()


def guarded(port: int) -> bool:
    """Whether what answers turns a foreign Host away: only a guarded dashboard does."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", "/_stcore/health", headers={"Host": "alm-doctor.invalid"})
        answer = connection.getresponse()
        return answer.status == http.HTTPStatus.FORBIDDEN and answer.read().startswith(b"Refused:")
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def port(number: int, found: tuple[IPv4Address | IPv6Address, ...], *, ours: bool) -> Finding:
    """Free, or a guarded dashboard that only this machine reaches."""
    subject = t("Port {number}", number=number)
    if not found:
        return Finding("ok", subject, t("free"))
    outside = [str(address) for address in found if not address.is_loopback]
    if outside:
        sentence = t("Something listens for other machines too: {addresses}.", addresses=listed(outside))
        return Finding("fault", subject, sentence, t("Stop it; start the dashboard with `alm dashboard`."))
    if ours:
        return Finding("ok", subject, t("the dashboard, for this machine alone"))
    sentence = t("Another program listens there.")
    return Finding("warning", subject, sentence, t("Stop it, or use `alm dashboard --port NUMBER`."))
