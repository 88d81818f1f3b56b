"""Between the books and the sources: what to ask for, what is known, and what an answer changes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import takewhile
from typing import cast, get_args

from alm.balance_sheet import AssetClass
from alm.feeds.possible import refuse_impossible
from alm.feeds.quotes.choice import usual_rate, usual_source
from alm.feeds.quotes.quarantine import Suspect
from alm.feeds.quotes.toushin import UNITS
from alm.feeds.quotes.update import Outcome
from alm.feeds.quotes.values import SOURCES, Fetched, Key, Known, Payment, Point, SourceName, Wanted
from alm.store import feeds as rows
from alm.store.books import load_settings
from alm.store.exact import canonical
from alm.store.feeds import Connection, HeldTicker
from alm.store.quotes import Security, names
from alm.store.splits import counted_splits, quantities
from alm.store.tables import read_rows, write_rows

OVERLAP, ASKED_AGAIN = timedelta(days=7), timedelta(days=90)
RECENT = timedelta(days=30)
# No free feed tells pay dates: days from the ex-date, by currency (assumption: Japanese shares pay after the
# shareholders' meeting, about twelve weeks on). A pay date already in the books stands.
PAY_LAG_DAYS = {"JPY": 85}
USUAL_PAY_LAG_DAYS = 25


@dataclass(frozen=True, slots=True)
class Stored:
    """What an answer changed. `splits` are those that the quantity held may not count."""

    closes: int = 0
    dividends: int = 0
    splits: tuple[Point, ...] = ()


def wanted_quotes(conn: Connection) -> tuple[tuple[Wanted, ...], tuple[str, ...]]:
    """Every ticker held or given a source, and every currency in use, each one's sources in their order; then the
    tickers for which no source is known."""
    base = load_settings(conn).base_currency
    held = {(h.ticker, h.currency): h for h in rows.held_tickers(conn)}
    found = {
        (each.key, each.rank): each for row in read_rows(conn, "price_sources") for each in _chosen(row, held, base)
    }
    for ticker in held.values():
        usual = usual_source(ticker.ticker, ticker.currency, cast("AssetClass", ticker.asset_class), ticker.price_unit)
        if usual:
            _unless_chosen(found, Wanted(ticker.ticker, *usual, ticker.currency, _units(usual[0], ticker)))
    for name in rows.foreign_currencies(conn, base):
        _unless_chosen(found, Wanted(name, *usual_rate(name, base), base, is_rate=True))
    sourced = {key[1:] for key, _ in found if key[0] == "price"}
    unsourced = tuple(dict.fromkeys(ticker for ticker, currency in held if (ticker, currency) not in sourced))
    return tuple(found[place] for place in sorted(found)), unsourced


def _unless_chosen(found: dict[tuple[Key, int], Wanted], usual: Wanted) -> None:
    found.setdefault((usual.key, usual.rank), usual)


def _chosen(row: rows.Row, held: Mapping[Security, HeldTicker], base: str) -> list[Wanted]:
    """A source somebody chose: for the currency it names, else for those that the ticker is held in."""
    ticker, is_rate = str(row["ticker"]), row["kind"] == "rate"
    own = () if is_rate else tuple(currency for name, currency in held if name == ticker)
    currencies = (row["currency"],) if row["currency"] else own or (base,)
    return [
        Wanted(ticker, _source(row["source"]), row["symbol"] or ticker, currency,
               float(row["scale"] or 1) * _units(row["source"], held.get((ticker, currency))), is_rate=is_rate,
               rank=int(row["rank"] or 1))
        for currency in currencies
    ]  # fmt: skip


def _units(source: str | None, held: HeldTicker | None) -> float:
    """The Association's prices are per 10,000 units, the books' per `price_unit`."""
    return held.price_unit / UNITS if held and source == "toushin" else 1.0


def _source(name: str | None) -> SourceName:
    assert name in get_args(SourceName)
    return cast("SourceName", name)


def with_known(conn: Connection, wanted: Sequence[Wanted]) -> tuple[tuple[Wanted, ...], dict[Key, Known]]:
    """The same with `since` filled in, and what the books hold of each."""
    statuses = rows.quote_statuses(conn)
    known = {each.key: _known(conn, each, statuses.get(each.key)) for each in wanted}
    return tuple(replace(each, since=_since(each, known[each.key])) for each in wanted), known


def _known(conn: Connection, wanted: Wanted, status: rows.QuoteStatus | None) -> Known:
    """Where no feed has closed a day yet, what was typed or imported is the measure of what comes."""
    recorded = rows.closes_on_record(conn, *wanted.key)
    closed = [(close.on, close.value) for close in recorded if not close.provisional]
    closes = closed or [(close.on, close.value) for close in recorded]
    paid = () if wanted.is_rate else tuple(Payment(*each) for each in rows.dividends_on_record(conn, *wanted.key[1:]))
    last = closes[0][1] if closes else None
    return Known(
        newest=closes[0] if closes else None,
        days=frozenset(on for on, _ in closed),
        seen=recorded[0].on if recorded else None,
        filed=next(((close.on, close.value) for close in recorded if close.source not in ("", *SOURCES)), None),
        since=_lacking(recorded),
        asked_at=_moment(status),
        closed_by=frozenset(close.source for close in recorded if not close.provisional),
        repeats=sum(1 for _ in takewhile(lambda close: close[1] == last, closes)),
        moves=any(value != last for _, value in closes),
        paid=paid,
        splits=() if wanted.is_rate else rows.splits_on_record(conn, *wanted.key[1:]),
    )


def _lacking(recorded: Sequence[rows.Close]) -> date | None:
    """The day from which closes may be missing: a week before the newest close, whose answer may have had holes, or the
    first of the provisional days before it that can still be asked for."""
    closed = [close.on for close in recorded if not close.provisional]
    if not closed:
        return None
    open_days = [c.on for c in recorded if c.provisional and timedelta() < closed[0] - c.on <= ASKED_AGAIN]
    return min([closed[0] - OVERLAP, *open_days])


def _moment(status: rows.QuoteStatus | None) -> datetime | None:
    return datetime.fromisoformat(status.succeeded_at) if status and status.succeeded_at else None


def _since(wanted: Wanted, known: Known) -> date | None:
    """A source that has closed no day is asked for its whole history, whatever another or an import has left."""
    if wanted.source == "manual":
        return known.seen
    return known.since if wanted.source in known.closed_by else None


def store(conn: Connection, outcome: Outcome, known: Known, now: datetime) -> Stored:
    """Write one outcome: closes, dividends, splits and what was held back; or only that the source failed, and how."""
    fetched, screened, wanted = outcome.fetched, outcome.screened, outcome.wanted
    if fetched is None or screened is None:
        if outcome.failure and wanted.source != "manual":
            note_failure(conn, wanted, known, now, outcome.failure)
        return Stored()
    closes = _write_closes(conn, wanted, screened.closes, fetched.provisional)
    dividends = _write_dividends(conn, wanted, screened.dividends)
    splits = [] if wanted.is_rate else _write_splits(conn, wanted, fetched, known, now.date())
    rows.hold_back(conn, [_held(wanted, suspect) for suspect in screened.suspects])
    stamp = now.astimezone(UTC).isoformat(timespec="seconds")
    rows.note_status(conn, rows.QuoteStatus(*wanted.key, stamp, stamp, ""))
    return Stored(closes, dividends, tuple(splits))


def note_failure(conn: Connection, wanted: Wanted, known: Known, now: datetime, failure: str) -> None:
    """The last success stands: a failure changes no age."""
    asked = known.asked_at.isoformat(timespec="seconds") if known.asked_at else None
    tried = now.astimezone(UTC).isoformat(timespec="seconds")
    rows.note_status(conn, rows.QuoteStatus(*wanted.key, tried, asked, failure))


def decimal_text(value: float) -> str:
    """Twelve significant digits, as plain decimal text: what a feed knows, without what a float adds."""
    return canonical(Decimal(f"{value:.12g}"))


def _write_closes(conn: Connection, wanted: Wanted, closes: Sequence[Point], moving: date | None) -> int:
    """`moving`: the day whose figure is not a close yet."""
    shared = [
        {"date": on.isoformat(), "source": wanted.source, "provisional": "yes" if on == moving else "no",
         "rate" if wanted.is_rate else "close": decimal_text(value)} for on, value in closes
    ]  # fmt: skip
    if wanted.is_rate:
        rates = [{"currency": wanted.ticker, "base": wanted.currency, **row} for row in shared]
        return write_rows(conn, "fx_rates", rates).changed
    priced = [{"ticker": wanted.ticker, "currency": wanted.currency, **row} for row in shared]
    return write_rows(conn, "prices", priced).changed


def _write_dividends(conn: Connection, wanted: Wanted, dividends: Sequence[Payment], kind: str = "regular") -> int:
    """What the household or its broker has recorded as paid stands."""
    lag = timedelta(days=PAY_LAG_DAYS.get(wanted.currency, USUAL_PAY_LAG_DAYS))
    recorded = {on for on, _, _ in rows.dividends_on_record(conn, wanted.ticker, wanted.currency)}
    shared = len(names(conn).held.get(wanted.ticker, ())) > 1
    new = [
        {"ticker": wanted.ticker, "ex_date": each.on.isoformat(), "pay_date": (each.on + lag).isoformat(),
         "amount": decimal_text(each.amount), "currency": each.currency, "kind": kind, "status": "actual",
         "quoted_in": wanted.currency if shared else ""}
        for each in dividends if each.on not in recorded
    ]  # fmt: skip
    return write_rows(conn, "dividends", new, defaults=("pay_date",)).changed


def _write_splits(conn: Connection, wanted: Wanted, fetched: Fetched, known: Known, today: date) -> list[Point]:
    """Record all that are new; return those that the quantity held may not count, which is noted with them."""
    recorded = {on for on, _ in known.splits}
    new = [(on, ratio) for on, ratio in fetched.splits if on not in recorded]
    held = quantities(conn).get((wanted.ticker, wanted.currency), 0.0)
    waiting = [split for split in new if held and _may_be_uncounted(split, fetched.closes, known, today)]
    found = [
        {"ticker": wanted.ticker, "date": split[0].isoformat(), "quoted_in": wanted.currency,
         "ratio": decimal_text(split[1]), "source": wanted.source,
         "held_before": decimal_text(held) if split in waiting else None}
        for split in new
    ]  # fmt: skip
    write_rows(conn, "splits", found)
    return waiting


def _may_be_uncounted(split: Point, closes: Sequence[Point], known: Known, today: date) -> bool:
    """The quantity may be older than a split that is newer than every figure in the books, or that arrived after
    earlier answers without it, unless a broker's file has come in the new unit since. A fresh reverse split is asked
    about whatever is known: to count one twice would make a holding look worth several times what it is."""
    on, ratio = split
    newer = known.seen is not None and known.seen < on
    recent = today - on <= RECENT
    late = recent and known.asked_at is not None and not _filed_in_new_unit(split, closes, known.filed)
    return newer or late or (recent and ratio < 1)


def _filed_in_new_unit(split: Point, closes: Sequence[Point], filed: Point | None) -> bool:
    """Whether a file of the split's day or later has a price nearer to the new unit's than to the old one's."""
    if filed is None or filed[0] < split[0] or not closes:
        return False
    off = math.log(filed[1] / closes[-1][1])
    return abs(off) < abs(off - math.log(split[1]))


