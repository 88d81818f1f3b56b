"""OFX and QFX, as banks and brokers of many countries write them: balances, positions and what happened. Pure.

Both forms are read: SGML, where a value ends with its line, and XML. Every transaction has an identifier.
A short position, an option and a kind of transaction nobody knows here are open items.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from alm.balance_sheet import AssetClass
from alm.errors import BadInput
from alm.feeds.brokers.lines import currency
from alm.feeds.brokers.statement import Balance, BrokerAccount, OpenItem, Position, Statement, Trade, TradeKind
from alm.feeds.cells import day, label, number
from alm.language import t

SOURCE = "OFX"
NOTHING = Decimal(0)
CENT = Decimal("0.05")
POSITIONS: Mapping[str, AssetClass] = {"POSSTOCK": "equity", "POSMF": "fund", "POSDEBT": "bond", "POSOTHER": "equity"}
TRADES: Mapping[str, TradeKind] = {
    "BUYSTOCK": "buy", "BUYMF": "buy", "BUYDEBT": "buy", "BUYOTHER": "buy", "REINVEST": "buy", "SELLSTOCK": "sell",
    "SELLMF": "sell", "SELLDEBT": "sell", "SELLOTHER": "sell",
}  # fmt: skip
_TAG = re.compile(r"<(/?)([A-Z0-9.]+)>([^<\r\n]*)")


@dataclass(slots=True)
class Node:
    """An aggregate: its values by name and the aggregates inside it."""

    name: str
    values: dict[str, str] = field(default_factory=dict)
    inside: list[Node] = field(default_factory=list)

    def all(self, *names: str) -> Iterator[Node]:
        """Every aggregate of such a name, however deep."""
        for node in self.inside:
            if node.name in names:
                yield node
            yield from node.all(*names)

    def text(self, name: str) -> str:
        """The value of that name here, or in the first aggregate inside that has one."""
        own = self.values.get(name)
        return own if own is not None else next((found for node in self.inside if (found := node.text(name))), "")


def recognises(text: str) -> bool:
    return "OFXHEADER" in text[:600] or re.search(r"<OFX>", text[:2000]) is not None


def parse(text: str, file: str, on: date, *, account: str = "OFX") -> Statement:
    """Accounts are named `<account> <number>`."""
    return _File(_tree(text, file), file, on, account).statement()


def _tree(text: str, file: str) -> Node:
    """A value's own closing tag, which only XML has, closes nothing else."""
    root = Node("")
    stack = [root]
    for closing, name, value in _TAG.findall(text[text.find("<OFX>") :]):
        if closing and len(stack) > 1 and stack[-1].name == name:
            stack.pop()
        elif not closing and value.strip():
            stack[-1].values[name] = _plain(value)
        elif not closing:
            node = Node(name)
            stack[-1].inside.append(node)
            stack.append(node)
        if len(stack) > 30:
            raise BadInput("OFX whose parts are closed", file=file, value=name)
    if not root.inside:
        raise BadInput("an OFX part", file=file)
    return root


def _plain(value: str) -> str:
    for entity, sign in (("&lt;", "<"), ("&gt;", ">"), ("&nbsp;", " "), ("&amp;", "&")):
        value = value.replace(entity, sign)
    return value.strip()


