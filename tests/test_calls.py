"""The days of a margin call, to the yen and the date: found, remembered while prices move, counted down, over."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from alm.balance_sheet import BalanceSheet, SecuredLoan
from alm.briefing import Briefing, brief
from alm.calls import Call, Payment, judged, open_calls
from alm.cli import group
from alm.errors import AlmError, BadInput
from alm.gather import record
from alm.lenders import LenderProfile, profiles
from alm.lights import lights, next_steps
from alm.settings import Settings
from alm.store.calls import load_calls
from alm.store.database import create, reading, writing
from alm.store.tables import write_all, write_rows
from alm.telling import lines
from alm.text import use_language
from tests.households import holding, reference_household

THURSDAY, FRIDAY, MONDAY = date(2026, 12, 3), date(2026, 12, 4), date(2026, 12, 7)
WEDNESDAY = date(2026, 12, 9)
NOW = datetime(2026, 12, 7, 6, 45, tzinfo=UTC)
LENDERS = profiles()


@pytest.fixture(autouse=True)
def english_afterwards():
    yield
    use_language("en")


def household(on: date, *, owed: float = 89e6, pledged: float = 125e6, profile: str = "jp-cure-60") -> BalanceSheet:
    """Two issues of which neither is 70 % of what is pledged; the lender calls at 70 % and is cured at 60 %."""
    sheet = reference_household(on)
    loan = replace(sheet.secured_loans[0], balance=owed, profile=profile)
    parts = (holding("ONE", pledged * 0.48, on=on), holding("TWO", pledged * 0.52, on=on))
    return sheet.with_(holdings=parts, secured_loans=(loan,), dividends=())


def told(sheet: BalanceSheet, known: tuple[Call, ...] = (), lenders: Mapping[str, LenderProfile] = LENDERS) -> Briefing:
    return brief(sheet, (), Settings(), lenders, calls=known)


def called(on: date = THURSDAY, **more: object) -> tuple[Call, ...]:
    return judged(household(on, **more), LENDERS, ())  # type: ignore[arg-type]


def test_on_the_first_day_the_light_is_the_call():
    found = told(household(THURSDAY))
    assert (found.verdict, found.binding.name) == ("DANGER", "open_call")
    assert found.binding.sentence == (
        "Bring ¥14,000,000 to Loan by Wednesday 9 December 2026, 15:00 (5 business days, today counted)."
    )
    call = found.open_call
    assert call is not None
    assert (call.loan, call.target_ltv, call.deadline, call.hour) == ("Loan", 0.6, WEDNESDAY, "15:00")
    assert (call.demanded, call.ltv) == pytest.approx((14e6, 0.712))
    assert call.cures is not None
    assert call.cures.pay_cash == pytest.approx(14e6)
    assert call.cures.post_collateral == pytest.approx(89e6 / 0.6 - 125e6)
    assert call.cures.sell == pytest.approx(14e6 / 0.4)
    assert lights(found)[0].number == "5 business days"
    assert next_steps(found).steps[0] == (
        "Pay ¥14,000,000 to Loan, or pledge ¥23,333,334 more, or sell ¥35,443,038 of what is pledged, to come to 60.0%."
    )


@pytest.mark.parametrize(
    ("changed", "asked", "sentence"),
    [
        ({"owed": 86e6}, 11e6, "Bring ¥11,000,000 to Loan by Wednesday 9 December 2026, 15:00 (4 business days, today"),
        ({"pledged": 89e6 / 0.688}, 89e6 - 0.6 * 89e6 / 0.688, "Bring ¥11,383,721 to Loan by Wednesday 9 December"),
    ],
    ids=["part of it was paid", "prices came back"],
)
def test_the_next_day_at_688_percent_it_is_open_until_60(changed, asked, sentence):
    found = told(household(FRIDAY, **changed), called())
    assert found.ltv == pytest.approx(0.688)
    assert (found.verdict, found.binding.name) == ("DANGER", "open_call")
    assert found.binding.sentence.startswith(sentence)
    assert found.open_call is not None
    assert found.open_call.demanded == pytest.approx(asked)
    words = [found.binding.sentence, *found.warnings, *(check.sentence for check in found.checks)]
    words += [*next_steps(found).steps, *next_steps(found).remarks]
    words += [text for line in lines(found) for text in (line.value, line.note, line.working)]
    assert not [text for text in words if "1.7" in text or "before the lender calls" in text]


def test_without_memory_the_same_day_is_a_small_distance_and_no_call():
    found = told(household(FRIDAY, owed=86e6))
    assert found.open_call is None
    assert found.fall_to_call == pytest.approx(1 - 0.688 / 0.7)


def test_what_is_survived_starts_from_the_open_call():
    """Cash 4,500,000 and a line of 10,000,000 pay the 11,000,000; the 3,500,000 left carry 75,000,000 on 125,000,000
    down to where (75 − 0.6 · 125 (1 − f)) million are missing at the call: a fall of 1 − 75 / (0.7 · 125)."""
    sheet = household(FRIDAY, owed=86e6)
    fresh, after = told(sheet), told(sheet, called())
    assert after.max_survivable_fall == pytest.approx(1 - 75 / 87.5, abs=1e-6)
    assert fresh.max_survivable_fall is not None
    assert after.max_survivable_fall != pytest.approx(fresh.max_survivable_fall, abs=1e-3)


def test_it_ends_at_the_target_and_not_before():
    (open_,) = judged(household(FRIDAY, owed=75_000_001.0), LENDERS, called())
    assert open_.state == "open"
    (cured,) = judged(household(FRIDAY, owed=75_000_000.0), LENDERS, called())
    assert (cured.state, cured.closed_on) == ("cured", FRIDAY)


def test_where_the_contract_lets_it_lapse_prices_alone_end_it_and_a_part_payment_does_not():
    mild = called(profile="standard-60-70-85")
    assert not LENDERS["standard-60-70-85"].call_stays_open
    (part_paid,) = judged(household(FRIDAY, owed=86e6, profile="standard-60-70-85"), LENDERS, mild)
    assert part_paid.state == "open"
    (lapsed,) = judged(household(FRIDAY, pledged=89e6 / 0.688, profile="standard-60-70-85"), LENDERS, mild)
    assert (lapsed.state, lapsed.closed_on) == ("closed", FRIDAY)


def test_a_second_threshold_only_brings_the_deadline_nearer():
    mita = "jp-mita-70-80"
    first = called(profile=mita)
    notice = LENDERS[mita].forced_days
    assert 0 < notice < LENDERS[mita].cure_days
    (nearer,) = judged(household(FRIDAY, pledged=89e6 / 0.81, profile=mita), LENDERS, first)
    (again,) = judged(household(MONDAY, pledged=89e6 / 0.81, profile=mita), LENDERS, (nearer,))
    assert again.deadline == nearer.deadline < first[0].deadline == WEDNESDAY


@pytest.mark.parametrize(
    ("found", "deadline"),
    [
        (date(2027, 4, 28), date(2027, 5, 10)),  # 28, 30 April, 6, 7 and 10 May: Golden Week between
        (date(2026, 12, 29), date(2027, 1, 6)),  # 29, 30 December, 4, 5 and 6 January: closed 31 December to 3 January
        (date(2026, 9, 17), date(2026, 9, 28)),  # 22 September rests between two holidays
        (date(2026, 12, 5), date(2026, 12, 11)),  # found on a Saturday: Monday is the first day
    ],
)
def test_deadlines_skip_what_the_exchange_skips(found, deadline):
    assert called(found)[0].deadline == deadline


def test_payments_count_until_the_books_show_them_and_never_twice():
    (call,) = called()
    paid = replace(call, payments=(Payment(FRIDAY, 3e6, "cash"), Payment(FRIDAY, 9e6, "collateral")))

    def left(balance: float, balance_on: date | None) -> float:
        sheet = household(MONDAY, owed=balance)
        loan = replace(sheet.secured_loans[0], balance_on=balance_on)
        (open_,) = open_calls(sheet.with_(secured_loans=(loan,)), LENDERS, Settings(), (paid,))
        assert open_.paid == 12e6
        return open_.demanded

    assert left(89e6, None) == pytest.approx(11e6)
    assert left(89e6, THURSDAY) == pytest.approx(11e6), "a statement of before the payment"
    assert left(86e6, None) == pytest.approx(11e6), "typed in by hand"
    assert left(86e6, THURSDAY) == pytest.approx(11e6), "the date was forgotten"
    assert left(86_010_000.0, MONDAY) == pytest.approx(11_010_000), "a later statement, with interest"
    assert left(89e6, FRIDAY) == pytest.approx(14e6), "the statement of the day does not show it"


def test_a_missing_price_leaves_the_call_standing_with_what_was_demanded():
    sheet = household(FRIDAY)
    gone = sheet.with_(holdings=(replace(sheet.holdings[0], price=None), sheet.holdings[1]))
    found = told(gone, called())
    assert (found.verdict, found.binding.name) == ("UNKNOWN", "open_call")
    assert found.open_call is not None
    assert (found.open_call.demanded, found.open_call.cures) == (pytest.approx(14e6), None)
    assert any("ONE" in warning for warning in found.warnings)


def test_what_the_lender_counts_nothing_of_is_called_and_no_collateral_of_any_size_cures_it():
    sheet = household(THURSDAY)
    nothing = sheet.with_(holdings=tuple(replace(h, advance_rate=0.0) for h in sheet.holdings))
    found = told(nothing.with_(secured_loans=(replace(sheet.secured_loans[0], profile="standard-call-only"),)), lenders={
        **LENDERS, "standard-call-only": replace(LENDERS["jp-cure-60"], forced_days=2)})  # fmt: skip
    assert found.binding.sentence.startswith("Bring ¥89,000,000 to Loan by Friday 4 December 2026")
    assert next_steps(found).steps[0] == "Pay ¥89,000,000 to Loan."


def test_a_deadline_that_has_passed_is_said():
    found = told(household(date(2026, 12, 10)), called())
    assert found.binding.sentence == (
        "¥14,000,000 was to be brought to Loan by Wednesday 9 December 2026, 15:00: the lender may sell what is pledged."
    )
    last = told(household(WEDNESDAY), called())
    assert last.binding.sentence.endswith("15:00 (the last business day).")


def test_two_lenders_on_one_day_are_two_calls_the_nearest_deadline_first():
    sheet = household(THURSDAY)
    other = SecuredLoan("Other", 41e6, 0.0, 0.02, "jp-mita-70-80", "JPY")
    more = (holding("X", 25e6, pledged_to="Other", on=THURSDAY), holding("Y", 25e6, pledged_to="Other", on=THURSDAY))
    found = told(sheet.with_(secured_loans=(*sheet.secured_loans, other), holdings=(*sheet.holdings, *more)))
    assert [call.loan for call in found.open_calls] == ["Other", "Loan"]
    missing = 41e6 - LENDERS["jp-mita-70-80"].cure_ltv * 50e6
    assert found.binding.sentence.startswith(f"Bring ¥{missing:,.0f} to Other by Friday 4 December 2026, 15:00 (2 bus")
    assert any(warning.startswith("Bring ¥14,000,000 to Loan") for warning in found.warnings)


def test_in_japanese():
    use_language("ja")
    sentence = told(household(THURSDAY)).binding.sentence
    assert "2026年12月9日（水）15:00" in sentence
    assert "¥14,000,000" in sentence
    assert "Bring" not in sentence


# At the prompt, on a real file: what is recorded is never of a day to come

THEN, NEXT_DAY, FOURTH_DAY, DUE = (day - timedelta(days=364) for day in (THURSDAY, FRIDAY, MONDAY, WEDNESDAY))


def books(path: Path) -> Path:
    create(path)
    with writing(path) as conn:
        write_all(conn, {
            "settings": [{"name": "fire_paths", "value": "100"}],
            "accounts": [{"name": "Broker", "country": "JP"}],
            "loans": [{"name": "Loan", "kind": "securities_backed", "currency": "JPY", "balance": "89000000",
                       "rate_pa": "0.02", "profile": "jp-cure-60"}],
            "holdings": [
                {"ticker": ticker, "account": "Broker", "asset_class": "equity", "currency": "JPY", "quantity": "1000",
                 "cost_basis": "50000000", "pledged_to": "Loan"} for ticker in ("ONE", "TWO")
            ],
            "prices": [
                {"ticker": ticker, "date": str(THEN), "close": close, "currency": "JPY"}
                for ticker, close in (("ONE", "60000"), ("TWO", "65000"))
            ],
            "cash": [{"account": "Broker", "currency": "JPY", "amount": "4500000"}],
            "expenses": [{"name": "Living", "amount": "100000", "currency": "JPY"}],
        })  # fmt: skip
    return path


def alm(db: Path, *words: str) -> Result:
    return CliRunner().invoke(group, [*words, "--db", str(db)])


def recorded(db: Path) -> tuple[Call, ...]:
    with reading(db) as conn:
        return load_calls(conn, date.max)


def test_a_call_is_recorded_remembered_counted_down_and_closed(tmp_path):
    db = books(tmp_path / "alm.db")
    assert recorded(db) == ()
    alm(db, "call", "check", "--as-of", str(THEN))
    (call,) = recorded(db)
    assert (call.loan, call.detected, call.deadline, call.amount, call.ltv) == (
        "Loan",
        THEN,
        DUE,
        14e6,
        0.712,
    )

    with writing(db) as conn:
        write_rows(conn, "loans", [{"name": "Loan", "balance": "86000000"}])
    answer = json.loads(alm(db, "brief", "--no-fire", "--json", "--as-of", str(NEXT_DAY)).stdout)
    assert answer["open_call"]["deadline"] == "2025-12-10"
    assert answer["open_call"]["demanded"] == pytest.approx(11e6)
    assert answer["open_call"]["cures"]["pay_cash"] == pytest.approx(11e6)

    assert (
        "due by Tuesday 9 December 2025, 14:30"
        in alm(db, "call", "confirm", "Loan", "--deadline", "2025-12-09", "--hour", "14:30").output
    )
    assert "Bring ¥11,000,000 to Loan" in alm(db, "call", "pay", "Loan", "3000000", "--on", str(NEXT_DAY)).output
    alm(db, "call", "pay", "Loan", "11000000", "--by", "cash", "--on", str(FOURTH_DAY))
    alm(db, "call", "check", "--as-of", str(FOURTH_DAY))
    (call,) = recorded(db)
    assert (call.state, call.closed_on, call.confirmed, call.paid) == ("cured", FOURTH_DAY, True, 14e6)
    shown = alm(db, "call", "list", "--as-of", str(NEXT_DAY)).output
    assert "open" in shown, "as it stood on that day"
    assert "11,000,000" in shown


def test_the_snapshot_of_the_morning_records_it(tmp_path):
    db = books(tmp_path / "alm.db")
    record(db, THEN, NOW)
    assert [call.state for call in recorded(db)] == ["open"]


def test_a_closed_call_says_why_and_does_not_come_back_on_its_day(tmp_path):
    db = books(tmp_path / "alm.db")
    alm(db, "call", "check", "--as-of", str(THEN))
    alm(db, "call", "close", "Loan", "--reason", "Withdrawn by the lender", "--on", str(THEN))
    alm(db, "call", "check", "--as-of", str(THEN))
    (call,) = recorded(db)
    assert (call.state, call.reason) == ("closed", "Withdrawn by the lender")


def test_a_day_of_the_past_rewrites_no_later_one(tmp_path):
    db = books(tmp_path / "alm.db")
    alm(db, "call", "check", "--as-of", str(THEN))
    alm(db, "call", "pay", "Loan", "14000000", "--on", str(FOURTH_DAY))
    alm(db, "call", "check", "--as-of", str(FOURTH_DAY))
    before = recorded(db)
    alm(db, "call", "check", "--as-of", str(NEXT_DAY))
    record(db, THEN, NOW)
    assert recorded(db) == before


def test_a_day_to_come_is_not_checked(tmp_path):
    db = books(tmp_path / "alm.db")
    assert isinstance(alm(db, "call", "check", "--as-of", "2190-01-01").exception, BadInput)
    assert recorded(db) == ()


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("pay", "Other", "1"), "Other"),
        (("pay", "Loan", "nan"), "nan"),
        (("pay", "Loan", "-1"), "-1"),
        (("pay", "Loan", "1", "--on", "2025-12-02"), "2025-12-04"),
        (("confirm", "Loan", "--hour", "25:00"), "25:00"),
        (("confirm", "Loan", "--deadline", "2025-12-02"), "2025-12-04"),
        (("close", "Loan", "--reason", " "), "--reason"),
        (("close", "Loan", "--reason", "Over", "--on", "2025-12-02"), "2025-12-04"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence_and_changes_nothing(tmp_path, words, named):
    db = books(tmp_path / "alm.db")
    alm(db, "call", "check", "--as-of", str(THEN))
    before = recorded(db)
    refused = alm(db, "call", words[0], *(("--",) if words[-1] == "-1" else ()), *words[1:])
    assert isinstance(refused.exception, AlmError)
    assert named in str(refused.exception)
    assert recorded(db) == before
