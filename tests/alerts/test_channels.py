"""Each channel against a real receiver on this machine; a channel that fails says so in one sentence."""

from __future__ import annotations

import json
import socketserver
import sys
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from alm.alerts import memory
from alm.alerts.channels import send
from alm.alerts.rules import Said
from alm.errors import BadInput
from alm.settings import Settings


@contextmanager
def serving(server):
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def ntfy_server(status=200):
    received = []

    class Ntfy(BaseHTTPRequestHandler):
        def do_POST(self):
            received.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *arguments):
            pass

    with serving(HTTPServer(("127.0.0.1", 0), Ntfy)) as port:
        yield f"http://127.0.0.1:{port}/my-topic", received


@contextmanager
def mail_server():
    received = []

    class Smtp(socketserver.StreamRequestHandler):
        def handle(self):
            self.say("220 test")
            for line in self.rfile:
                word = line.strip().upper()
                if word == b"DATA":
                    self.say("354 go on")
                    received.append(b"".join(iter(self.rfile.readline, b".\r\n")).decode())
                    self.say("250 ok")
                elif word == b"QUIT":
                    self.say("221 bye")
                    return
                else:
                    self.say("250 ok")

        def say(self, text):
            self.wfile.write(f"{text}\r\n".encode())

    with serving(socketserver.TCPServer(("127.0.0.1", 0), Smtp)) as port:
        yield f"127.0.0.1:{port}", received


def test_ntfy_receives_topic_title_and_message():
    with ntfy_server() as (url, received):
        assert send(Settings(alert_ntfy_url=url), "alm: 危険", "Runway: DANGER") == ()
    assert received == [{"topic": "my-topic", "title": "alm: 危険", "message": "Runway: DANGER"}]


def test_mail_receives_subject_and_body():
    with mail_server() as (address, received):
        settings = Settings(alert_smtp=address, alert_mail_to="me@example.org", alert_mail_from="alm@example.org")
        assert send(settings, "alm: DANGER", "Runway: DANGER") == ()
    assert "Subject: alm: DANGER" in received[0]
    assert "To: me@example.org" in received[0]
    assert "Runway: DANGER" in received[0]


def test_the_households_own_command_gets_both_texts_without_a_shell(tmp_path):
    heard = tmp_path / "heard"
    script = tmp_path / "say.py"
    script.write_text(f"import sys, pathlib; pathlib.Path({str(heard)!r}).write_text('|'.join(sys.argv[1:]))")
    settings = Settings(alert_command=f"{sys.executable} {script} --loud")
    assert send(settings, "alm: DANGER", "$(touch pwned); `x`") == ()
    assert heard.read_text() == "--loud|alm: DANGER|$(touch pwned); `x`"


def test_a_failing_channel_is_one_sentence_and_the_others_are_still_tried(tmp_path):
    with ntfy_server(status=500) as (url, received):
        settings = Settings(
            alert_ntfy_url=url, alert_command="/no/such/command", alert_smtp="127.0.0.1:1", alert_mail_to="a@b"
        )
        failures = send(settings, "t", "b")
    assert len(received) == 1
    assert [text.split(":")[0] for text in failures] == [
        "The alert could not be sent by ntfy",
        "The alert could not be sent by mail",
        "The alert could not be sent by the command",
    ]


def test_without_a_channel_that_is_said():
    assert "No alert channel is set" in send(Settings(), "t", "b")[0]


def test_what_was_said_survives_a_restart_and_is_private(tmp_path):
    db = tmp_path / "alm.db"
    said = {"runway": Said("DANGER", datetime(2026, 11, 20, 12, tzinfo=UTC))}
    assert memory.load(db) == {}
    memory.save(db, said)
    assert memory.load(db) == said
    assert memory.path_for(db).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "text", ["not json", "[]", '{"a": 1}', '{"a": ["PURPLE", "2026-01-01"]}', '{"a": ["SAFE", "x"]}']
)
def test_a_foreign_memory_file_is_refused(tmp_path, text):
    db = tmp_path / "alm.db"
    memory.path_for(db).write_text(text)
    with pytest.raises(BadInput, match="delete the file to start afresh"):
        memory.load(db)
