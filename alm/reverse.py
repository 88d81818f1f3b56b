"""Reverse stress test: from the outcome back to the smallest joint shock that ends in a sale.

Shocks are a fall e of every price, a strength f of the base currency, a rise r of floating rates (its extra interest of
one year is paid from cash and lines, or added to the debts when they run dry), and a cut h of every advance rate. Each
is done to the paths of a block after today's look; then the lenders look once, and the step says whether anything is
sold.

"Smallest" needs a common unit. Each shock is divided by the size that a bad year brings (`Units`, an assumption), and
the joint shock nearest to today in that space is the answer. It is found along rays: of the directions compared, the
one that ends in a sale at the least distance; then of directions ever closer to it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from random import Random

from alm.balance_sheet import BalanceSheet
from alm.engines.household_block import AT_ONCE, HouseholdBlock, household_block
from alm.engines.survivable import nothing_sold
from alm.history import History
from alm.lenders import LenderProfile
from alm.settings import Settings
from alm.step.block import LENDER
from alm.step.waterfall import raise_money

MAX_RATE_BP = 5_000.0
MOST = 0.999
AROUND = 32
"""Directions tried around the best one at each width, and steps along a ray in one block."""
NARROWEST = 1e-5


@dataclass(frozen=True, slots=True)
class Units:
    """What a bad year brings of each shock (assumption): about one standard deviation of shares and of USD/JPY, one
    point of rate, and a lender taking a tenth off its advance rates."""

    equity_fall: float = 0.20
    base_strength: float = 0.10
    rate_bp: float = 100.0
    advance_rate_cut: float = 0.10


@dataclass(frozen=True, slots=True)
class JointShock:
    """`distance` in bad years: 1 is one unit of one shock alone."""

    equity_fall: float
    base_strength: float
    rate_bp: float
    advance_rate_cut: float
    distance: float


@dataclass(frozen=True, slots=True)
class Alone:
    """The size at which each shock alone forces a sale; None: at no size does it."""

    equity_fall: float | None
    base_strength: float | None
    rate_bp: float | None
    advance_rate_cut: float | None


@dataclass(frozen=True, slots=True)
class Windows:
    """Runs of whole years in a history of total returns: how many fell by `fall` or more, and the worst of them."""

    years: int
    windows: int
    worse: int
    share: float
    worst_fall: float
    worst_from: str


@dataclass(frozen=True, slots=True)
class ReverseStress:
    """`smallest` is None when nothing forces a sale; its distance is 0 when a sale is forced already.

    `frontier` holds (strength of the base currency, fall of prices that then forces a sale).
    """

    smallest: JointShock | None
    alone: Alone
    units: Units
    frontier: tuple[tuple[float, float], ...]
    history: tuple[Windows, ...]


Shock = tuple[float, float, float, float]
"""e, f, r in basis points, h."""
LARGEST: Shock = (MOST, MOST, MAX_RATE_BP, MOST)


@dataclass(frozen=True, slots=True, eq=False)
class _Shocked:
    """Today's household after today's look, in one path, and what a stronger base currency moves."""

    block: HouseholdBlock
    foreign_assets: tuple[bool, ...]
    foreign_loans: tuple[bool, ...]
    foreign_cash: float
    """The share of cash that is in foreign currencies."""
    sound: bool
    """Whether today's look sells nothing."""

    def sells(self, shocks: Sequence[Shock]) -> list[bool]:
        """Whether each joint shock ends in a sale."""
        if not self.sound:
            return [True] * len(shocks)
        block = self.block.repeated(len(shocks))
        self._reprice(block, shocks)
        for p, (_, _, rate_bp, _) in enumerate(shocks):
            if rate_bp > 0.0:
                _pay_interest(block, rate_bp / 10_000, p)
        block.row("counted")[:] = [1.0 - cut for _, _, _, cut in shocks]
        block.fall([0.0] * len(shocks), AT_ONCE)
        return [not held for held in nothing_sold(block)]

    def _reprice(self, block: HouseholdBlock, shocks: Sequence[Shock]) -> None:
        prices = [1.0 - fall for fall, _, _, _ in shocks]
        rates = [1.0 - strength for _, strength, _, _ in shocks]
        for k, abroad in enumerate(self.foreign_assets):
            _scale(block.row("value", k), [a * b for a, b in zip(prices, rates, strict=True)] if abroad else prices)
        for i, abroad in enumerate(self.foreign_loans):
            if abroad:
                _scale(block.row("balance", i), rates)
                _scale(block.row("accrued", i), rates)
        _scale(block.row("cash"), [1.0 - self.foreign_cash * (1.0 - rate) for rate in rates])


