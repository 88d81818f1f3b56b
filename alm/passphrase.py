"""An optional passphrase in front of the page, for a machine that others log in to as well.

It keeps a person at the same machine from opening the page; the database itself is kept from them by its permissions,
and it is not encrypted. Only a scrypt hash is stored, in the books themselves (`alm.store.passphrases`): whatever path
leads to the books leads to their passphrase.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from dataclasses import dataclass

from alm.errors import BadInput
from alm.language import t

COST, BLOCK, LANES = 2**17, 8, 1
"""scrypt's N, r and p: 128 MiB and some tenths of a second for each attempt (OWASP Password Storage Cheat Sheet)."""
MEMORY = 2 * 128 * COST * BLOCK
SHORTEST = 8
SALT_BYTES, HASH_BYTES = 16, 32
FREE_ATTEMPTS = 3
LONGEST_WAIT_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Kept:
    """What is stored of a passphrase."""

    salt: bytes
    hash: bytes


def made(words: str) -> Kept:
    """What is stored of a new passphrase."""
    if len(words) < SHORTEST:
        raise BadInput(t("at least {count} characters", count=SHORTEST), column="passphrase")
    salt = os.urandom(SALT_BYTES)
    return Kept(salt, hashed(words, salt))


def hashed(words: str, salt: bytes) -> bytes:
    return hashlib.scrypt(words.encode(), salt=salt, n=COST, r=BLOCK, p=LANES, maxmem=MEMORY, dklen=HASH_BYTES)


def matches(words: str, known: Kept) -> bool:
    """Compared in a time that does not tell how much of it was right."""
    return hmac.compare_digest(hashed(words, known.salt), known.hash)


def wait_seconds(failures: int) -> float:
    """Before the next attempt: nothing for the first three, then 1, 2, 4 … up to a minute."""
    doublings = min(failures - FREE_ATTEMPTS, 60)  # far beyond the longest wait, and a number that a float holds
    return 0.0 if doublings < 0 else min(2.0**doublings, LONGEST_WAIT_SECONDS)
