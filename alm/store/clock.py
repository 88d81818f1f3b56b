"""Is the clock right? A machine whose clock is wrong would record days that are not, once and for ever.

What the books hold from outside this machine, the days of prices and rates, and what was recorded before, say about
when it is now. A day far from all of that is not recorded before a person has said that it is today.
"""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import Connection

from alm.errors import BadInput, Infeasible
from alm.language import t

FAR_AHEAD = timedelta(days=92)
"""A machine that was off for longer than a quarter, without a price since, is asked about once (assumption)."""
FAR_BEHIND = timedelta(days=7)
"""A price may be of a later day elsewhere on earth, or of the end of a week."""

_DAYS = """
    SELECT max(date) FROM (
        SELECT date FROM snapshots WHERE date <= ?
        UNION ALL SELECT date FROM prices UNION ALL SELECT date FROM fx_rates
    )
"""


def require_plausible(conn: Connection, as_of: date | None, today: date) -> None:
    """Raise unless `today`, or the day that a person named in its place, may be recorded."""
    if as_of is not None:
        if as_of > today:
            raise BadInput(t("a day up to today, {today}", today=today), column="--as-of", value=as_of)
        return
    newest = conn.exec_driver_sql(_DAYS, (today.isoformat(),)).scalar()
    if newest is None or -FAR_BEHIND <= today - date.fromisoformat(newest) <= FAR_AHEAD:
        return
    raise Infeasible(
        t(
            "The clock says {today}, but the newest price or record in the books is of {newest}: set the clock, or "
            "update the prices. If the clock is right, say `alm snapshot --as-of {today}`.",
            today=today,
            newest=newest,
        )
    )
