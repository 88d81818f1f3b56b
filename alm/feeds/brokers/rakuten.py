"""Rakuten Securities, `assetbalance(all)_YYYYMMDD_HHMMSS.csv`: all that is held, with cash and reference rates. Pure.

Three sections, each under a one-cell title: sums (`■資産合計欄`), holdings (18 columns) and reference rates. The file
has no date inside; its name has. Every printed sum is compared with what was read: each product, all products, foreign
cash, all cash, everything; and in every row quantity · price · rate with the printed value. Sums in yen are exact;
where the broker rounded a row itself (funds, foreign currency), each such row may move its sum by one yen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from alm.errors import BadInput
from alm.feeds.brokers.japan import account_name, accounts, all_accounts, squeezed, tax_treatment
from alm.feeds.brokers.lines import NOTHING, Line, Meanings, Unfamiliar, understood
from alm.feeds.brokers.rakuten_rows import ASSET_CLASSES, FOREIGN_CASH, Held, foreign_cash, held_in, unread
from alm.feeds.brokers.statement import Balance, BrokerAccount, OpenItem, Rate, Statement, check_total, combined
from alm.feeds.plan import ControlTotal
from alm.feeds.tabular import Record, full_rows
from alm.language import t

SOURCE = "Rakuten Securities, assetbalance(all)"
INSTITUTION = "楽天証券"
SUMS, HOLDINGS, RATES = "■資産合計欄", "■保有商品詳細", "■参考為替レート"
COLUMNS = (
    "種別", "銘柄コード・ティッカー", "銘柄", "口座", "保有数量", "［単位］", "平均取得価額", "［単位］", "現在値",
    "［単位］", "現在値(更新日)", "(参考為替)", "前日比", "［単位］", "時価評価額[円]", "時価評価額[外貨]",
    "評価損益[円]", "評価損益[％]",
)  # fmt: skip
EMPTY = "該当する情報はありません。"
BANK = "楽天銀行普通預金残高"
VALUE = "時価評価額[円]"
EVERYTHING, ALL_HOLDINGS, ALL_CASH, CASH = "資産合計", "保有商品の評価額合計", "預り金合計", "預り金"
OLDEST_RATE_DAYS = 31


def recognises(lines: Sequence[Record]) -> bool:
    titles = {squeezed(record.cells[0]) for record in lines}
    return squeezed(SUMS) in titles and any(title.startswith(HOLDINGS) for title in titles)


def as_of(name: str) -> date | None:
    """The date in the file's name; a phone may have changed the brackets around it, not the digits."""
    match = re.search(r"(20[0-9]{2})([01][0-9])([0-3][0-9])_[0-9]{6}", name)
    try:
        return date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None


def parse(
    lines: Sequence[Record], file: str, on: date, *, account: str = "Rakuten", known: Meanings = NOTHING
) -> Statement:
    """The statement on a date; `account` begins the name of each account (give another where two people have one)."""
    sums, holdings, rate_lines = _sections(lines, file)
    rates = tuple(_rate(record, file, on) for record in rate_lines)
    by_currency = {rate.currency: rate.value for rate in rates}
    body = _holding_lines(holdings, file, known)
    rows = tuple(line for line in body if line.text("種別") != FOREIGN_CASH)
    read, odd = understood(
        rows, lambda line: held_in(line, account, on, by_currency), lambda *stranger: _odd(account, *stranger)
    )
    left = {item.line for item in odd}
    held = (*read, *(unread(line) for line in rows if line.record.line in left))
    foreign = tuple(
        (line, foreign_cash(line, account, by_currency)) for line in body if line.text("種別") == FOREIGN_CASH
    )
    totals, yen, warnings = _checked_sums(sums, file, held, [line.need(VALUE) for line, _ in foreign])
    found = (BrokerAccount(account, INSTITUTION, "JP"), *accounts(account, INSTITUTION, (h.custody for h in read)))
    return Statement(
        source=SOURCE,
        file=file,
        accounts=found,
        positions=combined((row.position for row in read if row.position is not None), file),
        balances=(*_in_yen(account, yen), *(balance for _, balance in foreign)),
        rates=rates,
        holds_all=all_accounts(account, found),
        cash_of=(account,) if yen is not None else (),
        on=on,
        open_items=odd,
        totals=totals,
        warnings=warnings,
    )