@dataclass(slots=True)
class _File:
    root: Node
    file: str
    on: date
    prefix: str

    def statement(self) -> Statement:
        parts = [self.bank(s) for s in self.root.all("STMTRS", "CCSTMTRS")] + [
            self.broker(s) for s in self.root.all("INVSTMTRS")
        ]
        if not parts:
            raise BadInput("a statement of a bank or broker", file=self.file)
        days = [part.on for part in parts if part.on]
        return Statement(
            source=SOURCE,
            file=self.file,
            accounts=tuple(a for part in parts for a in part.accounts),
            positions=tuple(p for part in parts for p in part.positions),
            balances=tuple(b for part in parts for b in part.balances),
            trades=tuple(x for part in parts for x in part.trades),
            holds_all=tuple(name for part in parts for name in part.holds_all),
            cash_of=tuple(name for part in parts for name in part.cash_of),
            on=min(days, default=self.on),
            open_items=tuple(item for part in parts for item in part.open_items),
        )

    def bank(self, s: Node) -> Statement:
        name, code = f"{self.prefix} {s.text('ACCTID')}".strip(), self.currency(s.text("CURDEF"))
        balance = next(s.all("LEDGERBAL"), None)
        return Statement(
            SOURCE, self.file, (BrokerAccount(name, "", ""),),
            balances=() if balance is None else (Balance(name, code, self.number(balance, "BALAMT")),),
            trades=tuple(self.money(node, name, code) for node in s.all("STMTTRN")),
            cash_of=() if balance is None else (name,),
            on=self.day(balance, "DTASOF") if balance else None,
        )  # fmt: skip

    def broker(self, s: Node) -> Statement:
        name, code = f"{self.prefix} {s.text('ACCTID')}".strip(), self.currency(s.text("CURDEF"))
        found = [*self.positions(s, name, code), *self.events(s, name, code)]
        listed, cash = any(s.all("INVPOSLIST")), next(s.all("INVBAL"), None)
        return Statement(
            SOURCE, self.file, (BrokerAccount(name, "", ""),),
            positions=tuple(x for x in found if isinstance(x, Position)),
            balances=() if cash is None else (Balance(name, code, self.number(cash, "AVAILCASH")),),
            trades=tuple(x for x in found if isinstance(x, Trade)),
            holds_all=(name,) if listed else (),
            cash_of=() if cash is None else (name,),
            on=self.day(s, "DTASOF"),
            open_items=tuple(x for x in found if isinstance(x, OpenItem)),
        )  # fmt: skip

    def positions(self, s: Node, account: str, code: str) -> Iterator[Position | OpenItem]:
        for section in s.all("INVPOSLIST"):
            for node in section.inside:
                units, price = self.number(node, "UNITS"), self.number(node, "UNITPRICE")
                ticker, name = self.security(node)
                if node.name not in POSITIONS or units <= 0 or price <= 0:
                    told = t("position {quantity}, value {value}", quantity=units, value=node.text("MKTVAL"))
                    yield OpenItem(account, f"{node.name} {ticker}", told, "holdings", ticker)
                    continue
                unit = 100 if POSITIONS[node.name] == "bond" else 1
                if abs(units * price / unit - self.number(node, "MKTVAL")) > CENT + units * price / unit / 10_000:
                    made = t("{amount}, which quantity and price make", amount=f"{units * price / unit:,.2f}")
                    raise BadInput(made, file=self.file, column=f"{ticker} MKTVAL", value=node.text("MKTVAL"))
                yield Position(
                    account, ticker, name, POSITIONS[node.name], code, units, None, price,
                    self.day(node, "DTPRICEASOF"), unit,
                )  # fmt: skip

    def events(self, s: Node, account: str, code: str) -> Iterator[Trade | OpenItem]:
        for section in s.all("INVTRANLIST"):
            for node in section.inside:
                if node.name == "INVBANKTRAN":
                    yield from (self.money(each, account, code) for each in node.all("STMTTRN"))
                elif node.name in TRADES or node.name == "INCOME":
                    yield self.trade(node, account, code)
                elif node.name.isupper() and node.inside:
                    called = " ".join(filter(None, (node.name, self.security(node)[0], node.text("FITID"))))
                    yield OpenItem(account, called, t("a new kind of transaction"), "transactions")

    def trade(self, node: Node, account: str, code: str) -> Trade:
        ticker = self.security(node)[0]
        total, on, mark = abs(self.number(node, "TOTAL")), self.day(node, "DTTRADE"), node.text("FITID")
        if node.name == "INCOME":
            kind: TradeKind = "interest" if node.text("INCOMETYPE") == "INTEREST" else "dividend"
            return Trade(account, on, kind, code, total, ticker, id=mark)
        kind = TRADES[node.name]
        fee = sum((abs(self.number(node, name)) for name in ("COMMISSION", "FEES", "LOAD")), NOTHING)
        tax = abs(self.number(node, "TAXES"))
        amount = total - fee - tax if kind == "buy" else total + fee + tax
        units = abs(self.number(node, "UNITS"))
        return Trade(account, on, kind, code, amount, ticker, quantity=units, fee=fee, tax=tax, id=mark)

    def money(self, node: Node, account: str, code: str) -> Trade:
        amount = self.number(node, "TRNAMT")
        interest = node.text("TRNTYPE") == "INT" and amount > 0
        kind: TradeKind = "interest" if interest else "deposit" if amount >= 0 else "withdrawal"
        told = " ".join(filter(None, (node.text("NAME"), node.text("MEMO"))))[:200]
        return Trade(
            account, self.day(node, "DTPOSTED"), kind, code, abs(amount), note=self.label(told), id=node.text("FITID")
        )

    def security(self, node: Node) -> tuple[str, str]:
        """Ticker and name: what the list of securities says of the identifier, else the identifier."""
        unique = node.text("UNIQUEID")
        info = next((i for i in self.root.all("SECINFO") if i.text("UNIQUEID") == unique), None)
        return (info.text("TICKER") or unique, info.text("SECNAME")) if info else (unique, "")

    def number(self, node: Node, name: str) -> Decimal:
        text = node.text(name)
        try:
            return number(text) if text else NOTHING
        except ValueError as error:
            raise BadInput(str(error), file=self.file, column=name, value=text) from None

    def day(self, node: Node, name: str) -> date:
        text = node.text(name)
        try:
            return day(f"{text[:4]}-{text[4:6]}-{text[6:8]}")
        except ValueError as error:
            raise BadInput(str(error), file=self.file, column=name, value=text) from None

    def currency(self, text: str) -> str:
        try:
            return currency(text)
        except ValueError as error:
            raise BadInput(str(error), file=self.file, column="CURDEF", value=text) from None

    def label(self, text: str) -> str:
        try:
            return label(text)
        except ValueError as error:
            raise BadInput(str(error), file=self.file, value=text) from None
