"""The simulations behind the FIRE part, remembered by the plan they ran, with a bar where they take over a second."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from alm.text import t

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from alm.fire.interpreted import PreliminaryEstimate
    from alm.fire.plan import Plan
    from alm.fire.result import FireResult

Progress = Callable[[float], object]

SECOND = 20_000_000
"""Steps of all paths that take about a second on two cores; below it a bar would only flicker."""


@dataclass(frozen=True, slots=True)
class Bar:
    """Called with the share done; drawn where that takes long enough to be read."""

    place: DeltaGenerator
    shown: bool

    def __call__(self, share: float) -> None:
        if self.shown:
            self.place.progress(min(1.0, share), t("Simulating"))

    def meanwhile(self, answer: PreliminaryEstimate) -> None:
        """What the first lives say while the simulation is compiled."""
        from alm.sources import early_sentence

        self.place.progress(0.0, early_sentence(answer))


def progress_of(plan: Plan) -> AbstractContextManager[Bar]:
    """The bar for one simulation of the plan, where it takes long enough."""
    return progress_bar(shown=plan.paths * plan.steps > SECOND)


@contextmanager
def progress_bar(*, shown: bool = True) -> Iterator[Bar]:
    """Yields the bar, which goes when it is over, answered or refused."""
    place = st.empty()
    bar = Bar(place, shown)
    bar(0.0)
    try:
        yield bar
    finally:
        place.empty()


@st.cache_resource(max_entries=32, show_spinner=False)
def simulated(plan: Plan, _bar: Bar) -> FireResult:
    from alm.fire import simulate

    return simulate(plan, progress=_bar, meanwhile=_bar.meanwhile)


@st.cache_resource(max_entries=32, show_spinner=False)
def mean_band_of(plan: Plan) -> tuple[float, float] | None:
    from alm.fire.what_if import mean_band

    return mean_band(plan)
