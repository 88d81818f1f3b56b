"""The worked examples a person would copy."""

from __future__ import annotations

import re

from alm.fire.plan_file import plan_with, read_plan
from alm.settings import data_folder
from scripts.repay_or_keep_the_loan import answer as repay
from scripts.retire_now_or_later import answer as retire
from scripts.what_if_dividends_are_cut import answer as cut
from scripts.whose_return_do_i_believe import answer as believe

REFERENCE = plan_with(read_plan(data_folder() / "plans" / "reference.toml"), paths=400)


def chances(lines: list[str]) -> list[float]:
    return [float(re.findall(r"success +([\d.]+)%", line)[0]) for line in lines[1:]]


def test_working_longer_never_lowers_the_probability() -> None:
    found = chances(retire(plan_with(REFERENCE, spending__amount_pa=6e6), (0.0, 5.0, 15.0)))
    assert found == sorted(found)
    assert found[-1] > found[0]


def test_without_a_loan_nothing_is_called() -> None:
    lines = repay(REFERENCE, (1.0, 0.0))
    assert "margin call   0.0%, forced sale   0.0%" in lines[-1]
    assert "margin call   0.0%" not in lines[1]


def test_a_source_says_how_well_it_knows_its_mean_or_why_it_has_none() -> None:
    lines = believe(REFERENCE)
    assert lines[1:3] == [lines[1], "             Portfolio: 7.0% a year"]
    assert lines[3].endswith(
        "measured: Portfolio: measuring its return needs 3 years of its own prices, and there are none."
    )
    # ln(1 + return) of 97 years deviates by 19.0 %: 0.190 / sqrt(97) = 1.9 points
    assert lines[5] == "             Portfolio: 11.9% a year ± 1.9%, 1928 to 2024"
    low, high = map(float, re.findall(r"([\d.]+)% to ([\d.]+)% by", lines[4])[0])
    assert low < float(re.findall(r"success +([\d.]+)%", lines[4])[0]) < high


def test_a_cut_that_is_lost_hurts_more_than_one_the_price_keeps() -> None:
    lines = cut(REFERENCE, (0.0, 0.5))
    kept, lost = (float(found) for found in re.findall(r"([\d.]+)% when", lines[-1]))
    assert lost < kept
