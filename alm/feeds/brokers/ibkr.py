"""Interactive Brokers, Flex query in XML: positions, cash, trades, dividends, interest and rates, by `ibflex`. Pure.

Ask for ISO dates in the query, and for positions as a summary. Every row is compared with itself: value with position ·
price, unrealised gain with value less cost, net cash of a trade with its parts. A negative cash balance is a margin
debit and stays negative. Options, futures and CFDs are refused. A file with a document type or entities is refused
unread: no statement has them, and attacks on XML readers do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from alm.errors import BadInput
from alm.feeds.brokers.flex import ASSET_CLASSES, CENT, PER_HUNDRED, Place, category, level, once, statements
from alm.feeds.brokers.ibkr_events import cash_events, trades
from alm.feeds.brokers.statement import Balance, BrokerAccount, Position, Rate, Statement, combined
from alm.feeds.plan import ControlTotal
from alm.language import t

SOURCE = "Interactive Brokers Flex"
INSTITUTION = "Interactive Brokers"
OTHER_TRADES = ("Order", "Lot", "SymbolSummary", "AssetSummary", "WashSale")
"""Summaries and lots that a query may list among its trades."""


def recognises(text: str) -> bool:
    return "<FlexQueryResponse" in text[:4096]


def parse(data: bytes, file: str, *, account: str = "IBKR") -> Statement:
    """Every account of the file, named `<account> <number>`."""
    parts = [_account(each, file, f"{account} {each.accountId}") for each in statements(data, file)]
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


def _account(statement: Any, file: str, name: str) -> Statement:  # ibflex builds its types at run time
    at = Place(file, statement)
    held = level(at, at.lines(statement, "OpenPositions", "OpenPosition"), "SUMMARY", ("LOT",))
    once(at, held, "symbol")
    positions = tuple(_position(at, p, name) for p in held)
    report = at.lines(statement, "CashReport", "CashReportCurrency")
    cash = [line for line in report if line.currency != "BASE_SUMMARY"]
    once(at, report, "currency")
    rates = tuple(_rate(at, r) for r in at.lines(statement, "ConversionRates", "ConversionRate"))
    _check_cash(at, report, {rate.currency: rate for rate in rates})
    booked, conversions = trades(at, at.lines(statement, "Trades", "Trade", *OTHER_TRADES), name)
    booked += cash_events(at, at.lines(statement, "CashTransactions", "CashTransaction"), name)
    skipped = (
        t(
            "{conversions} currency conversions were not imported; the cash balances include them.",
            conversions=conversions,
        ),
    )
    shorts = any(p.quantity < 0 for p in positions)
    return Statement(
        source=SOURCE,
        file=file,
        accounts=(BrokerAccount(name, INSTITUTION, "", allows_shorts=shorts),),
        positions=combined(positions, file),
        balances=tuple(Balance(name, at.currency(c, "currency"), at.number(c, "endingCash")) for c in cash),
        rates=rates,
        trades=booked,
        holds_all=(name,) if statement.OpenPositions is not None else (),
        cash_of=(name,) if cash else (),
        totals=_totals(positions),
        warnings=skipped if conversions else (),
    )


def _check_cash(at: Place, report: Sequence[Any], rates: Mapping[str, Rate]) -> None:
    """The balances at the file's own rates make the base summary, where the file has both."""
    summary = next((line for line in report if line.currency == "BASE_SUMMARY"), None)
    lines = [line for line in report if line is not summary]
    bases = {rate.per for rate in rates.values()}
    if summary is None or len(bases) != 1 or any(line.currency not in {*rates, *bases} for line in lines):
        return
    each = [
        at.number(line, "endingCash") * (rates[line.currency].value if line.currency in rates else 1) for line in lines
    ]
    at.same(summary, "endingCash", sum(each, Decimal(0)), CENT + sum(map(abs, each), Decimal(0)) / 10_000)


def _totals(positions: Sequence[Position]) -> tuple[ControlTotal, ...]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for position in positions:
        sums[position.currency] += position.quantity * (position.price or Decimal(0)) / position.price_unit
    return tuple(ControlTotal(f"positionValue {code}", value) for code, value in sums.items())


def _position(at: Place, line: Any, account: str) -> Position:
    code = category(line)
    if code not in ASSET_CLASSES:
        at.refuse(
            line, "assetCategory", t("one of {names} (not options, futures or CFDs)", names=", ".join(ASSET_CLASSES))
        )
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
        currency=at.currency(line, "currency"),
        quantity=quantity,
        cost=cost,
        price=price,
        price_on=at.day(line, "reportDate"),
        price_unit=unit,
        country=at.text(line.issuerCountryCode),
    )


def _rate(at: Place, line: Any) -> Rate:
    value = at.number(line, "rate")
    if value <= 0:
        at.refuse(line, "rate", "a rate above 0")
    return Rate(
        at.currency(line, "fromCurrency"), value, at.day(line, "reportDate"), per=at.currency(line, "toCurrency")
    )
