"""The passphrase of the page moves into the books, from the file beside them if there is one."""

import json
from pathlib import Path

from alembic import op

from alm.errors import BadInput

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    conn = op.get_bind()
    conn.exec_driver_sql(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
    books = Path(conn.exec_driver_sql("PRAGMA database_list").all()[0][2])
    conn.exec_driver_sql(
        "INSERT INTO passphrase VALUES (1, ?, ?, ?)", _of(books.with_name(f"{books.name}.passphrase.json"))
    )


def _of(beside: Path) -> tuple[int, str, str]:
    """A damaged file stops the upgrade: the books stay shut until a person has removed it."""
    try:
        row = json.loads(beside.read_text(encoding="utf-8"))
        salt, hash_ = bytes.fromhex(row["salt"]), bytes.fromhex(row["hash"])
    except FileNotFoundError:
        return 0, "", ""
    except (ValueError, TypeError, KeyError):
        salt, hash_ = b"", b""
    if (len(salt), len(hash_)) != (16, 32):
        raise BadInput(
            "what `alm passphrase set` wrote there; remove the file and set the passphrase again", file=beside
        )
    return 1, salt.hex(), hash_.hex()
