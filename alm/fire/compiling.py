"""`python -m alm.fire.compiling DIGEST FILE`: machine code of the simulation into a file.

From the intermediate code that comes with the sources, in two seconds; by numba from the sources themselves, in twelve,
where they have changed since or the architecture is another. A process of its own, because LLVM and numba give little
memory back.
"""

from __future__ import annotations

import gc
import sys
from pathlib import Path

from alm.fire.code_files import read_intermediate, write
from alm.fire.emitting import emitted, is_ours


def intermediate_code(digest: str) -> str:
    """The simulation for this architecture, made now where none came with the sources."""
    shipped = read_intermediate(digest)
    if shipped is not None and is_ours(shipped):
        return shipped
    from alm.fire.intermediate import simulation

    return simulation()


if __name__ == "__main__":
    gc.disable()  # the process ends with the compilation; collecting in it costs a tenth of it
    write(Path(sys.argv[2]), emitted(intermediate_code(sys.argv[1])))
