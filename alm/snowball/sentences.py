"""What a snowball says in words, for the terminal and the page alike."""

from __future__ import annotations

from collections.abc import Iterable

from alm.dividends import Growth
from alm.snowball.project import Snowball
from alm.text import money, number, percent, t


def crossover_sentences(snowball: Snowball) -> Iterable[str]:
    """The headline year, and beside it the year without interest where there is any."""
    after, before = snowball.crossover.net_after_interest, snowball.crossover.net
    if snowball.ratios.net is None:
        yield t("No spending is entered, so there is nothing for dividends to pay.")
        return
    if after is None:
        yield t("Net dividends do not reach spending and interest within {years} years.", years=snowball.years[-1].year)
    else:
        start = snowball.years[after].starts
        yield t("Net dividends pay for life and interest in year {year}, from {month}.",
                year=after, month=f"{start:%Y-%m}")  # fmt: skip
    if before != after:
        yield t("Without interest: year {year}.", year=before)


def ratio_sentence(snowball: Snowball) -> str:
    """Today's dividends against today's spending: gross, after tax, and after interest, the headline."""
    income, currency, ratios = snowball.income, snowball.base_currency, snowball.ratios
    return t(
        "Dividends {gross} a year, {net} after tax: {ratio_gross} and {ratio_before} of spending; {ratio_net} after "
        "interest.",
        gross=money(income.gross, currency),
        net=money(income.net, currency),
        ratio_gross=percent(ratios.gross),
        ratio_before=percent(ratios.before_interest),
        ratio_net=percent(ratios.net),
    )


def growth_sentences(snowball: Snowball) -> Iterable[str]:
    """How fast dividends grow, and every payout drift that somebody states."""
    if snowball.income.gross > 0:
        yield _growth(snowball.growth, t("Dividends held"))
    if stated := snowball.policy.growth:
        names = ", ".join(f"{ticker} {percent(pa)}" for ticker, pa in stated)
        yield t("Stated for single holdings: {names}.", names=names)
    if snowball.bought is not None:
        yield _growth(snowball.bought, t("Dividends of what is bought"))


def _growth(growth: Growth, what: str) -> str:
    figures = {
        "what": what,
        "growth": percent(growth.pa),
        "total": percent(growth.total_return_pa),
        "dividend_yield": percent(growth.dividend_yield),
    }
    if growth.stated_pa is None:
        return t("{what} grow {growth} a year: total return {total} less yield {dividend_yield}.", **figures)
    return t(
        "{what} are stated to grow {growth} a year; total return {total} less yield {dividend_yield} leaves {derived}: "
        "payouts drift by {drift} points a year.",
        **figures,
        derived=percent(growth.derived_pa),
        drift=number(100 * growth.drift_pa, 1),
    )
