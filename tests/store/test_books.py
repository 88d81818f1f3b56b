from __future__ import annotations

import math
from datetime import date

import pytest

from alm.balance_sheet import RateTier
from alm.errors import BadInput, DatabaseRefused
from alm.store.books import data_version, load_balance_sheet, load_settings, price_history
from alm.store.database import reading, writing
from alm.store.tables import write_all, write_rows
from tests.raw import raw
from tests.store.rows import account, holding, line, loan, price, rate
from tests.store.test_snapshots import take

SUNDAY, FRIDAY = date(2026, 11, 22), date(2026, 11, 20)


def filled(db, **tables):
    with writing(db) as conn:
        write_all(conn, {"accounts": [account()], **tables})
    return db


def sheet(db, as_of=SUNDAY):
    with reading(db) as conn:
        return load_balance_sheet(conn, as_of)


def test_a_price_from_sunday_hides_no_share_priced_on_friday(db):
    filled(
        db,
        holdings=[holding("7203", "100"), holding("BTC", "0.5", asset_class="crypto")],
        prices=[
            price("7203", "2026-11-19", "2900"),
            price("7203", "2026-11-20", "3000"),
            price("BTC", "2026-11-20", "14000000"),
            price("BTC", "2026-11-22", "15000000"),
        ],
    )
    both = {h.ticker: (h.price.value, h.price.on) for h in sheet(db).holdings}
    assert both == {"7203": (3000.0, FRIDAY), "BTC": (15_000_000.0, SUNDAY)}
    assert sheet(db).portfolio_value == 300_000 + 7_500_000
    assert sheet(db, date(2026, 11, 21)).portfolio_value == 300_000 + 7_000_000


def test_a_price_after_the_date_is_not_known_yet(db):
    filled(db, holdings=[holding("7203")], prices=[price("7203", "2026-11-23", "3000")])
    assert sheet(db).missing == ("no price for 7203",)


def test_a_quantity_or_an_amount_of_nothing_needs_no_price_and_no_rate(db):
    """A position that was sold whole, and a foreign account that was emptied, make no figure unknown."""
    filled(
        db,
        holdings=[holding("7203", "10"), holding("SOLD", "0"), holding("VTI", "0", currency="USD")],
        prices=[price("7203", "2026-11-20", "3000")],
        cash=[
            {"account": "Broker", "currency": "USD", "amount": "0"},
            {"account": "Broker", "currency": "JPY", "amount": "0"},
        ],
    )
    found = sheet(db)
    assert found.missing == ()
    assert [h.ticker for h in found.holdings] == ["7203"]
    assert [(c.currency, c.value) for c in found.cash_balances] == [("JPY", 0.0)]
    assert found.net_worth == 30_000


def test_old_prices_are_used_and_named(db):
    filled(db, holdings=[holding("7203", "10")], prices=[price("7203", "2026-11-02", "3000")])
    assert sheet(db).portfolio_value == 30_000
    assert sheet(db).stale(5) == ("7203 is 20 days old",)


def test_a_fund_is_quoted_per_ten_thousand_units_and_a_foreign_share_in_its_own_currency(db):
    filled(
        db,
        holdings=[
            holding("FUND", "123456", price_unit="10000", asset_class="fund"),
            holding("VTI", "10", currency="USD", cost_basis="2000", cost_basis_base="260000"),
        ],
        prices=[price("FUND", "2026-11-20", "25000"), price("VTI", "2026-11-20", "300", "USD")],
        fx_rates=[rate("USD", "2026-11-20", "150")],
    )
    fund, vti = sheet(db).holdings
    assert fund.value == pytest.approx(123_456 * 25_000 / 10_000)
    assert vti.value == 10 * 300 * 150
    assert vti.unrealised_gain == 450_000 - 260_000
    assert sheet(db).fx[0][0] == "USD"


def test_each_currency_has_its_own_latest_rate_stored_either_way_round_or_through_a_third(db):
    filled(
        db,
        cash=[{"account": "Broker", "currency": c, "amount": "100"} for c in ("USD", "EUR", "CHF")],
        fx_rates=[
            rate("USD", "2026-11-19", "149"),
            rate("USD", "2026-11-20", "150"),
            rate("JPY", "2026-11-18", "0.00625", base="EUR"),  # 160 yen a euro
            rate("CHF", "2026-11-17", "1.25", base="USD"),  # 187.5 yen, as old as the older rate
        ],
    )
    assert {name: (quote.value, quote.on.day) for name, quote in sheet(db).fx} == {
        "CHF": (187.5, 17),
        "EUR": (160.0, 18),
        "USD": (150.0, 20),
    }
    assert sheet(db).cash == 100 * (187.5 + 160 + 150)


