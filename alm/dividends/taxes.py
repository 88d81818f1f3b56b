"""What is left of a dividend after tax, by account and by the country it comes from. Rates are settings."""

from __future__ import annotations

from alm.balance_sheet import Holding, TaxTreatment
from alm.errors import BadInput
from alm.settings import Settings


def kept_share(holding: Holding, settings: Settings, base_currency: str) -> float:
    """The share of a gross dividend that the household keeps. A short owes the whole of it."""
    if holding.quantity < 0:
        return 1.0
    return kept(holding.account.tax_treatment, withheld(holding, settings, base_currency), settings)


def kept(treatment: TaxTreatment, abroad: float, settings: Settings) -> float:
    """(1 − w) · (1 − t), w withheld abroad and t the tax at home on what arrives; in a taxable account with the
    foreign tax credit 1 − max(w, t), because the tax at home is then due on the gross amount less what was withheld.

    A tax-free account pays no tax at home, and what was withheld abroad is lost: there is nothing to credit it
    against. In a deferred account t is the tax on withdrawal, so that the figure is what could be spent.
    (Japan: Income Tax Act art. 95 for the credit; NISA dividends are outside it.)
    """
    if treatment == "taxable" and settings.foreign_tax_credit:
        return 1 - max(abroad, settings.dividend_tax)
    at_home = {"taxable": settings.dividend_tax, "tax_free": 0.0, "deferred": settings.deferred_tax}[treatment]
    return (1 - abroad) * (1 - at_home)


def withheld(holding: Holding, settings: Settings, base_currency: str) -> float:
    """The rate withheld where the dividend comes from: 0 at home, else that country's, else the general one."""
    if not is_foreign(holding, base_currency):
        return 0.0
    return rates_by_country(settings).get(holding.country, settings.foreign_withholding)


def is_foreign(holding: Holding, base_currency: str) -> bool:
    """By country where both the holding's and its account's are known, else by currency."""
    if holding.country and holding.account.country:
        return holding.country != holding.account.country
    return holding.currency != base_currency


def rates_by_country(settings: Settings) -> dict[str, float]:
    """`withholding_by_country` read: ("GB 0", "FR 0.128") is {"GB": 0.0, "FR": 0.128}."""
    return dict(_country_rate(text) for text in settings.withholding_by_country if text)


def _country_rate(text: str) -> tuple[str, float]:
    country, _, rate = text.partition(" ")
    try:
        value = float(rate)
    except ValueError:
        value = -1.0
    if not (len(country) == 2 and country.isupper() and 0 <= value <= 1):
        raise BadInput(
            "country codes with a fraction, such as 'GB 0, FR 0.128'", column="withholding_by_country", value=text
        )
    return country, value
