"""The simulations behind the FIRE part, remembered by the plan they ran, with a bar where they take over a second."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

import streamlit as st

from alm.text import t

if TYPE_CHECKING:
    from alm.fire.plan import Plan
    from alm.fire.result import FireResult

Progress = Callable[[float], object]

SECOND = 20_000_000
"""Steps of all paths that take about a second on two cores; below it a bar would only flicker."""


def progress_of(plan: Plan) -> AbstractContextManager[Progress]:
    """The bar for one simulation of the plan, where it takes long enough."""
    return progress_bar(shown=plan.paths * plan.steps > SECOND)


@contextmanager
def progress_bar(*, shown: bool = True) -> Iterator[Progress]:
    """Yields what is called with the share done; the bar goes when it is over, answered or refused."""
    place = st.empty()

    def done(share: float) -> None:
        if shown:
            place.progress(min(1.0, share), t("Simulating"))

    done(0.0)
    try:
        yield done
    finally:
        place.empty()


@st.cache_resource(max_entries=32, show_spinner=False)
def simulated(plan: Plan, _progress: Progress) -> FireResult:
    from alm.fire import simulate

    return simulate(plan, progress=_progress)


@st.cache_resource(max_entries=32, show_spinner=False)
def mean_band_of(plan: Plan) -> tuple[float, float] | None:
    from alm.fire.what_if import mean_band

    return mean_band(plan)
