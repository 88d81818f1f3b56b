"""`alm call`: margin calls, from the day they are found until what was demanded has been brought."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import click

from alm.calls import BY, By, Call, OpenCall, Payment, due, open_calls
from alm.calls import sentence as demand
from alm.cli.common import as_of_option, console, db_option, json_option, print_json, print_table, read_date
from alm.errors import BadInput, UnknownName
from alm.gather import Gathered, check_calls, gather, with_calls
from alm.lenders import is_hour
from alm.settings import today
from alm.store.books import load_settings
from alm.store.calls import load_calls, save_calls
from alm.store.database import reading, writing
from alm.text import day, money, money_needed, percent, t


@click.group()
def command() -> None:
    """Margin calls: what a lender demands, until when, and what was brought. This is no advice."""


@command.command("list")
@db_option
@as_of_option
@json_option
def list_command(db: Path, as_of: date | None, as_json: bool) -> None:
    """Every call on record, and those that today's prices open."""
    show(with_calls(gather(db, as_of)), as_json=as_json)


@command.command("check")
@db_option
@as_of_option
@json_option
def check_command(db: Path, as_of: date | None, as_json: bool) -> None:
    """Judge every loan by its lender's rules and record what opens or ends, as the daily snapshot does."""
    show(check_calls(db, as_of), as_json=as_json)


def _hour(_ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    if value is not None and not is_hour(value):
        raise BadInput("a time of day such as 15:00", column=param.opts[0], value=value)
    return value


def _above_0(_ctx: click.Context, param: click.Parameter, value: str) -> float:
    try:
        amount = float(value)
    except ValueError:
        amount = 0.0
    if not 0 < amount < float("inf"):
        raise BadInput("a number above 0", column=param.human_readable_name.lower(), value=value)
    return amount


def _not_before(call: Call, given: date, option: str = "--on") -> None:
    if given < call.detected:
        raise BadInput(t("a date from {date} on", date=day(call.detected)), column=option, value=given)


@command.command("confirm")
@db_option
@click.argument("loan")
@click.option("--deadline", callback=read_date, metavar="DATE", help="The last day, as the notice says it.")
@click.option("--hour", callback=_hour, metavar="HH:MM", help="The hour on it.")
def confirm_command(db: Path, loan: str, deadline: date | None, hour: str | None) -> None:
    """The lender's notice has come: keep its deadline in the place of the one that was counted."""

    def confirmed(call: Call) -> Call:
        _not_before(call, deadline or call.deadline, "--deadline")
        return replace(call, confirmed=True, deadline=deadline or call.deadline, hour=hour or call.hour)

    call = change(db, loan, confirmed)
    click.echo(t("{loan}: confirmed, due by {due}.", loan=loan, due=due(call.deadline, call.hour)))


@command.command("pay")
@db_option
@click.argument("loan")
@click.argument("amount", callback=_above_0)
@click.option("--by", type=click.Choice(BY), default="cash", show_default=True, help="What was brought.")
@click.option("--on", callback=read_date, metavar="DATE", help="The day it was brought; default today.")
def pay_command(db: Path, loan: str, amount: float, by: By, on: date | None) -> None:
    """Record what was brought, in the base currency. Money counts at once, until a later statement shows it; further
    collateral and a sale of what is pledged count when the holdings in the books show them."""
    with reading(db) as conn:
        paid_on = on or today(load_settings(conn))

    def paid(call: Call) -> Call:
        _not_before(call, paid_on)
        return replace(call, payments=(*call.payments, Payment(paid_on, amount, by)))

    change(db, loan, paid)
    found = gather(db, on)
    for call in open_calls(found.sheet, found.lenders, found.settings, found.calls):
        if call.loan == loan:
            click.echo(demand(call, found.sheet.as_of, found.sheet.base_currency))
            return
    click.echo(t("{loan}: the target is met; `alm call check` records it.", loan=loan))


@command.command("close")
@db_option
@click.argument("loan")
@click.option("--reason", required=True, help="Why it is over, such as: the lender withdrew it.")
@click.option("--on", callback=read_date, metavar="DATE", help="The day it ended; default today.")
def close_command(db: Path, loan: str, reason: str, on: date | None) -> None:
    """The call is over for a reason that the books do not know."""
    with reading(db) as conn:
        ended = on or today(load_settings(conn))
    if not reason.strip():
        raise BadInput("why it is over", column="--reason", value=reason)

    def closed(call: Call) -> Call:
        _not_before(call, ended)
        return replace(call, state="closed", closed_on=ended, reason=reason.strip()[:2000])

    call = change(db, loan, closed)
    click.echo(t("{loan}: the call of {date} is closed.", loan=loan, date=day(call.detected)))


def change(db: Path, loan: str, changed: Callable[[Call], Call]) -> Call:
    """Change the loan's open call on record. Raises UnknownName where it has none."""
    with writing(db) as conn:
        found = {call.loan: call for call in load_calls(conn, date.max) if call.state == "open"}
        if loan not in found:
            raise UnknownName("open call", loan, tuple(found))
        after = changed(found[loan])
        save_calls(conn, (after,))
    return after


def show(found: Gathered, *, as_json: bool) -> None:
    calls_now = open_calls(found.sheet, found.lenders, found.settings, found.calls)
    if as_json:
        print_json({"as_of": found.sheet.as_of, "open": calls_now, "calls": found.calls})
        return
    out, currency = console(), found.sheet.base_currency
    if not found.calls:
        out.print(t("No lender has called."))
        return
    rows = [_cells(call, currency) for call in found.calls]
    heads = ("Loan", "Found", "LTV", "Demanded", "Brought", "Deadline", "State")
    print_table([t(head) for head in heads], rows)
    for call in found.calls:
        if call.closed_on is not None:
            told = t("{loan}, {date}: {reason}", loan=call.loan, date=day(call.closed_on), reason=t(call.reason))
            out.print(told, markup=False)
    for one in calls_now:
        for line in (demand(one, found.sheet.as_of, currency), *_ways(one, currency)):
            out.print(line, markup=False)


def _cells(call: Call, currency: str) -> tuple[str, ...]:
    return (
        call.loan, day(call.detected), percent(call.ltv), money_needed(call.amount, currency),
        money(call.paid, currency), day(call.deadline), t(call.state),
    )  # fmt: skip


def _ways(call: OpenCall, currency: str) -> tuple[str, ...]:
    """Each way to meet it alone, and whether the lender's notice was seen."""
    ways = call.cures
    if ways is None:
        return ()
    sale = ways.infeasible if ways.sell_after_costs is None else money_needed(ways.sell_after_costs, currency)
    return (
        "  " + t("cash: {amount}", amount=money_needed(ways.pay_cash, currency)),
        "  " + t("or further collateral: {amount}", amount=money_needed(ways.post_collateral, currency)),
        "  " + t("or a sale of what is pledged, after cost and tax: {amount}", amount=sale),
        *(() if call.confirmed else ("  " + t("Counted by the lender's rules; `alm call confirm` keeps its notice."),)),
    )  # fmt: skip
