"""The part of the page: every widget moves the answer it says it moves."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest


def part():
    from pathlib import Path

    from alm.briefing import brief
    from alm.lenders import profiles
    from alm.screen.page import Page
    from alm.screen.snowball import show
    from alm.settings import Settings
    from tests.households import AS_OF, reference_household

    sheet, settings = reference_household(), Settings(fire_paths=100)
    briefing = brief(sheet, (), settings, profiles())
    show(Page(Path("alm.db"), "1", AS_OF, settings, sheet, profiles(), briefing))


@pytest.fixture
def page() -> AppTest:
    return AppTest.from_function(part, default_timeout=90).run()


def figures(page: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in page.metric}


def widget(widgets, label):
    return next(w for w in widgets if w.label == label)


def test_the_answers_and_the_charts_stand(page):
    assert not page.exception
    shown = figures(page)
    assert (shown["Crossover"], shown["Crossover without interest"]) == ("year 30", "year 27")
    assert shown["FIRE ratio"] == "31.1%"
    assert len(page.get("plotly_chart")) == 3


def test_a_deeper_cut_comes_later_and_says_what_it_would_have_been(page):
    widget(page.slider, "Dividend cut").set_value(0.8)
    widget(page.slider, "Years of the cut").set_value(10)
    page.run()
    assert not page.exception
    assert int(figures(page)["Crossover"].removeprefix("year ")) > 30
    assert widget(page.metric, "Crossover").delta == "without the cut: year 30"


def test_a_crisis_takes_the_place_of_the_cut_and_names_its_source(page):
    widget(page.selectbox, "A crisis as it happened").set_value("us-2008").run()
    assert not page.exception
    assert any("Shiller" in caption.value for caption in page.caption)


def test_how_certain_the_year_is(page):
    widget(page.toggle, "Show how certain the year is").set_value(True).run()
    assert not page.exception
    assert len(page.get("plotly_chart")) == 4
