"""Spending rules: what a household allows itself this year. Plain functions of numbers that also compile with numba.

Amounts are nominal and per year; `wealth` is assets less debts. A rule is asked once at the start of each year.
"""

from __future__ import annotations

from typing import NamedTuple

from alm.step.series import exponential, logarithm

CONSTANT, PERCENT, GUYTON_KLINGER, VPW, FLOOR_CEILING, ONLY_DIVIDENDS = range(6)
RULES = ("constant", "percent", "guyton_klinger", "vpw", "floor_ceiling", "dividends")

GUARDRAIL = 0.2
ADJUSTMENT = 0.1


class SpendingRules(NamedTuple):
    """One rule with its figures; those a rule does not read are 0."""

    rule: int
    amount_pa: float
    """Spending of the first year, in today's money."""
    rate: float
    """Share of wealth, for `percent` and `floor_ceiling`."""
    floor_pa: float
    """Today's money: less than this is a failure for every rule, and `floor_ceiling` never goes below it."""
    ceiling_pa: float
    """Today's money; `floor_ceiling` only."""
    real_return_pa: float
    """Expected real return of the mix, for `vpw`."""
    years: float
    """Years to spend over, from today, for `vpw`."""
    forgo_raise_after_loss: bool
    """Guyton and Klinger's modified withdrawal rule: no inflation raise after a losing year if the rate is above its
    initial value."""


def first_year(rules: SpendingRules, wealth: float) -> float:
    """Spending of year 0."""
    if rules.rule == CONSTANT or rules.rule == GUYTON_KLINGER:
        return rules.amount_pa
    return _from_wealth(rules, wealth, 1.0, 0)


def next_year(
    rules: SpendingRules, previous: float, initial_rate: float, inflation: float, prices: float, wealth: float,
    last_wealth: float, year: int,
) -> float:  # fmt: skip
    """Spending of `year` ≥ 1.

    `inflation` is that of the year just past, `prices` the price level since the start, `initial_rate` the first
    year's spending / wealth, `last_wealth` the wealth at the start of the year just past.
    """
    if rules.rule == CONSTANT:
        return rules.amount_pa * prices
    if rules.rule == GUYTON_KLINGER:
        forgone = rules.forgo_raise_after_loss and wealth < last_wealth
        return guyton_klinger(previous, initial_rate, inflation, wealth, forgone)
    return _from_wealth(rules, wealth, prices, year)


def guyton_klinger(previous: float, initial_rate: float, inflation: float, wealth: float, forgone: bool) -> float:
    """Guyton and Klinger (2006): raise last year's spending by inflation, then cut it by 10 % when last year's
    spending is above 1.2 times the initial rate of today's wealth, or raise it by 10 % when below 0.8 times.

    40,000 of 1,000,000: at 800,000 after 10 % inflation 39,600; at 1,300,000 after 5 % 46,200.
    """
    rate = previous / wealth if wealth > 0.0 else float("inf")
    spending = previous if forgone and rate > initial_rate else previous * (1.0 + inflation)
    if rate > initial_rate * (1.0 + GUARDRAIL):
        return spending * (1.0 - ADJUSTMENT)
    if rate < initial_rate * (1.0 - GUARDRAIL):
        return spending * (1.0 + ADJUSTMENT)
    return spending


def vpw_rate(real_return_pa: float, years_left: float) -> float:
    """Variable percentage withdrawal: the payment, at the start of each year, that uses up 1 in `years_left` years.

    r / (1 − (1 + r)^−n) / (1 + r); 1 / n without return. 3.76 % over 35 years: 5.0 %.
    """
    if years_left <= 1.0:
        return 1.0
    if abs(real_return_pa) < 1e-12:
        return 1.0 / years_left
    annuity: float = (1.0 - exponential(-years_left * logarithm(1.0 + real_return_pa))) / real_return_pa
    return 1.0 / (annuity * (1.0 + real_return_pa))


def _from_wealth(rules: SpendingRules, wealth: float, prices: float, year: int) -> float:
    wealth = max(0.0, wealth)
    if rules.rule == PERCENT:
        return rules.rate * wealth
    if rules.rule == VPW:
        return vpw_rate(rules.real_return_pa, rules.years - year) * wealth
    if rules.rule == FLOOR_CEILING:
        return min(max(rules.rate * wealth, rules.floor_pa * prices), rules.ceiling_pa * prices)
    return 0.0
