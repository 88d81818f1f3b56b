"""One line of the ledger and what it does to units and to money.

Amounts are magnitudes, the kind gives the sign: `buy` takes amount + fee + tax from the account's cash, `sell` and
`dividend` bring amount − fee − tax. `interest` is received, unless `loan` names the loan it is paid on. `transfer`
moves units (ticker and quantity) or money (amount) from `account` to `to_account`; with no `to_account` it arrives
from outside the ledger at the cost `amount`, which is how a ledger opens. `delivery` takes units out of the ledger at
their cost: nothing is gained. `split` carries in `quantity` the new units per old unit: 10 for 1:10, 0.02 for a reverse
split of 50:1; it applies before anything else of its day. `exchange` turns `quantity` units into `to_quantity` of
`to_ticker`, dates and cost carried over: a merger or a new name. `spin_off` brings `to_quantity` of `to_ticker` and
moves `cost_share` of the cost of what is held to them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

Kind = Literal[
    "buy", "sell", "dividend", "split", "transfer", "delivery", "exchange", "spin_off", "deposit", "withdrawal", "fee",
    "interest", "draw", "repayment",
]  # fmt: skip
KINDS: tuple[Kind, ...] = (
    "buy", "sell", "dividend", "split", "transfer", "delivery", "exchange", "spin_off", "deposit", "withdrawal", "fee",
    "interest", "draw", "repayment",
)  # fmt: skip

# Within a day: splits, exchanges, what arrives, what moves, what leaves (assumption: statements give no time of day, so
# a day's purchases are counted before its sales).
_RANK: dict[Kind, int] = {"split": 0, "exchange": 1, "spin_off": 1, "deposit": 2, "draw": 2, "buy": 2, "transfer": 3}
_LAST = 4
_WITHOUT_MONEY: tuple[Kind, ...] = ("delivery", "exchange", "spin_off")


@dataclass(frozen=True, slots=True)
class Transaction:
    """See the module for signs. `fx` is base currency per unit of `currency` on `on`; NaN when nobody knows it."""

    on: date
    kind: Kind
    account: str
    currency: str
    ticker: str = ""
    quantity: float = 0.0
    amount: float = 0.0
    fee: float = 0.0
    tax: float = 0.0
    fx: float = 1.0
    to_account: str = ""
    loan: str = ""
    to_ticker: str = ""
    to_quantity: float = 0.0
    cost_share: float = 1.0


@dataclass(frozen=True, slots=True)
class Leg:
    """A change of `size` on a day: units of ticker `what`, or money in currency `what`."""

    on: date
    account: str
    what: str
    size: float


def in_order(transactions: Iterable[Transaction]) -> tuple[Transaction, ...]:
    """By day, and within a day splits, arrivals, moves, departures; otherwise as written."""
    return tuple(sorted(transactions, key=lambda t: (t.on, _RANK.get(t.kind, _LAST))))


def split_ratio(quantity: float) -> float:
    """New units per old. A ratio written in decimals (0.333333) is taken for the fraction it abbreviates (1/3)."""
    near = Fraction(quantity).limit_denominator(50)
    return float(near) if abs(float(near) - quantity) <= 2e-6 * quantity else quantity


def negligible(size: float, passed: float) -> bool:
    """Whether what is left of a position is rounding: a billionth of a unit, or 1e-11 of what passed through it."""
    return abs(size) <= 1e-9 + 1e-11 * abs(passed)


def unit_legs(transactions: Iterable[Transaction]) -> Iterator[Leg]:
    """Units in and out of each account; splits are not legs, they restate what is held."""
    for t in transactions:
        if t.kind == "buy" or (t.kind == "transfer" and t.ticker and not t.to_account):
            yield Leg(t.on, t.account, t.ticker, t.quantity)
        elif t.kind in ("sell", "delivery", "exchange"):
            yield Leg(t.on, t.account, t.ticker, -t.quantity)
        elif t.kind == "transfer" and t.ticker:
            yield Leg(t.on, t.account, t.ticker, -t.quantity)
            yield Leg(t.on, t.to_account, t.ticker, t.quantity)
        if t.kind in ("exchange", "spin_off"):
            yield Leg(t.on, t.account, t.to_ticker, t.to_quantity)


def cash_legs(transactions: Iterable[Transaction]) -> Iterator[Leg]:
    """Money in and out of each account, in the transaction's own currency."""
    for t in transactions:
        if t.kind == "transfer":
            yield from _cash_transfer(t)
        elif t.kind != "split":
            yield Leg(t.on, t.account, t.currency, cash_effect(t))


def _cash_transfer(t: Transaction) -> Iterator[Leg]:
    """Units transferred carry no money; only the fee is paid."""
    moved = 0.0 if t.ticker else t.amount
    if not t.to_account:
        yield Leg(t.on, t.account, t.currency, moved - t.fee - t.tax)
        return
    yield Leg(t.on, t.account, t.currency, -moved - t.fee - t.tax)
    yield Leg(t.on, t.to_account, t.currency, moved)


def cash_effect(t: Transaction) -> float:
    """What the account's cash gains (negative: loses) by anything but a transfer or a split."""
    costs = t.fee + t.tax
    if t.kind in _WITHOUT_MONEY:
        return -costs
    incoming = t.kind in ("sell", "dividend", "deposit", "draw") or (t.kind == "interest" and not t.loan)
    return t.amount - costs if incoming else -(t.amount + costs)
