"""How many positions there really are, along each line that can fail at once."""

from __future__ import annotations

import math
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alm.balance_sheet import BalanceSheet, Dividend, Quote
from alm.errors import MissingValue
from alm.risk.concentration import concentrated, concentrations, effective_positions, hhi
from tests.households import AS_OF, NISA, holding, reference_household


def test_by_hand():
    assert hhi([0.5, 0.3, 0.2]) == pytest.approx(0.38)
    assert effective_positions([0.25] * 4) == pytest.approx(4.0)
    assert math.isnan(effective_positions([]))


def test_every_line_of_one_household():
    sheet = BalanceSheet(
        AS_OF,
        "JPY",
        holdings=(
            holding("VT", 60.0, currency="USD", fx=150.0, sector="world"),
            holding("VT", 20.0, currency="USD", fx=150.0, account=NISA, pledged_to=None, sector="world"),
            holding("7203", 20.0),
        ),
        fx=(("USD", Quote(150.0, AS_OF)),),
        dividends=(
            Dividend("VT", date(2026, 6, 1), date(2026, 6, 10), 0.0001, "USD"),  # 2,000 units: 30 yen
            Dividend("7203", date(2026, 3, 30), date(2026, 6, 20), 0.01, "JPY"),  # 1,000 units: 10 yen
            Dividend("7203", date(2025, 3, 30), date(2025, 6, 20), 5.0, "JPY"),  # more than a year ago
            Dividend("7203", date(2026, 9, 30), date(2026, 11, 20), 5.0, "JPY", projected=True),
        ),
    )
    found = {line.by: line for line in concentrations(sheet)}
    assert found["ticker"].shares == (("VT", pytest.approx(0.8)), ("7203", pytest.approx(0.2)))
    assert found["ticker"].hhi == pytest.approx(0.68)
    assert found["asset class"].effective == pytest.approx(1.0)
    assert dict(found["currency"].shares) == {"USD": pytest.approx(0.8), "JPY": pytest.approx(0.2)}
    assert dict(found["sector"].shares) == {"world": pytest.approx(0.8), "not stated": pytest.approx(0.2)}
    assert dict(found["account"].shares) == {"Broker": pytest.approx(0.8), "NISA": pytest.approx(0.2)}
    assert dict(found["dividend payer"].shares) == {"VT": pytest.approx(0.75), "7203": pytest.approx(0.25)}


def test_a_dividend_in_an_unknown_currency_is_not_counted_as_nothing():
    sheet = reference_household().with_(dividends=(Dividend("PORT", AS_OF, AS_OF, 1.0, "USD"),))
    with pytest.raises(MissingValue, match="No exchange rate for USD"):
        concentrations(sheet)


def test_a_short_counts_by_its_size():
    assert concentrated("ticker", [("A", 60.0), ("B", -40.0)]).hhi == pytest.approx(0.52)


@given(st.lists(st.floats(1, 1e9), min_size=1, max_size=20))
@settings(max_examples=50)
def test_between_one_position_and_as_many_as_there_are(amounts):
    found = concentrated("ticker", [(str(place), amount) for place, amount in enumerate(amounts)])
    assert 1 - 1e-9 <= found.effective <= len(amounts) + 1e-9
    assert sum(share for _, share in found.shares) == pytest.approx(1.0)
