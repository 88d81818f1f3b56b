"""`alm lender`: the contracts of lenders, in words, and put to the test against their cases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from alm.cli.common import console, db_option, json_option, plain, print_json, print_table
from alm.errors import BadInput, UnknownName
from alm.lender_cases import Case, differences, packaged_cases, read_cases
from alm.lender_file import Answers, written
from alm.lenders import NO_FORCED_LTV, LenderProfile, profiles, read_profile
from alm.settings import user_folder
from alm.text import t

ALERT = 3


def own_folder() -> Path:
    return user_folder() / "lenders"


@click.group()
def command() -> None:
    """The rules of lenders as contracts: list them, read one, check one against its cases, or write your own."""


@command.command("list")
@db_option
@json_option
def list_(db: Path, as_json: bool) -> None:  # noqa: ARG001  # the database says which language is spoken
    """Every profile there is, packaged and your own."""
    known = profiles(own_folder())
    if as_json:
        print_json({"lenders": [{"name": p.name, "title": p.title, "standing": p.standing} for p in known.values()]})
        return
    rows = [(p.name, t(p.title), t(p.standing)) for p in known.values()]
    print_table((t("Profile"), t("What it says"), t("Standing")), rows, left=3)


@command.command()
@click.argument("name")
@db_option
@json_option
def show(name: str, db: Path, as_json: bool) -> None:  # noqa: ARG001  # likewise
    """The terms of one profile in words, with source and standing."""
    profile = _named(name)
    if as_json:
        print_json(plain(profile))
        return
    for sentence in (f"{profile.name}: {t(profile.title)}", *terms(profile)):
        console().print(sentence, markup=False, highlight=False)


@command.command()
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE|NAME")
@click.option("--cases", type=click.Path(path_type=Path), help="The cases; default cases/NAME.toml beside the file.")
@db_option
def check(file: Path, cases: Path | None, db: Path) -> None:  # noqa: ARG001  # likewise
    """Act out a profile against its cases; exit status 3 when it does something else than one of them says."""
    packaged = file.suffix != ".toml"
    profile = _named(str(file)) if packaged else read_profile(file)
    beside = packaged_cases(profile.name) if packaged else file.parent / "cases" / file.name
    if cases is None and not beside.exists():
        raise BadInput(t("cases to hold it to, in {path} or with --cases", path=beside), file=file)
    found = read_cases(cases or beside)
    told = [(case, differences(profile, case)) for case in found]
    for case, wrong in told:
        console().print(_line(case, wrong), markup=False, highlight=False)
    failed = sum(bool(wrong) for _, wrong in told)
    click.echo(t("{failed} of {count} cases differ.", failed=failed, count=len(told)) if failed else
               t("All {count} cases agree.", count=len(told)))  # fmt: skip
    if failed:
        raise click.exceptions.Exit(ALERT)


@command.command()
@click.argument("name")
@db_option
def new(name: str, db: Path) -> None:  # noqa: ARG001  # likewise
    """Ask the numbers of a contract and write them as a profile of your own; never over one that is there."""
    path = own_folder() / f"{name}.toml"
    if not name.replace("-", "").replace("_", "").isalnum():
        raise BadInput("a name of letters, digits and hyphens", column="name", value=name)
    if path.exists():
        raise BadInput(t("a name that is not taken; {path} exists", path=path), column="name", value=name)
    profile = written(path, asked())
    click.echo(t("Written to {path}.", path=path))
    for sentence in terms(profile):
        console().print(sentence, markup=False, highlight=False)


def asked() -> Answers:
    """Ten questions at most; what does not exist is answered with nothing or 0."""
    share = click.FloatRange(0, 200)
    days = click.IntRange(0, 365)
    title = click.prompt(t("What do you call this lender"))
    source = click.prompt(t("Where do the terms stand (contract, section, date)"))
    freeze = click.prompt(t("No new draw from, in percent of the value"), type=share)
    call = click.prompt(t("Margin call from, in percent; 0: sells without calling"), type=share, default=0.0)
    strict = click.confirm(t("Does the contract say above (yes), or at and above (no)"), default=False)
    cure = click.prompt(t("What a call must be brought to, in percent"), type=share, default=freeze)
    cure_days = click.prompt(t("Business days to do so, the day of notice counted"), type=days) if call else 0
    stays = bool(call) and click.confirm(t("Does the call stay open when prices rise"), default=True)
    forced = click.prompt(t("Forced sale from, in percent"), type=share)
    everything = click.confirm(t("Is everything sold, not only what is missing"), default=False)
    late = click.prompt(t("Late interest, percent a year"), type=click.FloatRange(0, 100), default=14.0)
    return Answers(title, source, freeze, call, strict, cure, cure_days, stays, forced, everything, late)


def _named(name: str) -> LenderProfile:
    known = profiles(own_folder())
    if name not in known:
        raise UnknownName("lender profile", name, tuple(known))
    return known[name]


def _line(case: Case, wrong: tuple[str, ...]) -> str:
    return f"{'✗' if wrong else '✓'} {case.name}" + "".join(f"\n    {difference}" for difference in wrong)


def terms(profile: LenderProfile) -> Iterator[str]:
    """A profile in words, a sentence a clause."""
    yield t("No new draw and no release {at}.", at=_at(profile.freeze_ltv, strict=profile.freeze_strict))
    if profile.call_ltv is None:
        yield t("It sells without calling.")
    else:
        yield t(
            "Margin call {at}: to {target} within {days} business days, the day of notice counted.",
            at=_at(profile.call_ltv, strict=profile.call_strict),
            target=_percent(profile.cure_ltv),
            days=profile.cure_days,
        )
        yield t("The call stays open until then.") if profile.call_stays_open else t("A rise under it ends the call.")
    yield _forced(profile)
    if profile.concentration_share is not None:
        yield t(
            "Where one issue is {share} or more: no draw from {freeze}, cure to {cure}.",
            share=_percent(profile.concentration_share),
            freeze=_percent(profile.concentration_freeze_ltv or profile.freeze_ltv),
            cure=_percent(profile.concentration_cure_ltv or profile.cure_ltv),
        )
    yield t("Standing: {standing}. {source}", standing=t(profile.standing), source=t(profile.source))
    if profile.note:
        yield t(profile.note)


def _forced(profile: LenderProfile) -> str:
    if profile.forced_ltv >= NO_FORCED_LTV:
        what = t("everything pledged") if profile.full_liquidation else t("what restores the cure")
        return t("No forced threshold of its own is known; sold when a call is not met: {what}.", what=what)
    at = _at(profile.forced_ltv, strict=profile.forced_strict)
    if profile.forced_above > 0:
        at = t("{at}, where more than {amount} is owed", at=at, amount=f"{profile.forced_above:,.0f}")
    if profile.forced_cure_ltv is None:
        what = t("everything pledged") if profile.full_liquidation else t("what restores the cure")
    elif profile.forced_cure_ltv == 0:
        what = t("the whole loan")
    else:
        what = t("what brings it to {target}", target=_percent(profile.forced_cure_ltv))
    if profile.forced_days:
        return t("Forced sale {at}: {what}, within {days} business days.", at=at, what=what, days=profile.forced_days)
    return t("Forced sale {at}: {what}, at once.", at=at, what=what)


def _at(ratio: float, *, strict: bool) -> str:
    return t("above {ratio}", ratio=_percent(ratio)) if strict else t("from {ratio}", ratio=_percent(ratio))


def _percent(ratio: float) -> str:
    """As a contract writes it: 70 %, 79.99 %."""
    return f"{100 * ratio:.6g} %"
