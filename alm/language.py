"""The household's language: an English text and its translation, in one place below everything that speaks.

The language is chosen once for the process (`use_language`), because one process serves one household. Japanese
stands in `alm/words/ja/*.toml`, keyed by the English text, so code reads as it shows.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

_language = "en"


class Phrase(str):
    """An English text made before the language is known, as the tables of columns are: it remembers how it was made."""

    __slots__ = ("template", "values")
    template: str
    values: dict[str, object]


def phrase(template: str, **values: object) -> Phrase:
    """`template` filled in English now, and in the household's language when `t` is asked for it."""
    made = Phrase(template.format(**values))
    made.template, made.values = template, values
    return made


def use_language(language: str) -> None:
    """Choose the language of the process: "en" or "ja"."""
    global _language  # one household, one language, one process
    _language = language


def language() -> str:
    return _language


@cache
def words(language: str) -> dict[str, str]:
    """English text to its translation, from every file of the language's folder; empty for English."""
    files = sorted((Path(__file__).parent / "words" / language).glob("*.toml"))
    return {english: text for file in files for english, text in tomllib.loads(file.read_text("utf-8")).items()}


def t(english: str, **values: object) -> str:
    """The text in the chosen language with its `{names}` filled; English where there is no translation."""
    if isinstance(english, Phrase):
        return t(english.template, **english.values)
    text = words(_language).get(english, english)
    return text.format(**values) if values else text
