"""The fire drill: dated crises on the reference household, event by event, with nothing paid by nobody."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, timedelta

import pytest
from holidays import financial_holidays
from hypothesis import given, settings
from hypothesis import strategies as st

from alm.balance_sheet import BalanceSheet, Quote
from alm.drill import compared, constant_speed, course_of, crises, drill, find_crisis, of_closes
from alm.drill.courses import NO_SHOCK
from alm.drill.crises import path
from alm.errors import Infeasible, MissingValue, UnknownName
from alm.lenders import profiles
from alm.scenarios import find_scenario
from alm.settings import Settings
from tests.households import AS_OF, NISA, TAXABLE, holding, reference_household

LENDERS, SETTINGS = profiles(), Settings()
ALL = tuple(crises())


def replayed(name, sheet=None, **changes):
    return drill(
        sheet or reference_household(),
        course_of(find_crisis(name)),
        find_scenario(name),
        LENDERS,
        replace(SETTINGS, **changes),
    )


def with_lender(profile: str, sheet: BalanceSheet | None = None) -> BalanceSheet:
    sheet = sheet or reference_household()
    return sheet.with_(secured_loans=tuple(replace(loan, profile=profile) for loan in sheet.secured_loans))


def quiet(sheet: BalanceSheet) -> BalanceSheet:
    """Nothing comes in and nothing goes out, the loan is free: only prices and the lender move."""
    loans = tuple(replace(loan, rate_pa=0.0) for loan in sheet.secured_loans)
    return sheet.with_(incomes=(), expenses=(), dividends=(), secured_loans=loans)


# --- the crises -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "fall"),
    [("us-1929", 0.862), ("us-1973", 0.482), ("us-1987", 0.335), ("nikkei-1989", 0.819), ("us-2000", 0.491), ("us-2007", 0.568),
     ("nikkei-2008", 0.473), ("us-2020", 0.339), ("us-2022", 0.254), ("nikkei-2024", 0.255)],
)  # fmt: skip
def test_each_crisis_falls_as_far_as_it_did(name, fall):
    assert find_crisis(name).deepest == pytest.approx(fall, abs=0.0006)
    assert 1 - min(path(find_crisis(name)).levels) == pytest.approx(fall, abs=0.0006)


@pytest.mark.parametrize("name", [name for name in ALL if find_crisis(name).by_day])
def test_a_crisis_told_by_day_knows_when_its_exchange_rested(name):
    crisis = find_crisis(name)
    span = [crisis.start + timedelta(days=n) for n in range((crisis.end - crisis.start).days + 1)]
    rested = financial_holidays(crisis.exchange, years=range(crisis.start.year, crisis.end.year + 1))
    assert crisis.closed == {day for day in span if day in rested and day.weekday() < 5}


def test_no_step_falls_on_a_closed_day_or_a_weekend():
    # New York rested from 11 to 14 September 2001, a Tuesday to a Friday
    dates = path(find_crisis("us-2000")).dates
    there = [str(day) for day in dates if date(2001, 9, 8) <= day <= date(2001, 9, 18)]
    assert there == ["2001-09-10", "2001-09-17", "2001-09-18"]


def test_two_consecutive_closes_are_the_day_as_it_was():
    for name, before, after, move in [("us-1987", (1987, 10, 16), (1987, 10, 19), -0.2047), ("nikkei-2024", (2024, 8, 2), (2024, 8, 5), -0.1240)]:  # fmt: skip
        steps = path(find_crisis(name))
        first, second = steps.dates.index(date(*before)), steps.dates.index(date(*after))
        assert second == first + 1
        assert steps.known[first]
        assert steps.known[second]
        assert steps.levels[second] / steps.levels[first] - 1 == pytest.approx(move, abs=5e-5)


def test_1929_has_its_october():
    """Black Monday and Black Tuesday: 26.12, 22.74 and 20.43 on three days in a row."""
    steps = path(find_crisis("us-1929"))
    friday = steps.dates.index(date(1929, 10, 25))
    assert steps.dates[friday + 1 : friday + 3] == (date(1929, 10, 28), date(1929, 10, 29))
    assert all(steps.known[friday : friday + 3])
    assert steps.levels[friday + 1] / steps.levels[friday] == pytest.approx(22.74 / 26.12)
    assert steps.levels[friday + 2] / steps.levels[friday + 1] == pytest.approx(20.43 / 22.74)


@pytest.mark.parametrize("name", ["us-2000", "us-2007"])
def test_where_every_close_is_packaged_no_day_is_drawn_in(name):
    """The turning points, which come from elsewhere, are among the closes; so is every day the exchange was open."""
    crisis, course = find_crisis(name), course_of(find_crisis(name))
    assert all(course.known)
    assert course.note == f"S&P 500: {len(course.dates)} real closes."
    span = [crisis.start + timedelta(days=n) for n in range((crisis.end - crisis.start).days + 1)]
    assert list(course.dates) == [day for day in span if day.weekday() < 5 and day not in crisis.closed]
    found = dict(zip(course.dates, course.levels, strict=True))
    for on, close in crisis.closes:
        assert found[on] * crisis.closes[0][1] == pytest.approx(close, abs=0.006)


def test_a_crisis_told_by_months_meets_the_lowest_close_of_each():
    """October 1990: 20,221.86 on the first, 22,898.41 on the second; the month is the first."""
    steps = path(find_crisis("nikkei-1989"))
    (there,) = [k for k, day in enumerate(steps.dates) if (day.year, day.month) == (1990, 10)]
    assert steps.dates[there] == date(1990, 10, 1)
    assert steps.levels[there] == pytest.approx(20221.86 / 38915.87)
    months = [(day.year, day.month) for day in steps.dates]
    assert len(set(months)) == len(months)


def test_a_long_past_of_ones_own_is_told_by_months_and_says_what_that_hides():
    """Ten years, a close a day: the first day and the end of each of 120 months; two weeks of it are told by the day."""
    closes = [(date(2010, 1, 1) + timedelta(days=k), 100.0) for k in range(3652)]
    long = of_closes("own", "Own", closes)
    assert (len(long.dates), long.per_year) == (121, 12)
    assert long.note == "121 real closes, one a month: a deeper fall within a month is not seen."
    assert of_closes("own", "Own", closes[:14]).note == "14 real closes."


def test_between_known_closes_the_path_is_straight_in_logs_and_says_so():
    crisis = find_crisis("us-1987")
    course = course_of(crisis)
    middle = course.dates.index(date(1987, 11, 18))  # 16 of the 32 days from 2 November to 4 December
    assert not course.known[middle]
    assert course.levels[middle] == pytest.approx(math.sqrt(255.75 * 223.92) / 336.77)
    assert (
        course.note == "S&P 500: 14 real closes; the days between are drawn in, so dates and amounts are approximate."
    )


def test_dollars_of_a_household_in_yen_move_by_the_yen_s_own_closes():
    """2020-03-09: the index at 2,746.56 of 3,386.15, the dollar at 102.36 of 111.37 yen; the euro stays, as the scenario
    says. A household in euros knows no yen."""
    abroad = quiet(reference_household()).with_(holdings=(holding("US", 100e6, currency="USD", fx=150.0),))
    for currency, rate in [("USD", 102.36 / 111.37), ("EUR", 1.0)]:
        sheet = abroad.with_(holdings=(replace(abroad.holdings[0], currency=currency),), secured_loans=())
        sheet = sheet.with_(holdings=tuple(replace(h, pledged_to=None) for h in sheet.holdings))
        found = replayed("us-2020", sheet)
        (there,) = [day for day in found.days if day.date == date(2020, 3, 9)]
        assert there.unpledged == pytest.approx(100e6 * 2746.56 / 3386.15 * rate)
        own = "The dollar in yen moves between real closes at its turning points."
        assert found.note.endswith(own if currency == "USD" else "Currencies move as the scenario says.")


def test_the_yen_is_known_where_its_closes_span_the_crisis():
    known = {name for name in ALL if course_of(find_crisis(name)).yen}
    assert known == {"us-2007", "nikkei-2008", "us-2020", "nikkei-2024"}
    fallen = course_of(find_crisis("nikkei-2008")).yen[-1]  # 24 July: 129 of the 151 days from 97.33 to 110.54
    assert fallen == pytest.approx(92.78 / (97.33 * (110.54 / 97.33) ** (129 / 151)))


def test_an_unknown_crisis_lists_the_known_ones():
    with pytest.raises(UnknownName, match="us-1929, us-1973"):
        find_crisis("tulips")


# --- the reference household ----------------------------------------------------------------------------------------


def test_2007_to_2009_on_the_reference_household_event_by_event():
    """40 % at 1,565.15. Freeze at or below 1,043.43: 996.23 on 7 October. Call at or below 894.37: 876.77 on the 24th;
    cured to 60 % there, the next call is at or below 876.77 · 6 / 7 = 751.52: not 752.44 on 20 November, but 743.33 on
    23 February, where cash no longer suffices."""
    found = replayed("us-2007")
    assert (found.events[0].date, found.events[0].event) == (date(2008, 10, 7), "freeze")
    acted = [event for event in found.events if event.event not in ("freeze", "unfreeze")]
    assert [(event.date, event.event, event.source) for event in acted] == [
        (date(2008, 10, 24), "call", "Loan"),
        (date(2008, 10, 24), "cure", "cash"),
        (date(2009, 2, 23), "call", "Loan"),
        (date(2009, 2, 23), "cure", "cash"),
        (date(2009, 2, 23), "cure", "credit_line"),
    ]
    call, cure, again = acted[0], acted[1], acted[2]
    first = 50e6 - 0.6 * 125e6 * 876.77 / 1565.15
    assert call.ltv == pytest.approx(0.4 * 1565.15 / 876.77)
    assert call.amount == pytest.approx(first)
    assert cure.amount == pytest.approx(call.amount)
    assert again.amount == pytest.approx(50e6 - first - 0.6 * 125e6 * 743.33 / 1565.15)
    assert found.end.survived
    assert found.end.kept == pytest.approx(1)


def test_without_the_credit_line_the_same_crisis_forces_a_sale():
    """With 55,000,000 owed: what the call of 17 February 2009 still asks for after five business days is sold."""
    sheet = reference_household()
    more = sheet.with_(secured_loans=tuple(replace(loan, balance=55e6) for loan in sheet.secured_loans))
    both = compared(more, course_of(find_crisis("us-2007")), find_scenario("us-2007"), LENDERS, SETTINGS)
    assert both.with_line.end.survived
    assert both.without_line.end.forced_sale
    assert both.without_line.end.kept < 1
    (sale,) = [event for event in both.without_line.events if event.event == "forced_sale"]
    assert sale.date == date(2009, 2, 23)


@pytest.mark.parametrize("name", ALL)
def test_every_yen_is_paid_by_somebody(name):
    """Living costs and interest, and what lenders were repaid, equal the sum over their sources."""
    for sheet in (reference_household(), with_lender("jp-sell-all"), with_lender("jp-cure-60")):
        found = replayed(name, sheet)
        assert found.paid("life") + found.unpaid == pytest.approx(found.needed_for_life, abs=0.01)
        assert found.paid("lender") == pytest.approx(found.repaid_to_lenders, abs=0.01)


def test_income_that_covers_life_pays_for_all_of_it():
    found = replayed("us-2022")
    assert {payment.source for payment in found.payments} == {"income"}
    days = len(found.days) - 1
    spending = sum(9_600_000 / 252 * 1.02 ** (k / 252) for k in range(1, days + 1))
    assert found.needed_for_life == pytest.approx(spending + 50_000_000 * 0.02 / 252 * days, rel=1e-9)


# --- the lenders ----------------------------------------------------------------------------------------------------


def test_sell_all_sells_everything_and_leaves_the_residual():
    """Above 85 % everything goes: V · (1 − cost) − debt − late interest, no tax because there is no gain."""
    sheet = quiet(with_lender("jp-sell-all"))
    found = replayed("us-1929", sheet)
    sale = next(event for event in found.events if event.event == "forced_sale")
    day = next(day for day in found.days if day.date == sale.date)
    value = 125_000_000 * day.index  # at the prices of the day of the sale
    late = 50_000_000 * 0.14 * 1 * 7 / 5 / 365  # on the principal, from the order until the trade
    assert (day.collateral, day.owed, found.end.kept) == (0.0, 0.0, 0.0)
    assert day.cash == pytest.approx(4_500_000 + value * (1 - 0.005) - 50_000_000 - late, rel=1e-6)
    events = [event.event for event in found.events]
    assert events[-3:] == ["forced_sale", "late_interest", "unfreeze"]
    assert set(events[:-3]) == {"freeze", "unfreeze"}  # it never calls
    assert date(1930, 9, 10) < sale.date <= date(1930, 12, 16)  # 14.44, below 0.4 · 31.86 / 0.85 = 14.99
    assert sale.amount == pytest.approx(value)  # gross, and what was left of it after the cost
    assert sale.net == pytest.approx(value * (1 - 0.005))


def in_one_day(fall: float, sheet: BalanceSheet):
    return drill(sheet, constant_speed(fall, 1, AS_OF), NO_SHOCK, LENDERS, SETTINGS, flows=False)


def test_a_call_that_is_open_at_the_end_is_followed_to_its_deadline():
    # 52.8 % of 125 M leaves 59 M; 14.6 M is called, 14.5 M is there, and the fifth business day is the last
    found = in_one_day(0.528, reference_household())
    notice, sale = (next(x for x in found.events if x.event == kind) for kind in ("call", "forced_sale"))
    between = [notice.date + timedelta(days=n) for n in range((sale.date - notice.date).days + 1)]
    assert sum(day.weekday() < 5 for day in between) == 5
    assert sale.amount == pytest.approx(100_000 / (0.995 - 0.6))
    assert found.end.forced_sale
    assert not found.end.survived
    assert found.end.date == sale.date
    assert "deadline" in found.note


def test_a_call_that_was_met_ends_the_drill_with_its_course():
    found = in_one_day(0.5266, reference_household())
    assert len(found.days) == 2
    assert found.end.survived
    assert "deadline" not in found.note


def test_an_order_to_sell_everything_is_followed_to_its_execution():
    # no notice, executed the day after: 50 M of collateral bring 49.75 M, late interest runs until the trade
    found = in_one_day(0.6, with_lender("jp-sell-all"))
    assert found.end.forced_sale
    assert found.end.kept == 0.0
    late = 50_000_000 * 0.14 * 1 * 7 / 5 / 365
    assert found.end.net_worth == pytest.approx(4_500_000 - 250_000 - late)


def test_cure_to_60_lowers_its_limits_for_a_single_stock():
    """One stock of 70 % or more: frozen and cured at 50 % instead of 60."""
    one = replayed("us-2007", quiet(with_lender("jp-cure-60")))
    half = holding("A", 62_500_000), holding("B", 62_500_000)
    two = replayed("us-2007", quiet(with_lender("jp-cure-60", reference_household().with_(holdings=half))))
    first, second = (next(e for e in found.events if e.event == "freeze") for found in (one, two))
    assert (first.date, second.date) == (date(2008, 7, 9), date(2008, 10, 7))  # at most 1,252.12; at most 1,043.43
    assert first.ltv == pytest.approx(0.4 * 1565.15 / 1244.69)
    assert second.ltv == pytest.approx(0.4 * 1565.15 / 996.23)
    assert (
        next(e for e in one.events if e.event == "call").amount
        > next(e for e in two.events if e.event == "call").amount
    )


def test_a_two_for_one_split_raises_no_call():
    """Half the price and twice the quantity on the same day are the same collateral."""
    sheet = quiet(reference_household())
    port = sheet.holdings[0]
    split = replace(port, quantity=port.quantity * 2, price=Quote(62_500, AS_OF))
    assert replayed("us-2020", sheet.with_(holdings=(split,))) == replayed("us-2020", sheet)


# --- laws -----------------------------------------------------------------------------------------------------------

some = st.sampled_from(("us-2007", "us-2020", "nikkei-2008", "us-1973"))


@settings(max_examples=20)
@given(some, st.floats(0.5, 20))
def test_scaling_the_currency_scales_the_answer(name, scale):
    sheet = reference_household()
    bigger = sheet.with_(
        holdings=tuple(
            replace(h, quantity=h.quantity * scale, cost_basis=h.cost_basis * scale) for h in sheet.holdings
        ),
        cash_balances=tuple(replace(c, amount=c.amount * scale) for c in sheet.cash_balances),
        secured_loans=tuple(replace(x, balance=x.balance * scale) for x in sheet.secured_loans),
        credit_lines=tuple(replace(x, limit=x.limit * scale) for x in sheet.credit_lines),
        incomes=tuple(replace(x, amount=x.amount * scale) for x in sheet.incomes),
        expenses=tuple(replace(x, amount=x.amount * scale) for x in sheet.expenses),
    )
    plain, scaled = replayed(name), replayed(name, bigger)
    assert [(e.date, e.event) for e in scaled.events] == [(e.date, e.event) for e in plain.events]
    assert scaled.end.net_worth == pytest.approx(plain.end.net_worth * scale, rel=1e-6)


@settings(max_examples=20)
@given(some, st.floats(0, 30e6))
def test_more_cash_never_hurts(name, more):
    sheet = reference_household()
    richer = sheet.with_(cash_balances=tuple(replace(c, amount=c.amount + more) for c in sheet.cash_balances))
    assert replayed(name, richer).end.kept >= replayed(name).end.kept - 1e-9


@settings(max_examples=15)
@given(some, st.permutations(("cash", "dividends", "credit_line", "unpledged_sale", "pledged_sale")))
def test_the_order_of_the_waterfall_never_changes_what_life_costs_a_household_a_day(name, order):
    sheet = reference_household()
    spare = sheet.with_(holdings=(*sheet.holdings, holding("SPARE", 30_000_000, pledged_to=None)))
    usual, other = (
        replayed(name, spare, sale_cost=0.0),
        replayed(name, spare, sale_cost=0.0, waterfall_order=tuple(order)),
    )
    a_day, usual_day = (found.needed_for_life / (len(found.days) - 1) for found in (other, usual))
    assert a_day == pytest.approx(usual_day, rel=0.02)  # interest on what is drawn differs, and an open call's last day
    assert other.unpaid == usual.unpaid == 0


# --- edges ----------------------------------------------------------------------------------------------------------


def test_a_missing_price_stops_the_drill():
    sheet = reference_household()
    with pytest.raises(MissingValue, match="No price for PORT"):
        replayed("us-2020", sheet.with_(holdings=(replace(sheet.holdings[0], price=None),)))


def test_nothing_held_nothing_replayed():
    with pytest.raises(Infeasible, match="Nothing is held"):
        replayed("us-2020", BalanceSheet(AS_OF, "JPY"))


def test_without_a_loan_only_life_is_paid():
    sheet = reference_household().with_(
        secured_loans=(), holdings=(holding("P", 1e8, pledged_to=None, account=TAXABLE),)
    )
    found = replayed("us-2007", sheet)
    assert found.events == ()
    assert found.end.survived


def test_a_household_that_cannot_pay_is_ruined_on_a_date():
    sheet = reference_household().with_(incomes=(), credit_lines=(), cash_balances=())
    found = replayed("us-1929", sheet)
    assert found.end.ruined
    assert found.events[-1].event == "ruin"
    assert found.unpaid > 0


# --- further collateral ---------------------------------------------------------------------------------------------


def with_spare(account=TAXABLE, asset_class="equity") -> BalanceSheet:
    """The reference household with 80,000,000 more that nobody holds as collateral, and hardly any cash or credit."""
    sheet = quiet(reference_household())
    spare = holding("SPARE", 80_000_000, pledged_to=None, account=account, asset_class=asset_class)
    return sheet.with_(holdings=(*sheet.holdings, spare), cash_balances=(), credit_lines=())


def test_a_call_is_met_by_pledging_more_before_anything_is_sold():
    found = replayed("us-2007", with_spare(), pledge_more=True)
    call = next(event for event in found.events if event.event == "call")
    pledge = next(event for event in found.events if event.event == "pledge")
    # 876.77: LTV 71.4 %; collateral of 70.0 million and spare ones of 44.8 million fell alike, together 43.5 %
    assert pledge.date == call.date
    assert pledge.amount == pytest.approx(80_000_000 * (50_000_000 / call.ltv) / 125_000_000, rel=1e-6)
    assert pledge.ltv == call.ltv  # what made it necessary
    on_the_day = next(day for day in found.days if day.date == call.date)
    assert on_the_day.ltv == pytest.approx(call.ltv * 125 / 205, rel=1e-6)
    assert found.end.survived
    assert "sale" not in {event.event for event in found.events}
    assert found.repaid_to_lenders == 0


def test_without_that_choice_the_spare_holdings_are_sold_instead():
    found = replayed("us-2007", with_spare())
    events = {event.event for event in found.events}
    assert "pledge" not in events
    assert found.paid("lender") > 0


@pytest.mark.parametrize(("account", "asset_class"), [(NISA, "equity"), (TAXABLE, "crypto")])
def test_what_no_lender_takes_is_never_pledged(account, asset_class):
    found = replayed("us-2007", with_spare(account, asset_class), pledge_more=True)
    assert "pledge" not in {event.event for event in found.events}
