"""Machine code: compiled once by a process of its own, kept whole, the same answers on every processor."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from alm.errors import NotCompiled
from alm.fire import compile as code
from alm.fire import engine
from alm.fire.compile import Kernel, file_name, machine_code, read, write
from alm.fire.engine import kernel, run, simulate
from alm.fire.interpreted import PreliminaryEstimate
from alm.fire.warm import warm
from alm.step.block import RUIN
from tests.fire.plans import reference

CODE = b"\x7fELF and what follows"


def answers(one: Kernel, monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Every bit of what some runs say by this machine code."""
    monkeypatch.setattr(engine, "kernel", lambda: one)
    return [part.tobytes() for seed in range(5) for part in run(replace(reference(), paths=500, seed=seed))]


def test_every_processor_gives_the_same_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two numbers at a time, four or eight: to the last bit."""
    file = tmp_path / "code.o"
    plain = {**os.environ, "NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": ""}
    subprocess.run([sys.executable, "-m", "alm.fire.compile", str(file), "anywhere"], check=True, env=plain)
    anywhere = read(file)
    assert anywhere is not None
    assert anywhere != machine_code()
    assert answers(Kernel(anywhere), monkeypatch) == answers(Kernel(machine_code()), monkeypatch)


def test_an_array_with_gaps_is_refused_before_it_is_read() -> None:
    """The code would take its bytes for something else."""
    space = list(engine._work_space(reference(), 2))
    space[1] = np.zeros((len(space[1]), 4))[:, ::2]
    worth, first = np.empty((41, 2), dtype=np.float32), np.zeros((2, 6), dtype=np.int32)
    with pytest.raises(TypeError, match="C-contiguous"):
        kernel()(*space, worth, first, engine.UNRECORDED, np.arange(2), 0, 2)


def test_every_source_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = code.digest()
    monkeypatch.setattr(code, "MODULES", code.MODULES[1:])
    assert code.digest() != whole


def test_the_page_s_process_never_loads_the_compiler() -> None:
    kernel()
    script = "import sys; from alm.fire import estimate; from alm.fire.plan import Plan; estimate(Plan(paths=2)); print('numba' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_what_is_kept_is_whole_or_not_there(tmp_path: Path) -> None:
    file = tmp_path / "kernels" / "code.o"
    assert read(file) is None
    write(file, CODE)
    assert read(file) == CODE
    assert list(file.parent.iterdir()) == [file]
    file.write_bytes(file.read_bytes()[:-1])
    assert read(file) is None
    write(file, CODE)
    whole = bytearray(file.read_bytes())
    whole[40] ^= 1
    file.write_bytes(whole)
    assert read(file) is None


def test_a_new_user_starts_with_what_the_installation_compiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = warm(tmp_path / "environment")
    monkeypatch.setattr(code, "installed_folder", lambda: tmp_path / "environment")
    monkeypatch.setattr(code, "own_folder", lambda: tmp_path / "user")
    assert machine_code() == read(file)
    assert not (tmp_path / "user").exists()


def test_warming_keeps_todays_code_and_removes_that_of_other_sources(tmp_path: Path) -> None:
    (tmp_path / "0123456789abcdef.o").write_bytes(CODE)
    file = warm(tmp_path)
    assert list(tmp_path.iterdir()) == [file]
    assert file.name == file_name()
    assert warm(tmp_path) == file


def test_a_compiler_that_fails_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in ("installed_folder", "own_folder"):
        monkeypatch.setattr(code, folder, lambda: tmp_path)
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(NotCompiled, match="The simulation could not be compiled"):
        machine_code()


def test_where_nothing_can_be_kept_the_first_lives_answer_until_it_is_compiled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_bytes(b"")
    for folder in ("installed_folder", "own_folder"):
        monkeypatch.setattr(code, folder, lambda: tmp_path / "file" / "kernels")
    monkeypatch.setattr(engine, "PATIENCE", 0.0)
    kernel.cache_clear()
    plan, told = replace(reference(), paths=3_000), list[PreliminaryEstimate]()
    result = simulate(plan, meanwhile=told.append)
    assert told[0].paths == 32
    _, first = run(plan)
    for answer in told:
        assert answer.success_probability == np.mean(first[: answer.paths, RUIN] < 0)
        assert answer.standard_error >= result.standard_error
    told.clear()
    simulate(plan, meanwhile=told.append)
    assert told == []
