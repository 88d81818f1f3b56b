"""`alm doctor` finds what was broken on purpose, names the cure, changes nothing and shows no amount."""

from __future__ import annotations

import json
import re
import socket
import threading
from contextlib import contextmanager
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address

import pytest
from click.testing import CliRunner

from alm.balance_sheet import BalanceSheet
from alm.cli.doctor import command, show
from alm.doctor import Finding, books, machine, service, worst
from alm.settings import Settings, project_folder
from alm.store.health import Health
from alm.store.schema import SCHEMA_VERSION
from tests.households import reference_household
from tests.raw import raw
from tests.screen.households import demo_database, from_the_future, not_a_database, stale, without_a_price

TODAY = date(2026, 11, 20)
SOUND = Health(SCHEMA_VERSION, 12, (), (), True, TODAY, ())


def levels(findings):
    return [finding.level for finding in findings]


# --- the installation -------------------------------------------------------------------------------------------------


def test_python_and_sqlite_must_be_new_enough():
    assert machine.python((3, 11, 0)).level == "ok"
    assert machine.python((3, 10, 14)).level == "fault"
    assert machine.sqlite("3.37.0").level == "ok"
    assert machine.sqlite("3.36.9").level == "fault"


LOCK = """
alembic==1.20.1 \\
    --hash=sha256:8349
    # via alm
plotly==7.0
numpy==1.0 ; python_full_version < '3.0' \\
    --hash=sha256:1234
numpy==2.4.6 ; python_full_version >= '3.0' \\
    --hash=sha256:1234
tzdata==2026.2 ; sys_platform == 'win32'
"""


def test_packages_are_compared_with_the_lock():
    wanted = machine.pinned(LOCK)
    assert wanted == {"alembic": "1.20.1", "plotly": "7.0", "numpy": "2.4.6"}
    assert machine.packages(wanted, wanted).level == "ok"
    assert machine.packages(wanted, wanted | {"plotly": "6.0"}).level == "warning"
    missing = machine.packages(wanted, wanted | {"plotly": None})
    assert (missing.level, missing.sentence) == ("fault", "Not installed: plotly.")


def test_this_installation_is_the_locked_one():
    wanted = machine.pinned((project_folder() / "requirements.txt").read_text())
    assert {"streamlit", "numpy", "sqlalchemy"} <= set(wanted)
    assert machine.packages(wanted, machine.installed(wanted)).level == "ok"


def test_a_cache_that_is_not_there_yet_can_be_made_where_its_folder_is_writable(tmp_path):
    assert machine.cache(tmp_path / "a" / "b").level == "ok"
    (tmp_path / "file").write_text("")
    assert machine.cache(tmp_path / "file" / "b").level == "warning"
    assert not (tmp_path / "a").exists()


# --- the database -----------------------------------------------------------------------------------------------------


def health(**changes):
    values = {name: getattr(SOUND, name) for name in Health.__slots__}
    return Health(**(values | changes))


def test_a_sound_database_has_nothing_but_ok():
    assert levels((*books.whole(SOUND), *books.snapshots(SOUND, TODAY))) == ["ok", "ok", "ok"]


def test_damage_is_a_fault_and_another_programs_edit_a_warning():
    damaged = books.whole(health(faults=("holdings is not what was written",)))
    assert damaged[0].level == "fault"
    assert "alm restore" in damaged[0].cure
    assert levels(books.whole(health(changed_elsewhere=("loans",)))) == ["ok", "ok", "warning"]


def test_an_older_schema_is_a_warning_and_a_newer_one_a_fault():
    assert levels(books.whole(health(schema=SCHEMA_VERSION - 1))) == ["ok", "warning"]
    assert levels(books.whole(health(schema=SCHEMA_VERSION + 1))) == ["ok", "fault"]


