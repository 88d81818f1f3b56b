"""Interactive Brokers, Flex query in XML: positions, cash, trades, dividends, interest and rates, by `ibflex`. Pure.

Ask for ISO dates in the query, and for positions as a summary. Every row is compared with itself: value with position ·
price, unrealised gain with value less cost, net cash of a trade with its parts. A negative cash balance is a margin
debit and stays negative. Options, futures and CFDs are refused. A file with a document type or entities is refused
unread: no statement has them, and attacks on XML readers do.
"""

from __future__ import annotations

import re
import warnings
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any, NoReturn
from xml.etree.ElementTree import ParseError

from alm.balance_sheet import AssetClass
from alm.errors import BadInput
from alm.feeds.brokers.statement import Balance, BrokerAccount, Position, Rate, Statement, Trade, TradeKind, combined
from alm.feeds.cells import DECIMALS, canonical, label
from alm.feeds.plan import ControlTotal

SOURCE = "Interactive Brokers Flex"
INSTITUTION = "Interactive Brokers"
ASSET_CLASSES: dict[str, AssetClass] = {
    "STK": "equity",
    "FUND": "fund",
    "BOND": "bond",
    "BILL": "bond",
    "CRYPTO": "crypto",
}
PER_HUNDRED = ("BOND", "BILL")
CASH_KINDS: dict[str, tuple[TradeKind, TradeKind]] = {
    "Deposits & Withdrawals": ("deposit", "withdrawal"),
    "Dividends": ("dividend", "fee"),
    "Payment In Lieu Of Dividends": ("dividend", "fee"),
    "Withholding Tax": ("interest", "fee"),
    "Broker Interest Received": ("interest", "fee"),
    "Broker Interest Paid": ("interest", "fee"),
    "Bond Interest Received": ("interest", "fee"),
    "Bond Interest Paid": ("interest", "fee"),
    "Other Fees": ("interest", "fee"),
    "Advisor Fees": ("interest", "fee"),
    "Commission Adjustments": ("interest", "fee"),
}
"""What an amount is when it is received, and when it is paid."""
OTHER_TRADES = ("Order", "Lot", "SymbolSummary", "AssetSummary", "WashSale")
"""Summaries and lots that a query may list among its trades."""
CENT = Decimal("0.01")


def recognises(text: str) -> bool:
    return "<FlexQueryResponse" in text[:4096]


def parse(data: bytes, file: str, *, account: str = "IBKR") -> Statement:
    """Every account of the file, named `<account> <number>`."""
    statements = _read(data, file)
    parts = [_account(statement, file, f"{account} {statement.accountId}") for statement in statements]
    if not parts:
        raise BadInput("at least one FlexStatement", file=file)
    return Statement(
        source=SOURCE,
        file=file,
        accounts=tuple(a for part in parts for a in part.accounts),
        positions=tuple(p for part in parts for p in part.positions),
        balances=tuple(b for part in parts for b in part.balances),
        rates=tuple(dict.fromkeys(r for part in parts for r in part.rates)),
        trades=tuple(t for part in parts for t in part.trades),
        holds_all=tuple(name for part in parts for name in part.holds_all),
        cash_of=tuple(name for part in parts for name in part.cash_of),
        totals=tuple(total for part in parts for total in part.totals),
        warnings=tuple(warning for part in parts for warning in part.warnings),
    )


def _read(data: bytes, file: str) -> Sequence[Any]:
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
        raise BadInput(f"well-formed XML ({error})", file=file) from None
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
        raise BadInput(f"a Flex statement with ISO dates as this program knows it ({reason})", file=file) from None
    except (AssertionError, RecursionError):
        raise BadInput("a Flex statement", file=file) from None
    statements: Sequence[Any] = response.FlexStatements
    return statements


