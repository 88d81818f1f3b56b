"""What happened inside a step, as rows that a driver reads after it: nobody guesses from balances who paid.

A row holds (kind, loan, ratio, amount, net, path, source). The ratio is the loan's own, on lending value. Logs are for
blocks whose driver reads them; a simulation has none.
"""

from __future__ import annotations

from alm.step.block import Book, House
from alm.step.books import lending, owed

CALLED, PAID_IN, PLEDGED_MORE, SOLD_BY_LENDER, LATE_INTEREST = range(1, 6)
COLUMNS = 7


def log_event(house: House, one: Book, kind: int, loan: int, amount: float, net: float, source: int) -> None:
    """Write a row, where there is a log; the first cell of its first row counts them."""
    if len(house.log) == 0:
        return
    place = int(house.log[0][0]) + 1
    house.log[0][0] = float(place)
    if place >= len(house.log):
        return
    entry, counted = house.log[place], lending(house, one, loan)
    entry[0], entry[1], entry[5] = float(kind), float(loan), one[house.terms.path][0]
    entry[2] = owed(house, one, loan) / counted if counted > 0.0 else 0.0
    entry[3], entry[4], entry[6] = amount, net, float(source)
