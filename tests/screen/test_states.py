"""What the page says when it cannot say SAFE: every state has its own words, and none shows a figure nobody knows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from alm.gather import record
from alm.screen.parts import PARTS
from alm.settings import Settings, today
from alm.store.database import create
from alm.text import use_language
from tests.screen import households

MAIN = Path(__file__).parents[2] / "alm" / "screen" / "main.py"


@pytest.fixture(autouse=True)
def english_afterwards():
    yield
    use_language("en")


def page(monkeypatch, db: Path) -> AppTest:
    monkeypatch.setenv("ALM_DB", str(db))
    app = AppTest.from_file(str(MAIN), default_timeout=60).run()
    assert not app.exception
    return app


def words(app: AppTest) -> str:
    return "\n".join(
        str(element.value)
        for kind in ("title", "subheader", "markdown", "caption", "text")
        for element in app.get(kind)
    )


def cards(app: AppTest) -> dict[str, str]:
    return {card.label: card.value for card in app.metric}


def test_a_missing_price_is_named_and_no_figure_is_invented(monkeypatch, tmp_path):
    app = page(monkeypatch, households.without_a_price(tmp_path / "alm.db"))
    assert app.title[0].value == "? UNKNOWN"
    assert "NOPRICE" in words(app)
    assert "no action is advised on figures nobody knows" in words(app)
    assert cards(app)["Net worth"] == cards(app)["Portfolio"] == "—"
    assert not [label for label, value in cards(app).items() if value in ("0.0%", "¥0")]


@pytest.mark.parametrize("part", [title for title, _ in PARTS])
def test_with_a_missing_price_every_part_says_what_is_missing_or_does_without_it(monkeypatch, tmp_path, part):
    monkeypatch.setenv("ALM_DB", str(households.without_a_price(tmp_path / "alm.db")))
    app = AppTest.from_file(str(MAIN), default_timeout=60)
    app.query_params["part"] = part
    app.run()
    assert not app.exception
    if part in ("Stress", "Defence", "Snowball", "What if"):
        assert "No price for NOPRICE: this figure cannot be computed without it." in [info.value for info in app.info]


def test_old_prices_are_named_with_their_age(monkeypatch, tmp_path):
    app = page(monkeypatch, households.stale(tmp_path / "alm.db"))
    assert app.title[0].value == "? UNKNOWN"
    days_since_wednesday = (today(Settings()).weekday() - households.WEDNESDAY) % 7
    assert f"DEMO-JEQ is {21 + days_since_wednesday} days old" in words(app)
    assert cards(app)["Margin ratio (LTV)"] == "40.0%"


OPENED = """
from alm.screen import loading, morning
from alm.settings import database_path
page = loading.open_page(database_path())
morning.show(page.briefing, checking=page.fire_pending)
"""


def test_the_first_light_does_not_wait_and_the_second_is_not_called_met_before_it_is_known(monkeypatch, tmp_path):
    """Five days ago the plan was short of its target; today's probability is not known yet."""
    db = households.quick_database(tmp_path / "alm.db")
    record(db, today(Settings()) - timedelta(days=5), datetime.now(UTC))
    monkeypatch.setenv("ALM_DB", str(db))
    app = AppTest.from_string(OPENED, default_timeout=60).run()
    assert (app.title[0].value, app.header[0].value) == ("● SAFE 52.6%", "… CHECKING")
    assert "The FIRE probability is being computed." in words(app)
    assert "Am I safe? Nothing to do" in words(app)
    for early in ("Am I free? Nothing to do", "Am I free? Since", "simulated lives"):
        assert early not in words(app)


def test_danger_names_the_call_and_the_smallest_action(monkeypatch, tmp_path):
    app = page(monkeypatch, households.in_danger(tmp_path / "alm.db"))
    assert app.title[0].value == "■ DANGER 7.3%"  # 1 − (84 − 14.5) ÷ (0.60 × 125)
    assert "You can pay for a fall of up to 7.3% without selling anything" in words(app)
    assert "Prices can fall 4.0%, ¥5M of collateral, before the lender calls; you ask for 35.0%." in words(app)
    assert cards(app)["Margin ratio (LTV)"] == "67.2%"
    assert any(action.value.startswith("- Repay ¥") for action in app.markdown)


@pytest.mark.parametrize(
    ("made", "reason"),
    [(households.not_a_database, "not a database"), (households.from_the_future, "newer version")],
)
def test_a_refused_database_says_why_and_shows_no_figure(monkeypatch, tmp_path, made, reason):
    db = made(tmp_path / "alm.db")
    before = db.read_bytes()
    app = page(monkeypatch, db)
    assert app.title[0].value == "? UNKNOWN"
    assert reason in words(app)
    assert not app.metric
    assert db.read_bytes() == before


def test_an_empty_database_offers_the_three_ways_and_the_files(monkeypatch, tmp_path):
    create(tmp_path / "alm.db")
    app = page(monkeypatch, tmp_path / "alm.db")
    assert "Three ways to a first answer" in words(app)
    assert app.get("file_uploader")
    assert not app.metric


def test_without_a_database_the_demo_is_one_click_away(monkeypatch, tmp_path):
    app = page(monkeypatch, tmp_path / "alm.db")
    assert not (tmp_path / "alm.db").exists()
    app.button(key="start-demo").click().run(timeout=60)
    assert not app.exception
    assert cards(app)["Margin ratio (LTV)"] == "40.0%"


def test_five_numbers_end_in_a_verdict_and_name_what_is_missing(monkeypatch, tmp_path):
    app = page(monkeypatch, tmp_path / "alm.db")
    for label, amount in {
        "Pledged shares and funds, market value": 1_000_000.0,
        "Securities-backed loan": 650_000.0,
        "Cash": 100_000.0,
        "Spending a month": 10_000.0,
    }.items():
        next(field for field in app.number_input if field.label == label).set_value(amount)
    next(button for button in app.button if button.label == "Give me the verdict").click().run(timeout=60)
    assert not app.exception
    assert app.title[0].value == "■ DANGER 8.3%"  # 1 − (0.65 − 0.1) ÷ 0.60
    assert cards(app)["Margin ratio (LTV)"] == "65.0%"
    assert "A standby credit line: who pays when cash does not reach." in words(app)


def test_a_number_that_makes_no_sense_is_refused_where_it_was_typed(monkeypatch, tmp_path):
    app = page(monkeypatch, tmp_path / "alm.db")
    next(field for field in app.number_input if field.label == "Securities-backed loan").set_value(5.0)
    next(button for button in app.button if button.label == "Give me the verdict").click().run(timeout=60)
    assert "pledged" in app.error[0].value
    assert not (tmp_path / "alm.db").exists()


def test_the_language_chosen_on_the_first_page_stays(monkeypatch, tmp_path):
    app = page(monkeypatch, tmp_path / "alm.db")
    app.get("button_group")[0].set_value("ja").run()
    app.button(key="start-demo").click().run(timeout=60)
    assert not app.exception
    assert "担保融資比率（LTV）" in cards(app)
