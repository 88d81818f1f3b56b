"""Rakuten Securities: histories of trades in Japan, in America and of funds, of dividends and of money moved. Pure.

Each row is compared with itself: what was settled with quantity · price and costs, what was received with dividend and
tax. A purchase in dollars that was paid in yen brings the dollars first: a withdrawal and a deposit stand beside it.
Margin trades are open items.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from alm.feeds.brokers.japan import account_name, ticker_of
from alm.feeds.brokers.layout import Entry, Layout, Target
from alm.feeds.brokers.lines import Line
from alm.feeds.brokers.rakuten import INSTITUTION
from alm.feeds.brokers.statement import FUND_UNIT, Trade, TradeKind
from alm.feeds.cells import ascii_form, day, number
from alm.language import t

SIDES: Mapping[str, TradeKind] = {"買付": "buy", "売付": "sell", "入庫": "transfer", "出庫": "delivery"}
FUND_SIDES: Mapping[str, TradeKind] = {
    **SIDES, "再投資": "buy", "解約": "sell", "売却": "sell", "償還": "sell",
}  # fmt: skip
OUTRIGHT: Mapping[str, bool] = {"現物": True, "-": True, "": True}
MONEY: Mapping[str, str] = {
    "円": "JPY", "usドル": "USD", "米ドル": "USD", "ユーロ": "EUR", "香港ドル": "HKD", "豪ドル": "AUD",
    "英ポンド": "GBP",
}  # fmt: skip
CENT = Decimal("0.01")


def _in_japan(line: Line, to: Target) -> Sequence[Entry]:
    line.word("取引区分", OUTRIGHT)
    kind = line.word("売買区分", SIDES)
    fee, tax = _sum(line, "手数料[円]", "諸費用[円]"), _sum(line, "税金等[円]")
    gross = line.magnitude("数量[株]") * (line.maybe("単価[円]") or Decimal(0))
    settled = line.maybe("受渡金額[円]") or Decimal(0)
    code, whose = line.text("銘柄コード") or ticker_of(line.text("銘柄名")), _whose(line, to.account, "口座区分")
    return (_trade(line, kind, whose, "JPY", code, gross, settled, fee, tax, "数量[株]"),)


def _in_america(line: Line, to: Target) -> Sequence[Entry]:
    line.word("取引区分", OUTRIGHT)
    kind, paid_in = line.word("売買区分", SIDES), line.word("決済通貨", MONEY)
    fee, tax = _sum(line, "手数料[USドル]"), _sum(line, "税金[USドル]")
    gross = line.maybe("約定代金[USドル]") or line.magnitude("数量[株]") * (line.maybe("単価[USドル]") or Decimal(0))
    settled = line.maybe("受渡金額[USドル]") or Decimal(0)
    whose = _whose(line, to.account, "口座")
    trade = _trade(line, kind, whose, "USD", line.text("ティッカー"), gross, settled, fee, tax, "数量[株]", CENT)
    trade = replace(trade, fx=line.maybe("為替レート") or None)
    yen = line.maybe("受渡金額[円]")
    if paid_in == "USD" or not yen or kind not in ("buy", "sell"):
        return (trade,)
    dollars = trade.amount + fee + tax if kind == "buy" else trade.amount - fee - tax
    return (*_conversion(line, trade, kind == "buy", yen, dollars), trade)


def _conversion(line: Line, trade: Trade, into_dollars: bool, yen: Decimal, dollars: Decimal) -> Sequence[Trade]:
    """Yen that became the trade's dollars, or dollars of a sale that became yen."""
    ways: tuple[TradeKind, TradeKind] = ("withdrawal", "deposit") if into_dollars else ("deposit", "withdrawal")
    amounts = ((ways[0], "JPY", yen), (ways[1], "USD", dollars))
    note, row = t("currency conversion"), line.record.line
    return tuple(
        Trade(account=trade.account, on=trade.on, kind=kind, currency=code, amount=amount, note=note, line=row)
        for kind, code, amount in amounts
    )


def _fund(line: Line, to: Target) -> Sequence[Entry]:
    kind = line.word("取引", FUND_SIDES)
    unit = "数量[口]"
    price = line.maybe("単価") or Decimal(0)
    paid = line.text("受渡金額/(ポイント利用)[円]")
    settled = line.read("受渡金額/(ポイント利用)[円]", re.sub(r"[(（].*$", "", paid) or "0", number)
    fee, gross = _sum(line, "経費"), line.magnitude(unit) * price / FUND_UNIT
    name, slack = ticker_of(line.text("ファンド名")), 1 + price / FUND_UNIT
    return (
        _trade(line, kind, _whose(line, to.account, "口座"), "JPY", name, gross, settled, fee, Decimal(0), unit, slack),
    )


