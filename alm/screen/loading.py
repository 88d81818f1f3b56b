"""From the database file to the page's values. The FIRE probability is computed beside the page, never before it."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import streamlit as st

from alm.briefing import Probability, without_fire
from alm.errors import AlmError
from alm.gather import can_simulate, estimate_fire, gather
from alm.screen.page import Page
from alm.settings import today
from alm.store.backup import hold
from alm.store.books import data_version, load_settings
from alm.store.database import reading
from alm.text import use_language

Key = tuple[str, str, str]


def open_page(db: Path) -> Page:
    """The household today, with its FIRE probability when that is known already. Raises what the store refuses."""
    with reading(db) as conn:
        version, settings = data_version(conn), load_settings(conn)
    hold(db)
    use_language(settings.language)
    page = _loaded(str(db), version, today(settings).isoformat())
    answered = _answers().get(page.key)
    if page.briefing.fire_probability is not None or answered is None or not answered.done():
        return page
    return _completed(page, answered)


@st.cache_resource(max_entries=3, show_spinner=False)
def _loaded(db: str, version: str, as_of: str) -> Page:
    found = gather(Path(db), date.fromisoformat(as_of))
    pending = found.fire is None and can_simulate(found.sheet)
    when, settings, sheet = date.fromisoformat(as_of), found.settings, found.sheet
    return Page(Path(db), version, when, settings, sheet, found.lenders, found.brief(), found, fire_pending=pending)


@st.cache_resource
def _answers() -> dict[Key, Future[Probability]]:
    return {}


@st.cache_resource
def _worker() -> ThreadPoolExecutor:
    """One thread: the simulation itself uses every core."""
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="fire")


def await_fire(page: Page) -> None:
    """Start the simulation once per state of the data, and redraw the page when it has answered."""
    answers = _answers()
    assert page.gathered is not None
    if page.key not in answers:
        answers.clear()
        answers[page.key] = _worker().submit(estimate_fire, page.gathered)
    _redraw_when_done(page.key)


@st.fragment(run_every=1.0)
def _redraw_when_done(key: Key) -> None:
    answer = _answers().get(key)
    if answer is not None and answer.done():
        st.rerun()


def _completed(page: Page, answer: Future[Probability]) -> Page:
    """The same page with the simulation's answer in its verdict, or with the reason why there is none."""
    problem = answer.exception()
    if isinstance(problem, AlmError):
        return replace(page, briefing=without_fire(page.briefing, str(problem)), fire_pending=False)
    assert page.gathered is not None
    return replace(page, briefing=page.gathered.brief(answer.result()), fire_pending=False)
