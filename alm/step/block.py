"""A block of paths: one household's money many times over, side by side, and the terms all paths share.

`book[row][path]` holds everything that a path changes, in float64: money in the base currency, flags as 0 and 1. Which
row is what stands in `Terms`, by name: `book[terms.cash]` is the cash of every path, `book[terms.value + k]` the value
of the k-th asset. The size of a block follows the plan: any number of assets, loans and lines.

Every function of this room works on the first `n` paths. What happens to one path alone, because a lender acts on it,
is the same text on a block of one: the path is gathered into it and scattered back. Small blocks are lists that the
interpreter runs; large ones are arrays that numba compiles.

Assets stand in the order of what they secure: those of the first loan, of the second, …, then the free ones. So the
assets of a pledge are a range, and no path can change whose range an asset is in: a free asset that may be pledged
later has a twin of value 0 in each loan's range, into which it moves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol, get_type_hints

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


class Row(Protocol):
    """One number for each path: an array, or a list for the interpreter."""

    def __getitem__(self, p: int, /) -> float: ...

    def __setitem__(self, p: int, value: float, /) -> None: ...


class Book(Protocol):
    """Rows by their number."""

    def __getitem__(self, row: int, /) -> Row: ...


Table = Any
"""Records or rows by their number: an array, or a list of plain objects for the interpreter."""

FREE = -1
"""The pledge of what is pledged to nobody."""

# What happened first in which step: rows of `first`.
FREEZE, CALL, FORCED_SALE, LINE_EXHAUSTED, RUIN, END = range(6)
EVENTS = ("freeze", "call", "forced_sale", "line_exhausted", "ruin", "end")

# Who pays, in the three bits that an order packs (income is never in one); and what for.
SOURCES = ("income", "cash", "dividends", "credit_line", "unpledged_sale", "pledged_sale")
INCOME, CASH, DIVIDENDS, CREDIT_LINE, UNPLEDGED_SALE, PLEDGED_SALE = range(6)
LIFE, LENDER = 0, 1
USES = ("", "repay_line", "repay_loan", "buy")
REPAY_LINE, REPAY_LOAN, BUY = range(1, 4)

MONEY_TOLERANCE = 1e-6
"""Money below a millionth of a unit is rounding, not a shortfall."""


class Terms(Protocol):
    """What all paths of a block share: where each row of the book begins, and every assumption that is one number."""

    asset_count: int
    loan_count: int
    line_count: int
    first_free: int
    """The first asset that is pledged to nobody."""

    cash: int
    level: int
    """Price level, 1 at the start."""
    done: int
    """1 when the path has ended."""
    path: int
    life: int
    """Steps until the last death, that step included."""
    counted: int
    """Share of the lending value that lenders still count; 1 but in a scenario that cuts it."""
    year_spending: int
    first_rate: int
    year_level: int
    year_wealth: int
    first: int
    """The step in which each event happened first, −1 for never."""
    value: int
    cost: int
    dividend: int
    """Dividends at today's yearly rate."""
    payout: int
    """The yearly dividends that today's price supports, which dividends follow."""
    balance: int
    accrued: int
    frozen: int
    call_open: int
    days_left: int
    answered: int
    """What was paid towards a call since its notice."""
    liquidating: int
    ordered: int
    """Share of what is pledged that an ordered sale takes, whatever prices do until it is executed."""
    freeze_ltv: int
    """Thresholds in force; a lender's concentration rule lowers this one and the next."""
    cure_ltv: int
    watched: int
    """The ratio from which a look changes anything (`watched_ltv`)."""
    due_days: int
    drawn: int
    line_cost: int
    paid: int
    """What each source paid since the last reset, income first: for life, then for lenders."""
    used: int
    """What each use of a surplus took since."""
    sold: int
    """Market value sold since: of each loan's pledge, then of what is free."""
    sale_cost_tax: int
    """Cost and tax of those sales."""
    unpaid: int
    """What nobody paid."""

    dividends: int
    """From here on: what one part of a step leaves for the next."""
    spent: int
    need: int
    taken: int
    surplus: int
    rate: int
    lending: int
    market: int
    kept: int
    gain: int
    share: int
    needs_look: int
    """1 where a lender has to look at the path alone."""
    ended: int
    deviation: int
    rows: int
    """How many rows the book has."""

    start_cash: float
    cash_rate: float
    cash_target_real: float
    reserve_pa: float
    """Living reserve: `reserve_months` / 12 of this is kept out of cures, at the price level."""
    reserve_months: float
    sale_cost: float
    highest_yield: float
    follow: float
    """Share of the gap between a payout and its yield that closes in a step."""
    wealth: float
    """Net worth today, term debts off."""
    debt_today: float
    rebalanced: bool
    capitalised: bool
    borrows: bool
    spends_first: bool
    continuous: bool
    """Whether lenders also see the worst point between two looks."""
    priced: bool
    """Whether the market's growth is that of prices: dividends then come on top of it, not out of it."""
    recorded: bool
    """Whether who paid is kept, and every freeze looked at."""
    posts: bool
    """Whether further assets are pledged to meet a call before anything is sold."""
    steps_per_year: int
    dt: float
    """Years in a step."""
    days: float
    """Business days in a step, between two looks."""
    rule: int
    amount_pa: float
    rate_of_wealth: float
    floor_pa: float
    ceiling_pa: float
    real_return_pa: float
    years: float
    forgo_raise_after_loss: bool
    sources: int
    """The waterfall and the uses of a surplus, in order: three bits each from the lowest, counted from 1."""
    liquid: int
    """The part of the waterfall before the first sale."""
    before_pledged: int
    """The part of the waterfall before the sale of pledged holdings."""
    uses: int


