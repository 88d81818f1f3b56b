"""What does not add up between the transactions and the books, in sentences."""

from __future__ import annotations

from alm.ledger.report import LedgerReport, LoanCheck
from alm.text import money, t


def sentences(report: LedgerReport) -> tuple[str, ...]:
    """One for each problem, difference, loan that disagrees and missing rate; none when everything agrees."""
    found = [problem.sentence for problem in report.problems]
    found += [difference.sentence for difference in report.differences]
    found += [text for loan in report.loans if (text := _loan(loan))]
    found += [f"{warning[0].upper()}{warning[1:]}." for warning in report.warnings]
    return tuple(found)


def _loan(loan: LoanCheck) -> str:
    if loan.check is None:
        return f"{loan.name}: {loan.problem}"
    if loan.check.agrees:
        return ""
    return t(
        "{loan}: the books differ by {balance} of balance and {interest} of interest; {why}.",
        loan=loan.name,
        balance=money(loan.check.balance_difference, loan.currency, signed=True),
        interest=money(loan.check.accrued_difference, loan.currency, signed=True),
        why=loan.check.explanation,
    )
