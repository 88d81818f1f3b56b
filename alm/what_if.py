"""What if? A sheet changed in one named step at a time, and every figure of the briefing before and after.

Steps move money through cash in the base currency: a sale brings its proceeds after cost and tax, a purchase and a
repayment take theirs, and what cash does not cover is refused. Nothing is saved.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import reduce
from typing import TypeVar

from alm.allocation.orders import after_purchase, after_sale, sale
from alm.balance_sheet import (
    ASSET_CLASSES,
    Account,
    AssetClass,
    BalanceSheet,
    CashBalance,
    Holding,
    Quote,
    SecuredLoan,
)
from alm.errors import BadInput, Infeasible, UnknownName
from alm.lenders import LenderProfile
from alm.loans import positions
from alm.settings import Settings
from alm.text import money, percent, t

Brief = TypeVar("Brief")
WHAT_IF = Account("What if")


@dataclass(frozen=True, slots=True)
class Money:
    """New money that arrives (negative: leaves)."""

    amount: float


@dataclass(frozen=True, slots=True)
class Sell:
    """Sell `amount` of the ticker at market value (infinite: all of it), unpledged units first."""

    ticker: str
    amount: float = math.inf


@dataclass(frozen=True, slots=True)
class Buy:
    """Buy `amount` of a ticker that is held, or a new position of the given class, unpledged, priced at 1."""

    ticker: str
    amount: float
    asset_class: str = ""


@dataclass(frozen=True, slots=True)
class Weights:
    """Other weights for the same portfolio value, without cost or tax; tickers not named share the rest as today."""

    weights: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Borrow:
    """Draw `amount` more on a loan (negative: repay from cash); the name is needed only when there are several."""

    amount: float
    loan: str = ""


@dataclass(frozen=True, slots=True)
class Rate:
    """Another rate for a loan, instead of its tiers."""

    rate_pa: float
    loan: str = ""


Step = Money | Sell | Buy | Weights | Borrow | Rate


def change(sheet: BalanceSheet, settings: Settings, steps: Iterable[Step]) -> BalanceSheet:
    """The sheet after the steps, in their order. Infeasible when cash does not cover one, BadInput or UnknownName
    when a step asks for what is not there."""
    sheet.require_complete()
    return reduce(lambda changed, step: _apply(changed, settings, step), steps, sheet)


def _apply(sheet: BalanceSheet, settings: Settings, step: Step) -> BalanceSheet:
    match step:
        case Money(amount):
            return _with_cash(sheet, amount)
        case Sell():
            return _sell(sheet, settings, step)
        case Buy():
            return _buy(sheet, step)
        case Weights(weights):
            return _reweigh(sheet, dict(weights))
        case Borrow():
            return _borrow(sheet, step)
        case Rate(rate, name):
            return _with_loan(sheet, replace(_loan(sheet, name), rate_pa=rate, tiers=()))


def _with_cash(sheet: BalanceSheet, amount: float) -> BalanceSheet:
    """Cash moved by `amount`, kept in one balance of its own; refused when it takes more than there is."""
    if amount < 0 and -amount > sheet.liquid + 1e-6:
        asked, there = (money(value, sheet.base_currency) for value in (-amount, sheet.liquid))
        raise Infeasible(t("This takes {asked} and only {there} of cash can be spent.", asked=asked, there=there))
    before = sum(cash.amount for cash in sheet.cash_balances if cash.account == WHAT_IF)
    others = tuple(cash for cash in sheet.cash_balances if cash.account != WHAT_IF)
    moved = CashBalance(WHAT_IF, sheet.base_currency, before + amount, Quote(1.0, sheet.as_of))
    return sheet.with_(cash_balances=(*others, moved))


def _held(sheet: BalanceSheet, ticker: str) -> list[Holding]:
    """Long rows of the ticker: unpledged first, then the larger."""
    rows = [h for h in sheet.holdings if h.ticker == ticker and h.quantity > 0]
    return sorted(rows, key=lambda h: (bool(h.pledged_to), -h.value))


def _tickers(sheet: BalanceSheet) -> tuple[str, ...]:
    return tuple(dict.fromkeys(h.ticker for h in sheet.holdings))


def _sell(sheet: BalanceSheet, settings: Settings, step: Sell) -> BalanceSheet:
    rows, left, raised = _held(sheet, step.ticker), step.amount, 0.0
    if not rows:
        raise UnknownName("holding", step.ticker, _tickers(sheet))
    if not step.amount > 0:
        raise BadInput("an amount above 0", column=t("sell {ticker}", ticker=step.ticker), value=step.amount)
    held = sum(h.value for h in rows)
    if step.amount > held and math.isfinite(step.amount):
        raise Infeasible(
            t("Only {held} of {ticker} is held.", held=money(held, sheet.base_currency), ticker=step.ticker)
        )
    changed: dict[int, Holding] = {}
    for row in rows:
        sold = min(left, row.value)
        trade = sale(row, row.quantity * sold / row.value, settings, "taxable")
        changed[id(row)] = after_sale(row, trade.units)
        raised, left = raised + trade.proceeds, left - sold
    holdings = tuple(changed.get(id(h), h) for h in sheet.holdings)
    return _with_cash(sheet.with_(holdings=tuple(h for h in holdings if h.quantity != 0)), raised)


def _buy(sheet: BalanceSheet, step: Buy) -> BalanceSheet:
    if not (step.amount > 0 and math.isfinite(step.amount)):
        raise BadInput("an amount above 0", column=t("buy {ticker}", ticker=step.ticker), value=step.amount)
    paid = _with_cash(sheet, -step.amount)
    rows = _held(sheet, step.ticker)
    if not rows:
        return paid.with_(holdings=(*paid.holdings, _new_position(sheet, step)))
    row = rows[0]
    bought = after_purchase(row, step.amount / row.unit_price_base)
    return paid.with_(holdings=tuple(bought if h is row else h for h in paid.holdings))


def _new_position(sheet: BalanceSheet, step: Buy) -> Holding:
    one = Quote(1.0, sheet.as_of)
    kind = _asset_class(step)
    currency = sheet.base_currency
    return Holding(step.ticker, step.ticker, WHAT_IF, kind, currency, step.amount, step.amount, one, one)


def _asset_class(step: Buy) -> AssetClass:
    for known in ASSET_CLASSES:
        if step.asset_class == known:
            return known
    wanted = t(
        "a class ({names}) for a ticker that is not held, as TICKER=AMOUNT=CLASS", names=", ".join(ASSET_CLASSES)
    )
    raise BadInput(wanted, column="buy", value=f"{step.ticker} {step.asset_class}".strip())


def _reweigh(sheet: BalanceSheet, weights: Mapping[str, float]) -> BalanceSheet:
    """Every row of a ticker is scaled alike, so accounts and pledges keep their proportions."""
    values = {ticker: sum(h.value for h in _held(sheet, ticker)) for ticker in _tickers(sheet)}
    unknown = [name for name in weights if name not in values]
    if unknown:
        raise UnknownName("holding", unknown[0], tuple(values))
    if min(weights.values()) < 0 or sum(weights.values()) > 1 + 1e-9:
        raise BadInput("weights of 0 or more that sum to at most 1", column="weights", value=dict(weights))
    total = sum(values.values())
    others = sum(value for ticker, value in values.items() if ticker not in weights)
    rest = 1 - sum(weights.values())
    if not others and rest > 1e-9:
        raise BadInput("weights that sum to 1, for nothing else is held", column="weights", value=dict(weights))
    share = {ticker: weights.get(ticker, rest * value / others if others else 0.0) for ticker, value in values.items()}
    scale = {ticker: share[ticker] * total / value for ticker, value in values.items() if value}
    return sheet.with_(holdings=tuple(_scaled(h, scale.get(h.ticker, 1.0)) for h in sheet.holdings))


def _scaled(holding: Holding, by: float) -> Holding:
    if holding.quantity <= 0 or by == 1:
        return holding
    units = abs(by - 1) * holding.quantity
    return after_purchase(holding, units) if by > 1 else after_sale(holding, units)


def _loan(sheet: BalanceSheet, name: str) -> SecuredLoan:
    names = tuple(loan.name for loan in sheet.secured_loans)
    if not name and len(names) == 1:
        return sheet.secured_loans[0]
    for loan in sheet.secured_loans:
        if loan.name == name:
            return loan
    if not names:
        raise Infeasible("There is no securities-backed loan to change.")
    if not name:
        raise BadInput(t("which loan: {names}, as LOAN=AMOUNT", names=", ".join(names)), column="loan")
    raise UnknownName("securities-backed loan", name, names)


def _with_loan(sheet: BalanceSheet, changed: SecuredLoan) -> BalanceSheet:
    return sheet.with_(secured_loans=tuple(changed if x.name == changed.name else x for x in sheet.secured_loans))


def _borrow(sheet: BalanceSheet, step: Borrow) -> BalanceSheet:
    loan = _loan(sheet, step.loan)
    currency = sheet.base_currency
    if -step.amount > loan.owed + 1e-6:
        raise Infeasible(t("Only {owed} is owed on {name}.", owed=money(loan.owed, currency), name=loan.name))
    if loan.limit is not None and loan.balance + step.amount > loan.limit and step.amount > 0:
        raise Infeasible(t("{name} may be drawn to {limit} only.", name=loan.name, limit=money(loan.limit, currency)))
    interest = loan.accrued_interest - min(max(-step.amount, 0.0), loan.accrued_interest)
    owed = loan.owed + step.amount
    return _with_cash(_with_loan(sheet, replace(loan, balance=owed - interest, accrued_interest=interest)), step.amount)


Value = float | int | str | None


@dataclass(frozen=True, slots=True)
class Row:
    """One figure before and after, and its change where it is a number."""

    figure: str
    before: Value
    after: Value
    change: float | None


def side_by_side(before: object, after: object) -> tuple[Row, ...]:
    """Every figure of two briefings (any two values of one dataclass), nested ones as `name.field`."""
    old, new = dict(_figures(before)), dict(_figures(after))
    return tuple(
        Row(name, old.get(name), new.get(name), _difference(old.get(name), new.get(name))) for name in old | new
    )


def _figures(value: object, prefix: str = "") -> Iterable[tuple[str, Value]]:
    if not is_dataclass(value):
        return
    for spec in fields(value):
        item, name = getattr(value, spec.name), prefix + spec.name
        if item is None or isinstance(item, float | int | str):
            yield name, item
        elif is_dataclass(item):
            yield from _figures(item, f"{name}.")


def _difference(before: Value, after: Value) -> float | None:
    if isinstance(before, float | int) and isinstance(after, float | int):
        return after - before
    return None


def refuse_frozen(before: BalanceSheet, after: BalanceSheet, profiles: Mapping[str, LenderProfile]) -> None:
    """Raise Infeasible where the lender would not take part: at or above its freeze it neither lends more nor lets go
    of what is pledged, so no step may end there with a higher margin ratio than the books'."""
    loans = zip(positions(before, profiles), positions(after, profiles), strict=True)
    for old, new in loans:
        if new.zone != "safe" and new.ltv > old.ltv * (1 + 1e-9):
            raise Infeasible(
                t(
                    "{loan} would go from {before} to {after}: from {freeze} on its lender lends no more and releases "
                    "nothing that is pledged.",
                    loan=new.loan,
                    before=percent(old.ltv),
                    after=percent(new.ltv),
                    freeze=percent(new.levels.freeze),
                )
            )


def what_if(
    sheet: BalanceSheet,
    settings: Settings,
    steps: Iterable[Step],
    profiles: Mapping[str, LenderProfile],
    brief: Callable[[BalanceSheet], Brief],
) -> tuple[Brief, Brief]:
    """The briefing before and after the steps, by the same `brief`; refused where a frozen loan's lender would."""
    changed = change(sheet, settings, steps)
    refuse_frozen(sheet, changed, profiles)
    return brief(sheet), brief(changed)
