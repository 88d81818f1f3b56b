"""What holdings pay: which payments repeat, what tax leaves of them, and a household's year of dividends.

The only place that says so: the snowball, the simulation, the drill and the defence ask here.
"""

from alm.dividends.growth import Growth, price_growth
from alm.dividends.income import (
    DividendIncome,
    Expected,
    HoldingDividends,
    annual_dividends,
    expected_dividends,
    net_dividends,
)
from alm.dividends.ratios import FireRatios, fire_ratios
from alm.dividends.taxes import kept, kept_share

__all__ = [
    "DividendIncome",
    "Expected",
    "FireRatios",
    "Growth",
    "HoldingDividends",
    "annual_dividends",
    "expected_dividends",
    "fire_ratios",
    "kept",
    "kept_share",
    "net_dividends",
    "price_growth",
]
