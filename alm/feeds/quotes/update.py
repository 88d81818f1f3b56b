"""Ask each ticker's sources in their order, ticker by ticker; what fails names itself and stops nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby

from alm.feeds.quotes.quarantine import RATE_JUMP, SHARE_JUMP, Screened, screen
from alm.feeds.quotes.values import Fetched, Key, Known, Payment, Source, SourceName, Wanted
from alm.feeds.web import FeedFailure
from alm.language import t

FRESH_FOR = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One ticker's result: `screened` and `fetched` on success, else the failure's sentence; both empty when fresh.

    `wanted` names the source that answered; `passed_over` says why those before it did not.
    """

    wanted: Wanted
    fetched: Fetched | None = None
    screened: Screened | None = None
    failure: str = ""
    passed_over: tuple[str, ...] = ()


def update(
    wanted: Iterable[Wanted],
    sources: Mapping[SourceName, Source],
    known: Mapping[Key, Known],
    now: datetime,
    *,
    force: bool = False,
) -> Iterator[Outcome]:
    """One outcome per ticker, in order, as each arrives; what was asked within 15 minutes is not asked again."""
    for key, chain in groupby(wanted, key=lambda each: each.key):
        books, ranked = known.get(key, Known()), list(chain)
        fresh = _fresh(books, now) and not force
        yield Outcome(ranked[0]) if fresh else _first_answer(ranked, sources, books, now)


def _first_answer(
    chain: Sequence[Wanted], sources: Mapping[SourceName, Source], books: Known, now: datetime
) -> Outcome:
    failures: list[str] = []
    for each in chain:
        try:
            fetched = _scaled(sources[each.source].fetch(each), each)
            screened = screen(fetched, books, now.date(), jump=RATE_JUMP if each.is_rate else SHARE_JUMP)
            return Outcome(each, fetched, screened, passed_over=tuple(failures))
        except FeedFailure as failure:
            failures.append(str(failure))
        except Exception as error:  # noqa: BLE001  # whatever a stranger's answer brings about is this ticker's trouble
            kind = type(error).__name__
            failures.append(t("the answer of {source} could not be read ({kind}).", source=each.source, kind=kind))
    return Outcome(chain[0], failure=" ".join(failures))


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
    dividends = tuple(Payment(each.on, each.amount * wanted.scale, each.currency) for each in fetched.dividends)
    return replace(fetched, closes=closes, dividends=dividends)
