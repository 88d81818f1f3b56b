"""The top of the page: the two lights and why, what changed and why, what to do, and the figures behind it."""

from __future__ import annotations

import streamlit as st

from alm.briefing import Briefing
from alm.screen.look import LEVEL_SHAPE
from alm.telling import (
    LOAN_COLUMNS,
    Light,
    change_sentence,
    lights,
    lines,
    loan_rows,
    some_loan_unknown,
    todo,
)
from alm.text import MINUS, day, literal, t

WORD_JOINER = "\u2060"


def show(brief: Briefing, *, checking: bool) -> None:
    """Everything above the fold. `checking`: the second light is still being computed; the first never waits."""
    safe, free = lights(brief)
    with st.container(key="lights"):
        left, right = st.columns(2)
    with left:
        banner("verdict", safe, safe.level)
    with right:
        banner("freedom", free, "CHECKING" if checking else free.level)
    with st.container(key="changes"):
        changed, asked = st.columns(2)
    with changed:
        changes(brief)
    with asked:
        actions(brief)
    cards(brief)
    if some_loan_unknown(brief):
        loans(brief)


def banner(name: str, light: Light, level: str) -> None:
    """One light: its question, its word with a shape, its one number, its one sentence. The page has one title."""
    with st.container(key=f"{name}-{level.lower()}", gap="small"):
        st.caption(light.question)
        heading = st.title if name == "verdict" else st.header
        heading(f"{LEVEL_SHAPE[level]} {t(level)} {light.number}".rstrip(), anchor=False)
        st.markdown(f"**{literal(light.sentence)}**")
        for note in light.notes:
            st.caption(literal(note))


def changes(brief: Briefing) -> None:
    """What moved since the last record, each figure with the parts that add up to its change."""
    st.subheader(t("What changed"), anchor=False)
    if brief.since is None:
        st.caption(t("Nothing is recorded before today; the comparison starts with the next snapshot."))
        return
    turned = [light for light in _turned(brief) if light]
    for light in turned:
        st.markdown(literal(light))
    if not brief.changes and not turned:
        st.caption(t("Nothing moved since {date}.", date=day(brief.since)))
    for change in brief.changes:
        st.markdown(f"- {literal(change_sentence(brief, change))}")


def _turned(brief: Briefing) -> tuple[str, ...]:
    """Each light that is another one than was recorded, where today's is known."""
    pairs = zip(lights(brief), (brief.verdict_before, brief.freedom_before), strict=True)
    return tuple(
        t("{question} Since {date}: {before} → {after}", question=light.question, date=day(brief.since),
          before=t(before), after=t(light.level))
        for light, before in pairs if before not in (None, light.level) and light.sentence
    )  # fmt: skip


def actions(brief: Briefing) -> None:
    """The smallest actions that reach each limit; calm words when none is needed."""
    st.subheader(t("What to do"), anchor=False)
    asked = todo(brief)
    for step in asked.steps:
        st.markdown(f"- {literal(step)}")
    for remark in asked.remarks:
        st.caption(literal(remark))


def loans(brief: Briefing) -> None:
    """The loans that are known, where not all of them are."""
    from alm.screen.tables import show_table

    show_table([dict(zip(map(t, LOAN_COLUMNS), row, strict=True)) for row in loan_rows(brief)])


def cards(brief: Briefing) -> None:
    """Each figure with its note; the question mark opens its working with today's numbers and its source."""
    with st.container(key="cards"):
        for line in lines(brief):
            st.metric(
                line.label,
                line.value,
                _unbroken(literal(line.note)) or None,
                delta_color="off",
                delta_arrow="off",
                border=True,
                help=f"{literal(line.working)}\n\n{literal(line.source)}",
            )


def _unbroken(note: str) -> str:
    """No line of a narrow card ends between a sign and its sum."""
    return note.replace("+", f"+{WORD_JOINER}").replace(MINUS, f"{MINUS}{WORD_JOINER}")
