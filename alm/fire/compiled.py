"""Compiles the plain functions of a simulation once, and keeps the machine code for the next process.

numba's own cache notices a change in the file of the compiled function only, not in the functions it calls, so the
cache folder is named by a digest of every source that goes in. A folder that cannot be written costs the compilation
of each process and nothing else. Importing this module imports numba.

numba reads only a folder that it can also write, so what an installation has compiled for all its users
(`alm.fire.warm`) is copied into a user's own folder the first time.

The compiled functions count no references (`_nrt=False`: they allocate nothing, and their caller keeps the arrays).
Only the loop itself becomes machine code: the functions called in it are linked into it as they are and optimised
there, once. By default numba optimises and emits each of them, with all that it calls, on its own.
"""

from __future__ import annotations

import hashlib
import inspect
import platform
import shutil
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryFile, mkdtemp
from types import ModuleType
from typing import TypeVar

import numba
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler
from numba.extending import register_jitable

from alm.settings import cache_folder

Function = TypeVar("Function", bound=Callable[..., object])


def digest(modules: tuple[ModuleType, ...]) -> str:
    """Names the sources, numba and the processor the machine code is for."""
    files = [Path(__file__), *(Path(inspect.getfile(module)) for module in modules)]
    sources = [file.read_bytes() for file in files]
    machine = f"{numba.__version__} {platform.machine()} {platform.processor()}".encode()
    return hashlib.sha256(b"\0".join([*sources, machine])).hexdigest()[:16]


def compile_kernel(
    kernel: Function, modules: tuple[ModuleType, ...], folder: Path | None = None, installed: Path | None = None
) -> Function:
    """`kernel` compiled without the interpreter's lock; every function of `modules` may be called in it."""
    for module in modules:
        _register(module)
    name = digest(modules)
    place = own_folder(folder) / name
    copied((installed_folder() if installed is None else installed) / name, place)
    kept = _writable(place)
    if kept:
        numba.config.CACHE_DIR = str(place)
    compiled: Function = numba.njit(nogil=True, cache=kept, error_model="numpy", _nrt=False)(kernel)
    return compiled


def own_folder(cache: Path | None = None) -> Path:
    """This user's compiled kernels, one folder for each digest."""
    return (cache_folder() if cache is None else cache) / "kernels"


def installed_folder() -> Path:
    """What was compiled with the installation: in the environment, for everybody who runs it."""
    return Path(sys.prefix) / "alm-kernels"


def copied(source: Path, target: Path) -> bool:
    """Whether `target` is now a whole copy of `source`: never part of one, and never over what is there."""
    if target.exists() or not source.is_dir():
        return False
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(mkdtemp(dir=target.parent))
    except OSError:
        return False
    try:
        shutil.copytree(source, beside / target.name)
        (beside / target.name).rename(target)
    except (OSError, shutil.Error):
        return False
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return True


class _Linked(JITCodeLibrary):  # type: ignore[misc]  # numba is untyped
    """The code of a called function, to be linked into its caller and neither optimised nor run by itself."""

    def _optimize_final_module(self) -> None:
        pass

    def _finalize_final_module(self) -> None:
        self._finalized = True

    def get_pointer_to_function(self, _name: str) -> int:
        return 0

    @property
    def codegen(self) -> _Linked:
        return self

    def set_env(self, _name: str, _env: object) -> None:
        """An environment is for code that calls Python; none of this does."""


class _Called(Compiler):  # type: ignore[misc]  # numba is untyped
    """numba's compiler, for functions that only compiled functions call."""

    def __init__(self, typingctx, targetctx, _library, *others) -> None:  # type: ignore[no-untyped-def]  # numba's
        super().__init__(typingctx, targetctx, _Linked(targetctx.codegen(), "called"), *others)


@cache
def _register(module: ModuleType) -> None:
    for _, function in inspect.getmembers(module, inspect.isfunction):
        if function.__module__ == module.__name__:
            register_jitable(_nrt=False, no_cfunc_wrapper=True, pipeline_class=_Called)(function)


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            return True
    except OSError:
        return False
