"""`alm snowball` on a real database."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from alm.cli.snowball import command
from alm.errors import BadInput, UnknownName
from alm.store.database import create, writing
from alm.store.tables import write_all

DATE = "2026-11-20"
ROWS: dict[str, list[dict[str, str | None]]] = {
    "accounts": [{"name": "Broker", "country": "JP"}],
    "loans": [
        {
            "name": "Loan",
            "kind": "securities_backed",
            "profile": "standard-60-70-85",
            "balance": "50000000",
            "rate_pa": "0.02",
            "currency": "JPY",
        }
    ],
    "holdings": [
        {
            "account": "Broker",
            "ticker": "PORT",
            "name": "Portfolio",
            "asset_class": "equity",
            "currency": "JPY",
            "quantity": "1000",
            "cost_basis": "125000000",
            "pledged_to": "Loan",
        }
    ],
    "prices": [{"ticker": "PORT", "date": DATE, "close": "125000", "currency": "JPY"}],
    "dividends": [
        {"ticker": "PORT", "ex_date": "2025-12-28", "pay_date": "2025-12-30", "amount": "2500", "currency": "JPY"},
        {"ticker": "PORT", "ex_date": "2026-06-28", "pay_date": "2026-06-30", "amount": "2500", "currency": "JPY"},
    ],
    "income": [{"name": "Work", "amount": "1000000", "currency": "JPY", "frequency": "monthly"}],
    "expenses": [{"name": "Living", "amount": "800000", "currency": "JPY", "frequency": "monthly"}],
}


@pytest.fixture(scope="module")
def db(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("snowball") / "alm.db"
    create(path)
    with writing(path) as conn:
        write_all(conn, ROWS)
    return path


def run(db: Path, *options: str) -> str:
    result = CliRunner().invoke(command, ["--db", str(db), "--as-of", DATE, *options])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.output


def answer(db: Path, *options: str) -> dict:
    return json.loads(run(db, "--json", *options))


def test_the_json_fields(db):
    found = answer(db, "--years", "20")
    assert [year["year"] for year in found["years"]] == list(range(21))
    first = found["years"][0]
    assert {"organic", "reinvested", "contributed", "gross", "net", "spending", "interest"} <= set(first)
    assert first["spending"] == pytest.approx(9_600_000)
    assert first["interest"] == pytest.approx(1_000_000)
    assert found["fire_ratio_gross"] == pytest.approx(5 / 9.6)
    assert found["fire_ratio_before_interest"] == pytest.approx(3_984_250 / 9_600_000)
    assert found["fire_ratio_net"] == pytest.approx(2_984_250 / 9_600_000)


def test_the_headline_year_pays_interest_too(db):
    """Dividends grow 7 % − 4 % = 3 %; bought at 4.5 % without growth."""
    found = answer(db)
    assert (found["crossover_year_gross"], found["crossover_year_net"], found["crossover_year"]) == (17, 27, 30)
    assert found["growth"] == pytest.approx({"growth_pa": 0.03, "derived_pa": 0.03, "payout_drift_pa": 0.0})
    assert found["bought"] == pytest.approx({"growth_pa": 0.0, "derived_pa": 0.025, "payout_drift_pa": -0.025})


def test_years_explain_each_other_in_the_json_alone(db):
    before = answer(db)["dividends_gross"]
    for year in answer(db)["years"]:
        moved = year["organic"] + year["cut"] + year["reinvested"] + year["contributed"]
        assert before + moved == pytest.approx(year["gross"])
        before = year["gross"]


def test_the_calendar_has_twelve_months_that_add_up(db):
    months = answer(db)["calendar"]
    assert [month["month"] for month in months][:2] == ["2026-12", "2027-01"]
    assert len(months) == 12
    assert sum(month["gross"] for month in months) == pytest.approx(5_000_000)
    assert months[0]["tickers"] == {"PORT": pytest.approx(2_500_000)}
    assert months[0]["net"] == pytest.approx(2_500_000 * 0.79685)


def test_a_cut_says_what_it_delays(db):
    found = answer(db, "--cut", "0.5", "--cut-years", "5", "--recovery-years", "2")
    assert found["cut"]["levels"] == pytest.approx([0.5] * 5 + [1 - 0.5 * 2 / 3, 1 - 0.5 / 3])
    assert found["delay_years"] == found["crossover_year"] - found["without_cut"]["net_after_interest"] >= 0
    assert found["years"][0]["gross"] == pytest.approx(2_500_000, rel=0.05)


def test_a_crisis_by_name(db):
    assert answer(db, "--crisis", "uk-2020")["cut"]["source"].startswith("Link Group")


def test_contributions_and_what_is_bought(db):
    less = answer(db, "--contribution", "0", "--reinvest", "same")
    more = answer(db, "--contribution", "500000", "--reinvest", "same")
    assert more["crossover_year_net"] < less["crossover_year_net"]
    assert less["years"][5]["contributed"] == 0


def test_growth_of_one_ticker(db):
    assert answer(db, "--growth", "PORT=0")["years"][1]["organic"] == 0


def test_the_distribution_is_asked_for(db):
    assert answer(db)["distribution"] is None
    spread = answer(db, "--distribution", "200", "--seed", "7")["distribution"]
    assert spread["paths"] == 200
    assert spread["crossed_by"] == sorted(spread["crossed_by"])
    assert spread == answer(db, "--distribution", "200", "--seed", "7")["distribution"]


def test_the_same_over_simulated_lives(db):
    assert answer(db)["simulated"] is None
    lives = answer(db, "--simulate", "30")["simulated"]
    assert lives["paths"] == 30
    assert lives["crossed_by"] == sorted(lives["crossed_by"])


@pytest.mark.parametrize(
    "options", [(), ("--cut", "0.3"), ("--crisis", "us-2008", "--distribution", "50", "--simulate", "20")]
)
def test_the_table_fits_eighty_columns(db, options):
    lines = run(db, *options).splitlines()
    assert max(map(len, lines)) <= 80
    assert "Net dividends pay for life and interest in year" in lines[0]
    assert "Without interest: year" in lines[1]


def test_refusals(db):
    with pytest.raises(BadInput, match="from 0 to 1"):
        run(db, "--cut", "1.5")
    with pytest.raises(BadInput, match="either --cut or --crisis"):
        run(db, "--cut", "0.5", "--crisis", "us-2008")
    with pytest.raises(BadInput, match="--cut or --crisis with it"):
        run(db, "--cut-ticker", "PORT")
    with pytest.raises(BadInput, match=r"VT=0\.04"):
        run(db, "--growth", "PORT")
    with pytest.raises(BadInput, match="from 0 to 100"):
        run(db, "--years", "101")
    with pytest.raises(UnknownName, match="uk-2020"):
        run(db, "--crisis", "mars")
    with pytest.raises(UnknownName, match="PORT"):
        run(db, "--cut", "0.5", "--cut-ticker", "ZZZ")
