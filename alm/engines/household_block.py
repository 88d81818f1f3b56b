"""Today's household as a block for the interpreter: one path for each fall, shock or amount that a question compares.

A driver opens a block, moves prices path by path, takes steps and reads what they left: nothing is computed beside the
step. Every step here is one look: no time passes in it (no flow, no interest, no dividend).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from alm.balance_sheet import BalanceSheet, CreditLine, Holding
from alm.fire.household import grouped, plan_from
from alm.fire.plan import Line, Plan
from alm.fire.terms import Clock, as_plain, house, interpreted, places, plain_book
from alm.lenders import LenderProfile
from alm.settings import Settings
from alm.step.block import DATED, FREE, MONEY_TOLERANCE, SOURCES, House
from alm.step.books import kept_of_all, market_value, open_books
from alm.step.events import COLUMNS
from alm.step.market import Market
from alm.step.step import take_step

AT_ONCE = 0.0
"""Business days of a look after which every deadline is still ahead."""
TO_THE_END = math.inf
"""Business days of a look that contains every deadline: what is not cured is sold in it."""

A_LOOK = Clock(0.0, AT_ONCE)

NO_FLOWS = as_plain(np.zeros(1, dtype=DATED)[0])
MOST_EVENTS = 8
"""More than one lender can make in a look at one path."""


@dataclass(frozen=True, slots=True)
class Means:
    """What can be paid at once: cash above the living reserve, and committed lines that have not expired."""

    cash: float
    credit_line: float

    @property
    def total(self) -> float:
        return self.cash + self.credit_line


@dataclass(frozen=True, slots=True, eq=False)
class HouseholdBlock:
    """`holdings[k]` are those behind the block's k-th asset. `book` is changed by every look."""

    terms: House
    book: list[list[float]]
    one: list[list[float]]
    holdings: tuple[tuple[Holding, ...], ...]
    paths: int

    def row(self, name: str, number: int = 0) -> list[float]:
        """A row of the book by its name in `Terms`."""
        return self.book[getattr(self.terms.terms, name) + number]

    def look(self, growth: list[list[float]], days: float, step: int = 0) -> None:
        """Every asset's value times `growth[k][path]`; then every lender looks, and the household answers. `step`: of
        the plan, which says what lines have expired."""
        n, terms = self.paths, self.terms.terms
        cash = self.row("cash")
        cash[:] = [max(0.0, amount) for amount in cash]  # an overdraft is no call: it stays owed and pays nothing
        terms.days = days
        self.terms.log[0][0] = 0.0
        take_step(self.terms, self.book, self.one, NO_FLOWS, market_of(growth, n), 0, step, n)

    def fall(self, falls: Sequence[float], days: float) -> None:
        """Every price falls by `falls[path]`; then the lenders look."""
        kept = [1.0 - fall for fall in falls]
        self.look([kept] * terms_count(self.terms), days)

    def move_prices(self, falls: Sequence[float]) -> None:
        """Every price falls by `falls[path]`, and nobody looks."""
        for k in range(self.terms.terms.asset_count):
            values = self.row("value", k)
            values[:] = [value * (1.0 - fall) for value, fall in zip(values, falls, strict=True)]

    def repeated(self, paths: int) -> HouseholdBlock:
        """The first path as it stands, `paths` times."""
        book = [[row[0]] * paths for row in self.book]
        book[self.terms.terms.path] = [float(p) for p in range(paths)]
        return replace(self, terms=self.terms._replace(log=_log(self.terms, paths)), book=book, paths=paths)

    def forget(self) -> None:
        """Start the records of who paid and what was sold anew."""
        terms, nothing = self.terms.terms, [0.0] * self.paths
        rows = [*range(terms.paid, terms.sold + terms.loan_count + 1), terms.sale_cost_tax, terms.unpaid]
        for row in rows:
            self.book[row][:] = nothing

    @property
    def means(self) -> Means:
        """What the first path can pay at once."""
        terms = self.terms.terms
        cash = self.row("cash")[0] - terms.reserve_months * terms.reserve_pa / 12.0 * self.row("level")[0]
        room = (max(0.0, line.limit - self.row("drawn", j)[0]) for j, line in enumerate(self.terms.lines))
        return Means(max(0.0, cash), sum(room))

    def owed(self, loan: int) -> list[float]:
        """Balance and accrued interest, by path."""
        parts = zip(self.row("balance", loan), self.row("accrued", loan), strict=True)
        return [balance + accrued for balance, accrued in parts]

    def worth(self, pledge: int) -> list[float]:
        """Market value of what has a pledge, by path."""
        market_value(self.terms, self.book, pledge, self.paths)
        return list(self.row("market"))

    def proceeds(self, pledge: int) -> list[float]:
        """What selling all of a pledge leaves after cost and tax, by path."""
        kept_of_all(self.terms, self.book, pledge, self.paths)
        return list(self.row("kept"))

    def logged(self, kind: int, column: int) -> list[float]:
        """The sum of a column over the last look's events of one kind, by path."""
        total = [0.0] * self.paths
        for entry in self.terms.log[1 : int(self.terms.log[0][0]) + 1]:
            if entry[0] == kind:
                total[int(entry[5])] += entry[column]
        return total

    def sold_free(self) -> list[float]:
        """Market value sold of what is pledged to nobody, by path."""
        return self.row("sold", self.terms.terms.loan_count)

    def sold_pledged(self) -> list[float]:
        """Market value sold of everything pledged, by path."""
        rows = [self.row("sold", i) for i in range(self.terms.terms.loan_count)]
        return [sum(parts) for parts in zip(*rows, strict=True)] if rows else [0.0] * self.paths

    def unanswered(self) -> list[bool]:
        """Whether a call is still open or a sale ordered, by path: what a later look would sell."""
        names = ("call_open", "liquidating")
        rows = [self.row(name, i) for name in names for i in range(self.terms.terms.loan_count)]
        return [any(parts) for parts in zip(*rows, strict=True)] if rows else [False] * self.paths

    def paid(self, purpose: int, source: str) -> list[float]:
        """What a source paid for a purpose, by path."""
        return self.row("paid", purpose * len(SOURCES) + SOURCES.index(source))


