"""Files that the simulation starts from: machine code, and the intermediate code that comes with the sources."""

from __future__ import annotations

import gzip
import hashlib
import sys
import zlib
from pathlib import Path
from tempfile import NamedTemporaryFile

from alm.settings import cache_folder

INTERMEDIATE = Path(__file__).with_name("simulation.ll.gz")

_CHECKSUM = hashlib.sha256().digest_size


def installed_folder() -> Path:
    """Machine code compiled with the installation: in the environment, for everybody who runs it."""
    return Path(sys.prefix) / "alm-kernels"


def own_folder() -> Path:
    """Machine code that this user's processes have compiled."""
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


def read_intermediate(digest: str, file: Path = INTERMEDIATE) -> str | None:
    """The intermediate code that comes with the sources; None where it is of others, missing or damaged."""
    try:
        first, _, text = gzip.decompress(file.read_bytes()).decode().partition("\n")
    except (OSError, EOFError, zlib.error):
        return None
    return text if first == f"; {digest}" else None


def write_intermediate(digest: str, text: str, file: Path = INTERMEDIATE) -> None:
    """Keep the intermediate code of the sources that have this digest."""
    file.write_bytes(gzip.compress(f"; {digest}\n{text}".encode(), mtime=0))
