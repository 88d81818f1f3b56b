"""Business days of exchanges, what is coming, and the file for one's own calendar, read back by a plain parser."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from holidays import list_supported_financial

from alm.balance_sheet import TermLoan
from alm.calendar import (
    EXCHANGES,
    OF_CURRENCY,
    business_days_after,
    business_days_left,
    exchange_of,
    is_business_day,
    moved_back,
    moved_forward,
)
from alm.calls import judged, open_calls
from alm.cli import group
from alm.coming import Event, coming
from alm.ics import calendar_text
from alm.lenders import profiles
from alm.settings import Settings
from alm.store.database import writing
from alm.store.tables import write_rows
from tests.households import AS_OF, reference_household
from tests.screen.households import demo_database
from tests.test_calls import THURSDAY, household

TOKYO, NEW_YORK = "XTKS", "XNYS"
LENDERS = profiles()


# Business days


@pytest.mark.parametrize(
    ("day", "count", "counting", "end"),
    [
        (date(2027, 4, 28), 5, True, date(2027, 5, 10)),
        (date(2026, 4, 28), 5, True, date(2026, 5, 8)),
        (date(2025, 12, 26), 5, True, date(2026, 1, 6)),
        (date(2026, 9, 17), 5, True, date(2026, 9, 28)),
        (date(2027, 4, 28), 1, True, date(2027, 4, 28)),
        (date(2027, 4, 28), 1, False, date(2027, 4, 30)),
        (date(2027, 4, 29), 1, True, date(2027, 4, 30)),
        (date(2026, 12, 30), 2, False, date(2027, 1, 5)),
    ],
)
def test_days_counted_with_or_after_the_first(day, count, counting, end):
    assert business_days_after(TOKYO, day, count, counting=counting) == end


def test_tokyo_rests_from_31_december_to_3_january_and_new_york_does_not():
    new_year = [date(2025, 12, 30), date(2025, 12, 31), date(2026, 1, 1), date(2026, 1, 2), date(2026, 1, 5)]
    assert [is_business_day(TOKYO, day) for day in new_year] == [True, False, False, False, True]
    assert [is_business_day(NEW_YORK, day) for day in new_year] == [True, True, False, True, True]


def test_days_left_count_today_and_the_deadline():
    assert business_days_left(TOKYO, date(2027, 4, 28), date(2027, 5, 10)) == 5
    assert business_days_left(TOKYO, date(2027, 5, 1), date(2027, 5, 10)) == 3
    assert business_days_left(TOKYO, date(2027, 5, 11), date(2027, 5, 10)) == 0


def test_a_margin_position_expires_before_a_holiday_and_a_loan_ends_after_it():
    assert moved_back(TOKYO, date(2027, 5, 3)) == date(2027, 4, 30)
    assert moved_forward(TOKYO, date(2027, 5, 3)) == date(2027, 5, 6)
    assert moved_back(TOKYO, date(2027, 5, 6)) == moved_forward(TOKYO, date(2027, 5, 6)) == date(2027, 5, 6)


def test_every_exchange_named_has_its_holidays_and_its_clock():
    known = set(list_supported_financial()) | {TOKYO}
    assert set(EXCHANGES) <= known
    assert set(OF_CURRENCY.values()) <= set(EXCHANGES)
    for exchange, zone in EXCHANGES.items():
        assert ZoneInfo(zone)
        weekdays = (date(2027, 1, 1) + timedelta(days=n) for n in range(365))
        assert not all(is_business_day(exchange, day) for day in weekdays if day.weekday() < 4)


def test_a_lender_without_an_exchange_counts_the_days_of_the_currency_owed():
    assert exchange_of("XLON", "JPY", "JPY") == "XLON"
    assert exchange_of(None, "USD", "JPY") == NEW_YORK
    assert exchange_of(None, "THB", "JPY") == TOKYO


# What is coming


def test_events_come_in_order_with_their_days_moved_as_each_contract_moves_them():
    sheet = reference_household()
    loan = replace(sheet.secured_loans[0], balance_on=date(2026, 11, 10))
    line = replace(sheet.credit_lines[0], expires=date(2027, 5, 3))  # Golden Week: the last day before it
    mortgage = TermLoan("Home", "mortgage", 1e6, 0.01, 50_000.0, ends=date(2027, 5, 3))
    sheet = sheet.with_(secured_loans=(loan,), credit_lines=(line,), term_loans=(mortgage,))
    interest = {"Loan": (date(2026, 3, 25), date(2026, 9, 25))}
    found = coming(sheet, LENDERS, Settings(loan_stale_days=35), interest=interest, days=200)
    assert [(event.on, event.kind, event.amount) for event in found] == [
        (date(2026, 12, 15), "statement", None),
        (date(2026, 12, 30), "dividend", 2_500_000.0),
        (date(2027, 3, 25), "interest", pytest.approx(500_000.0)),
        (date(2027, 4, 30), "line_expiry", 10_000_000.0),
        (date(2027, 5, 6), "term_end", 50_000.0),
    ]


def test_interest_booked_once_says_nothing_of_the_next():
    found = coming(reference_household(), LENDERS, Settings(), interest={"Loan": (date(2026, 9, 25),)})
    assert [event for event in found if event.kind == "interest"] == []


def test_an_interest_day_moves_forward_from_a_holiday():
    monthly = {"Loan": (date(2026, 9, 23), date(2026, 10, 23))}  # 23 November is a holiday
    first = next(
        e for e in coming(reference_household(), LENDERS, Settings(), interest=monthly) if e.kind == "interest"
    )
    assert first.on == date(2026, 11, 24)


# The file


def parsed(text: str) -> list[dict[str, str]]:
    """The events of a file by property, as RFC 5545 has them: unfolded, then unescaped."""
    assert text.endswith("\r\n")
    assert "\n" not in text.replace("\r\n", "")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    lines = text.replace("\r\n ", "").split("\r\n")[:-1]
    assert (lines[0], lines[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR")
    assert {"VERSION:2.0", "PRODID:-//alm//calendar//EN"} <= set(lines)
    events: list[dict[str, str]] = []
    for line in lines:
        name, _, value = line.partition(":")
        if line == "BEGIN:VEVENT":
            events.append({})
        elif events and name not in ("END", "BEGIN"):
            assert name not in events[-1]
            events[-1][name] = re.sub(r"\\(.)", lambda m: "\n" if m[1] in "nN" else m[1], value)
    return events


def test_a_deadline_is_a_time_in_utc_and_a_day_is_a_whole_day():
    calls = open_calls(household(THURSDAY), LENDERS, Settings(), judged(household(THURSDAY), LENDERS, ()))
    found = coming(household(THURSDAY), LENDERS, Settings(), calls=calls)
    deadline, *_ = parsed(calendar_text(found, THURSDAY))
    assert deadline["DTEND"] == "20261209T060000Z"  # 15:00 in Tokyo
    assert deadline["DTSTAMP"] == "20261203T000000Z"
    whole = parsed(calendar_text((Event(AS_OF, "statement", "A", None, "a"),), AS_OF))[0]
    assert (whole["DTSTART;VALUE=DATE"], whole["DTEND;VALUE=DATE"]) == ("20261120", "20261121")


def test_names_of_any_kind_come_back_whole():
    title = "証券担保ローン「主」; a, b \\ c\nsecond line " + "長い名前" * 30
    (event,) = parsed(calendar_text((Event(AS_OF, "interest", title, None, "k"),), AS_OF))
    assert event["SUMMARY"] == title


def test_a_uid_is_the_event_s_own_whatever_its_day_and_no_sum_is_told_unasked():
    event = Event(AS_OF, "line_expiry", "Line", 10_000_000.0, "line/Line")
    later = replace(event, on=date(2027, 1, 4))
    (first,), (second,) = parsed(calendar_text((event,), AS_OF)), parsed(calendar_text((later,), date(2026, 12, 1)))
    assert first["UID"] == second["UID"]
    assert first["SUMMARY"] == "Line"
    (open_,) = parsed(calendar_text((event,), AS_OF, lambda value: f"¥{value:,.0f}"))
    assert open_["SUMMARY"] == "Line (¥10,000,000)"


def test_at_the_prompt_as_table_json_and_file(tmp_path):
    db = demo_database(tmp_path / "alm.db", AS_OF)
    with writing(db) as conn:
        line = {"name": "Standby line", "expires": "2027-03-31"}
        write_rows(conn, "loans", [{**row, **line} for row in ({"kind": "credit_line", "currency": "JPY", "balance": "0",
                   "rate_pa": "0.03", "credit_limit": "10000000"},)])  # fmt: skip

    def alm(*words: str) -> str:
        done = CliRunner().invoke(group, ["calendar", *words, "--db", str(db), "--as-of", str(AS_OF)])
        assert done.exception is None, done.output
        return done.output

    events = json.loads(alm("--json"))["events"]
    assert {"dividend", "line_expiry"} <= {event["kind"] for event in events}
    assert [event["on"] for event in events] == sorted(event["on"] for event in events)
    assert "2027-03-31" in alm()
    file = tmp_path / "alm.ics"
    alm("--ics", str(file))
    quiet = parsed(file.read_bytes().decode())
    assert len(quiet) == len(events)
    assert len({event["UID"] for event in quiet}) == len(quiet)
    assert not re.search(r"[¥$]|\d,\d", "".join(event["SUMMARY"] for event in quiet))
    before = file.read_bytes()
    alm("--ics", str(file))
    assert file.read_bytes() == before
    alm("--ics", str(file), "--amounts")
    assert "¥10,000,000" in "".join(event["SUMMARY"] for event in parsed(file.read_bytes().decode()))
    assert datetime.strptime(quiet[0]["DTSTAMP"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).date() == AS_OF
