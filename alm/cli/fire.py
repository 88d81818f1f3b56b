"""`alm fire`: the probability that this life is sustained, and what it takes to reach a target."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import click

from alm.cli.common import as_of_option, console, db_option, json_option, load_household, print_json, print_table
from alm.errors import BadInput
from alm.text import money, percent, t

if TYPE_CHECKING:
    from alm.fire.plan import Plan
    from alm.fire.result import FireResult
    from alm.fire.solve import Solution

MODELS = click.Choice(["lognormal", "student_t", "regime", "bootstrap", "cohorts"])
QUESTIONS = click.Choice(["spending", "retire-year", "loan"])


@click.command()
@db_option
@as_of_option
@json_option
@click.option("--plan", "plan_path", type=click.Path(path_type=Path), help="A plan file; no database is needed then.")
@click.option("--paths", type=int, help="Simulated lives.")
@click.option("--years", type=int, help="Horizon.")
@click.option("--seed", type=int, help="Seed of the random numbers.")
@click.option("--model", type=MODELS, help="Return model.")
@click.option("--spending", type=float, help="Spending of the first year.")
@click.option("--set", "changes", multiple=True, metavar="KEY=VALUE", help="Change any key of the plan; repeatable.")
@click.option("--solve", "question", type=QUESTIONS, help="Find what reaches the target instead.")
@click.option("--target", type=float, help="Probability --solve aims at; default the household's setting, else 0.95.")
@click.option("--compare", is_flag=True, help="The same plan under every return model.")
@click.option("--write-plan", "target_file", type=click.Path(path_type=Path), help="Write the plan and stop.")
def command(
    db: Path, as_of: date | None, as_json: bool, plan_path: Path | None, paths: int | None, years: int | None,
    seed: int | None, model: str | None, spending: float | None, changes: tuple[str, ...], question: str | None,
    target: float | None, compare: bool, target_file: Path | None,
) -> None:  # fmt: skip
    """The probability that assets, income and borrowing sustain this life."""
    from alm.fire.plan_file import parse_setting, plan_set

    plan, aim = _own_plan(db, as_of) if plan_path is None else (_read(plan_path), 0.95)
    given = {"paths": paths, "years": years, "seed": seed, "market.model": model, "spending.amount_pa": spending}
    named = {key: value for key, value in given.items() if value is not None}
    plan = plan_set(plan, {**named, **dict(map(parse_setting, changes))})
    if target_file is not None:
        _write(plan, target_file)
    elif question is not None:
        _solve(plan, question, aim if target is None else target, as_json)
    elif compare:
        _compare(plan, as_json)
    else:
        _simulate(plan, as_json)


def _own_plan(db: Path, as_of: date | None) -> tuple[Plan, float]:
    from alm.fire.household import plan_from

    home = load_household(db, as_of)
    return plan_from(home.sheet, home.settings, home.profiles), home.settings.target_probability


def _read(path: Path) -> Plan:
    from alm.fire.plan_file import read_plan

    return read_plan(path)


def _write(plan: Plan, path: Path) -> None:
    from alm.fire.plan_file import write_plan

    if path.exists():
        raise BadInput("a file that does not exist yet", file=path, column="--write-plan", value=path)
    try:
        path.write_text(write_plan(plan), encoding="utf-8")
    except OSError as error:
        raise BadInput(t("a file that can be written ({reason})", reason=error.strerror), file=path) from None
    click.echo(t("Wrote {path}.", path=path))


def _simulate(plan: Plan, as_json: bool) -> None:
    from alm.fire import simulate

    start = perf_counter()
    result = simulate(plan)
    elapsed = perf_counter() - start
    if as_json:
        print_json(_fields(result, elapsed))
        return
    _print_answer(result)
    _print_fan(result)


def _fields(result: FireResult, elapsed: float) -> dict[str, object]:
    names = ("success_probability", "standard_error", "interval", "p_freeze", "p_call", "p_forced_sale",
             "p_line_exhausted", "p_ruin")  # fmt: skip
    return {
        **{name: getattr(result, name) for name in names},
        "model": result.model,
        "paths": result.paths,
        "seed": result.plan.seed,
        "fan": {str(year): row for year, row in enumerate(result.fan)},
        "ruin_years": result.ruin_years,
        "by_year": result.by_year,
        "elapsed_s": elapsed,
    }


def _print_answer(result: FireResult) -> None:
    low, high = result.interval
    console().print(
        t(
            "Success {p} ± {error} ({low} to {high}), {paths} lives of {years} years, model {model}.",
            p=percent(result.success_probability),
            error=percent(result.standard_error),
            low=percent(low),
            high=percent(high),
            paths=f"{result.paths:,}",
            years=result.years,
            model=t(result.model),
        )
    )
    rows = [
        (t("Lender freezes"), percent(result.p_freeze)),
        (t("Margin call"), percent(result.p_call)),
        (t("Forced sale"), percent(result.p_forced_sale)),
        (t("Credit line exhausted"), percent(result.p_line_exhausted)),
        (t("Ruin"), percent(result.p_ruin)),
    ]
    print_table((t("Ever within the horizon"), t("Share of lives")), rows)


def _print_fan(result: FireResult) -> None:
    shown = [0, *range(5, result.years, 5), result.years]
    currency = result.plan.currency
    rows = [
        (str(year), *(money(value, currency) for value in result.fan[year][[0, 2, 4]]),
         percent(result.by_year.ruin[year - 1]) if year else percent(0.0))
        for year in shown
    ]  # fmt: skip
    columns = (t("Year"), t("5th percentile"), t("Median"), t("95th percentile"), t("Ruined"))
    print_table(columns, rows, title=t("Net worth in today's money"))


def _solve(plan: Plan, question: str, target: float, as_json: bool) -> None:
    from alm.fire.solve import solve

    if not 0.0 < target < 1.0:
        raise BadInput("a probability between 0 and 1", column="--target", value=target)
    found = solve(plan, question, target)
    if as_json:
        print_json(found)
        return
    console().print(_sentence(found, plan.currency))


def _sentence(found: Solution, currency: str) -> str:
    reached = {"p": percent(found.probability), "error": percent(found.standard_error), "target": percent(found.target)}
    if found.question == "retire-year":
        return t("Work may end after {years} years: success {p} ± {error}, target {target}.",
                 years=f"{found.value:.0f}", **reached)  # fmt: skip
    amount = money(found.value, currency)
    if found.question == "loan":
        return t("The largest loan is {amount}: success {p} ± {error}, target {target}.", amount=amount, **reached)
    return t("The largest spending is {amount} a year: success {p} ± {error}, target {target}.",
             amount=amount, **reached)  # fmt: skip


def _compare(plan: Plan, as_json: bool) -> None:
    from alm.fire.what_if import compare_models

    rows = compare_models(plan)
    if as_json:
        print_json({"models": rows})
        return
    table = [
        (t(row.model), percent(row.success_probability), percent(row.standard_error), percent(row.p_forced_sale),
         f"{row.paths:,}" if not row.refused else t("not applicable"))
        for row in rows
    ]  # fmt: skip
    print_table((t("Model"), t("Success"), t("±"), t("Forced sale"), t("Lives")), table)
    for row in rows:
        if row.refused:
            click.echo(f"{t(row.model)}: {row.refused}")
