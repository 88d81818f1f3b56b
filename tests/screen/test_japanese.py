"""Every part of the page speaks Japanese to a Japanese household, one in order and one in trouble."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.json_format import MessageToDict
from streamlit.testing.v1 import AppTest

from alm.screen.parts import PARTS
from alm.store.database import writing
from alm.store.tables import write_rows
from alm.text import t, use_language
from tests.japanese import english
from tests.screen import households

MAIN = Path(__file__).parents[2] / "alm" / "screen" / "main.py"
NOT_WORDS = {
    "id",
    "formId",
    "key",
    "elementId",
    "type",
    "url",
    "icon",
    "script",
    "format",
    "bind",
    "queryParamKey",
    "theme",
    "config",
    "deferredFileId",
}
"""Fields of what the page sends to the browser that no person reads."""
DRAWN = {"title", "text", "name", "ticktext", "annotations", "layout", "data", "xaxis", "yaxis", "legend", "labels"}
"""Keys of a chart that hold its words, and those that lead to them."""
NAMES = {"Nikkei", "Nasdaq", "Composite", "NOPRICE", "DEMO", "Unpriced", "share"}
"""What stands in the books and in histories is written as it is there."""


def said(value: Any, field: str = "") -> Iterator[str]:
    """Every text in an element as it is sent to the browser."""
    if isinstance(value, str):
        if field in ("spec", "figure"):
            yield from drawn(json.loads(value))
        elif field not in NOT_WORDS and not value.startswith("<script>"):
            yield value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from said(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from said(inner, field)


def drawn(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, inner in value.items():
            if name.rstrip("0123456789") in DRAWN:
                yield from drawn(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from drawn(inner)


@pytest.mark.parametrize(
    ("household", "part"),
    [
        *((households.in_danger, title) for title, _ in PARTS),
        *((households.without_a_price, title) for title in ("Today", "Defence", "Ledger")),
    ],
)
def test_no_part_of_the_page_speaks_english(monkeypatch, tmp_path, household, part) -> None:
    db = household(tmp_path / "alm.db")
    with writing(db) as conn:
        rows = {"language": "ja", "fire_paths": "200"}
        write_rows(conn, "settings", [{"name": name, "value": value} for name, value in rows.items()])
    monkeypatch.setenv("ALM_DB", str(db))
    use_language("ja")
    app = AppTest.from_file(str(MAIN), default_timeout=120)
    app.query_params["part"] = t(part)
    app.run()
    assert not app.exception
    elements = [element for element in app if element.type != "dataframe" and getattr(element, "proto", None)]
    texts = [text for element in elements for text in said(MessageToDict(element.proto, use_integers_for_enums=True))]
    assert len(texts) > 20
    assert english(texts, NAMES) == []
