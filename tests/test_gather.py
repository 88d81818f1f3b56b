"""From a real database to the briefing, and to a record that is taken once and remembered."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from alm.doctor import books
from alm.errors import Infeasible
from alm.fire import estimate
from alm.fire.plan_file import plan_from_tree
from alm.gather import estimate_fire, explore_fire, gather, morning, record, recorded_days
from alm.settings import Settings, today
from alm.store import snapshots
from alm.store.books import load_balance_sheet
from alm.store.database import create, reading, writing
from alm.store.health import examine
from alm.store.tables import read_rows, write_all, write_rows
from tests.screen.households import demo_database

TODAY = date(2026, 11, 20)
TOMORROW = TODAY + timedelta(days=1)
YESTERDAY = TODAY - timedelta(days=1)
NOW = datetime(2026, 11, 20, 6, 45, tzinfo=UTC)


@pytest.fixture(scope="module")
def db(tmp_path_factory):
    path = demo_database(tmp_path_factory.mktemp("books") / "alm.db", TODAY)
    with writing(path) as conn:
        write_rows(conn, "settings", [{"name": "fire_paths", "value": "500"}])
    record(path, YESTERDAY, NOW - timedelta(days=1))
    record(path, TODAY, NOW)
    return path


def test_the_demo_household_is_the_reference_household(db):
    found = morning(db, TODAY, simulate=False)
    assert found.ltv == pytest.approx(0.4)
    assert found.fall_to_call == pytest.approx(0.42857, abs=5e-6)
    assert found.max_survivable_fall == pytest.approx(0.52667, abs=5e-6)
    assert (found.net_worth, found.cash, found.debt) == pytest.approx((79_500_000, 4_500_000, 50_000_000))
    assert found.dividends_gross == pytest.approx(5_000_000)


def test_a_day_is_recorded_once_and_identically(db):
    first, again = record(db, TODAY, NOW), record(db, TODAY, NOW + timedelta(hours=3))
    assert first == again
    assert first.taken_at == "2026-11-20T06:45:00+00:00"
    assert recorded_days(db) == (TODAY, ())


def test_the_recorded_probability_is_the_one_told_again_without_a_simulation(db):
    with reading(db) as conn:
        kept = snapshots.of_date(conn, TODAY).figures
    told = morning(db, TODAY, simulate=False).fire_probability
    assert told.probability == kept["fire_probability"]
    assert told.standard_error == kept["fire_standard_error"]


def test_the_record_holds_both_lights_and_what_the_second_rests_on(db):
    """Simulated once, in the morning: told again from the record without waiting, to the last figure."""
    with reading(db) as conn:
        kept = snapshots.of_date(conn, TODAY)
    found, told = gather(db, TODAY), morning(db, TODAY, simulate=False)
    assert (kept.verdict, kept.freedom) == (told.verdict, told.freedom.verdict)
    assert told.fire_probability == explore_fire(found, estimate_fire(found))
    assert [one.lever for one in told.fire_probability.reaches] == ["spend_less", "work_longer", "owe_less"]
    assert len(told.freedom.model_spread) >= 3


def test_what_reaches_another_target_than_today_s_is_not_known_yet(db, tmp_path):
    other = copied(db, tmp_path, caution_fire_probability="0.9")
    told = morning(other, TODAY, simulate=False)
    assert told.fire_probability.probability == morning(db, TODAY, simulate=False).fire_probability.probability
    assert (told.fire_probability.reaches, told.actions) == (None, ())


def test_a_record_of_one_word_for_both_lights_is_read_and_not_compared(tmp_path):
    path = demo_database(tmp_path / "alm.db", TODAY)
    with writing(path) as conn:
        sheet = load_balance_sheet(conn, YESTERDAY)
        snapshots.take(conn, sheet, taken_at=NOW, verdict="CAUTION", figures={})
    told = morning(path, TODAY, simulate=False)
    assert (told.since, told.verdict_before, told.freedom_before) == (YESTERDAY, None, None)


def test_the_probability_is_not_remembered_once_anything_changed(db, tmp_path):
    other = tmp_path / "alm.db"
    other.write_bytes(db.read_bytes())
    with writing(other) as conn:
        write_rows(conn, "settings", [{"name": "inflation_pa", "value": "0.03"}])
    assert morning(other, TODAY, simulate=False).fire_probability is None


def test_the_recorded_probability_can_be_computed_from_the_record_alone(db, tmp_path):
    other = copied(db, tmp_path, fire_parameters="measured")
    taken = record(other, TOMORROW, NOW + timedelta(days=1))
    with reading(other) as conn:
        plan = plan_from_tree(snapshots.plan_of(conn, TOMORROW))
    assert plan.market.parameters == "measured"
    equity = next(asset for asset in plan.assets if asset.kind == "equity")
    assert equity.measured.last == TODAY
    again = estimate(plan)
    assert (again.success_probability, again.standard_error) == (
        taken.figures["fire_probability"],
        taken.figures["fire_standard_error"],
    )
    told = morning(other, TOMORROW, simulate=False).fire_probability
    assert (told.model, told.parameters, told.mean_band) == ("lognormal", "measured", again.mean_band)


def test_a_changed_assumption_is_a_cause_and_the_parts_begin_at_what_was_recorded(db, tmp_path):
    other = copied(db, tmp_path, inflation_pa="0.03")
    found = next(change for change in morning(other, TOMORROW).changes if change.figure == "fire_probability")
    with reading(db) as conn:
        assert found.before == snapshots.of_date(conn, TODAY).figures["fire_probability"]
    parts = {part.cause: part.amount for part in found.parts}
    assert parts["assumptions"] < -0.05
    assert sum(parts.values()) == pytest.approx(found.after - found.before, abs=1e-12)


def test_a_simulation_that_cannot_answer_makes_the_second_light_unknown_and_the_day_is_recorded(tmp_path):
    path = demo_database(tmp_path / "alm.db", TODAY)
    with writing(path) as conn:
        rows = [{"name": "fire_model", "value": "cohorts"}, {"name": "fire_years", "value": "100"}]
        write_rows(conn, "settings", rows)
    found = morning(path, TODAY)
    reason = "The annual history has 97 years, fewer than the plan's 100: no cohort fits."
    assert (found.verdict, found.freedom.verdict, found.fire_probability) == ("SAFE", "UNKNOWN", None)
    assert found.freedom.sentence == f"The FIRE probability could not be computed: {reason}"
    assert found.ltv == pytest.approx(0.4)
    kept = record(path, TODAY, NOW)
    assert (kept.verdict, kept.freedom, kept.figures["ltv"]) == ("SAFE", "UNKNOWN", found.ltv)


def test_a_record_of_an_older_version_is_compared_under_todays_settings(tmp_path):
    path = demo_database(tmp_path / "alm.db", TODAY)
    with writing(path) as conn:
        write_rows(conn, "settings", [{"name": "fire_paths", "value": "500"}])
        sheet = load_balance_sheet(conn, YESTERDAY)
        snapshots.take(conn, sheet, taken_at=NOW, verdict="CAUTION", figures={"fire_probability": 0.9})
        assert snapshots.plan_of(conn, YESTERDAY) is None
        write_rows(conn, "expenses", [{"name": "A dearer flat", "amount": "100000", "currency": "JPY"}])
    found = next(change for change in morning(path, TODAY).changes if change.figure == "fire_probability")
    assert max(found.parts, key=lambda part: abs(part.amount)).cause == "spending"
    assert found.before != 0.9


def copied(db, tmp_path, **settings):
    """The same books with other settings."""
    other = tmp_path / "alm.db"
    other.write_bytes(db.read_bytes())
    with writing(other) as conn:
        write_rows(conn, "settings", [{"name": name, "value": value} for name, value in settings.items()])
    return other


def test_every_change_since_yesterday_adds_up_the_probability_included(db):
    found = morning(db, TODAY)
    assert found.since == YESTERDAY
    assert {"net_worth", "ltv", "max_survivable_fall"} <= {change.figure for change in found.changes}
    for change in found.changes:
        moved = change.after - change.before
        if change.parts:
            assert sum(part.amount for part in change.parts) == pytest.approx(moved, rel=1e-9, abs=1e-9)
        else:
            assert abs(moved) < change.error, "no change is one within its error"


def test_what_waits_for_a_decision_is_told(db, tmp_path):
    other = tmp_path / "alm.db"
    other.write_bytes(db.read_bytes())
    with writing(other) as conn:
        ticker = read_rows(conn, "holdings")[0]["ticker"]
        write_rows(conn, "splits", [{"ticker": ticker, "date": "2026-11-18", "ratio": "2"}])
    assert morning(other, TODAY, simulate=False).warnings == (
        f"{ticker} was split on 2026-11-18: check that its quantity counts it.",
    )


def test_a_life_that_costs_nothing_has_no_probability(tmp_path):
    """Spending of 0 is a row that was not filled in: 100 % would be a figure of nothing."""
    path = tmp_path / "alm.db"
    create(path)
    with writing(path) as conn:
        write_all(
            conn,
            {
                "settings": [{"name": "fire_paths", "value": "200"}],
                "accounts": [{"name": "Bank"}],
                "cash": [{"account": "Bank", "currency": "JPY", "amount": "1000000"}],
                "expenses": [{"name": "Living", "amount": "0", "currency": "JPY"}],
            },
        )
    assert morning(path, TODAY).fire_probability is None
    with writing(path) as conn:
        write_rows(conn, "expenses", [{"name": "Living", "amount": "1", "currency": "JPY"}])
    found = morning(path, TODAY).fire_probability
    assert found is not None
    assert found.probability == 1.0


# --- a clock that was wrong, and a record that is damaged -------------------------------------------------------------


def test_a_clock_five_years_ahead_records_nothing(db, tmp_path):
    other = copied(db, tmp_path)
    with pytest.raises(Infeasible, match="The clock says 2031-11-20, but the newest price or record in the books"):
        record(other, None, NOW.replace(year=2031))
    assert recorded_days(other) == (TODAY, ())


def test_a_record_of_a_day_that_has_not_come_is_no_record_of_today(tmp_path):
    """A clock that is a month ahead cannot be told from a machine that was off: what it recorded is seen once the
    clock is right, neither stands for a missing day nor silences its alert, and can be set aside."""
    path = demo_database(tmp_path / "alm.db")
    later = today(Settings()) + timedelta(days=30)
    with writing(path) as conn:
        snapshots.take(conn, load_balance_sheet(conn, later), taken_at=NOW, verdict="SAFE", figures={})
    assert recorded_days(path) == (None, (later,))
    assert [finding.level for finding in books.snapshots(examine(path, today(Settings())), today(Settings()))] == [
        "warning",
        "warning",
    ]
    with writing(path) as conn:
        snapshots.set_aside(conn, later, NOW, "the clock was a month ahead")
    assert recorded_days(path) == (None, ())


def test_a_damaged_record_is_named_in_the_briefing(db, tmp_path):
    other = copied(db, tmp_path)
    whole = morning(other, TOMORROW, simulate=False).warnings
    kept = b'"dividends_gross":5000000.0'
    before, found, rest = other.read_bytes().rpartition(kept)
    assert found
    other.write_bytes(before + b'"dividends_gross":5000000.1' + rest)
    (notice,) = set(morning(other, TOMORROW, simulate=False).warnings) - set(whole)
    assert notice.startswith("Left out, because it is not what was recorded: 2026-11-")
