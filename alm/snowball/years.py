"""The year table: why this year's dividends differ from last year's, cause by cause, and where the money went."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from alm.snowball.flows import Months
from alm.snowball.roll import Floats, Plan, Rolled, Rows


@dataclass(frozen=True, slots=True)
class Year:
    """One year of the projection, base currency. Year 0 is the coming twelve months at today's dividends per share.

    opening + organic + cut + reinvested + contributed = gross, and gross is the next year's opening.
    """

    year: int
    starts: date
    opening: float
    """Gross dividends of the year before; before year 0, what today's holdings pay in a year."""
    organic: float
    """From growth of dividends per share."""
    cut: float
    """From a dividend cut, or from its end."""
    reinvested: float
    """From units bought with dividends."""
    contributed: float
    """From units bought with contributions."""
    gross: float
    net: float
    spending: float
    interest: float
    """Interest on securities-backed loans and lines, and payments of term loans."""
    taken: float
    """Net dividends that paid for what work income did not."""
    invested_dividends: float
    """Net dividends set aside to buy."""
    invested_contributions: float

    @property
    def residual(self) -> float:
        """What the roll-forward leaves unexplained: 0 to rounding."""
        return self.opening + self.organic + self.cut + self.reinvested + self.contributed - self.gross

    @property
    def tax(self) -> float:
        return self.gross - self.net


def year_table(
    rows: Rows, index: Floats, factor: Floats, plan: Plan, rolled: Rolled, costs: tuple[Months, Months], starts: date
) -> tuple[Year, ...]:
    """The table of the first path. `costs` are spending and interest by month."""
    gross = _yearly(rolled.gross[:, 0])
    held = float((rows.pay.sum(axis=1) * rows.held).sum())
    net, taken = _yearly(rolled.net[:, 0]), _yearly(rolled.taken[:, 0])
    contributed = _yearly(np.broadcast_to(plan.contributed, rolled.gross.shape)[:, 0])
    columns = (
        np.concatenate([[held], gross[:-1]]),
        *movements(rows, index[:, 0], factor, rolled),
        gross,
        net,
        *(_yearly(cost) for cost in costs),
        taken,
        (net - taken) * plan.share,
        contributed,
    )
    days = (starts.replace(year=starts.year + y) for y in range(len(factor)))
    return tuple(Year(y, day, *map(float, row)) for y, (day, *row) in enumerate(zip(days, *columns, strict=True)))


def movements(rows: Rows, index: Floats, factor: Floats, rolled: Rolled) -> tuple[Floats, Floats, Floats, Floats]:
    """(organic, cut, reinvested, contributed) by year: each month against the same month of the year before.

    Last year's units take the change of dividends per share, first by growth, then by the cut; units bought since
    are counted at this year's dividends per share. Before year 0 the index and the factor are 1 and nothing is bought.
    """
    paid = np.tile(rows.pay.T, (len(factor), 1))
    now, before = _with_year_before(np.repeat(index[:-1], 12, axis=0), 1.0)
    left, left_before = _with_year_before(np.repeat(factor, 12, axis=0), 1.0)
    d, d_before = _with_year_before(rolled.from_dividends[:, 0], 0.0)
    c, c_before = _with_year_before(rolled.from_contributions[:, 0], 0.0)
    units = (rows.held + d_before + c_before) * paid
    per_unit = paid * now * left
    return (
        _yearly((units * (now - before) * left_before).sum(axis=1)),
        _yearly((units * now * (left - left_before)).sum(axis=1)),
        _yearly(((d - d_before) * per_unit).sum(axis=1)),
        _yearly(((c - c_before) * per_unit).sum(axis=1)),
    )


def _with_year_before(months: Floats, at_first: float) -> tuple[Floats, Floats]:
    """An array by month and row, and the same twelve months earlier."""
    return months, np.vstack([np.full((12, months.shape[1]), at_first), months[:-12]])


def _yearly(months: Floats) -> Floats:
    total: Floats = months.reshape(-1, 12).sum(axis=1)
    return total
