"""From the database file to the page's values. The second light is computed beside the page, never before it."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import streamlit as st

from alm.briefing import without_fire
from alm.errors import AlmError
from alm.freedom import Probability, can_simulate
from alm.gather import estimate_fire, explore_fire, gather
from alm.screen.page import Page
from alm.settings import today
from alm.store.backup import hold
from alm.store.books import data_version, load_settings
from alm.store.database import reading
from alm.text import t, use_language

Key = tuple[str, str, str]


def open_page(db: Path) -> Page:
    """The household today, with its second light as far as that is known already. Raises what the store refuses."""
    with reading(db) as conn:
        version, settings = data_version(conn), load_settings(conn)
    hold(db)
    use_language(settings.language)
    page = _loaded(str(db), version, today(settings).isoformat())
    answers = _answers().get(page.key, ())
    for stage, answer in enumerate(answers, 1):
        if page.fire_pending and answer.done():
            page = _completed(page, answer, last=stage == len(answers))
    return page


@st.cache_resource(max_entries=3, show_spinner=False)
def _loaded(db: str, version: str, as_of: str) -> Page:
    found = gather(Path(db), date.fromisoformat(as_of))
    pending = can_simulate(found.sheet) and (found.fire is None or found.fire.reaches is None)
    told = found.brief(no_fire=t("The FIRE probability is being computed."))
    when, settings, sheet = date.fromisoformat(as_of), found.settings, found.sheet
    return Page(Path(db), version, when, settings, sheet, found.lenders, told, found, fire_pending=pending)


@st.cache_resource
def _answers() -> dict[Key, tuple[Future[Probability], ...]]:
    """For each state of the data: the probability, then what takes further simulations."""
    return {}


@st.cache_resource
def _worker() -> ThreadPoolExecutor:
    """One thread: the simulation itself uses every core."""
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="fire")


def await_fire(page: Page) -> None:
    """Start the simulations once per state of the data, and redraw the page at each answer."""
    answers, found = _answers(), page.gathered
    assert found is not None
    if page.key not in answers:
        answers.clear()
        first = _worker().submit(lambda: found.fire or estimate_fire(found))
        answers[page.key] = (first, _worker().submit(lambda: explore_fire(found, first.result())))
    _redraw_when_done(page.key, 0 if page.briefing.fire_probability is None else 1)


@st.fragment(run_every=1.0)
def _redraw_when_done(key: Key, drawn: int) -> None:
    """`drawn`: how many of the answers are on the page."""
    answers = _answers().get(key, ())
    if sum(answer.done() for answer in answers) > drawn:
        st.rerun()


def _completed(page: Page, answer: Future[Probability], *, last: bool) -> Page:
    """The same page with a simulation's answer in its second light, or with the reason why there is none."""
    problem = answer.exception()
    if isinstance(problem, AlmError):
        known = page.briefing.fire_probability is not None  # what it rests on stands without what takes longer
        told = page.briefing if known else without_fire(page.briefing, str(problem))
        return replace(page, briefing=told, fire_pending=False)
    assert page.gathered is not None
    return replace(page, briefing=page.gathered.brief(answer.result()), fire_pending=not last)
