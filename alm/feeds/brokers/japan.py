"""What the two Japanese brokers' files share: lines under a header, and the names of custody. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import NoReturn, TypeVar

from alm.balance_sheet import TaxTreatment
from alm.errors import BadInput
from alm.feeds.brokers.statement import BrokerAccount
from alm.feeds.cells import ascii_form, label, number
from alm.feeds.tabular import Record

Value = TypeVar("Value")

MISSING = ("", "-", "--", "---", "―", "----/--/--")
YEN = "円"


def squeezed(text: str) -> str:
    """For comparing titles: the same one is written with full-width and ASCII brackets in one file."""
    return re.sub(r"\s", "", ascii_form(text))


def ticker_of(name: str) -> str:
    """What stands for a code where there is none: the name in one spelling, so that two brokers agree more often."""
    return re.sub(r"\s+", " ", ascii_form(name))


def tax_treatment(custody: str) -> TaxTreatment | None:
    """NISA of every vintage is free of tax, 特定 and 一般 are taxed; None for a name never seen."""
    plain = squeezed(custody)
    if "NISA" in plain:
        return "tax_free"
    return "taxable" if plain.startswith(("特定", "一般")) else None


@dataclass(frozen=True, slots=True)
class Line:
    """A record of a broker's file under its header; every refusal names file, row and column."""

    file: str
    record: Record
    columns: tuple[str, ...]

    def text(self, column: str, *, nth: int = 0) -> str:
        places = [i for i, name in enumerate(self.columns) if name == column]
        if len(places) <= nth or places[nth] >= len(self.record.cells):
            raise BadInput(f"the column {column}", file=self.file, row=self.record.line)
        return self.read(column, self.record.cells[places[nth]], label)

    def maybe(self, column: str) -> Decimal | None:
        """A number, or None where the broker prints a dash."""
        text = self.text(column)
        return None if text in MISSING else self.read(column, text, number)

    def need(self, column: str) -> Decimal:
        value = self.maybe(column)
        return self.refuse(column, "a number") if value is None else value

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


def account_name(broker: str, custody: str) -> str:
    return f"{broker} {custody}".strip()


def accounts(broker: str, institution: str, custodies: Iterable[str]) -> tuple[BrokerAccount, ...]:
    """One account per custody, in the order of the file."""
    return tuple(
        BrokerAccount(account_name(broker, custody), institution, "JP", tax_treatment(custody) or "taxable")
        for custody in dict.fromkeys(custodies)
    )
