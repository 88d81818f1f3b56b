"""`alm prices`: fetch prices and exchange rates, say where they come from, and decide about strange ones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import click

from alm.cli.common import console, db_option, json_option, print_json, print_table
from alm.cli.progress import progress
from alm.errors import BadInput
from alm.feeds.quotes.books import accept, wanted_quotes
from alm.feeds.quotes.fill import NOTHING_TO_ASK, Filled, fill, plan, told
from alm.feeds.quotes.values import SOURCES
from alm.settings import today
from alm.store import feeds as rows
from alm.store.books import load_settings
from alm.store.database import reading, writing
from alm.store.tables import read_rows
from alm.text import t

SOME_FAILED = 3


@click.group()
def command() -> None:
    """Fetch prices and exchange rates, choose their sources, and decide about figures held back."""


@command.command("update")
@db_option
@json_option
@click.option("--force", is_flag=True, help="Ask again even within 15 minutes of the last answer.")
@click.argument("tickers", nargs=-1)
def update_command(db: Path, as_json: bool, force: bool, tickers: tuple[str, ...]) -> None:
    """Ask every ticker's source, or only those of TICKERS. Exit status 3 when one of them gave nothing."""
    todo = plan(db, tickers)
    results = []
    with progress(len(todo.wanted)) as done:
        for filled in fill(db, todo, datetime.now(UTC), force=force):
            results.append(filled)
            done(filled.ticker)
    with reading(db) as conn:
        waiting = rows.held_back(conn)
    _show(results, todo.unsourced, waiting, as_json=as_json)
    if any(result.status == "failed" for result in results):
        click.get_current_context().exit(SOME_FAILED)


def _show(
    results: Sequence[Filled], unsourced: Sequence[str], waiting: Sequence[rows.HeldBack], *, as_json: bool
) -> None:
    if as_json:
        print_json({"results": results, "unsourced": unsourced, "held_back": waiting})
        return
    if results:
        print_table(
            (t("Ticker"), t("Source"), t("Status"), t("New"), t("Latest"), t("Age")),
            [
                (r.ticker, r.source, t(r.status), str(r.closes), r.latest.isoformat() if r.latest else t("none"),
                 "" if r.age_days is None else t("{days} d", days=r.age_days))
                for r in results
            ],
            left=3,
        )  # fmt: skip
    for line in told(results, unsourced):
        console().print(line, markup=False)
    _show_waiting(waiting)


def _show_waiting(waiting: Sequence[rows.HeldBack]) -> None:
    if waiting:
        lines = [(f.ticker, t(f.kind), f.date, f.value, f.reason) for f in waiting]
        footer = t("`alm prices accept TICKER [DATE]` stores them, `alm prices discard TICKER [DATE]` forgets them.")
        print_table((t("Held back"), "", t("Date"), t("Value"), t("Why")), lines, left=5, footer=footer)


@command.command("held")
@db_option
@json_option
def held_command(db: Path, as_json: bool) -> None:
    """Show figures that were too strange to store."""
    with reading(db) as conn:
        waiting = rows.held_back(conn)
    if as_json:
        print_json({"held_back": waiting})
    elif waiting:
        _show_waiting(waiting)
    else:
        click.echo(t("Nothing is held back."))


@command.command("accept")
@db_option
@click.argument("ticker")
@click.argument("day", required=False)
def accept_command(db: Path, ticker: str, day: str | None) -> None:
    """Store what was held back of TICKER, of one DAY or all."""
    with writing(db) as conn:
        count = accept(conn, ticker, _day(day), today=today(load_settings(conn)))
    told = t("1 figure of {ticker} stored.", ticker=ticker)
    click.echo(told if count == 1 else t("{count} figures of {ticker} stored.", ticker=ticker, count=count))


@command.command("discard")
@db_option
@click.argument("ticker")
@click.argument("day", required=False)
def discard_command(db: Path, ticker: str, day: str | None) -> None:
    """Forget what was held back of TICKER, of one DAY or all; the same figure is not shown again."""
    with writing(db) as conn:
        count = len(rows.decide(conn, ticker, _day(day), accept=False))
    told = t("1 figure of {ticker} discarded.", ticker=ticker)
    click.echo(told if count == 1 else t("{count} figures of {ticker} discarded.", ticker=ticker, count=count))


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BadInput("a date such as 2026-01-31", column="DAY", value=text) from None


@command.command("source")
@db_option
@click.option("--rate", is_flag=True, help="TICKER is a currency.")
@click.option("--currency", help="What it is quoted in, for a ticker that is not held (a benchmark).")
@click.option("--scale", default="1", show_default=True, help="Times the source's figure, such as 10000 for a fund.")
@click.argument("ticker", required=False)
@click.argument("source", type=click.Choice(SOURCES), required=False)
@click.argument("symbol", required=False)
def source_command(
    db: Path, rate: bool, currency: str | None, scale: str, ticker: str | None, source: str | None, symbol: str | None
) -> None:
    """Choose where TICKER comes from: its SOURCE and the SYMBOL there (a path for csv). Without TICKER, show all."""
    if ticker is None or source is None:
        _show_sources(db)
        return
    from alm.feeds.edit import put

    row = {"kind": "rate" if rate else "price", "ticker": ticker, "source": source, "symbol": symbol or "",
           "currency": currency or "", "scale": scale}  # fmt: skip
    with reading(db) as conn:
        settings = load_settings(conn)
    put(db, "price_sources", row, today(settings))
    told = "{ticker} comes from {source} as {symbol}." if symbol else "{ticker} comes from {source}."
    click.echo(t(told, ticker=ticker, source=source, **({"symbol": symbol} if symbol else {})))


def _show_sources(db: Path) -> None:
    with reading(db) as conn:
        wanted, unsourced = wanted_quotes(conn)
        chosen = {(row["kind"], row["ticker"]) for row in read_rows(conn, "price_sources")}
    if not wanted and not unsourced:
        click.echo(t(NOTHING_TO_ASK))
        return
    lines = [(w.ticker, w.source, w.symbol, w.currency, t("chosen") if w.key in chosen else t("usual")) for w in wanted]
    print_table(
        (t("Ticker"), t("Source"), t("Symbol"), t("In"), ""),
        [*lines, *((name, t("none"), "", "", "") for name in unsourced)],
        left=5,
    )


@command.command("enter")
@db_option
@click.option("--currency", help="Default: the holding's, else the base currency.")
@click.argument("ticker")
@click.argument("day")
@click.argument("close")
def enter_command(db: Path, currency: str | None, ticker: str, day: str, close: str) -> None:
    """Enter a price by hand: TICKER, its DAY and its CLOSE."""
    from alm.feeds.edit import put

    with reading(db) as conn:
        held = {h.ticker: h.currency for h in rows.held_tickers(conn)}
        settings = load_settings(conn)
    unit = currency or held.get(ticker) or settings.base_currency
    row = {"ticker": ticker, "date": day, "close": close, "currency": unit, "source": "manual"}
    put(db, "prices", row, today(settings))
    click.echo(f"{ticker}: {close} {unit} on {day}.")
