"""Bring the history table up to date: one series after the other, and a sentence for each that failed."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from alm.feeds import macro
from alm.feeds.quotes.books import decimal_text
from alm.feeds.web import PATIENT, FeedFailure, Patience, Session, opened
from alm.language import t
from alm.settings import feed_address, feed_key
from alm.store.feeds import Connection, write_history

FRENCH = "Kenneth French"


@dataclass(frozen=True, slots=True)
class Gathered:
    """What one request gave: series, or the sentence why not."""

    name: str
    series: tuple[macro.Series, ...] = ()
    failure: str = ""


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One series in the table afterwards: how many figures changed, and the day of its newest."""

    name: str
    source: str
    changed: int
    first: date | None = None
    latest: date | None = None
    failure: str = ""


def names() -> tuple[str, ...]:
    """Everything `gather` asks for, in order."""
    return (*(series.name for series in macro.FRED_SERIES), FRENCH)


def gather(wanted: tuple[str, ...], patience: Patience = PATIENT) -> Iterator[Gathered]:
    """Fetch each name as it is reached: a FRED series, or Kenneth French's factors."""
    with opened() as session:
        for name in wanted:
            yield _gathered(session, name, patience)


def _gathered(session: Session, name: str, patience: Patience) -> Gathered:
    try:
        return Gathered(name, _fetch(session, name, patience))
    except FeedFailure as failure:
        return Gathered(name, failure=str(failure))
    except csv.Error:
        return Gathered(name, failure=t("{name} broke off its answer or changed its format.", name=name))


def _fetch(session: Session, name: str, patience: Patience) -> tuple[macro.Series, ...]:
    if name == FRENCH:
        return macro.fetch_french(session, url=feed_address("french") or macro.FRENCH, patience=patience)
    mirror = feed_address("fred")
    urls = (mirror or macro.FRED_CSV, mirror or macro.FRED_API)
    key = feed_key("fred")
    return (macro.fetch_fred(session, name, key=key, csv_url=urls[0], api_url=urls[1], patience=patience),)


def keep(conn: Connection, gathered: Gathered) -> tuple[HistoryLine, ...]:
    """Write what came; revised figures replace the old ones, none is removed."""
    if gathered.failure:
        return (HistoryLine(gathered.name, "", 0, failure=gathered.failure),)
    return tuple(_keep(conn, series) for series in gathered.series)


def _keep(conn: Connection, series: macro.Series) -> HistoryLine:
    points = [(on, decimal_text(value)) for on, value in series.points]
    changed = write_history(conn, series.name, series.source, points)
    return HistoryLine(series.name, series.source, changed, points[0][0], points[-1][0])


FILES: dict[str, Callable[[str], tuple[macro.Series, ...]]] = {
    "french": macro.parse_french,
    "shiller": macro.parse_shiller,
}
"""Files a person downloads: kind to parser."""
