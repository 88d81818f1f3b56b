"""Answers in the shape of Yahoo's chart service, small and made up."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

RANGES = ["1d", "5d", "1mo", "3mo", "6mo", "1y", "2y", "5y", "10y", "ytd", "max"]


def stamp(day: str, zone: str = "Asia/Tokyo", hour: int = 9) -> int:
    return int(datetime.fromisoformat(day).replace(hour=hour, tzinfo=ZoneInfo(zone)).timestamp())


def chart(
    closes: dict[str, float | None],
    *,
    currency: str = "JPY",
    zone: str = "Asia/Tokyo",
    dividends: dict[str, float] | None = None,
    splits: dict[str, tuple[float, float]] | None = None,
    symbol: str = "7203.T",
    paid_in: str | None = None,
) -> dict[str, Any]:
    times = [stamp(day, zone) for day in closes]
    values = list(closes.values())
    session = {"timezone": "X", "start": times[-1], "end": times[-1] + 21_600, "gmtoffset": 0}
    events: dict[str, Any] = {}
    if dividends:
        events["dividends"] = {
            str(stamp(day, zone)): {"amount": x, "date": stamp(day, zone), **({"currency": paid_in} if paid_in else {})}
            for day, x in dividends.items()
        }
    if splits:
        events["splits"] = {
            str(stamp(day, zone)): {
                "date": stamp(day, zone), "numerator": new, "denominator": old, "splitRatio": f"{new:g}:{old:g}"
            }
            for day, (new, old) in splits.items()
        }  # fmt: skip
    quote = dict.fromkeys(("open", "high", "low", "close"), values)
    result = {
        "meta": {
            "currency": currency, "symbol": symbol, "exchangeName": "X", "instrumentType": "EQUITY",
            "firstTradeDate": times[0], "regularMarketTime": times[-1], "gmtoffset": 0, "timezone": "X",
            "exchangeTimezoneName": zone, "regularMarketPrice": values[-1], "priceHint": 2, "dataGranularity": "1d",
            "range": "1mo", "validRanges": RANGES,
            "currentTradingPeriod": {"pre": session, "regular": session, "post": session},
        },
        "timestamp": times,
        "events": events,
        "indicators": {"quote": [{**quote, "volume": [100] * len(times)}], "adjclose": [{"adjclose": values}]},
    }  # fmt: skip
    return {"chart": {"result": [result], "error": None}}


UNKNOWN_SYMBOL = {
    "chart": {"result": None, "error": {"code": "Not Found", "description": "No data found, symbol may be delisted"}}
}