class AssetTerms(Protocol):
    """`series` is its column of the market's growth."""

    start_value: float
    start_cost: float
    start_dividend: float
    weight: float
    """Share of the assets with the same pledge."""
    share: float
    """Share of all assets at the start."""
    payout_drift: float
    """Gross growth of the payout against the price in a step; 1 but where a growth of dividends is stated."""
    trend: float
    """Gross growth of dividends in a step before they follow the payout."""
    dividend_tax: float
    gains_tax: float
    offsets: bool
    """Whether its gains and losses are set against each other in one sale (a taxable account's are)."""
    reinvest_yield: float
    advance: float
    deviation: float
    """Of the log growth of a usual step."""
    series: int
    pledged: int
    """The loan it secures, or FREE."""


class LoanTerms(Protocol):
    """A securities-backed loan: its start, its rate and its lender's rules. Tiers are rows of the tier table."""

    first_asset: int
    last_asset: int
    start_balance: float
    start_accrued: float
    rate: float
    first_tier: int
    last_tier: int
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
    forced_cure_ltv: float
    forced_above: float
    late_on_principal: bool
    late_until_trade: bool


class LineTerms(Protocol):
    """A credit line; `expires` is the step from which no more can be drawn."""

    start_drawn: float
    limit: float
    rate: float
    fee: float
    expires: float


class Dated(Protocol):
    """Dated money of one step: nominal, and in today's money; term debts owed when it ends."""

    income: float
    income_real: float
    expense: float
    expense_real: float
    debt: float


class House(NamedTuple):
    """The terms of one household; records and arrays when compiled, plain objects and lists when interpreted."""

    terms: Terms
    assets: Table
    """Of AssetTerms, and so on."""
    loans: Table
    lines: Table
    tiers: Table
    """(rows, 2): balance above which a rate holds, and the rate; of every loan with tiers, one after the other."""
    covariance: Table
    """(series, series) of the log growth of a step."""
    twins: Table
    """(assets · loans,): the place asset k moves to when it is pledged to loan i, −1 where it cannot be."""
    log: Table
    """(rows, 7): events of the step in hand; no rows where nobody reads them. See `alm.step.events`."""


_ONE = (
    "cash", "level", "done", "path", "life", "counted", "year_spending", "first_rate", "year_level", "year_wealth",
    "unpaid", "sale_cost_tax",
)  # fmt: skip
_ASSET_ROWS = ("value", "cost", "dividend", "payout")
_LOAN_ROWS = (
    "balance", "accrued", "frozen", "call_open", "days_left", "answered", "liquidating", "ordered", "freeze_ltv",
    "cure_ltv", "watched", "due_days",
)  # fmt: skip
_LINE_ROWS = ("drawn", "line_cost")
_WORK = (
    "dividends", "spent", "need", "taken", "surplus", "rate", "lending", "market", "kept", "gain", "share",
    "needs_look", "ended", "deviation",
)  # fmt: skip


def layout(assets: int, loans: int, lines: int) -> dict[str, int]:
    """The first row of everything a book holds, by name, and `rows`, their number."""
    sizes = {
        **dict.fromkeys(_ONE, 1),
        "first": len(EVENTS),
        **dict.fromkeys(_ASSET_ROWS, assets),
        **dict.fromkeys(_LOAN_ROWS, loans),
        **dict.fromkeys(_LINE_ROWS, lines),
        "paid": 2 * len(SOURCES),
        "used": len(USES),
        "sold": loans + 1,
        **dict.fromkeys(_WORK, 1),
    }
    places, row = {}, 0
    for name, size in sizes.items():
        places[name] = row
        row += size
    return {**places, "rows": row}


_CODES = {float: np.float64, int: np.int64, bool: np.bool_}


def dtype_of(terms: type) -> np.dtype[np.void]:
    """The aligned record of a class of terms: plain memory behind one pointer when compiled."""
    return np.dtype([(name, _CODES[kind]) for name, kind in get_type_hints(terms).items()], align=True)


TERMS, ASSET, LOAN, LINE, DATED = map(dtype_of, (Terms, AssetTerms, LoanTerms, LineTerms, Dated))


def packed(names: Sequence[str], known: Sequence[str]) -> int:
    """An order as one number: three bits a name, the first name lowest."""
    return sum(known.index(name) << 3 * place for place, name in enumerate(names))


def filled(dtype: np.dtype[np.void], rows: Sequence[Mapping[str, Any]]) -> npt.NDArray[np.void]:
    """Records from mappings by name; what a mapping leaves out is 0."""
    table = np.zeros(len(rows), dtype=dtype)
    for record, values in zip(table, rows, strict=True):
        for name, value in values.items():
            record[name] = value
    return table
