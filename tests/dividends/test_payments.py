"""Which payments repeat, how often, and when: from the dates of a ticker's own dividends."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from alm.balance_sheet import Dividend
from alm.dividends.payments import next_payment, payer, trailing_year

AS_OF = date(2026, 11, 20)


def paid(*days: str, amount: float = 10.0, projected: bool = False) -> list[Dividend]:
    dates = [date.fromisoformat(day) for day in days]
    return [Dividend("X", day, day + timedelta(days=20), amount, "JPY", projected) for day in dates]


def every(months: int, count: int, last: date = date(2026, 11, 1)) -> list[Dividend]:
    ends = [(last.year * 12 + last.month - 1 - months * k) for k in range(count)]
    return paid(*(f"{n // 12}-{n % 12 + 1:02d}-{last.day:02d}" for n in ends))


@pytest.mark.parametrize(
    ("months", "rhythm", "a_year"), [(1, "monthly", 12), (3, "quarterly", 4), (6, "semiannual", 2), (12, "annual", 1)]
)
@pytest.mark.parametrize("years", [1, 2, 3])
def test_the_rhythm_and_the_year_of_regular_payers(months, rhythm, a_year, years):
    known = payer("X", every(months, a_year * years), AS_OF)
    assert known.rhythm == rhythm
    assert sum(d.amount for d in known.payments) == 10 * a_year


def test_a_year_of_nine_and_three_months_is_semiannual():
    known = payer("X", paid("2025-03-30", "2025-06-30", "2026-03-30", "2026-06-30"), AS_OF)
    assert (known.rhythm, len(known.payments)) == ("semiannual", 2)


def test_a_new_payer_is_known_by_its_gaps_and_counts_only_what_it_paid():
    known = payer("X", paid("2026-05-01", "2026-08-01", "2026-11-01"), AS_OF)
    assert (known.rhythm, len(known.payments)) == ("quarterly", 3)


def test_an_ex_date_that_comes_a_week_early_is_not_counted_twice():
    quarterly = paid("2025-11-21", "2026-02-20", "2026-05-22", "2026-08-21", "2026-11-14")
    assert [d.ex_date.isoformat() for d in trailing_year(quarterly, AS_OF)] == [
        "2026-02-20", "2026-05-22", "2026-08-21", "2026-11-14",
    ]  # fmt: skip


def test_an_ex_date_that_is_a_week_late_is_not_lost():
    quarterly = paid("2025-11-13", "2026-02-13", "2026-05-15", "2026-08-14")
    assert len(trailing_year(quarterly, AS_OF)) == 4


def test_who_stopped_paying_pays_nothing():
    assert payer("X", paid("2024-03-30", "2024-09-29", "2025-03-30"), AS_OF) is None


def test_a_large_payment_out_of_season_is_special_and_does_not_repeat():
    regular = every(3, 12)
    special = Dividend("X", date(2026, 9, 15), date(2026, 10, 1), 150.0, "JPY")
    known = payer("X", [*regular, special], AS_OF)
    assert known.specials == (special,)
    assert sum(d.amount for d in known.payments) == 40


def test_a_payment_marked_as_special_does_not_repeat_whatever_its_size():
    marked = replace(paid("2026-09-15")[0], special=True)
    known = payer("X", [*every(3, 4), marked], AS_OF)
    assert (known.specials, len(known.payments), known.rhythm) == ((marked,), 4, "quarterly")


def test_a_large_final_dividend_in_its_season_is_not_special():
    finals = paid("2024-06-29", "2025-06-25", "2026-06-29", amount=90)
    interims = paid("2024-12-29", "2025-12-29", amount=10)
    known = payer("X", [*finals, *interims], AS_OF)
    assert known.specials == ()
    assert sum(d.amount for d in known.payments) == 100


def test_a_projected_payment_takes_the_place_of_last_years():
    known = payer("X", [*every(3, 8), *paid("2027-02-03", amount=12, projected=True)], AS_OF)
    assert known.projected
    assert sorted(d.amount for d in known.payments) == [10, 10, 10, 12]


def test_a_projected_payment_in_a_new_season_adds():
    known = payer("X", [*paid("2025-06-29", "2026-06-29"), *paid("2026-12-29", amount=4, projected=True)], AS_OF)
    assert sum(d.amount for d in known.payments) == 14


def test_a_projected_payment_that_is_ex_and_not_yet_paid_counts_once():
    # ex on 5 November, paid on the 25th: it takes the place of last November's
    known = payer("X", [*paid("2025-11-06"), *paid("2026-11-05", amount=12, projected=True)], AS_OF)
    assert [d.amount for d in known.payments] == [12]


def test_a_projection_further_than_a_year_is_not_income_of_the_coming_year():
    assert payer("X", paid("2027-12-29", projected=True), AS_OF) is None


def test_a_payment_repeats_on_its_day_next_year_and_an_announced_one_arrives_first():
    assert next_payment(Dividend("X", date(2026, 6, 10), date(2026, 6, 30), 1, "JPY"), AS_OF) == date(2027, 6, 30)
    assert next_payment(Dividend("X", date(2026, 11, 10), date(2026, 12, 5), 1, "JPY"), AS_OF) == date(2026, 12, 5)
    assert next_payment(Dividend("X", date(2024, 2, 1), date(2024, 2, 29), 1, "JPY"), AS_OF) == date(2027, 2, 28)
