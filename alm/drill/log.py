"""What moved between the parts of a step, as events and payments: the books before against the books after."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from alm.balance_sheet import ltv
from alm.drill.values import Event, Kind, Payment, Purpose, Source
from alm.fire.books import kept_of_all, lending_value, market_value, owed
from alm.fire.rows import World
from alm.step.lender import reached

DUST = 0.005
"""Half a cent: less than this is rounding."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The books at one moment: money, debts, and market values with what a sale of each would keep."""

    cash: float
    drawn: float
    owed: float
    accrued: float
    """The part of what is owed that is this step's interest."""
    pledges: tuple[float, ...]
    """Market value pledged to each loan."""
    unpledged: float
    keeps: tuple[float, ...]
    """Net proceeds of one unit sold, after cost and tax: of each loan's pledge, then of what is unpledged."""
    frozen: tuple[bool, ...]
    assets: tuple[tuple[int, float], ...]
    """Of each asset, the loan it is pledged to (−1: none) and its value."""

    @property
    def pledged(self) -> float:
        return sum(self.pledges)

    @property
    def ltv(self) -> float:
        return ltv(self.owed, self.pledged)

    def raised(self, after: Standing) -> float:
        """Net proceeds of the pledged holdings sold until `after`."""
        had = (value + self.newly_pledged(after, i) for i, value in enumerate(self.pledges))
        sold = (before - left for before, left in zip(had, after.pledges, strict=True))
        return sum(value * keep for value, keep in zip(sold, self.keeps, strict=False))

    def raised_unpledged(self, after: Standing) -> float:
        posted = sum(self.newly_pledged(after, i) for i in range(len(self.pledges)))
        return (self.unpledged - posted - after.unpledged) * self.keeps[-1]

    def newly_pledged(self, after: Standing, loan: int) -> float:
        """Market value that was free and is pledged to a loan in `after`."""
        pairs = zip(self.assets, after.assets, strict=True)
        return sum(value for (before, value), (now, _) in pairs if before == -1 and now == loan)


def standing(world: World) -> Standing:
    loans = range(world.loan_count)
    pledges = tuple(market_value(world, i) for i in loans)
    unpledged = market_value(world, -1)
    return Standing(
        world.cash,
        sum(world.lines[j].drawn for j in range(world.line_count)),
        sum(owed(world.loans[i]) for i in loans),
        sum(world.loans[i].accrued for i in loans),
        pledges,
        unpledged,
        (*(_keep(world, i, pledges[i]) for i in loans), _keep(world, -1, unpledged)),
        tuple(_frozen(world, i) for i in loans),
        tuple((world.assets[k].pledged, world.assets[k].value) for k in range(world.asset_count)),
    )


def _keep(world: World, pledge: int, value: float) -> float:
    return kept_of_all(world, pledge) / value if value > 0 else 0.0


def _frozen(world: World, i: int) -> bool:
    loan = world.loans[i]
    return reached(owed(loan), lending_value(world, i), loan.freeze_ltv)


@dataclass(slots=True)
class Log:
    """Events and payments of a drill as they come. Like events of one month and source become one."""

    events: list[Event] = field(default_factory=list)
    paid: defaultdict[tuple[Purpose, Source], float] = field(default_factory=lambda: defaultdict(float))

    def add(self, on: date, event: Kind, ratio: float, amount: float = 0.0, source: str = "") -> None:
        """Repeated draws and sales of one month are one event with the first one's date and the sum."""
        last = next((k for k in range(len(self.events) - 1, -1, -1) if self._alike(k, on, event, source)), None)
        if last is None or amount == 0.0:
            self.events.append(Event(on, event, ratio, amount, source))
        else:
            self.events[last] = replace(self.events[last], amount=self.events[last].amount + amount)

    def _alike(self, k: int, on: date, event: Kind, source: str) -> bool:
        found = self.events[k]
        month = (found.date.year, found.date.month) == (on.year, on.month)
        return month and found.event == event and found.source == source and found.amount > 0.0

    def share(self, purpose: Purpose, need: float, offers: Iterable[tuple[Source, float]]) -> float:
        """Attribute a need to its sources in order, each at most what it gave; returns what nobody paid."""
        for source, given in offers:
            part = min(need, max(0.0, given))
            self.paid[purpose, source] += part
            need -= part
        return need

    def payments(self) -> tuple[Payment, ...]:
        return tuple(Payment(purpose, source, amount) for (purpose, source), amount in self.paid.items() if amount > 0)
