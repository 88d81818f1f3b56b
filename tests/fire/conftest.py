"""One compilation for the whole session, in its own folder, so that no test depends on the machine's cache."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import alm.fire.engine
import alm.fire.machine_code


@pytest.fixture(scope="session", autouse=True)
def compiled_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Machine code shared by every worker of the session."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if base.name.startswith("popen-") else base
    patch = pytest.MonkeyPatch()
    patch.setattr(alm.fire.machine_code, "own_folder", lambda: Path(shared) / "kernels")
    patch.setattr(alm.fire.machine_code, "installed_folder", lambda: Path(shared) / "nothing-installed")
    alm.fire.engine.kernel.cache_clear()
    yield
    patch.undo()
