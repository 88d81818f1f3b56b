"""One cell, or one file of text, from outside: to an exact value or a `ValueError` that says what was expected. Pure.

What is decided here holds for every file this program reads:

- full-width digits and signs are read as their ASCII forms; `−`, `▲` and `△` are minus signs;
- thousands separators are read only where every group has three digits and the first does not begin with 0, so `1,5`
  and `0,125` are refused, never 15, 1.5 or 125;
- a file of semicolons has decimal commas where it has commas at all (`decimal_commas`);
- one currency sign (`¥ $ € £`, and `\\`, which is `¥` in Shift-JIS) is reported to the caller, who knows the currency;
- parentheses around an amount are a minus sign, as in accounts;
- NaN, infinity and exponents are refused (a spreadsheet that wrote `1.23E+05` has already lost digits);
- dates are year first (`2026-01-31`, `2026/1/31`); any other order is refused, because nobody can tell 3/4 from 4/3;
- text is one line without control characters, at most 200 long, trimmed.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from alm.errors import BadInput
from alm.language import t

UPLOAD_LIMIT = 5 * 1024 * 1024
"""Bytes of an upload or of a broker's file."""
TABLE_LIMIT = 64 * 1024 * 1024
"""Bytes of this program's own CSV read from disk: twenty years of daily prices are more than an upload may be."""
INTEGER_DIGITS, DECIMALS = 15, 12
TEXT_LENGTH, NOTE_LENGTH = 200, 2_000

CURRENCY_SIGNS = {"¥": ("JPY", "CNY"), "$": ("USD", "AUD", "CAD", "HKD", "NZD", "SGD"), "€": ("EUR",), "£": ("GBP",)}

_ASCII = str.maketrans(
    {**{chr(0xFF01 + i): chr(0x21 + i) for i in range(94)}, "　": " ", "\u00a0": " ", "￥": "¥", "\\": "¥", "＼": "¥"}
    | dict.fromkeys("−▲△", "-")
)
_NUMBER = re.compile(r"([0-9]+|[1-9][0-9]{0,2}(?:,[0-9]{3})+)(\.[0-9]+)?")
_COMMA = re.compile(r"[^0-9]*(?:0|[1-9][0-9]*|[1-9][0-9]{0,2}(?:\.[0-9]{3})+)(?:,[0-9]+)?[^0-9]*")
_GROUPED = re.compile(r"[^0-9]*[1-9][0-9]{0,2}(?:\.[0-9]{3})+[^0-9]*")
_DATE = re.compile(r"([0-9]{4})([-/])([0-9]{1,2})\2([0-9]{1,2})")
_SIGNED = re.compile(
    r"(?P<before>[-+]?)(?P<sign>[¥$€£]?) ?(?P<after>[-+]?)(?P<digits>[0-9][0-9,.]*) ?(?P<unit>[%¥$€£]?)"
)
_UNASSIGNED = re.compile("[\x80\xa0\ue000-\uf8ff]")
"""What stands for bytes that mean nothing in CP932: text of another encoding, or a character only its writer has."""
_NEL = "alm-nel"


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as written: its exact value, the currency sign it carried and whether it was a percentage."""

    value: Decimal
    sign: str = ""
    percent: bool = False


def ascii_form(text: str) -> str:
    """Full-width forms as ASCII, the minus signs of Japanese accounts as `-`, trimmed."""
    return text.translate(_ASCII).strip()


def figure(text: str) -> Figure:
    """`1,234.5`, `¥1,234`, `(1,234)`, `▲5`, `１２３`, `2 %` exactly; anything else raises."""
    plain = ascii_form(text)
    bracketed = len(plain) > 2 and plain[0] == "(" and plain[-1] == ")"
    match = _SIGNED.fullmatch(plain[1:-1].strip() if bracketed else plain)
    if match is None:
        raise ValueError(_hint(plain))
    minus = match["before"] or match["after"]
    if (bracketed and minus) or (match["before"] and match["after"]) or (match["sign"] and match["unit"]):
        raise ValueError("a number with one sign")
    value = _exact(match["digits"])
    negative = bracketed or minus == "-"
    percent = match["unit"] == "%"
    return Figure(-value if negative and value else value, match["sign"] or match["unit"].replace("%", ""), percent)


def _hint(plain: str) -> str:
    if re.fullmatch(r"[-+]?(nan|inf|infinity)", plain, re.IGNORECASE):
        return "a finite number"
    if re.fullmatch(r"[-+]?[0-9.,]+e[-+]?[0-9]+", plain, re.IGNORECASE):
        return "a number with all its digits, not an exponent"
    return "a number such as 1234.56"


def _exact(digits: str) -> Decimal:
    if not _NUMBER.fullmatch(digits):
        raise ValueError("a number such as 1234.56 or 1,234.56 (a decimal point, commas only between thousands)")
    whole, _, decimals = digits.replace(",", "").partition(".")
    if len(whole.lstrip("0")) > INTEGER_DIGITS or len(decimals.rstrip("0")) > DECIMALS:
        raise ValueError(
            t("a number of at most {digits} digits and {decimals} decimals", digits=INTEGER_DIGITS, decimals=DECIMALS)
        )
    return Decimal(f"{whole}.{decimals or 0}")


def decimal_commas(texts: Iterable[str]) -> bool:
    """Whether the figures of a file with semicolons have decimal commas, as in most of Europe.

    Raises where that cannot be told: `1.250` alone may be 1250 or 1.25.
    """
    given = [plain for text in texts if (plain := ascii_form(text))]
    if any("," in plain for plain in given):
        return all(_COMMA.fullmatch(plain) for plain in given if "," in plain)
    odd = [plain for plain in given if _GROUPED.fullmatch(plain)]
    if odd and not any("." in plain and not _GROUPED.fullmatch(plain) for plain in given):
        raise ValueError(
            t("a figure that is not both {one} and {other}: write 1250.00 or 1250,00", one="1250", other="1.25")
        )
    return False


def with_point(text: str) -> str:
    """A figure with a decimal comma, `1.234,5`, as one with a decimal point, `1234.5`; any other as it is."""
    plain = ascii_form(text)
    return plain.replace(".", "").replace(",", ".") if _COMMA.fullmatch(plain) else plain.replace(",", "'")


def number(text: str) -> Decimal:
    """A figure without currency sign or percent."""
    read = figure(text)
    if read.sign or read.percent:
        raise ValueError("a plain number without a currency or percent sign")
    return read.value


def canonical(value: Decimal) -> str:
    """The one way a number is written: no exponent, no trailing zeros, no minus zero."""
    if not value:
        return "0"
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def day(text: str) -> date:
    """A date written year first."""
    match = _DATE.fullmatch(ascii_form(text))
    try:
        if match is None or not 1900 <= int(match[1]) <= 2199:
            raise ValueError
        return date(int(match[1]), int(match[3]), int(match[4]))
    except ValueError:
        raise ValueError("a date written year first, such as 2026-01-31") from None


def symbol(text: str, currency: str = "") -> str:
    """A ticker in one spelling: full-width codes in ASCII, `BRK/B` as `BRK.B`, Hong Kong's `700` as `0700`."""
    plain = re.sub(r"^([A-Z]{1,5})/([A-Z])$", r"\1.\2", ascii_form(text))
    if currency == "HKD" and re.fullmatch("[0-9]{1,5}", plain):
        return plain.lstrip("0").zfill(4)
    return plain if plain.isascii() else text.strip()