def _trade(
    line: Line, kind: TradeKind, account: str, currency: str, ticker: str, gross: Decimal, settled: Decimal,
    fee: Decimal, tax: Decimal, units: str, slack: Decimal = Decimal(1),
) -> Trade:  # fmt: skip
    """A purchase or sale at what was settled; units that come at their cost, units that go at none."""
    amount = gross
    if kind == "transfer" and not gross:
        raise line.unfamiliar(units, "units that come in with what they had cost")
    if kind in ("buy", "sell") and settled:
        amount = settled - fee - tax if kind == "buy" else settled + fee + tax
        if abs(amount - gross) > slack:
            line.refuse(units, t("{amount}, which the row makes", amount=f"{settled:,.2f}"))
    return Trade(
        account=account,
        on=line.cell("約定日", day),
        kind=kind,
        currency=currency,
        amount=Decimal(0) if kind == "delivery" else amount,
        ticker=ticker,
        quantity=line.positive(units),
        fee=fee,
        tax=tax,
        line=line.record.line,
    )


def _dividend(line: Line, to: Target) -> Sequence[Entry]:
    gross, tax, net = (
        line.magnitude(f"{name}[円/現地通貨]") if line.maybe(f"{name}[円/現地通貨]") is not None else Decimal(0)
        for name in ("配当・分配金合計(税引前)", "税額合計", "受取金額")
    )
    if abs(gross - tax - net) > CENT:
        line.refuse("受取金額[円/現地通貨]", t("{amount}, which the row makes", amount=f"{gross - tax:,.2f}"))
    return (
        Trade(
            account=_whose(line, to.account, "口座"),
            on=line.cell("入金日", day),
            kind="dividend",
            currency=line.word("受取通貨", MONEY),
            amount=gross,
            ticker=line.text("銘柄コード") or ticker_of(line.text("銘柄")),
            tax=tax,
            line=line.record.line,
        ),
    )


def _money_moved(line: Line, to: Target) -> Sequence[Entry]:
    kinds: tuple[tuple[TradeKind, str], ...] = (("deposit", "入金額[円]"), ("withdrawal", "出金額[円]"))
    moved = [(kind, amount) for kind, column in kinds if (amount := line.maybe(column))]
    return tuple(
        Trade(
            account=to.account,
            on=line.cell("入出金日", day),
            kind=kind,
            currency="JPY",
            amount=amount,
            note=line.text("内容"),
            line=line.record.line,
        )
        for kind, amount in moved
    )


def _sum(line: Line, *columns: str) -> Decimal:
    return sum((line.maybe(column) or Decimal(0) for column in columns if column in line.columns), Decimal(0))


def _whose(line: Line, account: str, column: str) -> str:
    """`特定・一般` is the specified account, which nearly everybody has."""
    return account_name(account, ascii_form(line.text(column)).partition("・")[0])


def _layout(name: str, row: Callable[[Line, Target], Sequence[Entry]], *needed: str) -> Layout:
    return Layout(f"Rakuten Securities, {name}", needed, row, "Rakuten", INSTITUTION, "JP")


JAPAN = _layout(
    "tradehistory(JP)", _in_japan, "約定日", "銘柄コード", "売買区分", "数量[株]", "単価[円]", "受渡金額[円]"
)
AMERICA = _layout("tradehistory(US)", _in_america, "約定日", "ティッカー", "売買区分", "決済通貨", "約定代金[USドル]")
FUNDS = _layout("tradehistory(INVST)", _fund, "約定日", "ファンド名", "取引", "数量[口]", "受渡金額/(ポイント利用)[円]")
DIVIDENDS = _layout("dividendlist", _dividend, "入金日", "受取通貨", "配当・分配金合計(税引前)[円/現地通貨]")
MONEY_MOVED = _layout("Withdrawallist", _money_moved, "入出金日", "入金額[円]", "出金額[円]")
LAYOUTS = {
    "rakuten-trades": JAPAN,
    "rakuten-trades-us": AMERICA,
    "rakuten-trades-funds": FUNDS,
    "rakuten-dividends": DIVIDENDS,
    "rakuten-cash": MONEY_MOVED,
}