def test_what_cannot_be_converted_is_named_and_never_counted(db):
    filled(
        db,
        holdings=[holding("VTI", currency="USD")],
        prices=[price("VTI", "2026-11-20", "300", "USD")],
        loans=[loan(currency="GBP")],
        expenses=[{"name": "Rent", "amount": "1000", "currency": "EUR"}],
    )
    found = sheet(db)
    assert found.missing == ("no exchange rate for USD", "no exchange rate for EUR", "no exchange rate for GBP")
    assert math.isnan(found.secured_loans[0].balance)
    assert math.isnan(found.expenses[0].amount)


def test_a_price_in_another_currency_than_the_holding_is_no_price_of_it(db):
    """It may be another security's: BA is quoted in New York and in London."""
    filled(
        db,
        holdings=[holding("VTI", "10", currency="JPY")],
        prices=[price("VTI", "2026-11-20", "300", "USD")],
        fx_rates=[rate("USD", "2026-11-19", "150")],
    )
    assert sheet(db).holdings[0].price is None
    assert sheet(db).missing == ("no price for VTI in JPY, only one in USD, which may be another security's",)


def test_one_symbol_in_two_currencies_is_two_securities(db):
    filled(
        db,
        holdings=[holding("BA", "10", currency="USD"), holding("BA", "100", currency="GBP")],
        prices=[price("BA", "2026-11-20", "200", "USD"), price("BA", "2026-11-20", "15", "GBP")],
        fx_rates=[rate("USD", "2026-11-20", "150"), rate("GBP", "2026-11-20", "200")],
        dividends=[
            {"ticker": "BA", "ex_date": "2026-10-01", "pay_date": "2026-11-02", "amount": "0.25", "currency": "GBP"},
            {"ticker": "BA", "ex_date": "2026-10-01", "pay_date": "2026-11-02", "amount": "3", "currency": "USD",
             "quoted_in": "USD"},
        ],
        splits=[{"ticker": "BA", "date": "2026-10-15", "ratio": "2", "quoted_in": "GBP"}],
    )  # fmt: skip
    found = sheet(db)
    assert {h.ticker: h.value for h in found.holdings} == {"BA/USD": 10 * 200 * 150, "BA/GBP": 100 * 15 * 200}
    assert {(d.ticker, d.amount) for d in found.dividends} == {("BA/USD", 3.0), ("BA/GBP", 0.125)}
    with reading(db) as conn:
        assert {str(name): value for name, value in price_history(conn).iloc[-1].items()} == {
            "BA/USD": 200,
            "BA/GBP": 15,
        }


def test_loans_of_every_kind_are_subtracted(db):
    filled(
        db,
        cash=[{"account": "Broker", "currency": "JPY", "amount": "40000000"}],
        loans=[
            loan(balance="10000000", accrued_interest="5000"),
            line(balance="2000000", accrued_interest="1000", committed="no", expires="2027-03-31"),
            {"name": "Home", "kind": "mortgage", "currency": "JPY", "balance": "20000000", "rate_pa": "0.005",
             "payment": "80000", "ends": "2050-01-31"},
        ],
    )  # fmt: skip
    found = sheet(db)
    assert found.net_worth == 40_000_000 - 10_005_000 - 2_001_000 - 20_000_000
    assert found.credit_lines[0].undrawn == 7_999_000
    assert not found.credit_lines[0].committed
    assert found.term_loans[0].payment == 80_000


def test_the_rate_in_force_is_the_latest_step_and_the_tier_the_balance_reaches(db):
    filled(
        db,
        loans=[loan(balance="30000000", rate_pa="0.03")],
        loan_rates=[
            {"loan": "Loan", "from_date": "2026-01-01", "from_balance": "0", "rate_pa": "0.025"},
            {"loan": "Loan", "from_date": "2026-07-01", "from_balance": "0", "rate_pa": "0.02"},
            {"loan": "Loan", "from_date": "2026-07-01", "from_balance": "20000000", "rate_pa": "0.018"},
            {"loan": "Loan", "from_date": "2027-01-01", "from_balance": "0", "rate_pa": "0.05"},
        ],
    )
    assert sheet(db, date(2025, 12, 31)).secured_loans[0].rate_pa == 0.03
    assert sheet(db, date(2026, 3, 1)).secured_loans[0].rate_pa == 0.025
    today = sheet(db).secured_loans[0]
    assert today.rate_pa == 0.018
    assert today.tiers == (RateTier(0.0, 0.02), RateTier(20_000_000.0, 0.018))


def test_dividends_paid_in_three_years_and_those_to_come(db):
    def dividend(pay, status="actual", kind="regular"):
        return {"ticker": "7203", "ex_date": pay, "pay_date": pay, "amount": "10", "currency": "JPY",
                "status": status, "kind": kind}  # fmt: skip

    filled(
        db,
        holdings=[holding("7203")],
        dividends=[
            dividend("2023-11-22"),
            dividend("2023-11-23"),
            dividend("2026-06-30", kind="special"),
            dividend("2026-09-30", status="projected"),  # never confirmed
            dividend("2026-12-30", status="projected"),
        ],
    )
    assert [(d.pay_date.isoformat(), d.projected, d.special) for d in sheet(db).dividends] == [
        ("2023-11-23", False, False),
        ("2026-06-30", False, True),
        ("2026-12-30", True, False),
    ]


