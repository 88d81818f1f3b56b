"""What is asked of a source and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, NamedTuple, Protocol, get_args

SourceName = Literal["yahoo", "coingecko", "ecb", "toushin", "csv", "manual"]
SOURCES: tuple[SourceName, ...] = get_args(SourceName)
Kind = Literal["price", "rate"]
Key = tuple[Kind, str, str]
"""A ticker and a currency may share a name, and so may two securities that are quoted in different currencies."""
Point = tuple[date, float]


class Payment(NamedTuple):
    """A dividend per unit by its ex-date, in the currency it is paid in."""

    on: date
    amount: float
    currency: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """One ticker, or a currency's rate (`is_rate`: `ticker` is the currency, `currency` what it is measured in).

    `scale` turns the source's figure into the household's own quote, e.g. 10,000 where the source prices one unit of
    a fund that the books quote per 10,000. `since` is the day from which the books may lack closes. A source of a
    higher `rank` is asked when those before it gave nothing.
    """

    ticker: str
    source: SourceName
    symbol: str
    currency: str
    scale: float = 1.0
    since: date | None = None
    is_rate: bool = False
    rank: int = 1

    @property
    def key(self) -> Key:
        return ("rate" if self.is_rate else "price"), self.ticker, self.currency


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a source said about one ticker, in `currency`, oldest first, dated in the market's own time zone.

    `closes` are raw: as traded on the day, never restated for later splits or dividends. `dividends` are per unit
    as paid then; `splits` are new units per old. `provisional` is the day whose figure is not a close yet; `odd` says
    what of the answer made no sense and was left out.
    """

    currency: str
    closes: tuple[Point, ...]
    dividends: tuple[Payment, ...] = ()
    splits: tuple[Point, ...] = ()
    provisional: date | None = None
    odd: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What the books hold of a ticker, and when its source last answered.

    `newest` is its newest close, of those a feed closed if there is one; `days` are those with a permanent close;
    `seen` is the newest day with any figure, `filed` the newest figure of a broker's file. `closed_by` are the sources
    that closed days, which are asked from `since` on. `repeats` counts the newest
    closes that are equal, and `moves` says whether any earlier one differed. `paid` and `splits` are those on record.
    """

    newest: Point | None = None
    days: frozenset[date] = frozenset()
    seen: date | None = None
    filed: Point | None = None
    since: date | None = None
    closed_by: frozenset[str] = frozenset()
    asked_at: datetime | None = None
    repeats: int = 1
    moves: bool = False
    paid: tuple[Payment, ...] = ()
    splits: tuple[Point, ...] = ()

    def news(self, closes: tuple[Point, ...]) -> tuple[Point, ...]:
        """Only what the books lack: a close is permanent, a provisional figure gives way."""
        return tuple(p for p in closes if p[0] not in self.days)


class Source(Protocol):
    """A place prices come from. `fetch` raises FeedFailure with one sentence when it has nothing usable."""

    def fetch(self, wanted: Wanted) -> Fetched: ...
