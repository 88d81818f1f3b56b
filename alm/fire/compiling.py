"""`python -m alm.fire.compiling FILE`: compiles the simulation with numba, and ends.

The compiled functions count no references (`_nrt=False`: they allocate nothing, and their caller keeps the arrays).
Only the loop itself becomes machine code: the functions called in it are linked into it as they are and optimised
there, once. By default numba optimises and emits each of them, with all that it calls, on its own.
"""

from __future__ import annotations

import gc
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

from alm.fire.machine_code import ENTRY, write


@global_compiler_lock  # type: ignore[untyped-decorator]
def compiled(function: Callable[..., None], modules: tuple[ModuleType, ...], samples: tuple[object, ...]) -> bytes:
    """The object file of `function` for arguments like `samples`; every function of `modules` may be called in it."""
    for module in modules:
        register(module)
    plain = numba.njit(no_cpython_wrapper=True, error_model="numpy", **_UNWRAPPED)(function)
    kinds = tuple(numba.typeof(sample) for sample in samples)
    plain.compile(kinds)
    match plain.overloads[kinds]:
        case CompileResult(library=_Linked() as linked, fndesc=described):
            return linked.object_file(described.llvm_func_name)
    raise AssertionError("numba compiled into something else than it was told to")


class _Linked(JITCodeLibrary):  # type: ignore[misc]  # numba is untyped
    """The code of one function with all it calls, not yet optimised and never run here."""

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

    def object_file(self, entry: str) -> bytes:
        """Optimised, with its entry under a name that the caller knows."""
        self._ensure_finalized()
        super()._optimize_final_module()
        self._final_module.get_function(entry).name = ENTRY
        return bytes(self._codegen._tm.emit_object(self._final_module))


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
    from alm.fire.engine import MODULES, samples
    from alm.fire.kernel import run_block

    gc.disable()  # the process ends with the compilation; collecting in it costs a tenth of it
    write(Path(sys.argv[1]), compiled(run_block, MODULES, samples()))