def label(text: str) -> str:
    """One line of text for a person, trimmed."""
    return _line(text, TEXT_LENGTH)


def note(text: str) -> str:
    """A longer line of text, trimmed."""
    return _line(text, NOTE_LENGTH)


def _line(text: str, longest: int) -> str:
    trimmed = text.strip()
    if any(unicodedata.category(c) in ("Cc", "Zl", "Zp", "Cs") or "\u202a" <= c <= "\u202e" for c in trimmed):
        raise ValueError("text on one line without control characters")
    if len(trimmed) > longest:
        raise ValueError(t("text of at most {count} characters", count=longest))
    return trimmed


def decode(data: bytes, file: str, *, limit: int = UPLOAD_LIMIT) -> str:
    """The text of a file: UTF-8 with or without BOM, else Shift-JIS as Windows writes it (CP932), else Windows-1252.

    NEL (U+0085, which one broker writes for a line break) becomes a line feed. NUL bytes, other encodings,
    spreadsheets, empty files and files above the limit are refused.
    """
    if len(data) > limit:
        raise BadInput(
            t("a file of at most {size} MB", size=limit // 1024 // 1024),
            file=file,
            value=t("{count} bytes", count=f"{len(data):,}"),
        )
    if not data.strip():
        raise BadInput("a file with something in it", file=file)
    if data.startswith(b"PK\x03\x04") or data.startswith(b"\xd0\xcf\x11\xe0"):
        raise BadInput("text: open it in the spreadsheet and save it as CSV", file=file)
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise BadInput("UTF-8 or Shift-JIS text (this is UTF-16: save it as CSV UTF-8)", file=file)
    if b"\0" in data:
        raise BadInput("text without NUL bytes", file=file, row=data[: data.index(b"\0")].count(b"\n") + 1)
    return re.sub("\x85\r?\n?", "\n", _text(data, file))


def _text(data: bytes, file: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if data.startswith(codecs.BOM_UTF8):
            raise BadInput(
                t("UTF-8 text, as its first bytes promise (byte {byte} is not)", byte=error.start), file=file
            ) from None
    if _is_western(data):
        return data.decode("cp1252")
    try:
        text = data.decode("cp932", errors=_NEL)
    except UnicodeDecodeError as error:
        raise BadInput(t("UTF-8 or Shift-JIS text (byte {byte} is neither)", byte=error.start), file=file) from None
    if stray := _UNASSIGNED.search(text):
        line = text[: stray.start()].count("\n") + 1
        raise BadInput("UTF-8 or Shift-JIS text", file=file, row=line)
    return text


def _is_western(data: bytes) -> bool:
    """Accented letters of Windows-1252 beside plain ones: Japanese text has lead bytes below 0xA0, or runs of kana."""
    high = re.findall(rb"[\x80-\xff]+", data)
    return all(re.fullmatch(rb"[\xc0-\xfe]{1,2}|\x80", run) for run in high) and not re.search(
        rb"\x80[^\s\d;,\"]", data
    )


def _nel(error: UnicodeError) -> tuple[str, int]:
    """CP932 has no NEL: a bare 0x85 that begins no character and stands before a line's end is one."""
    if isinstance(error, UnicodeDecodeError):
        after = error.object[error.start + 1 : error.start + 2]
        if error.object[error.start : error.start + 1] == b"\x85" and after in (b"\r", b"\n", b""):
            return "\x85", error.start + 1
    raise error


codecs.register_error(_NEL, _nel)
