"""What each position cost and what each sale gained, by moving average or first in, first out.

A lot is signed: a short position is a lot of negative quantity whose negative cost is the money received. A trade
first closes lots of the other sign, then opens what is left; gain = proceeds − cost of what it closed, whatever
the signs. Moving average is FIFO over a single lot into which every purchase is merged, so both share the code.

Costs include purchase fees and duties; proceeds are net of sale fees, not of `tax` of a sale, which is tax on the
gain itself and stays a cash cost. Japanese specified accounts use the moving average per account, and the base
currency at each day's rate: those are the `_base` figures. Brokers there also round the average per unit up to the
next yen, which this does not: expect their gain to be smaller by less than one yen per unit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from alm.language import t as words  # here a `t` is a transaction
from alm.ledger.daily import Key
from alm.ledger.transactions import Transaction, in_order, negligible, split_ratio

Method = Literal["average", "fifo"]
METHODS: tuple[Method, ...] = ("average", "fifo")


@dataclass(frozen=True, slots=True)
class Lot:
    """Units still held: cost in the ticker's currency and in the base currency at the rate of purchase."""

    opened: date
    quantity: float
    cost: float
    cost_base: float

    def part(self, share: float) -> Lot:
        return Lot(self.opened, self.quantity * share, self.cost * share, self.cost_base * share)


@dataclass(frozen=True, slots=True)
class Realised:
    """One closing trade against the lots it closed. Amounts are signed like the units closed."""

    on: date
    account: str
    ticker: str
    currency: str
    opened: date
    quantity: float
    proceeds: float
    cost: float
    proceeds_base: float
    cost_base: float

    @property
    def gain(self) -> float:
        return self.proceeds - self.cost

    @property
    def gain_base(self) -> float:
        return self.proceeds_base - self.cost_base


@dataclass(frozen=True, slots=True)
class Problem:
    """A position whose transactions cannot be true; nothing of it is counted after `on`."""

    on: date
    account: str
    ticker: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Carried:
    """Cost in the base currency that left `ticker` unsold: for `to_ticker`, or outside where that is empty."""

    on: date
    ticker: str
    to_ticker: str
    cost_base: float


@dataclass(frozen=True, slots=True)
class LotBook:
    """The outcome of a ledger: open lots by (account, ticker), closed trades in order, what could not be true, and
    cost that moved without a sale."""

    method: Method
    open: tuple[tuple[Key, tuple[Lot, ...]], ...]
    realised: tuple[Realised, ...]
    problems: tuple[Problem, ...]
    carried: tuple[Carried, ...] = ()

    def quantity(self, key: Key) -> float:
        return sum(lot.quantity for lot in dict(self.open).get(key, ()))

    def cost(self, key: Key) -> float:
        return sum(lot.cost for lot in dict(self.open).get(key, ()))


def lot_book(
    transactions: Iterable[Transaction],
    method: Method = "average",
    *,
    until: date | None = None,
    short_accounts: Sequence[str] = (),
) -> LotBook:
    """Open lots, closed trades and problems after every transaction on or before `until` (None: all of them).

    A sale of more than is held is a problem of that position, unless its account allows shorts.
    """
    matcher = _Matcher(method, frozenset(short_accounts))
    for t in in_order(transactions):
        if until is None or t.on <= until:
            matcher.apply(t)
    return matcher.book()


