"""What must change to reach a probability: spending, the year work may end, the loan. Same random numbers throughout.

More spending and less work fail a path that failed before, so the share of successes crosses the target once, and
bisection finds where. A loan can help or harm; for it the answer is a crossing of the target between the loan that
reaches it and one that does not. The answer carries the probability there and its sampling error.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from alm.errors import Infeasible, UnknownName
from alm.fire.engine import path_count, success_probability
from alm.fire.plan import Asset, Loan, Plan
from alm.fire.result import standard_error
from alm.language import t

Question = Literal["spending", "retire-year", "loan"]
QUESTIONS: tuple[Question, ...] = ("spending", "retire-year", "loan")
RUNS = 22
"""Simulations one question may take."""


@dataclass(frozen=True, slots=True)
class Solution:
    """`value` answers the question; the probability there, its error, and how many simulations it took."""

    question: str
    target: float
    value: float
    probability: float
    standard_error: float
    runs: int


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
    low, high, runs = -1, plan.years, 0
    best = success_probability(replace(plan, retire_year=float(high)))
    if best < target:
        raise Infeasible(
            t(
                "Even working all {years} years reaches {best}, less than {target}.",
                years=plan.years,
                best=f"{best:.1%}",
                target=f"{target:.1%}",
            )
        )
    while high - low > 1:
        middle = (low + high) // 2
        found = success_probability(replace(plan, retire_year=float(middle)))
        runs += 1
        low, high, best = (low, middle, found) if found >= target else (middle, high, best)
    return _solution(plan, "retire-year", target, float(high), best, runs + 1)


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


def _largest(
    plan: Plan, question: str, target: float, guess: float, most: float, change: Callable[[Plan, float], Plan]
) -> Solution:
    """Bracket around the guess, then bisect to 0.1 % on the safe side."""
    low, high, runs = 0.0, most, 1
    at_low = success_probability(change(plan, 0.0))
    if at_low < target:
        raise Infeasible(
            t(
                "Even a {question} of 0 reaches {at_low}, less than {target}.",
                question=t(question),
                at_low=f"{at_low:.1%}",
                target=f"{target:.1%}",
            )
        )
    middle = min(guess, most)
    while runs < RUNS and high - low > 0.001 * max(low, 0.001 * most):
        found = success_probability(change(plan, middle))
        runs += 1
        if found >= target:
            low, at_low = middle, found
        else:
            high = middle
        middle = (low + high) / 2 if low > 0 or high < guess else high / 2
    return _solution(plan, question, target, low, at_low, runs)


def _solution(plan: Plan, question: str, target: float, value: float, probability: float, runs: int) -> Solution:
    return Solution(question, target, value, probability, standard_error(probability, path_count(plan)), runs)
