"""Machine code: compiled once, kept for the next process, and handed from an installation to its users."""

from __future__ import annotations

from pathlib import Path

import pytest

import alm.fire.kernel
from alm.fire import engine
from alm.fire.compiled import compile_kernel, copied, digest
from alm.fire.engine import MODULES, run
from alm.fire.plan import Plan
from alm.fire.warm import warm

ONE = Plan(years=1, paths=1)


def test_a_new_user_starts_with_what_the_installation_compiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed = tmp_path / "environment"
    kept = warm(installed)
    assert kept.name == digest(MODULES)
    theirs = compile_kernel(alm.fire.kernel.run_block, MODULES, tmp_path / "user", installed)
    monkeypatch.setattr(engine, "kernel", lambda: theirs)
    run(ONE)
    assert sum(theirs.stats.cache_hits.values()) == 1  # type: ignore[attr-defined]  # numba's dispatcher
    assert not theirs.stats.cache_misses  # type: ignore[attr-defined]


def test_warming_again_keeps_the_kernel_and_removes_those_of_other_sources(tmp_path: Path) -> None:
    old = tmp_path / "0123456789abcdef"
    old.mkdir()
    kept = warm(tmp_path)
    before = sorted(file.stat().st_mtime_ns for file in kept.rglob("*.nb?"))
    assert len(before) == 2
    assert warm(tmp_path) == kept
    assert sorted(file.stat().st_mtime_ns for file in kept.rglob("*.nb?")) == before
    assert not old.exists()


def test_a_copy_is_whole_or_not_there(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "code").write_bytes(b"1")
    assert not copied(tmp_path / "missing", tmp_path / "a" / "target")
    assert copied(source, tmp_path / "a" / "target")
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["target"]
    (tmp_path / "a" / "target" / "code").write_bytes(b"2")
    assert not copied(source, tmp_path / "a" / "target")
    assert (tmp_path / "a" / "target" / "code").read_bytes() == b"2"
    (tmp_path / "file").write_bytes(b"")
    assert not copied(source, tmp_path / "file" / "target")
