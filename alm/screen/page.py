"""What a part of the page is given: the household on a date.

Caches are keyed on the database's data version and the date only, never on the data themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec

import streamlit as st

from alm.balance_sheet import BalanceSheet
from alm.errors import AlmError
from alm.settings import Settings
from alm.text import literal

if TYPE_CHECKING:
    from alm.briefing import Briefing
    from alm.gather import Gathered
    from alm.lenders import LenderProfile


Given = ParamSpec("Given")


def fragment(show: Callable[Given, None]) -> Callable[Given, None]:
    """`st.fragment` for something on the page. What it cannot compute is said in its place: an error that leaves a
    fragment is shown as a failure of the program, whoever waits for it outside."""

    @wraps(show)
    def said(*args: Given.args, **kwargs: Given.kwargs) -> None:
        try:
            show(*args, **kwargs)
        except AlmError as refusal:
            st.info(literal(str(refusal)))

    shown: Callable[Given, None] = st.fragment(said)
    return shown


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """The household as the screen shows it. `key` identifies the data: pass it to caches, not the sheet."""

    db: Path
    version: str
    as_of: date
    settings: Settings
    sheet: BalanceSheet
    profiles: Mapping[str, LenderProfile]
    briefing: Briefing
    gathered: Gathered | None = None
    """Where sheet and briefing come from, to brief again when the simulation has answered."""
    fire_pending: bool = False
    """The second light, or what takes further simulations beside it, is still being computed."""

    @property
    def empty(self) -> bool:
        return self.sheet.empty

    @property
    def key(self) -> tuple[str, str, str]:
        return (str(self.db), self.version, self.as_of.isoformat())

    @property
    def currency(self) -> str:
        return self.sheet.base_currency
