"""The units are valid, confined, and installed the same way twice."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from alm.store.database import create, writing
from alm.store.tables import write_rows

ROOT = Path(__file__).parent.parent
SERVICES = ("alm-dashboard", "alm-snapshot", "alm-prices", "alm-backup", "alm-alerts", "alm-alert@")
UNITS = 9


def asked(action: str, scope: str, folder: Path, project: Path = ROOT, **more: str) -> subprocess.CompletedProcess[str]:
    home = {"HOME": str(folder.parent / "home"), "XDG_DATA_HOME": "", "XDG_CONFIG_HOME": ""}
    environment = {**os.environ, **home, "ALM_UNIT_DIR": str(folder), "ALM_TIMEZONE": "Asia/Tokyo", **more}
    command = [str(project / "scripts" / "install-service.sh"), action, scope]
    return subprocess.run(command, env=environment, check=False, capture_output=True, text=True)


def install(action: str, scope: str, folder: Path, project: Path = ROOT, **more: str) -> str:
    done = asked(action, scope, folder, project, **more)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.fixture(params=["system", "user"])
def installed(request, tmp_path) -> tuple[str, Path]:
    folder = tmp_path / "units"
    install("install", request.param, folder)
    return request.param, folder


def test_systemd_has_nothing_to_say_about_the_units(installed):
    scope, folder = installed
    verify(scope, folder)


def verify(scope: str, folder: Path) -> None:
    units = sorted(str(path) for path in folder.iterdir())
    assert len(units) == UNITS
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
    assert again.count("unchanged  ") == UNITS
    assert "written  " not in again


def test_uninstalling_removes_every_unit_and_leaves_the_rest(installed):
    scope, folder = installed
    (folder / "other.service").write_text("[Unit]\n")
    assert install("uninstall", scope, folder).count("removed") == UNITS
    assert [path.name for path in folder.iterdir()] == ["other.service"]


def exposure(folder: Path, service: str) -> float:
    """As systemd scores it, 0 best and 10 worst."""
    command = ["systemd-analyze", "security", "--offline=true", str(folder / f"{service}.service")]
    shown = subprocess.run(command, capture_output=True, text=True, check=False)
    return float(re.search(r"Overall exposure level for \S+ ([\d.]+)", shown.stdout)[1])


@pytest.mark.parametrize("service", SERVICES)
def test_units_are_confined(tmp_path, service):
    """A user's manager cannot drop the last capabilities, filter addresses or hide processes: that is 2.5 points."""
    install("install", "system", tmp_path / "system")
    install("install", "user", tmp_path / "user")
    assert exposure(tmp_path / "system", service) <= (0.5 if service in ("alm-snapshot", "alm-backup") else 1.5)
    assert exposure(tmp_path / "user", service) <= 4.0


def test_the_snapshot_has_no_network_and_the_dashboard_only_this_machine(tmp_path):
    install("install", "system", tmp_path)
    for unit in ("alm-snapshot.service", "alm-backup.service"):
        assert "PrivateNetwork=yes" in (tmp_path / unit).read_text()
    dashboard = (tmp_path / "alm-dashboard.service").read_text()
    assert "IPAddressDeny=any\nIPAddressAllow=localhost" in dashboard


def test_timers_run_in_the_household_s_time_zone_and_catch_up(tmp_path):
    install("install", "user", tmp_path)
    timer = (tmp_path / "alm-snapshot.timer").read_text()
    assert "OnCalendar=*-*-* 06:30:00 Asia/Tokyo" in timer
    assert "Persistent=true" in timer


def test_the_snapshot_comes_after_the_prices_and_both_after_the_clock(installed):
    """In one chain, so that a machine that catches up at boot keeps the order."""
    _, folder = installed
    snapshot, prices = ((folder / f"alm-{name}.service").read_text() for name in ("snapshot", "prices"))
    assert "\nAfter=alm-prices.service time-sync.target\nWants=alm-prices.service time-sync.target\n" in snapshot
    assert "\nWants=network-online.target time-sync.target\n" in prices
    assert not (folder / "alm-prices.timer").exists()


