"""SBI Securities, portfolio `SaveFile.csv`: one section per product and custody, each with its printed sum. Pure.

The file names no date, so the caller gives one. Values and gains are what quantity, price and average cost make; each
row, each section's sum and the grand total are compared with that to the two decimals printed, and the number of
positions with `総件数`. A file that is one page of several is refused: it would look as if the rest had been sold.
Margin positions (`信用`) and foreign ones are open items: the first are a debt as much as a holding, and the file does
not say whose.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise, takewhile

from alm.balance_sheet import AssetClass
from alm.errors import BadInput
from alm.feeds.brokers.japan import account_name, accounts, all_accounts, squeezed, ticker_of
from alm.feeds.brokers.lines import Line, Unfamiliar, understood
from alm.feeds.brokers.statement import BOND_UNIT, FUND_UNIT, OpenItem, Position, Statement, check_total, combined
from alm.feeds.plan import ControlTotal
from alm.feeds.tabular import Record, full_rows
from alm.language import t

SOURCE = "SBI Securities, portfolio SaveFile"
INSTITUTION = "SBI証券"
TITLE = "ポートフォリオ一覧"
SHARES, FUNDS, BONDS = "株式", "投資信託", "国内債券"
PRODUCTS: dict[str, tuple[AssetClass, int]] = {
    SHARES: ("equity", 1),
    FUNDS: ("fund", FUND_UNIT),
    BONDS: ("bond", BOND_UNIT),
}
FIRST_COLUMNS = ("銘柄(コード)", "ファンド名", "銘柄", "銘柄名")
NEEDED = ("数量", "取得単価", "現在値")
GRAND = "総合計"
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Section:
    """A title such as `株式（現物/特定預り）`, its lines and its printed sums."""

    title: str
    product: str
    custody: str
    lines: tuple[Line, ...]
    sums: Line | None


def recognises(lines: Sequence[Record]) -> bool:
    titles = {squeezed(record.cells[0]) for record in lines}
    return TITLE in titles or any(section_title(title) for title in titles)


def parse(lines: Sequence[Record], file: str, on: date, *, account: str = "SBI") -> Statement:
    """The statement on a date; `account` begins the name of each account."""
    listed = [Record(record.line, record.filled) for record in lines]
    head = list(takewhile(lambda record: not _starts_block(record), listed))
    sections, grand = _sections(listed[len(head) :], file)
    rows = [(section, line) for section in sections for line in section.lines]
    positions, odd = understood(
        rows, lambda row: _position(row[1], row[0], account, on), lambda row, stranger: _odd(*row, account, stranger)
    )
    _check_count(head, file, len(rows))
    left = {item.line for item in odd}
    totals = [
        _check_sums(f"{s.title}合計", s.sums, _of(positions, s), _unread(s.lines, left)) for s in sections if s.sums
    ]
    every = [line for _, line in rows]
    totals += [_check_sums(GRAND, grand, positions, _unread(every, left))] if grand else []
    found = accounts(account, INSTITUTION, (section.custody for section in sections))
    return Statement(
        source=SOURCE,
        file=file,
        accounts=found,
        positions=combined(positions, file),
        holds_all=all_accounts(account, found),
        on=on,
        open_items=odd,
        totals=tuple(totals),
    )


def _odd(section: Section, line: Line, account: str, stranger: Unfamiliar) -> OpenItem:
    return stranger.item(
        account_name(account, section.custody), f"{section.title} {line.text(line.columns[0])}", "holdings"
    )


def _unread(lines: Sequence[Line], left: Collection[int]) -> tuple[Decimal, Decimal]:
    """What the rows that were not understood add to the printed value and gain."""
    rows = [line for line in lines if line.record.line in left]
    value, gain = (
        sum((line.maybe(column) or Decimal(0) for line in rows if column in line.columns), Decimal(0))
        for column in ("評価額", "損益")
    )
    return value, gain


def _starts_block(record: Record) -> bool:
    title = squeezed(record.cells[0])
    return title.endswith("合計") or (len(record.cells) == 1 and section_title(title) is not None)


def section_title(title: str) -> tuple[str, str] | None:
    """Product and custody; older files print the product alone."""
    plain = re.sub(r"^[【\[]+|[】\]]+$", "", title)
    match = re.fullmatch(r"(株式|投資信託|国内債券|外国債券|外国株式)(?:\((.+)\))?", plain)
    if match is None:
        return None
    custody = (match[2] or "").rpartition("/")[2]
    return ("信用" if "信用" in plain else match[1]), custody_name(custody)


def custody_name(printed: str) -> str:
    """`NISA預り(成長投資枠)` and `NISA(成)` as NISA成長投資枠, `特定預り` as 特定."""
    plain = squeezed(printed).replace("預り", "")
    if "成" in plain:
        return "NISA成長投資枠"
    if ("つみたて" in plain and "旧" not in plain and "つみたてNISA" not in plain) or "(つ)" in plain:
        return "NISAつみたて投資枠"
    return plain


def _sections(records: Sequence[Record], file: str) -> tuple[list[Section], Line | None]:
    """Blocks in the order of the file: title, header and rows, then `title合計` with its figures; at the end 総合計.

    What a file must have is its grand total, or the sum of every section.
    """
    found: list[Section] = []
    for title, body in _blocks(records):
        name = squeezed(title.cells[0])
        if name == GRAND:
            if title.line != max(r.line for r in records if _starts_block(r)):
                raise BadInput(t("nothing after {grand}", grand=GRAND), file=file, row=title.line)
            return found, _sum_line(title, body, file)
        if found and found[-1].sums is None and name == f"{squeezed(found[-1].title)}合計":
            found[-1] = replace(found[-1], sums=_sum_line(title, body, file))
        else:
            found.append(_section(title, body, file))
    if not found or any(section.sums is None for section in found):
        raise BadInput(t("the line {grand}, which is missing", grand=GRAND), file=file)
    return found, None


def _section(title: Record, body: Sequence[Record], file: str) -> Section:
    known = section_title(squeezed(title.cells[0]))
    if known is None:
        expected = "a section of 株式（現物）, 投資信託 or 国内債券, or its 合計"
        raise BadInput(expected, file=file, row=title.line, value=title.cells[0])
    return Section(title.cells[0], *known, _lines(title, body, file), None)


def _blocks(records: Sequence[Record]) -> Iterator[tuple[Record, Sequence[Record]]]:
    starts = [i for i, record in enumerate(records) if _starts_block(record)]
    for start, end in pairwise([*starts, len(records)]):
        yield records[start], records[start + 1 : end]


def _lines(title: Record, body: Sequence[Record], file: str) -> tuple[Line, ...]:
    columns = tuple(squeezed(cell) for cell in body[0].cells) if body else ()
    if not columns or columns[0] not in FIRST_COLUMNS or any(name not in columns for name in NEEDED):
        row = body[0].line if body else title.line
        raise BadInput(
            t("a header with {first} or ファンド名, {names}", first=FIRST_COLUMNS[0], names=", ".join(NEEDED)),
            file=file,
            row=row,
        )
    if len(set(columns)) < len(columns):
        raise BadInput("each column once", file=file, row=body[0].line)
    return tuple(Line(file, record, columns) for record in full_rows(body[1:], file, len(columns)))


def _sum_line(title: Record, body: Sequence[Record], file: str) -> Line:
    """The figures under a sum's own header, or in the line of its title, where the last one is the value."""
    if len(title.cells) > 1 and not body:
        return Line(file, Record(title.line, (title.cells[-1],)), ("評価額",))
    if len(body) != 2 or len(body[0].cells) != len(body[1].cells) or squeezed(body[0].cells[0]) != "評価額":
        raise BadInput("評価額, 含み損益 … and one row of figures", file=file, row=title.line, value=title.cells[0])
    return Line(file, body[1], tuple(squeezed(cell) for cell in body[0].cells))


