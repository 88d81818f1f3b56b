"""The top of the page: the two lights and why, what changed and why, what to do, and the figures behind it."""

from __future__ import annotations

import streamlit as st

from alm.briefing import Briefing
from alm.lights import Light, changed, lights, next_steps
from alm.screen.look import LEVEL_SHAPE
from alm.telling import LOAN_COLUMNS, lines, loan_rows, some_loan_unknown
from alm.text import MINUS, day, literal, t

WORD_JOINER = "\u2060"
NO_BREAK_SPACE = "\u00a0"


def show(brief: Briefing, *, checking: bool) -> None:
    """Everything above the fold. `checking`: the second light is still being computed, or what takes further
    simulations beside it; the first never waits."""
    safe, free = lights(brief)
    with st.container(key="lights"):
        left, right = st.columns(2)
    with left:
        banner("verdict", safe, safe.level)
    with right:
        level = "CHECKING" if checking and brief.fire_probability is None else free.level
        banner("freedom", free, level, pending=checking)
    with st.container(key="changes"):
        left, right = st.columns(2)
    with left:
        changes(brief)
    with right:
        actions(brief)
    cards(brief)
    if some_loan_unknown(brief):
        loans(brief)


def banner(name: str, light: Light, level: str, *, pending: bool = False) -> None:
    """One light: its question, its word with a shape, its one number, its one sentence. The page has one title."""
    with st.container(key=f"{name}-{level.lower()}{'-pending' * pending}", gap="small", height="stretch"):
        st.caption(light.question)
        heading = st.title if name == "verdict" else st.header
        heading(f"{LEVEL_SHAPE[level]} {t(level)} {light.number}".rstrip(), anchor=False)
        st.markdown(f"**{literal(light.sentence)}**")
        with st.container(gap=None):
            for note in light.notes:
                st.caption(literal(note))


def changes(brief: Briefing) -> None:
    """What moved since the last record, each figure with the parts that add up to its change."""
    st.subheader(t("What changed"), anchor=False)
    if brief.since is None:
        st.caption(t("Nothing is recorded before today; the comparison starts with the next snapshot."))
        return
    told = changed(brief)
    if not told:
        st.caption(t("Nothing moved since {date}.", date=day(brief.since)))
    for sentence in told:
        st.markdown(f"- {_unbroken(literal(sentence))}")


def actions(brief: Briefing) -> None:
    """The smallest actions that reach each limit; calm words when none is needed."""
    st.subheader(t("What to do"), anchor=False)
    asked = next_steps(brief)
    for step in asked.steps:
        st.markdown(f"- {literal(step)}")
    with st.container(key="remarks", gap=None):
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
    """No line ends between a sign and its sum, or between a figure and its unit."""
    joined = note.replace("+", f"+{WORD_JOINER}").replace(MINUS, f"{MINUS}{WORD_JOINER}")
    return joined.replace(" pt", f"{NO_BREAK_SPACE}pt")
