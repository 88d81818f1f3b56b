"""`alm prices`: fetch prices and exchange rates, say where they come from, and decide about strange ones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import click

from alm.api import load
from alm.balance_sheet import ASSET_CLASSES, AssetClass
from alm.cli.common import as_of_option, console, db_option, json_option, print_json, print_table
from alm.cli.progress import progress
from alm.errors import BadInput, UnknownName
from alm.feeds.quotes.books import accept, confirm, wanted_quotes
from alm.feeds.quotes.check import check
from alm.feeds.quotes.fill import NOTHING_TO_ASK, Filled, fill, plan, told
from alm.feeds.quotes.values import SOURCES
from alm.settings import today
from alm.store import feeds as rows
from alm.store.books import load_settings
from alm.store.database import reading, writing
from alm.store.schema import RANKS
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
        if any(figure.kind == "dividend" for figure in waiting):
            footer += " " + t("`alm prices accept --special` stores a dividend that will not be repeated.")
        print_table((t("Held back"), "", t("Date"), t("Amount"), t("Why")), lines, left=5, footer=footer)


@command.command("show")
@db_option
@as_of_option
@json_option
def show_command(db: Path, as_of: date | None, as_json: bool) -> None:
    """Show the price and the exchange rate that each figure rests on: its day, who said so, and whether a close may
    still take its place."""
    sheet = load(db, as_of).sheet
    quotes = {h.ticker: (h.price, h.currency) for h in sheet.holdings}
    quotes |= {currency: (rate, sheet.base_currency) for currency, rate in sheet.fx}
    if as_json:
        print_json({"quotes": {name: {"quote": quote, "in": unit} for name, (quote, unit) in quotes.items()}})
        return
    print_table(
        (t("Ticker"), t("Price"), t("In"), t("Date"), t("Source"), ""),
        [
            (name, f"{quote.value:,.10g}", unit, quote.on.isoformat(), quote.source,
             t("provisional") if quote.provisional else "")
            if quote else (name, t("none"), unit, "", "", "")
            for name, (quote, unit) in quotes.items()
        ],
        left=1,
    )  # fmt: skip


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
@click.option("--special", is_flag=True, help="A dividend among them is a one-off: no projection repeats it.")
@click.argument("ticker")
@click.argument("day", required=False)
def accept_command(db: Path, special: bool, ticker: str, day: str | None) -> None:
    """Store what was held back of TICKER, of one DAY or all."""
    with writing(db) as conn:
        count = accept(conn, ticker, _day(day), today=today(load_settings(conn)), special=special)
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


@command.command("confirm")
@db_option
@click.argument("ticker")
@click.argument("day", required=False)
def confirm_command(db: Path, ticker: str, day: str | None) -> None:
    """Say that the quantity held of TICKER counts its split, of one DAY or all."""
    with writing(db) as conn:
        if not confirm(conn, ticker, _day(day)):
            waiting = tuple(str(row["ticker"]) for row in read_rows(conn, "splits") if row["held_before"])
            raise UnknownName("split to confirm", ticker if day is None else f"{ticker} {day}", waiting)
    click.echo(t("{ticker} is valued at its new unit: the quantity held counts the split.", ticker=ticker))


@command.command("check")
@db_option
@json_option
@click.option("--currency", help="What it should be quoted in.")
@click.option("--class", "asset_class", type=click.Choice(ASSET_CLASSES), default="equity", show_default=True)
@click.argument("ticker")
def check_command(db: Path, as_json: bool, currency: str | None, asset_class: AssetClass, ticker: str) -> None:
    """Ask whether TICKER is known where its prices would come from; nothing is stored. Exit status 3 when it is not."""
    found = check(db, ticker, datetime.now(UTC), currency=currency, asset_class=asset_class)
    if as_json:
        print_json(found)
    else:
        console().print(found.sentence, markup=False)
    if not found.known:
        click.get_current_context().exit(SOME_FAILED)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BadInput("a date such as 2026-01-31", column="DAY", value=text) from None


@command.command("source")
@db_option
@click.option("--rate", is_flag=True, help="TICKER is a currency.")
@click.option("--currency", help="What it is quoted in, for a ticker that is not held (a benchmark).")
@click.option("--rank", type=click.Choice(RANKS), default="1", help="2 or 3: asked when those before it gave nothing.")
@click.option("--scale", default="1", show_default=True, help="Times the source's figure, such as 10000 for a fund.")
@click.argument("ticker", required=False)
@click.argument("source", type=click.Choice(SOURCES), required=False)
@click.argument("symbol", required=False)
def source_command(
    db: Path,
    rate: bool,
    currency: str | None,
    rank: str,
    scale: str,
    ticker: str | None,
    source: str | None,
    symbol: str | None,
) -> None:
    """Choose where TICKER comes from: its SOURCE and the SYMBOL there (a path for csv, ISIN/CODE for toushin). Without
    TICKER, show all."""
    if ticker is None or source is None:
        _show_sources(db)
        return
    from alm.feeds.edit import put

    row = {"kind": "rate" if rate else "price", "ticker": ticker, "source": source, "symbol": symbol or "",
           "currency": currency or "", "scale": scale, "rank": rank}  # fmt: skip
    with reading(db) as conn:
        settings = load_settings(conn)
        if not rate and not currency:
            _held_in(conn, ticker)
    put(db, "price_sources", row, today(settings))
    told = "{ticker} comes from {source} as {symbol}." if symbol else "{ticker} comes from {source}."
    click.echo(t(told, ticker=ticker, source=source, **({"symbol": symbol} if symbol else {})))


def _held_in(conn: rows.Connection, ticker: str) -> str:
    """The currency of the one security of that symbol that is held, or nothing; of two, somebody has to say which."""
    own = [h.currency for h in rows.held_tickers(conn) if h.ticker == ticker]
    if len(own) > 1:
        raise BadInput(t("--currency, because {ticker} is held in {names}", ticker=ticker, names=", ".join(own)))
    return next(iter(own), "")


def _show_sources(db: Path) -> None:
    with reading(db) as conn:
        wanted, unsourced = wanted_quotes(conn)
        chosen = {(row["kind"], row["ticker"], row["rank"]) for row in read_rows(conn, "price_sources")}
    if not wanted and not unsourced:
        click.echo(t(NOTHING_TO_ASK))
        return
    lines = [
        (w.ticker, w.source if w.rank == 1 else t("then {source}", source=w.source), w.symbol, w.currency,
         t("chosen") if (*w.key[:2], str(w.rank)) in chosen else t("usual"))
        for w in wanted
    ]  # fmt: skip
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
    """Enter a price by hand: TICKER, its DAY and its CLOSE. A source's close of that day takes its place."""
    from alm.feeds.edit import put

    with reading(db) as conn:
        settings = load_settings(conn)
        unit = currency or _held_in(conn, ticker) or settings.base_currency
    row = {"ticker": ticker, "date": day, "close": close, "currency": unit, "source": "manual", "provisional": "yes"}
    put(db, "prices", row, today(settings))
    click.echo(f"{ticker}: {close} {unit} on {day}.")
