"""A plan beside the books it is about to meet: what stays, what is newer already, what is one event. Pure.

A holding that is split between pledged and unpledged, which no broker knows, stays split: its pledged part keeps its
size and the difference falls on the unpledged part. What a newer statement said of an account's holdings and cash
stands. A holding that a file names and this program does not understand is left as a person entered it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from alm.errors import BadInput
from alm.feeds.cells import canonical
from alm.feeds.parts import totalled
from alm.feeds.plan import ImportPlan, Place, Row, TablePlan, Way
from alm.language import t
from alm.store.journal import Rows
from alm.store.tables import TABLES, key

NAMES_ACCOUNTS = ("holdings", "cash", "transactions", "open_items")
HELD = ("holdings", "cash")
SUMS = ("quantity", "cost_basis", "cost_basis_base")

Books = Mapping[str, Sequence[Row]]


def prepared(plan: ImportPlan, books: Books, way: Way) -> tuple[tuple[TablePlan, ...], tuple[str, ...]]:
    """The tables in the order of writing, with accounts nobody has entered, and what a person should know of it."""
    current = _Statements(books["accounts"])
    tables = [current.kept(table) for table in plan.tables]
    tables = [_lasting(table, tables[:place], books["open_items"]) for place, table in enumerate(tables)]
    tables = [_held(table, tables, books["holdings"]) for table in tables]
    tables = [_in_way(table, books, way) for table in tables]
    new = _unknown_accounts(tables, books["accounts"])
    created = (TablePlan("accounts", tuple({"name": name} for name in new)),) if new else ()
    dated = current.dated({*new, *current.known, *_entered(tables)})
    read = TablePlan("open_items", tuple(_read(plan, tables, books["open_items"])))
    ordered = sorted(
        (*created, *tables, *dated, *((read,) if read.rows else ())), key=lambda table: TABLES.index(table.table)
    )
    taken = "New accounts, taken as taxable until you say otherwise: {names}."
    return tuple(ordered), (*current.notes, *((t(taken, names=", ".join(new)),) if new else ()))


def _entered(tables: Sequence[TablePlan]) -> set[str | None]:
    return {row["name"] for table in tables if table.table == "accounts" for row in table.rows}


def _unknown_accounts(tables: Sequence[TablePlan], accounts: Sequence[Row]) -> list[str]:
    known = {row["name"] for row in accounts} | _entered(tables)
    named = [row.get("account") for table in tables if table.table in NAMES_ACCOUNTS for row in table.rows]
    return [name for name in dict.fromkeys(named) if name and name not in known]


class _Statements:
    """The day of the newest statement of each account's holdings, while the tables of one plan are looked at."""

    def __init__(self, accounts: Sequence[Row]) -> None:
        self.known = {row["name"] for row in accounts}
        self.newest = {str(r["name"]): date.fromisoformat(r["held_on"]) for r in accounts if r["held_on"]}
        self.notes: list[str] = []

    def kept(self, table: TablePlan) -> TablePlan:
        """The table without the accounts of which the books, or an earlier table, have a newer statement."""
        if table.on is None or not (table.replaces or table.rows):
            return table
        on, named = table.on, dict.fromkeys([*table.replaces, *(str(row["account"]) for row in table.rows)])
        latest = max((self.newest[name] for name in named if name in self.newest), default=on)
        older = {name for name in named if self.newest.get(name, latest) > on}
        if table.table in HELD:
            self.newest |= {name: on for name in table.replaces if name not in older}
            if older and table.table == "holdings":
                self._tell(table, latest)
        fresh = [(row, at) for row, at in zip(table.rows, table.places, strict=True) if self._wanted(table, row, older)]
        return replace(
            table,
            rows=tuple(row for row, _ in fresh),
            places=tuple(at for _, at in fresh),
            replaces=tuple(name for name in table.replaces if name not in older),
        )

    def _wanted(self, table: TablePlan, row: Row, older: Collection[str]) -> bool:
        lasting = table.table == "open_items" and row["part"] == "transactions"
        return lasting or row["account"] not in older

    def _tell(self, table: TablePlan, latest: date) -> None:
        file = table.places[0][0] if table.places else ""
        said = "{file} is of {on}, and holdings and cash of {latest} are in the books: they stand."
        self.notes.append(t(said, file=file, on=table.on, latest=latest))

    def dated(self, entered: Collection[str | None]) -> tuple[TablePlan, ...]:
        rows = [{"name": name, "held_on": on.isoformat()} for name, on in self.newest.items() if name in entered]
        return (TablePlan("accounts", tuple(rows)),) if rows else ()


