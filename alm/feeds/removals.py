"""What an import would remove, in words and money, and what it brings that has no price. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from alm.balance_sheet import BalanceSheet
from alm.errors import AlmError
from alm.feeds.parts import totalled
from alm.feeds.plan import Row, TablePlan
from alm.store.journal import Change
from alm.text import listed, money, t

Whose = tuple[str | None, ...]
DEPARTURES = ("sell", "delivery", "exchange", "transfer")


class WouldRemove(AlmError):
    """An import would remove holdings and nobody has said that it may; nothing was changed."""

    def __init__(self, what: str) -> None:
        way = "Nothing was changed. `--replace` removes them; `--update` keeps them and takes the rest."
        super().__init__(f"{what} {t(way)}")


def removals(changes: Sequence[Change], after: Sequence[Row], tables: Sequence[TablePlan]) -> tuple[Row, ...]:
    """Holdings that are gone and that no sale, delivery or transfer in the same files explains."""
    held = {_whose(row) for row in after}
    left = _departures(tables)
    gone = [c.before for c in changes if c.table == "holdings" and c.kind == "removed" and c.before is not None]
    return tuple(row for row in gone if _whose(row) not in held and left[_whose(row)[:2]] < _units(row))


def _units(row: Row) -> Decimal:
    return Decimal(row["quantity"] or 0)


def _whose(row: Row) -> Whose:
    return row["account"], row["ticker"], row["currency"]


def _departures(tables: Sequence[TablePlan]) -> dict[Whose, Decimal]:
    left: dict[Whose, Decimal] = defaultdict(Decimal)
    for table in tables:
        for row in table.rows if table.table == "transactions" else ():
            if row["kind"] in DEPARTURES and (row["kind"] != "transfer" or row.get("to_account")):
                left[row["account"], row.get("ticker")] += _quantity(row)
    return left


def _quantity(row: Row) -> Decimal:
    return Decimal((totalled(row) if row.get("parts") else row).get("quantity") or 0)


def worth(gone: Sequence[Row], before: BalanceSheet) -> str:
    """`This import removes 10 holdings worth ¥125,000,000: 7203, VTI …`; empty where there are none."""
    if not gone:
        return ""
    names = {_whose(row) for row in gone}
    sold = [h for h in before.holdings if (h.account.name, h.ticker, h.currency) in names]
    priced = [h.value for h in sold if h.price is not None and h.fx is not None]
    amount = money(sum(priced), before.base_currency)
    tickers = listed(dict.fromkeys(str(row["ticker"]) for row in gone))
    if len(gone) == 1 and priced:
        said = "This import removes {count} holding worth {amount}: {names}."
    elif len(priced) < len(sold):
        said = "This import removes {count} holdings worth at least {amount}, for some have no price: {names}."
    else:
        said = "This import removes {count} holdings worth {amount}: {names}."
    return t(said, count=len(gone), amount=amount, names=tickers)


def unpriced(changes: Sequence[Change], after: BalanceSheet) -> tuple[str, ...]:
    """New tickers of which there is no price: a slip of the keyboard looks just so."""
    new = {_whose(c.after) for c in changes if c.table == "holdings" and c.kind == "added" and c.after is not None}
    missing = (h for h in after.holdings if h.price is None and (h.account.name, h.ticker, h.currency) in new)
    unknown = list(dict.fromkeys(h.ticker for h in missing))
    if not unknown:
        return ()
    said = "There is no price of {names}: check how it is written, then `alm prices update` asks for it."
    return (t(said, names=listed(unknown)),)
