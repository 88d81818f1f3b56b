"""A real HTTP server on this machine that answers as told, once per request, and remembers what it was asked."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Reply:
    body: bytes = b""
    status: int = 200
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()
    delay_s: float = 0.0
    disconnect: bool = False
    half: bool = False
    endless: bool = False
    trickle_s: float = 0.0
    """Seconds between two bytes of the body."""


def as_json(value: object, **more: object) -> Reply:
    return Reply(json.dumps(value).encode(), **more)  # type: ignore[arg-type]


HTML = Reply(b"<!DOCTYPE html><html><body>Please accept cookies</body></html>", content_type="text/html")
DISCONNECT = Reply(disconnect=True)
EMPTY = Reply(b"")


def busy(retry_after: str) -> Reply:
    return Reply(b"Too Many Requests", 429, "text/plain", (("Retry-After", retry_after),))


@dataclass
class Playing:
    """`play` decides each reply from (path, query); `asked` lists the requests in order."""

    url: str
    play: Callable[[str, dict[str, str]], Reply]
    asked: list[tuple[str, dict[str, str], dict[str, str]]] = field(default_factory=list)


@contextmanager
def server(play: Callable[[str, dict[str, str]], Reply]) -> Iterator[Playing]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:
            pass

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {key: values[0] for key, values in parse_qs(parts.query).items()}
            playing.asked.append((parts.path, query, {k.lower(): v for k, v in self.headers.items()}))
            self.answer(playing.play(parts.path, query))

        def answer(self, reply: Reply) -> None:
            time.sleep(reply.delay_s)
            self.close_connection = True
            if reply.disconnect:
                return
            try:
                self.send_response(reply.status)
                self.send_header("Content-Type", reply.content_type)
                if not reply.endless:
                    self.send_header("Content-Length", str(len(reply.body)))
                self.send_header("Connection", "close")
                for name, value in reply.headers:
                    self.send_header(name, value)
                self.end_headers()
                self.write(reply)
            except (BrokenPipeError, ConnectionResetError):
                pass  # the client's patience ended first

        def write(self, reply: Reply) -> None:
            if reply.trickle_s:
                for byte in reply.body:
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
                    time.sleep(reply.trickle_s)
                return
            self.wfile.write(reply.body[: len(reply.body) // 2] if reply.half else reply.body)
            while reply.endless:
                self.wfile.write(reply.body)

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    httpd.daemon_threads = True
    playing = Playing(f"http://127.0.0.1:{httpd.server_port}", play)
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield playing
    finally:
        httpd.shutdown()
        httpd.server_close()
        thread.join()


def in_turn(*replies: Reply) -> Callable[[str, dict[str, str]], Reply]:
    """The replies one after the other, the last one for ever."""
    left = list(replies)
    return lambda _path, _query: left.pop(0) if len(left) > 1 else left[0]
