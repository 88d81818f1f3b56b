"""Exchange rates: the European Central Bank's daily reference rates, as Frankfurter serves them without a key.

Crosses are taken through the euro by the service. The bank fixes at 16:00 CET on its working days; there is no rate
on a weekend and none is invented: the books use each currency's own latest.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from alm.feeds.quotes.values import Fetched, Wanted
from alm.feeds.web import PATIENT, FeedFailure, Patience, Session, get_text, number, read_json
from alm.language import t

NAME = "The ECB rate service"
BASE_URL = "https://api.frankfurter.dev/v1"
_FIRST = timedelta(days=3_653)


class EcbRates:
    def __init__(
        self,
        session: Session,
        now: datetime,
        *,
        base_url: str = BASE_URL,
        patience: Patience = PATIENT,
    ) -> None:
        self.session, self.now, self.base_url, self.patience = session, now, base_url, patience

    def fetch(self, wanted: Wanted) -> Fetched:
        """`wanted.symbol` is the foreign currency; rates are `wanted.currency` per one unit of it."""
        start = wanted.since or self.now.date() - _FIRST
        text = get_text(
            self.session,
            NAME,
            f"{self.base_url}/{start.isoformat()}..",
            {"base": wanted.symbol, "symbols": wanted.currency},
            patience=self.patience,
        )
        return parse(text, wanted.symbol, wanted.currency)


def parse(text: str, base: str, currency: str) -> Fetched:
    """Rates by day; an answer for another pair is refused."""
    try:
        answer = read_json(text)
        found = str(answer["base"])
        pairs = all(currency in rates for rates in answer["rates"].values())
        if found != base or not pairs:
            raise FeedFailure(
                t("{name} answered for another pair than {base}/{currency}.", name=NAME, base=base, currency=currency)
            )
        days = {date.fromisoformat(on): number(rates[currency]) for on, rates in answer["rates"].items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise FeedFailure(t("{name} broke off its answer or changed its format.", name=NAME)) from None
    if not days:
        raise FeedFailure(
            t("{name} has no rates for {base}/{currency}; enter them with `alm import` or choose another source.",
              name=NAME, base=base, currency=currency)
        )  # fmt: skip
    return Fetched(currency, tuple(sorted(days.items())))
