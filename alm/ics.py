"""Events as an iCalendar file (RFC 5545): stable UIDs, escaped texts, lines folded at 75 octets, no clock."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from alm.calendar import EXCHANGES
from alm.coming import Event

LONGEST_LINE = 75
END = "\r\n"


def calendar_text(events: Iterable[Event], as_of: date, amount: Callable[[float], str] | None = None) -> str:
    """The whole file; `amount` writes sums, None leaves them out. The same events of a day give the same text."""
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//alm//calendar//EN", "CALSCALE:GREGORIAN", "METHOD:PUBLISH",
        *(line for event in events for line in _event(event, as_of, amount)),
        "END:VCALENDAR",
    ]  # fmt: skip
    return "".join(_folded(line) + END for line in lines)


def _event(event: Event, as_of: date, amount: Callable[[float], str] | None) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{hashlib.sha256(event.key.encode()).hexdigest()[:32]}@alm"
    yield f"DTSTAMP:{as_of:%Y%m%d}T000000Z"
    yield from _when(event)
    sum_ = "" if amount is None or event.amount is None else f" ({amount(event.amount)})"
    yield f"SUMMARY:{_escaped(event.title + sum_)}"
    yield f"CATEGORIES:{event.kind.upper()}"
    yield "CLASS:PRIVATE"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _when(event: Event) -> tuple[str, ...]:
    """A whole day, or the half hour before an hour of the exchange's clock, in UTC."""
    if event.hour is None or event.exchange is None:
        return (f"DTSTART;VALUE=DATE:{event.on:%Y%m%d}", f"DTEND;VALUE=DATE:{event.on + timedelta(days=1):%Y%m%d}")
    zone = ZoneInfo(EXCHANGES[event.exchange])
    end = datetime.combine(event.on, time.fromisoformat(event.hour), zone).astimezone(UTC)
    return f"DTSTART:{end - timedelta(minutes=30):%Y%m%dT%H%M%SZ}", f"DTEND:{end:%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    for character, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        text = text.replace(character, written)
    return text


def _folded(line: str) -> str:
    """Pieces of at most 75 octets, the space that continues a line counted; no character is torn."""
    pieces, room = [""], LONGEST_LINE
    for character in line:
        size = len(character.encode())
        if size > room:
            pieces.append("")
            room = LONGEST_LINE - 1
        pieces[-1] += character
        room -= size
    return f"{END} ".join(pieces)
