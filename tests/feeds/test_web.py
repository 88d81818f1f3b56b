"""One polite request against a server that is slow, busy, broken or in the wrong mood."""

from __future__ import annotations

import gzip

import pytest

from alm.feeds.web import FeedFailure, Patience, get_text, number, opened, read_json, retry_after_s
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


def test_what_never_ends_or_unpacks_to_gigabytes_is_cut_off() -> None:
    bomb = gzip.compress(b" " * 200_000_000)
    assert len(bomb) < 300_000
    for reply in (Reply(b"1," * 50_000, endless=True), Reply(bomb, headers=(("Content-Encoding", "gzip"),))):
        with server(in_turn(reply)) as playing, opened() as session, pytest.raises(FeedFailure) as refused:
            get_text(session, "The source", playing.url, patience=Patience(timeout_s=30))
        assert str(refused.value) == "127.0.0.1 sent more than 16 MB."


def test_an_answer_in_drops_has_one_deadline() -> None:
    """Each byte comes in time, all of them would take a minute."""
    with pytest.raises(FeedFailure, match=r"^The source did not answer within 0\.3 s\.$"):
        ask(Reply(b"1" * 1_000, trickle_s=0.05))


def test_a_key_goes_to_no_other_host() -> None:
    with server(in_turn(GOOD)) as elsewhere:
        away = Reply(status=302, headers=(("Location", elsewhere.url + "/prices"),))
        with server(in_turn(away)) as playing, opened() as session, pytest.raises(FeedFailure) as refused:
            get_text(session, "The source", playing.url, headers={"x-key": "secret"})
    assert str(refused.value) == "The source sends on to another host, 127.0.0.1; it was not asked."
    assert elsewhere.asked == []


def test_a_redirect_within_the_host_is_followed_and_one_in_circles_is_not() -> None:
    home = Reply(status=301, headers=(("Location", "/new?id=1"),))
    with server(in_turn(home, GOOD)) as playing, opened() as session:
        assert get_text(session, "The source", playing.url + "/old", {"id": "0"}, headers={"x-key": "secret"}) == "1,2"
    assert [(path, query, headers["x-key"]) for path, query, headers in playing.asked] == [
        ("/old", {"id": "0"}, "secret"), ("/new", {"id": "1"}, "secret")
    ]  # fmt: skip
    with pytest.raises(FeedFailure, match="sends in circles"):
        ask(home)


def test_a_number_is_one_from_its_first_character_to_its_last() -> None:
    assert [number(value) for value in (157, 1.5, "157", "-1.5e-3")] == [157.0, 1.5, 157.0, -0.0015]
    for value in (
        " 1_57 ",
        "1_57",
        " 157",
        "nan",
        "inf",
        "1e999",
        "٣",
        "0x10",
        "",
        "1,5",
        True,
        None,
        [1],
        float("nan"),
    ):
        with pytest.raises((ValueError, TypeError)):
            number(value)


def test_json_that_nests_without_end_or_holds_no_numbers_is_refused() -> None:
    for text in ("[" * 100_000, '{"a":' * 100_000, "NaN", "[Infinity]", "{"):
        with pytest.raises(ValueError, match=r"NaN|Infinity|a|\[|Expecting"):
            read_json(text)


def test_nobody_there() -> None:
    with opened() as session, pytest.raises(FeedFailure, match=r"^The source could not be reached\.$"):
        get_text(session, "The source", "http://127.0.0.1:9", patience=Patience(timeout_s=0.3))
