"""Business days of exchanges: what a deadline in a contract is counted in. Pure; `holidays` loads when first asked."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from holidays import HolidayBase

EXCHANGES = {
    "BVMF": "America/Sao_Paulo", "XASX": "Australia/Sydney", "XBOG": "America/Bogota", "XBOM": "Asia/Kolkata",
    "XBUE": "America/Argentina/Buenos_Aires", "XETR": "Europe/Berlin", "XFRA": "Europe/Berlin",
    "XHKG": "Asia/Hong_Kong", "XIST": "Europe/Istanbul", "XJSE": "Africa/Johannesburg", "XKAR": "Asia/Karachi",
    "XKRX": "Asia/Seoul", "XLON": "Europe/London", "XMAD": "Europe/Madrid", "XMEX": "America/Mexico_City",
    "XNAS": "America/New_York", "XNSE": "Asia/Kolkata", "XNYS": "America/New_York", "XNZE": "Pacific/Auckland",
    "XSAU": "Asia/Riyadh", "XSES": "Asia/Singapore", "XSHE": "Asia/Shanghai", "XSHG": "Asia/Shanghai",
    "XSWX": "Europe/Zurich", "XTAI": "Asia/Taipei", "XTKS": "Asia/Tokyo", "XTSE": "America/Toronto",
    "XWAR": "Europe/Warsaw",
}  # fmt: skip
"""ISO 10383 codes whose holidays are known, and whose clock an hour there is read from."""

OF_CURRENCY = {
    "JPY": "XTKS", "USD": "XNYS", "EUR": "XETR", "GBP": "XLON", "CHF": "XSWX", "AUD": "XASX", "CAD": "XTSE",
    "HKD": "XHKG", "SGD": "XSES", "KRW": "XKRX", "TWD": "XTAI", "NZD": "XNZE",
}  # fmt: skip
"""The exchange of a lender who names none, by the currency that is owed (assumption)."""

_ELSEWHERE = {"XTKS": "XJPX"}
"""What `holidays` calls an exchange where that is another code."""

A_DAY = timedelta(days=1)


def exchange_of(named: str | None, currency: str, base_currency: str) -> str:
    """The exchange whose days a lender counts: the named one, else that of the currency owed, else of the base's."""
    return named or OF_CURRENCY.get(currency) or OF_CURRENCY.get(base_currency, "XNYS")


def is_business_day(exchange: str, day: date) -> bool:
    return bool(_closed(exchange).is_working_day(day))


def business_days_after(exchange: str, day: date, count: int, *, counting: bool) -> date:
    """The `count`-th business day from a day on: `counting` the day itself, where it is one, or beginning after it."""
    found = day if counting else day + A_DAY
    while True:
        count -= is_business_day(exchange, found)
        if count <= 0:
            return moved_forward(exchange, found)
        found += A_DAY


def business_days_left(exchange: str, day: date, deadline: date) -> int:
    """Business days from a day to a deadline, both counted; 0 when it has passed."""
    days = (day + number * A_DAY for number in range((deadline - day).days + 1))
    return sum(is_business_day(exchange, found) for found in days)


def moved_forward(exchange: str, day: date) -> date:
    """The day, or the next business day after a holiday: how the term of a loan ends."""
    while not is_business_day(exchange, day):
        day += A_DAY
    return day


def moved_back(exchange: str, day: date) -> date:
    """The day, or the last business day before a holiday: how a margin position expires."""
    while not is_business_day(exchange, day):
        day -= A_DAY
    return day


@cache
def _closed(exchange: str) -> HolidayBase:
    from holidays import financial_holidays

    return financial_holidays(_ELSEWHERE.get(exchange, exchange))
