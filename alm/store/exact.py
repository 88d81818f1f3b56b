"""Cells as the store keeps them: canonical text for decimals, 0 and 1 for yes and no."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from sqlalchemy import Column
from sqlalchemy.sql.schema import ColumnDefault

from alm.errors import BadInput

Cell = str | int | None

_YES_NO = {"yes": 1, "true": 1, "1": 1, "no": 0, "false": 0, "0": 0}


@dataclass(frozen=True, slots=True)
class Field:
    """A column as a person fills it in. `required`: neither empty nor left to a default."""

    name: str
    kind: str
    expected: str
    choices: tuple[str, ...]
    nullable: bool
    default: str | None

    @property
    def required(self) -> bool:
        return not self.nullable and self.default is None


def field(column: Column[object]) -> Field:
    default = getattr(column.server_default, "arg", None)
    assert not isinstance(default, ColumnDefault)
    info: Mapping[str, object] = column.info
    choices = info["choices"]
    expected = info["expected"]
    assert isinstance(choices, tuple)
    assert isinstance(expected, str)
    return Field(
        column.name,
        str(info["kind"]),
        expected,
        choices,
        bool(column.nullable),
        None if default is None else str(default),
    )


def canonical(value: Decimal) -> str:
    """No exponent, no superfluous zeros, no minus zero: equal numbers are equal text."""
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def stored(field: Field, text: object, row: int) -> Cell:
    """What the column keeps of a cell; nothing typed is NULL, or the default where there must be something."""
    if isinstance(text, float | bool):
        raise TypeError(f"{field.name}: a cell is text, so that no digit is lost, not {type(text).__name__}")
    plain = text.isoformat() if isinstance(text, date) else "" if text is None else str(text).strip()
    if not plain and (field.nullable or field.default is not None):
        return _empty(field)
    if field.kind == "decimal":
        return _decimal(field, plain, row)
    if field.kind == "yes_no":
        if plain.lower() not in _YES_NO:
            raise BadInput(field.expected, row=row, column=field.name, value=plain)
        return _YES_NO[plain.lower()]
    return plain


def _empty(field: Field) -> Cell:
    if field.nullable:
        return None
    return int(field.default or 0) if field.kind == "yes_no" else field.default


def _decimal(field: Field, plain: str, row: int) -> str:
    """An exponent is refused: whoever wrote 1.23E+05 has lost digits already. So is what float alone would read."""
    try:
        value = Decimal(plain)
    except InvalidOperation:
        raise BadInput(field.expected, row=row, column=field.name, value=plain) from None
    if not value.is_finite() or not plain.isascii() or "e" in plain.lower() or "_" in plain:
        raise BadInput(field.expected, row=row, column=field.name, value=plain)
    return canonical(value)


def shown(field: Field, cell: Cell) -> str | None:
    """The cell as text, as it stands in a CSV file."""
    if cell is None:
        return None
    return ("no", "yes")[int(cell)] if field.kind == "yes_no" else str(cell)
