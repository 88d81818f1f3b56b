"""One path's money as one record: what a step reads and what it changes, everything readable by name.

A record compiles to plain memory behind one pointer. Arrays passed from function to function cost more than what the
functions do (measured: twenty times slower as tuples of arrays). The classes here describe the rows for the reader and
the type checker; `dtype_of` makes their dtypes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, get_type_hints

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Firsts = npt.NDArray[np.int32]


class AssetRow(Protocol):
    """`pledged` is the loan it secures, −1 for none; `series` its column of the drawn growth."""

    value: float
    cost: float
    dividend: float
    """Dividends at today's yearly rate."""
    start_value: float
    start_cost: float
    start_dividend: float
    weight: float
    """Share of the assets with the same pledge."""
    share: float
    """Share of all assets at the start."""
    dividend_tax: float
    gains_tax: float
    reinvest_yield: float
    advance: float
    deviation: float
    """Of the log growth of a usual step."""
    series: int
    pledged: int
    start_pledged: int
    pledgeable: bool
    """Whether a lender would take it as further collateral."""


class LoanRow(Protocol):
    """A securities-backed loan: what is owed, what its lender remembers, and the lender's rules."""

    balance: float
    accrued: float
    start_balance: float
    start_accrued: float
    rate: float
    first_tier: int
    last_tier: int
    """Rows of the tier tables, equal when the rate does not depend on the balance."""
    frozen: bool
    call_open: bool
    days_left: float
    liquidating: bool
    freeze_ltv: float
    call_ltv: float
    forced_ltv: float
    cure_ltv: float
    cure_days: float
    forced_days: float
    call_stays_open: bool
    full_liquidation: bool
    execution_days: float
    settlement_days: float
    late_rate_pa: float


class LineRow(Protocol):
    """A credit line; `interest` is what a step costs, `expires` the step from which no more can be drawn."""

    drawn: float
    start_drawn: float
    limit: float
    rate: float
    fee: float
    expires: float
    interest: float


class Dated(Protocol):
    """Dated money of one step: nominal, and in today's money; term debts owed when it ends."""

    income: float
    income_real: float
    expense: float
    expense_real: float
    debt: float


class Drawn(Protocol):
    """One step of a drawn market."""

    prices: float
    """Price level at its end, 1 at the start of the plan."""
    dividends: float
    """Gross growth of dividends per share."""
    narrow: float
    """The usual variance of the step relative to its own."""
    growth: Floats
    """Gross total return of each series."""


class World(Protocol):
    """The household: its cash, its rows, and every assumption that is one number. One record, changed in place."""

    asset_count: int
    loan_count: int
    line_count: int
    assets: Sequence[AssetRow]
    loans: Sequence[LoanRow]
    lines: Sequence[LineRow]
    first: Firsts
    """The step in which each event happened first, −1 for never."""
    covariance: Floats
    """(series, series) of the log growth of a step."""
    tier_floor: Floats
    tier_rate: Floats
    """Floors and rates of every loan with tiers, one after the other."""
    drawn: Drawn
    """The step that one path walks alone."""
    key: np.uint64
    """Where this path's uniforms inside steps start."""

    cash: float
    start_cash: float
    cash_rate: float
    cash_target_real: float
    reserve_months: float
    sale_cost: float
    highest_yield: float
    wealth: float
    """Net worth today, term debts off."""
    debt_today: float
    rebalanced: bool
    capitalised: bool
    borrows: bool
    spends_first: bool
    continuous: bool
    """Whether lenders also see the worst point between two looks."""
    steps_per_year: int
    dt: float
    """Years in a step."""
    rule: int
    amount_pa: float
    rate: float
    floor_pa: float
    ceiling_pa: float
    real_return_pa: float
    years: float
    forgo_raise_after_loss: bool
    year_spending: float
    """What the year's start left behind: spending, the first year's rate, the price level and the wealth then."""
    first_rate: float
    year_level: float
    year_wealth: float
    posts: bool
    """Whether further assets are pledged to meet a call before anything is sold."""
    liquid: int
    """The part of the waterfall before the first sale, packed like `sources`."""
    before_pledged: int
    """The part of the waterfall before the sale of pledged holdings."""
    sources: int
    """The waterfall and the uses of a surplus, in order: three bits each from the lowest, counted from 1."""
    uses: int


# Capacity of the record: assets, loans, lines, tiers, series and events. Fixed, so that one compilation fits all plans.
ASSETS, LOANS, LINES, TIERS, SERIES, EVENTS = 16, 6, 6, 32, 16, 6

_CODES = {float: np.float64, int: np.int64, bool: np.bool_}


def dtype_of(row: type, usual: Mapping[type, object] = _CODES, **arrays: object) -> np.dtype[np.void]:
    """The aligned record of a row class; `usual` gives the dtype by type, `arrays` that of single names."""
    hints = get_type_hints(row)
    return np.dtype([(name, arrays.get(name) or usual[kind]) for name, kind in hints.items()], align=True)


DATED = dtype_of(Dated)
DRAWN = dtype_of(Drawn, growth=(np.float64, (SERIES,)))
WORLD = dtype_of(
    World,
    assets=(dtype_of(AssetRow), (ASSETS,)),
    loans=(dtype_of(LoanRow), (LOANS,)),
    lines=(dtype_of(LineRow), (LINES,)),
    first=(np.int32, (EVENTS,)),
    covariance=(np.float64, (SERIES, SERIES)),
    tier_floor=(np.float64, (TIERS,)),
    tier_rate=(np.float64, (TIERS,)),
    drawn=DRAWN,
    key=np.uint64,
)
