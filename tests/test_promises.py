"""Every promise of `docs/promises.md` names a test or a script that is there, and the long ones run in `make soak`."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROWS = re.findall(r"^\| (.+?) \| `(.+?)` \|$", (ROOT / "docs" / "promises.md").read_text(), re.MULTILINE)


@pytest.mark.parametrize(("promise", "shown_by"), ROWS, ids=[where for _, where in ROWS])
def test_each_promise_has_its_proof(promise, shown_by):
    path, _, name = shown_by.partition("::")
    assert (ROOT / path).is_file()
    if not name:
        return
    tree = ast.parse((ROOT / path).read_text())
    found = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name]
    assert len(found) == 1
    if "*soak*" in promise:
        assert "soak" in (ROOT / path).read_text()


def test_no_row_is_overlooked():
    lines = [line for line in (ROOT / "docs" / "promises.md").read_text().splitlines() if line.startswith("| ")]
    assert len(ROWS) == len([line for line in lines if not line.startswith("| Promise")])
    assert len(ROWS) > 40
