"""Compiles the plain functions of a simulation once, and keeps the machine code for the next process.

numba's own cache notices a change in the file of the compiled function only, not in the functions it calls, so the
cache folder is named by a digest of every source that goes in. A folder that cannot be written costs the compilation
of each process and nothing else. Importing this module imports numba.

The compiled functions count no references (`_nrt=False`: they allocate nothing, and their caller keeps the arrays), and
those a module names in `HOT` are inlined; together that is seven times faster than numba's defaults.
"""

from __future__ import annotations

import hashlib
import inspect
import platform
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryFile
from types import ModuleType
from typing import TypeVar

import numba
from numba.extending import register_jitable

from alm.settings import cache_folder

Function = TypeVar("Function", bound=Callable[..., object])


def digest(modules: tuple[ModuleType, ...]) -> str:
    """Names the sources, numba and the processor the machine code is for."""
    files = [Path(__file__), *(Path(inspect.getfile(module)) for module in modules)]
    sources = [file.read_bytes() for file in files]
    machine = f"{numba.__version__} {platform.machine()} {platform.processor()}".encode()
    return hashlib.sha256(b"\0".join([*sources, machine])).hexdigest()[:16]


def compile_kernel(kernel: Function, modules: tuple[ModuleType, ...], folder: Path | None = None) -> Function:
    """`kernel` compiled without the interpreter's lock; every function of `modules` may be called in it."""
    for module in modules:
        _register(module)
    place = (cache_folder() if folder is None else folder) / "kernels" / digest(modules)
    kept = _writable(place)
    if kept:
        numba.config.CACHE_DIR = str(place)
    compiled: Function = numba.njit(nogil=True, cache=kept, error_model="numpy", _nrt=False)(kernel)
    return compiled


@cache
def _register(module: ModuleType) -> None:
    for _, function in inspect.getmembers(module, inspect.isfunction):
        if function.__module__ == module.__name__:
            hot = function.__name__ in getattr(module, "HOT", ())
            register_jitable(_nrt=False, forceinline=hot)(function)


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            return True
    except OSError:
        return False
