"""Flex statements as elements that say where they are wrong, from XML or CSV. `ibflex` types each by itself.

What it cannot type because a word is new is an open item of the account; a broken number or date refuses the file.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NoReturn
from xml.etree.ElementTree import Element, ParseError, fromstring

from alm.balance_sheet import AssetClass
from alm.errors import BadInput
from alm.feeds.brokers.lines import Meanings, Unfamiliar, currency
from alm.feeds.brokers.statement import OpenItem, Part
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
FOREVER = date(2199, 12, 31)
"""The last day of a statement that does not say it."""
SECTIONS = {
    "CashReport": "CashReportCurrency",
    "OpenPositions": "OpenPosition",
    "ConversionRates": "ConversionRate",
    "Trades": "Trade",
    "CashTransactions": "CashTransaction",
    "CorporateActions": "CorporateAction",
    "Transfers": "Transfer",
}
"""The sections that are read, and the element each is for."""
SUMMARIES = ("Order", "Lot", "SymbolSummary", "AssetSummary", "WashSale")
"""What a query may list among its trades and repeats them."""
MOVES_UNITS = ("TradeTransfers", "UnbookedTrades", "OptionEAE", "PendingExcercises", "StockGrantActivities")
"""Known sections that are not read and would change what is held."""
WORDS = ("type", "assetCategory", "buySell", "direction", "currency")
"""Attributes whose words decide what a line is."""
IDENTIFIED = {
    "Trades": ("tradeID", ("symbol", "tradeDate", "dateTime", "quantity", "tradePrice", "ibCommission", "buySell")),
    "CashTransactions": (
        "transactionID", ("currency", "symbol", "type", "amount", "dateTime", "reportDate", "description"),
    ),
}  # fmt: skip
"""What a line is known by: its identifier, or what it says, counted among its equals, where the query has none."""
USED = frozenset((
    *WORDS, "accountId", "symbol", "description", "reportDate", "position", "markPrice", "positionValue",
    "costBasisMoney", "fifoPnlUnrealized", "levelOfDetail", "issuerCountryCode", "endingCash", "fromCurrency",
    "toCurrency", "rate", "quantity", "tradePrice", "tradeDate", "taxes", "ibCommission", "ibCommissionCurrency",
    "netCash", "tradeID", "origTradeID", "transactionID", "actionID", "amount", "dateTime", "proceeds", "value", "date",
    "cashTransfer",
))  # fmt: skip


@dataclass(slots=True)
class Account:
    """One account's statement: its lines by section as `ibflex` types them, and what it could not."""

    number: str
    first: date
    last: date
    lines: dict[str, list[Any]] = field(default_factory=dict)  # ibflex builds its types at run time
    odd: list[OpenItem] = field(default_factory=list)
    known: Meanings = field(default_factory=dict)
    seen: Counter[str] = field(default_factory=Counter)

    def strange(self, called: str, reason: str, section: str = "", symbol: str = "", *word: str) -> None:
        part: Part = "holdings" if section == "OpenPositions" else "transactions"
        self.odd.append(OpenItem("", called, reason, part, symbol, 0, *word))

    def items(self, name: str) -> Iterable[OpenItem]:
        return (replace(item, account=name) for item in self.odd)


def accounts(data: bytes, file: str, known: Meanings) -> Sequence[Account]:
    """The statements of an XML file. Elements and sections nobody knows become open items."""
    if re.search(rb"<!\s*(DOCTYPE|ENTITY)", data, re.IGNORECASE):
        raise BadInput("a Flex statement without document type or entities", file=file)
    try:
        root = fromstring(data)  # noqa: S314  # without a document type, which the lines above refuse
    except ParseError as error:
        raise BadInput(t("well-formed XML ({reason})", reason=error), file=file) from None
    found = [_account(each, file, known) for each in root.iter("FlexStatement")]
    if root.tag != "FlexQueryResponse" or not found:
        raise BadInput("at least one FlexStatement", file=file)
    counted = next(root.iter("FlexStatements")).get("count", "")
    if counted != str(len(found)):
        raise BadInput(t("{count} statements, as it says", count=counted), file=file, value=len(found))
    return found


def _account(element: Element, file: str, known: Meanings) -> Account:
    statement = typed("FlexStatement", element.attrib, file)
    first, last = statement.fromDate or date(1900, 1, 1), statement.toDate or FOREVER
    account = Account(statement.accountId, first, last, known=known)
    for section in element:
        if section.tag in SECTIONS:
            account.lines.setdefault(section.tag, [])
            for line in section:
                add(account, section.tag, line.tag, line.attrib, file)
        elif section.tag not in _known_sections() or (section.tag in MOVES_UNITS and len(section)):
            reason = t("a section that is not read, with {count} rows", count=len(section))
            account.strange(f"section {section.tag}", reason)
    return account


def _known_sections() -> frozenset[str]:
    from ibflex import Types

    return frozenset(Types.FlexStatement.__annotations__)


