"""A page behind a passphrase shows nothing before it, takes the right one, and slows guessing down."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from alm import passphrase
from alm.cli.passphrase import command
from alm.errors import BadInput, DatabaseRefused
from alm.passphrase import Kept
from alm.screen.passphrase import Door
from alm.store import passphrases
from alm.store.backup import backup, restore
from alm.store.database import create, reading, upgrade, writing
from alm.store.health import examine
from tests.browser import browser, dashboard, settle
from tests.raw import raw
from tests.screen.households import quick_database
from tests.store.released import make

WORDS = "correct horse battery"


@pytest.fixture
def db(tmp_path: Path) -> Path:
    path = tmp_path / "alm.db"
    create(path)
    return path


def put(db: Path, words: str) -> Kept:
    """Set it, and what is read back."""
    with writing(db) as conn:
        passphrases.put(conn, passphrase.made(words))
    return stored(db)


def stored(db: Path) -> Kept | None:
    with reading(db) as conn:
        return passphrases.kept(conn)


def test_only_a_salted_hash_is_kept_and_only_in_the_books(db):
    first, second = put(db, WORDS), put(db, WORDS)
    assert (len(first.salt), len(first.hash)) == (16, 32)
    assert first.hash != second.hash
    assert WORDS.encode() not in db.read_bytes()
    assert [file.name for file in db.parent.iterdir()] == [db.name]


def test_the_right_words_and_no_others(db):
    known = put(db, WORDS)
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
    before = db.read_bytes()
    done = CliRunner().invoke(command, ["set", "--db", str(db), "--passphrase", "1234567"])
    assert isinstance(done.exception, BadInput)
    assert "at least 8 characters" in str(done.exception)
    assert db.read_bytes() == before


DAMAGE = (
    "DELETE FROM passphrase",
    "UPDATE passphrase SET is_set = 0",
    "UPDATE passphrase SET salt = ''",
    "UPDATE passphrase SET hash = 'x' || substr(hash, 2)",
)


@pytest.mark.parametrize("statement", DAMAGE)
def test_a_row_that_is_not_what_was_written_opens_nothing_until_it_is_set_again(db, statement):
    put(db, WORDS)
    with raw(db) as other:
        other.execute("PRAGMA ignore_check_constraints = ON")
        other.execute(statement)
    with pytest.raises(DatabaseRefused, match="the passphrase is not what was written"):
        stored(db)
    assert examine(db, date(2026, 11, 20)).faults == ("the passphrase is not what was written",)
    assert CliRunner().invoke(command, ["clear", "--db", str(db)]).output == "The page asks for nothing any more.\n"
    assert stored(db) is None


@pytest.fixture
def linked(db: Path, tmp_path: Path) -> Path:
    """Another name of the same books, in another folder."""
    link = tmp_path / "elsewhere" / "books.db"
    link.parent.mkdir()
    link.symlink_to(db)
    return link


def test_it_is_the_same_whatever_name_the_books_are_opened_by(db, linked, monkeypatch):
    typed = ["set", "--passphrase", WORDS, "--db"]
    assert CliRunner().invoke(command, [*typed, str(linked)]).exit_code == 0
    assert stored(linked) == stored(db) is not None
    monkeypatch.chdir(linked.parent)
    assert CliRunner().invoke(command, ["clear", "--db", "books.db"]).output == "The page asks for nothing any more.\n"
    assert stored(db) is None
    assert sorted(path.name for path in (*db.parent.iterdir(), *linked.parent.iterdir())) == [
        "alm.db",
        "books.db",
        "elsewhere",
    ]


def test_restoring_a_day_without_one_does_not_open_the_page(db, tmp_path):
    backup(db, tmp_path / "before.db")
    known = put(db, WORDS)
    restore(tmp_path / "before.db", db)
    assert stored(db) == known


# --- what earlier versions kept in a file beside the books ------------------------------------------------------------


def with_a_file(tmp_path: Path, text: str) -> Path:
    db = make(tmp_path / "old.db", 4)
    db.with_name("old.db.passphrase.json").write_text(text)
    return db


def test_the_file_of_an_earlier_version_is_taken_into_the_books(tmp_path):
    known = passphrase.made(WORDS)
    db = with_a_file(tmp_path, json.dumps({"salt": known.salt.hex(), "hash": known.hash.hex()}))
    assert upgrade(db)
    assert stored(db) == known
    assert sorted(path.name for path in tmp_path.iterdir()) == ["old.db", "old.db.schema-4"]


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"salt": "00", "hash": ""}', '{"salt": 1, "hash": 2}'])
def test_a_damaged_file_of_an_earlier_version_opens_nothing(tmp_path, text):
    db = with_a_file(tmp_path, text)
    with pytest.raises(BadInput, match=r"old\.db\.passphrase\.json: expected what `alm passphrase set` wrote there"):
        upgrade(db)
    with pytest.raises(DatabaseRefused, match="older version"), reading(db):
        pass


def test_guessing_is_slowed_down_for_every_browser_together(db):
    assert [passphrase.wait_seconds(n) for n in (0, 2, 3, 4, 5, 9, 10_000)] == [0, 0, 1, 2, 4, 60, 60]
    known, door = put(db, WORDS), Door()
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
    assert passphrase.matches(WORDS, stored(db))
    assert CliRunner().invoke(command, ["clear", "--db", str(db)]).exit_code == 0
    assert stored(db) is None


@pytest.mark.browser
def test_nothing_of_the_household_is_shown_before_the_passphrase(tmp_path):
    db = quick_database(tmp_path / "alm.db")
    put(db, WORDS)
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