def _log(terms: House, paths: int) -> list[list[float]]:
    rows = max(len(terms.log), 1 + MOST_EVENTS * paths * terms.terms.loan_count)
    return [[0.0] * COLUMNS for _ in range(rows)]


def market_of(growth: list[list[float]], paths: int) -> Market:
    """One step of a market in which only asset prices move."""
    even = [1.0] * paths
    return Market([growth], [even], even, [even], np.zeros(paths, dtype=np.uint64))


def terms_count(terms: House) -> int:
    return terms.terms.asset_count


def household_block(
    sheet: BalanceSheet, profiles: Mapping[str, LenderProfile], settings: Settings, paths: int
) -> HouseholdBlock:
    """The household within reach (nothing locked in but what a lender holds), today, `paths` times.

    Without dividends, which no look pays: a rate that one of them lacks hides nothing of it.
    """
    reachable = priced(sheet, settings)
    plan = look_plan(reachable.with_(dividends=()), profiles, settings)
    return plan_block(plan, grouped(reachable), paths)


def priced(sheet: BalanceSheet, settings: Settings) -> BalanceSheet:
    """What is within reach, shorts left out, and what is pledged to nobody left out where its price is missing: it
    would be sold after all money is spent. Not so where the household's order sells it before: then it is refused."""
    order = settings.waterfall_order
    last = max(order.index("cash"), order.index("credit_line")) < order.index("unpledged_sale")
    reachable = sheet.within_reach()
    known = reachable.with_(
        holdings=tuple(
            h
            for h in reachable.holdings
            if h.pledged_to or (h.quantity > 0 and not (last and (h.price is None or h.fx is None)))
        )
    )
    known.require_complete()
    return known


def plan_block(plan: Plan, groups: Sequence[tuple[Holding, ...]], paths: int, clock: Clock = A_LOOK) -> HouseholdBlock:
    """A block of a plan; `groups` are the holdings behind its assets."""
    series = range(len(plan.assets))
    rows = house(plan, series, np.zeros((len(plan.assets),) * 2), clock=clock, recorded=True, priced=True)
    plain = interpreted(rows)
    terms = plain._replace(log=_log(plain, paths))
    book, one = plain_book(terms.terms, paths), plain_book(terms.terms, 1)
    open_books(terms, book, paths)
    book[terms.terms.path] = [float(p) for p in range(paths)]
    held = tuple(groups[place.number] for place in places(plan)) if groups else ()
    return HouseholdBlock(terms, book, one, held, paths)


def look_plan(sheet: BalanceSheet, profiles: Mapping[str, LenderProfile], settings: Settings) -> Plan:
    """The household's plan as a look takes it: today's lines as they count under stress, nothing posted."""
    plan = plan_from(sheet, settings, profiles)
    return replace(
        plan, lines=tuple(_line(line, sheet) for line in sheet.credit_lines), margin_check="step", spend_at="end",
        capitalise_interest=True, pledge_more=False, rebalance=False, borrow_to_spend=False, surplus=(), incomes=(),
        expenses=(), debts=(),
    )  # fmt: skip


def _line(line: CreditLine, sheet: BalanceSheet) -> Line:
    return Line(
        line.name, line.drawn + line.available(sheet.as_of, stressed=True), line.drawn, line.rate_pa,
        line.commitment_fee_pa,
    )  # fmt: skip


__all__ = [
    "AT_ONCE",
    "FREE",
    "MONEY_TOLERANCE",
    "TO_THE_END",
    "HouseholdBlock",
    "Means",
    "household_block",
    "look_plan",
    "market_of",
    "plan_block",
    "priced",
]
