"""Sentences about the portfolio that the terminal and the page share, so that they cannot disagree."""

from __future__ import annotations

from alm.allocation.orders import Funding, Trade
from alm.allocation.trades import Plan
from alm.diversification import Fragility
from alm.past import Actual
from alm.text import day, money, number, percent, t, up_to

FUNDING: dict[Funding, str] = {"new_money": "new money", "tax_free": "tax-free account", "taxable": "taxable account"}
METHODS = {"historical": "historical", "normal": "normal", "student_t": "Student-t"}


def fragility_sentence(fragile: Fragility) -> str:
    return t(
        "What is pledged may fall by {fall}: {sigmas} standard deviations of a year at long-run correlations, "
        "{sigmas_now} at recent ones. Led by {leader}, it takes a fall of {long_run} or {recent} of it.",
        fall=up_to(fragile.survivable_fall),
        sigmas=number(fragile.sigmas_long_run, 1),
        sigmas_now=number(fragile.sigmas_recent, 1),
        leader=fragile.leader,
        long_run=percent(fragile.leader_fall_long_run),
        recent=percent(fragile.leader_fall_recent),
    )


def actual_sentence(held: Actual) -> str:
    return t(
        "As really held since {start}: {value} a year, volatility {volatility}, deepest fall {depth}, "
        "dividends included.",
        start=day(held.start),
        value=percent(held.measures.annual_return),
        volatility=percent(held.measures.volatility),
        depth=percent(held.measures.max_drawdown),
    )


def left_out_sentences(left_out: tuple[tuple[str, float], ...]) -> list[str]:
    return [
        t("{ticker} ({weight}) has too short a history and is left out.", ticker=ticker, weight=percent(weight))
        for ticker, weight in left_out
    ]


def units(trade: Trade) -> str:
    """Whole units plain, fractions of a coin as far as they go."""
    return f"{trade.units:,.8f}".rstrip("0").rstrip(".")


def plan_sentences(plan: Plan, currency: str) -> list[str]:
    """What the trades cost and do to the loans, and what they cannot do."""
    effect = _effect(plan, currency) if plan.trades else t("Every weight is inside its band: nothing to trade.")
    return [effect] + [
        t("Nothing is held of {name}: choose what to buy for {amount}.", name=t(name), amount=money(amount, currency))
        for name, amount in plan.unmet
    ]


def _effect(plan: Plan, currency: str) -> str:
    return t(
        "Tax {tax} ({returned} returned on losses), sale cost {cost}; margin ratio {before} → {after}, "
        "survivable fall {fall_before} → {fall_after}.",
        tax=money(plan.tax, currency),
        returned=money(plan.tax_returned, currency),
        cost=money(plan.cost, currency),
        before=percent(plan.margin_before.ltv),
        after=percent(plan.margin_after.ltv),
        fall_before=up_to(plan.margin_before.survivable_fall),
        fall_after=up_to(plan.margin_after.survivable_fall),
    )
