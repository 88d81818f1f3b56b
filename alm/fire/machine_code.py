"""The simulation as machine code: found where it was kept or compiled now, and run without the compiler.

`alm.fire.compiling` compiles, in a process of its own that ends with it: numba costs a page more memory than all it
shows. Here LLVM alone loads what was made. Code is kept under a digest of every source that went in, of the compiler
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
from importlib.metadata import version
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryDirectory
from threading import Lock
from types import ModuleType

import llvmlite.binding as llvm
import numpy as np

from alm.errors import NotCompiled
from alm.settings import cache_folder

ENTRY = "entry"
"""What the compiler calls the function that is called from here."""

_COMPILING = Lock()
_CHECKSUM = hashlib.sha256().digest_size


def machine_code(modules: tuple[ModuleType, ...]) -> bytes:
    """The object file of today's sources; compiled now where none is kept."""
    with _COMPILING:
        code = kept(modules)
        if code is None:
            code = _compiled()
            with suppress(OSError):
                write(own_folder() / file_name(modules), code)
        return code


def kept(modules: tuple[ModuleType, ...]) -> bytes | None:
    """What the installation or this user has compiled from today's sources."""
    name = file_name(modules)
    return read(installed_folder() / name) or read(own_folder() / name)


def file_name(modules: tuple[ModuleType, ...]) -> str:
    """Named after what the code is made from, made with, and made for."""
    files = [Path(__file__), Path(__file__).with_name("compiling.py"), *(Path(inspect.getfile(one)) for one in modules)]
    made_with = [version(library) for library in ("numba", "llvmlite", "numpy")]
    made_for = [llvm.get_process_triple(), llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()]
    parts = [*(file.read_bytes() for file in files), *(part.encode() for part in made_with + made_for)]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:16] + ".o"


def installed_folder() -> Path:
    """What was compiled with the installation: in the environment, for everybody who runs it."""
    return Path(sys.prefix) / "alm-kernels"


def own_folder() -> Path:
    """What this user's processes have compiled."""
    return cache_folder() / "kernels"


def read(file: Path) -> bytes | None:
    """The code kept in a file; None where there is none, or where it is damaged."""
    try:
        kept = file.read_bytes()
    except OSError:
        return None
    checksum, code = kept[:_CHECKSUM], kept[_CHECKSUM:]
    return code if hashlib.sha256(code).digest() == checksum else None


def write(file: Path, code: bytes) -> None:
    """Keep code: the whole file at once, so that no process finds a part of it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=file.parent, delete=False) as beside:
        beside.write(hashlib.sha256(code).digest() + code)
    Path(beside.name).chmod(0o644)
    Path(beside.name).replace(file)


def _compiled() -> bytes:
    """Compiled by a process that ends with it."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "code"
        command = [sys.executable, "-m", "alm.fire.compiling", str(file)]
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
