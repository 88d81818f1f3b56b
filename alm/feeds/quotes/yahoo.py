"""Yahoo Finance: yfinance brings its cookie and crumb past the door, the answer is read here.

Yahoo's `close` is not what was traded: it is restated for every later split (never for dividends), and so are its
dividends; `parse` undoes both, so that a close once stored stays true. A dividend has a currency of its own. London
quotes in pence (`GBp`), Johannesburg in cents, Tel Aviv in agorot. Splits of 1/0 exist, and answers for another symbol.
"""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from curl_cffi import requests as curl  # yfinance's own transport: Yahoo turns plain clients away

from alm.currencies import in_major
from alm.feeds.quotes.values import Fetched, Payment, Point, Wanted
from alm.feeds.web import PATIENT, FeedFailure, Patience, capped, exchange, number, read_json, refuse
from alm.language import t
from alm.settings import cache_folder

NAME = "Yahoo"
CHART = "https://query2.finance.yahoo.com/v8/finance/chart/"
_YAHOO = re.compile(r"^https://[a-z0-9.-]*yahoo\.com")
LARGEST_SPLIT = 10_000.0
# What an answer of another shape than the known one raises where it is read.
_CHANGED = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, OSError)
# Yahoo's own ranges, with the days they cover.
_RANGES = ((4, "5d"), (28, "1mo"), (85, "3mo"), (180, "6mo"), (360, "1y"), (1_800, "5y"), (3_600, "10y"))


class YahooSession(curl.Session[curl.Response]):
    """yfinance's session, bounded like every other, with a memory of the last price answer and of how it failed."""

    def __init__(self, base_url: str | None = None, patience: Patience = PATIENT) -> None:
        super().__init__(impersonate="chrome")
        self.base_url, self.patience = base_url, patience
        self.last: tuple[curl.Response | None, str] = (None, "")

    def request(self, method: Any, url: str, *args: Any, **kwargs: Any) -> Any:  # curl_cffi's own signature
        """Every request of yfinance passes here; `base_url` stands in for all of Yahoo's hosts."""
        target = _YAHOO.sub(self.base_url, url) if self.base_url else url
        kwargs["timeout"] = self.patience.timeout_s
        if "/chart/" not in url:
            return capped(super().request, method, target, *args, **kwargs)
        del kwargs["timeout"]
        try:
            answer = exchange(super().request, NAME, target, self.patience, **kwargs)
        except FeedFailure as error:
            self._note(None, str(error))
            raise
        self._note(answer, "")
        return answer

    def _note(self, answer: curl.Response | None, failure: str) -> None:
        self.last = answer, failure

    def chart(self, symbol: str, period: str) -> str:
        """The body of the price service's answer. Raises FeedFailure."""
        from yfinance import cache
        from yfinance.data import YfData

        self._note(None, "")
        params = {"range": period, "interval": "1d", "includePrePost": "false", "events": "div,splits"}
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                YfData(session=self).get(CHART + quote(symbol, safe=""), params)
        except Exception:  # noqa: BLE001, S110  # whatever its cookies do: what the price service said is what counts
            pass
        finally:
            for kept in (cache.tz_db_proxy, cache.Cookie_db_proxy):
                if kept.obj is not None:
                    kept.close()  # it would stay open in every thread that ever asked
        answer, failure = self.last
        if answer is None:
            raise FeedFailure(failure or t("{source} could not be reached.", source=NAME))
        if answer.status_code == 404 and b'"chart"' in answer.content[:100]:
            raise FeedFailure(_unknown(symbol))
        refuse(NAME, answer.status_code, answer.headers.get("Content-Type") or "", answer.content)
        return answer.content.decode("utf-8", "replace")


class Yahoo:
    """`now` decides which bar is still moving and how far back to ask; it is the caller's clock."""

    def __init__(self, session: YahooSession, now: datetime) -> None:
        self.session, self.now = session, now

    def fetch(self, wanted: Wanted) -> Fetched:
        from yfinance import cache

        logging.getLogger("yfinance").setLevel(logging.CRITICAL)
        folder = cache_folder() / "yfinance"
        folder.mkdir(parents=True, exist_ok=True)
        cache.set_tz_cache_location(str(folder))
        text = self.session.chart(wanted.symbol, range_since(wanted.since, self.now.date()))
        return parse(text, wanted.symbol, self.now)


def range_since(since: date | None, today: date) -> str:
    """The shortest of Yahoo's ranges that reaches back to what the books may lack; ten years for a new ticker."""
    if since is None:
        return "10y"
    gap = (today - since).days
    return next((name for days, name in _RANGES if gap <= days), "max")


def _unknown(symbol: str) -> str:
    return t("{name} has no prices for {symbol}: it may have been renamed or delisted.", name=NAME, symbol=symbol)


