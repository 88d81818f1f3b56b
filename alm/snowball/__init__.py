"""The dividend snowball: what the holdings pay, how it grows, when it pays for life, and what could stop it."""

from alm.snowball.crossover import Crossover, CrossoverDistribution, distribution, first_year
from alm.snowball.cuts import Cut, crises, cut, find_crisis
from alm.snowball.paths import DividendPaths, dividend_paths
from alm.snowball.policy import Policy
from alm.snowball.project import CalendarRow, Snowball, project
from alm.snowball.sentences import crossover_sentences, growth_sentences, ratio_sentence
from alm.snowball.series import series
from alm.snowball.years import Year

__all__ = [
    "CalendarRow",
    "Crossover",
    "CrossoverDistribution",
    "Cut",
    "DividendPaths",
    "Policy",
    "Snowball",
    "Year",
    "crises",
    "crossover_sentences",
    "cut",
    "distribution",
    "dividend_paths",
    "find_crisis",
    "first_year",
    "growth_sentences",
    "project",
    "ratio_sentence",
    "series",
]
