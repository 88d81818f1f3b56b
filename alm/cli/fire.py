"""`alm fire`: the probability that this life is sustained, and what it takes to reach a target."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alm.api import load
from alm.cli.common import as_of_option, db_option, json_option
from alm.errors import BadInput, Infeasible
from alm.settings import FIRE_MODELS, FIRE_PARAMETERS
from alm.text import t

if TYPE_CHECKING:
    from alm.fire.plan import Plan

MODELS = click.Choice(FIRE_MODELS)
SOURCES = click.Choice(FIRE_PARAMETERS)
RULES = click.Choice(["constant", "percent", "guyton_klinger", "vpw", "floor_ceiling", "dividends"])
QUESTIONS = click.Choice(["spending", "retire-year", "loan"])
MAPS = click.Choice(["loan", "retire-year"])


@click.command()
@db_option
@as_of_option
@json_option
@click.option("--plan", "plan_path", type=click.Path(path_type=Path), help="A plan file; no database is needed then.")
@click.option("--paths", type=int, help="Simulated lives.")
@click.option("--years", type=int, help="Horizon.")
@click.option(
    "--age", "ages", multiple=True, type=float, help="Age of somebody whose life ends the horizon; repeatable."
)
@click.option("--seed", type=int, help="Seed of the random numbers.")
@click.option("--model", type=MODELS, help="Return model.")
@click.option(
    "--parameters", type=SOURCES,
    help="Return and volatility: given, measured from the holdings' own prices, or estimated from long history.",
)  # fmt: skip
@click.option("--rule", type=RULES, help="Spending rule.")
@click.option("--spending", type=float, help="Spending of the first year.")
@click.option("--set", "changes", multiple=True, metavar="KEY=VALUE", help="Change any key of the plan; repeatable.")
@click.option("--solve", "question", type=QUESTIONS, help="Find what reaches the target instead.")
@click.option("--target", type=float, help="Probability --solve aims at; default the household's setting, else 0.95.")
@click.option("--compare", is_flag=True, help="The same plan under every return model and source of parameters.")
@click.option("--drivers", is_flag=True, help="What moves the probability most, and what each lever buys.")
@click.option("--map", "against", type=MAPS, help="The probability over spending and a second decision.")
@click.option("--life", metavar="WHICH", help="One life month by month: median, fifth, failing or a number.")
@click.option("--write-plan", "target_file", type=click.Path(path_type=Path), help="Write the plan and stop.")
def command(
    db: Path, as_of: date | None, as_json: bool, plan_path: Path | None, paths: int | None, years: int | None,
    ages: tuple[float, ...], seed: int | None, model: str | None, parameters: str | None, rule: str | None,
    spending: float | None, changes: tuple[str, ...], question: str | None, target: float | None, compare: bool,
    drivers: bool, against: str | None, life: str | None, target_file: Path | None,
) -> None:  # fmt: skip
    """The probability that assets, income and borrowing sustain this life."""
    from alm.cli import fire_shown as shown
    from alm.fire.horizon import Life
    from alm.fire.plan_file import parse_setting, plan_set, read_plan

    asked = compare or target_file is not None or parameters == "measured"
    plan, aim = _own_plan(db, as_of, asked=asked) if plan_path is None else (read_plan(plan_path), 0.95)
    given = {"paths": paths, "years": years, "seed": seed, "market.model": model, "market.parameters": parameters,
             "spending.rule": rule, "spending.amount_pa": spending}  # fmt: skip
    named = {key: value for key, value in given.items() if value is not None}
    plan = replace(plan, lives=tuple(map(Life, ages)) or plan.lives)
    plan = plan_set(plan, {**named, **dict(map(parse_setting, changes))})
    if plan_path is None and not plan.spends and target_file is None and question is None:
        raise Infeasible(t("No spending is entered, so there is nothing to sustain; --spending asks about a figure."))
    if target_file is not None:
        _write(plan, target_file)
    elif question is not None:
        shown.solved(plan, question, aim if target is None else target, as_json=as_json)
    elif compare:
        shown.compared(plan, as_json=as_json)
    elif drivers:
        shown.driven(plan, as_json=as_json)
    elif against is not None:
        shown.mapped(plan, against, as_json=as_json)
    elif life is not None:
        shown.lived(plan, life, as_json=as_json)
    else:
        shown.simulated(plan, as_json=as_json)


def _own_plan(db: Path, as_of: date | None, *, asked: bool) -> tuple[Plan, float]:
    """The household's plan; what its holdings returned is measured where it is asked for."""
    home = load(db, as_of)
    return home.plan(measured=asked), home.settings.target_probability


def _write(plan: Plan, path: Path) -> None:
    from alm.fire.plan_file import write_plan

    if path.exists():
        raise BadInput("a file that does not exist yet", file=path, column="--write-plan", value=path)
    try:
        path.write_text(write_plan(plan), encoding="utf-8")
    except OSError as error:
        raise BadInput(t("a file that can be written ({reason})", reason=error.strerror), file=path) from None
    click.echo(t("Wrote {path}.", path=path))
