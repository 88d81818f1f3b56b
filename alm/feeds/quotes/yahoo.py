"""Yahoo Finance through yfinance.

Measured traps: an exhausted quota or a broken answer comes back as an empty frame without an error, so the session
remembers the last answer and the reason is read from it. Yahoo's `Close` is not what was traded: it is restated for
every later split (never for dividends when `auto_adjust` is off), and so are its dividends; `parse` undoes both, so
that a close once stored stays true. London quotes in pence (`GBp`), Johannesburg in cents, Tel Aviv in agorot.
"""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from curl_cffi import requests as curl  # yfinance's own transport: Yahoo turns plain clients away
from curl_cffi.requests.exceptions import RequestException, Timeout

from alm.feeds.quotes.values import Fetched, Point, Wanted
from alm.feeds.web import PATIENT, FeedFailure, Patience, broken, pause, refuse
from alm.language import t
from alm.settings import cache_folder

if TYPE_CHECKING:
    import pandas as pd

NAME = "Yahoo"
_BUSY = (429, 503)
_YAHOO = re.compile(r"^https://[a-z0-9.-]*yahoo\.com")
# Yahoo writes minor units by a lower-case or odd last letter: hundredths of the currency beside them.
MINOR_UNITS = {"GBp": "GBP", "GBX": "GBP", "ZAc": "ZAR", "ZAC": "ZAR", "ILA": "ILS"}
# What yfinance raises on an answer of another shape than it knows.
_CHANGED = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError)
# Yahoo's own ranges, with the days they cover.
_RANGES = ((4, "5d"), (28, "1mo"), (85, "3mo"), (180, "6mo"), (360, "1y"), (1_800, "5y"), (3_600, "10y"))


class YahooSession(curl.Session[curl.Response]):
    """yfinance's session with Retry-After, a bounded wait, and a memory of how the last price request ended."""

    def __init__(self, base_url: str | None = None, patience: Patience = PATIENT) -> None:
        super().__init__(impersonate="chrome")
        self.base_url, self.patience = base_url, patience
        self.failure: str | None = None

    def request(self, method: Any, url: str, *args: Any, **kwargs: Any) -> Any:  # curl_cffi's own signature
        """Every request of yfinance passes here; `base_url` stands in for all of Yahoo's hosts."""
        target = _YAHOO.sub(self.base_url, url) if self.base_url else url
        kwargs["timeout"] = self.patience.timeout_s
        if "/chart/" not in url:
            return super().request(method, target, *args, **kwargs)
        try:
            answer = self._patiently(method, target, *args, **kwargs)
            self.failure = _verdict(answer)
        except Timeout:
            self.failure = t(
                "{name} did not answer within {seconds} s.", name=NAME, seconds=f"{self.patience.timeout_s:g}"
            )
            raise
        except RequestException as error:
            self.failure = broken(NAME, error)
            raise
        except FeedFailure as error:
            self.failure = str(error)
            raise
        return answer

    def _patiently(self, *args: Any, **kwargs: Any) -> Any:
        for attempt in range(1, self.patience.attempts):
            answer: Any = super().request(*args, **kwargs)
            if answer.status_code not in _BUSY:
                return answer
            pause(NAME, answer.headers, attempt, self.patience)
        return super().request(*args, **kwargs)


def _verdict(answer: Any) -> str | None:
    """Why this answer holds no prices, as far as its outside tells."""
    try:
        refuse(NAME, answer.status_code, answer.headers.get("Content-Type", ""), answer.content)
        answer.json()
    except FeedFailure as error:
        return str(error)
    except ValueError:
        return t("{name} broke off its answer.", name=NAME)
    return None


class Yahoo:
    """`now` decides which bar is still moving and how far back to ask; it is the caller's clock."""

    def __init__(self, session: YahooSession, now: datetime) -> None:
        self.session, self.now = session, now

    def fetch(self, wanted: Wanted) -> Fetched:
        import yfinance
        from yfinance import cache
        from yfinance.data import YfData

        YfData.cache_get.cache_clear()  # it would remember a broken answer as long as the process lives
        logging.getLogger("yfinance").setLevel(logging.CRITICAL)
        folder = cache_folder() / "yfinance"
        folder.mkdir(parents=True, exist_ok=True)
        yfinance.set_tz_cache_location(str(folder))
        self.session.failure = None
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                ticker = yfinance.Ticker(wanted.symbol, session=self.session)
                period = range_since(wanted.since, self.now.date())
                frame = ticker.history(period=period, auto_adjust=False, actions=True)
                meta = ticker.get_history_metadata()
        except (yfinance.exceptions.YFException, FeedFailure, RequestException, *_CHANGED) as error:
            what = t("changed its format ({kind})", kind=type(error).__name__)
            raise FeedFailure(
                self.session.failure or t("{name} broke off its answer or {what}.", name=NAME, what=what)
            ) from None
        finally:
            for kept in (cache.tz_db_proxy, cache.Cookie_db_proxy):
                if kept.obj is not None:
                    kept.close()  # it would stay open in every thread that ever asked
        if frame.empty:
            raise FeedFailure(
                self.session.failure or t("{name} has no prices for {symbol}.", name=NAME, symbol=wanted.symbol)
            )
        return parse(frame, meta, self.now)


def range_since(since: date | None, today: date) -> str:
    """The shortest of Yahoo's ranges that reaches back to the last close in the books; ten years for a new ticker."""
    if since is None:
        return "10y"
    gap = (today - since).days
    return next((name for days, name in _RANGES if gap <= days), "max")


def parse(frame: pd.DataFrame, meta: Mapping[str, object], now: datetime) -> Fetched:
    """Raw closes, dividends and splits from yfinance's daily frame; rows without a close drop out."""
    unit = str(meta.get("currency") or "")
    if not unit:
        raise FeedFailure(t("{name} does not say in which currency its prices are.", name=NAME))
    zone = ZoneInfo(str(meta.get("exchangeTimezoneName") or "UTC"))
    scale = 0.01 if unit in MINOR_UNITS else 1.0
    days = [stamp.date() for stamp in frame.index]
    splits = [(on, float(x)) for on, x in zip(days, frame["Stock Splits"], strict=True) if x]
    closes = [(on, float(x) * scale) for on, x in zip(days, frame["Close"], strict=True) if x == x]
    dividends = [(on, float(x) * scale) for on, x in zip(days, frame["Dividends"], strict=True) if x]
    market_day = now.astimezone(zone).date()
    return Fetched(
        currency=MINOR_UNITS.get(unit, unit),
        closes=as_traded(closes, splits),
        dividends=as_traded(dividends, splits),
        splits=tuple(splits),
        provisional=market_day if closes and closes[-1][0] == market_day else None,
    )


def as_traded(points: list[Point], splits: list[Point]) -> tuple[Point, ...]:
    """Undo the restatement: times the ratio of every split after the day, to the seven digits Yahoo's figures have."""
    restated = []
    for on, value in points:
        for split_on, ratio in splits:
            value *= ratio if split_on > on else 1.0
        restated.append((on, float(f"{value:.7g}")))
    return tuple(restated)
