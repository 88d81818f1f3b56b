"""Tables as people read them: words to the left, figures aligned right, nothing cut off, no row numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from alm.text import t

TALL = 25
"""Rows shown at once; longer tables scroll."""
_FIGURE = re.compile(r"[+−∞-]?\s?(?:[A-Z]{0,3}[¥$€£₩₹]|[A-Z]{3} )?[\d∞].{0,15}|—|")
_CHARACTER, _EDGES = 7.6, 20  # pixels of the table's type


def show_table(
    rows: pd.DataFrame | Sequence[Mapping[str, object]], *, words: Sequence[str] | None = None, key: str | None = None
) -> None:
    """A table of texts; columns named in `words` (default: those that hold no figures) stand left, the others right."""
    frame = rows if isinstance(rows, pd.DataFrame) else pd.DataFrame(list(rows))
    left = set(words) if words is not None else {name for name in frame.columns if not _figures(frame[name])}
    config = {
        name: st.column_config.TextColumn(
            alignment="left" if name in left else "right", width=_width(str(name), frame[name])
        )
        for name in frame.columns
    }
    st.dataframe(
        frame.astype("str"),
        hide_index=True,
        column_config=config,
        key=key,
        height="content" if len(frame) <= TALL else "auto",
    )


def _figures(column: pd.Series[Any]) -> bool:
    return all(_FIGURE.fullmatch(text) or text == t("unlimited") for text in map(str, column))


def _width(name: str, column: pd.Series[Any]) -> int | None:
    """Pixels for a column whose few long cells the browser would take for outliers and cut; None: it measures well."""
    lengths = [len(text) for text in map(str, column)]
    if len(lengths) <= 5 or max(lengths) <= 1.3 * sum(lengths) / len(lengths):
        return None
    return min(round(max(*lengths, len(name)) * _CHARACTER + _EDGES), 420)
