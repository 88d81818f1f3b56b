"""What a column of a CSV may hold: each kind reads a cell strictly, or says what was expected, and writes it back.

Amounts may carry the sign of their row's currency, which is why the currency is read first; rates may be percentages.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer, ValidationInfo

from alm.balance_sheet import ASSET_CLASSES, FREQUENCIES, TAX_TREATMENTS, AssetClass, Frequency, TaxTreatment
from alm.feeds import cells
from alm.feeds.brokers import lines
from alm.language import t
from alm.ledger.transactions import KINDS
from alm.store.schema import PRICE_SOURCES, RANKS


def _between(value: Decimal, low: str | None, high: str | None, above: bool = False) -> Decimal:
    if low is not None and (value < Decimal(low) or (above and value == Decimal(low))):
        raise ValueError(t("a number above {low}", low=low) if above else t("a number of {low} or more", low=low))
    if high is not None and value > Decimal(high):
        raise ValueError(t("a number from {low} to {high}", low=low, high=high))
    return value


def _amount(low: str | None = None, *, above: bool = False) -> Callable[[str, ValidationInfo], Decimal]:
    """Money in the row's currency: a currency sign must be of that currency."""

    def read(text: str, info: ValidationInfo) -> Decimal:
        figure = cells.figure(text)
        currency = str(info.data.get("currency", ""))
        if figure.percent or (figure.sign and currency not in cells.CURRENCY_SIGNS[figure.sign]):
            raise ValueError(
                t("an amount in {currency}, without another sign", currency=currency or t("its own currency"))
            )
        return _between(figure.value, low, None, above)

    return read


def _rate(low: str, high: str) -> Callable[[str], Decimal]:
    """A fraction, or a percentage with its sign: `0.02` or `2%`."""

    def read(text: str) -> Decimal:
        figure = cells.figure(text)
        if figure.sign:
            raise ValueError("a fraction such as 0.02, or 2%")
        return _between(figure.value / 100 if figure.percent else figure.value, low, high)

    return read


def _number(low: str | None = None, *, above: bool = False) -> Callable[[str], Decimal]:
    return lambda text: _between(cells.number(text), low, None, above)


def _yes_no(text: str) -> bool:
    words = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
    word = cells.ascii_form(text).lower()
    if word not in words:
        raise ValueError("yes or no")
    return words[word]


def _one_of(*choices: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        word = cells.ascii_form(text).lower()
        if word not in choices:
            raise ValueError(t("one of {names}", names=", ".join(choices)))
        return word

    return read


def _code(text: str) -> str:
    return lines.currency(cells.ascii_form(text))


def _plain(value: Decimal | None) -> str | None:
    return None if value is None else cells.canonical(value)


def _symbol(text: str, info: ValidationInfo) -> str:
    return lines.name(cells.symbol(text, str(info.data.get("currency", ""))))


_AS_TEXT = PlainSerializer(_plain)
_AS_YES_NO = PlainSerializer(lambda value: "yes" if value else "no")
_AS_ISO = PlainSerializer(lambda value: None if value is None else value.isoformat())

Text = Annotated[str, BeforeValidator(cells.label)]
Note = Annotated[str, BeforeValidator(cells.note)]
Name = Annotated[str, BeforeValidator(lines.name)]
Symbol = Annotated[str, BeforeValidator(_symbol)]
Currency = Annotated[str, BeforeValidator(_code)]
Day = Annotated[date, BeforeValidator(cells.day), _AS_ISO]
YesNo = Annotated[bool, BeforeValidator(_yes_no), _AS_YES_NO]
Amount = Annotated[Decimal, BeforeValidator(_amount()), _AS_TEXT]
AmountFrom0 = Annotated[Decimal, BeforeValidator(_amount("0")), _AS_TEXT]
AmountAbove0 = Annotated[Decimal, BeforeValidator(_amount("0", above=True)), _AS_TEXT]
Number = Annotated[Decimal, BeforeValidator(_number()), _AS_TEXT]
NumberFrom0 = Annotated[Decimal, BeforeValidator(_number("0")), _AS_TEXT]
NumberAbove0 = Annotated[Decimal, BeforeValidator(_number("0", above=True)), _AS_TEXT]
Share = Annotated[Decimal, BeforeValidator(_rate("0", "1")), _AS_TEXT]
LoanRate = Annotated[Decimal, BeforeValidator(_rate("-0.1", "1")), _AS_TEXT]
GrowthRate = Annotated[Decimal, BeforeValidator(_rate("-0.5", "0.5")), _AS_TEXT]

Kind = Annotated[str, BeforeValidator(_one_of(*KINDS))]
Class = Annotated[AssetClass, BeforeValidator(_one_of(*ASSET_CLASSES))]
Treatment = Annotated[TaxTreatment, BeforeValidator(_one_of(*TAX_TREATMENTS))]
Rhythm = Annotated[Frequency, BeforeValidator(_one_of(*FREQUENCIES))]
LoanKind = Annotated[str, BeforeValidator(_one_of("securities_backed", "credit_line", "mortgage", "term"))]
DividendKind = Annotated[str, BeforeValidator(_one_of("regular", "special"))]
ItemPart = Annotated[str, BeforeValidator(_one_of("holdings", "cash", "transactions"))]
ItemState = Annotated[str, BeforeValidator(_one_of("open", "ignored", "entered", "mapped"))]
QuoteKind = Annotated[str, BeforeValidator(_one_of("price", "rate"))]
QuoteSource = Annotated[str, BeforeValidator(_one_of(*PRICE_SOURCES))]
Rank = Annotated[str, BeforeValidator(_one_of(*RANKS))]
DividendStatus = Annotated[str, BeforeValidator(_one_of("actual", "projected"))]
