"""The household's own data: files in with a preview, tables by hand, the last change taken back, everything out."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from time import monotonic
from typing import Literal
from zipfile import ZIP_DEFLATED, ZipFile
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from alm.errors import AlmError
from alm.feeds.apply import Applied, apply
from alm.feeds.edit import EDITABLE, described, opened, save
from alm.feeds.export import exported
from alm.feeds.items import meanings, waiting
from alm.feeds.mapping_files import mapping_files
from alm.feeds.plan import ImportPlan, Row, Way, source_words
from alm.screen import items, mapping, quotes
from alm.screen.page import Page, fragment
from alm.screen.tables import show_table
from alm.settings import Settings
from alm.store.database import reading, writing
from alm.store.exact import Field
from alm.store.journal import Change, last, undo
from alm.store.tables import fields
from alm.text import literal, t

SHOWN = 200
YES_NO = ("yes", "no")
TOLD_SECONDS = 15
MEANING = "meaning"


def show(page: Page) -> None:
    """Parts that redraw alone; what is saved redraws the page."""
    _told()
    st.subheader(t("Import files"), anchor=False)
    import_files(page)
    items.show(page)
    st.subheader(t("Edit tables"), anchor=False)
    _edit(page)
    quotes.show(page)
    left, right = st.columns(2)
    with left:
        st.subheader(t("Undo"), anchor=False)
        _undo(page)
    with right:
        st.subheader(t("Export"), anchor=False)
        _export(page)


def _told() -> None:
    """What the last action did: it stays for a while, because the page redraws by itself when a simulation ends."""
    message, since = st.session_state.get("data-told", ("", 0.0))
    if message and monotonic() - since < TOLD_SECONDS:
        st.success(message)


def _tell_and_redraw(message: str) -> None:
    st.session_state["data-told"] = (message, monotonic())
    st.rerun()


def _now(page: Page) -> datetime:
    return datetime.now(ZoneInfo(page.settings.timezone))


@fragment
def import_files(page: Page) -> None:
    """Upload, see the exact changes, then apply exactly those: the ones on the screen when the button was pressed."""
    from alm.feeds.cells import UPLOAD_LIMIT
    from alm.feeds.mapping import from_file
    from alm.feeds.recognise import SUFFIXES, Reading, Unrecognised, plan_files

    st.caption(
        t("Files of some twenty brokers and tools are recognised; for any other CSV you say what its columns are.")
    )
    st.caption(t("Up to 5 MB each. Nothing is written before you have seen the changes."))
    run = st.session_state.setdefault("data-upload-run", 0)
    uploads = st.file_uploader(
        t("Files"), type=[s.removeprefix(".") for s in SUFFIXES], accept_multiple_files=True, key=f"data-upload-{run}"
    )
    account = st.text_input(t("Account, for files that name none"), key="data-account").strip()
    on = st.date_input(t("Date, for files that say none"), value=page.as_of, format="YYYY-MM-DD", key="data-on")
    if not uploads:
        return
    try:
        with reading(page.db) as conn:
            known = meanings(conn)
        kept = tuple(map(from_file, mapping_files()))
        how = Reading(
            on, page.settings.base_currency, account=account or None, limit=UPLOAD_LIMIT, known=known, mappings=kept
        )
        plan = plan_files([(upload.name, upload.getvalue()) for upload in uploads], how)
        preview, way = _removing(page, plan)
        _preview(plan, preview)
        _not_understood(page, plan)
        seen: Applied = st.session_state.get("data-preview", preview)
        st.session_state["data-preview"] = preview
        if preview.changes and st.button(t("Apply these changes"), type="primary", key="data-apply"):
            applied = apply(page.db, plan, _now(page), way=way, previewed=seen)
            st.session_state["data-upload-run"] = run + 1
            st.session_state.pop("data-preview", None)
            _tell_and_redraw(t("{count} rows changed.", count=len(applied.changes)))
    except Unrecognised as refusal:
        st.error(literal(str(refusal)))
        mapping.offer([(upload.name, upload.getvalue()) for upload in uploads], str(refusal.file))
    except AlmError as refusal:
        st.error(literal(str(refusal)))


def _removing(page: Page, plan: ImportPlan) -> tuple[Applied, Way]:
    """The changes as chosen: what would remove holdings is told in money and kept back until it has been ticked."""
    whole = apply(page.db, plan, _now(page), dry_run=True)
    if not whole.removes:
        return whole, "replace"
    st.warning(literal(whole.removes))
    if st.checkbox(t("They are gone: remove them"), key="data-remove"):
        return whole, "replace"
    return apply(page.db, plan, _now(page), way="update", dry_run=True), "update"


def _not_understood(page: Page, plan: ImportPlan) -> None:
    with reading(page.db) as conn:
        left = waiting(conn, plan)
    if left:
        st.warning(t("Not understood, so that their accounts are incomplete:"))
        show_table([{t("Row"): row["item"], t("Place"): row["place"], t("Why"): row["reason"]} for row in left])


def _preview(plan: ImportPlan, preview: Applied) -> None:
    for warning in preview.warnings:
        st.warning(literal(warning))
    with st.expander(t("Control totals: {count}", count=len(plan.totals))):
        totals = [
            {
                t("Total"): total.what,
                t("Read"): f"{total.value:,f}",
                t("Printed in the file"): "" if total.printed is None else f"{total.printed:,f}",
            }
            for total in plan.totals
        ]
        show_table(totals)
    if not preview.changes:
        st.info(t("Nothing would change: these rows are in the books already."))
        return
    _changes(preview.changes)


def _changes(changes: Sequence[Change]) -> None:
    shown = [
        {
            t("Table"): change.table,
            t("Change"): t(change.kind),
            t("Row"): described(change).removeprefix(f"{t(change.kind)} "),
        }
        for change in changes[:SHOWN]
    ]
    show_table(shown)
    if len(changes) > SHOWN:
        st.caption(t("and {count} more", count=len(changes) - SHOWN))


@fragment
def _edit(page: Page) -> None:
    """A table as text, exactly as it is kept. What somebody else changed meanwhile is never overwritten."""
    table = st.selectbox(t("Table"), EDITABLE, key="data-table")
    run = st.session_state.setdefault("data-edit-run", 0)
    widget = f"data-editor-{table}-{run}"
    before = _opened(page, table, widget)
    columns = fields(table)
    frame = pd.DataFrame(
        [[row.get(c.name) or "" for c in columns] for row in before], columns=[c.name for c in columns]
    )
    grows: Literal["fixed", "dynamic"] = "dynamic"
    if table == "settings":
        meanings = {spec.name: t(spec.metadata["doc"]) for spec in dataclasses.fields(Settings)}
        grows, frame[MEANING] = "fixed", [meanings[str(name)] for name in frame["name"]]
    edited = st.data_editor(
        frame.astype("str"),
        key=widget,
        hide_index=True,
        width="stretch",
        num_rows=grows,
        disabled=["name", MEANING] if table == "settings" else False,
        column_config={MEANING: t("Meaning"), **{c.name: _column(c) for c in columns}},
    )
    if st.button(t("Save {table}", table=table), key="data-save"):
        try:
            typed = edited[[c.name for c in columns]].fillna("").astype("str").to_dict("records")
            rows = [{str(name): str(text) for name, text in row.items()} for row in typed]
            applied = save(page.db, table, rows, before, _now(page))
        except AlmError as refusal:
            st.error(literal(str(refusal)))
            return
        st.session_state["data-edit-run"] = run + 1
        _tell_and_redraw(t("{count} rows changed.", count=len(applied.changes)))
    if st.button(t("Discard my edits and look again"), key="data-reload"):
        st.session_state["data-edit-run"] = run + 1
        st.rerun(scope="fragment")


def _opened(page: Page, table: str, widget: str) -> tuple[Row, ...]:
    """The rows as they were when this editor opened; read again only while nothing has been typed."""
    name = f"{widget}-rows"
    typed = st.session_state.get(widget)
    if name not in st.session_state or not typed or not any(typed.values()):
        st.session_state[name] = opened(page.db, table)
    rows: tuple[Row, ...] = st.session_state[name]
    return rows


def _column(field: Field) -> ColumnConfig:
    options = YES_NO if field.kind == "yes_no" else field.choices
    if options:
        return st.column_config.SelectboxColumn(field.name, options=list(options), help=t(field.expected))
    return st.column_config.TextColumn(field.name, help=t(field.expected))


@fragment
def _undo(page: Page) -> None:
    with reading(page.db) as conn:
        entry = last(conn)
    if entry is None:
        st.caption(t("There is nothing to undo."))
        return
    st.text(t("{at}: {source}, {files}", at=entry.at, source=source_words(entry.source), files=entry.files))
    if st.button(t("Take it back"), key="data-undo"):
        try:
            with writing(page.db) as conn:
                changes = undo(conn, _now(page))[1]
        except AlmError as refusal:
            st.error(literal(str(refusal)))
            return
        _tell_and_redraw(t("{count} rows were put back.", count=len(changes)))


@fragment
def _export(page: Page) -> None:
    st.caption(t("Every table as CSV; importing it again changes nothing."))
    if st.button(t("Prepare the files"), key="data-export"):
        archive = BytesIO()
        with ZipFile(archive, "w", ZIP_DEFLATED) as files:
            for name, content in exported(page.db).items():
                files.writestr(name, content)
        st.download_button(
            t("Download"), archive.getvalue(), f"alm-{page.as_of}.zip", "application/zip", key="data-download"
        )