def _odd(account: str, line: Line, stranger: Unfamiliar) -> OpenItem:
    what = " ".join(filter(None, (line.text(name) for name in ("種別", "口座", "銘柄コード・ティッカー", "銘柄"))))
    worth = t("worth {value} yen", value=line.text(VALUE))
    custody = line.text("口座") if tax_treatment(line.text("口座")) else ""
    return stranger.item(
        account_name(account, custody), what, "holdings", line.text("銘柄コード・ティッカー"), f" ({worth})"
    )


def _in_yen(account: str, amount: Decimal | None) -> tuple[Balance, ...]:
    return () if amount is None else (Balance(account, "JPY", amount),)


def _sections(lines: Sequence[Record], file: str) -> tuple[list[Record], list[Record], list[Record]]:
    found: dict[str, list[Record]] = {}
    current: list[Record] | None = None
    for record in lines:
        title = squeezed(record.cells[0])
        if title.startswith("■"):
            name = next((n for n in (SUMS, HOLDINGS, RATES) if title.startswith(n)), None)
            if name is None or name in found:
                raise BadInput(
                    t("the sections {sums}, {holdings}, {rates} once each", sums=SUMS, holdings=HOLDINGS, rates=RATES),
                    file=file,
                    row=record.line,
                    value=title,
                )
            current = found.setdefault(name, [])
        elif current is None:
            raise BadInput(t("the section {sums} first", sums=SUMS), file=file, row=record.line, value=record.cells[0])
        else:
            current.append(record)
    for name in (SUMS, HOLDINGS, RATES):
        if name not in found:
            raise BadInput(t("the section {name}, which is missing", name=name), file=file)
    return found[SUMS], found[HOLDINGS], found[RATES]


def _rate(record: Record, file: str, on: date) -> Rate:
    """`米ドル, 157.73, 円/USD, (08/06  12:49)`; without a time the rate is of the file's date."""
    line = Line(file, record, ("通貨", "参考為替", "［単位］", "更新"))
    unit = re.fullmatch(r"円/([A-Z]{3})", line.text("［単位］"))
    if unit is None:
        line.refuse("［単位］", "a unit such as 円/USD")
    return Rate(unit[1], line.positive("参考為替"), _rate_day(line, on) if len(record.filled) > 3 else on)


def _rate_day(line: Line, on: date) -> date:
    """The month and day printed; the year is the file's, or the one before in early January."""
    stamp = re.match(r"\(?([01]?[0-9])/([0-3]?[0-9])\b", line.text("更新"))
    try:
        month, day = (int(stamp[1]), int(stamp[2])) if stamp else (0, 0)
        found = date(on.year, month, day)
        found = found if found <= on else found.replace(year=on.year - 1)
    except ValueError:
        line.refuse("更新", "a date such as (08/06 12:49)")
    if (on - found).days > OLDEST_RATE_DAYS:
        line.refuse("更新", t("a date in the {days} days before {on}", days=OLDEST_RATE_DAYS, on=on))
    return found


def _holding_lines(records: Sequence[Record], file: str, known: Meanings) -> tuple[Line, ...]:
    if len(records) == 1 and records[0].filled == (EMPTY,):
        return ()
    if not records or tuple(map(squeezed, records[0].cells)) != tuple(map(squeezed, COLUMNS)):
        row = records[0].line if records else None
        raise BadInput(
            t("the {wanted} columns {names}", wanted=len(COLUMNS), names=", ".join(COLUMNS)), file=file, row=row
        )
    return tuple(Line(file, record, COLUMNS, known) for record in full_rows(records[1:], file, len(COLUMNS)))


