"""The sources as they are used: opened when a ticker needs them, closed when the update is over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime

from alm.feeds import web
from alm.feeds.quotes.values import Source, SourceName
from alm.feeds.web import PATIENT, Patience
from alm.settings import feed_address, feed_key


@contextmanager
def opened(
    names: Iterable[SourceName], now: datetime, patience: Patience = PATIENT
) -> Iterator[dict[SourceName, Source]]:
    """One source per name; only those named are imported, since Yahoo's library alone takes seconds."""
    with ExitStack() as stack:
        yield {name: _open(name, now, patience, stack) for name in set(names)}


def _open(name: SourceName, now: datetime, patience: Patience, stack: ExitStack) -> Source:
    from alm.feeds.quotes import coingecko, ecb, toushin, written

    if name == "yahoo":
        from alm.feeds.quotes.yahoo import Yahoo, YahooSession

        yahoo = YahooSession(feed_address("yahoo"), patience)
        stack.callback(yahoo.close)
        return Yahoo(yahoo, now)
    if name == "csv":
        return written.CsvPrices()
    if name == "manual":
        return written.Manual()
    session = stack.enter_context(web.opened())
    if name == "ecb":
        return ecb.EcbRates(session, now, base_url=feed_address("ecb") or ecb.BASE_URL, patience=patience)
    if name == "toushin":
        url = feed_address("toushin") or toushin.BASE_URL
        return toushin.Toushin(session, base_url=url, patience=patience)
    url = feed_address("coingecko") or coingecko.BASE_URL
    return coingecko.CoinGecko(session, now, base_url=url, key=feed_key("coingecko"), patience=patience)
