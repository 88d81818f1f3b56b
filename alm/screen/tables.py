"""Tables as people read them: words to the left, figures aligned right, nothing cut off, no row numbers.

Real HTML, so that a screen reader can walk through the cells, a printer prints every row and a word may wrap. On a
narrow screen the first column stays in sight while the others scroll.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from alm.text import t

LONG, VERY_LONG = 16, 48
"""Characters from which a cell of words may wrap, and from which its lines are longer."""
_FIGURE = re.compile(r"[+−∞-]?\s?(?:[A-Z]{0,3}[¥$€£₩₹]|[A-Z]{3} )?[\d∞].{0,15}|—|")


def show_table(rows: pd.DataFrame | Sequence[Mapping[str, object]], *, words: Sequence[str] | None = None) -> None:
    """A table of texts; columns named in `words` (default: those that hold no figures) stand left, the others right."""
    frame = rows if isinstance(rows, pd.DataFrame) else pd.DataFrame(list(rows))
    left = set(words) if words is not None else {name for name in frame.columns if not _figures(frame[name])}
    st.html(written(frame.astype("str"), left))


def written(frame: pd.DataFrame, left: set[str]) -> str:
    """The table as HTML: every cell escaped, the first column the name of its row."""
    kinds = [_kind(name in left, frame[name]) for name in frame.columns]
    head = "".join(
        f'<th scope="col"{kind}>{escape(str(name))}</th>' for name, kind in zip(frame.columns, kinds, strict=True)
    )
    body = "".join(f"<tr>{_cells(row, kinds)}</tr>" for row in frame.itertuples(index=False, name=None))
    return f'<div class="alm-table"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _cells(row: Sequence[str], kinds: Sequence[str]) -> str:
    first, *others = (escape(cell) for cell in row)
    cells = "".join(f"<td{kind}>{cell}</td>" for cell, kind in zip(others, kinds[1:], strict=True))
    return f'<th scope="row"{kinds[0]}>{first}</th>{cells}'


def _kind(words: bool, column: pd.Series[Any]) -> str:
    """How a column stands: figures to the right, words to the left, long words in lines."""
    if not words:
        return ' class="figures"'
    longest = max(map(len, column), default=0)
    if longest <= LONG:
        return ""
    return ' class="prose"' if longest <= VERY_LONG else ' class="prose long"'


def _figures(column: pd.Series[Any]) -> bool:
    return all(_FIGURE.fullmatch(text) or text == t("unlimited") for text in map(str, column))
