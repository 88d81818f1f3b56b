"""An optional passphrase in front of the page, for a machine that others log in to as well.

It keeps a person at the same machine from opening the page; the database itself is kept from them by its permissions,
and it is not encrypted. Only a scrypt hash is stored, in a file beside the database that its owner alone reads.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from dataclasses import dataclass
from pathlib import Path

from alm.errors import BadInput
from alm.language import t

COST, BLOCK, LANES = 2**17, 8, 1
"""scrypt's N, r and p: 128 MiB and some tenths of a second for each attempt (OWASP Password Storage Cheat Sheet)."""
MEMORY = 2 * 128 * COST * BLOCK
SHORTEST = 8
FREE_ATTEMPTS = 3
LONGEST_WAIT_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Kept:
    """What is stored of a passphrase."""

    salt: bytes
    hash: bytes


def path_for(db: Path) -> Path:
    return db.with_name(db.name + ".passphrase.json")


def kept(db: Path) -> Kept | None:
    """What is stored for a database; None where no passphrase is set. A damaged file raises: it opens nothing."""
    path = path_for(db)
    try:
        row = json.loads(path.read_text(encoding="utf-8"))
        found = Kept(bytes.fromhex(row["salt"]), bytes.fromhex(row["hash"]))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, KeyError):
        found = Kept(b"", b"")
    if len(found.salt) != 16 or len(found.hash) != 32:
        raise BadInput("what `alm passphrase set` wrote there; `alm passphrase clear` removes it", file=path)
    return found


def put(db: Path, words: str) -> None:
    """Set or replace the passphrase: in one step, readable by the owner alone."""
    if len(words) < SHORTEST:
        raise BadInput(t("at least {count} characters", count=SHORTEST), column="passphrase")
    salt = os.urandom(16)
    path = path_for(db)
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump({"salt": salt.hex(), "hash": hashed(words, salt).hex()}, file)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def clear(db: Path) -> bool:
    """Remove the passphrase; False when there was none."""
    there = path_for(db).exists()
    path_for(db).unlink(missing_ok=True)
    return there


def hashed(words: str, salt: bytes) -> bytes:
    return hashlib.scrypt(words.encode(), salt=salt, n=COST, r=BLOCK, p=LANES, maxmem=MEMORY, dklen=32)


def matches(words: str, known: Kept) -> bool:
    """Compared in a time that does not tell how much of it was right."""
    return hmac.compare_digest(hashed(words, known.salt), known.hash)


def wait_seconds(failures: int) -> float:
    """Before the next attempt: nothing for the first three, then 1, 2, 4 … up to a minute."""
    doublings = min(failures - FREE_ATTEMPTS, 60)  # far beyond the longest wait, and a number that a float holds
    return 0.0 if doublings < 0 else min(2.0**doublings, LONGEST_WAIT_SECONDS)
