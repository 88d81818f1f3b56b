"""Path loop: draw a year of returns, take its steps, keep year ends and events."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from alm.fire.draw import LIFE, Draws, MarketRules, draw_year, market_of, start_path
from alm.fire.draw import move_path as move_draws
from alm.step.block import END, RUIN, Book, Dated, Floats, House
from alm.step.books import move_path, net_worth, open_books
from alm.step.random import gather, uniform
from alm.step.step import begin_year, take_step

RECORD = ("assets", "cash", "loans", "lines", "net_worth", "prices", "spending", "income", "dividends", "ltv")
"""Columns of a recorded step."""


def run_block(
    house: House, book: Book, one: Book, dated: npt.NDArray[np.void], rules: MarketRules, draws: Draws,
    survival: Floats, seed: np.uint64, worth: npt.NDArray[np.float32], first: npt.NDArray[np.int32], record: Floats,
    numbers: npt.NDArray[np.int64], begin: int, stop: int,
) -> None:  # fmt: skip
    """Simulate the paths `numbers[begin:stop]` into `worth` (years + 1, paths) and `first` (paths, events), each in its
    place among the numbers: which paths are asked for changes none of them.

    `book`, `one` (a block of one) and `draws` are the work space of one thread. `survival` (T,) is the chance that
    somebody is alive at the end of each step; `record` is (T, columns) to keep every step of the one path of a block,
    or (0, columns). `worth` is real net worth at year ends, 0 once ruined, NaN after the last death.
    """
    row, width = house.terms, draws.dividends.size
    for start in range(begin, stop, width):
        count = min(width, stop - start)
        for p in range(count):
            start_path(rules, seed, np.uint64(numbers[start + p]), p, draws)
        open_books(house, book, count)
        for p in range(count):
            book[row.path][p] = start + p
            book[row.life][p] = length_of_life(draws, p, survival)
        prepare(house, book, worth, count)
        live(house, book, one, dated, rules, draws, worth, first, record, count)


def length_of_life(draws: Draws, p: int, survival: Floats) -> int:
    """Steps until the last death, that step included, at most the horizon."""
    if survival[survival.size - 1] >= 1.0:
        return survival.size
    gather(draws.streams[LIFE], p, draws.alone)
    drawn = uniform(draws.alone)
    life = 1
    while life < survival.size and survival[life - 1] > drawn:
        life += 1
    return life


def prepare(house: House, book: Book, worth: npt.NDArray[np.float32], count: int) -> None:
    """0 for the years lived (ruined until simulated), NaN for those after the last death."""
    row = house.terms
    for year in range(worth.shape[0]):
        for p in range(count):
            lived = year * row.steps_per_year <= book[row.life][p]
            worth[year, int(book[row.path][p])] = row.wealth if year == 0 else 0.0 if lived else np.nan


def live(
    house: House, book: Book, one: Book, dated: npt.NDArray[np.void], rules: MarketRules, draws: Draws,
    worth: npt.NDArray[np.float32], first: npt.NDArray[np.int32], record: Floats, count: int,
) -> None:  # fmt: skip
    """All paths year by year until each has ended, in ruin or at its horizon."""
    row, step, debt = house.terms, 0, house.terms.debt_today
    while count > 0 and step < len(dated):
        draw_year(rules, step, count, draws)
        begin_year(house, book, debt, step, count)
        for now in range(row.steps_per_year):
            alive = book[row.done][0] == 0.0
            take_step(house, book, one, dated[step], market_of(draws), now, step, count)
            if record.shape[0] > 0 and alive:
                keep_step(house, book, dated[step], record, step)
            step, debt = step + 1, dated[step].debt
            if step % row.steps_per_year == 0:
                end_year(house, book, debt, worth[step // row.steps_per_year], count)
            end_lives(house, book, debt, step, count)
        count = close_ranks(house, book, rules, draws, first, count)


def end_year(house: House, book: Book, debt: float, worth: npt.NDArray[np.float32], count: int) -> None:
    """Net worth in today's money of every path that lives."""
    row = house.terms
    total = book[row.kept]
    net_worth(house, book, total, count)
    for p in range(count):
        if book[row.done][p] == 0.0:
            worth[int(book[row.path][p])] = (total[p] - debt) / book[row.level][p]


def end_lives(house: House, book: Book, debt: float, step: int, count: int) -> None:
    """Paths that have reached their horizon after `step` steps. One that owes more than it has then is ruined."""
    row, ended = house.terms, 0
    for p in range(count):
        ended += 1 if book[row.life][p] == step and book[row.done][p] == 0.0 else 0
    if ended == 0:
        return
    total = book[row.kept]
    net_worth(house, book, total, count)
    for p in range(count):
        if book[row.life][p] == step and book[row.done][p] == 0.0:
            ruined = total[p] <= debt
            book[row.first + RUIN][p] = step - 1 if ruined else -1
            book[row.first + END][p] = step - 1 if ruined else step
            book[row.done][p] = 1.0


def close_ranks(
    house: House, book: Book, rules: MarketRules, draws: Draws, first: npt.NDArray[np.int32], count: int
) -> int:
    """Keep the events of the paths that have ended, and give their columns to the last that have not; how many live."""
    row, p = house.terms, 0
    while p < count:
        if book[row.done][p] == 0.0:
            p += 1
            continue
        for event in range(first.shape[1]):
            first[int(book[row.path][p]), event] = int(book[row.first + event][p])
        count -= 1
        if p < count:
            move_path(house, book, count, p)
            move_draws(rules, count, p, draws)
    return count


def keep_step(house: House, book: Book, dated: Dated, record: Floats, step: int) -> None:
    """The first path's step, in the columns of RECORD."""
    row, line = house.terms, record[step]
    assets, loans, drawn, pledged = 0.0, 0.0, 0.0, 0.0
    for k in range(row.asset_count):
        assets += book[row.value + k][0]
        pledged += book[row.value + k][0] if house.assets[k].pledged >= 0 else 0.0
    for i in range(row.loan_count):
        loans += book[row.balance + i][0] + book[row.accrued + i][0]
    for j in range(row.line_count):
        drawn += book[row.drawn + j][0]
    level, cash = book[row.level][0], book[row.cash][0]
    line[0], line[1], line[2], line[3] = assets, cash, loans, drawn
    line[4], line[5] = assets + cash - loans - drawn - dated.debt, level
    line[6], line[7], line[8] = book[row.spent][0], dated.income + dated.income_real * level, book[row.dividends][0]
    line[9] = loans / pledged if pledged > 0.0 else 0.0
