"""What any broker's file comes down to, before it becomes rows: positions, balances, rates and trades, exactly.

Money is `Decimal` in the currency named beside it. Account names are `<broker> <custody>`, so that what is held
tax-free stands apart from what is taxed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Literal

from alm.balance_sheet import AssetClass, TaxTreatment
from alm.errors import BadInput
from alm.feeds.parts import Part as TradePart
from alm.feeds.plan import ControlTotal
from alm.language import t

TradeKind = Literal[
    "buy", "sell", "dividend", "split", "transfer", "delivery", "exchange", "spin_off", "deposit", "withdrawal", "fee",
    "interest",
]  # fmt: skip
"""As in the ledger; a transfer here brings units from outside at the cost `amount`."""

Part = Literal["holdings", "cash", "transactions"]
"""Where an open item would have gone."""

FUND_UNIT = 10_000
"""Japanese investment trusts are quoted per 10,000 units (口)."""
BOND_UNIT = 100
"""Bonds are quoted per 100 of face value."""


@dataclass(frozen=True, slots=True)
class BrokerAccount:
    name: str
    institution: str
    country: str
    tax_treatment: TaxTreatment = "taxable"
    allows_shorts: bool = False


@dataclass(frozen=True, slots=True)
class Position:
    """Units held. `cost` is the total paid in `currency`, None where the broker does not know it; `cost_base` the same
    in the base currency when printed."""

    account: str
    ticker: str
    name: str
    asset_class: AssetClass
    currency: str
    quantity: Decimal
    cost: Decimal | None
    price: Decimal | None
    price_on: date
    price_unit: int = 1
    cost_base: Decimal | None = None
    country: str = ""
    line: int = 0

    @property
    def paid(self) -> Decimal:
        """The cost as a figure to add up: 0 where nobody knows it."""
        return self.cost or Decimal(0)


@dataclass(frozen=True, slots=True)
class Balance:
    account: str
    currency: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Rate:
    """`per` for one unit of `currency`."""

    currency: str
    value: Decimal
    on: date
    per: str = "JPY"


@dataclass(frozen=True, slots=True)
class Trade:
    """One event as the broker booked it. `amount` is the magnitude before fee and tax; the kind gives the sign.

    `id` names the event among the account's, where the statement does; with `parts` its figures are what those lines
    add up to.
    """

    account: str
    on: date
    kind: TradeKind
    currency: str
    amount: Decimal
    ticker: str = ""
    name: str = ""
    quantity: Decimal = Decimal(0)
    fee: Decimal = Decimal(0)
    tax: Decimal = Decimal(0)
    note: str = ""
    line: int = 0
    to_ticker: str = ""
    to_quantity: Decimal = Decimal(0)
    cost_share: Decimal = Decimal(1)
    fx: Decimal | None = None
    id: str = ""
    parts: tuple[TradePart, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenItem:
    """What a statement has and this program does not understand: a person settles it. `item` names it in every file
    that has it again; `part` is where it would have gone."""

    account: str
    item: str
    reason: str
    part: Part
    ticker: str = ""
    line: int = 0
    field: str = ""
    word: str = ""
    """The word that is new, and its column: what a person may say the meaning of."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A file read whole. `holds_all` names the accounts whose positions are all here, whether any is left or not;
    `cash_of` likewise for balances; `on` is the day whose evening they are of. `base` is the currency of every
    `cost_base`."""

    source: str
    file: str
    accounts: tuple[BrokerAccount, ...]
    positions: tuple[Position, ...] = ()
    balances: tuple[Balance, ...] = ()
    rates: tuple[Rate, ...] = ()
    trades: tuple[Trade, ...] = ()
    holds_all: tuple[str, ...] = ()
    cash_of: tuple[str, ...] = ()
    on: date | None = None
    open_items: tuple[OpenItem, ...] = ()
    base: str = "JPY"
    totals: tuple[ControlTotal, ...] = ()
    warnings: tuple[str, ...] = ()


def combined(positions: Iterable[Position], file: str) -> tuple[Position, ...]:
    """One position per account, ticker and currency: lots of several days are added, and must agree on the price."""
    found: dict[tuple[str, str, str], Position] = {}
    for lot in positions:
        key = (lot.account, lot.ticker, lot.currency)
        if key not in found:
            found[key] = lot
            continue
        first = found[key]
        if (first.price, first.currency, first.price_unit) != (lot.price, lot.currency, lot.price_unit):
            expected = t("the price that row {line} has for it", line=first.line)
            raise BadInput(expected, file=file, row=lot.line, column=lot.ticker, value=lot.price)
        cost, base = _sum(first.cost, lot.cost), _sum(first.cost_base, lot.cost_base)
        found[key] = replace(first, quantity=first.quantity + lot.quantity, cost=cost, cost_base=base)
    return tuple(found.values())


def _sum(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if one is None or other is None else one + other


def check_total(
    what: str, printed: Decimal, read: Decimal, file: str, *, row: int, slack: Decimal = Decimal(0)
) -> ControlTotal:
    """The control total, or a refusal: what the file prints must be what was read, to the rounding it prints in."""
    if abs(printed - read) > slack:
        raise BadInput(
            t("{read}, the sum of what was read", read=f"{read:,f}"),
            file=file,
            row=row,
            column=what,
            value=f"{printed:,f}",
        )
    return ControlTotal(what, read, printed)
