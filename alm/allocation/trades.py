"""The trades that restore the targets: new money first, then inside tax-free accounts, then taxable with the tax shown.

Sales happen only when some weight has left its band (red). Pledged holdings are sold last, and a plan that would leave
less than the margin of safety the household asked for is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from alm.allocation.drift import Drift, checked_targets, drifts, group, worst_light
from alm.allocation.margin import Margin, margin, refuse_breach
from alm.allocation.orders import (
    Funding,
    Trade,
    after_purchase,
    after_sale,
    empty_position,
    lot_size,
    purchase,
    sale,
    tax_rate,
    whole_lots,
)
from alm.balance_sheet import Account, BalanceSheet, Holding
from alm.errors import BadInput
from alm.lenders import LenderProfile
from alm.settings import Settings
from alm.step.sale import tax_share


@dataclass(frozen=True, slots=True)
class Plan:
    """Trades in the order to place them, and what they do.

    `tax` is withheld at the sales; `tax_returned` comes back when the plan's own losses are set off against its gains.
    `left_over` is money that buys no whole lot. `unmet` names targets that nothing is held of: choose what to buy.
    """

    trades: tuple[Trade, ...]
    before: tuple[Drift, ...]
    after: tuple[Drift, ...]
    margin_before: Margin
    margin_after: Margin
    new_money: float
    left_over: float
    cost: float
    tax: float
    tax_returned: float
    unmet: tuple[tuple[str, float], ...]
    sheet: BalanceSheet


def rebalance(
    sheet: BalanceSheet,
    settings: Settings,
    profiles: Mapping[str, LenderProfile],
    *,
    new_money: float = 0.0,
    lots: Mapping[str, float] | None = None,
    sell: bool = True,
    sell_pledged: bool = True,
) -> Plan:
    """The plan; `new_money` is not in the books yet, `lots` are units that trade together by ticker (default 1).

    Raises Infeasible when the trades would leave a survivable fall under the one asked for (`safety_fall`, or today's
    when that is smaller already), or take collateral from a loan that is frozen.
    """
    if not new_money >= 0:
        raise BadInput("an amount of 0 or more", column="new money", value=new_money)
    before = drifts(sheet, settings.drift_band)
    desk = _Desk(sheet, settings, lots or {}, new_money)
    left = desk.invest(new_money, "new_money", None)
    if sell and worst_light(drifts(desk.sheet, settings.drift_band)) == "red":
        left += desk.rotate_tax_free()
        left += desk.rotate_taxable(sell_pledged=sell_pledged)
    start, end = margin(sheet, settings, profiles), margin(desk.sheet, settings, profiles)
    refuse_breach(start, end, desk.trades, settings)
    sales = [trade for trade in desk.trades if trade.side == "sell"]
    return Plan(
        trades=tuple(desk.trades),
        before=before,
        after=drifts(desk.sheet, settings.drift_band),
        margin_before=start,
        margin_after=end,
        new_money=new_money,
        left_over=max(left, 0.0),
        cost=sum(trade.cost for trade in sales),
        tax=sum(trade.tax for trade in sales),
        tax_returned=_returned(sales, settings),
        unmet=desk.unmet(),
        sheet=desk.sheet,
    )


def _returned(sales: Iterable[Trade], settings: Settings) -> float:
    """Tax withheld − tax on gains less losses, over the taxable sales of the plan."""
    taxed = [trade for trade in sales if trade.pays == "taxable"]
    net_gain = sum(trade.gain - trade.cost for trade in taxed)
    return max(sum(trade.tax for trade in taxed) - settings.gains_tax * max(net_gain, 0.0), 0.0)


class _Desk:
    """The sheet while the plan is made: each order moves it, so that every next order sees what is left to do."""

    def __init__(self, sheet: BalanceSheet, settings: Settings, lots: Mapping[str, float], new_money: float) -> None:
        self.sheet, self.settings, self.lots = sheet, settings, lots
        self.targets = checked_targets(sheet)
        self.total = sheet.portfolio_value + new_money
        self.trades: list[Trade] = []

    def gaps(self) -> dict[str, float]:
        """Money each group is short of its target (negative: too much), largest first."""
        short = {name: target * self.total for name, target in self.targets.items()}
        for holding in self.sheet.holdings:
            name = group(holding, self.targets)
            short[name] = short.get(name, 0.0) - holding.value
        return dict(sorted(short.items(), key=lambda item: -item[1]))

    def unmet(self) -> tuple[tuple[str, float], ...]:
        held = {group(holding, self.targets) for holding in self.sheet.holdings}
        return tuple((name, gap) for name, gap in self.gaps().items() if name not in held and gap > 0)

    def invest(self, money: float, pays: Funding, account: Account | None, *, pledged: bool = False) -> float:
        """Buy what is short, in proportion, then the rest by the largest gap; returns what buys no whole lot."""
        short = {name: gap for name, gap in self.gaps().items() if gap > 0 and self._to_buy(name, account, pledged)}
        needed = sum(short.values())
        budgets = [(name, gap * min(1.0, money / needed)) for name, gap in short.items()] if needed else []
        for name, budget in budgets:
            money -= self._buy(name, min(budget, money), pays, account, pledged)
        for name, gap in self.gaps().items():
            if gap > 0 and self._to_buy(name, account, pledged):
                money -= self._buy(name, min(gap, money), pays, account, pledged)
        return money

    def rotate_tax_free(self) -> float:
        """Inside each tax-free or deferred account: sell what is over, buy what is under. Returns what is left over."""
        accounts = {h.account.name: h.account for h in self.sheet.holdings if h.account.tax_treatment != "taxable"}
        left = 0.0
        for account in accounts.values():
            raised = self._sell_excess(
                [h for h in self.sheet.holdings if h.account.name == account.name], "tax_free", self._short()
            )
            left += self.invest(raised, "tax_free", account)
        return left

    def rotate_taxable(self, *, sell_pledged: bool) -> float:
        """Across taxable accounts: unpledged before pledged, then what bears the least tax first."""
        taxable = [h for h in self.sheet.holdings if h.account.tax_treatment == "taxable"]
        sellable = [h for h in taxable if sell_pledged or not h.pledged_to]
        raised = self._sell_excess(sorted(sellable, key=self._reluctance), "taxable", self._short())
        pledged = any(trade.side == "sell" and trade.pledged_to for trade in self.trades)
        return self.invest(raised, "taxable", None, pledged=pledged)

    def _short(self) -> float:
        """What can still be bought of groups that something is held of."""
        return sum(gap for name, gap in self.gaps().items() if gap > 0 and self._to_buy(name, None, False))

    def _reluctance(self, holding: Holding) -> tuple[bool, float]:
        rate = tax_rate(holding, self.settings)
        return bool(holding.pledged_to), tax_share(holding.value, holding.cost, self.settings.sale_cost, rate)

    def _sell_excess(self, holdings: Iterable[Holding], pays: Funding, wanted: float) -> float:
        """Sell each holding down to its group's target until `wanted` is raised; returns the proceeds."""
        raised = 0.0
        for holding in holdings:
            excess = min(-self.gaps().get(group(holding, self.targets), 0.0), holding.value, wanted - raised)
            units = whole_lots(excess / holding.unit_price_base, lot_size(holding, self.lots))
            if holding.quantity > 0 and units > 0:
                trade = sale(holding, min(units, holding.quantity), self.settings, pays)
                raised += trade.proceeds
                self._place(trade, holding, after_sale)
        return raised

    def _buy(self, name: str, money: float, pays: Funding, account: Account | None, pledged: bool) -> float:
        """Whole lots of the group's holding for at most `money`; returns what they cost."""
        holding = self._to_buy(name, account, pledged)
        if holding is None:
            return 0.0
        units = whole_lots(money / holding.unit_price_base, lot_size(holding, self.lots))
        if units <= 0:
            return 0.0
        trade = purchase(holding, units, pays)
        self._place(trade, holding, after_purchase)
        return trade.value

    def _to_buy(self, name: str, account: Account | None, pledged: bool) -> Holding | None:
        """The group's largest holding: in the account if one is given (opened there when it holds none), else among
        taxable ones, pledged ones before others when pledged ones were sold."""
        own = [h for h in self.sheet.holdings if group(h, self.targets) == name and h.quantity > 0]
        if not own:
            return None
        if account is not None:
            inside = [h for h in own if h.account.name == account.name]
            return max(inside, key=_size) if inside else empty_position(max(own, key=_size), account)
        taxable = [h for h in own if h.account.tax_treatment == "taxable"]
        return max(taxable or own, key=lambda h: (pledged and bool(h.pledged_to), h.value))

    def _place(self, trade: Trade, holding: Holding, after: Callable[[Holding, float], Holding]) -> None:
        self.trades.append(trade)
        changed = after(holding, trade.units)
        rows = [changed if h is holding else h for h in self.sheet.holdings]
        if not any(h is holding for h in self.sheet.holdings):
            rows.append(changed)
        self.sheet = self.sheet.with_(holdings=tuple(h for h in rows if h.quantity != 0))


def _size(holding: Holding) -> float:
    return holding.value
