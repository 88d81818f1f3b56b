"""SBI Securities, trade history `SaveFile_….csv` (約定履歴照会): purchases and sales of shares and funds. Pure.

Each row's settlement amount is compared with quantity · price, fee and tax, and the number of rows with the one
printed. Two equal rows are two trades. Margin trades and kinds nobody knows are open items.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise

from alm.errors import BadInput
from alm.feeds.brokers.japan import account_name, accounts, squeezed, ticker_of
from alm.feeds.brokers.lines import MISSING, NOTHING, Line, Meanings, Unfamiliar, understood
from alm.feeds.brokers.sbi import INSTITUTION, custody_name
from alm.feeds.brokers.statement import FUND_UNIT, OpenItem, Statement, Trade
from alm.feeds.brokers.statement import TradeKind as Kind
from alm.feeds.cells import day
from alm.feeds.plan import ControlTotal
from alm.feeds.tabular import Record
from alm.language import t

SOURCE = "SBI Securities, trade history"
COLUMNS = (
    "約定日", "銘柄", "銘柄コード", "市場", "取引", "期限", "預り", "課税", "約定数量", "約定単価", "手数料/諸経費等",
    "税額", "受渡日", "受渡金額/決済損益",
)  # fmt: skip
KINDS: tuple[tuple[str, Kind, bool], ...] = (
    ("株式現物買.*|現引", "buy", False),
    ("株式現物売.*|現渡", "sell", False),
    ("投信.*(買付|再投資)|分配金再投資", "buy", True),
    ("投信.*(解約|売却|償還)", "sell", True),
    ("入庫", "transfer", False),
    ("出庫", "delivery", False),
)
"""Borrowed shares taken over and one's own delivered are trades too. Margin trades are not here: what they open is a
debt as much as a holding."""
LONGEST_SETTLEMENT_DAYS = 31
COUNTED = "明細数"


def recognises(lines: Sequence[Record]) -> bool:
    return any(_is_header(record) for record in lines)


def _is_header(record: Record) -> bool:
    return tuple(map(squeezed, record.filled)) == COLUMNS


def parse(lines: Sequence[Record], file: str, *, account: str = "SBI", known: Meanings = NOTHING) -> Statement:
    """Trades only: what is held does not change by reading them."""
    start = next((i for i, record in enumerate(lines) if _is_header(record)), None)
    if start is None:
        raise BadInput(t("the columns {names}", names=", ".join(COLUMNS)), file=file)
    body = [_line(record, file, known) for record in lines[start + 1 :]]
    _check_count(lines[:start], file, len(body))
    trades, odd = understood(body, lambda line: _trade(line, account), lambda *stranger: _odd(account, *stranger))
    return Statement(
        source=SOURCE,
        file=file,
        accounts=accounts(account, INSTITUTION, (custody_name(line.text("預り")) for line in body)),
        trades=trades,
        open_items=odd,
        totals=(_settled("buy", trades), _settled("sell", trades)),
    )


def _line(record: Record, file: str, known: Meanings) -> Line:
    if len(record.filled) != len(COLUMNS):
        raise BadInput(
            t("{wanted} cells, not {count}", wanted=len(COLUMNS), count=len(record.filled)), file=file, row=record.line
        )
    return Line(file, record, COLUMNS, known)


def _check_count(head: Sequence[Record], file: str, read: int) -> None:
    """The line under `商品指定, …, 明細数, 明細指定開始, 明細指定終了` says which rows of how many follow."""
    for above, record in pairwise(head):
        names = tuple(cell.strip() for cell in above.cells)
        if COUNTED in names and "明細指定開始" in names and len(record.cells) == len(names):
            line = Line(file, record, names)
            expected = line.need("明細指定終了") - line.need("明細指定開始") + 1
            if read != expected:
                line.refuse("明細指定終了", t("the number of the last row, and {read} rows were read", read=read))


def _odd(account: str, line: Line, stranger: Unfamiliar) -> OpenItem:
    whose = account_name(account, custody_name(line.text("預り")))
    return stranger.item(whose, line.words, "transactions", line.text("銘柄コード"))


def _trade(line: Line, account: str) -> Trade:
    kind, fund = _kind(line)
    quantity = line.positive("約定数量")
    fee, tax = line.maybe("手数料/諸経費等") or Decimal(0), line.maybe("税額") or Decimal(0)
    name = line.text("銘柄")
    return Trade(
        account=account_name(account, custody_name(line.text("預り"))),
        on=_traded(line),
        kind=kind,
        currency="JPY",
        amount=Decimal(0) if kind == "delivery" else _amount(line, kind, quantity, FUND_UNIT if fund else 1, fee + tax),
        ticker=line.text("銘柄コード") or ticker_of(name),
        name=name,
        quantity=quantity,
        fee=fee,
        tax=tax,
        line=line.record.line,
    )


def _amount(line: Line, kind: Kind, quantity: Decimal, unit: int, costs: Decimal) -> Decimal:
    """Settled less costs, or with them for a sale; what quantity and price make, to the broker's rounding."""
    if kind == "transfer" and not (line.maybe("約定単価") or Decimal(0)):
        raise line.unfamiliar("約定単価", "what the units that came in had cost")
    price = line.positive("約定単価")
    settled = line.maybe("受渡金額/決済損益") if kind == "transfer" else line.positive("受渡金額/決済損益")
    gross = quantity * price / unit
    if not settled:
        return gross
    paid = settled + costs if kind == "sell" else settled - costs
    if costs < 0 or abs(paid - gross) >= 1 + (price / FUND_UNIT if unit > 1 else 0):
        made = gross - costs if kind == "sell" else gross + costs
        line.refuse("受渡金額/決済損益", t("{amount}, which the row makes", amount=f"{made:,.0f}"))
    return paid


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


def _kind(line: Line) -> tuple[Kind, bool]:
    """Kind of trade, and whether it is a fund's, quoted per 10,000 units."""
    text = squeezed(line.meant("取引"))
    for pattern, kind, fund in KINDS:
        if re.fullmatch(pattern, text):
            return kind, fund
    words = "株式現物買, 株式現物売, 投信…買付, 投信…解約, 分配金再投資, 現引, 現渡, 入庫, 出庫"
    raise line.unfamiliar("取引", t("one of {names}", names=words))


def _settled(kind: str, trades: Sequence[Trade]) -> ControlTotal:
    sign = 1 if kind == "buy" else -1
    total = sum((t.amount + sign * (t.fee + t.tax) for t in trades if t.kind == kind), Decimal(0))
    return ControlTotal(f"{kind} 受渡金額", total)
