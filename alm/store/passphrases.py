"""The passphrase of the page, in the books: one row that says whether one is set, and what is kept of it.

The row is always there. One that is missing, or that says one thing and holds another, opens nothing.
"""

from __future__ import annotations

from sqlalchemy import Connection

from alm.errors import DatabaseRefused
from alm.language import t
from alm.passphrase import HASH_BYTES, SALT_BYTES, Kept
from alm.store.database import has_table, refuse_damaged

NONE = (0, "", "")


def kept(conn: Connection) -> Kept | None:
    """What is stored; None where no passphrase is set. Raises DatabaseRefused where the row is not what was written."""
    found = conn.exec_driver_sql("SELECT is_set, salt, hash FROM passphrase").first()
    is_set, salt, hash_ = found or (1, "", "")
    if (is_set, salt, hash_) == NONE:
        return None
    try:
        known = Kept(bytes.fromhex(salt), bytes.fromhex(hash_))
    except ValueError:
        known = Kept(b"", b"")
    if not is_set or (len(known.salt), len(known.hash)) != (SALT_BYTES, HASH_BYTES):
        refuse_damaged(conn, [t("the passphrase")])
    return known


def damaged(conn: Connection) -> bool:
    """Whether the row is not what was written; never in a file of a schema that had none."""
    if not has_table(conn, "passphrase"):
        return False
    try:
        kept(conn)
    except DatabaseRefused:
        return True
    return False


def put(conn: Connection, known: Kept | None) -> None:
    """Set, replace or, with None, remove it: also where the row was damaged."""
    row = NONE if known is None else (1, known.salt.hex(), known.hash.hex())
    conn.exec_driver_sql("INSERT OR REPLACE INTO passphrase (number, is_set, salt, hash) VALUES (1, ?, ?, ?)", row)


def remove(conn: Connection) -> bool:
    """Set none, whatever the row holds; False when it said that none was set."""
    there = damaged(conn) or kept(conn) is not None
    put(conn, None)
    return there
