"""A household worked by hand: three holdings, two currencies, three tax treatments; and the reference household."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from alm.balance_sheet import BalanceSheet, CashFlow, Dividend, Quote, TermLoan
from alm.dividends import annual_dividends
from alm.errors import MissingValue, UnknownName
from alm.settings import Settings
from alm.snowball import Policy, project
from alm.snowball.policy import growth_of
from tests.households import NISA, TAXABLE, holding, reference_household

AS_OF = date(2026, 11, 20)
USD = 150.0


def quarterly(ticker: str, amount: float, currency: str) -> tuple[Dividend, ...]:
    days = (date(2026, 2, 10), date(2026, 5, 10), date(2026, 8, 10), date(2026, 11, 10))
    return tuple(Dividend(ticker, day, day.replace(day=28), amount, currency) for day in days)


def three_holdings() -> BalanceSheet:
    """1,000 units each.

    AAA, Tokyo, taxable: 60 yen in June and 40 in December: 100,000 yen a year.
    BBB, New York, taxable: 1 dollar a quarter at 150 yen: 600,000 yen a year.
    CCC, New York, NISA: no history, a stated yield of 3 % on 4,000,000 yen: 120,000 yen a year.
    """
    return BalanceSheet(
        as_of=AS_OF,
        base_currency="JPY",
        holdings=(
            holding("AAA", 2_500_000, cost=2_000_000, country="JP"),
            holding("BBB", 15_000_000, cost=8_000_000, currency="USD", fx=USD, country="US"),
            holding("CCC", 4_000_000, account=NISA, currency="USD", fx=USD, country="US", dividend_yield_assumed=0.03),
        ),
        expenses=(CashFlow("Living", 100_000.0),),
        dividends=(
            Dividend("AAA", date(2025, 12, 26), date(2026, 3, 10), 40.0, "JPY"),
            Dividend("AAA", date(2026, 6, 26), date(2026, 9, 10), 60.0, "JPY"),
            *quarterly("BBB", 1.0, "USD"),
        ),
        fx=(("USD", Quote(USD, AS_OF)),),
    )


def test_gross_dividends_of_the_coming_year():
    income = annual_dividends(three_holdings(), Settings())
    assert income.gross == pytest.approx(100_000 + 600_000 + 120_000)
    assert income.per_ticker[0][:2] == ("BBB", pytest.approx(600_000))
    assert income.largest_payer == ("BBB", pytest.approx(600 / 820))
    assert income.assumed == ("CCC",)
    assert income.unknown == ()
    assert income.yield_on_cost == pytest.approx(820_000 / 14_000_000)
    assert income.yield_on_value == pytest.approx(820_000 / 21_500_000)


def test_net_of_ten_percent_abroad_and_twenty_at_home():
    # AAA 100,000 · 0.79685; BBB 600,000 · 0.9 · 0.79685 (withheld first, then taxed at home); CCC in NISA 120,000 · 0.9
    net = {ticker: net for ticker, _, net in annual_dividends(three_holdings(), Settings()).per_ticker}
    assert net == pytest.approx({"AAA": 79_685, "BBB": 430_299, "CCC": 108_000})


def test_the_foreign_tax_credit_leaves_the_tax_at_home_alone():
    # BBB 600,000 · (1 − 0.20315): the 60,000 withheld is credited; NISA has no tax to credit it against
    net = {t: n for t, _, n in annual_dividends(three_holdings(), Settings(foreign_tax_credit=True)).per_ticker}
    assert net == pytest.approx({"AAA": 79_685, "BBB": 478_110, "CCC": 108_000})


def test_a_country_with_its_own_rate():
    sheet = three_holdings()
    british = replace(sheet.holdings[1], country="GB")
    settings = Settings(withholding_by_country=("GB 0",))
    income = annual_dividends(sheet.with_(holdings=(british,)), settings)
    assert income.net == pytest.approx(600_000 * 0.79685)


def test_a_deferred_account_pays_the_tax_of_withdrawal():
    sheet = three_holdings()
    pension = replace(sheet.holdings[0], account=replace(TAXABLE, tax_treatment="deferred"))
    assert annual_dividends(sheet.with_(holdings=(pension,)), Settings(deferred_tax=0.15)).net == pytest.approx(85_000)


def test_the_calendar_is_by_the_month_of_payment():
    calendar = {row.ticker: row for row in project(three_holdings(), Settings(), years=0).calendar}
    months = project(three_holdings(), Settings(), years=0).months
    assert months[0] == date(2026, 12, 1)
    assert months[11] == date(2027, 11, 1)
    named = {ticker: {months[k].month: a for k, a in enumerate(row.amounts) if a} for ticker, row in calendar.items()}
    assert named["AAA"] == {3: 40_000, 9: 60_000}
    assert named["BBB"] == pytest.approx({2: 150_000, 5: 150_000, 8: 150_000, 11: 150_000})
    assert named["CCC"] == pytest.approx(dict.fromkeys(range(1, 13), 10_000))
    assert calendar["CCC"].assumed


def test_year_by_year_reinvesting_in_the_same_holdings():
    # Growth 10 %, bought once a year. Net over gross: AAA 0.79685, BBB 0.717165, CCC 0.9. At the end of year 0 each
    # buys itself at its price of then, 1.1 times today's, so units grow by net / (1.1 · value):
    #   AAA 79,685 / 2,750,000 = 0.0289764, BBB 430,299 / 16,500,000 = 0.0260787, CCC 108,000 / 4,400,000 = 0.0245455
    # Dividends per share are 10 % up, so reinvested = Σ gross · 1.1 · units: 3,187.4 + 17,211.96 + 3,240
    settings = Settings(dividend_growth_pa=0.10)
    policy = Policy(into="same", contribution_monthly=0, buy_every_months=12)
    first, second = project(three_holdings(), settings, policy, years=1).years
    assert first.gross == pytest.approx(820_000)
    assert first.net == pytest.approx(79_685 + 430_299 + 108_000)
    assert first.spending == pytest.approx(1_200_000)
    assert second.organic == pytest.approx(82_000)
    assert second.reinvested == pytest.approx(3_187.4 + 17_211.96 + 3_240)
    assert second.contributed == 0
    assert second.gross == pytest.approx(902_000 + 23_639.36)
    assert second.spending == pytest.approx(1_224_000)


def test_target_weights_share_the_money():
    # all of 617,984 net and 1,200,000 contributed: 25 % to AAA (yield 4 %), 75 % to BBB (yield 4 %); growth 0
    sheet = three_holdings().with_(targets=(("AAA", 0.25), ("BBB", 0.75)))
    policy = Policy(into="targets", contribution_monthly=100_000, buy_every_months=12)
    second = project(sheet, Settings(dividend_growth_pa=0.0), policy, years=1).years[1]
    assert second.reinvested == pytest.approx(617_984 * 0.04)
    assert second.contributed == pytest.approx(1_200_000 * 0.04)


def test_targets_without_weights_are_refused():
    with pytest.raises(MissingValue, match="No target weights"):
        project(three_holdings(), Settings(), Policy(into="targets"))


def test_growth_by_ticker():
    policy = Policy(contribution_monthly=0, reinvest_share=0, growth=(("BBB", 0.10),))
    second = project(three_holdings(), Settings(dividend_growth_pa=0.0), policy, years=1).years[1]
    assert second.gross == pytest.approx(100_000 + 660_000 + 120_000)


def test_a_missing_price_is_refused_by_name():
    sheet = three_holdings()
    unpriced = replace(sheet.holdings[0], price=None)
    with pytest.raises(MissingValue, match="AAA"):
        project(sheet.with_(holdings=(unpriced,)), Settings())


def test_a_dividend_in_a_currency_without_a_rate_is_refused():
    sheet = three_holdings()
    with pytest.raises(MissingValue, match="EUR"):
        annual_dividends(sheet.with_(dividends=quarterly("AAA", 1.0, "EUR")), Settings())


def test_fund_distributions_are_quoted_like_the_price():
    # 3,000,000 units of a Japanese fund at 12,000 yen per 10,000 units, paying 50 yen per 10,000 units a month
    fund = replace(holding("FUND", 1.0), quantity=3_000_000, price=Quote(12_000, AS_OF), price_unit=10_000)
    monthly = tuple(Dividend("FUND", date(2026, m, 5), date(2026, m, 10), 50.0, "JPY") for m in range(1, 12))
    december = Dividend("FUND", date(2025, 12, 5), date(2025, 12, 10), 50.0, "JPY")
    sheet = BalanceSheet(AS_OF, "JPY", holdings=(fund,), dividends=(december, *monthly))
    assert annual_dividends(sheet, Settings()).gross == pytest.approx(300 * 50 * 12)


def test_a_stated_yield_of_nothing_is_no_assumption_worth_naming():
    gold = holding("GOLD", 1e6, asset_class="gold", dividend_yield_assumed=0.0)
    income = annual_dividends(BalanceSheet(AS_OF, "JPY", holdings=(gold,)), Settings())
    assert (income.gross, income.assumed, income.unknown) == (0, (), ())


def test_what_nothing_is_known_of_is_named_and_gold_is_not():
    sheet = BalanceSheet(AS_OF, "JPY", holdings=(holding("NEW", 1e6), holding("GOLD", 1e6, asset_class="gold")))
    assert annual_dividends(sheet, Settings()).unknown == ("NEW",)


def test_the_reference_household():
    # dividends 5,000,000 against spending 9,600,000: 52.08 % gross; 3,984,250 net, 41.50 %; less interest of 1,000,000
    # 2,984,250, 31.09 %
    snowball = project(reference_household(), Settings())
    ratios = snowball.ratios
    assert ratios.gross == pytest.approx(5 / 9.6)
    assert ratios.before_interest == pytest.approx(3_984_250 / 9_600_000)
    assert ratios.net == pytest.approx(2_984_250 / 9_600_000)
    first = snowball.years[0]
    assert first.interest == pytest.approx(1_000_000)
    # work income leaves 1,000,000 − 800,000 − 83,333 a month
    assert first.invested_contributions == pytest.approx(12_000_000 - 9_600_000 - 1_000_000)
    assert [row.amounts[0] for row in snowball.calendar] == [2_500_000]


def test_when_work_income_no_longer_pays_for_life_dividends_do_before_they_are_reinvested():
    # spending 200,000 a month above income, and 83,333 interest: dividends pay it in the months in which they arrive
    sheet = reference_household().with_(incomes=(CashFlow("Work", 600_000.0),))
    first = project(sheet, Settings(), years=0).years[0]
    arriving = 2_500_000 * 0.79685
    # the two half-yearly payments and, in the months between, the little that reinvestment pays
    assert first.taken >= 2 * (800_000 - 600_000 + 50_000_000 * 0.02 / 12)
    assert first.invested_contributions == 0
    assert first.invested_dividends == pytest.approx(first.net - first.taken)
    assert first.invested_dividends < 2 * arriving


def test_a_short_owes_the_whole_dividend():
    sheet = three_holdings()
    short = replace(sheet.holdings[1], quantity=-1_000.0, account=replace(TAXABLE, allows_shorts=True))
    income = annual_dividends(sheet.with_(holdings=(sheet.holdings[0], short)), Settings())
    assert income.gross == pytest.approx(100_000 - 600_000)
    assert income.net == pytest.approx(79_685 - 600_000)


def test_a_mortgage_is_paid_until_it_is_repaid():
    # 250,000 at 12 % a year, 100,000 a month
    loan = TermLoan("Home", "mortgage", balance=250_000, rate_pa=0.12, payment=100_000)
    first, second = project(three_holdings().with_(term_loans=(loan,)), Settings(), years=1).years
    # month 1: 252,500 − 100,000; month 2: 154,025 − 100,000; month 3: 54,565.25, the last
    assert first.interest == pytest.approx(100_000 + 100_000 + 54_565.25)
    assert second.interest == 0


def test_an_expense_with_its_own_growth_an_end_and_a_later_start():
    # 2026-12 … 2027-11 is year 0. School: 10,000 a month to 2027-05, six months. Rent from 2027-06 at 20,000, six
    # months, then 3 % more from the thirteenth month of running. Living 100,000 grows with inflation of 2 %.
    school = CashFlow("School", 10_000, ends=date(2027, 5, 31))
    rent = CashFlow("Rent", 20_000, starts=date(2027, 6, 1), growth_pa=0.03)
    car = CashFlow("Car", 3_000_000, frequency="once", starts=date(2027, 3, 1))
    sheet = three_holdings()
    first, second = project(sheet.with_(expenses=(*sheet.expenses, school, rent, car)), Settings(), years=1).years
    assert first.spending == pytest.approx(1_200_000 + 60_000 + 120_000)
    assert second.spending == pytest.approx(1_224_000 + 6 * 20_000 + 6 * 20_600)


def test_growth_of_what_is_not_held_is_refused():
    with pytest.raises(UnknownName, match="no holding named 'VT'"):
        growth_of(reference_household(), Policy(growth=(("VT", 0.04),)), 0.03, 0.0)