def test_days_that_were_not_recorded():
    assert levels(books.snapshots(health(last_snapshot=TODAY - timedelta(days=1)), TODAY)) == ["ok"]
    assert levels(books.snapshots(health(last_snapshot=TODAY - timedelta(days=2)), TODAY)) == ["warning"]
    assert levels(books.snapshots(health(last_snapshot=None), TODAY)) == ["warning"]
    gap = books.snapshots(health(missed=(date(2026, 11, 3), date(2026, 11, 7))), TODAY)[1]
    assert gap.sentence == "Days without a record: 2, the last of them 2026-11-07, 2026-11-03."


def test_a_file_of_two_names_is_seen(tmp_path):
    """A crash under one name leaves its journal beside that name, where the other is not looked for."""
    (tmp_path / "alm.db").touch(0o600)
    assert books.names(tmp_path / "alm.db") == ()
    (tmp_path / "second.db").hardlink_to(tmp_path / "alm.db")
    (found,) = books.names(tmp_path / "alm.db")
    assert (found.level, found.sentence) == ("warning", "The file has 2 names (hard links).")


def test_nightly_backups_that_stopped_are_seen_and_none_at_all_is_a_choice(tmp_path):
    def kept(*days: date):
        return books.backups([tmp_path / f"alm-{day}.db" for day in days], TODAY)

    assert books.backups([], TODAY) == ()
    assert levels(kept(TODAY - timedelta(days=1), date(2026, 1, 31))) == ["ok"]
    (stopped,) = kept(TODAY - timedelta(days=3))
    assert (stopped.level, stopped.sentence) == ("warning", "The last nightly backup is of 2026-11-17.")


@pytest.mark.parametrize(
    ("folder", "file", "found"),
    [(0o700, 0o600, ["ok"]), (0o755, 0o600, ["ok"]), (0o700, 0o640, ["warning"]), (0o700, 0o620, ["fault"]),
     (0o777, 0o600, ["fault"]), (0o1777, 0o600, ["ok"])],
)  # fmt: skip
def test_permissions(tmp_path, folder, file, found):
    home = tmp_path / "alm"
    home.mkdir()
    (home / "alm.db").touch()
    (home / "alm.db").chmod(file)
    home.chmod(folder)
    assert levels(books.privacy((home / "alm.db", home, home / "absent"))) == found


def test_the_age_of_data_is_judged_as_the_verdict_judges_it():
    sheet = reference_household(TODAY)
    assert books.freshness(sheet, Settings()).level == "ok"
    assert books.freshness(BalanceSheet(TODAY, "JPY"), Settings()).level == "warning"


# --- what runs --------------------------------------------------------------------------------------------------------

RUNNING = {"LoadState": "loaded", "ActiveState": "active", "UnitFileState": "enabled", "Result": "success"}
WAITING = {"LoadState": "loaded", "ActiveState": "inactive", "UnitFileState": "static", "Result": "success"}
ALL = dict.fromkeys(service.UNITS, RUNNING) | dict.fromkeys(service.WORKERS, WAITING)


def test_units():
    assert levels(service.units(ALL)) == ["ok"]
    assert levels(service.units({})) == ["warning"]
    failed = service.units(ALL | {"alm-snapshot.service": WAITING | {"Result": "exit-code"}})
    assert [(f.level, f.sentence) for f in failed] == [("fault", "Failed: alm-snapshot.service.")]
    stopped = service.units(ALL | {"alm-backup.timer": RUNNING | {"ActiveState": "inactive"}})
    assert [(f.level, f.sentence) for f in stopped] == [("warning", "Not running: alm-backup.timer.")]
    gone = service.units(ALL | {"alm-alerts.timer": {"LoadState": "not-found"}})
    assert [(f.level, f.sentence) for f in gone] == [("warning", "Not installed: alm-alerts.timer.")]


TCP = """  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid
   0: 0100007F:2135 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000
   1: 0100007F:2135 0100007F:D3A0 01 00000000:00000000 00:00000000 00000000  1000
   2: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000  0
"""
TCP6 = """  sl  local_address                         remote_address                        st
   0: 00000000000000000000000001000000:2135 00000000000000000000000000000000:0000 0A 0:0
"""


def test_the_kernels_table_of_sockets():
    assert service.listeners(TCP, 8501) == (ip_address("127.0.0.1"),)
    assert service.listeners(TCP, 22) == (ip_address("0.0.0.0"),)
    assert service.listeners(TCP6, 8501) == (ip_address("::1"),)


