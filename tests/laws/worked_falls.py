"""Households whose survivable falls are worked by hand, in millions: the oracle and the engine both meet them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from alm.balance_sheet import Account, BalanceSheet, CashBalance, CreditLine, Holding, Quote, SecuredLoan
from alm.lenders import LenderProfile, profiles
from alm.settings import Settings
from tests.households import AS_OF, NISA, TAXABLE, holding, reference_household

MILLION = 1e6
DEFERRED = Account("Pension", country="JP", tax_treatment="deferred")
OTHER = replace(TAXABLE, name="Other")
STANDARD, STAYS_OPEN, TWO_CALLS, SELL_ALL = "standard-60-70-85", "jp-cure-60", "jp-mita-70-80", "jp-sell-all"


@dataclass(frozen=True, slots=True)
class WorkedFalls:
    """`falls` names the figures that are asserted; `lender` changes the standard lender into the one called own."""

    why: str
    sheet: BalanceSheet
    falls: Mapping[str, float]
    lender: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def asked_with(self) -> tuple[BalanceSheet, Mapping[str, LenderProfile], Settings]:
        packaged = profiles()
        own = replace(packaged[STANDARD], name="own", **self.lender)
        return self.sheet, {**packaged, "own": own}, Settings(**self.settings)


def sheet(
    owed: float = 50,
    profile: str = STANDARD,
    *,
    cash: float = 4.5,
    line: float = 0,
    holdings: tuple[Holding, ...] = (holding("PORT", 125 * MILLION),),
    also: tuple[Holding, ...] = (),
) -> BalanceSheet:
    """One loan against 125 million in one issue, unless said otherwise; `also` are further holdings."""
    return reference_household().with_(
        holdings=(*holdings, *also),
        secured_loans=(SecuredLoan("Loan", owed * MILLION, 0.0, 0.02, profile, "JPY"),),
        cash_balances=(CashBalance(TAXABLE, "JPY", cash * MILLION, Quote(1.0, AS_OF)),),
        credit_lines=(CreditLine("Line", line * MILLION, 0.0, 0.03),),
    )


def two_loans(a: tuple[float, float, str], b: tuple[float, float, str], *, cash: float) -> BalanceSheet:
    """Each loan as (owed, pledged, profile), in the order of the books."""
    return sheet(cash=cash).with_(
        holdings=tuple(
            holding(f"P{name}", pledged * MILLION, pledged_to=name) for name, (_, pledged, _) in (("A", a), ("B", b))
        ),
        secured_loans=tuple(
            SecuredLoan(name, owed * MILLION, 0.0, 0.02, profile, "JPY")
            for name, (owed, _, profile) in (("A", a), ("B", b))
        ),
    )


def own(ticker: str, value: float, cost: float, account: Account = TAXABLE) -> Holding:
    return holding(ticker, value * MILLION, cost=cost * MILLION, pledged_to=None, account=account)


def three(at_any_speed: float, slowly: float, prepaid: float) -> dict[str, float]:
    return {"at_any_speed": at_any_speed, "slowly": slowly, "prepaid": prepaid}


def all_four(value: float) -> dict[str, float]:
    return {**three(value, value, value), "selling": value}


def order(*sources: str) -> dict[str, Any]:
    return {"waterfall_order": (*sources, "dividends")}


TO_CALL = 1 - 0.40 / 0.70
REFERENCE = sheet(line=10)
CANCELLABLE = CreditLine("Line", 10 * MILLION, 0.0, 0.03, committed=False)
EXPIRED = CreditLine("Line", 10 * MILLION, 0.0, 0.03, expires=AS_OF.replace(day=19))
ONE_ISSUE_IN_TWO_ACCOUNTS = (
    holding("ONE", 60 * MILLION, advance_rate=0.2),
    holding("ONE", 20 * MILLION, advance_rate=0.2, account=OTHER),
    holding("TWO", 20 * MILLION),
)

PUBLISHED = (
    WorkedFalls("the reference household", reference_household(), three(0.52667, 0.58017, 0.59429)),
    WorkedFalls("cash only", sheet(), three(0.42857, 0.42857, 0.48000)),
    WorkedFalls("a loan of 60 million", sheet(60, line=10), three(0.39333, 0.41224, 0.48000)),
    WorkedFalls("a lender who sells all", sheet(50, SELL_ALL, line=10), three(0.52941, 0.52941, 0.66588)),
    WorkedFalls("3.6 million cannot pay the 8.04 asked for", sheet(56.25, cash=3.6), {"at_any_speed": 1 - 0.45 / 0.70}),
)

LENDERS_RULES = (
    WorkedFalls(
        "a call without days is a sale at the call, and only paying ahead prevents it",
        sheet(50, "own", line=10),
        three(TO_CALL, TO_CALL, 0.59429),
        lender={"cure_days": 0},
    ),
    WorkedFalls("a forced threshold with days is paid like a call", sheet(50, TWO_CALLS, cash=60), all_four(1.0)),
    WorkedFalls(
        "and without days sells at once",
        sheet(50, "own", cash=60),
        {"at_any_speed": 1 - 0.4 / 0.8, "slowly": 1.0},
        lender={"forced_ltv": 0.8},
    ),
    WorkedFalls(
        "a lender who only gives notice at the forced threshold: 50 − 75 · x = 40",
        sheet(50, "own", cash=40),
        {"at_any_speed": 1 - 10 / 75},
        lender={"call_ltv": None, "cure_days": 0, "forced_days": 2},
    ),
    WorkedFalls(
        "80 % of the value is one issue, though after haircuts only 44 %: cured to 50 %, 16 − 0.5 · 36 · x = 5.5",
        sheet(16, STAYS_OPEN, cash=5.5, holdings=ONE_ISSUE_IN_TWO_ACCOUNTS),
        {"at_any_speed": 1 - 10.5 / 18},
    ),
    WorkedFalls(
        "accrued interest is owed",
        REFERENCE.with_(secured_loans=(SecuredLoan("Loan", 49 * MILLION, 1 * MILLION, 0.02, STANDARD, "JPY"),)),
        three(0.52667, 0.58017, 0.59429),
    ),
)

MONEY = (
    WorkedFalls(
        "six months of 800,000 are more than the cash: the line alone pays",
        REFERENCE,
        {"at_any_speed": 1 - 40 / 75},
        settings={"living_reserve_months": 6.0},
    ),
    WorkedFalls(
        "a cancellable line pays nothing", sheet().with_(credit_lines=(CANCELLABLE,)), three(TO_CALL, TO_CALL, 0.48)
    ),
    WorkedFalls("an expired line pays nothing", sheet().with_(credit_lines=(EXPIRED,)), three(TO_CALL, TO_CALL, 0.48)),
    WorkedFalls(
        "nothing after the sale pays",
        REFERENCE,
        three(TO_CALL, TO_CALL, TO_CALL),
        settings=order("pledged_sale", "cash", "credit_line", "unpledged_sale"),
    ),
    WorkedFalls(
        "the line after the sale pays nothing",
        REFERENCE,
        three(TO_CALL, TO_CALL, 0.48),
        settings=order("cash", "pledged_sale", "credit_line", "unpledged_sale"),
    ),
    WorkedFalls(
        "an own sale that comes first is passed over where there is nothing to sell",
        REFERENCE,
        three(0.52667, 0.58017, 0.59429),
        settings=order("unpledged_sale", "cash", "credit_line", "pledged_sale"),
    ),
    WorkedFalls(
        "and is a sale at the call where there is something; with it, 85 % is the end",
        sheet(line=10, also=(own("OWN", 1, 1),)),
        {**three(TO_CALL, TO_CALL, TO_CALL), "selling": 1 - 0.4 / 0.85},
        settings=order("unpledged_sale", "cash", "credit_line", "pledged_sale"),
    ),
)

SELLING = (
    WorkedFalls("nothing unpledged, nothing gained", REFERENCE, {"selling": 0.52667}),
    WorkedFalls(
        "net of cost and tax at the fallen price: 4.5 + 0.79685 · 19.9 · x + 0.20315 · 5 = 50 − 75 · x",
        sheet(also=(own("OWN", 20, 5),)),
        {"selling": 1 - 44.48425 / 90.857315, "at_any_speed": TO_CALL},
    ),
    WorkedFalls(
        "a loss pays for a gain, both taxable: 4.5 + 19.9 · x = 50 − 75 · x",
        sheet(also=(own("GAIN", 10, 0), own("LOSS", 10, 30))),
        {"selling": 1 - 45.5 / 94.9},
    ),
    WorkedFalls(
        "and not where it is tax-free: 4.5 + (1 + 0.79685) · 9.95 · x = 50 − 75 · x",
        sheet(also=(own("GAIN", 10, 0), own("LOSS", 10, 30, NISA))),
        {"selling": 1 - 45.5 / (75 + 1.79685 * 9.95)},
    ),
    WorkedFalls(
        "a gain that is tax-free bears no tax",
        sheet(also=(own("GAIN", 20, 0, NISA),)),
        {"selling": 1 - 45.5 / 94.9},
    ),
    WorkedFalls("what is locked in pays nothing", sheet(also=(own("OWN", 20, 5, DEFERRED),)), {"selling": TO_CALL}),
    WorkedFalls(
        "a sale that stands after that of the pledged pays nothing",
        sheet(also=(own("OWN", 20, 20),)),
        {"selling": TO_CALL},
        settings=order("cash", "credit_line", "pledged_sale", "unpledged_sale"),
    ),
)

SEVERAL_LOANS = (
    WorkedFalls(
        "the earlier loan's cure eats the money: 100 − 0.6 · 250 · x = 14.5",
        two_loans((50, 125, STANDARD), (50, 125, STANDARD), cash=14.5),
        {"at_any_speed": 0.43, "prepaid": 1 - 85.5 / 175},
    ),
    WorkedFalls(
        "money paid ahead goes where it is needed first",
        two_loans((50, 100, STANDARD), (30, 100, STANDARD), cash=14.5),
        {"prepaid": 1 - 35.5 / 70},
    ),
    WorkedFalls(
        "also to the lender who never calls: 70 − (0.70 · 125 + 0.85 · 50) · x = 14.5",
        two_loans((50, 125, STANDARD), (20, 50, SELL_ALL), cash=14.5),
        {"prepaid": 1 - 55.5 / 130},
    ),
    WorkedFalls(
        "a call open today takes its 12.5 first, though the other loan is as near: 1.5 are left for 69 against 70",
        two_loans((87.5, 125, STANDARD), (69, 100, STANDARD), cash=14),
        three(1 - 0.69 / 0.70, 1 - 0.69 / 0.70, 1 - 67.5 / 70),
    ),
)

BREACHED = (
    WorkedFalls(
        "money for the open call cures it first: from 60 % the next is 14.3 % below",
        sheet(90, cash=15),
        three(1 - 0.6 / 0.7, 1 - 0.6 / 0.7, 1 - 75 / 87.5),
    ),
    WorkedFalls("a call that may lapse needs the rise to the call", sheet(90, cash=1), all_four(1 - 0.72 / 0.70)),
    WorkedFalls("or to where the money cures it", sheet(90, cash=14), all_four(1 - 76 / 75)),
    WorkedFalls(
        "one that stays open needs its cure target, 50 %", sheet(90, STAYS_OPEN, cash=1), all_four(1 - 89 / 62.5)
    ),
    WorkedFalls("a sale that stands needs its threshold", sheet(112.5, SELL_ALL, cash=100), all_four(1 - 0.90 / 0.85)),
    WorkedFalls(
        "past the forced one the call is there too", sheet(112.5, STAYS_OPEN, cash=0), all_four(1 - 0.90 / 0.50)
    ),
    WorkedFalls(
        "what can be sold lifts only the figure that sells: 90 − 75 = 15 of 39.8, then 24.8 · x = 75 − 75 · x; forced 71 %",
        sheet(90, cash=0, also=(own("OWN", 40, 40),)),
        {**three(1 - 0.72 / 0.70, 1 - 0.72 / 0.70, 1 - 0.72 / 0.70), "selling": 1 - 75 / 99.8},
    ),
)

WORKED_FALLS = (*PUBLISHED, *LENDERS_RULES, *MONEY, *SELLING, *SEVERAL_LOANS, *BREACHED)
