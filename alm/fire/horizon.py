"""How long a life must be paid for: fixed years, or sampled from mortality of one or two people.

Gompertz's law: the force of mortality at age x is exp((x − m) / b) / b, so that from age a a person is alive after t
years with probability exp(exp((a − m) / b) · (1 − exp(t / b))). `m` is the modal age at death, `b` the dispersion in
years. The defaults m = 88, b = 9.5 are an assumption near recent Japanese period tables (modal ages at death about 88
for men and 93 for women); a household sets its own. Two lives are independent, and the horizon is the last survivor's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from alm.elementary import exp, power
from alm.errors import BadInput
from alm.language import t

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Life:
    """One person: age today, and either Gompertz parameters or a table q(x) of yearly death probabilities.

    `deaths` holds q(age), q(age + 1), …; empty means Gompertz. The last entry holds for every later age.
    """

    age: float
    modal_age: float = 88.0
    dispersion: float = 9.5
    deaths: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        for name, low, high in (("age", 0.0, 130.0), ("modal_age", 40.0, 130.0), ("dispersion", 1.0, 40.0)):
            if not low <= getattr(self, name) <= high:
                expected = t("a number from {low} to {high}", low=f"{low:g}", high=f"{high:g}")
                raise BadInput(expected, column=name, value=getattr(self, name))
        if any(not 0.0 <= q <= 1.0 for q in self.deaths):
            raise BadInput("probabilities of death from 0 to 1", column="deaths")


def alive(life: Life, years: Floats) -> Floats:
    """Probability of being alive `years` from now."""
    if life.deaths:
        return _alive_by_table(life.deaths, years)
    hazard = exp((life.age - life.modal_age) / life.dispersion)
    survival: Floats = exp(hazard * (1.0 - exp(years / life.dispersion)))
    return survival


def _alive_by_table(deaths: tuple[float, ...], years: Floats) -> Floats:
    """Between birthdays the force of mortality is constant."""
    span = int(np.ceil(years.max())) + 1 if years.size else 1
    q = np.array(deaths[:span] + (deaths[-1],) * (span - len(deaths)))
    survivors = np.concatenate([[1.0], np.cumprod(1.0 - q)])
    whole = np.floor(years).astype(int)
    before, after = survivors[whole], survivors[whole + 1]
    kept = np.divide(after, before, out=np.zeros_like(before), where=before > 0)
    survival: Floats = before * power(kept, years - whole)
    return survival


def last_survivor(lives: tuple[Life, ...], steps: int, steps_per_year: int) -> Floats:
    """Probability that somebody is alive at the end of each step, shape (steps,); 1 throughout without lives."""
    if not lives:
        return np.ones(steps)
    years = np.arange(1, steps + 1) / steps_per_year
    nobody = np.ones(steps)
    for life in lives:
        nobody *= 1.0 - alive(life, years)
    return 1.0 - nobody
