"""Lender profiles: the rules of a securities-backed loan as data, each with its source. The state machine that acts
them out is `alm.step.lender`.

Ratios are LTV = (balance + accrued interest) / market value pledged, scaled by the holdings' advance rates: a profile
that is stated on lending value is used with advance rates below 1.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import MISSING, dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any, Literal

from alm.calendar import EXCHANGES
from alm.errors import BadInput
from alm.language import t
from alm.settings import data_folder, read_toml
from alm.step.lender import LenderRules, first_ratio

Standing = Literal["official", "reported", "rule", "assumption"]
Zone = Literal["safe", "frozen", "call", "forced"]
NO_FORCED_LTV = 1.5
"""What a file writes where no forced threshold is known, far beyond any call."""
STANDINGS = ("official", "reported", "rule", "assumption")


@dataclass(frozen=True, slots=True)
class LenderProfile:
    """One lender's rules. Days are business days; `cure_days` counts the day of notice."""

    name: str
    title: str
    source: str
    standing: Standing
    freeze_ltv: float
    forced_ltv: float
    cure_ltv: float
    """What a call must be brought to, and what a partial sale restores."""
    call_ltv: float | None = None
    """None: this lender sells without calling."""
    cure_days: int = 0
    forced_days: int = 0
    call_stays_open: bool = False
    full_liquidation: bool = False
    execution_days: int = 0
    settlement_days: int = 0
    late_rate_pa: float = 0.0
    concentration_share: float | None = None
    concentration_freeze_ltv: float | None = None
    concentration_cure_ltv: float | None = None
    exchange: str | None = None
    """Whose business days are counted; None: that of the currency owed."""
    deadline_hour: str | None = None
    """The hour by which a call must be cured on its last day, as `15:00`; None: the contract names none."""
    freeze_strict: bool = False
    """The freeze begins above its ratio, not at it; the next two say the same of the call and the forced sale."""
    call_strict: bool = False
    forced_strict: bool = False
    forced_cure_ltv: float | None = None
    """What the forced threshold asks for, beside the call; 0: the whole loan. None: the cure target."""
    forced_above: float = 0.0
    """The forced threshold holds only where more than this is owed, in the loan's currency."""
    late_on_principal: bool = False
    late_until_trade: bool = False
    note: str = ""
    """What the contract says and these keys cannot."""

    @property
    def longest_notice(self) -> int:
        """Business days after which whatever this lender has asked for or ordered is settled."""
        return self.cure_days + self.forced_days + self.execution_days

    @property
    def rules(self) -> LenderRules:
        """The numbers as the state machine takes them; what does not exist is infinite, strict begins just above."""
        concentrated_freeze = self.concentration_freeze_ltv or self.freeze_ltv
        return LenderRules(
            freeze_ltv=first_ratio(self.freeze_ltv, self.freeze_strict),
            call_ltv=math.inf if self.call_ltv is None else first_ratio(self.call_ltv, self.call_strict),
            forced_ltv=first_ratio(self.forced_ltv, self.forced_strict),
            cure_ltv=self.cure_ltv,
            cure_days=float(self.cure_days),
            forced_days=float(self.forced_days),
            call_stays_open=self.call_stays_open,
            full_liquidation=self.full_liquidation,
            execution_days=float(self.execution_days),
            settlement_days=float(self.settlement_days),
            late_rate_pa=self.late_rate_pa,
            concentration_share=math.inf if self.concentration_share is None else self.concentration_share,
            concentration_freeze_ltv=first_ratio(concentrated_freeze, self.freeze_strict),
            concentration_cure_ltv=self.concentration_cure_ltv or self.cure_ltv,
            forced_cure_ltv=math.inf if self.forced_cure_ltv is None else self.forced_cure_ltv,
            forced_above=self.forced_above,
        )


class Profiles(Mapping[str, LenderProfile]):
    """Lender profiles by name. The user's own files are read when they are asked for: one that cannot be read is
    refused to who names it, and to nobody else."""

    def __init__(self, packaged: Mapping[str, LenderProfile], own: Iterable[Path]) -> None:
        self._read = dict(packaged)
        self._files = {path.stem: path for path in own}

    def __getitem__(self, name: str) -> LenderProfile:
        if name in self._files:
            self._read[name] = read_profile(self._files[name])
            del self._files[name]
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys((*self._read, *self._files)))

    def __len__(self) -> int:
        return len(self._read.keys() | self._files.keys())

    def __contains__(self, name: object) -> bool:
        return name in self._read or name in self._files


