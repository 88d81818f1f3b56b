"""Scenarios: what happens to prices, currencies, rates and lines, and the balance sheet after it happened.

Signs: a `fall` of 0.5 halves a price, a negative fall raises it; a cut of 1 takes everything away. Every engine gets
the shocked sheet and never the shock, so that one definition of a crisis serves the stress test, the defence and the
simulation. Several scenarios at once are applied one after another: falls of the same thing compound.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from functools import cache, reduce
from pathlib import Path
from typing import Any

from alm.balance_sheet import (
    ASSET_CLASSES,
    BalanceSheet,
    CashFlow,
    CreditLine,
    Dividend,
    Holding,
    Quote,
    RateTier,
    SecuredLoan,
)
from alm.errors import BadInput, UnknownName
from alm.language import phrase, t
from alm.settings import data_folder, read_toml

Falls = tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Scenario:
    """Shocks that happen together. What has no fall of its own falls by `fall`: the careful reading.

    The fall of a holding is its ticker's, else its asset class's, else `fall`. A currency's is its own in `fx`, else
    `base_strength`: what every foreign currency loses against the base one.
    """

    name: str
    title: str = ""
    source: str = ""
    fall: float = 0.0
    by_class: Falls = ()
    by_ticker: Falls = ()
    base_strength: float = 0.0
    fx: Falls = ()
    rate_bp: float = 0.0
    """Added to the rates of securities-backed loans and credit lines; fixed payments of term loans stay."""
    advance_rate_cut: float = 0.0
    """The lender lowers every advance rate by this fraction of itself."""
    dividend_cut: float = 0.0
    income_loss: float = 0.0
    spending_rise: float = 0.0
    line_cut: float = 0.0
    """Share of every credit line's undrawn part that is withdrawn."""

    def price_fall(self, holding: Holding) -> float:
        by_class = dict(self.by_class).get(holding.asset_class, self.fall)
        return dict(self.by_ticker).get(holding.ticker, by_class)

    def currency_fall(self, currency: str, base: str) -> float:
        return 0.0 if currency == base else dict(self.fx).get(currency, self.base_strength)


def fall(size: float) -> Scenario:
    """Every price falls by the same fraction; currencies, rates and lines stay."""
    return Scenario(name=f"fall-{size:g}", title=t("Every price falls by {size}", size=f"{size:.1%}"), fall=size)


def stressed(sheet: BalanceSheet, *scenarios: Scenario) -> BalanceSheet:
    """The balance sheet after the scenarios, applied in order. What is missing stays missing."""
    return reduce(_apply, scenarios, sheet)


def _apply(sheet: BalanceSheet, shock: Scenario) -> BalanceSheet:
    def fx_fall(currency: str) -> float:
        return shock.currency_fall(currency, sheet.base_currency)

    return sheet.with_(
        holdings=tuple(_holding(h, shock, fx_fall(h.currency)) for h in sheet.holdings),
        cash_balances=tuple(replace(c, fx=_fallen(c.fx, fx_fall(c.currency))) for c in sheet.cash_balances),
        secured_loans=tuple(_loan(loan, shock, fx_fall(loan.currency)) for loan in sheet.secured_loans),
        credit_lines=tuple(_line(line, shock) for line in sheet.credit_lines),
        incomes=tuple(_scaled(flow, 1 - shock.income_loss) for flow in sheet.incomes),
        expenses=tuple(_scaled(flow, 1 + shock.spending_rise) for flow in sheet.expenses),
        dividends=tuple(_dividend(d, shock) for d in sheet.dividends),
        fx=tuple((currency, replace(q, value=q.value * (1 - fx_fall(currency)))) for currency, q in sheet.fx),
    )


def _fallen(quote: Quote | None, size: float) -> Quote | None:
    return None if quote is None else replace(quote, value=quote.value * (1 - size))


def _holding(h: Holding, shock: Scenario, fx_fall: float) -> Holding:
    """The cost stays what was paid: it is fixed in the base currency before the rate moves.

    An assumed yield is of the value, so it rises as the value falls: shares that fell still pay what was not cut.
    """
    kept = 1 - shock.price_fall(h)
    paid = h.dividend_yield_assumed
    after = paid if paid is None else (paid * (1 - shock.dividend_cut) / kept if kept > 0 else 0.0)
    return replace(
        h,
        price=_fallen(h.price, 1 - kept),
        fx=_fallen(h.fx, fx_fall),
        cost_basis_base=h.cost if h.fx is not None else h.cost_basis_base,
        advance_rate=h.advance_rate * (1 - shock.advance_rate_cut),
        dividend_yield_assumed=after,
    )