def test_a_page_that_cannot_start_fails_and_is_told(installed):
    """Five starts of up to a minute each, and the pauses between them, must fit into the interval of the limit."""
    _, folder = installed
    text = (folder / "alm-dashboard.service").read_text()
    found = {name: int(re.search(rf"^{name}=(\d+)", text, re.MULTILINE)[1]) for name in
             ("StartLimitIntervalSec", "StartLimitBurst", "TimeoutStartSec", "RestartSec", "WatchdogSec")}  # fmt: skip
    assert "StartLimitIntervalSec=10min" in text
    longest = found["StartLimitBurst"] * (max(found["TimeoutStartSec"], found["WatchdogSec"]) + found["RestartSec"])
    assert longest < found["StartLimitIntervalSec"] * 60
    assert "\nOnFailure=alm-alert@%n.service\n" in text


def test_a_unit_of_an_earlier_version_goes(tmp_path):
    folder = tmp_path / "units"
    folder.mkdir()
    (folder / "alm-prices.timer").write_text("[Timer]\n")
    assert f"removed    {folder}/alm-prices.timer" in install("install", "user", folder)
    assert not (folder / "alm-prices.timer").exists()


# --- where it is installed, and by whom -------------------------------------------------------------------------------


def project_at(place: Path) -> Path:
    """The program in another folder; its environment stays where it is."""
    place.mkdir(parents=True)
    for name in ("scripts", "systemd"):
        shutil.copytree(ROOT / name, place / name)
    (place / ".venv").symlink_to(ROOT / ".venv")
    return place


@pytest.mark.parametrize("scope", ["system", "user"])
def test_a_path_may_hold_spaces_and_signs(tmp_path, scope):
    project, folder = project_at(tmp_path / "R&D | 100% my books"), tmp_path / "units"
    install("install", scope, folder, project, XDG_DATA_HOME=str(tmp_path / "my data & more"))
    text = (folder / "alm-snapshot.service").read_text()
    assert f'ExecStart="{tmp_path}/R&D | 100%% my books/.venv/bin/alm" snapshot --db "' in text
    assert f"Documentation=file:{tmp_path}/R&D%%20|%%20100%%25%%20my%%20books/README.md" in text
    verify(scope, folder)


@pytest.mark.parametrize("sign", ['"', "'", "$", "`", "\\", "\n"])
def test_a_path_that_systemd_cannot_be_told_is_a_sentence(tmp_path, sign):
    done = asked("install", "user", tmp_path / "units", project_at(tmp_path / f"my{sign}alm"))
    assert done.returncode == 2
    assert "choose a path without quotes" in done.stderr
    assert not (tmp_path / "units").exists()


def test_a_home_that_the_service_cannot_enter_is_a_sentence(tmp_path):
    project = project_at(tmp_path / "home" / "alm")
    (tmp_path / "home").chmod(0o700)
    for place in (tmp_path, *tmp_path.parents[:2]):
        place.chmod(0o755)
    done = asked("check", "system", tmp_path / "units", project)
    assert done.returncode == 2
    assert f"The user alm of the service cannot enter {tmp_path}/home: move the project" in done.stderr


@pytest.mark.parametrize("zone", ["Mars/Phobos", "../../etc/passwd", "Asia/Tokyo\nUser=root", "/etc/localtime"])
def test_a_time_zone_that_is_none_is_a_sentence(tmp_path, zone):
    done = asked("install", "user", tmp_path / "units", ALM_TIMEZONE=zone)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"There is no time zone '{zone}': set ALM_TIMEZONE to one such as Asia/Tokyo")
    assert not (tmp_path / "units").exists()


def test_timers_follow_the_household_s_own_time_zone_and_the_backup_its_second_folder(tmp_path):
    """Read from the books; what the environment says goes before it."""
    books = tmp_path / "alm" / "alm.db"
    create(books)
    with writing(books) as conn:
        rows = {"timezone": "America/New_York", "backup_also": "/media/disk of mine/alm"}
        write_rows(conn, "settings", [{"name": name, "value": value} for name, value in rows.items()])
    folder = tmp_path / "units"
    install("install", "user", folder, XDG_DATA_HOME=str(tmp_path), ALM_TIMEZONE="")
    assert "06:30:00 America/New_York" in (folder / "alm-snapshot.timer").read_text()
    assert 'ReadWritePaths="-/media/disk of mine/alm"' in (folder / "alm-backup.service").read_text()
    assert "disk of mine" not in (folder / "alm-snapshot.service").read_text()
    verify("user", folder)


def test_nothing_is_restarted_where_nothing_runs(tmp_path):
    assert install("restart", "user", tmp_path) == ""
