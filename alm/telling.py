"""The briefing in words: each figure with its label, its value as shown, its working and its source.

The screen's cards, the terminal's table and the PDF all read these lines, so they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from alm.briefing import Briefing
from alm.calls import until_cured
from alm.freedom import Probability
from alm.text import DASH, day, money, months, percent, points, t, up_to


@dataclass(frozen=True, slots=True)
class Line:
    """One figure: `working` is the formula with today's numbers, `source` where the inputs and the rule come from."""

    key: str
    label: str
    value: str
    note: str
    working: str
    source: str


def lines(brief: Briefing) -> tuple[Line, ...]:
    """Every headline figure, in the order of attention."""
    return tuple(tell(brief) for tell in _TELLERS)


def loan_rows(brief: Briefing) -> tuple[tuple[str, ...], ...]:
    """Each loan by itself, for a morning on which not all of them are known: name, ratio, falls to call and sale."""
    return tuple(
        (loan.loan, percent(loan.ltv), up_to(loan.fall_to_call), up_to(loan.fall_to_forced)) for loan in brief.loans
    )


LOAN_COLUMNS = ("Loan", "Margin ratio", "Fall to the margin call", "Fall to the forced sale")


def any_figure(brief: Briefing) -> bool:
    """Whether anything at all is known."""
    return any(line.value != DASH for line in lines(brief))


def some_loan_unknown(brief: Briefing) -> bool:
    """Some loans have their figures while those of all loans together are hidden."""
    return brief.ltv is None and any(loan.ltv is not None for loan in brief.loans)


def _cash(brief: Briefing) -> Callable[[float | None], str]:
    return lambda value: money(value, brief.currency)


def _margin(brief: Briefing) -> Line:
    show = _cash(brief)
    return Line(
        "ltv",
        t("Margin ratio (LTV)"),
        percent(brief.ltv),
        t("loan / pledged value"),
        f"{show(brief.secured_debt)} ÷ {show(brief.collateral_value)} = {percent(brief.ltv, 2)}",
        t("Loan balance with accrued interest over the market value of what is pledged."),
    )


def _fall_to(key: str, label: str, fall: float | None, threshold: float | None, ltv: float | None) -> Line:
    working = f"1 − {percent(ltv, 2)} ÷ {percent(threshold, 2)} = {up_to(fall, 2)}"
    return Line(
        key, label, up_to(fall), t("at {ltv}", ltv=percent(threshold)), working,
        t("Fall of everything pledged that brings the margin ratio to the lender's threshold: d = 1 − LTV ÷ T."),
    )  # fmt: skip


def _fall_to_call(brief: Briefing) -> Line:
    if brief.open_call is not None:
        label, told = t("Fall to the margin call"), until_cured(brief.open_call)
        return Line("fall_to_call", label, t("called"), t("open to {ltv}", ltv=percent(brief.open_call.target_ltv)),
                    told, told)  # fmt: skip
    return _fall_to("fall_to_call", t("Fall to the margin call"), brief.fall_to_call, brief.call_ltv, brief.ltv)


def _fall_to_forced(brief: Briefing) -> Line:
    label = t("Fall to the forced sale")
    return _fall_to("fall_to_forced", label, brief.fall_to_forced, brief.forced_ltv, brief.ltv)


def _survivable(brief: Briefing) -> Line:
    show = _cash(brief)
    return Line(
        "max_survivable_fall",
        t("Largest survivable fall"),
        up_to(brief.max_survivable_fall),
        t("at any speed; slowly {fall}", fall=up_to(brief.max_survivable_fall_slow)),
        t(
            "cash {cash} and credit line {line} pay what lenders ask for up to a fall of {fall} at any speed, {slow} "
            "when each call is answered as it comes, {prepaid} when all is paid ahead, {selling} when what is not "
            "pledged is sold too",
            cash=show(brief.cash),
            line=show(brief.undrawn_committed),
            fall=up_to(brief.max_survivable_fall, 2),
            slow=up_to(brief.max_survivable_fall_slow, 2),
            prepaid=up_to(brief.max_survivable_fall_prepaid, 2),
            selling=up_to(brief.max_survivable_fall_selling, 2),
        ),
        t(
            "Nothing is sold: every demand of the lenders, under their own rules, is paid from cash above the reserve "
            "and committed undrawn credit. 2007-09 fell 56.8%."
        ),
    )


def _runway(brief: Briefing) -> Line:
    show = _cash(brief)
    return Line(
        "runway_months",
        t("Runway"),
        months(brief.runway_months),
        t("cash only"),
        t(
            "cash {cash} ÷ (essential spending {spending} + interest {interest} a month) = {months}",
            cash=show(brief.cash),
            spending=show(brief.essential_spending),
            interest=show(brief.interest),
            months=months(brief.runway_months),
        ),
        t("No income counted: what cash alone pays if work and dividends stop."),
    )


def _portfolio(brief: Briefing) -> Line:
    show = _cash(brief)
    gain = money(brief.unrealised_gain, brief.currency, signed=True)
    return Line(
        "portfolio_value",
        t("Portfolio"),
        show(brief.portfolio_value),
        t("unrealised {gain}", gain=gain),
        t(
            "pledged {pledged} + not pledged {other} = {value}",
            pledged=show(brief.collateral_value),
            other=show(_difference(brief.portfolio_value, brief.collateral_value)),
            value=show(brief.portfolio_value),
        ),
        t("Sum of quantity × latest price × exchange rate, each on or before {date}.", date=day(brief.as_of))
        + " "
        + t("Each ticker's own latest price and each currency's own latest rate."),
    )


