"""What happens between two looks: the lowest point of the collateral inside a step.

Lenders look once a day and a step is a month; looking only at month ends misses about two calls in five. Given the log
growth x of what is pledged over a step with deviation s, its lowest point is (x − √(x² − 2 s² ln u)) / 2 for a uniform
u, exactly, for a lognormal asset (the minimum of a Brownian bridge; Glasserman 2004, section 6.4). When that crosses
what the lender watches, the step is cut there: what is pledged falls to it, lenders look and act, and it goes on to
the step's end.
"""

from __future__ import annotations

import math

import numpy as np

from alm.step.block import MONEY_TOLERANCE, Book, House
from alm.step.books import assets_of, fill, gather, lending, lending_value, market, owed, scatter
from alm.step.margin import NEARLY, margin_check
from alm.step.market import Market
from alm.step.random import uniform_at
from alm.step.series import exponential, logarithm

LEAST = 1e-300
"""Far below any amount of money: what is worth nothing divides without an error, and changes nothing else."""


def barrier_checks(house: House, book: Book, one: Book, drawn: Market, now: int, step: int, n: int) -> None:
    """The lenders' look at the lowest moment of a step whose growth is drawn and not yet booked.

    Only paths on which that moment can reach what the lender watches are looked at one by one.
    """
    row = house.terms
    needs_look, done, key, ratio = book[row.needs_look], book[row.done], drawn.keys, drawn.variance_ratio[now]
    for i in range(row.loan_count):
        lending_value(house, book, i, n)
        ends(house, book, drawn.growth[now], i, n)
        pledged, ended, stdev, counted = book[row.market], book[row.ended], book[row.deviation], book[row.lending]
        balance, accrued, watched = book[row.balance + i], book[row.accrued + i], book[row.watched + i]
        for p in range(n):
            debt, u = balance[p] + accrued[p], uniform_at(key[p], np.uint64(step))
            lower = watched[p] * counted[p] * NEARLY * min(pledged[p], ended[p]) / max(pledged[p], LEAST)
            gap, sharp = max(0.0, 1.0 - debt / max(lower, LEAST)), precision(pledged[p], stdev[p], ratio[p])
            owing = 0.0 if debt <= MONEY_TOLERANCE else 1.0 - done[p]
            needs_look[p] = 0.0 if out_of_reach(gap, sharp, u) else owing
        for p in range(n):
            if needs_look[p] > 0.0:
                gather(house, book, p, one)
                barrier_check(house, one, drawn.growth[now], ratio[p], key[p], i, step, p)
                scatter(house, one, book, p)


def ends(house: House, book: Book, growth: Book, loan: int, n: int) -> None:
    """Of what is pledged, in market value: before the step (`market`), after it (`ended`), and times the usual
    deviation of each asset (`deviation`)."""
    row, (begin, end) = house.terms, assets_of(house, loan)
    whole, ended, widest = book[row.market], book[row.ended], book[row.deviation]
    fill(whole, 0.0, n)
    fill(ended, 0.0, n)
    fill(widest, 0.0, n)
    for k in range(begin, end):
        value, grown, deviation = book[row.value + k], growth[house.assets[k].series], house.assets[k].deviation
        for p in range(n):
            whole[p] += value[p]
            ended[p] += value[p] * grown[p]
            widest[p] += value[p] * deviation


def precision(market: float, max_stdev: float, variance_ratio: float) -> float:
    """At most 1 / variance of the log growth of the whole: its deviation is no more than its parts', weighted."""
    root = market / (max_stdev + 1e-100 * market + LEAST)
    return root * root * variance_ratio


def out_of_reach(gap: float, precision: float, u: float) -> bool:
    """Whether the uniform u cannot mean a crossing, told without a logarithm. `precision` is 1 / s².

    A bridge whose ends both stay at least `gap` above the barrier, in logs, crosses when u ≤ exp(−2 b (b − x) / s²),
    which is at most exp(−y) with y = 2 gap² / s²; and exp(y) exceeds its Taylor polynomial.
    """
    y = 2.0 * gap * gap * precision
    return u * (1.0 + y * (1.0 + y * (0.5 + y * (1.0 / 6.0 + y * (1.0 / 24.0 + y / 120.0))))) > 1.0 + 1e-9


def barrier_check(
    house: House, one: Book, growth: Book, variance_ratio: float, key: np.uint64, i: int, step: int, p: int
) -> None:
    """Draw the lowest point of one loan's collateral; when it crosses what is watched, the lenders look there.

    `p` is the path's column of the market's growth.
    """
    row = house.terms
    end, deviation = pledged_growth(house, one, growth, i, p)
    lowest = lowest_point(end, deviation / math.sqrt(variance_ratio), uniform_at(key, np.uint64(step)))
    room = one[row.watched + i][0] * lending(house, one, i) * NEARLY
    if lowest < min(0.0, end) and exponential(lowest) * room <= owed(house, one, i):
        scale(house, one, i, exponential(lowest))
        margin_check(house, one, step, row.days / 2.0)
        scale(house, one, i, exponential(-lowest))


def pledged_growth(house: House, one: Book, growth: Book, loan: int, p: int) -> tuple[float, float]:
    """(log growth of what is pledged over the step, its usual deviation) on one path."""
    row, (begin, end) = house.terms, assets_of(house, loan)
    whole = market(house, one, loan)
    if whole <= 0.0:
        return 0.0, 0.0
    grown, variance = 0.0, 0.0
    for k in range(begin, end):
        share, series = one[row.value + k][0] / whole, house.assets[k].series
        grown += share * growth[series][p]
        for other in range(begin, end):
            weight = share * one[row.value + other][0] / whole
            variance += weight * house.covariance[series][house.assets[other].series]
    return logarithm(grown), math.sqrt(max(0.0, variance))


def lowest_point(end: float, deviation: float, u: float) -> float:
    """Sample the minimum of a Brownian bridge from 0 to `end` (≤ min(0, end))."""
    return 0.5 * (end - math.sqrt(end * end - 2.0 * deviation * deviation * logarithm(u)))


def scale(house: House, one: Book, loan: int, factor: float) -> None:
    """Everything pledged to a loan, times a factor."""
    begin, end = assets_of(house, loan)
    for k in range(begin, end):
        one[house.terms.value + k][0] *= factor