def _checked_sums(
    records: Sequence[Record], file: str, held: Sequence[Held], foreign: Sequence[Decimal]
) -> tuple[tuple[ControlTotal, ...], Decimal | None, tuple[str, ...]]:
    """Control totals, cash in yen and warnings, once every printed sum has been found equal to what was read."""
    lines = _sum_lines(records, file)
    amounts = {name: line.maybe(VALUE) for name, line in lines.items() if name != BANK}
    printed = {name: amount for name, amount in amounts.items() if amount is not None}
    abroad = sum(foreign, Decimal(0))
    yen = printed.get(CASH, printed[ALL_CASH] - abroad if ALL_CASH in printed else None)
    expected = _expected(held, abroad, Decimal(len(foreign)), yen)
    totals = tuple(
        check_total(name, printed[name], read, file, row=lines[name].record.line, slack=slack)
        for name, (read, slack) in expected.items()
        if name in printed
    )
    _check_gains(lines, held)
    kinds = {h.kind for h in held}
    covered = ALL_HOLDINGS in printed or EVERYTHING in printed or kinds <= set(printed)
    unchecked = (
        () if covered else ("The file prints no sum of what is held: its holdings were checked row by row only.",)
    )
    return totals, yen, (*unchecked, *_bank_warning(lines))


def _expected(
    held: Sequence[Held], abroad: Decimal, roundings: Decimal, yen: Decimal | None
) -> dict[str, tuple[Decimal, Decimal]]:
    """Each sum the broker may print, and by how much its own roundings may move it."""
    sums = {kind: (_value(held, kind), _slack(held, kind)) for kind in ASSET_CLASSES}
    sums |= {ALL_HOLDINGS: (_value(held), _slack(held)), FOREIGN_CASH: (abroad, roundings)}
    if yen is not None:
        sums[ALL_CASH] = (yen + abroad, roundings)
        sums[EVERYTHING] = (_value(held) + yen + abroad, _slack(held) + roundings)
    return sums


def _value(held: Iterable[Held], kind: str | None = None) -> Decimal:
    return sum((h.value for h in held if kind in (None, h.kind)), Decimal(0))


def _slack(held: Iterable[Held], kind: str | None = None) -> Decimal:
    return Decimal(sum(h.rounded for h in held if kind in (None, h.kind)))


def _sum_lines(records: Sequence[Record], file: str) -> dict[str, Line]:
    """Sums by name; under no header the second cell is the value in yen."""
    headed = bool(records) and VALUE in records[0].cells
    columns = tuple(cell.strip() for cell in records[0].cells) if headed else ("", VALUE)
    lines: dict[str, Line] = {}
    for record in records[1:] if headed else records:
        name = record.cells[0].strip()
        if name in lines:
            raise BadInput("each sum once", file=file, row=record.line, value=name)
        lines[name] = Line(file, record, columns)
    if not {CASH, ALL_CASH, EVERYTHING, ALL_HOLDINGS} & set(lines):
        raise BadInput(
            t(
                "a sum such as {everything} or {all_cash} under {sums}",
                everything=EVERYTHING,
                all_cash=ALL_CASH,
                sums=SUMS,
            ),
            file=file,
        )
    return lines


def _check_gains(lines: dict[str, Line], held: Sequence[Held]) -> None:
    """The unrealised gain of each product too, where it is printed: it is what cost is computed from."""
    for kind in dict.fromkeys(h.kind for h in held):
        line = lines.get(kind)
        printed = line.maybe("評価損益[円]") if line and "評価損益[円]" in line.columns else None
        if line and printed is not None:
            read = sum((h.gain or Decimal(0) for h in held if h.kind == kind), Decimal(0))
            check_total(
                f"{kind} 評価損益[円]", printed, read, line.file, row=line.record.line, slack=_slack(held, kind)
            )


def _bank_warning(lines: dict[str, Line]) -> tuple[str, ...]:
    """The bank's balance is shown for convenience and belongs to another account, which may be in the books already."""
    if BANK not in lines:
        return ()
    shown = lines[BANK].record.cells[1].strip()
    if not shown[:1].isdigit() or shown == "0":
        return ()
    return (
        t("{bank} {shown} was not imported: keep the bank's balance as its own row of cash.", bank=BANK, shown=shown),
    )
