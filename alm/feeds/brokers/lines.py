"""A record of a broker's file under its header, read cell by cell. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import NoReturn, TypeVar

from alm.currencies import MINOR_UNITS, is_currency
from alm.errors import BadInput
from alm.feeds.cells import label, number
from alm.feeds.tabular import Record
from alm.language import t

Value = TypeVar("Value")

MISSING = ("", "-", "--", "---", "―", "----/--/--")
"""What brokers print where there is nothing."""


@dataclass(frozen=True, slots=True)
class Line:
    """A record of a broker's file under its header; every refusal names file, row and column."""

    file: str
    record: Record
    columns: tuple[str, ...]

    def text(self, column: str, *, nth: int = 0) -> str:
        """One line of text; `nth` tells columns of the same name apart."""
        places = [i for i, name in enumerate(self.columns) if name == column]
        if len(places) <= nth or places[nth] >= len(self.record.cells):
            raise BadInput(t("the column {column}", column=column), file=self.file, row=self.record.line)
        return self.read(column, self.record.cells[places[nth]], label)

    def cell(self, column: str, reader: Callable[[str], Value]) -> Value:
        """The cell as `reader` understands it; its ValueError becomes the refusal."""
        return self.read(column, self.text(column), reader)

    def optional(self, column: str, reader: Callable[[str], Value], otherwise: Value) -> Value:
        """`otherwise` where there is no such column or nothing in it."""
        return self.cell(column, reader) if column in self.columns and self.text(column) else otherwise

    def maybe(self, column: str) -> Decimal | None:
        """A number, or None where the broker prints a dash."""
        text = self.text(column)
        return None if text in MISSING else self.read(column, text, number)

    def need(self, column: str) -> Decimal:
        value = self.maybe(column)
        return self.refuse(column, "a number") if value is None else value

    def magnitude(self, column: str) -> Decimal:
        """A number of at least 0."""
        value = self.need(column)
        return value if value >= 0 else self.refuse(column, "a number of at least 0")

    def positive(self, column: str) -> Decimal:
        value = self.need(column)
        return value if value > 0 else self.refuse(column, "a number above 0")

    def refusal(self, column: str, expected: str) -> BadInput:
        return BadInput(expected, file=self.file, row=self.record.line, column=column, value=self.text(column))

    def refuse(self, column: str, expected: str) -> NoReturn:
        raise self.refusal(column, expected)

    def read(self, column: str, text: str, reader: Callable[[str], Value]) -> Value:
        try:
            return reader(text)
        except ValueError as error:
            raise BadInput(str(error), file=self.file, row=self.record.line, column=column, value=text) from None


def name(text: str) -> str:
    """Text that is not empty."""
    if not label(text):
        raise ValueError("a name or symbol")
    return label(text)


def currency(text: str) -> str:
    code = label(text)
    if code in MINOR_UNITS:
        raise ValueError(
            t("amounts in {currency}, of which {unit} is a hundredth", currency=MINOR_UNITS[code], unit=code)
        )
    code = code.upper()
    if not is_currency(code):
        raise ValueError("an ISO currency code such as JPY")
    return code
