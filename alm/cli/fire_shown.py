"""What `alm fire` prints: the answer, the models, the drivers, two decisions, one life."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from alm.cli.common import console, plain, print_json, print_table
from alm.cli.progress import progress_share
from alm.errors import BadInput
from alm.text import money, money_short, percent, points, t

if TYPE_CHECKING:
    from alm.fire.plan import Plan
    from alm.fire.result import FireResult


def simulated(plan: Plan, *, as_json: bool) -> None:
    """The probability, what goes wrong, the fan, and where the figures came from."""
    from alm.fire import simulate

    with progress_share() as done:
        result = simulate(plan, progress=done, meanwhile=done.meanwhile)
    if as_json:
        print_json(_fields(result))
        return
    _print_answer(result)
    _print_fan(result)
    _print_sources(plan)


def _fields(result: FireResult) -> dict[str, object]:
    from alm.fire.parameters import evidence
    from alm.fire.what_if import mean_band

    names = ("success_probability", "standard_error", "interval", "p_freeze", "p_call", "p_forced_sale",
             "p_line_exhausted", "p_ruin")  # fmt: skip
    return {
        **{name: getattr(result, name) for name in names},
        "model": result.model,
        "parameters": result.plan.market.parameters,
        "evidence": [plain(row) | {"standard_error": row.standard_error} for row in evidence(result.plan)],
        "mean_band": mean_band(result.plan),
        "paths": result.paths,
        "seed": result.plan.seed,
        "fan": {str(year): row for year, row in enumerate(result.fan)},
        "ruin_years": result.ruin_years,
        "by_year": result.by_year,
    }


def _print_answer(result: FireResult) -> None:
    from alm.sources import floor_note, horizon_note

    low, high = result.interval
    console().print(
        t(
            "Success {p} ± {error} ({low} to {high}), {paths} lives of {years} years, model {model}, parameters "
            "{parameters}.",
            p=percent(result.success_probability),
            error=points(result.standard_error, signed=False),
            low=percent(low),
            high=percent(high),
            paths=f"{result.paths:,}",
            years=result.years,
            model=t(result.model),
            parameters=t(result.plan.market.parameters),
        )
    )
    for note in filter(None, (horizon_note(result.plan), floor_note(result.plan))):
        console().print(note, markup=False)
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
         percent(result.by_year.ruin[year - 1]) if year else percent(0.0),
         percent(result.by_year.forced_sale[year - 1]) if year else percent(0.0))
        for year in shown
    ]  # fmt: skip
    columns = (t("Year"), t("5th percentile"), t("Median"), t("95th percentile"), t("Ruined"), t("Forced sale"))
    print_table(columns, rows, title=t("Net worth in today's money"))


def _print_sources(plan: Plan) -> None:
    from alm.fire.what_if import mean_band
    from alm.sources import band_sentence, evidence_columns, evidence_rows, source_sentences

    if plan.market.parameters != "given":
        print_table(evidence_columns(), evidence_rows(plan), left=2)
    for sentence in (*source_sentences(plan), band_sentence(mean_band(plan))):
        if sentence:
            console().print(sentence, markup=False)


def solved(plan: Plan, question: str, target: float, *, as_json: bool) -> None:
    from alm.fire.solve import solve
    from alm.sources import solution_sentence

    if not 0.0 < target < 1.0:
        raise BadInput("a probability between 0 and 1", column="--target", value=target)
    with progress_share():
        found = solve(plan, question, target)
    if as_json:
        print_json(found)
        return
    console().print(solution_sentence(found, plan.currency))


def compared(plan: Plan, *, as_json: bool) -> None:
    from alm.fire.what_if import compare_models
    from alm.sources import band_sentences

    with progress_share() as done:
        rows = compare_models(plan, done)
    if as_json:
        print_json({"models": rows})
        return
    table = [
        (t(row.model), t(row.parameters), percent(row.success_probability), points(row.standard_error, signed=False),
         percent(row.p_forced_sale), f"{row.paths:,}" if not row.refused else t("not applicable"))
        for row in rows
    ]  # fmt: skip
    columns = (t("Model"), t("Parameters"), t("Success"), t("±"), t("Forced sale"), t("Lives"))
    print_table(columns, table, left=2)
    for sentence in (*dict.fromkeys(row.refused for row in rows if row.refused), *band_sentences(rows)):
        console().print(sentence, markup=False)


def driven(plan: Plan, *, as_json: bool) -> None:
    from alm.fire.what_if import levers, tornado
    from alm.sources import lever_amount

    with progress_share() as done:
        bars, bought = tornado(plan, done), levers(plan)
    if as_json:
        print_json({"drivers": bars, "levers": bought})
        return
    rows = [
        (t(bar.name), percent(bar.low, 0, signed=True), percent(bar.at_low), percent(bar.high, 0, signed=True),
         percent(bar.at_high))
        for bar in bars
    ]  # fmt: skip
    print_table((t("What drives it"), t("lower"), t("Success"), t("higher"), t("Success")), rows)
    table = [
        (t(lever.name), lever_amount(lever.name, lever.amount, plan.currency), percent(lever.probability),
         points(lever.gain, 1))
        for lever in bought
    ]  # fmt: skip
    print_table((t("Lever"), t("Amount"), t("Success"), t("Buys")), table)


def mapped(plan: Plan, against: str, *, as_json: bool) -> None:
    from alm.fire.decisions import two_decisions

    name = against.replace("-", "_")
    with progress_share() as done:
        grid = two_decisions(plan, name, done)
    if as_json:
        print_json(grid)
        return
    heads = [f"{x:.0f}" if name == "retire_year" else money_short(x, plan.currency) for x in grid.columns]
    rows = [
        (money_short(spending, plan.currency), *(percent(p, 0) for p in row))
        for spending, row in zip(grid.rows, grid.probability, strict=True)
    ]
    second = t("Loan") if name == "loan" else t("Years of work left")
    print_table((t("Spending a year"), *heads), rows, title=t("Success by two decisions") + " · " + second)


def lived(plan: Plan, which: str, *, as_json: bool) -> None:
    from alm.fire.engine import walk_one
    from alm.fire.kernel import RECORD
    from alm.fire.lives import events_of, path_named, yearly

    path = path_named(plan, which)
    record, first = walk_one(plan, path)
    happened = events_of(first, plan)
    if as_json:
        print_json({"path": path, "columns": RECORD, "steps": record, "events": dict(happened)})
        return
    rows = [(f"{year}", *(money(value, plan.currency) for value in values)) for year, values in yearly(record, plan)]
    columns = (t("Year"), t("Assets"), t("Cash"), t("Loan"), t("Spending"), t("Net worth"))
    print_table(columns, rows, title=t("One life, in today's money") + f" · {path}")
    for name, step in happened:
        click.echo(t("{event} in year {year}.", event=t(name), year=f"{step / plan.steps_per_year:.1f}"))
