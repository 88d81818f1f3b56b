"""The simulation as machine code: compiled by numba in a process of its own, kept, and loaded by LLVM alone.

    python -m alm.fire.compile FILE [anywhere]     compiles today's sources into FILE, for any processor if asked

A compiler costs a page more memory than all it shows, so it never enters one: a process of its own compiles the loop as
a C callback (`numba.cfunc`), takes LLVM's code of it and emits an object file, which is kept under a digest of the
sources, the compiler and the processor: in the environment for everybody who runs it, else in the user's cache. What
the page loads is that file, through llvmlite. Only public interfaces of numba and llvmlite are used.
"""

from __future__ import annotations

import ctypes
import hashlib
import inspect
import re
import subprocess
import sys
from contextlib import suppress
from functools import cache
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryDirectory
from threading import Lock
from types import ModuleType
from typing import TYPE_CHECKING, Any

import llvmlite.binding as llvm
import numpy as np

from alm.errors import NotCompiled
from alm.settings import cache_folder
from alm.step.block import TERMS, Floats, House

if TYPE_CHECKING:
    from alm.fire.draw import Draws, MarketRules

Rows = Any

MODULES = (
    "alm.elementary", "alm.step.sale", "alm.step.interest", "alm.step.lender", "alm.step.series", "alm.step.random",
    "alm.step.market", "alm.step.block", "alm.step.books", "alm.step.events", "alm.step.waterfall", "alm.step.margin",
    "alm.step.intraperiod", "alm.step.spending", "alm.step.step", "alm.fire.draw", "alm.fire.kernel",
)  # fmt: skip
"""Everything that is compiled or lends it numbers, in the order of its imports."""