@dataclass(slots=True)
class _Matcher:
    """The running state of `lot_book`: it lives inside one call."""

    method: Method
    short_accounts: frozenset[str]
    lots: dict[Key, list[Lot]] = field(default_factory=dict)
    realised: list[Realised] = field(default_factory=list)
    problems: dict[Key, Problem] = field(default_factory=dict)
    split_days: set[tuple[str, date]] = field(default_factory=set)
    carried: list[Carried] = field(default_factory=list)

    def apply(self, t: Transaction) -> None:
        if t.kind == "split":
            self.split(t)
        elif t.kind == "buy":
            self.trade(t, t.quantity, t.amount + t.fee + t.tax)
        elif t.kind == "sell":
            self.trade(t, -t.quantity, -(t.amount - t.fee))
        elif t.kind == "transfer" and t.ticker:
            self.transfer(t)
        elif t.kind in ("delivery", "exchange"):
            self.leave(t)
        elif t.kind == "spin_off":
            self.spin_off(t)

    def split(self, t: Transaction) -> None:
        """Every account's lots of the ticker, once a day however many accounts report it; cost stands."""
        if (t.ticker, t.on) in self.split_days:
            return
        self.split_days.add((t.ticker, t.on))
        ratio = split_ratio(t.quantity)
        for key, lots in self.lots.items():
            if key[1] == t.ticker:
                self.lots[key] = [replace(lot, quantity=lot.quantity * ratio) for lot in lots]

    def trade(self, t: Transaction, quantity: float, value: float) -> None:
        """`quantity` and `value` are positive for a purchase, negative for a sale."""
        key = (t.account, t.ticker)
        if key in self.problems:
            return
        lots = self.lots.setdefault(key, [])
        held = sum(lot.quantity for lot in lots)
        closing = min(abs(quantity), abs(held)) if held * quantity < 0 else 0.0
        rest = abs(quantity) - closing
        if closing and negligible(rest, held):
            closing, rest = abs(quantity), 0.0
        if rest and quantity < 0 and t.account not in self.short_accounts:
            self.oversold(key, t, held)
            return
        if closing:
            self.close(t, lots, closing, -value * closing / abs(quantity))
        if rest:
            self.open_lot(lots, _lot(t, quantity, value).part(rest / abs(quantity)))

    def oversold(self, key: Key, t: Transaction, held: float) -> None:
        self.problems[key] = Problem(t.on, t.account, t.ticker, _too_much(t, held))
        self.lots[key] = []

    def open_lot(self, lots: list[Lot], lot: Lot) -> None:
        if self.method == "average" and lots:
            lots[:] = [_merged([*lots, lot])]
        else:
            lots.append(lot)

    def close(self, t: Transaction, lots: list[Lot], size: float, proceeds: float) -> None:
        for lot in _take(lots, size):
            got = proceeds * abs(lot.quantity) / size
            sold = (lot.opened, lot.quantity, got, lot.cost, got * t.fx, lot.cost_base)
            self.realised.append(Realised(t.on, t.account, t.ticker, t.currency, *sold))

    def transfer(self, t: Transaction) -> None:
        """Lots move with their dates and costs; from outside they arrive as one lot at the cost stated."""
        source, target = (t.account, t.ticker), (t.to_account or t.account, t.ticker)
        if source in self.problems or target in self.problems:
            return
        if not t.to_account:
            self.open_lot(self.lots.setdefault(target, []), _lot(t, t.quantity, t.amount))
            return
        for lot in self.taken(t, target):
            self.open_lot(self.lots.setdefault(target, []), lot)

    def taken(self, t: Transaction, target: Key) -> list[Lot]:
        """The lots that leave; where there are too few, a problem of the position and of where they were to go."""
        source = (t.account, t.ticker)
        lots = self.lots.setdefault(source, [])
        held = sum(lot.quantity for lot in lots)
        if t.quantity <= held or negligible(t.quantity - held, held):
            return _take(lots, t.quantity)
        self.oversold(source, t, held)
        self.problems[target] = replace(self.problems[source], account=target[0], ticker=target[1])
        self.lots[target] = []
        return []

    def leave(self, t: Transaction) -> None:
        """Units go without a sale: outside, or into units of another ticker that take over dates and cost."""
        source, target = (t.account, t.ticker), (t.account, t.to_ticker or t.ticker)
        if source in self.problems or target in self.problems:
            return
        gone = self.taken(t, target)
        self.carry(t, sum(lot.cost_base for lot in gone))
        for lot in gone if t.kind == "exchange" else ():
            became = replace(lot, quantity=lot.quantity * t.to_quantity / t.quantity)
            self.open_lot(self.lots.setdefault(target, []), became)

    def spin_off(self, t: Transaction) -> None:
        """Each lot gives its share of the cost to new units, in proportion to what is held of it."""
        source, target = (t.account, t.ticker), (t.account, t.to_ticker)
        if source in self.problems or target in self.problems:
            return
        parents = self.lots.get(source, [])
        held = sum(lot.quantity for lot in parents)
        self.carry(t, sum(lot.cost_base for lot in parents) * t.cost_share)
        for lot in parents or [Lot(t.on, 1.0, 0.0, 0.0)]:
            given = lot.part(t.cost_share)
            units = t.to_quantity * lot.quantity / (held or 1.0)
            self.open_lot(self.lots.setdefault(target, []), replace(given, quantity=units))
        kept = 1 - t.cost_share
        self.lots[source] = [replace(p, cost=p.cost * kept, cost_base=p.cost_base * kept) for p in parents]

    def carry(self, t: Transaction, cost_base: float) -> None:
        self.carried.append(Carried(t.on, t.ticker, t.to_ticker, cost_base))

    def book(self) -> LotBook:
        held = tuple((key, tuple(lots)) for key, lots in self.lots.items() if lots)
        return LotBook(self.method, held, tuple(self.realised), tuple(self.problems.values()), tuple(self.carried))


def _too_much(trade: Transaction, held: float) -> str:
    said = (
        "{on}: {account} sells {quantity} of {ticker} but the ledger holds {held}; an earlier purchase, split or "
        "opening transfer is missing."
        if trade.kind == "sell"
        else "{on}: {account} moves out {quantity} of {ticker} but the ledger holds {held}; an earlier purchase, "
        "split or opening transfer is missing."
    )
    units, there = f"{trade.quantity:,.10g}", f"{held:,.10g}"
    return words(said, on=trade.on, account=trade.account, quantity=units, ticker=trade.ticker, held=there)


def _lot(t: Transaction, quantity: float, cost: float) -> Lot:
    return Lot(t.on, quantity, cost, cost * t.fx)


def _merged(lots: Sequence[Lot]) -> Lot:
    return Lot(
        min(lot.opened for lot in lots),
        sum(lot.quantity for lot in lots),
        sum(lot.cost for lot in lots),
        sum(lot.cost_base for lot in lots),
    )


def _take(lots: list[Lot], size: float) -> list[Lot]:
    """Remove `size` units (a magnitude) from the oldest lots on, and return them as lots."""
    taken: list[Lot] = []
    left = size
    while lots and not negligible(left, 0.0):
        oldest = lots[0]
        held = abs(oldest.quantity)
        whole = left > held or negligible(held - left, size)
        taken.append(oldest if whole else oldest.part(left / held))
        lots[:1] = [] if whole else [oldest.part(1 - left / held)]
        left -= abs(taken[-1].quantity)
    return taken
