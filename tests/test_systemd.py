"""The units are valid, confined, and installed the same way twice."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SERVICES = ("alm-dashboard", "alm-snapshot", "alm-prices", "alm-alerts", "alm-alert@")


def install(action: str, scope: str, folder: Path) -> str:
    environment = {**os.environ, "ALM_UNIT_DIR": str(folder), "ALM_TIMEZONE": "Asia/Tokyo"}
    command = [str(ROOT / "scripts" / "install-service.sh"), action, scope]
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout


@pytest.fixture(params=["system", "user"])
def installed(request, tmp_path) -> tuple[str, Path]:
    install("install", request.param, tmp_path)
    return request.param, tmp_path


def test_systemd_has_nothing_to_say_about_the_units(installed):
    scope, folder = installed
    units = sorted(str(path) for path in folder.iterdir())
    assert len(units) == 8
    flag = ["--user"] if scope == "user" else []
    environment = {**os.environ, "XDG_RUNTIME_DIR": str(folder.parent)}
    command = ["systemd-analyze", *flag, "verify", *units]
    shown = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (shown.returncode, shown.stderr) == (0, "")


def test_no_place_is_left_unfilled(installed):
    _, folder = installed
    assert [
        path.name for path in folder.iterdir() if "\n@" in path.read_text() or "@PROJECT@" in path.read_text()
    ] == []


def test_a_second_installation_changes_nothing(installed):
    scope, folder = installed
    again = install("install", scope, folder)
    assert again.count("unchanged  ") == 8
    assert "written  " not in again


def test_uninstalling_removes_every_unit_and_leaves_the_rest(installed):
    scope, folder = installed
    (folder / "other.service").write_text("[Unit]\n")
    assert install("uninstall", scope, folder).count("removed") == 8
    assert [path.name for path in folder.iterdir()] == ["other.service"]


@pytest.mark.parametrize("service", SERVICES)
def test_system_units_are_confined(tmp_path, service):
    """Exposure as systemd scores it, 0 best and 10 worst: at most 1.5, and 0.5 for the one without a network."""
    install("install", "system", tmp_path)
    limit = 5 if service == "alm-snapshot" else 15
    command = [
        "systemd-analyze",
        "security",
        "--offline=true",
        f"--threshold={limit}",
        str(tmp_path / f"{service}.service"),
    ]
    shown = subprocess.run(command, capture_output=True, text=True, check=False)
    assert shown.returncode == 0, shown.stdout.splitlines()[-1]


def test_the_snapshot_has_no_network_and_the_dashboard_only_this_machine(tmp_path):
    install("install", "system", tmp_path)
    assert "PrivateNetwork=yes" in (tmp_path / "alm-snapshot.service").read_text()
    dashboard = (tmp_path / "alm-dashboard.service").read_text()
    assert "IPAddressDeny=any\nIPAddressAllow=localhost" in dashboard


def test_timers_run_in_the_household_s_time_zone_and_catch_up(tmp_path):
    install("install", "user", tmp_path)
    timer = (tmp_path / "alm-snapshot.timer").read_text()
    assert "OnCalendar=*-*-* 06:45:00 Asia/Tokyo" in timer
    assert "Persistent=true" in timer
