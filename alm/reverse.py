"""Reverse stress test: from the outcome back to the smallest joint shock that forces a sale.

Forced means: after the shock, cash and committed lines cannot keep every loan at or under its forced threshold. Shocks
are a fall e of every price, a strength f of the base currency, a rise r of floating rates (its extra interest of one
year is paid from the sources, or added to the debts when they run dry), and a cut h of every advance rate.

"Smallest" needs a common unit. Each shock is divided by the size that a bad year brings (`Units`, an assumption), and
the joint shock nearest to today in that space is the answer: min (e/eᵤ)² + (f/fᵤ)² + (r/rᵤ)² + (h/hᵤ)² on the frontier
(1 − e)(1 − h) = m*(f, r), where m* is the share of all values that must be left, in closed form.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from alm.balance_sheet import BalanceSheet, Holding
from alm.history import History
from alm.lenders import LenderProfile
from alm.margin import largest_fall, liquid_cash, positions, resources
from alm.settings import Settings

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

MAX_RATE_BP = 5_000.0
MOST = 0.999


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


@dataclass(frozen=True, slots=True)
class _Exposure:
    """Everything the frontier depends on: amounts in the base currency, and the same amounts in foreign ones."""

    owed: tuple[tuple[float, float], ...]
    limits: tuple[tuple[float, float], ...]
    cash: tuple[float, float]
    kept_back: float
    line: float
    floating: float

    def kept(self, strength: float, rate_bp: float) -> float:
        """m*: the share of all pledged values that must be left. 0: even nothing suffices; above 1: forced already."""

        def after(pair: tuple[float, float]) -> float:
            return pair[0] + pair[1] * (1 - strength)

        money = max(after(self.cash) - self.kept_back, 0.0) + self.line - self.floating * rate_bp / 10_000
        owed = [after(pair) for pair in self.owed]
        unpaid = max(-money, 0.0) / sum(owed) if money < 0 and sum(owed) > 0 else 0.0
        loans = zip((x * (1 + unpaid) for x in owed), map(after, self.limits), strict=True)
        return 1 - largest_fall(loans, max(money, 0.0))


def _exposure(sheet: BalanceSheet, profiles: Mapping[str, LenderProfile], settings: Settings) -> _Exposure:
    def split(amount: float, currency: str) -> tuple[float, float]:
        return (amount, 0.0) if currency == sheet.base_currency else (0.0, amount)

    loans = positions(sheet, profiles, settings)
    pledged = [sheet.pledged_to(p.loan) for p in loans]
    # the threshold on market value is T·Σ(v·a)/Σv: each holding carries its own share T₀·v·a of the limit
    limits = [
        _sums([split(_carried(h, held, p.levels.forced), h.currency) for h in held])
        for p, held in zip(loans, pledged, strict=True)
    ]
    cash = [split(c.value, c.currency) for c in sheet.cash_balances if not c.account.locked]
    return _Exposure(
        tuple(split(loan.owed, loan.currency) for loan in sheet.secured_loans),
        tuple(limits),
        _sums(cash) if liquid_cash(sheet) > 0 else (0.0, 0.0),
        settings.living_reserve_months * sheet.spending_monthly(essential_only=True),
        resources(sheet, settings).credit_line,
        sum(loan.balance for loan in sheet.secured_loans) + sum(line.drawn for line in sheet.credit_lines),
    )


def _carried(h: Holding, held: Sequence[Holding], forced: float) -> float:
    lent, value = sum(x.lending_value for x in held), sum(x.value for x in held)
    return forced * value * h.lending_value / lent if lent > 0 else 0.0


def _sums(pairs: Sequence[tuple[float, float]]) -> tuple[float, float]:
    return sum(p[0] for p in pairs), sum(p[1] for p in pairs)


def reverse_stress(
    sheet: BalanceSheet,
    profiles: Mapping[str, LenderProfile],
    settings: Settings,
    history: History,
    units: Units | None = None,
) -> ReverseStress:
    """The smallest joint shock, each shock alone, the frontier, and how often `history` (annual stocks) was worse."""
    sheet.require_complete()
    exposure, scale = _exposure(sheet, profiles, settings), units or Units()
    alone = _alone(exposure)
    return ReverseStress(
        smallest(exposure, alone, scale),
        alone,
        scale,
        tuple((f / 100, _fall(exposure, f / 100, 0.0)) for f in range(0, 61, 2)),
        tuple(worse_windows(history, alone.equity_fall, years) for years in (1, 2, 3)),
    )


def _fall(exposure: _Exposure, strength: float, rate_bp: float) -> float:
    """The fall of prices that forces a sale: 0 when it is forced already, 1 when no fall does."""
    return min(max(1 - exposure.kept(strength, rate_bp), 0.0), 1.0)


def _alone(exposure: _Exposure) -> Alone:
    fall = _fall(exposure, 0.0, 0.0)
    size = fall if fall < 1 else None
    return Alone(
        size,
        _root(lambda f: exposure.kept(f, 0.0) - 1, MOST),
        _root(lambda r: exposure.kept(0.0, r) - 1, MAX_RATE_BP),
        size,
    )


def _root(gap: Callable[[float], float], most: float) -> float | None:
    """The smallest size in [0, most] at which the increasing `gap` reaches 0; None when it never does."""
    from scipy.optimize import brentq

    if gap(0.0) >= 0:
        return 0.0
    return None if gap(most) < 0 else float(brentq(gap, 0.0, most, xtol=1e-12))


Point = tuple[float, float, float, float]


def smallest(exposure: _Exposure, alone: Alone, units: Units) -> JointShock | None:
    """The nearest point of the frontier: constrained minimisation from several starts, each put exactly on it."""
    scale = (units.equity_fall, units.base_strength, units.rate_bp, units.advance_rate_cut)
    most = tuple(cap / unit for cap, unit in zip((MOST, MOST, MAX_RATE_BP, MOST), scale, strict=True))

    def forced_by(x: Sequence[float]) -> float:
        e, f, r, h = (a * unit for a, unit in zip(x, scale, strict=True))
        return exposure.kept(f, r) - (1 - e) * (1 - h)

    def onto_frontier(direction: Sequence[float]) -> Point | None:
        size = math.sqrt(sum(d * d for d in direction))
        reach = min((cap / d for cap, d in zip(most, direction, strict=True) if d > 0), default=0.0)
        found = _root(lambda t: forced_by([t * d for d in direction]), reach) if size > 0 else None
        return None if found is None else _point(found * d for d in direction)

    starts = [p for d in _directions(alone) if (p := onto_frontier(d)) is not None]
    if any(sum(p) == 0 for p in starts):
        return JointShock(0.0, 0.0, 0.0, 0.0, 0.0)
    polished = [_slide(start, forced_by, most) for start in starts]
    ends = [p for x in polished if (p := onto_frontier([max(a, 0.0) for a in x])) is not None]
    best = min([*starts, *ends], key=lambda p: sum(a * a for a in p), default=None)
    return None if best is None else _joint(best, scale)


def _slide(start: Point, forced_by: Callable[[Sequence[float]], float], most: Sequence[float]) -> list[float]:
    """From a point of the frontier along it, towards the origin, until nothing nearer is found."""
    from scipy.optimize import NonlinearConstraint, minimize

    def squared(x: Vector) -> float:
        return float(x @ x)

    def gradient(x: Vector) -> Vector:
        return 2.0 * x

    def over(x: Vector) -> tuple[float]:
        return (forced_by([float(a) for a in x]),)

    found = minimize(
        squared,
        np.array(start),
        jac=gradient,
        bounds=[(0.0, cap) for cap in most],
        constraints=NonlinearConstraint(over, 0.0, math.inf),
        method="SLSQP",
    )
    return [float(a) for a in found.x]


def _point(values: Iterable[float]) -> Point:
    e, f, r, h = values
    return e, f, r, h


def _joint(best: Point, scale: Sequence[float]) -> JointShock:
    e, f, r, h = (a * unit for a, unit in zip(best, scale, strict=True))
    return JointShock(e, f, r, h, math.sqrt(sum(a * a for a in best)))


def _directions(alone: Alone) -> list[Point]:
    """Each axis that can force a sale alone, all together, and prices with currency."""
    axes = [(1.0, 0.0, 0.0, 0.0), (0.0, 1.0, 0.0, 0.0), (0.0, 0.0, 1.0, 0.0), (0.0, 0.0, 0.0, 1.0)]
    sizes = (alone.equity_fall, alone.base_strength, alone.rate_bp, alone.advance_rate_cut)
    able = [axis for axis, size in zip(axes, sizes, strict=True) if size is not None]
    return [*able, (1.0, 0.5, 0.25, 0.5), (1.0, 1.0, 0.0, 0.0)]


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
