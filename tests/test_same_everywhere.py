"""No answer depends on the processor, the linear algebra's kernels and threads, hash seeds, the zone or the language
of the machine: every reading command says the same bytes in processes that differ in these."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from tests.any_household import TODAY, any_household
from tests.screen.households import demo_database

SEEDS = (33,)
"""Random households that nearly every command answers about."""


def numpys_features() -> str:
    """What NumPy found on this processor beyond what it needs."""
    return " ".join(np.show_config(mode="dicts")["SIMD Extensions"].get("found", ()))


PLACES: Mapping[str, Mapping[str, str]] = {
    "one thread, here": {"OPENBLAS_NUM_THREADS": "1", "PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C", "LANG": "C"},
    "NumPy without this processor's instructions": {"NPY_DISABLE_CPU_FEATURES": numpys_features()},
    "two threads, a Haswell's kernels": {"OPENBLAS_NUM_THREADS": "2", "OPENBLAS_CORETYPE": "Haswell"},
    "a Nehalem's kernels": {"OPENBLAS_NUM_THREADS": "1", "OPENBLAS_CORETYPE": "Nehalem"},
    "the C library without fused multiplication": {"GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-FMA,-FMA4"},
    "far away": {"PYTHONHASHSEED": "7", "TZ": "Pacific/Kiritimati", "LC_ALL": "ja_JP.UTF-8", "LANG": "ja_JP.UTF-8"},
}  # fmt: skip
"""What a system does not know of these it ignores."""


def told(place: str, databases: list[Path]) -> dict[str, str]:
    """What a process of its own answers to every command."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.answers", *map(str, databases)]
    settled = {**os.environ, **PLACES["one thread, here"], **PLACES[place]}
    done = subprocess.run(command, env=settled, capture_output=True, text=True, cwd=Path(__file__).parent.parent)
    assert done.returncode == 0, f"{place}: {done.stderr[-2_000:]}"
    return json.loads(done.stdout)  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def everywhere(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Mapping[str, str]]:
    """The answers by place and command."""
    folder = tmp_path_factory.mktemp("homes")
    databases = [
        demo_database(folder / "demo.db", TODAY),
        *(any_household(folder / f"{seed}.db", seed) for seed in SEEDS),
    ]
    with ThreadPoolExecutor(2) as two:
        return dict(zip(PLACES, two.map(lambda place: told(place, databases), PLACES), strict=True))


def test_every_command_says_the_same_bytes_everywhere(everywhere: Mapping[str, Mapping[str, str]]) -> None:
    here = everywhere["one thread, here"]
    differ = [
        f"{place}: {command}"
        for place, there in everywhere.items()
        for command in here
        if there[command] != here[command]
    ]
    assert differ == []


def test_nearly_every_command_answers(everywhere: Mapping[str, Mapping[str, str]]) -> None:
    """A refusal is the same everywhere too, but says little."""
    here = everywhere["one thread, here"].values()
    assert sum(text.startswith("{") for text in here) >= 0.85 * len(here)
