"""Options nobody would mean: each is refused in a sentence, none breaks a command down or keeps it waiting."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from alm.cli import group
from alm.errors import AlmError
from tests.screen.households import demo_database


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return demo_database(tmp_path_factory.mktemp("odd") / "alm.db")


def refusal(db: Path, *words: str) -> str:
    done = CliRunner().invoke(group, [*words, "--db", str(db)])
    if isinstance(done.exception, AlmError):
        return str(done.exception)
    assert done.exit_code == 2, (done.output, done.exception)
    return done.output


@pytest.mark.parametrize(
    "command", ["brief --no-fire", "drill --fall 0.2", "snowball", "defence", "metrics", "what-if --cash 1 --no-fire"]
)
@pytest.mark.parametrize("on", ["0001-01-01", "1899-12-31", "2200-01-01", "9999-12-31"])
def test_a_date_that_no_row_can_have_is_refused(books, command, on):
    assert "expected a date from 1900-01-01 to 2199-12-31" in refusal(books, *command.split(), "--as-of", on)


def test_the_last_date_that_a_row_can_have_is_answered(books):
    done = CliRunner().invoke(group, ["snowball", "--years", "100", "--as-of", "2199-12-31", "--db", str(books)])
    assert done.exit_code == 0, done.exception


@pytest.mark.parametrize(
    "command",
    [
        "risk --years nan", "risk --years inf", "risk --years 1e300", "backtest --years 1000000",
        "backtest --rebalance band --band nan", "rebalance --realised-gains nan", "rebalance --realised-gains inf",
    ],
)  # fmt: skip
def test_no_number_and_no_number_of_years_is_refused(books, command):
    option = next(word for word in reversed(command.split()) if word.startswith("--"))
    assert option in refusal(books, *command.split())


def test_a_course_is_read_from_a_plain_file_only(books, tmp_path):
    """A pipe would keep the drill waiting for ever, and a device would fill the memory."""
    os.mkfifo(tmp_path / "pipe.csv")
    for path in (tmp_path / "pipe.csv", Path("/dev/zero"), tmp_path):
        assert "expected a plain file" in refusal(books, "drill", "--path", str(path))


@pytest.mark.parametrize("stretch", ["--from 2007-01-01 --to 2006-01-01", "--from 2090-01-01"])
def test_a_stretch_outside_a_packaged_index_names_the_dates_there_are(books, stretch):
    said = refusal(books, "drill", *stretch.split())
    assert "expected dates within 1999-01-04 to 2018-12-31" in said


def test_a_terminal_without_the_signs_is_answered_all_the_same(books):
    done = subprocess.run(
        [sys.executable, "-m", "alm", "stress", "--db", str(books)],
        env=os.environ | {"PYTHONIOENCODING": "ascii"}, capture_output=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")
