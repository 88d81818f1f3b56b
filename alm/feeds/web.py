"""One polite request: bounded in time, size and patience, kept to its own host, and every failure one sentence.

The transport is curl's, which keeps a deadline over the whole exchange, trickled headers included, and hands over a
body piece by piece as it is unpacked: what never ends, or unpacks to gigabytes, is cut off at the cap.
"""

from __future__ import annotations

import json
import math
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import urljoin, urlsplit

from alm.errors import AlmError
from alm.language import t

if TYPE_CHECKING:
    from curl_cffi import requests as curl

Session: TypeAlias = "curl.Session[curl.Response]"


class FeedFailure(AlmError):
    """A source gave nothing usable; `str()` says what it did. Nothing is stored in its place."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long one answer may take in all, how often to ask again, and the longest pause a source may ask for."""

    timeout_s: float = 20.0
    attempts: int = 3
    longest_pause_s: float = 60.0
    sleep: Callable[[float], object] = time.sleep


PATIENT = Patience()
MOST_BYTES = 16_000_000
"""The largest answer that is read, unpacked: ten years of a ticker are a third of one megabyte."""
_BUSY = (429, 503)
_REDIRECTS = (301, 302, 303, 307, 308)
_MOST_REDIRECTS = 5
_BROKEN = (
    "incomplete", "broken", "reset", "aborted", "without response", "empty reply", "missing", "outstanding",
    "unencoding",
)  # fmt: skip
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?")


def opened() -> Session:
    """A session, which its user closes; curl itself is loaded by whoever asks something."""
    from curl_cffi import requests as curl

    return curl.Session()


def get_text(
    session: Session,
    source: str,
    url: str,
    params: Mapping[str, str] | None = None,
    *,
    headers: Mapping[str, str] | None = None,
    patience: Patience = PATIENT,
) -> str:
    """The body of a 200 answer that is not a web page; raises FeedFailure for anything else."""
    return get_bytes(session, source, url, params, headers=headers, patience=patience).decode("utf-8-sig", "replace")


def get_bytes(
    session: Session,
    source: str,
    url: str,
    params: Mapping[str, str] | None = None,
    *,
    headers: Mapping[str, str] | None = None,
    patience: Patience = PATIENT,
) -> bytes:
    """The same, undecoded."""
    answer = exchange(session.request, source, url, patience, params=params, headers=headers)
    refuse(source, answer.status_code, answer.headers.get("Content-Type") or "", answer.content)
    return answer.content


def exchange(
    send: Callable[..., curl.Response], source: str, url: str, patience: Patience, **how: Any
) -> curl.Response:
    """The answer to a GET, whole; asked again while the source is busy. Raises FeedFailure where there is none."""
    for attempt in range(1, patience.attempts):
        answer = _within_its_host(send, source, url, patience, **how)
        if answer.status_code not in _BUSY:
            return answer
        pause(source, answer.headers, attempt, patience)
    return _within_its_host(send, source, url, patience, **how)


def _within_its_host(
    send: Callable[..., curl.Response], source: str, url: str, patience: Patience, **how: Any
) -> curl.Response:
    """Redirects are followed on the host that was asked only: no key and no question goes to another."""
    for _ in range(_MOST_REDIRECTS):
        answer = _once(send, source, url, patience, **how)
        target = answer.headers.get("Location")
        if answer.status_code not in _REDIRECTS or not target:
            return answer
        target = urljoin(url, target)
        if not _same_host(url, target):
            host = urlsplit(target).hostname or target
            raise FeedFailure(
                t("{source} sends on to another host, {host}; it was not asked.", source=source, host=host)
            )
        url, how = target, {**how, "params": None}
    raise FeedFailure(t("{source} sends in circles.", source=source))


def _same_host(asked: str, target: str) -> bool:
    here, there = urlsplit(asked), urlsplit(target)
    upgraded = (here.scheme, there.scheme) == ("http", "https") and not (here.port or there.port)
    return here.hostname == there.hostname and ((here.scheme, here.port) == (there.scheme, there.port) or upgraded)


