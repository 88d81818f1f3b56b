"""Random households for the laws of the survivable falls: every rule that a lender or the waterfall knows, mixed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from random import Random

from alm.balance_sheet import Account, BalanceSheet, CashBalance, CashFlow, CreditLine, Holding, Quote, SecuredLoan
from alm.lenders import LenderProfile, profiles
from alm.settings import WATERFALL_SOURCES, Settings
from tests.households import AS_OF, NISA, TAXABLE, holding

OTHER = Account("Other", country="JP")
DEFERRED = Account("Pension", country="JP", tax_treatment="deferred")
RATES = {"JPY": 1.0, "USD": 150.0, "EUR": 170.0}


@dataclass(frozen=True, slots=True)
class Case:
    """What every question is asked with."""

    sheet: BalanceSheet
    profiles: Mapping[str, LenderProfile]
    settings: Settings


def random_household(seed: int, *, unbreached: bool = False) -> Case:
    """The household of a seed: 1 to 3 loans; unless it must not be, one in four is past a threshold today."""
    random = Random(seed)
    names = [f"L{number}" for number in range(random.randint(1, 3))]
    lenders = {**profiles(), **{f"own-{name}": own_lender(random, f"own-{name}") for name in names}}
    pledged = {name: collateral(random, name) for name in names}
    breached = random.choice(names) if random.random() < 0.25 and not unbreached else None
    loans = [loan(random, name, lenders, pledged[name], breached=name == breached) for name in names]
    owed = sum(x.owed for x in loans)
    sheet = BalanceSheet(
        as_of=AS_OF,
        base_currency="JPY",
        holdings=(*(h for of in pledged.values() for h in of), *unpledged(random, owed)),
        cash_balances=cash(random, owed),
        secured_loans=tuple(loans),
        credit_lines=tuple(line(random, f"C{number}", owed) for number in range(random.randint(0, 3))),
        expenses=(
            CashFlow("Living", owed * random.uniform(0, 0.01)),
            CashFlow("Rent", owed * 0.02, "annual", date(2020, 3, 1), None, random.choice((0.0, 0.05))),
            CashFlow("School", owed * 0.01, "quarterly", None, date(2026, 3, 31)),
            CashFlow("Travel", owed * 0.01, essential=False),
        ),
        fx=tuple((currency, Quote(rate, AS_OF)) for currency, rate in RATES.items() if currency != "JPY"),
    )
    return Case(sheet, lenders, settings(random))


def settings(random: Random) -> Settings:
    order = WATERFALL_SOURCES if random.random() < 0.5 else tuple(random.sample(WATERFALL_SOURCES, 5))
    return Settings(
        waterfall_order=order,
        living_reserve_months=random.choice((0.0, 0.0, 3.0, 12.0)),
        sale_cost=random.choice((0.0, 0.005, 0.1)),
        gains_tax=random.choice((0.0, 0.20315, 0.4)),
    )


def own_lender(random: Random, name: str) -> LenderProfile:
    """Terms that no packaged lender has, in the order that a file must keep: cure < call ≤ forced, freeze ≤ call."""
    call = random.uniform(0.5, 0.8)
    concentrated = random.random() < 0.6
    forced, has_call = random.choice((call, call + 0.1, call + 0.2)), random.random() >= 0.2
    return LenderProfile(
        name=name,
        title="Own",
        source="Drawn",
        standing="assumption",
        freeze_ltv=call * random.uniform(0.8, 1.0),
        forced_ltv=forced,
        cure_ltv=call * random.uniform(0.75, 0.99),
        call_ltv=call if has_call else None,
        cure_days=random.choice((0, 1, 2, 5, 10)),
        forced_days=random.choice((0, 0, 0, 1, 3)),
        call_stays_open=random.random() < 0.5,
        full_liquidation=random.random() < 0.3,
        execution_days=random.choice((0, 0, 1)),
        concentration_share=random.uniform(0.3, 0.9) if concentrated else None,
        concentration_freeze_ltv=call * 0.7 if concentrated else None,
        concentration_cure_ltv=call * random.uniform(0.5, 0.9) if concentrated else None,
        call_strict=random.random() < 0.3,
        forced_strict=random.random() < 0.3,
        forced_cure_ltv=forced * random.uniform(0.0, 0.99) if has_call and random.random() < 0.3 else None,
        forced_above=10.0 ** random.uniform(5, 9) if has_call and random.random() < 0.2 else 0.0,
    )


def position(random: Random, ticker: str, value: float, account: Account, pledged_to: str | None) -> Holding:
    currency = random.choice(("JPY", "JPY", "USD", "EUR"))
    return holding(
        ticker,
        value,
        cost=value * random.choice((0.3, 0.8, 1.0, 1.5)),
        pledged_to=pledged_to,
        account=account,
        asset_class=random.choice(("equity", "fund", "bond", "reit", "gold")),
        currency=currency,
        fx=RATES[currency],
        advance_rate=random.choice((1.0, 1.0, 0.5, 0.75, 0.9)),
    )


def collateral(random: Random, loan: str) -> tuple[Holding, ...]:
    """One to four issues; now and then the first one in a second account too."""
    scale = 10.0 ** random.uniform(5, 9)
    found = [
        position(random, f"T{number}", scale * random.uniform(0.1, 1.0), TAXABLE, loan)
        for number in range(random.randint(1, 4))
    ]
    if random.random() < 0.3:
        found.append(replace(found[0], account=OTHER, advance_rate=random.choice((1.0, 0.6))))
    return tuple(found)


def loan(
    random: Random, name: str, lenders: Mapping[str, LenderProfile], pledged: tuple[Holding, ...], *, breached: bool
) -> SecuredLoan:
    packaged = [x for x in sorted(lenders) if not x.startswith("own-")]
    profile = lenders[random.choice((f"own-{name}", random.choice(packaged)))]
    first = profile.forced_ltv if profile.call_ltv is None else profile.call_ltv
    ratio = first * (random.uniform(1.0, 1.3) if breached else random.uniform(0.2, 0.99))
    owed = ratio * sum(h.lending_value for h in pledged)
    accrued = owed * random.choice((0.0, 0.0, 0.01))
    return SecuredLoan(name, owed - accrued, accrued, 0.02, profile.name, random.choice(("JPY", "USD")))


def unpledged(random: Random, owed: float) -> tuple[Holding, ...]:
    """Up to four holdings that no lender holds; those of the pension pay nothing."""
    return tuple(
        position(random, f"T{number}", owed * random.uniform(0.01, 0.3), account, None)
        for number, account in enumerate(random.choices((TAXABLE, OTHER, NISA, DEFERRED), k=random.randint(0, 4)))
    )


def cash(random: Random, owed: float) -> tuple[CashBalance, ...]:
    """Up to three balances, one of them locked in, one of them sometimes overdrawn; now and then more than is owed."""
    amounts = (
        owed * random.choice((0.4, 0.4, 0.4, 1.3)) * random.random(),
        owed * random.uniform(-0.05, 0.2),
        owed * 0.5,
    )
    where = zip((TAXABLE, OTHER, DEFERRED), ("JPY", "USD", "JPY"), amounts, strict=True)
    return tuple(
        CashBalance(account, currency, amount / RATES[currency], Quote(RATES[currency], AS_OF))
        for account, currency, amount in where
        if random.random() < 0.6
    )


def line(random: Random, name: str, owed: float) -> CreditLine:
    limit = owed * random.uniform(0, 0.3)
    return CreditLine(
        name,
        limit,
        limit * random.choice((0.0, 0.0, 0.5, 1.2)),
        0.03,
        committed=random.random() < 0.75,
        expires=random.choice((None, None, AS_OF, date(2026, 11, 19), date(2027, 6, 30))),
    )
