"""CoinGecko: crypto trades every day, and its days are UTC.

`/coins/{id}/market_chart` gives one point per day stamped 00:00 UTC, which is the close of the day before, and
last the price of this moment. Free use: about 30 calls a minute and 365 days of history; a key goes in a header.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from alm.feeds.quotes.values import Fetched, Wanted
from alm.feeds.web import PATIENT, FeedFailure, Patience, Session, get_text, number, read_json
from alm.language import t

NAME = "CoinGecko"
BASE_URL = "https://api.coingecko.com/api/v3"
_LONGEST_DAYS = 365
_HOURLY_BELOW = 91  # shorter requests come hourly unless the interval is named


class CoinGecko:
    def __init__(
        self,
        session: Session,
        now: datetime,
        *,
        base_url: str = BASE_URL,
        key: str = "",
        patience: Patience = PATIENT,
    ) -> None:
        self.session, self.now, self.base_url, self.key, self.patience = session, now, base_url, key, patience

    def fetch(self, wanted: Wanted) -> Fetched:
        days = days_since(wanted.since, self.now.astimezone(UTC).date())
        text = get_text(
            self.session,
            NAME,
            f"{self.base_url}/coins/{wanted.symbol}/market_chart",
            {"vs_currency": wanted.currency.lower(), "days": str(days), "interval": "daily"},
            headers={"x-cg-demo-api-key": self.key} if self.key else None,
            patience=self.patience,
        )
        return parse(text, wanted.currency)


def days_since(since: date | None, today: date) -> int:
    return _LONGEST_DAYS if since is None else min(max((today - since).days + 1, 1), _LONGEST_DAYS)


def parse(text: str, currency: str) -> Fetched:
    """Closes by UTC day: a point of midnight closes the day before, a last one of any other time is provisional."""
    try:
        prices = read_json(text)["prices"]
        points = [(datetime.fromtimestamp(number(stamp) / 1_000, UTC), number(price)) for stamp, price in prices]
    except (ValueError, KeyError, TypeError, OverflowError, OSError):
        raise FeedFailure(t("{name} broke off its answer or changed its format.", name=NAME)) from None
    if not points:
        raise FeedFailure(t("{name} has no prices.", name=NAME))
    closes: dict[date, float] = {}
    provisional = None
    for moment, price in sorted(points):
        midnight = moment.time() == datetime.min.time()
        on = moment.date() - timedelta(days=1) if midnight else moment.date()
        closes[on] = price
        provisional = None if midnight else on
    return Fetched(currency, tuple(sorted(closes.items())), provisional=provisional)
