"""Ask each ticker's own source, one after the other; what fails names itself and stops nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from alm.feeds.quotes.quarantine import RATE_JUMP, SHARE_JUMP, Screened, screen
from alm.feeds.quotes.values import Fetched, Kind, Known, Source, SourceName, Wanted
from alm.feeds.web import FeedFailure
from alm.language import t

FRESH_FOR = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One ticker's result: `screened` and `fetched` on success, else the failure's sentence; both empty when fresh."""

    wanted: Wanted
    fetched: Fetched | None = None
    screened: Screened | None = None
    failure: str = ""


def update(
    wanted: Iterable[Wanted],
    sources: Mapping[SourceName, Source],
    known: Mapping[tuple[Kind, str], Known],
    now: datetime,
    *,
    force: bool = False,
) -> Iterator[Outcome]:
    """One outcome per ticker, in order, as each arrives; what was asked within 15 minutes is not asked again."""
    for each in wanted:
        books = known.get(each.key, Known())
        if _fresh(books, now) and not force:
            yield Outcome(each)
            continue
        try:
            fetched = _scaled(sources[each.source].fetch(each), each)
            jump = RATE_JUMP if each.is_rate else SHARE_JUMP
            yield Outcome(each, fetched, screen(fetched, books, now.date(), jump=jump))
        except FeedFailure as failure:
            yield Outcome(each, failure=str(failure))


def _fresh(books: Known, now: datetime) -> bool:
    return books.asked_at is not None and timedelta(0) <= now - books.asked_at < FRESH_FOR


def _scaled(fetched: Fetched, wanted: Wanted) -> Fetched:
    """In the household's own quote; refused when the source quotes another currency than the books."""
    if fetched.currency != wanted.currency:
        raise FeedFailure(
            t(
                "{symbol} is quoted in {quoted} there and in {booked} in the books; nothing was stored.",
                symbol=wanted.symbol,
                quoted=fetched.currency,
                booked=wanted.currency,
            )
        )
    closes = tuple((on, value * wanted.scale) for on, value in fetched.closes)
    dividends = tuple((on, value * wanted.scale) for on, value in fetched.dividends)
    return replace(fetched, closes=closes, dividends=dividends)
