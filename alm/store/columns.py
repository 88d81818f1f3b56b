"""Kinds of column: each has its SQLite type, the CHECK that keeps nonsense out, and the words for what it expects.

Money, quantities and rates are decimal text in one canonical form (no exponent, no leading or trailing zeros, no
`-0`), so equal values are equal text and no digit is ever lost; dates are ISO text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import CheckConstraint, Column, Integer, Text

from alm.language import phrase

LIGHTS = ("SAFE", "CAUTION", "DANGER", "UNKNOWN")
LONGEST_DECIMAL = 32
LONGEST_NAME = 200
LONGEST_NOTE = 2_000

_CONTROL = "'*[' || char(1) || '-' || char(31) || ']*'"


def name(title: str, *more: Any, expected: str = "", empty: bool = False, **options: Any) -> Column[Any]:
    """One line of text, trimmed."""
    check = f"length({title}) BETWEEN {0 if empty else 1} AND {LONGEST_NAME} AND {title} = trim({title})"
    check += f" AND {title} NOT GLOB {_CONTROL}"
    if empty:
        options["server_default"] = ""
    length = "a line of at most {count} characters" if empty else "a line of 1 to {count} characters"
    expected = expected or phrase(length, count=LONGEST_NAME)
    return _column(title, "text", check, expected, *more, **options)


def words(title: str) -> Column[Any]:
    """Any text, or nothing."""
    check = f"length({title}) <= {LONGEST_NOTE}"
    return _column(title, "text", check, phrase("at most {count} characters", count=LONGEST_NOTE), server_default="")


def choice(title: str, of: Sequence[str], **options: Any) -> Column[Any]:
    listed = ", ".join(f"'{value}'" for value in of)
    return _column(
        title,
        "choice",
        f"{title} IN ({listed})",
        phrase("one of {names}", names=", ".join(of)),
        choices=tuple(of),
        **options,
    )


def yes_no(title: str, *, default: bool) -> Column[Any]:
    return _column(title, "yes_no", f"{title} IN (0, 1)", "yes or no", server_default=str(int(default)), type_=Integer)


def currency(title: str = "currency", **options: Any) -> Column[Any]:
    check = f"length({title}) = 3 AND {title} NOT GLOB '*[^A-Z]*'"
    return _column(title, "currency", check, "an ISO currency code such as JPY", **options)


def currency_or_none(title: str, **options: Any) -> Column[Any]:
    """Empty where the ticker alone says enough."""
    check = f"{title} = '' OR (length({title}) = 3 AND {title} NOT GLOB '*[^A-Z]*')"
    return _column(title, "currency", check, "an ISO currency code such as JPY", server_default="", **options)


def day(title: str, *, first: str = "1900-01-01", **options: Any) -> Column[Any]:
    """A calendar date up to 2199: `date()` moves the 30th of February to March, so such a text is not itself."""
    shape = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]"
    check = (
        f"{title} GLOB '{shape}' AND date({title}, '+0 days') IS {title} AND {title} BETWEEN '{first}' AND '2199-12-31'"
    )
    return _column(title, "date", check, "a date such as 2026-01-31", **options)


def decimal(title: str, *, low: str | None = None, high: str | None = None, **options: Any) -> Column[Any]:
    """An exact number; bounds are inclusive."""
    check = f"{decimal_shape(title)} AND length({title}) <= {LONGEST_DECIMAL}"
    if low is not None:
        check += f" AND CAST({title} AS REAL) >= {low}"
    if high is not None:
        check += f" AND CAST({title} AS REAL) <= {high}"
    return _column(title, "decimal", check, _range(low, high), **options)


def positive(title: str, **options: Any) -> Column[Any]:
    """An exact number above 0."""
    check = f"{decimal_shape(title)} AND length({title}) <= {LONGEST_DECIMAL} AND CAST({title} AS REAL) > 0"
    return _column(title, "decimal", check, "a number above 0", **options)


def record(*, one_a_day: bool) -> tuple[Column[Any], ...]:
    """What is recorded of a day: both lights, the figures, what they came from, and the digests of both."""
    checks = {title: f"{title} GLOB '{{*}}'" for title in ("figures", "inputs")}
    checks |= {title: f"length({title}) = 64" for title in ("inputs_digest", "digest")}
    proofs = [Column(title, Text, CheckConstraint(rule, name=title), nullable=False) for title, rule in checks.items()]
    safe, free = choice("verdict", LIGHTS), choice("freedom", LIGHTS, nullable=True)
    return (day("date", primary_key=one_a_day), name("taken_at"), safe, *proofs, free)


def decimal_shape(title: str) -> str:
    """The SQL condition for canonical decimal text."""
    return (
        f"({title} GLOB '[0-9]*' OR {title} GLOB '-[0-9]*') AND substr({title}, 2) NOT GLOB '*[^0-9.]*'"
        f" AND {title} NOT GLOB '*.*.*' AND {title} NOT GLOB '*.' AND {title} NOT GLOB '*.*0'"
        f" AND {title} NOT GLOB '0[0-9]*' AND {title} NOT GLOB '-0[0-9]*' AND {title} <> '-0'"
    )


def _range(low: str | None, high: str | None) -> str:
    if low is None and high is None:
        return "a number such as 1234.56"
    if high is None:
        return phrase("a number of {low} or more", low=low)
    return phrase("a number from {low} to {high}", low=low, high=high)


def _column(
    title: str,
    kind: str,
    check: str,
    expected: str,
    *more: Any,
    choices: tuple[str, ...] = (),
    type_: type[Text] | type[Integer] = Text,
    **options: Any,
) -> Column[Any]:
    options.setdefault("nullable", False)
    condition = f"{title} IS NULL OR ({check})" if options["nullable"] else check
    info = {"kind": kind, "expected": expected, "choices": choices}
    constraint = CheckConstraint(condition, name=title)
    return Column(title, type_, *more, constraint, info=info, **options)