def profiles(user_folder: Path | None = None) -> Mapping[str, LenderProfile]:
    """The packaged profiles and the user's own by name; a user's file of the same name wins."""
    return Profiles(_packaged(), () if user_folder is None else sorted(user_folder.glob("*.toml")))


@cache
def _packaged() -> Mapping[str, LenderProfile]:
    found = map(read_profile, sorted((data_folder() / "lenders").glob("*.toml")))
    return {profile.name: profile for profile in found}


def read_profile(path: Path) -> LenderProfile:
    """One TOML file as a profile named after the file; BadInput names the file, the key and what was expected."""
    rows = read_toml(path)
    known = {spec.name: spec for spec in fields(LenderProfile) if spec.name != "name"}
    for key in rows:
        if key not in known:
            raise BadInput(t("one of {names}", names=", ".join(known)), file=path, column=key, value=rows[key])
    for key, spec in known.items():
        if key not in rows and spec.default is MISSING:
            raise BadInput("a value for it", file=path, column=key)
    values = {key: _value(path, key, known[key].type, value) for key, value in rows.items()}
    profile = LenderProfile(name=path.stem, **values)
    _check_order(path, profile)
    return profile


def _value(path: Path, key: str, kind: object, value: Any) -> Any:  # TOML values are of any kind
    expected, right = _kind(str(kind))
    if key == "standing":
        expected, right = t("one of {names}", names=", ".join(STANDINGS)), lambda found: found in STANDINGS
    if key == "exchange":
        expected, right = t("one of {names}", names=", ".join(EXCHANGES)), lambda found: found in EXCHANGES
    if key == "deadline_hour":
        expected, right = "a time of day such as 15:00", is_hour
    if key == "forced_above":
        expected, right = "an amount of money from 0", _amount
    if not right(value):
        raise BadInput(expected, file=path, column=key, value=value)
    return float(value) if "float" in str(kind) else value


def is_hour(value: Any) -> bool:
    """Whether a value is a time of day such as 15:00."""
    return isinstance(value, str) and re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value, re.ASCII) is not None


def _amount(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < math.inf


def _kind(kind: str) -> tuple[str, Callable[[Any], bool]]:
    def whole(value: Any) -> bool:
        return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 365

    def ratio(value: Any) -> bool:
        return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 2

    if kind == "bool":
        return "true or false", lambda value: isinstance(value, bool)
    if kind == "int":
        return "a whole number of business days from 0 to 365", whole
    if "float" in kind:
        return "a ratio from 0 to 2, such as 0.7", ratio
    return "text", lambda value: isinstance(value, str)


def _check_order(path: Path, profile: LenderProfile) -> None:
    call = profile.forced_ltv if profile.call_ltv is None else profile.call_ltv
    if not 0 < profile.freeze_ltv <= call <= profile.forced_ltv:
        raise BadInput(
            "0 < freeze_ltv ≤ call_ltv ≤ forced_ltv", file=path, column="freeze_ltv", value=profile.freeze_ltv
        )
    strict = profile.forced_strict if profile.call_ltv is None else profile.call_strict
    for key in ("cure_ltv", "concentration_cure_ltv"):
        target = getattr(profile, key)
        if target is not None and not (0 < target < call or (strict and target == call)):
            raise BadInput(t("a {key} above 0 and below the call", key=key), file=path, column=key, value=target)
    if profile.forced_cure_ltv is not None and not profile.forced_cure_ltv < profile.forced_ltv:
        raise BadInput(
            "a forced_cure_ltv below forced_ltv", file=path, column="forced_cure_ltv", value=profile.forced_cure_ltv
        )
    if profile.call_ltv is None and (profile.forced_cure_ltv is not None or profile.forced_above > 0):
        raise BadInput("a call_ltv beside forced_cure_ltv or forced_above", file=path, column="call_ltv")