def _loan(loan: SecuredLoan, shock: Scenario, fx_fall: float) -> SecuredLoan:
    extra, kept = shock.rate_bp / 10_000, 1 - fx_fall
    return replace(
        loan,
        balance=loan.balance * kept,
        accrued_interest=loan.accrued_interest * kept,
        limit=None if loan.limit is None else loan.limit * kept,
        rate_pa=loan.rate_pa + extra,
        tiers=tuple(RateTier(tier.from_balance * kept, tier.rate_pa + extra) for tier in loan.tiers),
    )


def _line(line: CreditLine, shock: Scenario) -> CreditLine:
    left = line.drawn + line.undrawn * (1 - shock.line_cut)
    return replace(line, limit=left, rate_pa=line.rate_pa + shock.rate_bp / 10_000)


def _scaled(flow: CashFlow, factor: float) -> CashFlow:
    return replace(flow, amount=flow.amount * factor)


def _dividend(dividend: Dividend, shock: Scenario) -> Dividend:
    return replace(dividend, amount=dividend.amount * (1 - shock.dividend_cut))


# --- scenarios as files -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Key:
    low: float
    high: float
    names: Callable[[str], bool] | None = None
    expected: str = ""
    """For a table of named falls: what a name must look like."""
    scalar: bool = True


_FALL, _CUT = _Key(-10.0, 1.0), _Key(0.0, 1.0)
_KEYS: dict[str, _Key] = {
    "fall": _FALL,
    "by_class": _Key(
        -10, 1, lambda n: n in ASSET_CLASSES, phrase("one of {names}", names=", ".join(ASSET_CLASSES)), scalar=False
    ),
    "by_ticker": _Key(-10, 1, lambda n: bool(n), "a ticker", scalar=False),
    "fx": _Key(-10, 1, lambda n: len(n) == 3 and n.isascii() and n.isupper(), "an ISO currency code", scalar=False),
    "base_strength": _FALL,
    "rate_bp": _Key(-1_000, 10_000),
    "advance_rate_cut": _CUT,
    "dividend_cut": _CUT,
    "income_loss": _CUT,
    "spending_rise": _Key(-1, 10),
    "line_cut": _CUT,
}
_TEXTS = ("title", "source")


def load_scenario(path: Path) -> Scenario:
    """A scenario from a TOML file, named after it; BadInput names the file, the key, the value and the expectation."""
    table = read_toml(path)
    known = (*_TEXTS, *_KEYS)
    for key in table:
        if key not in known:
            raise BadInput(t("one of the keys {names}", names=", ".join(known)), file=path, column="key", value=key)
    for key in _TEXTS:
        if not isinstance(table.get(key, ""), str):
            raise BadInput("text in quotes", file=path, column=key, value=table[key])
    values: dict[str, Any] = {key: _read(path, key, value) for key, value in table.items()}
    return Scenario(name=path.stem, **values)


def _read(path: Path, key: str, value: object) -> object:
    if key in _TEXTS:
        return value
    spec = _KEYS[key]
    if spec.scalar:
        return _number(path, key, value, spec)
    if not isinstance(value, dict):
        raise BadInput(t("a table such as [{key}]", key=key), file=path, column=key, value=value)
    return tuple((_name(path, key, name, spec), _number(path, f"{key}.{name}", v, spec)) for name, v in value.items())


def _name(path: Path, key: str, name: str, spec: _Key) -> str:
    if spec.names is None or not spec.names(name):
        raise BadInput(spec.expected, file=path, column=key, value=name)
    return name


def _number(path: Path, key: str, value: object, spec: _Key) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not spec.low <= value <= spec.high:
        raise BadInput(
            t("a number from {low} to {high}", low=f"{spec.low:g}", high=f"{spec.high:g}"),
            file=path,
            column=key,
            value=value,
        )
    return float(value)


@cache
def _folder(folder: Path) -> tuple[Scenario, ...]:
    return tuple(load_scenario(path) for path in sorted(folder.glob("*.toml")))


def library(user_folder: Path | None = None) -> Mapping[str, Scenario]:
    """The packaged scenarios by name, then the user's own, which win where a name is the same."""
    packaged = {s.name: s for s in _folder(data_folder() / "scenarios")}
    own = [] if user_folder is None else [load_scenario(path) for path in sorted(user_folder.glob("*.toml"))]
    return packaged | {s.name: s for s in own}


def find_scenario(name: str, user_folder: Path | None = None) -> Scenario:
    """A scenario by its name in the library, or from a path that ends in .toml."""
    if name.endswith(".toml"):
        return load_scenario(Path(name))
    known = library(user_folder)
    if name not in known:
        raise UnknownName("scenario", name, tuple(known))
    return known[name]


def shocks(scenario: Scenario) -> dict[str, float | dict[str, float]]:
    """What the scenario changes, by the names of the TOML keys; unchanged things are left out."""
    values = {spec.name: getattr(scenario, spec.name) for spec in fields(Scenario) if spec.name in _KEYS}
    return {name: dict(v) if isinstance(v, tuple) else v for name, v in values.items() if v}