def test_the_port():
    loopback, everywhere = ip_address("127.0.0.1"), ip_address("0.0.0.0")
    assert service.port(8501, (), ours=False).level == "ok"
    assert service.port(8501, (loopback,), ours=True).level == "ok"
    assert service.port(8501, (loopback,), ours=False).level == "warning"
    assert service.port(8501, (loopback, everywhere), ours=True).level == "fault"


@contextmanager
def stranger():
    """A server that answers whatever name it is called by."""

    class Polite(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()

        def log_message(self, *arguments):
            pass

    server = HTTPServer(("127.0.0.1", 0), Polite)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


def test_a_stranger_on_the_port_is_told_from_the_dashboard():
    with stranger() as port:
        assert service.listening(port) == (ip_address("127.0.0.1"),)
        assert not service.guarded(port)


# --- the command ------------------------------------------------------------------------------------------------------


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def doctor(db, *options):
    db.parent.chmod(0o700)
    done = CliRunner().invoke(command, ["--db", str(db), "--port", str(free_port()), *options])
    return done.exit_code, done.output


def findings(db):
    status, output = doctor(db, "--json")
    told = json.loads(output)
    return status, {Finding(**row).subject: row["level"] for row in told["findings"]}, told


def test_the_demo_household_is_well_but_was_never_recorded(tmp_path):
    db = demo_database(tmp_path / "alm.db")
    before = db.read_bytes()
    status, found, told = findings(db)
    assert (status, told["worst"], told["refused"]) == (0, "warning", False)
    assert [subject for subject, level in found.items() if level != "ok"] == ["Snapshots"]
    assert db.read_bytes() == before


def test_a_sentence_without_spaces_goes_on_below_and_is_never_cut(capsys):
    show((Finding("ok", "サービス", "あ" * 60),))
    assert capsys.readouterr().out.count("あ") == 60


def test_a_flipped_byte_is_a_fault(tmp_path):
    db = demo_database(tmp_path / "alm.db")
    content = db.read_bytes()
    assert b"50000000" in content
    db.write_bytes(content.replace(b"50000000", b"50000001", 1))
    status, found, _ = findings(db)
    assert (status, found["Database"]) == (3, "fault")


def test_an_unreadable_database_is_refused_and_the_rest_is_still_said(tmp_path):
    for name, make in {"none": lambda path: path, "diary": not_a_database, "newer": from_the_future}.items():
        status, found, told = findings(make(tmp_path / name))
        assert (status, told["refused"], told["worst"]) == (2, True, "fault"), name
        assert found["Python"] == found["Packages"] == "ok"


def test_missing_and_old_prices_are_warnings_by_name(tmp_path):
    _, found, told = findings(without_a_price(tmp_path / "alm.db"))
    assert found["Data"] == "warning"
    assert "no price for NOPRICE" in str(told)
    assert findings(stale(tmp_path / "old.db"))[1]["Data"] == "warning"


def test_what_another_program_changed_is_shown(tmp_path):
    db = demo_database(tmp_path / "alm.db")
    with raw(db) as other:
        other.execute("UPDATE loans SET balance = '1'")
    assert findings(db)[1]["Digests"] == "warning"


def test_no_line_holds_an_amount_and_each_trouble_has_its_cure(tmp_path):
    for make in (demo_database, stale, without_a_price, not_a_database):
        db = make(tmp_path / make.__name__)
        _, output = doctor(db)
        assert not re.search(r"[¥$€£]|\d{1,3}(,\d{3}){2}", output.replace(str(db), "")), output
        assert all(row["cure"] for row in findings(db)[2]["findings"] if row["level"] != "ok")


def test_in_japanese(tmp_path):
    from tests.screen.households import quick_database

    _, output = doctor(quick_database(tmp_path / "alm.db", language="ja"))
    assert "空いています" in output
    assert "警告" in output


def test_the_worst_of_nothing_is_well():
    assert worst(()) == "ok"
