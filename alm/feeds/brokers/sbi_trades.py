"""SBI Securities, trade history `SaveFile_….csv` (約定履歴照会): purchases and sales of shares and funds. Pure.

Each row's settlement amount is compared with quantity · price, fee and tax, and the number of rows with the one
printed. Two equal rows are two trades. Margin trades are refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from alm.errors import BadInput
from alm.feeds.brokers.japan import account_name, accounts, squeezed, ticker_of
from alm.feeds.brokers.lines import MISSING, Line
from alm.feeds.brokers.sbi import INSTITUTION, custody_name
from alm.feeds.brokers.statement import FUND_UNIT, Statement, Trade
from alm.feeds.cells import day
from alm.feeds.plan import ControlTotal
from alm.feeds.tabular import Record
from alm.language import t

SOURCE = "SBI Securities, trade history"
COLUMNS = (
    "約定日", "銘柄", "銘柄コード", "市場", "取引", "期限", "預り", "課税", "約定数量", "約定単価", "手数料/諸経費等",
    "税額", "受渡日", "受渡金額/決済損益",
)  # fmt: skip
KINDS: tuple[tuple[str, Literal["buy", "sell"], bool], ...] = (
    ("株式現物買", "buy", False),
    ("株式現物売", "sell", False),
    ("投信.*(買付|再投資)", "buy", True),
    ("投信.*(解約|売却|償還)", "sell", True),
)
LONGEST_SETTLEMENT_DAYS = 31
COUNTED = "明細数"


def recognises(lines: Sequence[Record]) -> bool:
    return any(_is_header(record) for record in lines)


def _is_header(record: Record) -> bool:
    return tuple(map(squeezed, record.filled)) == COLUMNS


def parse(lines: Sequence[Record], file: str, *, account: str = "SBI") -> Statement:
    """Trades only: what is held does not change by reading them."""
    start = next((i for i, record in enumerate(lines) if _is_header(record)), None)
    if start is None:
        raise BadInput(t("the columns {names}", names=", ".join(COLUMNS)), file=file)
    body = [_line(record, file) for record in lines[start + 1 :]]
    _check_count(lines[:start], file, len(body))
    trades = tuple(_trade(line, account) for line in body)
    return Statement(
        source=SOURCE,
        file=file,
        accounts=accounts(account, INSTITUTION, (custody_name(line.text("預り")) for line in body)),
        trades=trades,
        totals=(_settled("buy", trades), _settled("sell", trades)),
    )


def _line(record: Record, file: str) -> Line:
    if len(record.filled) != len(COLUMNS):
        raise BadInput(
            t("{wanted} cells, not {count}", wanted=len(COLUMNS), count=len(record.filled)), file=file, row=record.line
        )
    return Line(file, record, COLUMNS)


def _check_count(head: Sequence[Record], file: str, read: int) -> None:
    """The line under `商品指定, …, 明細数, 明細指定開始, 明細指定終了` says which rows of how many follow."""
    for above, record in pairwise(head):
        names = tuple(cell.strip() for cell in above.cells)
        if COUNTED in names and "明細指定開始" in names and len(record.cells) == len(names):
            line = Line(file, record, names)
            expected = line.need("明細指定終了") - line.need("明細指定開始") + 1
            if read != expected:
                line.refuse("明細指定終了", t("the number of the last row, and {read} rows were read", read=read))


def _trade(line: Line, account: str) -> Trade:
    kind, fund = _kind(line)
    quantity, price = line.positive("約定数量"), line.positive("約定単価")
    fee, tax = line.maybe("手数料/諸経費等") or Decimal(0), line.maybe("税額") or Decimal(0)
    settled = line.positive("受渡金額/決済損益")
    costs = fee + tax
    gross = quantity * price / (FUND_UNIT if fund else 1)
    paid = settled - costs if kind == "buy" else settled + costs
    if min(fee, tax) < 0 or abs(paid - gross) >= 1 + (price / FUND_UNIT if fund else 0):
        line.refuse(
            "受渡金額/決済損益",
            t("{amount}, which the row makes", amount=f"{gross + (costs if kind == 'buy' else -costs):,.0f}"),
        )
    name = line.text("銘柄")
    return Trade(
        account=account_name(account, custody_name(line.text("預り"))),
        on=_traded(line),
        kind=kind,
        currency="JPY",
        amount=paid,
        ticker=line.text("銘柄コード") or ticker_of(name),
        name=name,
        quantity=quantity,
        fee=fee,
        tax=tax,
        line=line.record.line,
    )


def _traded(line: Line) -> date:
    """The day of the trade, which its settlement follows within a month."""
    traded = line.cell("約定日", day)
    if (
        line.text("受渡日") not in MISSING
        and not 0 <= (line.cell("受渡日", day) - traded).days <= LONGEST_SETTLEMENT_DAYS
    ):
        line.refuse(
            "約定日",
            t("a date within {days} days before 受渡日, {day}", days=LONGEST_SETTLEMENT_DAYS, day=line.text("受渡日")),
        )
    return traded


def _kind(line: Line) -> tuple[Literal["buy", "sell"], bool]:
    """Kind of trade, and whether it is a fund's, quoted per 10,000 units."""
    text = squeezed(line.text("取引"))
    for pattern, kind, fund in KINDS:
        if re.fullmatch(pattern, text):
            return kind, fund
    raise line.refusal("取引", "株式現物買, 株式現物売, 投信…買付, 投信…再投資, 投信…解約 or 投信…償還")


def _settled(kind: str, trades: Sequence[Trade]) -> ControlTotal:
    sign = 1 if kind == "buy" else -1
    total = sum((t.amount + sign * (t.fee + t.tax) for t in trades if t.kind == kind), Decimal(0))
    return ControlTotal(f"{kind} 受渡金額", total)
