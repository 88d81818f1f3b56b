"""The tables of a page under AppTest, as frames."""

from __future__ import annotations

from html.parser import HTMLParser

import pandas as pd
from streamlit.testing.v1 import AppTest


class _Rows(HTMLParser):
    """The cells of one table, row by row."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002  # as the parser calls it
        if tag == "tr":
            self.rows.append([])
        elif tag in ("th", "td"):
            self.rows[-1].append("")
            self._inside = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("th", "td"):
            self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.rows[-1][-1] += data


def frame(html: str) -> pd.DataFrame:
    reader = _Rows()
    reader.feed(html)
    head, *body = reader.rows
    return pd.DataFrame(body, columns=head)


def tables(app: AppTest) -> list[pd.DataFrame]:
    """Every table on the page, from top to bottom."""
    bodies = [str(element.proto.body) for element in app.get("html")]
    return [frame(body) for body in bodies if "<table" in body]
