"""A ledger kept the slow, obvious way: exact fractions, one day after the other, one dict. Shares no code with alm."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction

from alm.ledger.transactions import Transaction

Units = dict[tuple[str, str], Fraction]


def exact(number: float) -> Fraction:
    return Fraction(str(number))


def holdings_each_day(transactions: list[Transaction], start: date, end: date) -> list[Units]:
    """End-of-day units for each day, rebuilt by walking through all days."""
    held: Units = defaultdict(Fraction)
    result = []
    for number in range((end - start).days + 1):
        today = start + timedelta(days=number)
        seen_splits = set()
        for t in transactions:
            if t.on == today and t.kind == "split" and t.ticker not in seen_splits:
                seen_splits.add(t.ticker)
                for key in held:
                    if key[1] == t.ticker:
                        held[key] *= exact(t.quantity)
        for t in transactions:
            if t.on == today:
                _move(held, t)
        result.append({key: units for key, units in held.items() if units})
    return result


def _move(held: Units, t: Transaction) -> None:
    if t.kind == "buy":
        held[t.account, t.ticker] += exact(t.quantity)
    if t.kind == "sell":
        held[t.account, t.ticker] -= exact(t.quantity)
    if t.kind == "transfer" and t.ticker:
        if t.to_account:
            held[t.account, t.ticker] -= exact(t.quantity)
            held[t.to_account, t.ticker] += exact(t.quantity)
        else:
            held[t.account, t.ticker] += exact(t.quantity)


def cash_at_end(transactions: list[Transaction]) -> dict[tuple[str, str], Fraction]:
    money: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for t in transactions:
        here = (t.account, t.currency)
        amount, costs = exact(t.amount), exact(t.fee) + exact(t.tax)
        if t.kind in ("buy", "withdrawal", "fee", "repayment"):
            money[here] -= amount + costs
        elif t.kind in ("sell", "dividend", "deposit", "draw"):
            money[here] += amount - costs
        elif t.kind == "interest":
            money[here] += -amount - costs if t.loan else amount - costs
        elif t.kind == "transfer":
            money[here] -= costs
            if not t.ticker:
                money[t.to_account or t.account, t.currency] += amount
                money[here] -= amount if t.to_account else 0
    return {key: total for key, total in money.items() if total}


def fifo(transactions: list[Transaction], ticker: str, account: str) -> tuple[Fraction, Fraction, Fraction]:
    """(units held, cost of them, gain realised) of one position by matching one sale against purchases in turn."""
    queue: list[list[Fraction]] = []
    gain = Fraction(0)
    for t in transactions:
        if (t.ticker, t.account) != (ticker, account):
            continue
        if t.kind == "split":
            for entry in queue:
                entry[0] *= exact(t.quantity)
                entry[1] /= exact(t.quantity)
        if t.kind == "buy":
            queue.append([exact(t.quantity), (exact(t.amount) + exact(t.fee)) / exact(t.quantity)])
        if t.kind == "sell":
            left, price = exact(t.quantity), (exact(t.amount) - exact(t.fee)) / exact(t.quantity)
            while left:
                units = min(left, queue[0][0])
                gain += units * (price - queue[0][1])
                queue[0][0] -= units
                left -= units
                if not queue[0][0]:
                    queue.pop(0)
    return sum((n for n, _ in queue), Fraction(0)), sum((n * p for n, p in queue), Fraction(0)), gain


def average(transactions: list[Transaction], ticker: str, account: str) -> tuple[Fraction, Fraction, Fraction]:
    """The same by moving average: a sale takes cost in proportion to units."""
    units, cost, gain = Fraction(0), Fraction(0), Fraction(0)
    for t in transactions:
        if (t.ticker, t.account) != (ticker, account):
            continue
        if t.kind == "split":
            units *= exact(t.quantity)
        if t.kind == "buy":
            units, cost = units + exact(t.quantity), cost + exact(t.amount) + exact(t.fee)
        if t.kind == "sell":
            sold = cost * exact(t.quantity) / units
            gain += exact(t.amount) - exact(t.fee) - sold
            units, cost = units - exact(t.quantity), cost - sold
    return units, cost, gain
