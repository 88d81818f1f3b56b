"""The FIRE part of the page, run as Streamlit runs it, on the reference household."""

from __future__ import annotations

import json
from dataclasses import replace

from streamlit.testing.v1 import AppTest

from alm.fire.plan import Asset, Spending
from alm.screen.fire_decisions import choices_of
from tests.fire.plans import reference
from tests.screen.shown import tables

PAGE = """
from pathlib import Path
from alm.briefing import brief
from alm.lenders import profiles
from alm.screen.fire import show
from alm.screen.page import Page
from alm.settings import Settings
from tests.households import reference_household
settings, sheet = Settings(fire_paths=300), reference_household()
show(Page(Path("unused"), "1", sheet.as_of, settings, sheet, profiles(), brief(sheet, (), settings, profiles())))
"""


def opened() -> AppTest:
    app = AppTest.from_string(PAGE, default_timeout=120).run()
    assert not app.exception
    return app


def test_the_answer_moves_with_the_levers_and_back() -> None:
    app = opened()
    assert len(app.get("plotly_chart")) == 2
    assert app.metric[0].label == "Success"
    base = float(app.metric[0].value.rstrip("%"))
    app.slider(key="fire-spending").set_value(-30).run()
    assert not app.exception
    assert float(app.metric[0].value.rstrip("%")) > base
    assert app.metric[0].delta.startswith("+")
    app.slider(key="fire-spending").set_value(0).run()
    assert float(app.metric[0].value.rstrip("%")) == base


def test_the_caption_names_the_model() -> None:
    assert "300 lives of 40 years, model lognormal" in opened().caption[0].value


def test_models_drivers_and_levers_are_shown_when_asked_for() -> None:
    app = opened()
    app.toggle(key="fire-spread").set_value(True).run()
    assert not app.exception
    assert len(app.get("plotly_chart")) == 4
    assert set(tables(app)[0]["Lever"]) == {"repay", "spend less", "earn more"}


def test_one_life_opens_with_its_events() -> None:
    app = opened()
    app.toggle(key="fire-life").set_value(True).run()
    assert not app.exception
    assert len(app.get("plotly_chart")) == 3


def test_two_decisions_are_mapped_when_asked_for() -> None:
    app = opened()
    app.toggle(key="fire-decisions").set_value(True).run()
    assert not app.exception
    drawn = json.loads(app.get("plotly_chart")[2].proto.spec)["data"][0]
    assert drawn["type"] == "heatmap"
    assert (len(drawn["y"]), len(drawn["x"])) == (7, 6)
    assert "300 lives" in app.caption[-1].value
    app.segmented_control(key="fire-against").set_value("End of work").run()
    assert not app.exception
    drawn = json.loads(app.get("plotly_chart")[2].proto.spec)["data"][0]
    assert drawn["x"] == ["0", "1", "2", "3", "5", "7", "10", "15"]


def test_what_cannot_be_decided_is_not_offered() -> None:
    assert choices_of(reference()) == ["Loan", "End of work"]
    assert choices_of(replace(reference(), loans=(), assets=(Asset("A", 1e8, 1e8),))) == ["End of work"]
    assert choices_of(replace(reference(), incomes=())) == ["Loan"]
    assert choices_of(replace(reference(), spending=Spending(amount_pa=0.0))) == []
