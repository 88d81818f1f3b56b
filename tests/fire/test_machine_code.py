"""Machine code: what the sources say, compiled once by a process of its own, kept whole, called as the plain function is."""

from __future__ import annotations

import math
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from alm.errors import NotCompiled
from alm.fire import engine
from alm.fire import machine_code as code
from alm.fire.code_files import read, read_intermediate, write, write_intermediate
from alm.fire.emitting import emitted, is_ours
from alm.fire.engine import kernel, run, simulate, sources
from alm.fire.intermediate import intermediate
from alm.fire.machine_code import Kernel, Sources, machine_code
from alm.fire.margin import RUIN
from alm.fire.plain import Early
from alm.fire.warm import warm
from tests.fire.plans import reference

CODE = b"\x7fELF and what follows"


def settle(table, limits, rate, seed, begin, stop):  # type: ignore[no-untyped-def]  # compiled
    for row in range(begin, stop):
        for column in range(table.shape[1]):
            low, high = limits
            table[row, column] = min(max(table[row, column] * math.exp(rate), low), high[column]) + seed


def test_a_call_is_that_of_the_plain_function() -> None:
    """Arrays, tuples of them, fractions and whole numbers arrive; so does a row that is not the first."""
    table = np.arange(12.0).reshape(4, 3)
    arguments = (table, (1.5, np.array([9.0, 8.0, 7.0])), 0.25, np.uint64(2**53))
    plain = table.copy()
    settle(plain, *arguments[1:], 1, 3)
    samples = (*arguments, 0, 1)
    machine = Kernel(emitted(intermediate(settle, Sources((), samples))), samples)
    assert machine.on(*arguments)(1, 3) is None
    np.testing.assert_array_equal(table, plain)
    assert table[0].tolist() == [0.0, 1.0, 2.0]


@pytest.mark.parametrize(
    "other",
    [np.zeros((2, 2), dtype=np.float32), np.zeros(4), np.zeros((2, 2)).tolist(), np.zeros((4, 2))[::2], np.zeros((2, 3)).T],
    ids=["of singles", "of one axis", "a list", "with gaps", "the other way round"],
)  # fmt: skip
def test_another_kind_of_argument_is_refused_before_it_is_read(other: object) -> None:
    """The code would take its bytes for something else."""
    machine = Kernel(machine_code(sources()), (np.zeros((2, 2)), 0, 1))
    with pytest.raises(TypeError, match=r"Compiled for|C-contiguous"):
        machine.on(other)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The intermediate code of today's sources, made now."""
    file = tmp_path_factory.mktemp("made") / "simulation.ll.gz"
    subprocess.run([sys.executable, "-m", "alm.fire.intermediate", str(file)], check=True)
    text = read_intermediate(sources().digest(), file)
    assert text is not None
    return text


def test_what_comes_with_the_sources_is_what_they_compile_to(made: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Word for word by the Python that it was made with; by any other, the same answers to the last bit."""
    shipped = read_intermediate(sources().digest())
    assert shipped is not None, "The sources of the simulation have changed: make kernel"
    by, made_by = (text.partition("\n")[0] for text in (shipped, made))
    assert made == shipped or by != made_by or not is_ours(shipped)
    assert answers(emitted(made), monkeypatch) == answers(machine_code(sources()), monkeypatch)


def test_every_processor_gives_the_same_answers(made: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two numbers at a time, four or eight: to the last bit."""
    own, plain = emitted(made), emitted(made, anywhere=True)
    assert own != plain
    assert answers(own, monkeypatch) == answers(plain, monkeypatch)


def answers(code: bytes, monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Every bit of what some runs say by this machine code."""
    machine = Kernel(code, sources().samples)
    monkeypatch.setattr(engine, "kernel", lambda: machine)
    return [part.tobytes() for seed in range(5) for part in run(replace(reference(), paths=500, seed=seed))]


def test_sources_that_have_changed_are_compiled_anew(made: str, tmp_path: Path) -> None:
    """What came with others is not taken for theirs."""
    file = tmp_path / "code.o"
    subprocess.run([sys.executable, "-m", "alm.fire.compiling", "the digest of others", str(file)], check=True)
    assert read(file) == emitted(made)


def test_intermediate_code_of_other_sources_or_damaged_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "code.ll.gz"
    assert read_intermediate("today", file) is None
    write_intermediate("today", "what they say", file)
    assert read_intermediate("today", file) == "what they say"
    assert read_intermediate("tomorrow", file) is None
    whole = file.read_bytes()
    for place in range(len(whole)):
        file.write_bytes(whole[:place])
        assert read_intermediate("today", file) is None
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 255]) + whole[place + 1 :])
        assert read_intermediate("today", file) in (None, "what they say"), (
            "the header says when and where, which is not read"
        )


def test_every_source_and_every_kind_of_argument_counts() -> None:
    """Code for records of another layout would read their bytes for something else."""
    modules, samples = sources().modules, sources().samples
    digests = {
        Sources(modules, samples).digest(),
        Sources(modules[1:], samples).digest(),
        Sources(modules, samples[1:]).digest(),
        Sources(modules, (*samples[:-1], 1.0)).digest(),
    }
    assert len(digests) == 4


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
    assert machine_code(sources()) == read(file)
    assert not (tmp_path / "user").exists()


def test_warming_keeps_todays_code_and_removes_that_of_other_sources(tmp_path: Path) -> None:
    (tmp_path / "0123456789abcdef.o").write_bytes(CODE)
    file = warm(tmp_path)
    assert list(tmp_path.iterdir()) == [file]
    assert file.name == sources().file_name()
    assert warm(tmp_path) == file


def test_a_compiler_that_fails_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in ("installed_folder", "own_folder"):
        monkeypatch.setattr(code, folder, lambda: tmp_path)
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(NotCompiled, match="The simulation could not be compiled"):
        machine_code(sources())


def test_where_nothing_can_be_kept_the_first_lives_answer_until_it_is_compiled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_bytes(b"")
    for folder in ("installed_folder", "own_folder"):
        monkeypatch.setattr(code, folder, lambda: tmp_path / "file" / "kernels")
    monkeypatch.setattr(engine, "PATIENCE", 0.0)
    kernel.cache_clear()
    plan, told = replace(reference(), paths=3_000), list[Early]()
    result = simulate(plan, meanwhile=told.append)
    assert told[0].paths == 32
    _, first = run(plan)
    for answer in told:
        assert answer.success_probability == np.mean(first[: answer.paths, RUIN] < 0)
        assert answer.standard_error > result.standard_error
    told.clear()
    simulate(plan, meanwhile=told.append)
    assert told == []
