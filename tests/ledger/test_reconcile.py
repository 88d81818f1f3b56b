"""Every difference between the books and the ledger is named."""

from __future__ import annotations

import pytest

from alm import text
from alm.ledger.reconcile import reconcile_cash, reconcile_holdings

A_X, B_X = ("A", "X"), ("B", "X")


def test_what_agrees_is_not_a_difference() -> None:
    assert reconcile_holdings({A_X: 0.3}, {A_X: 0.1 + 0.2}) == ()
    assert reconcile_cash({("A", "JPY"): 100.0}, {("A", "JPY"): 100.4}) == ()


@pytest.mark.parametrize(
    ("recorded", "rebuilt", "explanation"),
    [
        ({A_X: 100.0}, {}, "no transaction explains it"),
        ({}, {A_X: 100.0}, "a sale is not in the ledger"),
        ({A_X: 1_000.0}, {A_X: 100.0}, "a split of 1:10 that is not in the ledger explains it exactly"),
        ({A_X: 100.0}, {A_X: 5_000.0}, "a reverse split of 50:1 that is not in the ledger explains it exactly"),
        ({A_X: 93.0}, {A_X: 100.0}, "trades are missing or counted twice"),
    ],
)
def test_a_difference_of_units_is_explained(
    recorded: dict[tuple[str, str], float], rebuilt: dict[tuple[str, str], float], explanation: str
) -> None:
    (difference,) = reconcile_holdings(recorded, rebuilt)
    assert difference.explanation == explanation


def test_a_missing_transfer_is_seen_from_both_sides() -> None:
    first, second = reconcile_holdings({A_X: 60.0, B_X: 45.0}, {A_X: 100.0, B_X: 5.0})
    assert first.explanation == "B differs by the opposite: a transfer between them is not in the ledger"
    assert second.explanation == "A differs by the opposite: a transfer between them is not in the ledger"


def test_the_sentence_names_the_place_and_the_difference() -> None:
    (difference,) = reconcile_cash({("A", "JPY"): 120_000.0}, {("A", "JPY"): 100_000.0})
    assert difference.sentence == (
        "A, JPY: recorded 120,000, transactions give 100,000, a difference of +20,000; a deposit or income is missing."
    )


def test_the_sentence_is_said_in_the_household_s_language() -> None:
    text.use_language("ja")
    try:
        (difference,) = reconcile_holdings({A_X: 1_000.0}, {A_X: 100.0})
        said = "AのX：記録は1,000、取引からは100、差は+900（台帳にない1対10の株式分割でちょうど説明できます）。"
        assert difference.sentence == said
    finally:
        text.use_language("en")
