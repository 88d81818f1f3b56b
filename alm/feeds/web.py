"""One polite request: bounded patience, Retry-After respected, and every failure one sentence."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from alm.errors import AlmError
from alm.language import t

if TYPE_CHECKING:
    import requests


class FeedFailure(AlmError):
    """A source gave nothing usable; `str()` says what it did. Nothing is stored in its place."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for an answer, how often to ask again, and the longest pause a source may ask for."""

    timeout_s: float = 10.0
    attempts: int = 3
    longest_pause_s: float = 60.0
    sleep: Callable[[float], object] = time.sleep


PATIENT = Patience()
_BUSY = (429, 503)


def get_text(
    session: requests.Session,
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
    session: requests.Session,
    source: str,
    url: str,
    params: Mapping[str, str] | None = None,
    *,
    headers: Mapping[str, str] | None = None,
    patience: Patience = PATIENT,
) -> bytes:
    """The same, undecoded."""
    import requests

    for attempt in range(1, patience.attempts + 1):
        try:
            answer = session.get(url, params=params, headers=headers, timeout=patience.timeout_s)
        except requests.Timeout:
            raise FeedFailure(
                t("{source} did not answer within {seconds} s.", source=source, seconds=f"{patience.timeout_s:g}")
            ) from None
        except requests.RequestException as error:
            raise FeedFailure(broken(source, error)) from None
        if answer.status_code not in _BUSY or attempt == patience.attempts:
            break
        pause(source, answer.headers, attempt, patience)
    refuse(source, answer.status_code, answer.headers.get("Content-Type", ""), answer.content)
    return answer.content


def pause(source: str, headers: Mapping[str, str], attempt: int, patience: Patience) -> None:
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


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Seconds of a Retry-After header, in either of its two forms; a date is counted from the answer's own Date."""
    text = headers.get("Retry-After", "").strip()
    if text.isdigit():
        return float(text)
    try:
        return max((parsedate_to_datetime(text) - parsedate_to_datetime(headers["Date"])).total_seconds(), 0.0)
    except (KeyError, TypeError, ValueError):
        return None


def refuse(source: str, status: int, content_type: str, body: bytes) -> None:
    """Raise FeedFailure unless the answer is 200 with something other than a web page in it."""
    if status == 429:
        raise FeedFailure(
            t("{source} limits requests (429) and still did after waiting; try again later.", source=source)
        )
    if status == 404:
        raise FeedFailure(t("{source} knows no such symbol (404).", source=source))
    if status != 200:
        raise FeedFailure(t("{source} answered with status {status}.", source=source, status=status))
    if "html" in content_type.lower() or body.lstrip()[:15].lower().startswith((b"<!doctype", b"<html")):
        raise FeedFailure(t("{source} answered with a web page instead of data.", source=source))
    if not body.strip():
        raise FeedFailure(t("{source} answered with nothing.", source=source))


def broken(source: str, error: Exception) -> str:
    """The sentence for a connection that could not be made or did not last."""
    text = str(error).lower()
    if any(
        sign in text
        for sign in ("incomplete", "broken", "reset", "aborted", "without response", "empty reply", "missing")
    ):
        return t("{source} broke off its answer.", source=source)
    return t("{source} could not be reached.", source=source)
