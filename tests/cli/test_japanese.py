"""Every command speaks Japanese to a Japanese household: what it prints, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.cells import cell_len

from alm.cli import common, group, main
from alm.cli.wrapped import wrapped
from alm.errors import AlmError
from alm.lenders import profiles
from alm.scenarios import library
from alm.store.database import writing
from alm.store.tables import write_rows
from tests.japanese import WORD, english
from tests.screen.households import in_danger, quick_database, stale, without_a_price

HOUSEHOLDS = {"demo": quick_database, "danger": in_danger, "unpriced": without_a_price, "stale": stale}
COMMANDS = (
    "brief", "stress", "scenario", "scenario us-2007", "drill --list", "drill us-2007", "reverse", "defence", "snowball",
    "snowball --cut 0.3", "fire", "fire --compare", "fire --solve retire-year", "risk", "rebalance --new-money 1000000",
    "backtest", "what-if --repay 1000000", "what-if --buy VT=1", "ledger --realised", "settings", "snapshot",
    "alerts send --dry-run", "alerts test", "doctor", "prices held", "prices source", "prices accept VT", "prices update",
    "passphrase clear", "settings stale_days=many", "settings nothing=1", "settings stale_days=-1", "drill nothing",
    "brief --as-of tomorrow", "stress --step 3", "stress --loan nothing", "defence --survive 2", "snowball --growth x",
    "fire --set x", "fire --set paths=x", "fire --set a.b=1", "import nothing.csv", "restore nothing.db",
    "rebalance --lot x", "what-if", "what-if --sell nothing=1", "what-if --repay 1e15", "prices enter VT tomorrow 1",
    "prices enter VT 2026-01-05 zero", "scenario nothing", "upgrade", "mcp", "snapshot --as-of 2199-01-01", "snapshot --reason x",
    "snapshot --set-aside 2026-01-05 --reason x", "lender list", "lender show jp-cure-60", "lender show jp-mita-70-80",
    "lender new a/b",
)  # fmt: skip


def said(db: Path, command: str) -> str:
    found = CliRunner().invoke(group, [*command.split(), "--db", str(db)])
    assert found.exception is None or isinstance(found.exception, AlmError | SystemExit), found.exception
    return f"{found.output}\n{found.exception if isinstance(found.exception, AlmError) else ''}"


@pytest.mark.parametrize("kind", HOUSEHOLDS)
def test_no_command_answers_or_refuses_in_english(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: str) -> None:
    monkeypatch.setattr(common, "WIDTH", 400)  # so that no word is broken over two lines
    db = HOUSEHOLDS[kind](tmp_path / "alm.db")
    with writing(db) as conn:
        rows = {"language": "ja", "fire_paths": "200"}
        write_rows(conn, "settings", [{"name": name, "value": value} for name, value in rows.items()])
    known = {word for name in (*library(None), *profiles()) for word in name.split("-")} | {"DEMO", "NOPRICE"}
    left = [
        f"{command}: {line}"
        for command in COMMANDS
        for line in english(said(db, command).splitlines(), known | set(WORD.findall(command)))
    ]
    assert left == []


def test_no_figure_is_broken_over_two_lines() -> None:
    sentence = (
        "Demo SecuritiesのDEMO-BNDは¥1,124,500の含み損です。実現すると、税が将来は最大¥228,442減り、± 0.45ポイント。"
    )
    for width in range(20, 80):
        lines = wrapped(sentence, width).split("\n")
        assert max(map(cell_len, lines)) <= width
        assert "".join(lines).replace(" ", "") == sentence.replace(" ", "")
        for figure in ("DEMO-BND", "¥1,124,500", "¥228,442", "± 0.45"):
            assert any(figure in line for line in lines)
        assert not any(line.startswith(("、", "。")) for line in lines)


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        ("brief --nothing", "オプション--nothingはありません。--helpをご覧ください。"),
        ("prices enter VT", "DAYが足りません。--helpをご覧ください。"),
        ("brief --alert never", "--alert：必要なもの：safe, caution, danger, unknownのいずれか。"),
        ("dashboard --port 0", "--port：必要なもの：1から65535までの数値。"),
        ("brief --db", "--dbには値が必要です。--helpをご覧ください。"),
        ("fire --paths many", "--paths：必要なもの：整数。"),
        ("brief more", "このコマンドを理解できませんでした。--helpをご覧ください。"),
    ],
)
def test_a_mistyped_command_is_refused_in_japanese(tmp_path, monkeypatch, capsys, command, sentence) -> None:
    db = quick_database(tmp_path / "alm.db", language="ja")
    monkeypatch.setenv("ALM_DB", str(db))
    monkeypatch.setattr("sys.argv", ["alm", *command.split()])
    with pytest.raises(SystemExit) as leaving:
        main()
    assert leaving.value.code == 2
    assert capsys.readouterr().err == f"{sentence}\n"
