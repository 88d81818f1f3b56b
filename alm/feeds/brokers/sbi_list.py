"""SBI Securities, list of holdings (保有証券一覧): per product and custody the printed sums, then its rows. Pure.

The file names no date, so the caller gives one. Each row is compared with itself, each section with the sums above it;
funds are per 10,000 units. Sections and rows of other kinds are open items.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from alm.errors import BadInput
from alm.feeds.brokers.japan import account_name, accounts, all_accounts, squeezed, ticker_of
from alm.feeds.brokers.lines import NOTHING, Line, Meanings, Unfamiliar, understood
from alm.feeds.brokers.sbi import INSTITUTION, PRODUCTS, SHARES, section_title
from alm.feeds.brokers.statement import FUND_UNIT, OpenItem, Position, Statement, check_total, combined
from alm.feeds.cells import number
from alm.feeds.plan import ControlTotal
from alm.feeds.tabular import Record
from alm.language import t

SOURCE = "SBI Securities, list of holdings"
TITLE = "保有証券一覧"
QUANTITY, PRICE, AVERAGE, COST, VALUE, GAIN = (
    ("保有株数", "保有口数", "数量"), ("現在値", "基準価額"), "取得単価", "取得金額", "評価額", "評価損益",
)  # fmt: skip
VALUE_SUM, GAIN_SUM = "評価額合計", "評価損益合計"


@dataclass(frozen=True, slots=True)
class Section:
    """A title such as `株式（特定預り）` with its lines, and the sums printed above it."""

    title: str
    lines: tuple[Line, ...]
    sums: Line | None

    @property
    def product(self) -> str:
        return self._known[0]

    @property
    def custody(self) -> str:
        return self._known[1]

    @property
    def _known(self) -> tuple[str, str]:
        """A title of another kind is nobody's product; its rows belong to the broker's account as a whole."""
        return section_title(squeezed(self.title)) or ("", "")


def recognises(lines: Sequence[Record]) -> bool:
    return bool(lines) and squeezed(lines[0].cells[0]) == TITLE


def parse(
    lines: Sequence[Record], file: str, on: date, *, account: str = "SBI", known: Meanings = NOTHING
) -> Statement:
    """The statement on a date; `account` begins the name of each account."""
    sections = _sections(lines[1:], file, known)
    positions: list[Position] = []
    odd: list[OpenItem] = []
    totals: list[ControlTotal] = []
    for section in sections:
        found, strange = _understood(section, account, on)
        totals += _checked(section, found, strange)
        positions += found
        odd += strange
    custodies = accounts(account, INSTITUTION, (section.custody for section in sections))
    return Statement(
        source=SOURCE,
        file=file,
        accounts=custodies,
        positions=combined(positions, file),
        holds_all=all_accounts(account, custodies),
        on=on,
        open_items=tuple(odd),
        totals=tuple(totals),
    )


def _understood(section: Section, account: str, on: date) -> tuple[tuple[Position, ...], tuple[OpenItem, ...]]:
    whose = account_name(account, section.custody)
    return understood(
        section.lines,
        lambda line: _position(line, section, account, on),
        lambda line, odd: odd.item(whose, f"{section.title} {line.text(line.columns[0])}", "holdings"),
    )


def _sections(records: Sequence[Record], file: str, known: Meanings) -> tuple[Section, ...]:
    found: list[Section] = []
    sums: dict[str, Line] = {}
    for title, body in _blocks([Record(r.line, r.filled) for r in records], file):
        name = squeezed(title.cells[0])
        columns = tuple(map(squeezed, body[0].cells)) if body else ()
        lines = tuple(Line(file, record, columns, known) for record in body[1:])
        if not name.endswith("合計"):
            found.append(Section(title.cells[0].strip(), lines, sums.pop(name, None)))
        elif columns[:1] == (VALUE_SUM,) and len(lines) == 1:
            sums[name.removesuffix("合計")] = lines[0]
        else:
            raise BadInput(t("{name} and one row of figures", name=VALUE_SUM), file=file, row=title.line, value=name)
    if sums or not found:
        raise BadInput("each sum with its section", file=file, value=next(iter(sums), None))
    return tuple(found)


def _blocks(records: Sequence[Record], file: str) -> list[tuple[Record, list[Record]]]:
    """A title stands alone in its line."""
    blocks: list[tuple[Record, list[Record]]] = []
    for record in records:
        if len(record.cells) == 1:
            blocks.append((record, []))
        elif not blocks:
            raise BadInput("a title such as 株式（特定預り）合計 first", file=file, row=record.line)
        else:
            blocks[-1][1].append(record)
    return blocks


def _position(line: Line, section: Section, account: str, on: date) -> Position:
    if section.product not in PRODUCTS:
        raise Unfamiliar(
            "株式, 投資信託 or 国内債券", file=line.file, row=line.record.line, column="", value=section.title
        )
    asset_class, unit = PRODUCTS[section.product]
    first = line.text(line.columns[0])
    share = section.product == SHARES
    quantity, price, value = _quantity(line), line.positive(_named(line, PRICE)), line.need(VALUE)
    _same(line, VALUE, value, quantity * price / unit)
    cost = _cost(line, quantity, unit, value)
    return Position(
        account=account_name(account, section.custody),
        ticker=first if share else ticker_of(first),
        name=line.text("銘柄名称") if share else first,
        asset_class=asset_class,
        currency="JPY",
        quantity=quantity,
        cost=cost,
        price=price,
        price_on=on,
        price_unit=unit,
        cost_base=cost,
        country="" if unit == FUND_UNIT else "JP",
        line=line.record.line,
    )


def _named(line: Line, names: Sequence[str]) -> str:
    return next((name for name in names if name in line.columns), names[0])


def _quantity(line: Line) -> Decimal:
    column = _named(line, QUANTITY)
    value = line.read(column, line.text(column).removesuffix("口").removesuffix("株"), number)
    return value if value > 0 else line.refuse(column, "a number above 0")


def _cost(line: Line, quantity: Decimal, unit: int, value: Decimal) -> Decimal | None:
    """The total paid as printed, which average and gain must bear out; None where the broker does not know it."""
    average, total, gain = (line.maybe(column) for column in (AVERAGE, COST, GAIN))
    if average is None and total is None:
        return None
    paid = total if total is not None else quantity * (average or Decimal(0)) / unit
    if average is not None:
        _same(line, COST, paid, quantity * average / unit, slack=1 + quantity / unit)
    if gain is not None:
        _same(line, GAIN, gain, value - paid, slack=1 if total is not None else 1 + quantity / unit)
    return paid


def _same(line: Line, column: str, printed: Decimal, computed: Decimal, slack: Decimal | int = 1) -> None:
    if abs(printed - computed) > slack:
        line.refuse(column, t("{amount}, which quantity and price make", amount=f"{computed:,.2f}"))


def _checked(section: Section, found: Sequence[Position], odd: Sequence[OpenItem]) -> tuple[ControlTotal, ...]:
    """What is printed above a section against its rows; rows that were not understood are in it too."""
    if section.sums is None:
        raise BadInput(t("the sum {name}合計, which is missing", name=section.title), file=section.lines[0].file)
    left = {item.line for item in odd}
    value = sum((line.need(VALUE) for line in section.lines if line.record.line in left), Decimal(0))
    value += sum((p.quantity * (p.price or 0) / p.price_unit for p in found), Decimal(0))
    row, rows = section.sums.record.line, len(section.lines)
    total = check_total(
        f"{section.title}合計", section.sums.need(VALUE_SUM), value, section.sums.file, row=row, slack=Decimal(rows)
    )
    gain = section.sums.maybe(GAIN_SUM) if GAIN_SUM in section.sums.columns else None
    read = sum((line.maybe(GAIN) or Decimal(0) for line in section.lines), Decimal(0))
    if gain is not None:
        check_total(f"{section.title} {GAIN_SUM}", gain, read, section.sums.file, row=row, slack=Decimal(rows))
    return (total,)
