"""Which source a ticker comes from when the household has not said: the usual symbol, or none."""

from __future__ import annotations

import re

from alm.balance_sheet import AssetClass
from alm.currencies import COINS
from alm.feeds.quotes.values import SourceName

# A Japanese code is four characters, the letters of newer ones included (7203, 402A); a fifth, 5, is a preferred share.
_TOKYO = re.compile(r"^([0-9][0-9A-Z]{3}5?)(\.T)?$")
FUND = re.compile(r"(JP[0-9A-Z]{10})/([0-9A-Z]{8})")
"""A Japanese investment trust: its ISIN, and the code that the Investment Trusts Association gives it."""
_SUFFIX = {"GBP": ".L", "EUR": ".DE", "CHF": ".SW", "HKD": ".HK", "AUD": ".AX", "CAD": ".TO", "SGD": ".SI"}


# What the European Central Bank fixes (2026); other rates come from elsewhere.
_FIXED = frozenset((
    "AUD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR", "GBP", "HKD", "HUF", "IDR", "ILS", "INR", "ISK", "JPY",
    "KRW", "MXN", "MYR", "NOK", "NZD", "PHP", "PLN", "RON", "SEK", "SGD", "THB", "TRY", "USD", "ZAR",
))  # fmt: skip


def usual_rate(currency: str, base: str) -> tuple[SourceName, str]:
    """(source, symbol) of an exchange rate."""
    return ("ecb", currency) if {currency, base} <= _FIXED else ("yahoo", f"{currency}{base}=X")


def usual_source(
    ticker: str, currency: str, asset_class: AssetClass, price_unit: float
) -> tuple[SourceName, str] | None:
    """(source, symbol) by convention, or None where there is none to guess, such as Japanese funds.

    A wrong guess cannot pass for a price in another currency: the source's currency must be the books'.
    """
    if asset_class == "crypto":
        return ("coingecko", COINS[ticker.upper()]) if ticker.upper() in COINS else None
    if currency == "JPY" and FUND.fullmatch(ticker):
        return ("toushin", ticker)
    if currency == "JPY":
        code = _TOKYO.match(ticker)
        return ("yahoo", f"{code[1]}.T") if code and price_unit == 1 else None
    if not ticker.isascii() or " " in ticker or price_unit != 1:
        return None
    if currency == "USD":
        return ("yahoo", ticker.replace(".", "-"))  # Berkshire's second class is BRK-B there
    if "." in ticker[-4:]:
        return ("yahoo", ticker)
    return ("yahoo", ticker + _SUFFIX[currency]) if currency in _SUFFIX else None