ENTRY = "alm_simulation"
_PLAIN = {"error_model": "numpy", "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
_CHECKSUM = hashlib.sha256().digest_size
_COMPILING = Lock()


def modules() -> tuple[ModuleType, ...]:
    return tuple(map(import_module, MODULES))


def digest() -> str:
    """Of all that decides what the machine code does: sources, compiler, processor."""
    sources = [Path(__file__), Path(__file__).with_name("entry.py"), *(Path(inspect.getfile(one)) for one in modules())]
    made_with = [version(library) for library in ("numba", "llvmlite")]
    made_for = [llvm.get_process_triple(), llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()]
    parts = [source.read_bytes() for source in sources] + [text.encode() for text in made_with + made_for]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def installed_folder() -> Path:
    """Machine code compiled with the installation: in the environment, for everybody who runs it."""
    return Path(sys.prefix) / "alm-kernels"


def own_folder() -> Path:
    """Machine code that this user's processes have compiled."""
    return cache_folder() / "kernels"


def file_name() -> str:
    return digest()[:16] + ".o"


def read(file: Path) -> bytes | None:
    """The code kept in a file; None where there is none, or where it is damaged."""
    try:
        whole = file.read_bytes()
    except OSError:
        return None
    checksum, code = whole[:_CHECKSUM], whole[_CHECKSUM:]
    return code if hashlib.sha256(code).digest() == checksum else None


def write(file: Path, code: bytes) -> None:
    """Keep code: the whole file at once, so that no process finds a part of it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=file.parent, delete=False) as beside:
        beside.write(hashlib.sha256(code).digest() + code)
    Path(beside.name).chmod(0o644)
    Path(beside.name).replace(file)


def cached() -> bytes | None:
    """What the installation or this user has compiled from today's sources."""
    return read(installed_folder() / file_name()) or read(own_folder() / file_name())


def machine_code() -> bytes:
    """The object file of today's sources; compiled now where none is cached."""
    with _COMPILING:
        code = cached()
        if code is None:
            code = _compiled_elsewhere()
            with suppress(OSError):
                write(own_folder() / file_name(), code)
        return code


def _compiled_elsewhere() -> bytes:
    """Compiled by a process that ends with it."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "code"
        command = [sys.executable, "-m", "alm.fire.compile", str(file)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # fixed words
        code = read(file)
    if code is None:
        raise NotCompiled(done.stderr.strip().rpartition("\n")[2])
    return code


def emitted(*, anywhere: bool = False) -> bytes:
    """Compile now: the object file for this processor, or for any of its architecture (`anywhere`)."""
    from numba import cfunc

    from alm.fire.entry import SIGNATURE, entry

    let_compiled_code_call()

    compiled = cfunc(SIGNATURE, error_model="numpy")(entry)
    return _object_file(compiled.inspect_llvm(), compiled.native_name, anywhere=anywhere)


@cache
def let_compiled_code_call() -> None:
    """Every function of the modules may be called in compiled code."""
    from numba.extending import register_jitable

    for module in modules():
        for _, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ == module.__name__:
                register_jitable(**_PLAIN)(function)


def _object_file(code: str, name: str, *, anywhere: bool) -> bytes:
    """Optimised: vectors yes, unrolling no (as fast, and compiled in half the time); nothing in another order or with
    fewer roundings, so that the answers are the same on every processor."""
    module = llvm.parse_assembly(code)
    module.link_in(llvm.parse_assembly(_unreachable(module)))
    module.get_function(name).name = ENTRY
    for part in (*module.functions, *module.global_variables):
        if part.name != ENTRY and not part.is_declaration:
            part.linkage = "internal"
    own = {"cpu": llvm.get_host_cpu_name(), "features": llvm.get_host_cpu_features().flatten()}
    machine = _target(opt=3, jit=True, reloc="default", codemodel="jitdefault", **({} if anywhere else own))
    tuning = llvm.create_pipeline_tuning_options(speed_level=2)
    tuning.loop_unrolling = False
    tuning.loop_vectorization = tuning.loop_interleaving = tuning.slp_vectorization = True
    builder = llvm.create_pass_builder(machine, tuning)
    builder.getModulePassManager().run(module, builder)
    return bytes(machine.emit_object(module))


def _unreachable(module: llvm.ModuleRef) -> str:
    """Bodies for what only an error or an allocation would call: the loop has neither, and runs without numba."""
    declared = [str(one).strip().splitlines()[-1] for one in module.functions if one.is_declaration]
    strangers = [re.match(r"declare ([^@]*)@((?:NRT|numba|Py)\w*)(\([^)]*\))", line) for line in declared]
    bodies = [f"define {one[1]}@{one[2]}{one[3]} {{ unreachable }}" for one in strangers if one]
    return f'target triple = "{module.triple}"\n' + "\n".join(bodies)


def _target(**options: object) -> llvm.TargetMachine:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return llvm.Target.from_triple(llvm.get_process_triple()).create_target_machine(**options)


class Kernel:
    """The compiled loop, called like `run_block`; the lock of the interpreter is free meanwhile."""

    def __init__(self, code: bytes) -> None:
        self._engine = _loaded(code)  # holds the memory that the code lies in
        self._address = self._engine.get_function_address(ENTRY)

    def __call__(
        self, house: House, book: Floats, one: Floats, dated: Rows, rules: MarketRules, draws: Draws, survival: Floats,
        seed: np.uint64, worth: Rows, first: Rows, record: Floats, numbers: Rows,
        begin: int, stop: int,
    ) -> None:  # fmt: skip
        """Its arrays must stay as they are while it runs."""
        figures = np.array(
            [rules.model, rules.steps_per_year, rules.inflation_pa, rules.inflation_sd, rules.dividend_sd,
             rules.freedom, rules.steps_per_row, rules.block_end], dtype=np.float64,
        )  # fmt: skip
        sizes = np.array(
            [len(house.tiers), *rules.loading.shape, len(dated), len(rules.past), book.shape[1], worth.shape[1],
             len(record), begin, stop], dtype=np.int64,
        )  # fmt: skip
        arrays = (
            np.array([house.terms], dtype=TERMS), house.assets, house.loans, house.lines, dated, house.tiers,
            house.covariance, house.twins, book, one, figures, rules.drift, rules.loading, rules.bridged,
            rules.regime_shift, rules.regime_scale, rules.regime_leave, rules.past, rules.past_inflation, *draws,
            survival, np.array([seed], dtype=np.uint64), worth, first, record, numbers, sizes,
        )  # fmt: skip
        ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * len(arrays))(self._address)(*map(_address, arrays))


def _address(array: Any) -> int:
    if not array.flags.c_contiguous:
        raise TypeError("An array that is not C-contiguous has no compiled form.")
    return int(array.ctypes.data)


def _loaded(code: bytes) -> llvm.ExecutionEngine:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    machine = llvm.Target.from_triple(llvm.get_process_triple()).create_target_machine(jit=True)
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)
    engine.add_object_file(llvm.ObjectFileRef.from_data(code))
    engine.finalize_object()
    return engine


if __name__ == "__main__":
    write(Path(sys.argv[1]), emitted(anywhere=sys.argv[2:] == ["anywhere"]))
