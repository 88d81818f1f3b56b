"""A page behind a passphrase shows nothing before it, takes the right one, and slows guessing down."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from alm import passphrase
from alm.cli.passphrase import command
from alm.errors import BadInput
from alm.screen.passphrase import Door
from tests.browser import browser, dashboard, settle
from tests.screen.households import quick_database

WORDS = "correct horse battery"


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "alm.db"


def test_only_a_salted_hash_is_kept_and_only_the_owner_reads_it(db):
    passphrase.put(db, WORDS)
    path = passphrase.path_for(db)
    first = json.loads(path.read_text())
    assert path.stat().st_mode & 0o777 == 0o600
    assert set(first) == {"salt", "hash"}
    passphrase.put(db, WORDS)
    assert json.loads(path.read_text())["hash"] != first["hash"]
    assert [file.name for file in db.parent.iterdir()] == [path.name]


def test_the_right_words_and_no_others(db):
    passphrase.put(db, WORDS)
    known = passphrase.kept(db)
    assert passphrase.matches(WORDS, known)
    for wrong in ("", "Correct horse battery", WORDS + " ", WORDS[:-1]):
        assert not passphrase.matches(wrong, known)


def test_scrypt_as_published():
    """RFC 7914, section 12, checks the function; the cost is OWASP's first choice, N = 2^17, r = 8, p = 1."""
    import hashlib

    shown = hashlib.scrypt(b"password", salt=b"NaCl", n=1024, r=8, p=16, dklen=64, maxmem=2**26).hex()
    assert shown.startswith("fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162")
    assert (passphrase.COST, passphrase.BLOCK, passphrase.LANES) == (131072, 8, 1)


def test_a_short_one_is_refused_and_nothing_is_written(db):
    with pytest.raises(BadInput, match="at least 8 characters"):
        passphrase.put(db, "1234567")
    assert list(db.parent.iterdir()) == []


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"salt": "00", "hash": ""}', '{"salt": 1, "hash": 2}'])
def test_a_damaged_file_opens_nothing(db, text):
    passphrase.path_for(db).write_text(text)
    with pytest.raises(BadInput, match="alm passphrase clear"):
        passphrase.kept(db)


def test_guessing_is_slowed_down_for_every_browser_together(db):
    assert [passphrase.wait_seconds(n) for n in (0, 2, 3, 4, 5, 9, 10_000)] == [0, 0, 1, 2, 4, 60, 60]
    passphrase.put(db, WORDS)
    known, door = passphrase.kept(db), Door()
    assert [door.try_("wrong", known, now=0.0) for _ in range(3)] == [False, False, False]
    assert door.try_(WORDS, known, now=0.5) is None
    assert door.try_(WORDS, known, now=1.0) is True
    assert door.failures == 0


def test_the_command_sets_and_clears(tmp_path):
    db = quick_database(tmp_path / "alm.db")
    typed = f"{WORDS}\n{WORDS}\n"
    done = CliRunner().invoke(command, ["set", "--db", str(db)], input=typed)
    assert done.exit_code == 0
    assert WORDS not in done.output
    assert passphrase.matches(WORDS, passphrase.kept(db))
    assert CliRunner().invoke(command, ["clear", "--db", str(db)]).exit_code == 0
    assert passphrase.kept(db) is None


@pytest.mark.browser
def test_nothing_of_the_household_is_shown_before_the_passphrase(tmp_path):
    db = quick_database(tmp_path / "alm.db")
    passphrase.put(db, WORDS)
    with dashboard(db, tmp_path) as address, browser() as chromium:
        page = chromium.new_page()
        received: list[bytes | str] = []
        page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: received.append(frame)))
        page.goto(address)
        question = page.get_by_label("Passphrase")
        question.wait_for()
        for wrong in ("guess one", "guess two"):
            question.fill(wrong)
            question.press("Enter")
            page.get_by_text("That is not the passphrase.").wait_for()
        assert not any(secret in as_bytes(frame) for frame in received for secret in (b"Demo Securities", "¥".encode()))
        question.fill(WORDS)
        question.press("Enter")
        settle(page)
        assert page.get_by_label("Passphrase").count() == 0
        other = chromium.new_page()
        other.goto(address)
        other.get_by_label("Passphrase").wait_for()
    assert WORDS not in (tmp_path / "dashboard.log").read_text()


def as_bytes(frame: bytes | str) -> bytes:
    return frame.encode() if isinstance(frame, str) else frame
