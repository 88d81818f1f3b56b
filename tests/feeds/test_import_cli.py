"""`alm import` and `alm export` as a person types them."""

from __future__ import annotations

import json
import shutil
import stat
from pathlib import Path

import pytest

from tests.feeds.books import IBKR, RAKUTEN, SAMPLES, SBI, SBI_TRADES, alm, new_books, rows


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return new_books(tmp_path)


def test_a_folder_of_broker_files_lands_and_says_what_changed(db: Path, tmp_path: Path) -> None:
    folder = tmp_path / "downloads"
    folder.mkdir()
    for name in (RAKUTEN, SBI, SBI_TRADES, IBKR):
        shutil.copy(SAMPLES / name, folder)
    done = alm(db, "import", str(folder), "--as-of", "2026-11-20")
    assert done.returncode == 0
    assert "資産合計" in done.stdout
    assert "5,539,003" in done.stdout
    assert "Import 1 is in the books." in done.stdout
    again = alm(db, "import", str(folder), "--as-of", "2026-11-20")
    assert (again.returncode, "Nothing changed: the 58 rows are in the books already." in again.stdout) == (0, True)


def test_a_dry_run_writes_nothing_and_json_lists_the_changes(db: Path) -> None:
    done = alm(db, "import", str(SAMPLES / SBI), "--as-of", "2026-11-20", "--dry-run", "--json")
    told = json.loads(done.stdout)
    assert told["import"] is None
    assert sum(change["table"] == "holdings" for change in told["changes"]) == 6
    assert {"what": "総合計", "value": "1964657.46", "printed": "1964657.46"} in told["totals"]
    assert rows(db, "holdings") == []


def test_a_refusal_is_one_sentence_and_status_2(db: Path, tmp_path: Path) -> None:
    broken = tmp_path / RAKUTEN
    broken.write_bytes((SAMPLES / RAKUTEN).read_bytes().replace(b"1,670,295", b"1,670,285"))
    done = alm(db, "import", str(broken))
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == (
        f"{RAKUTEN}, row 5, 国内株式: '1,670,285.0' is refused: expected 1,670,295.0, the sum of what was read.\n"
    )
    assert rows(db, "accounts") == []


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("nowhere.csv",), "nowhere.csv: expected a file that exists."),
        ((str(SAMPLES / SBI), "--format", "etrade"), "There is no format named 'etrade'"),
        ((str(SAMPLES / SBI), "--kind", "shares"), "There is no table named 'shares'"),
        ((str(Path(__file__)),), "a file of a known broker"),
    ],
)
def test_what_cannot_be_read_is_named(db: Path, words: tuple[str, ...], sentence: str) -> None:
    done = alm(db, "import", *words)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1


def test_an_empty_folder_is_refused(db: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "empty: expected files ending in" in alm(db, "import", str(tmp_path / "empty")).stderr


def test_export_is_private_and_comes_back_unchanged(db: Path, tmp_path: Path) -> None:
    alm(db, "import", str(SAMPLES / SBI), str(SAMPLES / SBI_TRADES), "--as-of", "2026-11-20")
    folder = tmp_path / "out"
    done = alm(db, "export", str(folder))
    assert "4 tables written" in done.stdout
    files = sorted(folder.iterdir())
    assert [file.name for file in files] == ["accounts.csv", "holdings.csv", "prices.csv", "transactions.csv"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert "Nothing changed" in alm(db, "import", str(folder)).stdout
