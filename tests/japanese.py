"""What is left of English in a Japanese text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import fields
from functools import cache

from alm.demo import demo_rows
from alm.fire.plan import Plan
from alm.language import words
from alm.settings import Settings, today
from alm.store.schema import metadata

QUOTED = re.compile(r"`[^`]*`|'[^']*'|--[a-z-]+|<[^>]*>|%\{[^}]*\}|https?:\S+|\S+\.(?:csv|toml|pdf|db|md)\b|/\S+")
"""Commands and options, values as they were typed, markup, addresses and files, which are written alike in every language."""
WORD = re.compile(r"[A-Za-z]{3,}")


@cache
def identifiers() -> frozenset[str]:
    """Words of the household's own names, of settings, tables and columns as files write them, and those that the
    translations themselves write in Latin letters."""
    named = [spec.name for spec in fields(Settings)] + [str(spec.default) for spec in fields(Settings)]
    named += [name for table in metadata.tables.values() for name in (table.name, *table.columns.keys())]
    named += list(Plan.__dataclass_fields__)
    named += [
        choice for table in metadata.tables.values() for c in table.columns for choice in c.info.get("choices", ())
    ]
    cells = (cell for rows in demo_rows(today(Settings())).values() for row in rows for cell in row.values())
    translated = re.sub(r"\{\w*\}", " ", " ".join(words("ja").values()))
    return frozenset(WORD.findall(" ".join([*named, translated, *(str(cell) for cell in cells)])))


def english(said: Iterable[str], known: Iterable[str] = ()) -> list[str]:
    """The texts that hold a word of English, a name or an identifier not counted."""
    allowed = identifiers() | set(known)
    return [text for text in said if set(WORD.findall(QUOTED.sub(" ", text))) - allowed]