def _account(statement: Any, file: str, name: str) -> Statement:  # ibflex builds its types at run time
    at = _Place(file)
    held = _level(at, at.lines(statement, "OpenPositions", "OpenPosition"), "SUMMARY", ("LOT",))
    positions = tuple(_position(at, p, name) for p in held)
    report = at.lines(statement, "CashReport", "CashReportCurrency")
    cash = [line for line in report if line.currency != "BASE_SUMMARY"]
    trades, conversions = _trades(at, at.lines(statement, "Trades", "Trade", *OTHER_TRADES), name)
    booked = trades + _cash_transactions(at, at.lines(statement, "CashTransactions", "CashTransaction"), name)
    skipped = (f"{conversions} currency conversions were not imported; the cash balances include them.",)
    shorts = any(p.quantity < 0 for p in positions)
    return Statement(
        source=SOURCE,
        file=file,
        accounts=(BrokerAccount(name, INSTITUTION, "", allows_shorts=shorts),),
        positions=combined(positions, file),
        balances=tuple(Balance(name, at.text(c.currency), at.number(c, "endingCash")) for c in cash),
        rates=tuple(_rate(at, r) for r in at.lines(statement, "ConversionRates", "ConversionRate")),
        trades=booked,
        holds_all=(name,) if statement.OpenPositions is not None else (),
        cash_of=(name,) if cash else (),
        totals=_totals(positions),
        warnings=skipped if conversions else (),
    )


def _totals(positions: Sequence[Position]) -> tuple[ControlTotal, ...]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for position in positions:
        sums[position.currency] += position.quantity * (position.price or Decimal(0)) / position.price_unit
    return tuple(ControlTotal(f"positionValue {code}", value) for code, value in sums.items())


class _Place:
    """Reads attributes of one file's elements; every refusal names the element and what it is about."""

    def __init__(self, file: str) -> None:
        self.file = file

    def refuse(self, element: Any, attribute: str, expected: str) -> NoReturn:
        about = f"{type(element).__name__} {getattr(element, 'symbol', None) or ''}".strip()
        value = getattr(element, attribute, None)
        raise BadInput(expected, file=self.file, column=f"{about} {attribute}", value="" if value is None else value)

    def lines(self, statement: Any, section: str, wanted: str, *others: str) -> tuple[Any, ...]:
        """The elements of a section that are what it is for; anything but `others` beside them is refused."""
        found = getattr(statement, section) or ()
        names = [type(element).__name__ for element in found] if isinstance(found, tuple) else [type(found).__name__]
        if strange := [name for name in names if name not in (wanted, *others)]:
            raise BadInput(f"only {wanted} in {section}", file=self.file, value=strange[0])
        return tuple(element for element in found if type(element).__name__ == wanted)

    def number(self, element: Any, attribute: str) -> Decimal:
        value = getattr(element, attribute, None)
        exact = Decimal(value) if isinstance(value, Decimal | int) else Decimal("NaN")
        if not exact.is_finite() or abs(exact) >= 10**15:
            self.refuse(element, attribute, "a number")
        return Decimal(canonical(round(exact, DECIMALS)))

    def day(self, element: Any, attribute: str) -> date:
        value = getattr(element, attribute, None)
        if not isinstance(value, date) or not 1900 <= value.year <= 2199:
            self.refuse(element, attribute, "an ISO date")
        return value.date() if isinstance(value, datetime) else value

    def text(self, value: object) -> str:
        try:
            return label(str(value or ""))
        except ValueError as error:
            raise BadInput(str(error), file=self.file, value=value) from None

    def same(self, element: Any, attribute: str, computed: Decimal, slack: Decimal = CENT) -> None:
        """A printed figure, where there is one, is what its parts make."""
        if getattr(element, attribute, None) is not None and abs(self.number(element, attribute) - computed) > slack:
            self.refuse(element, attribute, f"{computed:,.2f}, which its parts make")


def _level(at: _Place, lines: Sequence[Any], wanted: str, others: Sequence[str]) -> list[Any]:
    """The lines of one level of detail, so that nothing counts twice; all of them where the query prints no level."""
    if all(line.levelOfDetail is None for line in lines):
        return list(lines)
    for line in lines:
        if line.levelOfDetail not in (wanted, *others):
            at.refuse(line, "levelOfDetail", f"one of {', '.join((wanted, *others))}")
    return [line for line in lines if line.levelOfDetail == wanted]


def _code(element: Any) -> str:
    category = getattr(element, "assetCategory", None)
    return str(category.value) if category is not None else ""