def _scale(row: list[float], by: Sequence[float]) -> None:
    row[:] = [value * factor for value, factor in zip(row, by, strict=True)]


def _pay_interest(block: HouseholdBlock, rate: float, p: int) -> None:
    """A year of interest on floating debts, on one path: from cash above the reserve and lines, else added to debts."""
    terms, one = block.terms, block.one
    for r, values in enumerate(block.book):
        one[r][0] = values[p]
    balances = [terms.terms.balance + i for i in range(terms.terms.loan_count)]
    drawn = [terms.terms.drawn + j for j in range(terms.terms.line_count)]
    one[terms.terms.need][0] = rate * sum(one[row][0] for row in (*balances, *drawn))
    raise_money(terms, one, terms.terms.liquid, True, LENDER, 0, 1)
    owed, unpaid = sum(one[row][0] for row in balances), one[terms.terms.need][0]
    for row in balances:
        one[row][0] *= 1.0 + unpaid / owed if owed > 0.0 else 1.0
    for r, values in enumerate(block.book):
        values[p] = one[r][0]


def _shocked(sheet: BalanceSheet, profiles: Mapping[str, LenderProfile], settings: Settings) -> _Shocked:
    block = household_block(sheet, profiles, settings, 1)
    block.fall([0.0], AT_ONCE)
    abroad = sum(c.value for c in sheet.cash_balances if not c.account.locked and c.currency != sheet.base_currency)
    return _Shocked(
        block,
        tuple(any(h.currency != sheet.base_currency for h in group) for group in block.holdings),
        tuple(loan.currency != sheet.base_currency for loan in sheet.secured_loans),
        abroad / sheet.liquid if sheet.liquid > 0 else 0.0,
        nothing_sold(block)[0],
    )


def reverse_stress(
    sheet: BalanceSheet,
    profiles: Mapping[str, LenderProfile],
    settings: Settings,
    history: History,
    units: Units | None = None,
) -> ReverseStress:
    """The smallest joint shock, each shock alone, the frontier, and how often `history` (annual stocks) was worse."""
    sheet.require_complete()
    household, scale = _shocked(sheet, profiles, settings), units or Units()
    alone = _alone(household)
    return ReverseStress(
        smallest(household, scale),
        alone,
        scale,
        _frontier(household, [n / 50 for n in range(31)]),
        tuple(worse_windows(history, alone.equity_fall, years) for years in (1, 2, 3)),
    )


def _alone(household: _Shocked) -> Alone:
    nothing = (0.0, 0.0, 0.0, 0.0)
    axes = [tuple(most if n == axis else 0.0 for n, most in enumerate(LARGEST)) for axis in range(4)]
    shares = _first(household, [nothing] * 4, axes)
    return Alone(*(None if s is None else s * most for s, most in zip(shares, LARGEST, strict=True)))


def _frontier(household: _Shocked, strengths: Sequence[float]) -> tuple[tuple[float, float], ...]:
    """The fall of prices that ends in a sale at each strength: 1 when none does."""
    found = _first(household, [(0.0, f, 0.0, 0.0) for f in strengths], [(1.0, f, 0.0, 0.0) for f in strengths])
    return tuple((f, 1.0 if size is None else size) for f, size in zip(strengths, found, strict=True))


def _first(
    household: _Shocked, starts: Sequence[Sequence[float]], ends: Sequence[Sequence[float]]
) -> list[float | None]:
    """How far along each way from start to end the first sale comes, to 1e-9 of the way; None: nowhere."""
    ways = list(zip(starts, ends, strict=True))
    marks = [n / AROUND for n in range(AROUND + 1)]
    sold = household.sells([_between(way, mark) for way in ways for mark in marks])
    firsts = [next((n for n in range(len(marks)) if sold[w * len(marks) + n]), None) for w in range(len(ways))]
    found: list[float | None] = [None if n is None else marks[n] for n in firsts]
    open_ = {w: (marks[n - 1], marks[n]) for w, n in enumerate(firsts) if n}
    for _ in range(25):
        middles = {w: (low + high) / 2 for w, (low, high) in open_.items()}
        sold = household.sells([_between(ways[w], middle) for w, middle in middles.items()])
        for (w, middle), sells in zip(middles.items(), sold, strict=True):
            open_[w] = (open_[w][0], middle) if sells else (middle, open_[w][1])
    for w, (_, high) in open_.items():
        found[w] = high
    return found