def _held(table: TablePlan, tables: Sequence[TablePlan], holdings: Sequence[Row]) -> TablePlan:
    """Holdings that a file names without being understood stay as a person entered them, and so do costs."""
    if table.table != "holdings":
        return table
    odd = [row for other in tables if other.table == "open_items" for row in other.rows]
    left = {_named(row) for row in odd} - {_named(row) for row in table.rows}
    kept = [row for row in holdings if _named(row) in left and row["account"] in table.replaces]
    divided = _unsplit(table, holdings)
    standing = holdings if table.defaults else ()  # a broker's, not the household's own table
    rows = [_with_cost(row, [part for part in standing if _same(part, row)]) for row in divided.rows]
    return replace(divided, rows=(*rows, *kept), places=(*divided.places, *[("", 0)] * len(kept)))


def _same(part: Row, row: Row) -> bool:
    secures = "pledged_to" not in row or part["pledged_to"] == row["pledged_to"]
    return (*_named(part), part["currency"]) == (*_named(row), row["currency"]) and secures


def _named(row: Row) -> tuple[str | None, str | None]:
    return row["account"], row["ticker"]


def _with_cost(row: Row, standing: Sequence[Row]) -> Row:
    """A cost that is given is known; one that a broker does not know is what a person entered for as many units."""
    if "cost_known" not in row:
        return {**row, "cost_known": "yes"} if _figure(row, "cost_basis") else row
    if row["cost_known"] == "yes" or len(standing) != 1 or standing[0]["quantity"] != row["quantity"]:
        return row
    return {**row, **{name: standing[0][name] for name in ("cost_basis", "cost_basis_base", "cost_known")}}


def _lasting(table: TablePlan, before: Sequence[TablePlan], items: Sequence[Row]) -> TablePlan:
    """What a person has settled stands, and so do open items of events: no later file repeats them."""
    if table.table != "open_items":
        return table
    earlier = [row for other in before if other.table == "open_items" for row in other.rows]
    given = {(row["account"], row["item"]) for row in table.rows}
    standing = {(row["account"], row["item"]): row for row in (*earlier, *items) if row["account"] in table.replaces}
    lasting = [r for r in standing.values() if r["part"] != "holdings" or r["state"] != "open" or r.get("meaning")]
    added = tuple(row for row in lasting if (row["account"], row["item"]) not in given)
    return replace(table, rows=(*table.rows, *added), places=(*table.places, *[("", 0)] * len(added)))


def _read(plan: ImportPlan, tables: Sequence[TablePlan], items: Sequence[Row]) -> Iterator[Row]:
    """Items whose word has been given a meaning, and which their file, or a newer statement, now has no more."""
    listed = [table for table in tables if table.table == "open_items"]
    odd = {(row["account"], row["item"]) for table in plan.tables if table.table == "open_items" for row in table.rows}
    whole = {name for table in listed for name in table.replaces}
    for row in items:
        seen = any(str(row["place"]).startswith(file) for file in plan.files)
        again = seen or (row["part"] == "holdings" and row["account"] in whole)
        if row["state"] == "open" and row["meaning"] and again and (row["account"], row["item"]) not in odd:
            yield {"account": row["account"], "item": row["item"], "state": "mapped"}


def _in_way(table: TablePlan, books: Books, way: Way) -> TablePlan:
    """Adding changes nothing that stands, updating removes nothing."""
    if table.table not in HELD or way in ("ask", "replace"):
        return table
    standing = {_whose(table, row) for row in books[table.table]} if way == "add" else set()
    fresh = _filtered(table, lambda row: _whose(table, row) not in standing)
    return replace(fresh, replaces=())


