"""A CSV of no known format: what its columns are, said once and kept for every file with the same header."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from alm.errors import AlmError
from alm.text import literal, t

TABLES = ("transactions", "holdings", "cash", "loans", "prices", "income", "expenses")
OFFERED = {
    "transactions": ("date", "amount", "account", "currency", "kind", "ticker", "quantity", "fee", "tax", "note"),
    "loans": ("name", "balance", "balance_on", "accrued_interest"),
}
"""What is asked first; every other column of a table stands below its required ones."""
COLUMN, THEIRS, FIXED = "column", "in the file", "the same in every row"
NO, YES = "year first", ("day first", "month first")


def offer(files: Sequence[tuple[str, bytes]], name: str) -> None:
    """A form for the file that was not recognised; saved, the page reads it by its header."""
    from alm.feeds.recognise import headers

    data = next((data for given, data in files if given.replace("\\", "/").rpartition("/")[2] == name), b"")
    theirs = headers(name, data)
    if not theirs:
        return
    st.subheader(t("What are its columns?"), anchor=False)
    table = st.selectbox(t("Table"), TABLES, key="mapping-table")
    edited = _editor(table, theirs)
    decimal = st.radio(t("Decimals"), ("point", "comma"), format_func=t, horizontal=True, key="mapping-decimal")
    dates = st.radio(t("Dates"), (NO, *YES), format_func=t, horizontal=True, key="mapping-dates")
    signed = table == "transactions" and st.checkbox(
        t("Positive amounts came in, negative ones went out"), value=True, key="mapping-signed"
    )
    if st.button(t("Keep this mapping"), key="mapping-keep"):
        _keep(name, table, edited, decimal, dates, signed=signed)


def _editor(table: str, theirs: Sequence[str]) -> pd.DataFrame:
    from alm.feeds.rows import columns

    required, optional = columns(table)
    names = [*OFFERED.get(table, required), *(n for n in optional if table not in OFFERED)]
    frame = pd.DataFrame({COLUMN: names, THEIRS: "", FIXED: ""})
    edited: pd.DataFrame = st.data_editor(
        frame.astype("str"),
        key=f"mapping-editor-{table}",
        hide_index=True,
        width="stretch",
        disabled=[COLUMN],
        column_config={
            COLUMN: t("Column"),
            THEIRS: st.column_config.SelectboxColumn(t("In the file"), options=["", *filter(None, theirs)]),
            FIXED: t("The same in every row"),
        },
    )
    return edited


def _keep(name: str, table: str, edited: pd.DataFrame, decimal: str, dates: str, *, signed: bool) -> None:
    from alm.feeds.mapping import ColumnMapping, as_toml, checked
    from alm.feeds.mapping_files import keep_text, mapping_name

    rows = edited.fillna("").astype("str").to_dict("records")
    file = mapping_name(name)
    mapping = ColumnMapping(
        file.stem,
        table,
        {row[COLUMN]: row[THEIRS] for row in rows if row[THEIRS]},
        {row[COLUMN]: row[FIXED].strip() for row in rows if row[FIXED].strip() and not row[THEIRS]},
        {"positive": "deposit", "negative": "withdrawal"} if signed else {},
        decimal=decimal,
        dates=dates,
    )
    try:
        keep_text(file.name, as_toml(checked(mapping, file)))
    except AlmError as refusal:
        st.error(literal(str(refusal)))
        return
    st.rerun()
