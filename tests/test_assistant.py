"""What an assistant is told: the figures of the briefing, and no sum of money that the household did not allow."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path

import anyio
import pytest
from click.testing import CliRunner

import alm
from alm.assistant import Assistant
from alm.cli.common import plain
from alm.cli.mcp import command
from alm.errors import BadInput, Infeasible, UnknownName
from alm.store.database import writing
from tests.screen.households import quick_database

SECRETS = ("79500000", "79,500,000", "50000000", "4500000", "125000000", "800000", "9600000")
"""The demo household's sums, as any of its answers might write them."""


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return quick_database(tmp_path_factory.mktemp("books") / "alm.db")


def everything(assistant: Assistant) -> str:
    answers = (
        assistant.brief(), assistant.stress(), assistant.what_if(borrow=0.1, sell={"DEMO-JEQ": 0.1}),
        assistant.drill("us-2007"), assistant.fire(),
    )  # fmt: skip
    return json.dumps(plain(answers), allow_nan=False)


def test_no_sum_of_money_leaves_unless_it_is_allowed(db):
    told = everything(Assistant(db))
    assert [secret for secret in SECRETS if re.search(rf"(?<![\d.]){secret}", told)] == []
    assert "79500000" in everything(Assistant(db, amounts=True))


def test_it_is_told_what_the_household_is_told(db):
    home, asked = alm.load(db), Assistant(db)
    told = home.brief()
    answer = asked.brief()
    assert (answer["safe"], answer["free"], answer["ltv"]) == (told.verdict, told.freedom.verdict, told.ltv)
    assert answer["fire_probability"] == asked.fire()["success_probability"] == told.fire_probability.probability
    assert asked.stress(step=0.1, max_fall=0.3)["grid"][-1]["ltv"] == pytest.approx(0.4 / 0.7)
    end = home.drill("us-2007").without_line.end
    assert asked.drill("us-2007")["without_line"]["survived"] == end.survived


def test_a_what_if_is_a_share_and_saves_nothing(db):
    before = db.read_bytes()
    with writing(db) as conn:
        conn.exec_driver_sql("UPDATE cash SET amount = '45000000'")
    found = Assistant(db).what_if(repay=0.5)
    assert (found["before"]["ltv"], found["after"]["ltv"]) == pytest.approx((0.4, 0.2))
    db.write_bytes(before)
    assert Assistant(db).fire(spending=0.5)["success_probability"] > Assistant(db).fire()["success_probability"]


def test_what_cannot_be_answered_is_a_sentence(db):
    with pytest.raises(UnknownName, match="known: us-1929"):
        Assistant(db).drill("the flood")
    with pytest.raises(Infeasible) as refusal:
        Assistant(db).what_if(repay=0.5)
    assert "¥25,000,000" in Assistant(db, amounts=True).refusal(refusal.value)
    assert not re.search("[0-9]", Assistant(db).refusal(refusal.value))
    with pytest.raises(BadInput, match="repay: '1000000' is refused: expected a share from 0 to 1"):
        Assistant(db).what_if(repay=1_000_000)


def test_without_the_package_the_command_says_what_to_install(db, monkeypatch):
    monkeypatch.setitem(sys.modules, "mcp", None)  # as if it were not installed
    monkeypatch.setitem(sys.modules, "mcp.server", None)
    told = CliRunner().invoke(command, ["--db", str(db)])
    assert isinstance(told.exception, Infeasible)
    assert "pip install 'mcp>=2.3,<3'" in str(told.exception)


def test_a_client_of_the_protocol_asks_and_is_answered(db):
    from mcp import client
    from mcp.client.stdio import StdioServerParameters, stdio_client

    async def talk() -> tuple[list[str], dict[str, object], str]:
        words = ["-m", "alm", "mcp", "--db", str(db)]
        started = StdioServerParameters(command=sys.executable, args=words, env=dict(os.environ))
        async with stdio_client(started) as (read, write), client.ClientSession(read, write) as session:
            await session.initialize()
            tools = (await session.list_tools()).tools
            answer = await session.call_tool("brief", {})
            refused = await session.call_tool("drill", {"crisis": "the flood"})
            assert all(tool.annotations.read_only_hint for tool in tools)
            assert refused.is_error
            return [tool.name for tool in tools], json.loads(answer.content[0].text), refused.content[0].text

    names, told, refusal = anyio.run(talk)
    assert names == ["brief", "stress", "what_if", "drill", "fire"]
    assert (told["safe"], told["free"], told["ltv"]) == ("SAFE", "CAUTION", pytest.approx(0.4))
    assert "There is no crisis named 'the flood'; known: us-1929" in refusal
