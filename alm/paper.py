"""Gather what the printed report shows: the briefing and the engines' results behind its charts."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from alm.calls import as_called
from alm.fire import simulate
from alm.gather import household_plan, morning
from alm.lenders import profiles
from alm.report import Contents
from alm.settings import today, user_folder
from alm.snowball import project
from alm.store.books import load_balance_sheet, load_settings
from alm.store.database import reading
from alm.stress import stress_test


def contents(db: Path, as_of: date | None) -> Contents:
    """Everything the pages need; a household with missing prices gets its verdict and nothing that rests on them."""
    with reading(db) as conn:
        settings = load_settings(conn)
        sheet = load_balance_sheet(conn, as_of or today(settings))
    found = morning(db, sheet.as_of)
    if sheet.missing:
        return Contents(found, settings)
    lenders = profiles(user_folder() / "lenders")
    answered = found.fire_probability is not None  # else the verdict says why
    fire = simulate(household_plan(db, sheet, settings, lenders)) if answered else None
    stress = as_called(stress_test(sheet, lenders, settings), sheet, lenders, settings, found.open_calls)
    return Contents(found, settings, stress, project(sheet, settings), fire)
