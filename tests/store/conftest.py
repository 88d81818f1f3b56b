"""A real database file for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from alm.store.database import create


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("empty") / "alm.db"
    create(path)
    return path


@pytest.fixture
def db(tmp_path: Path, empty: Path) -> Path:
    path = tmp_path / "alm.db"
    path.write_bytes(empty.read_bytes())
    path.chmod(0o600)
    return path