def _held(wanted: Wanted, suspect: Suspect) -> rows.HeldBack:
    kind = wanted.key[0] if suspect.kind == "price" else suspect.kind
    value = f"{suspect.value:.12g}"
    currency = suspect.currency or wanted.currency
    return rows.HeldBack(
        kind, wanted.ticker, suspect.on.isoformat(), value, currency, wanted.source, suspect.reason, wanted.currency
    )


def confirm(conn: Connection, ticker: str, on: date | None = None) -> int:
    """Somebody has said that the quantity held counts the splits of a ticker, of one day or all; how many."""
    counted = [row for row in counted_splits(conn, ticker, on) if row["ticker"] == ticker]
    return write_rows(conn, "splits", counted).changed


def accept(conn: Connection, ticker: str, on: date | None = None, *, today: date, special: bool = False) -> int:
    """Store what was held back, as it came; how many figures. The books refuse what is no price above zero, and what
    is of a day that has not come by the household's `today`. `special`: dividends among them will not be repeated."""
    taken = rows.decide(conn, ticker, on, accept=True)
    for figure in taken:
        refuse_impossible("prices", [{"date": figure.date}], (), today)
        wanted = Wanted(figure.ticker, _source(figure.source), "", figure.quoted_in, is_rate=figure.kind == "rate")
        day, value = date.fromisoformat(figure.date), float(figure.value)
        if figure.kind == "dividend":
            paid = Payment(day, value, figure.currency)
            _write_dividends(conn, wanted, [paid], "special" if special else "regular")
        else:
            _write_closes(conn, wanted, [(day, value)], None)
    return len(taken)
