"""Values to words, in the household's language. Every figure a person reads is formatted here, whatever the medium."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from datetime import date

from alm.language import language, t, use_language, words

__all__ = [
    "DASH", "MINUS", "SYMBOLS", "WITHOUT_CENTS", "day", "language", "listed", "literal", "long_day", "money",
    "money_at_least", "money_needed", "money_short", "months", "number", "percent", "points", "t", "up_to",
    "use_language", "words",
]  # fmt: skip

DASH = "—"
MINUS = "\u2212"
SYMBOLS = {"JPY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "CNY": "CN¥", "KRW": "₩", "INR": "₹"}
WITHOUT_CENTS = frozenset({"JPY", "KRW", "VND", "CLP", "ISK", "HUF"})


def money(value: float | None, currency: str = "JPY", *, signed: bool = False, decimals: int | None = None) -> str:
    """`¥125,000,000`, `−$1,234.50`; a dash for what has no value. Rounded half to even, at display only."""
    if value is None or math.isnan(value):
        return DASH
    if math.isinf(value):
        return t("unlimited") if value > 0 else DASH
    places = (0 if currency in WITHOUT_CENTS else 2) if decimals is None else decimals
    number = f"{abs(value):,.{places}f}"
    return _sign(value, number, signed) + SYMBOLS.get(currency, f"{currency} ") + number


def money_short(value: float | None, currency: str = "JPY", *, down: bool = False) -> str:
    """Three figures and a unit: `¥125M`; in Japanese `1.25億円`. `down`: a limit, never shown above its value."""
    if value is None or not math.isfinite(value):
        return money(value, currency)
    if down:
        value = _three_figures(value, math.floor)
    if language() == "ja" and currency == "JPY":
        return _scaled(value, ((1e12, "兆円"), (1e8, "億円"), (1e4, "万円")), "円")
    sign = MINUS if value < 0 else ""
    return (
        sign
        + SYMBOLS.get(currency, f"{currency} ")
        + _scaled(abs(value), ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k")), "")
    )


def money_at_least(value: float, currency: str = "JPY") -> str:
    """An amount that has to suffice: three figures, rounded up, `¥89,100`."""
    return money(_three_figures(value, math.ceil), currency, decimals=0 if abs(value) >= 100 else None)


def money_needed(value: float, currency: str = "JPY") -> str:
    """A demand to its last digit: rounded up, but for the noise of its last bits, so that what is shown suffices."""
    if not math.isfinite(value):
        return money(value, currency)
    unit = 1 if currency in WITHOUT_CENTS else 100
    return money(math.ceil(value * unit - 1e-4) / unit, currency)


def _three_figures(value: float, rounded: Callable[[float], int]) -> float:
    if value == 0:
        return 0.0
    exponent = int(f"{abs(value):.17e}".partition("e")[2])
    unit = float(f"1e{exponent - 2}")
    return rounded(round(value / unit, 6)) * unit


def _scaled(value: float, units: tuple[tuple[float, str], ...], unit: str) -> str:
    for size, name in units:
        if abs(value) >= size:
            return (
                f"{value / size:.3g}{name}".replace("-", MINUS)
                if abs(value) / size < 1000
                else f"{value / size:,.0f}{name}"
            )
    return f"{value:,.0f}{unit}".replace("-", MINUS)


def percent(value: float | None, digits: int = 1, *, signed: bool = False) -> str:
    """`40.0%`; a fraction inside, percent only here."""
    if value is None or math.isnan(value):
        return DASH
    if math.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    number = f"{abs(value) * 100:.{digits}f}"
    return f"{_sign(value, number, signed)}{number}%"


def up_to(value: float | None, digits: int = 1) -> str:
    """A percentage that is a limit, such as a fall that is survived: rounded down, so that what is shown holds."""
    return percent(None if value is None else floored(value, digits + 2), digits)


def floored(value: float, digits: int) -> float:
    """The largest figure of so many decimals that is not above the value, but for the noise of its last bits."""
    if not math.isfinite(value):
        return value
    return math.floor(value * 10.0**digits + 1e-7) / 10.0**digits


def points(value: float | None, digits: int = 2, *, signed: bool = True) -> str:
    """A difference of two percentages: `+1.20 pt`."""
    if value is None or not math.isfinite(value):
        return DASH
    number = f"{abs(value) * 100:.{digits}f}"
    return t("{points} pt", points=f"{_sign(value, number, signed)}{number}")


def _sign(value: float, number: str, signed: bool) -> str:
    zero = not number.strip("0.,")
    if zero:
        return ""
    return MINUS if value < 0 else "+" if signed else ""


def number(value: float | None, digits: int = 2) -> str:
    """A plain figure with its decimals, or a dash."""
    if value is None or math.isnan(value):
        return DASH
    if math.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    return f"{value:,.{digits}f}".replace("-", MINUS)


def months(value: float | None) -> str:
    """`5.1 months`; years and months from three years on; unlimited when nothing runs out."""
    if value is None or math.isnan(value):
        return DASH
    if math.isinf(value):
        return t("unlimited")
    if value >= 36:
        return t("{years} years", years=f"{value / 12:.1f}")
    return t("{months} months", months=f"{value:.1f}")


def day(value: date | None) -> str:
    """ISO, which sorts and needs no guessing; Japanese dates in the household's own order are the same."""
    return DASH if value is None else value.isoformat()


def long_day(value: date) -> str:
    """With its weekday, for a day that must not be mistaken: `Wednesday 9 December 2026`."""
    if language() == "ja":
        return f"{value.year}年{value.month}月{value.day}日（{'月火水木金土日'[value.weekday()]}）"
    return f"{value:%A} {value.day} {value:%B} {value.year}"


def listed(items: Iterable[str], *, limit: int = 5) -> str:
    """`a, b, c and 4 more`."""
    names = list(items)
    shown = ", ".join(names[:limit])
    rest = len(names) - limit
    return shown if rest <= 0 else t("{shown} and {rest} more", shown=shown, rest=rest)


_MARKUP = re.compile(r"[\\`*\[<$~]|(?<!\w)_|_(?!\w)|&(?=[#\w])|:(?=[A-Za-z])|^[#>+-]")
_ADDRESS = re.compile(r"(?<=\w):(?=//)|\bwww(?=\.)|@(?=\w)", re.IGNORECASE)
_JOINED = "\N{WORD JOINER}"
"""Seen by nobody: Markdown makes links of bare addresses, and no escape keeps it from that."""


def literal(sentence: str) -> str:
    """For a page that reads Markdown: names typed by people and sums in dollars are shown as they are, never obeyed."""
    escaped = _MARKUP.sub(r"\\\g<0>", " ".join(sentence.split()))
    return _ADDRESS.sub(rf"\g<0>{_JOINED}", escaped)
