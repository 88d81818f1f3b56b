"""Interactive Brokers, Flex query in XML or CSV: positions, cash, trades, dividends, interest, corporate actions and
rates, by `ibflex`. Pure.

Ask for ISO dates in the query. Every row is compared with itself: value with position · price, unrealised gain with
value less cost, net cash of a trade with its parts. A negative cash balance is a margin debit and stays negative. What
is not valued here (options, futures, CFDs, a share of no price) is an open item. A file with a document type or
entities is refused unread: no statement has them, and attacks on XML readers do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from alm.feeds.brokers.flex import (
    ASSET_CLASSES,
    CENT,
    FOREVER,
    PER_HUNDRED,
    Account,
    Place,
    accounts,
    category,
    level,
    once,
)
from alm.feeds.brokers.ibkr_actions import corporate_actions, transfers
from alm.feeds.brokers.ibkr_events import cash_events, trades
from alm.feeds.brokers.lines import NOTHING, Meanings, Unfamiliar, understood
from alm.feeds.brokers.statement import Balance, BrokerAccount, OpenItem, Position, Rate, Statement, combined
from alm.feeds.plan import ControlTotal
from alm.language import t

SOURCE = "Interactive Brokers Flex"
INSTITUTION = "Interactive Brokers"


def recognises(text: str) -> bool:
    return "<FlexQueryResponse" in text[:4096]


def parse(data: bytes, file: str, *, account: str = "IBKR", known: Meanings = NOTHING) -> Statement:
    """Every account of the file, named `<account> <number>`."""
    return of_accounts(accounts(data, file, known), file, account)


def of_accounts(found: Sequence[Account], file: str, account: str) -> Statement:
    last = min(each.last for each in found)
    parts = [_account(each, file, f"{account} {each.number}".strip()) for each in found]
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
        on=None if last == FOREVER else last,
        open_items=tuple(item for part in parts for item in part.open_items),
        totals=tuple(total for part in parts for total in part.totals),
        warnings=tuple(warning for part in parts for warning in part.warnings),
    )


def _account(statement: Account, file: str, name: str) -> Statement:
    at = Place(file, statement)
    lines = statement.lines
    positions, unvalued = understood(
        _held(at, lines.get("OpenPositions", [])), lambda line: _position(at, line, name), lambda *odd: _odd(name, *odd)
    )
    report = lines.get("CashReport", [])
    cash = [line for line in report if line.currency != "BASE_SUMMARY"]
    once(at, report, "currency")
    rates = tuple(_rate(at, r) for r in lines.get("ConversionRates", []))
    _check_cash(at, report, {rate.currency: rate for rate in rates})
    booked, strange, conversions = trades(at, lines.get("Trades", []), name)
    events, more = cash_events(at, lines.get("CashTransactions", []), name)
    moved, left = corporate_actions(at, lines.get("CorporateActions", []), name, positions)
    arrived, apart = transfers(at, lines.get("Transfers", []), name, positions)
    said = "{conversions} currency conversions were not imported; the cash balances include them."
    return Statement(
        source=SOURCE,
        file=file,
        accounts=(BrokerAccount(name, INSTITUTION, "", allows_shorts=any(p.quantity < 0 for p in positions)),),
        positions=combined(positions, file),
        balances=tuple(Balance(name, at.currency(c, "currency"), at.number(c, "endingCash")) for c in cash),
        rates=rates,
        trades=(*booked, *events, *moved, *arrived),
        holds_all=(name,) if "OpenPositions" in lines else (),
        cash_of=(name,) if cash else (),
        open_items=(*statement.items(name), *unvalued, *strange, *more, *left, *apart),
        totals=_totals(positions),
        warnings=(t(said, conversions=conversions),) if conversions else (),
    )


def _held(at: Place, lines: Sequence[Any]) -> list[Any]:
    """Summaries where the query has them, else the lots, which are summed: nothing counts twice."""
    summaries = level(at, lines, "SUMMARY", ("LOT",))
    once(at, summaries, "symbol")
    summed = {line.symbol for line in summaries}
    return [*summaries, *(line for line in lines if line.levelOfDetail == "LOT" and line.symbol not in summed)]


def _odd(account: str, line: Any, stranger: Unfamiliar) -> OpenItem:
    item = " ".join(filter(None, (category(line), line.symbol)))
    held = t("position {quantity}, value {value}", quantity=line.position, value=line.positionValue)
    return stranger.item(account, item, "holdings", line.symbol or "", f" ({held})")


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
        kinds = ", ".join(ASSET_CLASSES)
        raise at.unfamiliar(line, "assetCategory", t("one of {names} (not options, futures or CFDs)", names=kinds))
    quantity, price, cost = (at.number(line, name) for name in ("position", "markPrice", "costBasisMoney"))
    unit = 100 if code in PER_HUNDRED else 1
    value = quantity * price / unit
    at.same(line, "positionValue", value, CENT + abs(quantity) / 10_000)
    at.same(line, "fifoPnlUnrealized", value - cost, CENT + abs(quantity) / 10_000)
    if not at.text(line.symbol) or not quantity or price < 0:
        at.refuse(line, "symbol", "a symbol with a position and a price")
    if not price:
        raise at.unfamiliar(line, "markPrice", "a price above 0, not a worthless position")
    return Position(
        account=account,
        ticker=at.text(line.symbol),
        name=at.text(line.description),
        asset_class=ASSET_CLASSES[code],
        currency=at.currency(line, "currency"),
        quantity=quantity,
        cost=cost,
        price=price,
        price_on=at.day(line, "reportDate") if line.reportDate else at.last,
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