def _position(line: Line, section: Section, account: str, on: date) -> Position:
    if section.product not in PRODUCTS:
        expected, row = "株式（現物）, 投資信託 or 国内債券", line.record.line
        raise Unfamiliar(expected, file=line.file, row=row, column="", value=section.title)
    asset_class, unit = PRODUCTS[section.product]
    code, name = _code_and_name(line, section.product)
    quantity, average, price = line.positive("数量"), line.positive("取得単価"), line.positive("現在値")
    position = Position(
        account=account_name(account, section.custody),
        ticker=code or ticker_of(name),
        name=name,
        asset_class=asset_class,
        currency="JPY",
        quantity=quantity,
        cost=quantity * average / unit,
        price=price,
        price_on=on,
        price_unit=unit,
        cost_base=quantity * average / unit,
        country="JP" if section.product != FUNDS else "",
        line=line.record.line,
    )
    _check_row(line, "評価額", _value(position))
    _check_row(line, "損益", _value(position) - position.paid)
    return position


def _code_and_name(line: Line, product: str) -> tuple[str, str]:
    """`7203 トヨタ自動車`: codes are text, since newer ones hold letters. Funds have none."""
    first = line.text(line.columns[0])
    if product != SHARES:
        return "", first
    code, _, name = first.partition(" ")
    if not re.fullmatch(r"[0-9][0-9A-Z]{3,4}", code) or not name.strip():
        line.refuse(line.columns[0], "a code and a name such as 7203 トヨタ自動車")
    return code, name.strip()


def _value(position: Position) -> Decimal:
    return position.quantity * (position.price or Decimal(0)) / position.price_unit


def _check_row(line: Line, column: str, computed: Decimal) -> None:
    """Older files lack some columns; what is printed must agree to the last place printed."""
    printed = line.maybe(column) if column in line.columns else None
    if printed is not None and abs(printed - computed) > CENT:
        line.refuse(column, t("{amount}, which quantity and price make", amount=f"{computed:,.2f}"))


def _of(positions: Sequence[Position], section: Section) -> list[Position]:
    rows = {line.record.line for line in section.lines}
    return [p for p in positions if p.line in rows]


def _check_sums(what: str, line: Line, positions: Sequence[Position], unread: tuple[Decimal, Decimal]) -> ControlTotal:
    value = sum((_value(p) for p in positions), unread[0])
    cost = sum((p.paid for p in positions), Decimal(0))
    row = line.record.line
    if "含み損益" in line.columns:
        gain = value - unread[0] - cost + unread[1]
        check_total(f"{what} 含み損益", line.need("含み損益"), gain.quantize(CENT), line.file, row=row, slack=CENT)
    return check_total(what, line.need("評価額"), value.quantize(CENT), line.file, row=row, slack=CENT)


def _check_count(head: Sequence[Record], file: str, read: int) -> None:
    """`総件数：7件` and `選択範囲：1-7件`."""
    for record in head:
        plain = squeezed(record.cells[0])
        if (count := re.fullmatch(r"総件数:([0-9]+)件", plain)) and int(count[1]) != read:
            raise BadInput(
                t("{read} positions, as were read", read=read), file=file, row=record.line, value=record.cells[0]
            )
        part = re.fullmatch(r"選択範囲:([0-9]+)-([0-9]+)件", plain)
        if part and (int(part[1]) > 1 or int(part[2]) != read):
            raise BadInput("the whole list on one page", file=file, row=record.line, value=record.cells[0])
