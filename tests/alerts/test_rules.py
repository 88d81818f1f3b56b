"""An alert is said once when it is new, again while it lasts, and once when it is over; a restart changes nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from alm.alerts.message import body, title
from alm.alerts.rules import Concern, Said, concerns, decide
from alm.briefing import Briefing
from alm.freedom import Freedom
from alm.verdict import Check

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
TWELVE_HOURS = timedelta(hours=12)
CALL = Concern("margin_distance", "DANGER", "A fall of 14.0% reaches the margin call; the limit is 15.0%.")


def kinds(alerts):
    return [alert.kind for alert in alerts]


def test_raised_then_quiet_then_repeated_then_cleared():
    alerts, said = decide(NOON, (CALL,), {}, TWELVE_HOURS)
    assert kinds(alerts) == ["raised"]
    alerts, said = decide(NOON + timedelta(hours=11), (CALL,), said, TWELVE_HOURS)
    assert kinds(alerts) == []
    alerts, said = decide(NOON + timedelta(hours=12), (CALL,), said, TWELVE_HOURS)
    assert kinds(alerts) == ["repeated"]
    alerts, said = decide(NOON + timedelta(hours=13), (), said, TWELVE_HOURS)
    assert kinds(alerts) == ["cleared"]
    assert said == {}


def test_worse_is_said_at_once():
    said = {"margin_distance": Said("CAUTION", NOON)}
    assert kinds(decide(NOON + timedelta(minutes=1), (CALL,), said, TWELVE_HOURS)[0]) == ["raised"]


def test_better_but_not_over_is_said_once():
    said = {"margin_distance": Said("DANGER", NOON)}
    better = Concern("margin_distance", "CAUTION", "…")
    alerts, said = decide(NOON + timedelta(minutes=1), (better,), said, TWELVE_HOURS)
    assert kinds(alerts) == ["repeated"]
    assert kinds(decide(NOON + timedelta(minutes=2), (better,), said, TWELVE_HOURS)[0]) == []


def test_a_clock_set_back_neither_repeats_nor_forgets():
    said = {"margin_distance": Said("DANGER", NOON)}
    alerts, kept = decide(NOON - timedelta(days=3), (CALL,), said, TWELVE_HOURS)
    assert (alerts, kept) == ((), said)


def test_what_was_said_under_a_clock_that_was_years_ahead_is_said_again():
    said = {"margin_distance": Said("DANGER", NOON + timedelta(days=5 * 365))}
    alerts, kept = decide(NOON, (CALL,), said, TWELVE_HOURS)
    assert (kinds(alerts), kept["margin_distance"].at) == (["repeated"], NOON)


def briefing(level="SAFE", value=0.4, limit=0.35, free: tuple[Check, ...] = ()) -> Briefing:
    check = Check("margin_distance", level, value, limit, "Prices can fall 40.0% before the lender calls.")
    second = Freedom("UNKNOWN", "Not computed.", 0.8, checks=free)
    return Briefing(date(2026, 11, 20), "JPY", level, check, (check,), second)


def found(brief, last=date(2026, 11, 19), level="CAUTION"):
    return [c.key for c in concerns(brief, last, level=level, near=0.05, snapshot_days=2)]


def test_a_safe_household_with_a_fresh_snapshot_gives_nothing_to_say():
    assert found(briefing()) == []


def test_what_is_a_concern():
    assert found(briefing("CAUTION")) == ["margin_distance"]
    assert found(briefing("CAUTION"), level="DANGER") == []
    assert found(briefing("UNKNOWN"), level="DANGER") == ["margin_distance"]
    assert found(briefing(value=0.36)) == ["margin_distance"]  # SAFE, but within 5 % of its threshold
    assert found(briefing(), last=date(2026, 11, 17)) == ["snapshot"]
    assert found(briefing(), last=None) == ["snapshot"]


def test_the_second_light_has_its_own_name_and_never_colours_the_first():
    plan = Check("fire_probability", "DANGER", 0.4, 0.5, "Your plan works in 40.0% of simulated lives.")
    brief = briefing(free=(plan,))
    assert found(brief) == ["fire_probability"]
    alerts, _ = decide(NOON, concerns(brief, brief.as_of, level="CAUTION", near=0, snapshot_days=2), {}, TWELVE_HOURS)
    assert title(alerts) == "alm: Am I free? DANGER"
    both = decide(NOON, (CALL, *(alert.concern for alert in alerts)), {}, TWELVE_HOURS)[0]
    assert title(both) == "alm: DANGER, Am I free? DANGER"
    assert found(briefing()) == [], "a light that was left out is no concern"


def test_no_amount_leaves_the_machine_unless_asked_for():
    alerts, _ = decide(NOON, (CALL,), {}, TWELVE_HOURS)
    assert title(alerts) == "alm: DANGER"
    assert body(alerts, amounts=False) == "Margin distance: DANGER (new)"
    assert body(alerts, amounts=True) == f"Margin distance: DANGER (new). {CALL.sentence}"
    over, _ = decide(NOON, (), {"margin_distance": Said("DANGER", NOON)}, TWELVE_HOURS)
    assert title(over) == "alm: all clear"


def test_a_record_of_the_future_is_a_concern_and_stands_for_no_missing_day():
    def said(last, ahead):
        found = concerns(briefing(), last, ahead, level="CAUTION", near=0.05, snapshot_days=2)
        return [(c.key, c.sentence) for c in found]

    future = (date(2031, 3, 1),)
    assert said(date(2026, 11, 19), future) == [("snapshot", "A snapshot is of 2031-03-01, a day that has not come.")]
    missing = "The daily snapshot is missing: the last snapshot is of 2026-11-10."
    assert said(date(2026, 11, 10), future) == [("snapshot", missing)]
