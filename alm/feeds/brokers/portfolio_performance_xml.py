"""Portfolio Performance's own file (`<client>`): cash and securities accounts and all that happened in them. Pure.

Amounts are in hundredths, shares in hundred-millionths. A purchase stands in both accounts and is taken from the
securities account; so are deliveries. References of one element to another are followed, by path or by number.
Everything carries the file's identifiers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from xml.etree.ElementTree import Element, ParseError, fromstring

from alm.errors import BadInput
from alm.feeds.brokers.lines import currency
from alm.feeds.brokers.portfolio_performance import SOURCE
from alm.feeds.brokers.statement import BrokerAccount, OpenItem, Statement, Trade, TradeKind
from alm.feeds.cells import day
from alm.language import t

CENTS, SHARES = Decimal(100), Decimal(100_000_000)
CASH_KINDS: Mapping[str, TradeKind] = {
    "DEPOSIT": "deposit", "REMOVAL": "withdrawal", "DIVIDENDS": "dividend", "INTEREST": "interest",
    "INTEREST_CHARGE": "fee", "FEES": "fee", "FEES_REFUND": "interest", "TAXES": "fee", "TAX_REFUND": "interest",
    "TRANSFER_IN": "deposit", "TRANSFER_OUT": "withdrawal",
}  # fmt: skip
UNIT_KINDS: Mapping[str, TradeKind] = {
    "BUY": "buy", "SELL": "sell", "DELIVERY_INBOUND": "transfer", "DELIVERY_OUTBOUND": "delivery",
}  # fmt: skip
BOOKED_ELSEWHERE = ("BUY", "SELL")
"""Of a cash account: its securities account has them with their units."""
PAID: tuple[TradeKind, ...] = ("buy", "transfer", "withdrawal", "fee")
_STEP = re.compile(r"([A-Za-z-]+)(?:\[([0-9]+)\])?")


def recognises(text: str) -> bool:
    return re.match(r"\s*(<\?xml[^>]*\?>\s*)?<client\b", text[:400]) is not None


def parse(data: bytes, file: str, *, account: str = "") -> Statement:
    """Accounts keep the names they have in the file; `account` stands before them where it is given."""
    if re.search(rb"<!\s*(DOCTYPE|ENTITY)", data, re.IGNORECASE):
        raise BadInput("an XML file without document type or entities", file=file)
    try:
        root = fromstring(data)  # noqa: S314  # without a document type, which the lines above refuse
    except ParseError as error:
        raise BadInput(t("well-formed XML ({reason})", reason=error), file=file) from None
    return _Client(root, file, account).statement()


class _Client:
    """The tree with the way up from each element, which references need."""

    def __init__(self, root: Element, file: str, prefix: str) -> None:
        self.root, self.file, self.prefix = root, file, prefix
        self.above = {child: parent for parent in root.iter() for child in parent}
        self.numbered = {element.get("id"): element for element in root.iter() if element.get("id")}

    def statement(self) -> Statement:
        found = [
            *self.of("account", "account-transaction", CASH_KINDS),
            *self.of("portfolio", "portfolio-transaction", UNIT_KINDS),
        ]
        trades = tuple(entry for entry in found if isinstance(entry, Trade))
        names = dict.fromkeys(entry.account for entry in found)
        return Statement(
            source=SOURCE,
            file=self.file,
            accounts=tuple(BrokerAccount(name, "", "") for name in names),
            trades=trades,
            open_items=tuple(entry for entry in found if isinstance(entry, OpenItem)),
        )

    def of(self, holder: str, tag: str, kinds: Mapping[str, TradeKind]) -> Iterator[Trade | OpenItem]:
        """Every transaction that a holder has, written out in it or elsewhere, once."""
        seen: set[int] = set()
        for element in self.root.iter(tag):
            if element.get("reference") is None and id(element) not in seen:
                seen.add(id(element))
                yield from self.entry(element, self.owner(element, holder), kinds)
        for element in self.root.iter("accountTransaction" if holder == "account" else "portfolioTransaction"):
            if element.get("reference") is None and id(element) not in seen:
                yield from self.entry(element, self.owner(element, holder), kinds)

    def owner(self, element: Element, holder: str) -> str:
        """The account a transaction is in: the one around it, or the one its cross entry names."""
        up = element
        while up in self.above:
            up = self.above[up]
            if up.tag == "crossEntry":
                side = self.child(up, holder)
                return self.name(side) if side is not None else ""
            if up.tag == holder:
                return self.name(up)
        return ""

    def name(self, element: Element) -> str:
        return f"{self.prefix} {self.text(element, 'name')}".strip()

    def entry(self, element: Element, account: str, kinds: Mapping[str, TradeKind]) -> Iterator[Trade | OpenItem]:
        word, mark = self.text(element, "type"), self.text(element, "uuid")
        if kinds is CASH_KINDS and word in BOOKED_ELSEWHERE:
            return
        kind = kinds.get(word)
        if kind is None or not account:
            what = f"{word} {self.text(element, 'date')[:10]} {self.text(element, 'amount')} {mark}".strip()
            reason = t("one of {names}", names=", ".join(kinds))
            yield OpenItem(account or self.prefix or SOURCE, what, reason, "transactions", field="type", word=word)
            return
        yield self.trade(element, account, kind, mark)

    def trade(self, element: Element, account: str, kind: TradeKind, mark: str) -> Trade:
        security = self.child(element, "security")
        settled = self.number(element, "amount") / CENTS
        fee, tax = (self.unit(element, name) for name in ("FEE", "TAX"))
        gross = settled - fee - tax if kind in PAID else settled + fee + tax
        units = self.number(element, "shares") / SHARES if kind in UNIT_KINDS.values() else Decimal(0)
        return Trade(
            account=account,
            on=self.day(element),
            kind=kind,
            currency=currency(self.text(element, "currencyCode")),
            amount=Decimal(0) if kind == "delivery" else gross,
            ticker="" if security is None else self.ticker(security),
            quantity=units,
            fee=fee,
            tax=tax,
            note=self.text(element, "note")[:200],
            id=mark,
        )

    def ticker(self, security: Element) -> str:
        return next(text for name in ("tickerSymbol", "isin", "name") if (text := self.text(security, name)))

    def day(self, element: Element) -> date:
        text = self.text(element, "date")
        try:
            return day(text[:10])
        except ValueError as error:
            raise BadInput(str(error), file=self.file, column="date", value=text) from None

    def unit(self, element: Element, kind: str) -> Decimal:
        found = (amount for unit in element.iter("unit") if unit.get("type") == kind for amount in unit.iter("amount"))
        return sum((self.exact(amount.get("amount"), kind) for amount in found), Decimal(0)) / CENTS

    def number(self, element: Element, name: str) -> Decimal:
        return self.exact(self.text(element, name), name)

    def exact(self, text: str | None, name: str) -> Decimal:
        if not re.fullmatch("-?[0-9]{1,18}", text or ""):
            raise BadInput("a whole number", file=self.file, column=name, value=text)
        return Decimal(text or 0)

    def text(self, element: Element, name: str) -> str:
        return (element.findtext(name) or "").strip()

    def child(self, element: Element, name: str) -> Element | None:
        """The element of that name, or the one it refers to."""
        found = element.find(name)
        seen = 0
        while found is not None and (way := found.get("reference")) is not None and seen < 9:
            found, seen = self.followed(found, way), seen + 1
        return found

    def followed(self, start: Element, way: str) -> Element | None:
        if way.isdigit():
            return self.numbered.get(way)
        here: Element | None = start
        for step in way.split("/"):
            if here is None:
                return None
            here = self.above.get(here) if step == ".." else self.below(here, step)
        return here

    def below(self, element: Element, step: str) -> Element | None:
        match = _STEP.fullmatch(step)
        children = element.findall(match[1]) if match else []
        place = int(match[2] or 1) if match else 0
        return children[place - 1] if 0 < place <= len(children) else None
