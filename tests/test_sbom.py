"""The bill of materials holds every package of the lock, each with its digests and licence, and every file of data."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest

from alm.settings import data_folder
from scripts.write_sbom import UNKNOWN, bill, licence
from tests.browser import ROOT

COMPONENTS = bill()["components"]
LIBRARIES = {part["name"]: part for part in COMPONENTS if part["type"] == "library"}


def test_every_locked_package_stands_in_it_with_the_digests_it_is_held_to():
    lock = (ROOT / "requirements.txt").read_text()
    for name in ("numpy", "streamlit", "sqlalchemy", "numba", "reportlab"):
        part = LIBRARIES[name]
        assert part["purl"] == f"pkg:pypi/{name}@{part['version']}"
        _, _, after = lock.partition(f"\n{name}=={part['version']}")
        assert f"--hash=sha256:{part['hashes'][0]['content']}" in after.partition("# via")[0]
    assert all(re.fullmatch("[0-9a-f]{64}", d["content"]) for part in LIBRARIES.values() for d in part["hashes"])
    assert [name for name, part in LIBRARIES.items() if not part["hashes"]] == []


def test_no_licence_asks_for_the_source_of_what_uses_it():
    licences = {name: part["licenses"][0]["license"]["name"] for name, part in LIBRARIES.items()}
    assert [name for name, text in licences.items() if re.search(r"\bA?GPL|\bLGPL|Commons Clause", text)] == []
    assert sum(text == UNKNOWN for text in licences.values()) <= 2
    assert licence("a-package-that-nobody-made") == UNKNOWN


def test_every_file_of_data_says_where_it_comes_from():
    described = {part["name"]: part["description"] for part in COMPONENTS if part["type"] == "data"}
    assert len(described) == sum(path.is_file() for path in data_folder().rglob("*"))
    assert [name for name, words in described.items() if words == UNKNOWN] == []


@pytest.mark.parametrize("folder", [".", "a/new/folder"])
def test_it_is_written_as_json_that_a_scanner_reads(tmp_path, folder):
    target = tmp_path / folder / "sbom.json"
    command = [sys.executable, "-m", "scripts.write_sbom", str(target)]
    shown = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    found = json.loads(target.read_text())
    assert (found["bomFormat"], found["specVersion"]) == ("CycloneDX", "1.5")
    assert shown.startswith(f"{target}: {len(LIBRARIES)} packages, ")
