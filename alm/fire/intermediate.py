"""The simulation as LLVM's intermediate code, made from its sources by numba.

Making it takes ten seconds, and it is the same for every processor of one architecture. So it comes with the sources,
as a lock file does: `make kernel` (`python -m alm.fire.intermediate [FILE]`) makes it anew after a change, a test
compares it with its sources, and where they differ, or on another architecture, it is not used.

The compiled functions count no references (`_nrt=False`: they allocate nothing, and their caller keeps the arrays).
Only the loop itself is asked for: the functions called in it are linked into it as they are and simplified there, once.
By default numba optimises and emits each of them, with all that it calls, on its own.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType

import numba
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler, CompileResult
from numba.core.compiler_lock import global_compiler_lock
from numba.extending import register_jitable

from alm.fire.code_files import write_intermediate
from alm.fire.emitting import simplify
from alm.fire.engine import sources
from alm.fire.kernel import run_block
from alm.fire.machine_code import ENTRY, Sources


def simulation() -> str:
    """The simulation's loop, made from today's sources. Another Python reads them a little differently, and says so."""
    return f"; by Python {sys.version_info.major}.{sys.version_info.minor}\n" + intermediate(run_block, sources())


def intermediate(function: Callable[..., None], sources: Sources) -> str:
    """`function` for arguments like the samples; every function of the modules may be called in it."""
    for module in sources.modules:
        register(module)
    plain = numba.njit(no_cpython_wrapper=True, error_model="numpy", **_UNWRAPPED)(function)
    kinds = tuple(numba.typeof(sample) for sample in sources.samples)
    plain.compile(kinds)
    match plain.overloads[kinds]:
        case CompileResult(library=_Linked() as linked, fndesc=described):
            return linked.simplified(described.llvm_func_name)
    raise AssertionError("numba compiled into something else than it was told to")


class _Linked(JITCodeLibrary):  # type: ignore[misc]  # numba is untyped
    """The code of one function with all it calls, not optimised and never run here."""

    def _optimize_functions(self, _module: object) -> None:
        """Nothing for the processor of the moment goes into code that is kept for others."""

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

    def simplified(self, entry: str) -> str:
        """What the entry needs and no more, under a name that the caller knows, for any processor."""
        with global_compiler_lock:
            self._ensure_finalized()
        module = self._final_module
        module.get_function(entry).name = ENTRY
        for part in (*module.functions, *module.global_variables):
            if part.name != ENTRY and not part.is_declaration:
                part.linkage = "internal"
        simplify(module)
        return str(module)


class _Compiler(Compiler):  # type: ignore[misc]  # numba is untyped
    """numba's compiler, into linked code."""

    def __init__(self, typingctx, targetctx, _library, *others) -> None:  # type: ignore[no-untyped-def]  # numba's
        super().__init__(typingctx, targetctx, _Linked(targetctx.codegen(), "linked"), *others)


_UNWRAPPED = {"_nrt": False, "no_cfunc_wrapper": True, "pipeline_class": _Compiler}


@cache
def register(module: ModuleType) -> None:
    """Let compiled code call the functions of a module."""
    for _, function in inspect.getmembers(module, inspect.isfunction):
        if function.__module__ == module.__name__:
            register_jitable(**_UNWRAPPED)(function)


if __name__ == "__main__":
    write_intermediate(sources().digest(), simulation(), *map(Path, sys.argv[1:]))