def add(account: Account, section: str, tag: str, attributes: Mapping[str, str], file: str) -> None:
    """A line of a section, or an open item where one of its words is new."""
    if section == "Trades" and tag in SUMMARIES:
        return
    meant = {name: account.known.get((name, value), value) for name, value in attributes.items()}
    symbol = attributes.get("symbol", "")
    called = " ".join(filter(None, (tag, attributes.get("assetCategory"), attributes.get("type"), symbol)))
    if tag != SECTIONS[section]:
        reason = t("only {wanted} in {section}", wanted=SECTIONS[section], section=section)
        account.strange(called, reason, section, symbol)
        return
    new = [name for name in WORDS if meant.get(name) and not _has_meaning(tag, name, meant[name])]
    if new:
        mark = attributes.get("transactionID") or attributes.get("tradeID") or attributes.get("dateTime", "")
        reason = t("{column} {value} is a new word", column=new[0], value=repr(attributes[new[0]]))
        account.strange(f"{called} {mark}".strip(), reason, section, symbol, new[0], attributes[new[0]])
    else:
        account.lines.setdefault(section, []).append(typed(tag, _identified(account, section, meant), file))


def _identified(account: Account, section: str, attributes: Mapping[str, str]) -> Mapping[str, str]:
    name, told_by = IDENTIFIED.get(section, ("", ()))
    if not name or attributes.get(name):
        return attributes
    told = repr([attributes.get(each, "") for each in (*told_by, "levelOfDetail")])
    account.seen[told] += 1
    mark = hashlib.sha256(f"{told} {account.seen[told]}".encode()).hexdigest()[:12]
    return {**attributes, name: f"A{mark}"}


def _has_meaning(tag: str, name: str, value: str) -> bool:
    from ibflex import Types, parser

    try:
        parser.parse_element_attr(getattr(Types, tag), name, value)
    except KeyError:  # an attribute that this element does not have
        return True
    except (parser.FlexParserError, ValueError):
        return False
    return True


def typed(tag: str, attributes: Mapping[str, str], file: str) -> Any:
    """The element as `ibflex` types it, which raises whatever its converters raise: each is one refusal here."""
    from ibflex import Types, parser

    kind = getattr(Types, tag)
    known = kind.__annotations__
    wanted = known if tag == "FlexStatement" else USED & known.keys()
    used = {name: value for name, value in attributes.items() if name in wanted}
    try:
        return parser.parse_data_element(Element(tag, used))
    except (parser.FlexParserError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError) as error:
        reason = " ".join(str(error).split())[:120]
        raise BadInput(
            t("a Flex statement with ISO dates as this program knows it ({reason})", reason=reason), file=file
        ) from None


class Place:
    """Reads attributes of one file's elements; every refusal names the element and what it is about."""

    def __init__(self, file: str, account: Account) -> None:
        self.file, self.first, self.last = file, account.first, account.last

    def refuse(self, element: Any, attribute: str, expected: str) -> NoReturn:
        raise BadInput(expected, file=self.file, **self._where(element, attribute))

    def unfamiliar(self, element: Any, attribute: str, expected: str) -> Unfamiliar:
        return Unfamiliar(expected, file=self.file, **self._where(element, attribute))

    def _where(self, element: Any, attribute: str) -> dict[str, Any]:
        about = f"{type(element).__name__} {getattr(element, 'symbol', None) or ''}".strip()
        value = getattr(element, attribute, None)
        return {"column": f"{about} {attribute}", "value": "" if value is None else getattr(value, "value", value)}

    def number(self, element: Any, attribute: str) -> Decimal:
        value = getattr(element, attribute, None)
        exact = Decimal(value) if isinstance(value, Decimal | int) else Decimal("NaN")
        if not exact.is_finite() or abs(exact) >= 10**15:
            self.refuse(element, attribute, "a number")
        return Decimal(canonical(round(exact, DECIMALS)))

    def day(self, element: Any, attribute: str) -> date:
        """A date in the statement's period."""
        found = self._date(element, attribute)
        if not self.first <= found <= self.last:
            self._outside(element, attribute)
        return found

    def happened(self, element: Any, attribute: str) -> date:
        """The date of an event that the statement reports: the period bounds the report, which may come days later."""
        if getattr(element, attribute, None) is None or getattr(element, "reportDate", None) is None:
            return self.day(element, attribute if getattr(element, attribute, None) is not None else "reportDate")
        self.day(element, "reportDate")
        found = self._date(element, attribute)
        if found > self.last:
            self._outside(element, attribute)
        return found

    def _date(self, element: Any, attribute: str) -> date:
        value = getattr(element, attribute, None)
        if not isinstance(value, date):
            self.refuse(element, attribute, "an ISO date")
        return value.date() if isinstance(value, datetime) else value

    def _outside(self, element: Any, attribute: str) -> NoReturn:
        expected = t("a date from {first} to {last}, which the statement is about", first=self.first, last=self.last)
        self.refuse(element, attribute, expected)

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
