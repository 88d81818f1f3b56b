"""The first paths by the interpreter: what is known before the simulation is compiled.

The functions of the compiled loop as they are written, on a block of lists: path for path what the machine code
answers, some hundred times slower.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from alm.fire.draw import WITHIN, draw_year, empty_draws, start_path
from alm.fire.horizon import last_survivor
from alm.fire.kernel import length_of_life
from alm.fire.parameters import informed
from alm.fire.plan import Plan
from alm.fire.result import standard_error
from alm.fire.returns import as_series, market_rules, series_of
from alm.fire.terms import as_plain, dated_rows, house, interpreted, plain_book
from alm.step.block import RUIN
from alm.step.books import net_worth, open_books
from alm.step.market import Market
from alm.step.step import begin_year, take_step

TOGETHER = 32
"""Paths drawn at a time."""


@dataclass(frozen=True, slots=True)
class PreliminaryEstimate:
    """The share of the first paths that succeed, and its standard error."""

    success_probability: float
    standard_error: float
    paths: int


def preliminary(plan: Plan, paths: int) -> Iterator[PreliminaryEstimate]:
    """The answer after each few paths more, up to `paths` of them."""
    succeeded, done = 0, 0
    for outcome in outcomes(plan, paths):
        succeeded, done = succeeded + sum(outcome), done + len(outcome)
        share = succeeded / done
        yield PreliminaryEstimate(share, standard_error(share, done), done)


def outcomes(plan: Plan, paths: int) -> Iterator[list[bool]]:
    """Whether the first `paths` paths succeed, in their order and a few at a time."""
    for begin in range(0, paths, TOGETHER):
        with np.errstate(over="ignore"):  # the random numbers are what overflows
            outcome = _succeeded(plan, range(begin, min(begin + TOGETHER, paths)))
        yield outcome


def _succeeded(plan: Plan, numbers: range) -> list[bool]:
    """Whether some paths pay for everything in every step of their lives and own more than they owe at the end."""
    plan = informed(plan)
    rules, series, n = market_rules(plan), series_of(plan), len(numbers)
    terms = interpreted(house(plan, [series.index(as_series(asset)) for asset in plan.assets], rules.covariance))
    draws, row = empty_draws(rules, n), terms.terms
    book, one = plain_book(row, n), plain_book(row, 1)
    for p, number in enumerate(numbers):
        start_path(rules, np.uint64(plan.seed), np.uint64(number), p, draws)
    survival = last_survivor(plan.lives, plan.steps, plan.steps_per_year)
    lives = [length_of_life(draws, p, survival) for p in range(n)]
    open_books(terms, book, n)
    worth, debt = [0.0] * n, row.debt_today
    for step, dated in enumerate(map(as_plain, dated_rows(plan)[: max(lives)])):
        now = step % row.steps_per_year
        if now == 0:
            draw_year(rules, step, n, draws)
            growth, prices, shocks, ratio = (part.tolist() for part in draws[:4])
            market = Market(growth, prices, shocks, ratio, draws.streams[WITHIN, 0])
            begin_year(terms, book, debt, step, n)
        take_step(terms, book, one, dated, market, now, step, n)
        net_worth(terms, book, worth, n)
        debt = dated.debt
        for p in range(n):
            if lives[p] == step + 1 and worth[p] <= debt:
                book[row.first + RUIN][p] = max(book[row.first + RUIN][p], step)
                book[row.done][p] = 1.0
            elif lives[p] == step + 1:
                lives[p] = -1 if book[row.done][p] == 0.0 else step + 1
                book[row.done][p] = 1.0
    return [life == -1 for life in lives]