def parse(text: str, symbol: str, now: datetime) -> Fetched:
    """Raw closes, dividends and splits of the price service's JSON; days without a close drop out."""
    try:
        answer = read_json(text)
    except ValueError:
        raise FeedFailure(t("{name} broke off its answer.", name=NAME)) from None
    try:
        found = answer["chart"]["result"]
        if not found:
            raise FeedFailure(_unknown(symbol))
        return _read(found[0], symbol, now)
    except _CHANGED as error:
        what = t("changed its format ({kind})", kind=type(error).__name__)
        raise FeedFailure(t("{name} broke off its answer or {what}.", name=NAME, what=what)) from None


def _read(result: Mapping[str, Any], symbol: str, now: datetime) -> Fetched:
    meta, events = result["meta"], result.get("events") or {}
    unit = _checked(meta, symbol)
    currency, scale = in_major(unit)
    zone = ZoneInfo(str(meta.get("exchangeTimezoneName") or "UTC"))
    splits, odd = _splits(events.get("splits") or {}, zone)
    closes = _closes(result, zone, scale)
    if not closes:
        raise FeedFailure(_unknown(symbol))
    market_day = now.astimezone(zone).date()
    return Fetched(
        currency=currency,
        closes=as_traded(closes, splits),
        dividends=_dividends(events.get("dividends") or {}, zone, unit, splits),
        splits=tuple(splits),
        provisional=market_day if closes[-1][0] == market_day else None,
        odd=odd,
    )


def _checked(meta: Mapping[str, Any], symbol: str) -> str:
    """The unit of the prices, if the answer is about the symbol asked for."""
    named = str(meta.get("symbol") or symbol)
    if named.upper() != symbol.upper():
        raise FeedFailure(
            t(
                "{name} answered for {other} instead of {symbol}; nothing was stored. If {symbol} was renamed, choose "
                "the new symbol with `alm prices source`.",
                name=NAME,
                other=named,
                symbol=symbol,
            )
        )
    if not meta.get("currency"):
        raise FeedFailure(t("{name} does not say in which currency its prices are.", name=NAME))
    return str(meta["currency"])


def _closes(result: Mapping[str, Any], zone: ZoneInfo, scale: float) -> list[Point]:
    """One a day, the later where today's stands twice; seven digits, which is what single precision knows."""
    stamps = result.get("timestamp") or []
    values = result["indicators"]["quote"][0].get("close") or [None] * len(stamps)
    days = {_day(stamp, zone): value for stamp, value in zip(stamps, values, strict=True) if value is not None}
    return sorted((on, number(value) * scale) for on, value in days.items())


def _day(stamp: object, zone: ZoneInfo) -> date:
    """The market's own day. Where summer time misleads Yahoo a day begins an hour or two before its midnight."""
    moment = datetime.fromtimestamp(number(stamp), zone)
    early = moment.hour >= 22 and (moment.minute, moment.second) == (0, 0)
    return (moment + timedelta(hours=2 * early)).date()


def _splits(events: Mapping[str, Any], zone: ZoneInfo) -> tuple[list[Point], tuple[str, ...]]:
    """New units per old by day, and a sentence for each that is none."""
    found: list[Point] = []
    odd: list[str] = []
    for event in events.values():
        on, new, old = _day(event["date"], zone), number(event["numerator"]), number(event["denominator"])
        if new > 0 and old > 0 and 1 / LARGEST_SPLIT <= new / old <= LARGEST_SPLIT:
            found.append((on, new / old))
        else:
            odd.append(
                t("{name} reports a split of {new} to {old} on {day}, which was left out.",
                  name=NAME, new=f"{new:g}", old=f"{old:g}", day=on)
            )  # fmt: skip
    return sorted(found), tuple(odd)


def _dividends(events: Mapping[str, Any], zone: ZoneInfo, unit: str, splits: list[Point]) -> tuple[Payment, ...]:
    """Each in its own currency; where it names none, in the unit of the prices."""
    found = []
    for event in events.values():
        currency, scale = in_major(str(event.get("currency") or unit))
        on = _day(event["date"], zone)
        ((_, amount),) = as_traded([(on, number(event["amount"]) * scale)], splits)
        found.append(Payment(on, amount, currency))
    return tuple(sorted(found))


def as_traded(points: list[Point], splits: list[Point]) -> tuple[Point, ...]:
    """Undo the restatement: times the ratio of every split after the day, to the seven digits Yahoo's figures have."""
    restated = []
    for on, value in points:
        for split_on, ratio in splits:
            value *= ratio if split_on > on else 1.0
        restated.append((on, float(f"{value:.7g}")))
    return tuple(restated)