def _whose(table: TablePlan, row: Row) -> tuple[str | None, ...]:
    return row["account"], row["currency"], row["ticker"] if table.table == "holdings" else ""


def _filtered(table: TablePlan, wanted: Callable[[Row], bool]) -> TablePlan:
    rows = [(row, place) for row, place in zip(table.rows, table.places, strict=True) if wanted(row)]
    return replace(table, rows=tuple(row for row, _ in rows), places=tuple(place for _, place in rows))


def yielding(table: TablePlan, books: Rows) -> TablePlan:
    """Without the rows for which the books have another source's."""
    return _filtered(table, lambda row: _is_own(table, row, books))


def _is_own(table: TablePlan, row: Row, books: Rows) -> bool:
    there = books.get(tuple(row.get(name) for name in key(table.table)))
    return there is None or there["source"] == row["source"]


def joined(table: TablePlan, books: Rows) -> TablePlan:
    """Transactions made of a statement's lines, with the lines of them that are in the books already."""
    found: dict[str | None, Row] = {}
    rows: list[Row] = []
    for row in table.rows:
        mark = row.get("fingerprint")
        if row.get("parts") and mark:
            row = found[mark] = totalled(row, found.get(mark) or books.get((mark,)))
        rows.append(row)
    return replace(table, rows=tuple(rows))


def unknown(table: TablePlan, nameless: Sequence[Row], books: Rows) -> TablePlan:
    """Without the rows that the books have without their identity; `nameless` are the same rows, named by content."""
    there = {key[0] for key in books}
    content = {id(row): other["fingerprint"] for row, other in zip(table.rows, nameless, strict=True)}
    return _filtered(
        table, lambda row: not row.get("fingerprint") or row["fingerprint"] in there or content[id(row)] not in there
    )


def _unsplit(table: TablePlan, holdings: Sequence[Row]) -> TablePlan:
    """Rows that do not say what they secure, where the books hold the ticker in several parts, become those parts."""
    parts: dict[tuple[str | None, ...], list[Row]] = {}
    for row in holdings:
        parts.setdefault((*_named(row), row["currency"]), []).append(row)
    rows: list[Row] = []
    places: list[Place] = []
    for row, place in zip(table.rows, table.places, strict=True):
        standing = parts.get((*_named(row), row["currency"]), [])
        found = [row] if len(standing) < 2 or "pledged_to" in row else _divided(row, standing, place)
        rows += found
        places += [place] * len(found)
    return replace(table, rows=tuple(rows), places=tuple(places))


def _divided(row: Row, standing: Sequence[Row], place: Place) -> list[Row]:
    """Each pledged part as it stands, and the rest unpledged; nothing unpledged where nothing is left."""
    pledged = [part for part in standing if part["pledged_to"]]
    rest = {name: _rest(row, pledged, name) for name in SUMS if row.get(name)}
    quantity = rest["quantity"]
    if quantity < 0:
        raise BadInput(
            "at least what is pledged (change what is pledged first)",
            file=place[0],
            row=place[1] or None,
            column="quantity",
            value=row["quantity"],
        )
    shared = {name: value for name, value in row.items() if name not in SUMS}
    theirs = (*SUMS, "pledged_to", "cost_known")
    kept: list[Row] = [{**shared, **{name: part[name] for name in theirs}} for part in pledged]
    left = {
        name: canonical(value if row.get("cost_known") != "no" else max(value, Decimal(0)))
        for name, value in rest.items()
    }
    return [*kept, {**shared, **left, "pledged_to": None}] if quantity else kept


def _rest(row: Row, pledged: Sequence[Row], name: str) -> Decimal:
    return _figure(row, name) - sum((_figure(part, name) for part in pledged), Decimal(0))


def _figure(row: Row, name: str) -> Decimal:
    return Decimal(row.get(name) or 0)
