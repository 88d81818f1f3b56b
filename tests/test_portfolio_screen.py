"""The Risk, Allocation, What-if and Backtest parts of the page, run as Streamlit runs them on a real database."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.portfolio import portfolio_database
from tests.screen.shown import tables

PAGE = """
from datetime import date
from pathlib import Path
from tests.screen.shown import tables
from alm.briefing import brief
from alm.lenders import profiles
from alm.screen.page import Page
from alm.screen.{part} import show
from alm.store.books import data_version, load_balance_sheet, load_settings
from alm.store.database import reading
on = date(2026, 11, 20)
with reading(Path({db!r})) as conn:
    settings, sheet, version = load_settings(conn), load_balance_sheet(conn, on), data_version(conn)
show(Page(Path({db!r}), version, on, settings, sheet, profiles(), brief(sheet, (), settings, profiles())))
"""


@pytest.fixture(scope="module")
def db(tmp_path_factory) -> Path:
    return portfolio_database(tmp_path_factory.mktemp("screen") / "alm.db")


def opened(part: str, db: Path) -> AppTest:
    app = AppTest.from_string(PAGE.format(part=part, db=str(db)), default_timeout=60).run()
    assert not app.exception
    return app


def charts(app: AppTest) -> int:
    return len(app.get("plotly_chart"))


def captions(app: AppTest) -> str:
    return " ".join(one.value for one in app.caption)


def test_risk_shows_every_chart_and_answers_to_its_widgets(db):
    app = opened("risk", db)
    assert charts(app) == 9
    assert "520 returns" in captions(app)
    assert "Led by SHARE" in captions(app)
    app.text_input(key="risk-benchmark").set_value("INDEX").run()
    assert not app.exception
    assert "Beta" in set(tables(app)[0]["Measure"])


def test_allocation_shows_the_plan_and_refuses_with_a_reason(db):
    app = opened("allocation", db)
    assert charts(app) == 3
    assert list(tables(app)[0]["Ticker"]) == ["SHARE", "BOND"]
    app.toggle(key="allocation-keep").set_value(True).run()
    assert "nothing to trade" in captions(app)
    app.number_input(key="gains").set_value(1_000_000.0).run()
    assert not app.exception


def test_optimised_weights_come_with_their_range(db):
    app = opened("allocation", db)
    app.button(key="optimise").click().run()
    assert not app.exception
    assert charts(app) == 5


def test_what_if_compares_and_refuses(db):
    app = opened("what_if", db)
    app.number_input(key="what-if-borrow").set_value(-3_000_000.0).run()
    table = tables(app)[0].set_index("Figure")
    assert tuple(table.loc["Margin ratio (LTV)", ["Before", "After"]]) == ("40.0%", "36.0%")
    app.number_input(key="what-if-borrow").set_value(-9_000_000.0).run()
    assert "only ¥5,000,000 of cash" in app.warning[0].value


def test_backtest_walks_every_window(db):
    app = opened("backtest", db)
    assert charts(app) == 2
    app.selectbox(key="backtest-rule").select("monthly").run()
    app.selectbox(key="backtest-cohorts").select(1).run()
    assert not app.exception
    assert charts(app) == 3


@pytest.mark.parametrize(
    ("part", "act", "said"),
    [
        (
            "risk",
            lambda app: app.text_input(key="risk-benchmark").set_value("NOBODY").run(),
            "price history named 'NOBODY'",
        ),
        ("backtest", lambda app: app.button_group(key="backtest-window").set_value("5 years").run(), "last 5 years"),
    ],
)
def test_what_a_widget_asks_in_vain_is_a_sentence(db, part, act, said):
    app = act(opened(part, db))
    assert not app.exception
    assert said in app.warning[0].value


def test_bounds_that_cannot_hold_are_a_sentence(db):
    app = opened("allocation", db)
    app.slider(key="optimise-bounds").set_value((0, 40)).run()
    app.button(key="optimise").click().run()
    assert not app.exception
    assert "cannot sum to 100 %" in app.warning[0].value