def _position(at: _Place, line: Any, account: str) -> Position:
    code = _code(line)
    if code not in ASSET_CLASSES:
        at.refuse(line, "assetCategory", f"one of {', '.join(ASSET_CLASSES)} (not options, futures or CFDs)")
    quantity, price, cost = (at.number(line, name) for name in ("position", "markPrice", "costBasisMoney"))
    unit = 100 if code in PER_HUNDRED else 1
    value = quantity * price / unit
    at.same(line, "positionValue", value, CENT + abs(quantity) / 10_000)
    at.same(line, "fifoPnlUnrealized", value - cost, CENT + abs(quantity) / 10_000)
    if not at.text(line.symbol) or not quantity or price <= 0:
        at.refuse(line, "symbol", "a symbol with a position and a price")
    return Position(
        account=account,
        ticker=at.text(line.symbol),
        name=at.text(line.description),
        asset_class=ASSET_CLASSES[code],
        currency=at.text(line.currency),
        quantity=quantity,
        cost=cost,
        price=price,
        price_on=at.day(line, "reportDate"),
        price_unit=unit,
        country=at.text(line.issuerCountryCode),
    )


def _rate(at: _Place, line: Any) -> Rate:
    value = at.number(line, "rate")
    if value <= 0:
        at.refuse(line, "rate", "a rate above 0")
    return Rate(at.text(line.fromCurrency), value, at.day(line, "reportDate"), per=at.text(line.toCurrency))


def _trades(at: _Place, lines: Sequence[Any], account: str) -> tuple[tuple[Trade, ...], int]:
    """Trades by execution, and how many conversions of currency were among them."""
    executed = _level(at, lines, "EXECUTION", ("ORDER", "CLOSED_LOT", "WASH_SALE", "SYMBOL_SUMMARY", "ASSET_SUMMARY"))
    shares = [t for t in executed if _code(t) != "CASH"]
    return tuple(_trade(at, t, account) for t in shares), len(executed) - len(shares)


def _trade(at: _Place, line: Any, account: str) -> Trade:
    if _code(line) not in ASSET_CLASSES:
        at.refuse(line, "assetCategory", f"one of {', '.join(ASSET_CLASSES)} (not options, futures or CFDs)")
    if line.ibCommissionCurrency not in (None, line.currency):
        at.refuse(line, "ibCommissionCurrency", f"{line.currency}, the currency of the trade")
    quantity, price = at.number(line, "quantity"), at.number(line, "tradePrice")
    fee, tax = -at.number(line, "ibCommission"), -at.number(line, "taxes")
    gross = quantity * price / (100 if _code(line) in PER_HUNDRED else 1)
    at.same(line, "netCash", -gross - fee - tax)
    if min(tax, price) < 0 or not quantity:
        at.refuse(line, "quantity", "a trade with a quantity, a price and taxes paid")
    return Trade(
        account=account,
        on=at.day(line, "tradeDate"),
        kind="buy" if quantity > 0 else "sell",
        currency=at.text(line.currency),
        amount=abs(gross) - (0 if fee >= 0 else fee if quantity > 0 else -fee),
        ticker=at.text(line.symbol),
        name=at.text(line.description),
        quantity=abs(quantity),
        fee=max(fee, Decimal(0)),
        tax=tax,
        note=f"trade {line.tradeID}" if line.tradeID else "",
    )


def _cash_transactions(at: _Place, lines: Sequence[Any], account: str) -> tuple[Trade, ...]:
    """Dividends with the tax withheld from them; a withholding without its dividend stands alone as a fee."""
    booked = [_cash(at, t, account) for t in _level(at, lines, "DETAIL", ("SUMMARY",))]
    found: list[Trade] = []
    for trade, withheld in booked:
        match = next((i for i, t in enumerate(found) if withheld and _pays(t, trade)), None)
        if match is None:
            found.append(trade)
        else:
            found[match] = replace(found[match], tax=found[match].tax + trade.amount)
    return tuple(found)


def _pays(dividend: Trade, withholding: Trade) -> bool:
    same = (dividend.ticker, dividend.on, dividend.currency) == (
        withholding.ticker,
        withholding.on,
        withholding.currency,
    )
    return dividend.kind == "dividend" and not dividend.tax and same and withholding.amount < dividend.amount


def _cash(at: _Place, line: Any, account: str) -> tuple[Trade, bool]:
    kind = getattr(line.type, "value", "")
    if kind not in CASH_KINDS:
        at.refuse(line, "type", f"one of {', '.join(CASH_KINDS)}")
    amount = at.number(line, "amount")
    received, paid = CASH_KINDS[kind]
    trade = Trade(
        account=account,
        on=at.day(line, "dateTime" if line.dateTime else "reportDate"),
        kind=received if amount >= 0 else paid,
        currency=at.text(line.currency),
        amount=abs(amount),
        ticker=at.text(line.symbol),
        note=at.text(line.description),
    )
    return trade, kind == "Withholding Tax" and amount < 0
