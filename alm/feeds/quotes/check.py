"""Whether a ticker is known where its prices would come from, before or after it is held; nothing is stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from alm.balance_sheet import AssetClass
from alm.feeds.quotes.books import wanted_quotes
from alm.feeds.quotes.choice import usual_source
from alm.feeds.quotes.sources import opened
from alm.feeds.quotes.values import Fetched, Wanted
from alm.feeds.web import FeedFailure
from alm.language import t
from alm.store.books import load_settings
from alm.store.database import reading

ENOUGH = timedelta(days=10)
"""As much history as shows a last close."""


@dataclass(frozen=True, slots=True)
class Checked:
    """`known`: a source has a price of the ticker in the currency asked for. `sentence` says what was found."""

    ticker: str
    known: bool
    sentence: str
    source: str = ""
    symbol: str = ""
    currency: str = ""
    on: date | None = None
    price: float | None = None


def check(
    db: Path, ticker: str, now: datetime, *, currency: str | None = None, asset_class: AssetClass = "equity"
) -> Checked:
    """Ask the sources of the books for a ticker they have, else the usual one for its currency (default: the yen for
    what has the form of a Japanese code, else the base)."""
    with reading(db) as conn:
        chain = [w for w in wanted_quotes(conn)[0] if not w.is_rate and w.ticker == ticker]
        base = load_settings(conn).base_currency
    own = [w for w in chain if currency in (None, w.currency)]
    japanese = asset_class != "crypto" and usual_source(ticker, "JPY", asset_class, 1.0)
    unit = currency or ("JPY" if japanese else base)
    chain = own or [_usual(ticker, unit, asset_class)]
    failures = []
    with opened((w.source for w in chain), now) as sources:
        for wanted in chain:
            asked = Wanted(ticker, wanted.source, wanted.symbol, wanted.currency, since=now.date() - ENOUGH)
            try:
                return _found(wanted, sources[wanted.source].fetch(asked), demanded=bool(own or currency))
            except FeedFailure as failure:
                failures.append(str(failure))
    return Checked(ticker, known=False, sentence=f"{ticker}: {' '.join(failures)}")


def _usual(ticker: str, currency: str, asset_class: AssetClass) -> Wanted:
    """Where there is no convention for the currency, the ticker as it stands is asked for."""
    source, symbol = usual_source(ticker, currency, asset_class, 1.0) or ("yahoo", ticker)
    return Wanted(ticker, source, symbol, currency)


def _found(wanted: Wanted, fetched: Fetched, *, demanded: bool) -> Checked:
    on, price = fetched.closes[-1]
    price *= wanted.scale
    said = t(
        "{ticker}: {source} knows {symbol}, {price} {currency} on {on}.",
        ticker=wanted.ticker,
        source=wanted.source,
        symbol=wanted.symbol,
        price=f"{price:,.10g}",
        currency=fetched.currency,
        on=on,
    )
    other = demanded and fetched.currency != wanted.currency
    if other:
        said += " " + t(
            "That is not {currency}: enter the holding in {quoted}, or choose another symbol.",
            currency=wanted.currency,
            quoted=fetched.currency,
        )
    return Checked(wanted.ticker, not other, said, wanted.source, wanted.symbol, fetched.currency, on, price)
