"""What LLVM does: intermediate code made simple for every processor, and machine code of it for one."""

from __future__ import annotations

import llvmlite.binding as llvm


def emitted(intermediate: str, *, anywhere: bool = False) -> bytes:
    """The object file of intermediate code, optimised for this processor, or to run `anywhere` on its architecture.

    Loops are made vectors and not unrolled: unrolled, the simulation is as fast, and three quarters of a second later.
    Nothing may be calculated in another order or with fewer roundings, so the answers are the same on every processor.
    """
    own = {"cpu": llvm.get_host_cpu_name(), "features": llvm.get_host_cpu_features().flatten()}
    machine = target(opt=3, jit=True, reloc="default", codemodel="jitdefault", **({} if anywhere else own))
    module = llvm.parse_assembly(intermediate)
    passes, builder = _usual_passes(machine, vectors=True)
    passes.run(module, builder)
    return bytes(machine.emit_object(module))


def is_ours(intermediate: str) -> bool:
    """Whether it was made for the architecture of this process."""
    return f'target triple = "{llvm.get_process_triple()}"' in intermediate


def target(**options: object) -> llvm.TargetMachine:
    """A processor of this process's architecture: any, or the one that the options name."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return llvm.Target.from_triple(llvm.get_process_triple()).create_target_machine(**options)


def simplify(module: llvm.ModuleRef) -> None:
    """Optimised as far as it is the same for every processor; its names and what nobody calls go."""
    passes, builder = _usual_passes(target(), vectors=False)
    passes.add_global_dead_code_eliminate_pass()
    passes.add_strip_symbols_pass()
    passes.add_strip_dead_prototype_pass()
    passes.run(module, builder)


def _usual_passes(machine: llvm.TargetMachine, *, vectors: bool) -> tuple[llvm.ModulePassManager, llvm.PassBuilder]:
    """LLVM's own of level 2, without unrolling."""
    tuning = llvm.create_pipeline_tuning_options(speed_level=2)
    tuning.loop_unrolling = False
    tuning.loop_vectorization = tuning.loop_interleaving = tuning.slp_vectorization = vectors
    builder = llvm.create_pass_builder(machine, tuning)
    return builder.getModulePassManager(), builder
