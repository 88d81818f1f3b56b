"""The packaged history, against its publishers' own figures."""

from pathlib import Path

import numpy as np
import pytest

from alm.errors import BadInput, UnknownName
from alm.history import annual_history, arithmetic_mean_pa, history, log_volatility_pa, monthly_history, read_annual


def test_the_annual_table_is_1928_to_2024_in_fractions() -> None:
    table = annual_history()
    assert (table.first_year, len(table.rows), table.per_year) == (1928, 97, 1)
    assert table.column("stocks")[0] == pytest.approx(0.4381)
    assert table.column("stocks")[3] == pytest.approx(-0.4384), "1931"
    assert table.column("inflation")[-1] == pytest.approx(0.0275), "2024"
    assert table.label(38) == "1966"
    assert "Damodaran" in table.source


def test_months_begin_in_january_1928_although_the_carried_index_is_misread() -> None:
    table = monthly_history()
    assert (table.first_year, table.first_month, table.label(0)) == (1928, 1, "1928-01")
    assert table.label(len(table.rows) - 1) == "2018-11"
    # French's market: October 1929 -20.12 % excess and 0.46 % bills; October 1987 -23.24 % and 0.60 %.
    assert table.column("stocks")[21] == pytest.approx(-0.1966, abs=1e-9)
    assert table.column("stocks")[59 * 12 + 9] == pytest.approx(-0.2264, abs=1e-9)


def test_the_months_of_bonds_and_prices_compound_to_their_year_exactly() -> None:
    monthly, annual = monthly_history(), annual_history()
    for name in ("notes", "baa", "inflation"):
        years = (1 + monthly.column(name)[: 90 * 12].reshape(90, 12)).prod(axis=1) - 1
        np.testing.assert_allclose(years, annual.column(name)[:90], rtol=0, atol=1e-12)


def test_two_sources_of_the_same_market_agree_year_by_year() -> None:
    months = monthly_history().column("stocks")[: 90 * 12].reshape(90, 12)
    years = (1 + months).prod(axis=1) - 1
    assert np.corrcoef(years, annual_history().column("stocks")[:90])[0, 1] > 0.98


def test_a_span_of_years() -> None:
    span = annual_history().between(1966, 1995)
    assert (span.first_year, len(span.rows)) == (1966, 30)
    assert monthly_history().between(1966, 1995).label(0) == "1966-01"
    with pytest.raises(BadInput, match=r"'1900-1995' is refused: expected years within the annual history"):
        annual_history().between(1900, 1995)


def test_unknown_names_list_what_there_is() -> None:
    with pytest.raises(UnknownName, match="known: annual, monthly"):
        history("daily")
    with pytest.raises(UnknownName, match="known: stocks, bills"):
        annual_history().column("gold")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("year,stocks\n", "row 1: expected the header year,stocks,tbill,tnote,baa,cpi."),
        ("year,stocks,tbill,tnote,baa,cpi\n1928,1,2,3,4\n", "row 2: '1928,1,2,3,4' is refused: expected 6 figures."),
        ("year,stocks,tbill,tnote,baa,cpi\n1928,1,2,x,4,5\n", "row 2, tnote: 'x' is refused: expected a number"),
        ("year,stocks,tbill,tnote,baa,cpi\n1928,nan,2,3,4,5\n", "stocks: 'nan' is refused: expected a finite"),
        ("year,stocks,tbill,tnote,baa,cpi\n1928,1,2,3,4,5\n1930,1,2,3,4,5\n", "year: expected consecutive years"),
    ],
)
def test_a_damaged_table_is_refused_in_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    file = tmp_path / "table.csv"
    file.write_text(text)
    with pytest.raises(BadInput, match=r"table\.csv") as refusal:
        read_annual(file)
    assert sentence in str(refusal.value)


def test_moments_of_two_returns() -> None:
    returns = np.array([0.10, -0.10])
    assert arithmetic_mean_pa(returns + 0.01, 12) == pytest.approx(1.01**12 - 1)
    # ln 1.1 = 0.0953102, ln 0.9 = -0.1053605: their sample deviation is 0.2006707 / sqrt 2.
    assert log_volatility_pa(returns, 1) == pytest.approx(0.2006707 / 2**0.5, abs=1e-7)
