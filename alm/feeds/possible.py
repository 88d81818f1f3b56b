"""What can be written and can never be right: refused here for files, for the page's editors and for what is typed.

A day is judged by the household's own clock. A price, a rate or a loan's balance may carry the day after today, for it
may be tomorrow already where it was made, and no later one. The currency codes are `alm.currencies`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from alm.errors import BadInput
from alm.feeds.plan import Place, Row
from alm.language import t
from alm.lenders import profiles
from alm.settings import user_folder

AHEAD = timedelta(days=1)
SEEN_ON = {"prices": "date", "fx_rates": "date", "loans": "balance_on", "accounts": "held_on"}
"""The column that says when somebody saw the figure."""


def refuse_impossible(table: str, rows: Sequence[Row], places: Sequence[Place], today: date) -> None:
    """Raise BadInput for a figure of a day that has not come, or for a loan under the rules of nobody."""
    known = profiles(user_folder() / "lenders") if table == "loans" and any(row.get("profile") for row in rows) else {}
    for number, row in enumerate(rows):
        file, line = places[number] if number < len(places) else (None, 0)
        column = SEEN_ON.get(table, "")
        seen = row.get(column)
        if seen and date.fromisoformat(seen) > today + AHEAD:
            latest = t("a date up to {day}, the day after today", day=today + AHEAD)
            raise BadInput(latest, file=file, row=line or None, column=column, value=seen)
        profile = row.get("profile") if table == "loans" else None
        if profile and profile not in known:
            named = t(
                "one of {names}, or the name of a file in {folder}",
                names=", ".join(known),
                folder=user_folder() / "lenders",
            )
            raise BadInput(named, file=file, row=line or None, column="profile", value=profile)
        if profile:
            known[profile]  # a file that cannot be read is refused here
