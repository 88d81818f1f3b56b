"""What reaches the household's target: the largest spending, the largest loan, the earliest end of work."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from alm.errors import AlmError
from alm.screen.fire_runs import progress_bar
from alm.screen.page import fragment
from alm.text import literal, percent, t

if TYPE_CHECKING:
    from alm.fire.plan import Plan
    from alm.fire.solve import Solution

PATHS = 4_000
"""Lives of each of the twenty-odd simulations behind one answer: a standard error of 0.8 points at most."""


@fragment
def targets(plan: Plan, target: float) -> None:
    """Asked for, with progress; each answer on the same random numbers."""
    if not st.toggle(t("What reaches {target}", target=percent(target, 0)), key="fire-targets"):
        return
    from alm.sources import solution_sentence

    small = replace(plan, paths=min(plan.paths, PATHS))
    asked = questions(plan)
    with progress_bar() as bar:
        for done, question in enumerate(asked):
            bar(done / len(asked))
            try:
                st.markdown("- " + literal(solution_sentence(_solved(small, question, target), plan.currency)))
            except AlmError as refusal:
                st.markdown("- " + literal(str(refusal)))


def questions(plan: Plan) -> list[str]:
    """What the plan has to decide: its spending, a loan it has, work that can end."""
    from alm.fire.decisions import choices

    second = choices(plan)
    return ["spending"] + ["loan"] * ("loan" in second) + ["retire-year"] * ("retire_year" in second)


@st.cache_resource(max_entries=16, show_spinner=False)
def _solved(plan: Plan, question: str, target: float) -> Solution:
    from alm.fire.solve import solve

    return solve(plan, question, target)
