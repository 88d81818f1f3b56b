"""One polite request against a server that is slow, busy, broken or in the wrong mood."""

from __future__ import annotations

import pytest

from alm.feeds.web import FeedFailure, Patience, get_text, opened, retry_after_s
from tests.feeds.server import DISCONNECT, EMPTY, HTML, Reply, busy, in_turn, server

GOOD = Reply(b"\xef\xbb\xbf1,2", content_type="text/csv")


def ask(*replies: Reply, attempts: int = 3) -> tuple[str, list[float]]:
    pauses: list[float] = []
    with server(in_turn(*replies)) as playing, opened() as session:
        patience = Patience(timeout_s=0.3, attempts=attempts, longest_pause_s=60, sleep=pauses.append)
        return get_text(session, "The source", playing.url, patience=patience), pauses


def test_a_good_answer_loses_its_byte_order_mark() -> None:
    assert ask(GOOD) == ("1,2", [])


def test_retry_after_is_respected_and_growing_pauses_stand_in_for_it() -> None:
    assert ask(busy("30"), GOOD) == ("1,2", [30.0])
    unspecified = Reply(b"busy", 503, "text/plain")
    assert ask(unspecified, unspecified, GOOD) == ("1,2", [1.0, 2.0])


def test_retry_after_as_a_date_counts_from_the_answers_own_clock() -> None:
    headers = {"Date": "Fri, 20 Nov 2026 12:00:00 GMT", "Retry-After": "Fri, 20 Nov 2026 12:00:45 GMT"}
    assert retry_after_s(headers) == 45
    assert retry_after_s({"Retry-After": headers["Retry-After"]}) is None
    assert retry_after_s({"Retry-After": "soon", "Date": headers["Date"]}) is None


@pytest.mark.parametrize(
    ("reply", "sentence"),
    [
        (busy("61"), "The source limits requests and asks for 61 s of patience; try again later."),
        (busy("1"), "The source limits requests (429) and still did after waiting; try again later."),
        (Reply(b"", 503, "text/plain"), "The source answered with status 503."),
        (Reply(b"", 404, "text/plain"), "The source knows no such symbol (404): it may have been renamed or delisted."),
        (HTML, "The source answered with a web page instead of data."),
        (Reply(HTML.body, content_type="text/csv"), "The source answered with a web page instead of data."),
        (EMPTY, "The source answered with nothing."),
        (DISCONNECT, "The source broke off its answer."),
        (Reply(b"x" * 1_000, half=True), "The source broke off its answer."),
        (Reply(b"1", delay_s=0.6), "The source did not answer within 0.3 s."),
    ],
)
def test_every_failure_is_one_sentence(reply: Reply, sentence: str) -> None:
    with pytest.raises(FeedFailure) as refused:
        ask(reply)
    assert str(refused.value) == sentence


def test_nobody_there() -> None:
    with opened() as session, pytest.raises(FeedFailure, match=r"^The source could not be reached\.$"):
        get_text(session, "The source", "http://127.0.0.1:9", patience=Patience(timeout_s=0.3))
