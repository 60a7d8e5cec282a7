"""The Treasury's tables beside its list's main one, and the dialects of them all.

Addresses (ADD), strong aliases (ALT) and remarks that did not fit (COMMENTS) are joined to the main table by `ent_num`.
Columns are divided by a comma (.CSV), `@` (.DEL) or `|` (.PIP), or have fixed widths (.FF); no table has a header.
Layout: https://ofac.treasury.gov/specially-designated-nationals-list-data-formats-data-schemas
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from enduse.engines.names.entities import ListError
from enduse.engines.names.files import BOM, FETCH_AGAIN, ListFile, cells_of, until

NOTHING = "-0-"
END_MARK = "\x1a"
DELIMITERS = (",", "@", "|")
MAIN, ADDRESSES, ALIASES, REMARKS = "main", "addresses", "aliases", "remarks"
WIDTHS = {
    MAIN: (10, 350, 12, 200, 200, 8, 25, 14, 8, 40, 150, 1000),
    ADDRESSES: (10, 10, 750, 116, 250, 200),
    ALIASES: (10, 10, 8, 350, 200),
}
ALIAS_KINDS = frozenset({"aka", "fka", "nka"})
SAID = {ADDRESSES: "the addresses", ALIASES: "the aliases", REMARKS: "the further remarks"}


@dataclass(frozen=True)
class Table:
    """Which table a file is, and what divides its columns; nothing where they have fixed widths."""

    kind: str
    delimiter: str


@dataclass
class Beside:
    """What the other tables say, by the entity's number; `places` names the first row that speaks of each."""

    addresses: dict[str, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))
    aliases: dict[str, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))
    remarks: dict[str, str] = field(default_factory=lambda: defaultdict(str))
    places: dict[str, tuple[str, str]] = field(default_factory=dict)
    kinds: set[str] = field(default_factory=set)


def table_of(start: bytes, name: str = "") -> Table | None:
    """Which of the tables a file's first line belongs to, if any. Two columns alone say little: the name must say `comments`."""
    line = start.removeprefix(BOM).split(b"\n", 1)[0].decode("utf-8", errors="replace").rstrip("\r")
    for kind, widths in WIDTHS.items():
        if len(line) == sum(widths) and line[:10].strip().isdigit():
            return Table(kind, "")
    for delimiter in DELIMITERS:
        cells = cells_of(line, delimiter)
        if len(cells) < 2 or not cells[0].isdigit():
            continue
        if len(cells) == len(WIDTHS[MAIN]):
            return Table(MAIN, delimiter)
        if len(cells) == len(WIDTHS[ADDRESSES]) and cells[1].isdigit():
            return Table(ADDRESSES, delimiter)
        if len(cells) == len(WIDTHS[ALIASES]) and cells[1].isdigit() and cells[2].lower() in ALIAS_KINDS:
            return Table(ALIASES, delimiter)
        if len(cells) == 2 and "comments" in name.lower():
            return Table(REMARKS, delimiter)
    return None


def rows_of(file: ListFile, table: Table) -> Iterator[tuple[int, list[str]]]:
    """(number, cells) of each row, `-0-` as nothing. Raises ListError at a row that is not whole."""
    raw = file.rows(delimiter=table.delimiter, fallback="cp1252", mark=END_MARK) if table.delimiter else cut_rows(file, WIDTHS[table.kind])
    for number, row in raw:
        yield number, ["" if (text := cell.strip()) == NOTHING else text for cell in row]


def cut_rows(file: ListFile, widths: Sequence[int]) -> Iterator[tuple[int, list[str]]]:
    """The rows of a table whose columns have fixed widths."""
    ends = [sum(widths[: at + 1]) for at in range(len(widths))]
    for number, line in enumerate(until(END_MARK, file.lines(fallback="cp1252")), start=1):
        text = line.rstrip("\r\n")
        if not text.strip():
            continue
        if len(text) != ends[-1]:
            raise ListError(f"row {number}", "", f"The row has {len(text)} letters; the layout has {ends[-1]}.", FETCH_AGAIN)
        yield number, [text[end - width : end] for width, end in zip(widths, ends, strict=True)]


def refuse_cut(file: ListFile) -> bool:
    """Whether the publisher's end mark is there; a file without it that stops inside a row is refused."""
    marked = END_MARK.encode() in file.end
    if not marked:
        file.refuse_cut_row()
    return marked


def read_beside(files: Sequence[tuple[str, ListFile]]) -> tuple[Beside, tuple[str, ...]]:
    """The tables beside the main one, each with its name, and the notes. Raises ListError, with the file's name and the row."""
    found = Beside()
    notes = []
    for name, file in files:
        table = table_of(file.start, name)
        if table is None or table.kind == MAIN:
            raise ListError(name, "", "It is none of the tables beside the Treasury's list.", "Give ADD, ALT or COMMENTS with it.")
        found.kinds.add(table.kind)
        try:
            if not refuse_cut(file):
                notes.append(f"The publisher's end mark is missing in {name}: rows at the end may have been lost.")
            for number, row in rows_of(file, table):
                take_row(found, table.kind, row, name, f"row {number}")
        except ListError as error:
            where = error.where if error.where.startswith(name) else f"{name}, {error.where}"
            raise ListError(where, error.field, error.reason, error.remedy) from error
    return found, tuple(notes)


def take_row(found: Beside, kind: str, row: list[str], name: str, where: str) -> None:
    """One row of a table beside the main one; an address that says no more than a country is none."""
    columns = 2 if kind == REMARKS else len(WIDTHS[kind])
    if len(row) != columns:
        raise ListError(where, "", f"The row has {len(row)} columns; the table has {columns}.", FETCH_AGAIN)
    ent_num = row[0]
    if not ent_num.isdigit():
        raise ListError(where, "ent_num", f"{ent_num!r} is not an entity number.", FETCH_AGAIN)
    found.places.setdefault(ent_num, (name, where))
    if kind == REMARKS:
        found.remarks[ent_num] += row[1]
    elif kind == ADDRESSES:
        if row[2] or row[3]:
            found.addresses[ent_num][", ".join(part for part in row[2:5] if part)] = None
    elif row[2].lower() not in ALIAS_KINDS:
        raise ListError(where, "alt_type", f"{row[2]!r} is none of {', '.join(sorted(ALIAS_KINDS))}.", FETCH_AGAIN)
    elif row[3]:
        found.aliases[ent_num][row[3]] = None


def refuse_strangers(found: Beside, known: dict[str, object]) -> None:
    """Tables of different days speak of different entities."""
    for ent_num, (name, where) in found.places.items():
        if ent_num not in known:
            raise ListError(
                f"{name}, {where}", "ent_num", f"Entity {ent_num} is not in the main table: the files are not of one day.",
                "Fetch all tables of the list together and load them again.")
