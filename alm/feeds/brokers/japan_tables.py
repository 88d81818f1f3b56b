"""Monex, Nomura, bitFlyer and MoneyForward: what happened, a row each. Pure.

A trade whose settlement is not what quantity and price make, in yen and within its costs, is foreign or of a kind
nobody knows here: it is an open item, never a guess.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from alm.feeds.brokers.exports import amount, stamped
from alm.feeds.brokers.japan import account_name, squeezed, ticker_of
from alm.feeds.brokers.layout import Entry, Layout, Target
from alm.feeds.brokers.lines import Line
from alm.feeds.brokers.sbi import custody_name
from alm.feeds.brokers.statement import FUND_UNIT, Trade, TradeKind
from alm.feeds.cells import day
from alm.language import t

MOST_COSTS = Decimal("0.05")
"""Costs of a trade above this share of it are not costs (assumption)."""


def _side(line: Line, column: str) -> TradeKind:
    text = squeezed(line.meant(column))
    if "信用" not in text and ("買" in text) != ("売" in text or "解約" in text):
        return "buy" if "買" in text else "sell"
    raise line.unfamiliar(column, "買付 or 売付, not on margin")


def _traded(
    line: Line, to: Target, kind: TradeKind, product: str, custody: str, price: str, settled: str, fee: Decimal | None
) -> Trade:
    units, unit = line.positive("数量"), FUND_UNIT if "投" in line.text(product) else 1
    gross, paid = units * line.magnitude(price) / unit, abs(line.need(settled))
    costs = paid - gross if kind == "buy" else gross - paid
    if not -1 <= costs <= 1 + gross * MOST_COSTS or (fee is not None and abs(costs - fee) > 1):
        raise line.unfamiliar(settled, t("{amount}, which the row makes", amount=f"{gross:,.0f}"))
    costs = max(costs, Decimal(0)) if fee is None else fee
    return Trade(
        account=account_name(to.account, custody_name(line.text(custody))),
        on=line.cell("約定日", day),
        kind=kind,
        currency="JPY",
        amount=paid - costs if kind == "buy" else paid + costs,
        ticker=line.text("銘柄コード") if line.filled("銘柄コード") else ticker_of(line.text("銘柄名")),
        quantity=units,
        fee=costs,
        line=line.record.line,
    )


def _monex(line: Line, to: Target) -> Sequence[Entry]:
    """Amounts are signed: what was paid is negative."""
    kind = _side(line, "取引区分")
    if (line.need("受渡金額") < 0) != (kind == "buy"):
        raise line.unfamiliar("受渡金額", "a negative amount for a purchase, a positive one for a sale")
    return (_traded(line, to, kind, "商品区分", "預り区分", "約定価格", "受渡金額", None),)


def _nomura(line: Line, to: Target) -> Sequence[Entry]:
    kind, fee = _side(line, "取引区分"), line.maybe("手数料(税込)") or Decimal(0)
    return (_traded(line, to, kind, "商品", "預り区分", "単価", "受渡金額/決済損益", fee),)


def _bitflyer(line: Line, to: Target) -> Sequence[Entry]:
    """Signs decide: the first currency came or went, for the second. A fee is taken in coins."""
    first, second, on = line.text("通貨1"), line.text("通貨2"), line.cell("取引日時", stamped)
    units, paid = amount(line, "通貨1数量"), amount(line, "通貨2数量")
    fee = amount(line, "手数料" if "手数料" in line.columns else "手数料(JPY)")
    mark, row = line.text("注文 ID"), line.record.line
    if first == "JPY":
        kind: TradeKind = "deposit" if units > 0 else "withdrawal"
        return (Trade(to.account, on, kind, "JPY", abs(units), fee=abs(fee), note=mark, line=row),)
    units += fee if "手数料" in line.columns else 0
    if second == "JPY" and units * paid < 0:
        kind = "buy" if units > 0 else "sell"
        return (Trade(to.account, on, kind, "JPY", abs(paid), first, quantity=abs(units), note=mark, line=row),)
    if not paid and units < 0:
        return (Trade(to.account, on, "delivery", "JPY", Decimal(0), first, quantity=-units, note=mark, line=row),)
    raise line.unfamiliar("取引種別", "coins bought or sold for JPY, coins sent, or JPY paid in or out")


def _money_forward(line: Line, to: Target) -> Sequence[Entry]:
    """Moves between own accounts count, what the household has taken out of its accounts does not."""
    if line.text("計算対象") == "0" and line.text("振替") != "1":
        return ()
    money = line.need("金額(円)")
    return (
        Trade(
            account=account_name(to.account if to.account != ALL else "", line.text("保有金融機関")),
            on=line.cell("日付", day),
            kind="deposit" if money > 0 else "withdrawal",
            currency="JPY",
            amount=abs(money),
            note=" ".join(filter(None, (line.text(name) for name in ("内容", "大項目", "中項目"))))[:200],
            line=line.record.line,
            id=line.text("ID"),
        ),
    )


ALL = "MoneyForward"
OF_MONEX = ("銘柄名", "商品区分", "取引区分", "約定価格", "受渡金額")
OF_NOMURA = ("摘要", "取引区分", "発行通貨", "受渡金額/決済損益", "手数料(税込)")
OF_BITFLYER = ("取引日時", "取引種別", "通貨1", "通貨1数量", "通貨2数量")
OF_MONEY_FORWARD = ("計算対象", "日付", "金額(円)", "保有金融機関", "振替", "ID")
LAYOUTS = {
    "monex": Layout("Monex, 取引履歴", OF_MONEX, _monex, "Monex", "マネックス証券", "JP"),
    "nomura": Layout("Nomura, 取引履歴", OF_NOMURA, _nomura, "Nomura", "野村證券", "JP"),
    "bitflyer": Layout("bitFlyer, TradeHistory", OF_BITFLYER, _bitflyer, "bitFlyer", "bitFlyer", "JP"),
    "moneyforward": Layout("MoneyForward ME", OF_MONEY_FORWARD, _money_forward, ALL, "", "JP"),
}
