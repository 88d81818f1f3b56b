"""The crossover year over whole simulated lives: FIRE's paths asked the snowball's question.

The snowball's own paths vary growth and inflation and leave the balance sheet alone. Here every path is a life of the
simulation, in which markets fall, lenders call, holdings are sold and their dividends go with them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from alm.errors import BadInput
from alm.language import t
from alm.snowball import CrossoverDistribution, distribution

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alm.fire.plan import Plan


def simulated_crossover(plan: Plan, paths: int) -> CrossoverDistribution:
    """Over the first `paths` lives of the plan: when net dividends of a year first reach its spending.

    A life that has ended, by ruin or death, no longer crosses. One millisecond a path; imports the compiled engine.
    """
    from alm.fire.engine import path_count

    if not 1 <= paths <= path_count(plan):
        raise BadInput(
            t("a number of paths from 1 to the plan's {most}", most=f"{path_count(plan):,}"),
            column="paths",
            value=paths,
        )
    years = [_dividends_and_spending(plan, path) for path in range(paths)]
    return distribution(np.array([dividends for dividends, _ in years]), np.array([needs for _, needs in years]))


def _dividends_and_spending(plan: Plan, path: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Yearly net dividends and spending of one life, nominal; 0 after its end."""
    from alm.fire.engine import walk_one
    from alm.fire.walk import RECORD

    record, _ = walk_one(plan, path)
    by_year = np.nan_to_num(record).reshape(-1, plan.steps_per_year, len(RECORD)).sum(axis=1)
    return by_year[:, RECORD.index("dividends")], by_year[:, RECORD.index("spending")]
