"""The look arrives in the page's own head: nothing is painted before it, and nothing but pages is touched."""

from __future__ import annotations

import asyncio

import pytest

from alm.screen.look import STYLE, Dressed

PAGE = (b"<html><head><title>alm</title></he", b"ad><body></body></html>")


def answer(path: str, kind: bytes, parts: tuple[bytes, ...], **asked: str) -> tuple[dict[bytes, bytes], bytes, list]:
    """Headers and body of what a server behind the middleware sends, and the headers that server was asked with."""
    sent, heard = [], []

    async def server(scope, _receive, send):
        heard.extend(name for name, _ in scope["headers"])
        length = str(sum(map(len, parts))).encode()
        headers = [(b"content-type", kind), (b"content-length", length), (b"etag", b'"1"'), (b"x-other", b"kept")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        for part in parts:
            await send({"type": "http.response.body", "body": part, "more_body": part is not parts[-1]})

    async def receive():
        return {"type": "http.request"}

    async def send(message):
        sent.append(message)

    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in asked.items()]
    asyncio.run(Dressed(server)({"type": "http", "path": path, "headers": raw}, receive, send))
    return dict(sent[0]["headers"]), b"".join(message["body"] for message in sent[1:]), heard


@pytest.mark.parametrize("path", ["/", "/FIRE"])
def test_a_page_carries_the_look_at_the_end_of_its_head(path):
    headers, body, _ = answer(path, b"text/html; charset=utf-8", PAGE)
    assert body == b"<html><head><title>alm</title>" + STYLE.encode() + b"</head><body></body></html>"
    assert headers[b"content-length"] == str(len(body)).encode()
    assert headers[b"x-other"] == b"kept"
    assert b"etag" not in headers, "an older look must not be taken for this one"


def test_a_page_is_never_asked_for_compressed_or_in_part():
    asked = {"accept_encoding": "gzip", "if_none_match": '"1"', "range": "bytes=0-1", "accept": "text/html"}
    assert answer("/", b"text/html", PAGE, **asked)[2] == [b"accept"]
    assert b"accept-encoding" in answer("/static/js/index.js", b"text/javascript", (b"1",), **asked)[2]


@pytest.mark.parametrize(
    ("path", "kind"), [("/", b"text/plain"), ("/static/index.html", b"text/html"), ("/_stcore/health", b"text/html")]
)
def test_whatever_is_no_page_passes_as_it_is(path, kind):
    headers, body, _ = answer(path, kind, PAGE)
    assert body == b"".join(PAGE)
    assert headers[b"etag"] == b'"1"'
