"""Flex XML as elements that say where they are wrong. `ibflex` types them; this refuses what it would let pass."""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any, NoReturn
from xml.etree.ElementTree import ParseError

from alm.balance_sheet import AssetClass
from alm.errors import BadInput
from alm.feeds.brokers.lines import currency
from alm.feeds.cells import DECIMALS, canonical, label
from alm.language import t

ASSET_CLASSES: dict[str, AssetClass] = {
    "STK": "equity",
    "FUND": "fund",
    "BOND": "bond",
    "BILL": "bond",
    "CRYPTO": "crypto",
}
PER_HUNDRED = ("BOND", "BILL")
CENT = Decimal("0.01")


def statements(data: bytes, file: str) -> Sequence[Any]:
    """The statements, as `ibflex` types them. It raises whatever its converters raise: each is one refusal here.

    Elements it does not know it would skip with a warning; a position must not vanish so, and that is refused too.
    Attributes it does not know are skipped: a missing one is noticed where it is needed.
    """
    if re.search(rb"<!\s*(DOCTYPE|ENTITY)", data, re.IGNORECASE):
        raise BadInput("a Flex statement without document type or entities", file=file)
    from ibflex import parser

    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=".* has no attribute")
            warnings.filterwarnings("error", message="Unknown element")
            response = parser.parse(BytesIO(data))
    except ParseError as error:
        raise BadInput(t("well-formed XML ({reason})", reason=error), file=file) from None
    except (
        parser.FlexParserError,
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
        ArithmeticError,
        UserWarning,
    ) as error:
        reason = " ".join(str(error).split())[:120]
        raise BadInput(
            t("a Flex statement with ISO dates as this program knows it ({reason})", reason=reason), file=file
        ) from None
    except (AssertionError, RecursionError):
        raise BadInput("a Flex statement", file=file) from None
    found: Sequence[Any] = response.FlexStatements
    return found


class Place:
    """Reads attributes of one file's elements; every refusal names the element and what it is about."""

    def __init__(self, file: str, statement: Any) -> None:
        self.file = file
        self.first: date = statement.fromDate or date(1900, 1, 1)
        self.last: date = statement.toDate or date(2199, 12, 31)

    def refuse(self, element: Any, attribute: str, expected: str) -> NoReturn:
        about = f"{type(element).__name__} {getattr(element, 'symbol', None) or ''}".strip()
        value = getattr(element, attribute, None)
        raise BadInput(expected, file=self.file, column=f"{about} {attribute}", value="" if value is None else value)

    def lines(self, statement: Any, section: str, wanted: str, *others: str) -> tuple[Any, ...]:
        """The elements of a section that are what it is for; anything but `others` beside them is refused."""
        found = getattr(statement, section) or ()
        names = [type(element).__name__ for element in found] if isinstance(found, tuple) else [type(found).__name__]
        if strange := [name for name in names if name not in (wanted, *others)]:
            raise BadInput(
                t("only {wanted} in {section}", wanted=wanted, section=section), file=self.file, value=strange[0]
            )
        return tuple(element for element in found if type(element).__name__ == wanted)

    def number(self, element: Any, attribute: str) -> Decimal:
        value = getattr(element, attribute, None)
        exact = Decimal(value) if isinstance(value, Decimal | int) else Decimal("NaN")
        if not exact.is_finite() or abs(exact) >= 10**15:
            self.refuse(element, attribute, "a number")
        return Decimal(canonical(round(exact, DECIMALS)))

    def day(self, element: Any, attribute: str) -> date:
        value = getattr(element, attribute, None)
        if not isinstance(value, date):
            self.refuse(element, attribute, "an ISO date")
        found = value.date() if isinstance(value, datetime) else value
        if not self.first <= found <= self.last:
            self.refuse(
                element,
                attribute,
                t("a date from {first} to {last}, which the statement is about", first=self.first, last=self.last),
            )
        return found

    def text(self, value: object) -> str:
        try:
            return label(str(value or ""))
        except ValueError as error:
            raise BadInput(str(error), file=self.file, value=value) from None

    def currency(self, element: Any, attribute: str) -> str:
        try:
            return currency(str(getattr(element, attribute, None) or ""))
        except ValueError as error:
            self.refuse(element, attribute, str(error))

    def same(self, element: Any, attribute: str, computed: Decimal, slack: Decimal = CENT) -> None:
        """A printed figure, where there is one, is what its parts make."""
        if getattr(element, attribute, None) is not None and abs(self.number(element, attribute) - computed) > slack:
            self.refuse(element, attribute, t("{amount}, which its parts make", amount=f"{computed:,.2f}"))


def once(at: Place, lines: Sequence[Any], attribute: str) -> None:
    """What identifies a line stands in one line only: a line repeated by mistake is not a second holding or trade."""
    seen: set[object] = set()
    for line in lines:
        value = getattr(line, attribute)
        if value is not None and value in seen:
            at.refuse(line, attribute, "each only once")
        seen.add(value)


def level(at: Place, lines: Sequence[Any], wanted: str, others: Sequence[str]) -> list[Any]:
    """The lines of one level of detail, so that nothing counts twice; all of them where the query prints no level."""
    if all(line.levelOfDetail is None for line in lines):
        return list(lines)
    for line in lines:
        if line.levelOfDetail not in (wanted, *others):
            at.refuse(line, "levelOfDetail", t("one of {names}", names=", ".join((wanted, *others))))
    return [line for line in lines if line.levelOfDetail == wanted]


def category(element: Any) -> str:
    category = getattr(element, "assetCategory", None)
    return str(category.value) if category is not None else ""
