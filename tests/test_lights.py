"""One function makes the first light: every face shows the same one on the same books, whoever simulates or not.

The books are any the program accepts: prices gone or old, loans of any lender, lines that expired, no spending.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from alm.alerts.rules import concerns
from alm.cli import group
from alm.errors import AlmError
from alm.gather import gather, morning
from alm.lights import lights
from alm.paper import contents
from alm.store.database import writing
from alm.store.tables import write_rows
from alm.text import use_language
from tests.any_household import TODAY, any_household
from tests.screen.households import demo_database


@pytest.fixture(autouse=True)
def english_afterwards():
    yield
    use_language("en")


def told(db: Path, command: str) -> dict[str, object] | None:
    """An answer as JSON; None where it is refused."""
    done = CliRunner().invoke(group, [*command.split(), "--json", "--as-of", str(TODAY), "--db", str(db)])
    return json.loads(done.stdout) if done.exception is None else None  # type: ignore[no-any-return]


@pytest.mark.parametrize("seed", range(40))
def test_every_face_shows_the_same_first_light(seed, tmp_path):
    db = any_household(tmp_path / "alm.db", seed)
    found = morning(db, TODAY)
    first = (found.verdict, found.binding.sentence)

    quick = morning(db, TODAY, simulate=False)  # the first run, and the page before its simulation has answered
    assert (quick.verdict, quick.binding.sentence, quick.checks) == (*first, found.checks)
    page = gather(db, TODAY).brief()
    assert (page.verdict, page.binding.sentence) == first
    assert _on_paper(db) in (first, None)

    for command in ("brief", "brief --no-fire"):
        answer = told(db, command)
        assert (answer["verdict"], answer["binding"]["sentence"]) == first, command
    assert told(db, "brief --no-fire")["freedom"]["verdict"] == "UNKNOWN"
    changed = told(db, "what-if --cash 1")  # refused where a price is missing
    if changed is not None:
        assert (changed["before"]["verdict"], changed["before"]["binding"]["sentence"]) == first
    assert told(db, "snapshot")["verdict"] == found.verdict


def _on_paper(db: Path) -> tuple[str, str] | None:
    """None where an engine behind a chart refuses the household."""
    try:
        brief = contents(db, TODAY).brief
    except AlmError:
        return None
    return (brief.verdict, brief.binding.sentence)


@pytest.mark.parametrize("seed", range(40))
def test_what_is_not_computed_is_never_green_and_alerts_speak_by_the_first_light_s_checks(seed, tmp_path):
    db = any_household(tmp_path / "alm.db", seed)
    found = morning(db, TODAY, simulate=False)
    assert found.verdict == "UNKNOWN" or not gather(db, TODAY).sheet.missing
    assert (found.freedom.verdict, found.freedom.probability) == ("UNKNOWN", None)
    worried = concerns(found, TODAY, level="CAUTION", near=-1, snapshot_days=9)
    assert {one.key for one in worried} == {check.name for check in found.checks if check.level != "SAFE"}
    assert bool(worried) == (found.verdict != "SAFE")


@pytest.mark.parametrize("seed", range(60))
def test_a_missing_price_hides_what_depends_on_it_and_every_other_figure_is_as_before(seed, tmp_path):
    """A share nobody has priced, unpledged, in any household: the loans' figures do not move."""
    db = any_household(tmp_path / "alm.db", seed)
    before = morning(db, TODAY, simulate=False)
    with writing(db) as conn:
        row = {"ticker": "NOPRICE", "account": "A", "asset_class": "equity", "currency": "JPY", "quantity": "1",
               "cost_basis": "1"}  # fmt: skip
        write_rows(conn, "holdings", [row])
    after = morning(db, TODAY, simulate=False)
    assert after.verdict == "UNKNOWN"
    kept = ("ltv", "zone", "fall_to_freeze", "fall_to_call", "fall_to_forced", "max_survivable_fall",
            "max_survivable_fall_slow", "max_survivable_fall_prepaid", "cash", "debt", "runway_months", "loans",
            "spending", "income", "interest")  # fmt: skip
    if before.cash is not None or before.ltv is not None:
        assert {name: getattr(after, name) for name in kept} == {name: getattr(before, name) for name in kept}
    assert (after.portfolio_value, after.net_worth) == (None, None)


def test_the_exit_status_is_the_first_light_s(tmp_path):
    """The demo's plan is short of its target; nobody is called out of bed for that."""
    db = demo_database(tmp_path / "alm.db", TODAY)
    with writing(db) as conn:
        write_rows(conn, "settings", [{"name": "fire_paths", "value": "200"}])
    asked = ["brief", "--alert", "caution", "--as-of", str(TODAY), "--db", str(db)]
    done = CliRunner().invoke(group, asked, standalone_mode=False)
    assert done.return_value == 0
    assert [light.level for light in lights(morning(db, TODAY))] == ["SAFE", "CAUTION"]
