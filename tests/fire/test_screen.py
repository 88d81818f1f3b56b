"""The FIRE part of the page, run as Streamlit runs it, on the reference household."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from alm.fire.decisions import choices
from alm.fire.plan import Asset, Spending
from alm.store.database import writing
from alm.store.tables import write_rows
from tests.fire.plans import reference
from tests.screen.households import demo_database
from tests.screen.shown import tables

PAGE = """
from datetime import date
from pathlib import Path
from alm.gather import gather
from alm.screen.fire import show
from alm.screen.page import Page
found = gather(Path({db!r}), date.fromisoformat({day!r}))
show(Page(Path({db!r}), "1", found.sheet.as_of, found.settings, found.sheet, found.lenders, found.brief(), found))
"""
DAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = demo_database(tmp_path_factory.mktemp("books") / "alm.db", DAY)
    with writing(path) as conn:
        write_rows(conn, "settings", [{"name": "fire_paths", "value": "300"}])
    return path


def opened(db: Path, day: date = DAY) -> AppTest:
    app = AppTest.from_string(PAGE.format(db=str(db), day=day.isoformat()), default_timeout=120).run()
    assert not app.exception
    return app


def test_the_answer_moves_with_the_levers_and_back(db: Path) -> None:
    app = opened(db)
    assert len(app.get("plotly_chart")) == 2
    assert app.metric[0].label == "Success"
    base = float(app.metric[0].value.rstrip("%"))
    app.slider(key="fire-spending").set_value(-30).run()
    assert not app.exception
    assert float(app.metric[0].value.rstrip("%")) > base
    assert app.metric[0].delta.startswith("+")
    app.slider(key="fire-spending").set_value(0).run()
    assert float(app.metric[0].value.rstrip("%")) == base


def test_the_caption_names_the_model_and_whose_figures_it_uses(db: Path) -> None:
    app = opened(db)
    assert "300 lives of 40 years, model lognormal" in app.caption[0].value
    assert app.caption[1].value == "Return and volatility: the plan's own figures (assumptions)."


def test_measured_figures_name_their_history_and_how_little_it_says(db: Path) -> None:
    app = opened(db)
    app.selectbox(key="fire-parameters").set_value("measured").run()
    assert not app.exception
    told = app.caption[1].value
    assert "measured from the holdings' own prices, 2021-11-22 to 2026-11-20 (5.0 years)" in told
    assert "one standard error: σ ÷ √years" in told
    assert "one standard error lower success is" in told
    assert set(tables(app)[0]["Origin"]) == {"measured", "given"}


def test_two_years_of_prices_are_too_few_to_measure_and_the_page_goes_on(db: Path) -> None:
    app = opened(db, date(2023, 11, 20))
    app.selectbox(key="fire-parameters").set_value("measured").run()
    assert not app.exception
    (refusal,) = (note.value for note in app.info)
    assert (
        "measuring its return needs 3 years of its own prices, and there are 2.0, 2021-11-22 to 2023-11-20" in refusal
    )
    app.selectbox(key="fire-parameters").set_value("estimated").run()
    assert not app.info
    assert app.metric[0].label == "Success"


def test_estimated_figures_name_the_history(db: Path) -> None:
    app = opened(db)
    app.selectbox(key="fire-parameters").set_value("estimated").run()
    assert "annual US history, 1928 to 2024 (97.0 years)" in app.caption[1].value
    assert tables(app)[0]["Asset"].iloc[-1] == "inflation"


def test_a_rule_that_cuts_spending_fails_below_its_floor(db: Path) -> None:
    app = opened(db)
    app.selectbox(key="fire-rule").set_value("percent").run()
    assert not app.exception
    assert "less than ¥5,760,000 a year in today's money is a failure" in app.caption[1].value
    strict = float(app.metric[0].value.rstrip("%"))
    app.slider(key="fire-floor").set_value(0).run()
    assert float(app.metric[0].value.rstrip("%")) > strict


def test_models_drivers_and_levers_are_shown_when_asked_for(db: Path) -> None:
    app = opened(db)
    app.toggle(key="fire-spread").set_value(True).run()
    assert not app.exception
    assert len(app.get("plotly_chart")) == 4
    assert set(tables(app)[0]["Lever"]) == {"repay", "spend less", "earn more"}
    shown = json.loads(app.get("plotly_chart")[2].proto.spec)["data"][0]["y"]
    assert {"lognormal · given", "lognormal · measured", "lognormal · estimated", "cohorts · history"} <= set(shown)
    app.slider(key="fire-retire").set_value(10).run()
    assert "work longer" in set(tables(app)[0]["Lever"])


def test_one_life_opens_with_its_events(db: Path) -> None:
    app = opened(db)
    app.toggle(key="fire-life").set_value(True).run()
    assert not app.exception
    assert len(app.get("plotly_chart")) == 3
    app.segmented_control(key="fire-which").set_value("By number").run()
    app.number_input(key="fire-number").set_value(7).run()
    assert not app.exception
    assert len(app.get("plotly_chart")) == 3


def test_what_reaches_the_target_is_solved_when_asked_for(db: Path) -> None:
    app = opened(db)
    app.toggle(key="fire-targets").set_value(True).run()
    assert not app.exception
    spending, loan, work = (line.value for line in app.markdown if line.value.startswith("- "))
    assert spending.startswith("- The largest spending is ¥7,")
    assert "target 95.0%" in spending
    assert loan.startswith("- Even a loan of 0 reaches ")
    assert work.startswith("- Even working all 40 years reaches ")


def test_two_decisions_are_mapped_when_asked_for(db: Path) -> None:
    app = opened(db)
    app.toggle(key="fire-decisions").set_value(True).run()
    assert not app.exception
    drawn = json.loads(app.get("plotly_chart")[2].proto.spec)["data"][0]
    assert drawn["type"] == "heatmap"
    assert (len(drawn["y"]), len(drawn["x"])) == (7, 6)
    assert "300 lives" in app.caption[-1].value
    app.segmented_control(key="fire-against").set_value("retire_year").run()
    assert not app.exception
    drawn = json.loads(app.get("plotly_chart")[2].proto.spec)["data"][0]
    assert drawn["x"] == ["0", "1", "2", "3", "5", "7", "10", "15"]


def test_what_cannot_be_decided_is_not_offered() -> None:
    assert choices(reference()) == ["loan", "retire_year"]
    assert choices(replace(reference(), loans=(), assets=(Asset("A", 1e8, 1e8),))) == ["retire_year"]
    assert choices(replace(reference(), incomes=())) == ["loan"]
    assert choices(replace(reference(), spending=Spending(amount_pa=0.0))) == []