def _once(send: Callable[..., curl.Response], source: str, url: str, patience: Patience, **how: Any) -> curl.Response:
    from curl_cffi.requests.exceptions import RequestException, Timeout

    try:
        return capped(send, "GET", url, timeout=patience.timeout_s, allow_redirects=False, **how)
    except Timeout:
        raise FeedFailure(
            t("{source} did not answer within {seconds} s.", source=source, seconds=f"{patience.timeout_s:g}")
        ) from None
    except RequestException as error:
        raise FeedFailure(broken(source, error)) from None


def capped(send: Callable[..., curl.Response], method: str, url: str, **how: Any) -> curl.Response:
    """One exchange, whose body is read up to the cap. Raises what curl raises, and FeedFailure beyond the cap."""
    from curl_cffi.curl import CURL_WRITEFUNC_ERROR
    from curl_cffi.requests.exceptions import RequestException

    body = bytearray()

    def keep(part: bytes) -> int:
        body.extend(part)
        return len(part) if len(body) <= MOST_BYTES else int(CURL_WRITEFUNC_ERROR)

    try:
        answer = send(method, url, content_callback=keep, **how)
    except RequestException:
        if len(body) <= MOST_BYTES:
            raise
        host = urlsplit(url).hostname or url
        raise FeedFailure(t("{host} sent more than {count} MB.", host=host, count=MOST_BYTES // 1_000_000)) from None
    answer.content = bytes(body)
    return answer


def pause(source: str, headers: Mapping[str, str | None], attempt: int, patience: Patience) -> None:
    """Wait as long as a busy source asks, or 1, 2, 4… s when it does not say; refuse to wait beyond the bound."""
    asked = retry_after_s(headers)
    wait = 2.0 ** (attempt - 1) if asked is None else asked
    if wait > patience.longest_pause_s:
        raise FeedFailure(
            t(
                "{source} limits requests and asks for {wait} s of patience; try again later.",
                source=source,
                wait=f"{wait:,.0f}",
            )
        )
    patience.sleep(wait)


def retry_after_s(headers: Mapping[str, str | None]) -> float | None:
    """Seconds of a Retry-After header, in either of its two forms; a date is counted from the answer's own Date."""
    text = (headers.get("Retry-After") or "").strip()
    if text.isdecimal() and text.isascii():
        return float(text)
    try:
        moments = (parsedate_to_datetime(text), parsedate_to_datetime(headers["Date"] or ""))
        return max((moments[0] - moments[1]).total_seconds(), 0.0)
    except (KeyError, TypeError, ValueError):
        return None


def refuse(source: str, status: int, content_type: str, body: bytes) -> None:
    """Raise FeedFailure unless the answer is 200 with something other than a web page in it."""
    if status == 429:
        raise FeedFailure(
            t("{source} limits requests (429) and still did after waiting; try again later.", source=source)
        )
    if status == 404:
        raise FeedFailure(
            t("{source} knows no such symbol (404): it may have been renamed or delisted.", source=source)
        )
    if status != 200:
        raise FeedFailure(t("{source} answered with status {status}.", source=source, status=status))
    if "html" in content_type.lower() or body.lstrip()[:15].lower().startswith((b"<!doctype", b"<html")):
        raise FeedFailure(t("{source} answered with a web page instead of data.", source=source))
    if not body.strip():
        raise FeedFailure(t("{source} answered with nothing.", source=source))


def broken(source: str, error: Exception) -> str:
    """The sentence for a connection that could not be made or did not last."""
    text = str(error).lower()
    if any(sign in text for sign in _BROKEN):
        return t("{source} broke off its answer.", source=source)
    return t("{source} could not be reached.", source=source)


def read_json(text: str) -> Any:
    """Raises ValueError for what is no JSON, for NaN and the like in it, and for nesting without end."""
    try:
        return json.loads(text, parse_constant=number)
    except RecursionError:
        raise ValueError(text[:100]) from None


def number(value: object) -> float:
    """A number of JSON, or text that is one from its first character to its last: `float` alone also reads ` 1_57 `,
    `nan` and digits of other scripts. Raises ValueError or TypeError."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise TypeError(type(value).__name__)
    if isinstance(value, str) and not _NUMBER.fullmatch(value):
        raise ValueError(value)
    if not math.isfinite(found := float(value)):
        raise ValueError(value)
    return found