def _difference(whole: float | None, part: float | None) -> float | None:
    return None if whole is None or part is None else whole - part


def _net_worth(brief: Briefing) -> Line:
    show = _cash(brief)
    return Line(
        "net_worth",
        t("Net worth"),
        show(brief.net_worth),
        t("debt {debt}", debt=show(brief.debt)),
        t(
            "portfolio {portfolio} + cash {cash} − debt {debt} = {net}",
            portfolio=show(brief.portfolio_value),
            cash=show(brief.cash),
            debt=show(brief.debt),
            net=show(brief.net_worth),
        ),
        t("All debt is subtracted: securities-backed, drawn lines, mortgages and term loans."),
    )


def _cash_flow(brief: Briefing) -> Line:
    show = _cash(brief)
    return Line(
        "monthly_cash_flow",
        t("Monthly cash flow"),
        money(brief.monthly_cash_flow, brief.currency, signed=True),
        t("after interest"),
        t(
            "income {income} + net dividends {dividends} − spending {spending} − interest {interest} = {flow}",
            income=show(brief.income),
            dividends=show(None if brief.dividends_net is None else brief.dividends_net / 12),
            spending=show(brief.spending),
            interest=show(brief.interest),
            flow=money(brief.monthly_cash_flow, brief.currency, signed=True),
        ),
        t("This month's income and spending rows; dividends of a year, after tax, spread over twelve months."),
    )


def crossing(years: int) -> str:
    """`now`, `in 7 years`: the crossover year counts from today."""
    if years == 0:
        return t("now")
    return t("in 1 year") if years == 1 else t("in {years} years", years=years)


def _crossover(brief: Briefing, year: int | None) -> str:
    """Never is an answer; without a ratio nobody knows it."""
    if year is not None:
        return crossing(year)
    unknown = brief.fire_ratio_net is None or bool(brief.crossover_unknown)
    return months(None) if unknown else t("never at this pace")


def _crossovers(brief: Briefing) -> str:
    """The headline, and beside it the year without interest where that is another."""
    after, before = brief.crossover_year, brief.crossover_year_before_interest
    headline = t("crossover {year}", year=_crossover(brief, after))
    if before is None or before == after:
        return headline
    return t("{crossover}; before interest {year}", crossover=headline, year=crossing(before))


def _fire_ratio(brief: Briefing) -> Line:
    show = _cash(brief)
    return Line(
        "fire_ratio_net",
        t("FIRE ratio"),
        percent(brief.fire_ratio_net),
        _crossovers(brief),
        t(
            "(net dividends {net} − interest {interest}) ÷ spending {spending} a year = {ratio} (gross {gross}; "
            "without interest {before}, crossover {year})",
            net=show(brief.dividends_net),
            interest=show(None if brief.interest is None else brief.interest * 12),
            spending=show(None if brief.spending is None else brief.spending * 12),
            ratio=percent(brief.fire_ratio_net),
            before=percent(brief.fire_ratio_before_interest),
            gross=percent(brief.fire_ratio_gross),
            year=_crossover(brief, brief.crossover_year_before_interest),
        ),
        t(
            "Dividends after tax and interest over spending; the crossover is the year in which they first pay for all "
            "of it."
        ),
    )


def _probability(brief: Briefing) -> Line:
    fire = brief.fire_probability
    share = t("Share of simulated paths in which spending is met in full every month to the horizon.")
    counted = t(
        "{share} of the simulated lives meet their spending in full every month to the horizon; "
        "standard error √(p (1 − p) ÷ lives) = {error}",
        share=percent(fire.probability if fire else None),
        error=percent(fire.standard_error if fire else None, 2),
    )
    return Line(
        "fire_probability",
        t("FIRE probability"),
        percent(fire.probability if fire else None),
        _error(fire) if fire else "",
        f"{counted}{_of_means(fire)}" if fire else share,
        _simulated_by(fire) if fire and fire.model else t(
            "Monte Carlo with the lender's rules inside every path; model, seed and assumptions in the FIRE part."
        ),
    )  # fmt: skip


def _error(fire: Probability) -> str:
    """The sampling error; where means were measured or estimated, what their own error leaves, which is larger."""
    if fire.mean_band is None:
        return t("± {error} standard error", error=points(fire.standard_error, signed=False))
    low, high = map(percent, fire.mean_band)
    return t("{low} to {high} by the means' error", low=low, high=high)


def _of_means(fire: Probability) -> str:
    if fire.mean_band is None:
        return ""
    low, high = map(percent, fire.mean_band)
    told = t("with every {parameters} mean one standard error lower {low}, higher {high}",
             parameters=t(fire.parameters), low=low, high=high)  # fmt: skip
    return f"; {told}"


def _simulated_by(fire: Probability) -> str:
    return t(
        "Monte Carlo with the lender's rules inside every path; model {model}, return and volatility {parameters}; "
        "seed and assumptions in the FIRE part.", model=t(fire.model), parameters=t(fire.parameters),
    )  # fmt: skip


_TELLERS: tuple[Callable[[Briefing], Line], ...] = (
    _margin,
    _fall_to_call,
    _fall_to_forced,
    _survivable,
    _runway,
    _probability,
    _fire_ratio,
    _cash_flow,
    _net_worth,
    _portfolio,
)


def table_rows(brief: Briefing) -> tuple[tuple[str, str, str], ...]:
    """Label, value and note of each figure."""
    return tuple((line.label, line.value, line.note) for line in lines(brief))
