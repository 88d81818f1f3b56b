"""Small and random ledgers for the tests."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import strategies as st

from alm.ledger.transactions import Kind, Transaction

START = date(2020, 1, 1)


def row(on: str, kind: Kind, quantity: float = 0.0, amount: float = 0.0, **more: object) -> Transaction:
    """A transaction in account A, ticker X, yen, unless said otherwise."""
    given: dict[str, object] = {"account": "A", "ticker": "X", "currency": "JPY", **more}
    return Transaction(on=date.fromisoformat(on), kind=kind, quantity=quantity, amount=amount, **given)  # type: ignore[arg-type]


@st.composite
def ledgers(draw: st.DrawFn, days: int = 60) -> list[Transaction]:
    """Any valid mixture of kinds over two accounts, two tickers and two currencies, in any order of entry."""
    rows = []
    for _ in range(draw(st.integers(0, 25))):
        kind = draw(st.sampled_from(["buy", "sell", "dividend", "split", "transfer", "deposit", "withdrawal", "fee",
                                     "interest", "draw", "repayment"]))  # fmt: skip
        ticker = draw(st.sampled_from(["X", "Y"]))
        money_move = kind == "transfer" and draw(st.booleans())
        rows.append(
            Transaction(
                on=START + timedelta(days=draw(st.integers(0, days - 1))),
                kind=kind,
                account=draw(st.sampled_from(["A", "B"])),
                to_account=draw(st.sampled_from(["A", "B", ""])) if kind == "transfer" else "",
                ticker="" if money_move or kind in ("deposit", "withdrawal", "fee", "draw", "repayment") else ticker,
                currency=draw(st.sampled_from(["JPY", "USD"])),
                quantity=draw(st.sampled_from([10.0, 0.02, 2.0, 0.1, 1.5]))
                if kind == "split"
                else draw(st.integers(1, 10_000)) / 100,
                amount=draw(st.integers(1, 10_000_000)) / 100,
                fee=draw(st.integers(0, 500)) / 100,
                tax=draw(st.integers(0, 500)) / 100,
                loan="L" if kind == "interest" and draw(st.booleans()) else "",
            )
        )
    return rows


@st.composite
def positions(draw: st.DrawFn) -> list[Transaction]:
    """One position, one transaction a day, never selling more than is held; quantities exact in binary and decimal."""
    rows: list[Transaction] = []
    held = 0.0
    for number in range(draw(st.integers(1, 25))):
        on = (START + timedelta(days=number)).isoformat()
        kind = draw(st.sampled_from(["buy", "buy", "sell", "split"]))
        amount, fee = draw(st.integers(100, 1_000_000)), draw(st.integers(0, 99))
        if kind == "split" and held:
            rows.append(row(on, "split", ratio := draw(st.sampled_from([2.0, 10.0, 0.5]))))
            held *= ratio
        elif kind == "sell" and held:
            sold = held if draw(st.booleans()) else held * draw(st.sampled_from([0.25, 0.5, 0.75]))
            rows.append(row(on, "sell", sold, amount, fee=fee))
            held -= sold
        else:
            bought = float(draw(st.integers(1, 500)))
            rows.append(row(on, "buy", bought, amount, fee=fee))
            held += bought
    return rows