def test_settings_are_defaults_and_what_the_household_says_instead(db):
    with writing(db) as conn:
        write_rows(conn, "settings", [{"name": "stale_days", "value": "3"}, {"name": "base_currency", "value": "EUR"}])
    with reading(db) as conn:
        settings = load_settings(conn)
    assert (settings.stale_days, settings.base_currency, settings.safety_fall) == (3, "EUR", 0.5)
    with pytest.raises(BadInput, match="stale_days"), writing(db) as conn:
        write_rows(conn, "settings", [{"name": "stale_days", "value": "-1"}])


def test_the_data_version_changes_with_any_row_and_comes_back_with_it(db):
    def version():
        with reading(db) as conn:
            return data_version(conn)

    filled(db, holdings=[holding("7203", "100")])
    first = version()
    with writing(db) as conn:
        write_rows(conn, "holdings", [holding("7203", "101")])
    assert version() != first
    with writing(db) as conn:
        write_rows(conn, "holdings", [holding("7203", "100")])
    assert version() == first
    take(db)
    assert version() != first


def test_another_programs_edit_changes_the_version_each_time_and_is_not_taken_for_damage(db):
    filled(db, holdings=[holding("7203", "100")], prices=[price("7203", "2026-11-20", "3000")])
    versions = set()
    for quantity in ("101", "102", "103"):
        with raw(db) as other:
            other.execute("UPDATE holdings SET quantity = ?", (quantity,))
        with reading(db) as conn:
            versions.add(data_version(conn))
    assert len(versions) == 3
    assert sheet(db).portfolio_value == 103 * 3000


@pytest.mark.parametrize(("was", "becomes"), [(b"100987", b"900987"), (b"30001.5", b"30009.5"), (b"77.125", b"97.125")])
def test_a_byte_that_changed_by_itself_is_never_a_total(db, was, becomes):
    """A quantity, a price, a rate: each flipped in the file, each named."""
    filled(
        db,
        holdings=[holding("VTI", "100987", currency="USD")],
        prices=[price("VTI", "2026-11-20", "30001.5", "USD")],
        fx_rates=[rate("USD", "2026-11-20", "77.125")],
    )
    content = db.read_bytes()
    assert content.count(was) == 1
    db.write_bytes(content.replace(was, becomes))
    with pytest.raises(DatabaseRefused, match="is not what was written; restore a backup"):
        sheet(db)


HELD = {"holdings": [holding("X", "1000")], "prices": [price("X", "2026-11-20", "500")]}
PAID = [
    {"ticker": "X", "ex_date": "2026-03-30", "pay_date": "2026-06-20", "amount": "60", "currency": "JPY"},
    {"ticker": "X", "ex_date": "2026-09-29", "pay_date": "2026-12-10", "amount": "7", "currency": "JPY"},
]


class TestSplits:
    """Quantities are today's; what was said per unit before a split is said per unit of today."""

    def test_a_dividend_from_before_a_one_to_ten_split_counts_a_tenth(self, db):
        split = {"ticker": "X", "date": "2026-06-29", "ratio": "10"}
        filled(db, dividends=PAID, splits=[split], **HELD)
        assert [d.amount for d in sheet(db).dividends] == [6.0, 7.0]
        before = [d.amount for d in sheet(db, date(2026, 6, 28)).dividends]
        assert before == [60.0]  # the split has not happened yet

    def test_the_ledger_s_split_counts_too_and_the_same_one_from_the_feed_days_apart_only_once(self, db):
        entered = {"date": "2026-07-01", "kind": "split", "account": "Broker", "currency": "JPY", "ticker": "X"}
        filled(db, dividends=PAID, transactions=[entered | {"quantity": "10"}], **HELD)
        assert [d.amount for d in sheet(db).dividends] == [6.0, 7.0]
        with writing(db) as conn:
            write_rows(conn, "splits", [{"ticker": "X", "date": "2026-06-29", "ratio": "10"}])
        assert [d.amount for d in sheet(db).dividends] == [6.0, 7.0]

    def test_two_splits_multiply_and_a_reverse_one_divides(self, db):
        splits = [
            {"ticker": "X", "date": "2026-04-01", "ratio": "10"},
            {"ticker": "X", "date": "2026-10-01", "ratio": "0.2"},
        ]
        filled(db, dividends=PAID, splits=splits, **HELD)
        assert [d.amount for d in sheet(db).dividends] == pytest.approx([30.0, 35.0])  # 60 / 10 · 5, 7 · 5

    def test_a_price_from_before_a_split_is_restated_and_keeps_its_age(self, db):
        split = {"ticker": "X", "date": "2026-11-21", "ratio": "5"}
        filled(db, splits=[split], **HELD)
        assert sheet(db).portfolio_value == 1000 * 500 / 5
        assert sheet(db).holdings[0].price.on == FRIDAY
        assert sheet(db, FRIDAY).portfolio_value == 1000 * 500
