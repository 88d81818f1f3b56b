"""What `alm dashboard` hands to the server it becomes."""

from __future__ import annotations

from pathlib import Path

from alm.settings import environment_for


def test_the_server_knows_its_database_and_gives_memory_back(monkeypatch):
    monkeypatch.delenv("MALLOC_ARENA_MAX", raising=False)
    found = environment_for(Path("/books/alm.db"))
    assert found["ALM_DB"] == "/books/alm.db"
    assert found["MALLOC_ARENA_MAX"] == "2"


def test_whoever_starts_it_may_choose_otherwise(monkeypatch):
    monkeypatch.setenv("MALLOC_ARENA_MAX", "8")
    assert environment_for(Path("/books/alm.db"))["MALLOC_ARENA_MAX"] == "8"
