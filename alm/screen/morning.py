"""The top of the page: the verdict and why, what changed and why, what to do, and the figures behind it."""

from __future__ import annotations

import streamlit as st

from alm.briefing import Briefing
from alm.screen.look import LEVEL_SHAPE
from alm.telling import change_sentence, lines
from alm.text import MINUS, day, literal, t

WORD_JOINER = "\u2060"


def show(brief: Briefing, *, checking: bool) -> None:
    """Everything above the fold. `checking`: the FIRE probability is still being computed, so SAFE is not known."""
    level = "CHECKING" if checking and brief.verdict == "SAFE" else brief.verdict
    verdict(brief, level, checking=checking)
    with st.container(key="changes"):
        changed, todo = st.columns(2)
    with changed:
        changes(brief, level)
    with todo:
        actions(brief, level)
    cards(brief)


def verdict(brief: Briefing, level: str, *, checking: bool) -> None:
    """The banner: one word with its shape and the binding constraint in one sentence."""
    with st.container(key=f"verdict-{level.lower()}", gap="small"):
        st.title(f"{LEVEL_SHAPE[level]} {t(level)}", anchor=False)
        st.markdown(f"**{literal(brief.binding.sentence)}**")
        if checking:
            st.caption(t("The FIRE probability is being computed; the verdict follows."))
        for warning in brief.warnings:
            st.caption(literal(warning))


def changes(brief: Briefing, level: str) -> None:
    """What moved since the last record, each figure with the parts that add up to its change."""
    st.subheader(t("What changed"), anchor=False)
    if brief.since is None:
        st.caption(t("Nothing is recorded before today; the comparison starts with the next snapshot."))
        return
    if level != "CHECKING" and brief.verdict_before not in (None, level):
        before, after = t(str(brief.verdict_before)), t(level)
        st.markdown(t("Verdict since {date}: {before} → {after}", date=day(brief.since), before=before, after=after))
    if not brief.changes:
        st.caption(t("Nothing moved since {date}.", date=day(brief.since)))
    for change in brief.changes:
        st.markdown(f"- {literal(change_sentence(brief, change))}")


def actions(brief: Briefing, level: str) -> None:
    """The smallest actions that restore the margin asked for; calm words when none is needed."""
    st.subheader(t("What to do"), anchor=False)
    if level == "UNKNOWN":
        st.caption(t("Bring the data up to date first: no action is advised on figures nobody knows."))
    elif level == "CHECKING":
        st.caption(t("It follows with the verdict."))
    elif not brief.actions:
        st.caption(t("Nothing. The margin of safety you asked for is met."))
    for action in brief.actions:
        st.markdown(f"- {literal(action.why)}")


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
