"""Tables as people read them: words to the left, figures aligned right, no row numbers."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st


def show_table(
    frame: pd.DataFrame, *, words: Sequence[str] = (), key: str | None = None, height: int | None = None
) -> None:
    """A table of texts; columns named in `words` (default: the first) stand left, every other one right."""
    left = set(words) or set(frame.columns[:1])
    config = {
        name: st.column_config.TextColumn(alignment="left" if name in left else "right") for name in frame.columns
    }
    st.dataframe(frame, hide_index=True, column_config=config, key=key, height=height or "auto")
