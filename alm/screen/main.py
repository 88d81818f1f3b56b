"""The page, from top to bottom: the verdict and its figures, then every part a click away.

Streamlit runs this file; `dashboard.py` serves it. Parts load when they are opened.
"""

from __future__ import annotations

from importlib import import_module

import streamlit as st

from alm.errors import AlmError, DatabaseMissing
from alm.screen import loading, morning, passphrase
from alm.screen.page import Page
from alm.screen.parts import PARTS
from alm.settings import database_path
from alm.text import language, literal, t


def main() -> None:
    st.set_page_config(page_title="alm", page_icon="🛡️", layout="wide")
    try:
        if not passphrase.opened(database_path()):
            return
        page = loading.open_page(database_path())
    except DatabaseMissing:
        import_module("alm.screen.start").show()
    except AlmError as refusal:
        refused(refusal)
    else:
        show(page)
    spoken_in(language())


def spoken_in(code: str) -> None:
    """A screen reader picks its voice by the language of the document, which Streamlit calls English."""
    st.html(f"<script>document.documentElement.lang = '{code}'</script>", unsafe_allow_javascript=True)


def show(page: Page) -> None:
    if page.empty:
        import_module("alm.screen.start").show_empty(page)
        return
    morning.show(page.briefing, checking=page.fire_pending)
    parts(page)
    if page.fire_pending:
        loading.await_fire(page)


def parts(page: Page) -> None:
    """Only the open part is computed; its name stands in the address, so that it can be bookmarked."""
    names = [t(title) for title, _ in PARTS]
    for tab, (_, module) in zip(st.tabs(names, key="part", bind="query-params"), PARTS, strict=True):
        if tab.open:
            with tab:
                part(page, module)


def part(page: Page, module: str) -> None:
    """One part; what it cannot compute is said in its place and leaves the rest of the page alone."""
    try:
        import_module(f"alm.screen.{module}").show(page)
    except AlmError as refusal:
        st.info(literal(str(refusal)))


def refused(refusal: AlmError) -> None:
    """The database may not be used: say why, show no figure."""
    with st.container(key="verdict-unknown"):
        st.title(f"? {t('UNKNOWN')}", anchor=False)
        st.markdown(f"**{t('The database was refused and left as it is.')}**")
        st.text(str(refusal))
        st.caption(t("Nothing was changed. `alm doctor` says more; `alm restore FILE` puts a backup back."))


main()
