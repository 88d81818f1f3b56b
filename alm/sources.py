"""Where a simulation's return and volatility came from, as words: shared by the terminal, the page and the paper."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from alm.fire.horizon import last_survivor
from alm.fire.parameters import Evidence, evidence
from alm.fire.plan import REPLAYED, Plan
from alm.fire.returns import block_rows
from alm.history import history
from alm.text import money, percent, points, t

if TYPE_CHECKING:
    from alm.fire.interpreted import PreliminaryEstimate
    from alm.fire.solve import Solution
    from alm.fire.what_if import ModelRow

MONTHLY = 12
RULE_NAMES = {
    "constant": "Constant in real terms",
    "percent": "Percent of wealth",
    "guyton_klinger": "Guyton-Klinger",
    "vpw": "Variable percentage (VPW)",
    "floor_ceiling": "Floor and ceiling",
    "dividends": "Dividends only",
}


def early_sentence(answer: PreliminaryEstimate) -> str:
    """What is known while the simulation is compiled, with its larger error."""
    return t(
        "Compiling the simulation, once; {paths} lives so far: {p} ± {error}",
        p=percent(answer.success_probability), error=points(answer.standard_error, signed=False), paths=answer.paths,
    )  # fmt: skip


def source_sentences(plan: Plan) -> tuple[str, ...]:
    """Which source, how long and from when to when, and how little that says about the mean."""
    found = evidence(plan)
    known = [row for row in found if row.standard_error is not None]
    told = [_source(plan, known)]
    told += [t("{reason} The plan's own figures stand there.", reason=row.note) for row in found if row.note]
    if known:
        told.append(_weakness(plan, found))
    if plan.market.model in REPLAYED:
        told += _replayed(plan)
    return tuple(told)


def _replayed(plan: Plan) -> list[str]:
    """Which years are replayed, in what blocks, and what happens between two of their figures."""
    past = history(plan.market.history)
    told = [
        t("The model {model} replays stocks, bonds, bills and inflation of {first} to {last} as they were; return and "
          "volatility serve what has no history.", model=t(plan.market.model), first=past.label(0),
          last=past.label(len(past.rows) - 1))
    ]  # fmt: skip
    if plan.market.model == "bootstrap":
        told.append(t("A block lasts {years} years on average.", years=f"{block_rows(plan, past) / past.per_year:.1f}"))
    else:
        told.append(t("Starts overlap, so they say less than their number and the ± is too small."))
    if past.per_year < plan.steps_per_year:
        told.append(t("Steps inside a year are a bridge that compounds to the year exactly."))
    elif past.per_year == MONTHLY:
        told.append(t("Bonds and inflation are known by the year: each month is the twelfth root of its year."))
    return told


def _source(plan: Plan, known: list[Evidence]) -> str:
    source = plan.market.parameters
    if source == "given" or not known:
        return t("Return and volatility: the plan's own figures (assumptions).")
    shortest = min(known, key=lambda row: row.years)
    when = {"first": shortest.first, "last": shortest.last, "years": f"{shortest.years:.1f}"}
    if source == "measured":
        left_out = ", ".join(row.left_out for row in known if row.left_out)
        told = t("Return and volatility: measured from the holdings' own prices, {first} to {last} ({years} years).",
                 **when)  # fmt: skip
        return told + (" " + t("Too young to be measured: {names}.", names=left_out) if left_out else "")
    return t(
        "Return, volatility and inflation: estimated from the {history} US history, {first} to {last} ({years} years); "
        "gold, crypto and other kinds keep the plan's own figures.", history=t(plan.market.history), **when,
    )  # fmt: skip


def _weakness(plan: Plan, found: tuple[Evidence, ...]) -> str:
    """Of the asset that weighs most among those whose mean was not just given."""
    pairs = [(asset.value, row) for asset, row in zip(plan.assets, found, strict=False) if row.years > 0]
    row = max(pairs, key=lambda pair: pair[0])[1] if pairs else found[-1]
    return t(
        "The mean of {asset} ({mean} a year) is known to ± {error} only, one standard error: σ ÷ √years. The band does "
        "not contain that.", asset=row.asset, mean=percent(row.total_return_pa),
        error=points(row.standard_error, signed=False),
    )  # fmt: skip


def horizon_note(plan: Plan) -> str:
    """Whose lives end the simulation, and how likely somebody outlives its last year."""
    if not plan.lives:
        return ""
    left = float(last_survivor(plan.lives, plan.steps, plan.steps_per_year)[-1])
    ages = ", ".join(f"{int(life.age)}" for life in plan.lives)
    return t("It ends with the last life of those aged {ages}, after {years} years at most; somebody is alive then in "
             "{share} of lives.", ages=ages, years=plan.years, share=percent(left))  # fmt: skip


def floor_note(plan: Plan) -> str:
    """A rule that cuts spending succeeds by cutting: without a floor its success says little."""
    spending = plan.spending
    if spending.rule == "constant":
        return ""
    if spending.floor_pa > 0:
        return t("Rule {rule}: less than {floor} a year in today's money is a failure.",
                 rule=t(RULE_NAMES[spending.rule]), floor=money(spending.floor_pa, plan.currency))  # fmt: skip
    return t("The rule {rule} cuts spending and no cut counts as a failure: set spending.floor_pa to the least you can "
             "live on.", rule=t(RULE_NAMES[spending.rule]))  # fmt: skip


def solution_sentence(found: Solution, currency: str) -> str:
    """What reaches the target, with the probability there and its error."""
    reached = {
        "p": percent(found.probability),
        "error": points(found.standard_error, signed=False),
        "target": percent(found.target),
    }
    if found.question == "retire-year":
        return t("Work may end after {years} years: success {p} ± {error}, target {target}.",
                 years=f"{found.value:.0f}", **reached)  # fmt: skip
    amount = money(found.value, currency)
    if found.question == "loan":
        return t("The largest loan is {amount}: success {p} ± {error}, target {target}.", amount=amount, **reached)
    return t("The largest spending is {amount} a year: success {p} ± {error}, target {target}.",
             amount=amount, **reached)  # fmt: skip


def lever_amount(name: str, amount: float, currency: str) -> str:
    """Money, or years of work."""
    return t("{n} years", n=f"{amount:.0f}") if name == "work longer" else money(amount, currency)


def band_sentence(band: tuple[float, float] | None) -> str:
    """What the weakness of the means is worth in probability; nothing where none was measured."""
    if band is None:
        return ""
    low, high = map(percent, band)
    return t("With every such mean one standard error lower success is {low}, higher {high}.", low=low, high=high)


def band_sentences(rows: Sequence[ModelRow]) -> tuple[str, ...]:
    """The same for each source in a comparison of models."""
    return tuple(
        t("{parameters}, {model}: with every mean one standard error lower {low}, higher {high}.", model=t(row.model),
          parameters=t(row.parameters), low=percent(row.mean_band[0]), high=percent(row.mean_band[1]))
        for row in rows if row.mean_band
    )  # fmt: skip


def evidence_columns() -> tuple[str, ...]:
    return (t("Asset"), t("Origin"), t("Mean"), t("±"), t("Volatility"), t("From"), t("To"))


def evidence_rows(plan: Plan) -> list[tuple[str, ...]]:
    """One row for each asset, and inflation where it was estimated."""
    return [
        (t(row.asset), t(row.source), percent(row.total_return_pa), points(row.standard_error, signed=False),
         percent(row.volatility_pa), row.first, row.last)
        for row in evidence(plan)
    ]  # fmt: skip
