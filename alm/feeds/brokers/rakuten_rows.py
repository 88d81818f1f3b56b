"""Rakuten Securities: one row of the holdings, compared with itself. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from alm.balance_sheet import AssetClass
from alm.feeds.brokers.japan import YEN, tax_treatment, ticker_of
from alm.feeds.brokers.lines import MISSING, Line
from alm.feeds.brokers.statement import BOND_UNIT, FUND_UNIT, Balance, Position
from alm.feeds.cells import ascii_form, number
from alm.language import t

ASSET_CLASSES: dict[str, AssetClass] = {
    "国内株式": "equity",
    "米国株式": "equity",
    "中国株式": "equity",
    "アセアン株式": "equity",
    "投資信託": "fund",
    "楽天・マネーファンド": "cash_like",
    "外貨建MMF": "cash_like",
    "国内債券": "bond",
    "外国債券": "bond",
    "金・プラチナ": "gold",
}
FOREIGN_CASH = "外貨預り金"
PURCHASE_RATES = (Decimal("0.25"), Decimal(4))
"""What a currency may have cost when its holding was bought, as a multiple of today's rate (assumption: the dollar has
been between 75 and 360 yen). The printed average cost can be checked no better."""
COUNTRIES = {"国内株式": "JP", "米国株式": "US", "国内債券": "JP"}


@dataclass(frozen=True, slots=True)
class Held:
    """A holdings row: the position (None where it was not understood), its printed value in yen and whether the broker
    rounded that value."""

    kind: str
    custody: str
    position: Position | None
    value: Decimal
    gain: Decimal | None
    rounded: bool


def held_in(line: Line, account: str, on: date, rates: dict[str, Decimal]) -> Held:
    asset_class, kind = line.word("種別", ASSET_CLASSES, FOREIGN_CASH), line.text("種別")
    if tax_treatment(line.text("口座")) is None:
        raise line.unfamiliar("口座", "特定, 一般 or a NISA")
    if line.maybe("現在値") is None and line.maybe("時価評価額[円]") is None:
        return _unpriced(line, account, on, asset_class)
    value, gain = line.need("時価評価額[円]"), line.maybe("評価損益[円]")
    currency, unit, price = _price(line, asset_class)
    quantity = line.positive("保有数量")
    rate = _rate_of(line, currency, rates)
    _same(line, "時価評価額[円]", value, quantity * price / unit * rate)
    cost, cost_base = _cost(line, quantity, currency, unit, value, gain)
    _check_purchase_rate(line, cost, cost_base, rate)
    position = Position(
        account=f"{account} {line.text('口座')}",
        ticker=ticker_of(line.text("銘柄コード・ティッカー") or line.text("銘柄")),
        name=line.text("銘柄"),
        asset_class=asset_class,
        currency=currency,
        quantity=quantity,
        cost=cost,
        price=price,
        price_on=on,
        price_unit=unit,
        cost_base=cost_base,
        country=COUNTRIES.get(kind, ""),
        line=line.record.line,
    )
    return Held(kind, line.text("口座"), position, value, gain, rounded=currency != "JPY" or unit != 1)


def _unpriced(line: Line, account: str, on: date, asset_class: AssetClass) -> Held:
    """Units of which the broker knows no price today: a feed may, and until then the books say that there is none."""
    foreign = line.text("種別") == "米国株式"
    position = Position(
        account=f"{account} {line.text('口座')}",
        ticker=ticker_of(line.text("銘柄コード・ティッカー") or line.text("銘柄")),
        name=line.text("銘柄"),
        asset_class=asset_class,
        currency="USD" if foreign else "JPY",
        quantity=line.positive("保有数量"),
        cost=None,
        price=None,
        price_on=on,
        price_unit=_unit(line, asset_class),
        country=COUNTRIES.get(line.text("種別"), ""),
        line=line.record.line,
    )
    return Held(line.text("種別"), line.text("口座"), position, Decimal(0), None, rounded=True)


def _unit(line: Line, asset_class: AssetClass) -> int:
    return BOND_UNIT if asset_class == "bond" else FUND_UNIT if line.text("［単位］") == "口" else 1


def unread(line: Line) -> Held:
    """A row that was not understood, for the sums that count it."""
    value, gain = line.maybe("時価評価額[円]") or Decimal(0), line.maybe("評価損益[円]")
    return Held(line.text("種別"), line.text("口座"), None, value, gain, rounded=True)


def _price(line: Line, asset_class: AssetClass) -> tuple[str, int, Decimal]:
    """Currency, units per price, price. A foreign money fund prints a rate there; its price follows from its value."""
    quoted = line.text("［単位］", nth=2)
    unit = _unit(line, asset_class)
    foreign = _foreign_value(line)
    if "/" in quoted:
        if foreign is None:
            line.refuse("時価評価額[外貨]", "a value such as 4,018.77 USD")
        value, currency = foreign
        return currency, unit, (value * unit / line.positive("保有数量")).quantize(Decimal("1e-8"))
    if ascii_form(quoted) == "%":  # a bond, per hundred of its face value in the currency of its value
        quoted = foreign[1] if foreign else YEN
    currency = "JPY" if quoted == YEN else quoted
    price = line.positive("現在値")
    if foreign is not None:
        _same(line, "時価評価額[外貨]", foreign[0], line.positive("保有数量") * price / unit, slack=Decimal("0.01"))
    return currency, unit, price


def _foreign_value(line: Line) -> tuple[Decimal, str] | None:
    """`4,018.77 USD`; without a currency, that of the price."""
    column = "時価評価額[外貨]"
    text = line.text(column)
    if text in MISSING:
        return None
    match = re.fullmatch(r"(\S+?) ?([A-Z]{3})?", text)
    currency = (match[2] if match else None) or line.text("［単位］", nth=2)
    if match is None or not re.fullmatch("[A-Z]{3}", currency):
        line.refuse(column, "a value such as 4,018.77 USD")
    return line.read(column, match[1], number), currency


def _rate_of(line: Line, currency: str, rates: dict[str, Decimal]) -> Decimal:
    if currency == "JPY":
        return Decimal(1)
    if currency not in rates:
        line.refuse(
            "［単位］", t("円 or a currency of the reference rates ({currency} is not among them)", currency=currency)
        )
    return line.maybe("(参考為替)") or rates[currency]


def _same(line: Line, column: str, printed: Decimal, computed: Decimal, slack: Decimal = Decimal(1)) -> None:
    """A printed value may be cut or rounded in its last place, no more."""
    if abs(printed - computed) > slack:
        line.refuse(column, t("{amount}, which quantity and price make", amount=f"{computed:,.2f}"))


def _cost(
    line: Line, quantity: Decimal, currency: str, unit: int, value: Decimal, gain: Decimal | None
) -> tuple[Decimal | None, Decimal | None]:
    """Total cost in the currency, and in yen. In yen it is value − gain, exact; the printed average is rounded.

    Neither is known where average and gain are both missing, as for shares that a spin-off brought.
    """
    average = line.maybe("平均取得価額")
    base = None if gain is None else value - gain
    if not average and base is None:
        return None, None
    if average is None and base is not None:
        return (base if currency == "JPY" else _abroad(line, base, value)), base
    total = quantity * line.magnitude("平均取得価額") / unit
    if line.text("［単位］", nth=1) != YEN:
        return total, base
    if base is None:
        base = total
    _same(line, "評価損益[円]", value - base, value - total, slack=1 + quantity / unit / 100)
    return (base, base) if currency == "JPY" else (_abroad(line, base, value), base)


def _check_purchase_rate(line: Line, cost: Decimal | None, cost_base: Decimal | None, rate: Decimal) -> None:
    if cost is not None and cost_base is not None:
        low, high = (cost * rate * multiple for multiple in PURCHASE_RATES)
        if not low <= cost_base <= high:
            line.refuse(
                "平均取得価額",
                t("a cost near the {cost_base} yen that value and gain make", cost_base=f"{cost_base:,.0f}"),
            )


def _abroad(line: Line, base: Decimal, value: Decimal) -> Decimal:
    """A cost printed in yen only, in the holding's currency at the rate the file values it at."""
    foreign = _foreign_value(line)
    amount = foreign[0] if foreign else line.refuse("時価評価額[外貨]", "a value such as 4,018.77 USD")
    return (base * amount / value).quantize(Decimal("0.01"))


def foreign_cash(line: Line, account: str, rates: dict[str, Decimal]) -> Balance:
    currency, amount = line.text("［単位］"), line.need("保有数量")
    _same(line, "時価評価額[円]", line.need("時価評価額[円]"), amount * _rate_of(line, currency, rates))
    return Balance(account, currency, amount)
