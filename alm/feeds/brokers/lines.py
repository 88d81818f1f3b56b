"""A record of a broker's file under its header, read cell by cell. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NoReturn, TypeVar

from alm.currencies import MINOR_UNITS, is_currency
from alm.errors import BadInput
from alm.feeds.brokers.statement import OpenItem, Part
from alm.feeds.cells import ascii_form, label, number
from alm.feeds.tabular import Record
from alm.language import t

Meanings = Mapping[tuple[str, str], str]
"""What the household has said new words mean: column and word to a word that is known."""
NOTHING: Meanings = {}
Row = TypeVar("Row")
Value = TypeVar("Value")

MISSING = ("", "-", "--", "---", "―", "----/--/--", "N/A", "n/a")
"""What brokers print where there is nothing."""


class Unfamiliar(BadInput):
    """A word or a kind of thing that this program does not know, where nothing is damaged: a person settles it."""

    @property
    def reason(self) -> str:
        return f"{self.column} {self.value!r}: " + t("expected {wanted}", wanted=t(self.expected))

    def item(self, account: str, called: str, part: Part, ticker: str = "", more: str = "") -> OpenItem:
        field = (self.column or "").rpartition(" ")[2]
        return OpenItem(account, called, self.reason + more, part, ticker, self.row or 0, field, str(self.value))


@dataclass(frozen=True, slots=True)
class Line:
    """A record of a broker's file under its header; every refusal names file, row and column."""

    file: str
    record: Record
    columns: tuple[str, ...]
    known: Meanings = field(default_factory=dict)

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

    def filled(self, column: str) -> bool:
        """Whether there is such a column with something in it."""
        return column in self.columns and self.text(column) not in MISSING

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

    def word(self, column: str, meanings: Mapping[str, Value], *others: str) -> Value:
        """What a word of a closed vocabulary means; a stranger is the row's, not the file's, trouble."""
        text = ascii_form(self.meant(column))
        found = meanings.get(text, meanings.get(text.lower()))
        if found is None:
            raise self.unfamiliar(column, t("one of {names}", names=", ".join((*meanings, *others))))
        return found

    def meant(self, column: str) -> str:
        """The word of a cell, or the known one that the household has put in its place."""
        text = self.text(column)
        return self.known.get((column, text), text)

    def unfamiliar(self, column: str, expected: str) -> Unfamiliar:
        return Unfamiliar(expected, file=self.file, row=self.record.line, column=column, value=self.text(column))

    @property
    def words(self) -> str:
        """The row as it stands, for a person to know it by."""
        return " ".join(" ".join(cell.split()) for cell in self.record.cells if cell.strip() not in MISSING)

    def read(self, column: str, text: str, reader: Callable[[str], Value]) -> Value:
        try:
            return reader(text)
        except ValueError as error:
            raise BadInput(str(error), file=self.file, row=self.record.line, column=column, value=text) from None


def understood(
    lines: Iterable[Row], read: Callable[[Row], Value], odd: Callable[[Row, Unfamiliar], OpenItem]
) -> tuple[tuple[Value, ...], tuple[OpenItem, ...]]:
    """What each line says, and as an open item each line that is no fault of the file and no word of this program."""
    values: list[Value] = []
    items: list[OpenItem] = []
    for line in lines:
        try:
            values.append(read(line))
        except Unfamiliar as stranger:
            items.append(odd(line, stranger))
    return tuple(values), tuple(items)


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
