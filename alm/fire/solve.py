"""What must change to reach a probability: spending, the year work may end, the loan. Same random numbers throughout.

More spending and less work fail a path that failed before. So each path has an amount of its own from which it fails,
and the answer is a quantile of those amounts: a search narrows down only the paths it has not decided yet. A tenth of
the paths finds where to look, and all of them are simulated at the answer once more, because a few are not monotone
(a loan can help or harm). The answer carries the probability there, its sampling error, and what the search saw of the
whole curve on the way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from alm.errors import Infeasible, UnknownName
from alm.fire.engine import Numbers, path_count, succeeds
from alm.fire.plan import Asset, Loan, Plan
from alm.fire.result import standard_error
from alm.language import t

Question = Literal["spending", "retire-year", "loan"]
QUESTIONS: tuple[Question, ...] = ("spending", "retire-year", "loan")
PRECISION = 0.001
"""Of an amount, as a share of itself."""
PILOT = 10
"""One path in so many finds where to look."""
FEWEST = 200
"""Paths that a pilot needs."""
STEPS_BACK = 8
"""How often an answer is lowered when the paths that are not monotone miss the target there."""

Change = Callable[[Plan, float], Plan]


@dataclass(frozen=True, slots=True)
class Solution:
    """`value` answers the question; the probability there, its error, and how many whole simulations it cost.

    `curve` holds (amount, probability) at every amount the search simulated all undecided paths at, ascending.
    """

    question: str
    target: float
    value: float
    probability: float
    standard_error: float
    runs: float
    curve: tuple[tuple[float, float], ...]


def solve(plan: Plan, question: str, target: float) -> Solution:
    """The largest spending or loan, or the earliest year to stop working, with success ≥ target."""
    known = {"spending": largest_spending, "retire-year": earliest_retirement, "loan": largest_loan}
    if question not in known:
        raise UnknownName("question", question, QUESTIONS)
    return known[question](plan, target)


def largest_spending(plan: Plan, target: float) -> Solution:
    """Spending of the first year (constant and Guyton-Klinger rules), to 0.1 %."""
    if plan.spending.rule not in ("constant", "guyton_klinger"):
        raise Infeasible(
            t("The rule {rule} sets spending itself; there is none to solve for.", rule=plan.spending.rule)
        )
    income = sum(flow.amount_pa for flow in plan.incomes if not flow.once)
    guess = plan.spending.amount_pa or max(1.0, 0.04 * plan.wealth)
    return _largest(plan, "spending", target, guess, max(guess, plan.wealth + income), with_spending)


def largest_loan(plan: Plan, target: float) -> Solution:
    """Total of the securities-backed loans, within what the lenders lend today. See `with_loan`."""
    if not plan.loans:
        raise Infeasible("The plan has no securities-backed loan to change.")
    most = sum(_limit(plan, loan) for loan in plan.loans)
    owed = sum(loan.balance for loan in plan.loans)
    return _largest(plan, "loan", target, owed or 0.5 * most, most, with_loan)


def _limit(plan: Plan, loan: Loan) -> float:
    """The most the lender lends today: its freeze on the lending value pledged."""
    return loan.lender.freeze_ltv * sum(a.value * a.advance_rate for a in plan.assets if a.pledged_to == loan.name)


def earliest_retirement(plan: Plan, target: float) -> Solution:
    """The fewest whole years until work income ends."""

    def working(one: Plan, years_less: float) -> Plan:
        return replace(one, retire_year=float(plan.years - round(years_less)))

    def whole(low: float, high: float) -> float | None:
        middle = round((low + high) / 2)
        return float(middle) if low < middle < high else None

    search = _Search(plan, target, working, np.arange(path_count(plan)))
    pilot = search.piloted(0.0, plan.years + 1.0, whole)
    found = search.narrowed(0.0, plan.years + 1.0, pilot, whole)
    if found is None:
        raise Infeasible(
            t(
                "Even working all {years} years reaches {best}, less than {target}.",
                years=plan.years,
                best=f"{search.share(0.0):.1%}",
                target=f"{target:.1%}",
            )
        )
    return search.solution("retire-year", found, lambda years_less: plan.years - years_less)


def with_spending(plan: Plan, amount_pa: float) -> Plan:
    return replace(plan, spending=replace(plan.spending, amount_pa=amount_pa))


def with_loan(plan: Plan, total: float) -> Plan:
    """Loans scaled to a total. What is borrowed is cash; a repayment takes cash first, then sells pledged assets."""
    owed = sum(loan.balance for loan in plan.loans)
    shares = [loan.balance / owed if owed > 0 else 1.0 / len(plan.loans) for loan in plan.loans]
    loans = tuple(replace(loan, balance=total * share) for loan, share in zip(plan.loans, shares, strict=True))
    cash = plan.cash + total - owed
    if cash >= 0.0 or total >= owed:
        return replace(plan, loans=loans, cash=cash)
    pledged = sum(asset.value for asset in plan.assets if asset.pledged_to)
    left = max(0.0, 1.0 + min(cash, 0.0) / pledged) if pledged > 0 else 1.0
    assets = tuple(_scaled(asset, left) if asset.pledged_to else asset for asset in plan.assets)
    return replace(plan, loans=loans, assets=assets, cash=0.0 if pledged > 0 else cash)


def _scaled(asset: Asset, left: float) -> Asset:
    return replace(asset, value=asset.value * left, cost=asset.cost * left, dividends_pa=asset.dividends_pa * left)


def _largest(plan: Plan, question: str, target: float, guess: float, most: float, change: Change) -> Solution:
    """The largest amount in [0, most] that reaches the target, to `PRECISION` on the safe side."""

    def halved(low: float, high: float) -> float | None:
        if high - low <= PRECISION * max(low, PRECISION * most):
            return None
        return min(guess, high / 2) if low == 0.0 and high == most else (low + high) / 2 if low > 0.0 else high / 2

    search = _Search(plan, target, change, np.arange(path_count(plan)))
    found = search.narrowed(0.0, most, search.piloted(0.0, most, halved), halved)
    if found is None:
        raise Infeasible(
            t(
                "Even a {question} of 0 reaches {at_low}, less than {target}.",
                question=t(question),
                at_low=f"{search.share(0.0):.1%}",
                target=f"{target:.1%}",
            )
        )
    return search.solution(question, found, float)


Middle = Callable[[float, float], float | None]
"""Where to look between an amount that reaches the target and one that does not; None when that is near enough."""


@dataclass(slots=True)
class _Search:
    """A bisection over amounts that simulates only the paths whose fate at the next amount is open."""

    plan: Plan
    target: float
    change: Change
    numbers: Numbers
    simulated: int = 0
    shares: dict[float, float] = field(default_factory=dict)

    def piloted(self, low: float, high: float, middle: Middle) -> float | None:
        """Where a tenth of the paths find the answer; None where there are too few of them."""
        few = np.ascontiguousarray(self.numbers[:: max(1, min(PILOT, len(self.numbers) // FEWEST))])
        if len(few) == len(self.numbers):
            return None
        pilot = _Search(self.plan, self.target, self.change, few)
        found = pilot._bracket(low, high, None, middle)
        self.simulated += pilot.simulated
        return found

    def narrowed(self, low: float, high: float, start: float | None, middle: Middle) -> float | None:
        """The answer, simulated whole; None when even `low` misses the target."""
        found = self._bracket(low, high, start, middle)
        for _ in range(STEPS_BACK):
            if found is None or self._whole(found) >= self.target:
                return found
            found = middle(low, found) if found - low <= 1.0 else found * (1.0 - PRECISION)
        return None if found is None or self._whole(found) < self.target else found

    def share(self, amount: float) -> float:
        """The probability at an amount, all paths simulated."""
        return self._whole(amount)

    def solution(self, question: str, amount: float, shown: Callable[[float], float]) -> Solution:
        probability = self.shares[amount]
        error = standard_error(probability, len(self.numbers))
        runs = self.simulated / len(self.numbers)
        curve = tuple(sorted((shown(seen), share) for seen, share in self.shares.items()))
        return Solution(question, self.target, shown(amount), probability, error, runs, curve)

    def _bracket(self, low: float, high: float, start: float | None, middle: Middle) -> float | None:
        """The largest amount found to reach the target; the lowest is tried last, and None if it misses too."""
        undecided, succeeded, reached = self.numbers, 0, False
        amount = start if start is not None else middle(low, high)
        while amount is not None:
            good = self._simulate(amount, undecided)
            total = succeeded + int(good.sum())
            self.shares[amount] = total / len(self.numbers)
            if self.shares[amount] >= self.target:
                low, undecided, reached = amount, undecided[good], True
            else:
                high, undecided, succeeded = amount, undecided[~good], total
            amount = middle(low, high)
        if reached:
            return low
        total = succeeded + int(self._simulate(low, undecided).sum())
        return low if total / len(self.numbers) >= self.target else None

    def _whole(self, amount: float) -> float:
        self.shares[amount] = float(self._simulate(amount, self.numbers).mean())
        return self.shares[amount]

    def _simulate(self, amount: float, numbers: Numbers) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        self.simulated += len(numbers)
        return succeeds(self.change(self.plan, amount), numbers) if len(numbers) else np.zeros(0, dtype=np.bool_)