def _between(way: tuple[Sequence[float], Sequence[float]], share: float) -> Shock:
    e, f, r, h = (a + (b - a) * share for a, b in zip(*way, strict=True))
    return e, f, r, h


# --- The nearest point -----------------------------------------------------------------------------------------------

Direction = tuple[float, float, float, float]
"""Of length 1, in bad years."""


def smallest(household: _Shocked, units: Units) -> JointShock | None:
    """The nearest joint shock that ends in a sale; None where no direction has one."""
    if household.sells([(0.0, 0.0, 0.0, 0.0)])[0]:
        return JointShock(0.0, 0.0, 0.0, 0.0, 0.0)
    scale = (units.equity_fall, units.base_strength, units.rate_bp, units.advance_rate_cut)
    rays = [_unit(steps) for steps in product((0.0, 1.0, 2.0), repeat=4) if any(steps)]
    rays = list(dict.fromkeys(rays))
    ends = [_shock(ray, _reach(ray, scale), scale) for ray in rays]
    shares = _first(household, [(0.0, 0.0, 0.0, 0.0)] * len(rays), ends)
    found = [(share * _reach(ray, scale), ray) for ray, share in zip(rays, shares, strict=True) if share is not None]
    if not found:
        return None
    distance, ray = _closest(household, scale, *min(found))
    return JointShock(*_shock(ray, distance, scale), distance)


def _closest(household: _Shocked, scale: Sequence[float], distance: float, ray: Direction) -> tuple[float, Direction]:
    """From the best ray to ever closer ones, until none around it is nearer."""
    random, width = Random(0), 0.5  # noqa: S311  # directions to try, the same every time
    while width > NARROWEST:
        near = list(_around(ray, width, random))
        left = [one for one in near if distance <= _reach(one, scale)]
        sold = household.sells([_shock(one, distance * (1.0 - 1e-9), scale) for one in left])
        left = [one for one, sells in zip(left, sold, strict=True) if sells]
        if left:
            distance, ray = _nearest_of(household, scale, left, distance * (1.0 - width), distance * (1.0 - 1e-9))
        else:
            width /= 2
    return distance, ray


def _nearest_of(
    household: _Shocked, scale: Sequence[float], rays: Sequence[Direction], low: float, high: float
) -> tuple[float, Direction]:
    """Of rays that all sell at `high`, the one that sells nearest, and where."""
    for _ in range(30):
        middle = (low + high) / 2
        sold = household.sells([_shock(one, middle, scale) for one in rays])
        if any(sold):
            high, rays = middle, [one for one, sells in zip(rays, sold, strict=True) if sells]
        else:
            low = middle
    return high, rays[0]


def _around(ray: Direction, width: float, random: Random) -> Iterator[Direction]:
    for _ in range(AROUND):
        moved = [max(0.0, part + width * random.gauss(0.0, 1.0)) for part in ray]
        if any(moved):
            yield _unit(moved)


def _unit(parts: Sequence[float]) -> Direction:
    size = math.sqrt(sum(part * part for part in parts))
    a, b, c, d = (part / size for part in parts)
    return a, b, c, d


def _reach(ray: Direction, scale: Sequence[float]) -> float:
    """How far a ray goes before one of its shocks is as large as any."""
    return min(most / (part * unit) for most, part, unit in zip(LARGEST, ray, scale, strict=True) if part > 0.0)


def _shock(ray: Direction, distance: float, scale: Sequence[float]) -> Shock:
    e, f, r, h = (distance * part * unit for part, unit in zip(ray, scale, strict=True))
    return e, f, r, h


def worse_windows(history: History, size: float | None, years: int) -> Windows:
    """Overlapping runs of `years` years of the stock column: total returns, so prices fell by a little more."""
    rows = years * history.per_year
    growth = [float(g) for g in 1 + history.column("stocks")]
    falls = [1 - math.prod(growth[start : start + rows]) for start in range(len(growth) - rows + 1)]
    if not falls:
        return Windows(years, 0, 0, 0.0, 0.0, "")
    worst = max(range(len(falls)), key=falls.__getitem__)
    worse = 0 if size is None else sum(f >= size for f in falls)
    return Windows(years, len(falls), worse, worse / len(falls), falls[worst], history.label(worst))
