"""What is asked of a source and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

SOURCES = ("yahoo", "coingecko", "ecb", "csv", "manual")
SourceName = Literal["yahoo", "coingecko", "ecb", "csv", "manual"]
Kind = Literal["price", "rate"]
Point = tuple[date, float]


@dataclass(frozen=True, slots=True)
class Wanted:
    """One ticker, or a currency's rate (`is_rate`: `ticker` is the currency, `currency` what it is measured in).

    `scale` turns the source's figure into the household's own quote, e.g. 10,000 where the source prices one unit of
    a fund that the books quote per 10,000. `since` is the day of the newest permanent close in the books.
    """

    ticker: str
    source: SourceName
    symbol: str
    currency: str
    scale: float = 1.0
    since: date | None = None
    is_rate: bool = False

    @property
    def key(self) -> tuple[Kind, str]:
        """A ticker and a currency may share a name."""
        return ("rate" if self.is_rate else "price"), self.ticker


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a source said about one ticker, in `currency`, oldest first, dated in the market's own time zone.

    `closes` are raw: as traded on the day, never restated for later splits or dividends. `dividends` are per unit
    as paid then, by ex-date; `splits` are new units per old. `provisional` is the day whose figure is not a close yet.
    """

    currency: str
    closes: tuple[Point, ...]
    dividends: tuple[Point, ...] = ()
    splits: tuple[Point, ...] = ()
    provisional: date | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What the books hold of a ticker: its newest close, all days with one, and when its source last answered.

    `provisional` is the day whose figure was not a close yet; `repeats` counts the newest closes that are equal, and
    `moves` says whether any earlier one differed.
    """

    newest: Point | None = None
    days: frozenset[date] = frozenset()
    provisional: date | None = None
    asked_at: datetime | None = None
    repeats: int = 1
    moves: bool = False

    def news(self, closes: tuple[Point, ...]) -> tuple[Point, ...]:
        """Only what the books lack: a close once stored is permanent, a provisional one gives way."""
        return tuple(p for p in closes if p[0] not in self.days or p[0] == self.provisional)


class Source(Protocol):
    """A place prices come from. `fetch` raises FeedFailure with one sentence when it has nothing usable."""

    def fetch(self, wanted: Wanted) -> Fetched: ...
