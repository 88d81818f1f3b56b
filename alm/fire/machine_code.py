"""The simulation as machine code: found where it was kept or compiled now, and run without the compiler.

`alm.fire.compiling` compiles, in a process of its own that ends with it: a compiler costs a page more memory than all
it shows. Here LLVM only loads what was made. Code is kept under a digest of every source that went in, of the compiler
and of the processor: in the environment for everybody who runs it (`alm.fire.warm`), else in the user's cache. Where
nothing can be kept, every process compiles for itself. Importing this module imports LLVM, some 40 MB.
"""

from __future__ import annotations

import ctypes
import hashlib
import inspect
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from types import ModuleType

import llvmlite.binding as llvm
import numpy as np

from alm.errors import NotCompiled
from alm.fire.code_files import installed_folder, own_folder, read, write

ENTRY = "entry"
"""What the compiler calls the function that is called from here."""

_COMPILING = Lock()


@dataclass(frozen=True, slots=True)
class Sources:
    """What code is made from: the modules of the functions in it, and arguments of the kinds that it takes."""

    modules: tuple[ModuleType, ...]
    samples: tuple[object, ...]

    def digest(self) -> str:
        """Of all that decides what the intermediate code says: of the compiler, too."""
        makers = [Path(__file__).with_name(f"{name}.py") for name in ("intermediate", "emitting")]
        files = [*makers, *(Path(inspect.getfile(module)) for module in self.modules)]
        kinds = [repr(kind) for sample in self.samples for kind in _kinds(sample)]
        made_with = [version(library) for library in ("numba", "llvmlite")]
        return _hashed(*(file.read_bytes() for file in files), *kinds, *made_with)

    def file_name(self) -> str:
        """Of the machine code: named after what it is made for, too."""
        made_for = (llvm.get_process_triple(), llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten())
        return _hashed(self.digest(), *made_for)[:16] + ".o"


def _hashed(*parts: str | bytes) -> str:
    return hashlib.sha256(b"\0".join(part.encode() if isinstance(part, str) else part for part in parts)).hexdigest()


def machine_code(sources: Sources) -> bytes:
    """The object file of today's sources; compiled now where none is kept."""
    with _COMPILING:
        code = kept(sources)
        if code is None:
            code = _compiled(sources.digest())
            with suppress(OSError):
                write(own_folder() / sources.file_name(), code)
        return code


def kept(sources: Sources) -> bytes | None:
    """What the installation or this user has compiled from today's sources."""
    name = sources.file_name()
    return read(installed_folder() / name) or read(own_folder() / name)


def _compiled(digest: str) -> bytes:
    """Compiled by a process that ends with it."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "code"
        command = [sys.executable, "-m", "alm.fire.compiling", digest, str(file)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # fixed words
        code = read(file)
    if code is None:
        raise NotCompiled(done.stderr.strip().rpartition("\n")[2])
    return code


class Kernel:
    """A compiled function, for arguments of the same kinds as the `samples` it was compiled for.

    It is called by numba's own convention: two places for a result and an error, then every number as it is and every
    array as seven kinds of words (two owners, here none; size; bytes of an element; address; shape; strides), tuples
    being their members. The lock of the interpreter is free meanwhile.
    """

    def __init__(self, code: bytes, samples: tuple[object, ...]) -> None:
        self._engine = _loaded(code)  # holds the memory that the code lies in
        self._function = ctypes.CFUNCTYPE(ctypes.c_int32)(self._engine.get_function_address(ENTRY))
        self._kinds = [kind for sample in samples for kind in _kinds(sample)]

    def on(self, *arguments: object) -> Callable[..., None]:
        """The function on these first arguments; what it is called with are the last, whole numbers."""
        kinds = [kind for argument in arguments for kind in _kinds(argument)]
        if kinds != self._kinds[: len(kinds)]:
            raise TypeError(f"Compiled for {self._kinds}, called with {kinds}")
        result, error = ctypes.c_void_p(), ctypes.c_void_p()
        words = [ctypes.byref(result), ctypes.byref(error), *(word for one in arguments for word in _words(one))]

        def call(*numbers: int) -> None:
            _held = arguments  # the arrays must outlive the addresses among the words
            if self._function(*words, *map(ctypes.c_int64, numbers)) != 0:
                raise RuntimeError("The simulation stopped in its machine code.")

        return call


def _loaded(code: bytes) -> llvm.ExecutionEngine:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    machine = llvm.Target.from_triple(llvm.get_process_triple()).create_target_machine(jit=True)
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)
    engine.add_object_file(llvm.ObjectFileRef.from_data(code))
    engine.finalize_object()
    return engine


def _kinds(argument: object) -> Iterator[object]:
    if isinstance(argument, np.ndarray):
        if not argument.flags.c_contiguous:
            raise TypeError("An array that is not C-contiguous has no compiled form.")
        yield argument.dtype, argument.ndim
    elif isinstance(argument, tuple):
        for part in argument:
            yield from _kinds(part)
    else:
        yield type(argument)


_NUMBERS: dict[type, Callable[..., object]] = {
    int: ctypes.c_int64, float: ctypes.c_double, np.uint64: ctypes.c_uint64,
}  # fmt: skip


def _words(argument: object) -> Iterator[object]:
    if isinstance(argument, np.ndarray):
        yield from (ctypes.c_void_p(), ctypes.c_void_p(), ctypes.c_int64(argument.size))
        yield from (ctypes.c_int64(argument.itemsize), ctypes.c_void_p(argument.ctypes.data))
        yield from map(ctypes.c_int64, (*argument.shape, *argument.strides))
    elif isinstance(argument, tuple):
        for part in argument:
            yield from _words(part)
    else:
        yield _NUMBERS[type(argument)](argument)
