"""Per-ticker results: what went in, what came out, what it is worth, and the return of both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from alm.ledger.daily import daily_holdings
from alm.ledger.lots import Carried, LotBook
from alm.ledger.transactions import Transaction
from alm.ledger.xirr import Flow, xirr

# A yearly rate from fewer days of holding says more about arithmetic than about the investment (assumption).
XIRR_DAYS = 30


@dataclass(frozen=True, slots=True)
class TickerKpi:
    """One ticker over all accounts, in the base currency at each day's own rate. NaN where a price or rate is missing.

    `paid_in` = purchases with fees, plus the stated cost of units that arrived from outside and the cost carried over
    from another ticker; `received` = sales net of fees, and the cost that left without a sale; `dividends` net of tax;
    `gain` = value + received + dividends − paid_in = realised + unrealised + dividends; `total_return` = gain over
    `paid_in`; `held_days` counts the days that ended with units held.
    """

    ticker: str
    quantity: float
    cost: float
    value: float
    paid_in: float
    received: float
    dividends: float
    realised: float
    unrealised: float
    gain: float
    total_return: float | None
    xirr: float | None
    first_held: date
    held_days: int
    problem: str = ""


def ticker_kpis(
    transactions: Sequence[Transaction],
    book: LotBook,
    unit_values: Mapping[str, float],
    as_of: date,
) -> tuple[TickerKpi, ...]:
    """Results of every ticker the ledger ever held, by descending value; `unit_values` are base currency per unit.

    A ticker that is held but has no unit value has a NaN value, gain and return: it is never worth 0 or its cost.
    """
    past = [t for t in transactions if t.on <= as_of and t.ticker]
    if not past:
        return ()
    daily = daily_holdings(past, min(t.on for t in past), as_of)
    held_days = {name: int(np.count_nonzero(daily.column(name))) for name in daily.names}
    by_ticker: dict[str, list[Transaction]] = {}
    for t in past:
        by_ticker.setdefault(t.ticker, []).append(t)
    kpis = [
        _kpi(ticker, by_ticker.get(ticker, []), book, unit_values.get(ticker, float("nan")), as_of, held_days[ticker])
        for ticker in daily.names
    ]
    return tuple(sorted(kpis, key=lambda k: (-np.nan_to_num(k.value, nan=np.inf), k.ticker)))


def _kpi(
    ticker: str, rows: list[Transaction], book: LotBook, unit_value: float, as_of: date, held_days: int
) -> TickerKpi:
    lots = [lot for (_, name), open_lots in book.open if name == ticker for lot in open_lots]
    quantity, cost = sum(lot.quantity for lot in lots), sum(lot.cost_base for lot in lots)
    value = quantity * unit_value if quantity else 0.0
    moved = [c for c in book.carried if ticker in (c.ticker, c.to_ticker)]
    paid_in = sum(paid_in_base(t) for t in rows) + sum(c.cost_base for c in moved if c.to_ticker == ticker)
    received = sum((t.amount - t.fee) * t.fx for t in rows if t.kind == "sell")
    received += sum(c.cost_base for c in moved if c.ticker == ticker)
    dividends = sum((t.amount - t.fee - t.tax) * t.fx for t in rows if t.kind == "dividend")
    realised = sum(r.gain_base for r in book.realised if r.ticker == ticker)
    gain = value + received + dividends - paid_in
    problem = next((p.sentence for p in book.problems if p.ticker == ticker), "")
    flows = [*ticker_flows(rows), *_carried(ticker, moved), *([(as_of, value)] if quantity else [])]
    return TickerKpi(
        ticker=ticker, quantity=quantity, cost=cost, value=value, paid_in=paid_in, received=received,
        dividends=dividends, realised=realised, unrealised=value - cost, gain=gain,
        total_return=gain / paid_in if paid_in > 0 and not problem else None,
        xirr=xirr(flows) if held_days >= XIRR_DAYS and not problem else None,
        first_held=min([*(t.on for t in rows), *(c.on for c in moved)]), held_days=held_days, problem=problem,
    )  # fmt: skip


def paid_in_base(t: Transaction) -> float:
    """What a purchase or an arrival from outside cost, in the base currency; 0 for anything else."""
    if t.kind == "buy":
        return (t.amount + t.fee + t.tax) * t.fx
    arrival = t.kind == "transfer" and t.ticker and not t.to_account
    return t.amount * t.fx if arrival else 0.0


def _carried(ticker: str, moved: Sequence[Carried]) -> list[Flow]:
    return [(c.on, c.cost_base if c.ticker == ticker else -c.cost_base) for c in moved]


def left_at_cost(book: LotBook) -> list[Flow]:
    """What was delivered out of the ledger, at its cost, as if that had been received for it."""
    return [(c.on, c.cost_base) for c in book.carried if not c.to_ticker and c.cost_base]


def ticker_flows(rows: Sequence[Transaction]) -> list[Flow]:
    """Paid in negative, received positive, in the base currency on the day; moves between own accounts are none."""
    flows = [(t.on, -paid_in_base(t)) for t in rows]
    flows += [(t.on, (t.amount - t.fee) * t.fx) for t in rows if t.kind == "sell"]
    flows += [(t.on, (t.amount - t.fee - t.tax) * t.fx) for t in rows if t.kind == "dividend"]
    return [(on, amount) for on, amount in flows if amount]
