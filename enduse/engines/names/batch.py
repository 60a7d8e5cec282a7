"""A file of names against list files: CSV in, CSV out, whole or not at all."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from enduse.engines.names.bundles import bundles, named
from enduse.engines.names.dates import iso_date
from enduse.engines.names.entities import SCHEMAS, Hit, ListError, Party, ScreenedList
from enduse.engines.names.index import DEFAULT_THRESHOLD, Index
from enduse.engines.names.mapped import SEPARATOR
from enduse.engines.names.readers import read_bundle

NEEDED = ("id", "name")
COLUMNS = ("id", "schema", "name", "birth_date", "country")
ADDRESS_COLUMN = "address"
OUT_COLUMNS = ("id", "list", "entity", "score", "reasons")
LONGEST_NAME = 500
LONGEST_ADDRESS = 2_000
MOST_FAULTS = 20
SCHEMA_NAMED = {schema.lower(): schema for schema in SCHEMAS}
Progress = Callable[[int, int], None]


class NamesFileError(ValueError):
    """A file of names that cannot be taken: every fault with its row, field, reason and remedy; nothing was written."""

    def __init__(self, faults: Sequence[str]) -> None:
        more = f"\n... and {len(faults) - MOST_FAULTS:,} more" if len(faults) > MOST_FAULTS else ""
        super().__init__("\n".join(faults[:MOST_FAULTS]) + more)
        self.faults = tuple(faults)


@dataclass(frozen=True)
class Screened:
    """What a batch came to. `lists` as they are called in the output, with their versions and sizes."""

    names: int
    matched: int
    hits: int
    lists: tuple[tuple[str, str, int], ...]
    notes: tuple[str, ...]


def screen_file(
    list_files: Sequence[Path],
    names_csv: Path,
    out_csv: Path,
    *,
    mapping: Mapping[str, str] | None = None,
    threshold: float = DEFAULT_THRESHOLD,
    limit: int | None = None,
    progress: Progress | None = None,
) -> Screened:
    """Compare every name with every list. Writes `OUT_COLUMNS`, by id in the order of entry, the best hit first.

    `mapping` is for lists in a CSV of one's own. `progress` is told (done, all). Raises NamesFileError, ListError (its
    `where` names the file) or OSError, and then writes nothing.
    """
    parties = read_names(Path(names_csv))
    lists = read_lists(list_files, mapping)
    index = Index.build(lists)
    found = index.screen_many(parties, progress, threshold=threshold, limit=limit)
    write_hits(Path(out_csv), [(party, found[party.id]) for party in parties])
    return Screened(
        names=len(parties),
        matched=sum(bool(hits) for hits in found.values()),
        hits=sum(len(hits) for hits in found.values()),
        lists=tuple((each.source, each.version, len(each.entities)) for each in lists),
        notes=tuple(f"{each.source}: {note}" for each in lists for note in each.notes),
    )


def read_lists(files: Sequence[Path], mapping: Mapping[str, str] | None = None) -> list[ScreenedList]:
    """Each file as a list, a table of the Treasury's with those that belong to it. Two lists of one publisher are told
    apart by their files' names. Raises ListError."""
    found = bundles([named(path) for path in map(Path, files)])
    lists = []
    for bundle in found:
        try:
            lists.append(read_bundle(bundle, mapping=mapping if bundle.main.path.suffix.lower() == ".csv" else None))
        except ListError as error:
            raise bundle.placed(error) from error
    called = Counter(each.source for each in lists)
    for at, bundle in enumerate(found):
        if called[lists[at].source] > 1:
            lists[at] = replace(lists[at], source=f"{lists[at].source} ({bundle.main.name})")
    sources = [each.source for each in lists]
    if repeated := [source for source in sources if sources.count(source) > 1]:
        remedy = "Give each list once, and two versions of one under different file names."
        raise ListError(repeated[0], "", "The list is given twice.", remedy)
    return lists


def read_names(path: Path) -> list[Party]:
    """The parties of a CSV with the columns `COLUMNS`, of which id and name are needed, and perhaps `address`, in which
    several are divided by `;`. Raises NamesFileError."""
    text = text_of(path)
    first_line = text.split("\n", 1)[0]
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=";" if first_line.count(";") > first_line.count(",") else ",", strict=True
    )
    parties: list[Party] = []
    faults: list[str] = []
    seen: dict[str, int] = {}
    try:
        header = [cell.strip().lower() for cell in next(reader)]
        refuse_header(path, header)
        for number, cells in enumerate(reader, start=2):
            if not any(cell.strip() for cell in cells):
                continue
            problems, party = read_row(header, cells, seen, number)
            faults.extend(f"{path.name} row {number}, {problem}" for problem in problems)
            if party is not None:
                parties.append(party)
    except csv.Error as error:
        at = f"{path.name} row {reader.line_num}"
        raise NamesFileError([f"{at}: the CSV is broken ({error}). Look for a quotation mark that is not closed."]) from error
    if not parties and not faults:
        faults.append(f"{path.name}: there is no row below the header. Give at least one name.")
    if faults:
        raise NamesFileError(faults)
    return parties


def text_of(path: Path) -> str:
    content = path.read_bytes()
    if not content.strip():
        raise NamesFileError([f"{path.name}: the file is empty. It needs a header with {', '.join(COLUMNS)}, and rows."])
    if content[:4] in {b"PK\x03\x04", b"%PDF"} or b"\0" in content[:1000]:
        raise NamesFileError([f"{path.name}: this is not a CSV file. Save the sheet as 'CSV UTF-8'."])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row, byte = content.count(b"\n", 0, error.start) + 1, content[error.start]
        raise NamesFileError(
            [f"{path.name} row {row}: the text is not UTF-8 (byte 0x{byte:02X}). Save it again as 'CSV UTF-8'."]
        ) from error


def refuse_header(path: Path, header: list[str]) -> None:
    faults = [
        f"{path.name} row 1, {column}: the column is missing. The names need a header with id and name (and schema,"
        " birth_date, country)."
        for column in NEEDED
        if column not in header
    ]
    faults += [
        f"{path.name} row 1, {column}: the column stands twice. Keep one."
        for column in (*COLUMNS, ADDRESS_COLUMN)
        if header.count(column) > 1
    ]
    if faults:
        raise NamesFileError(faults)


def read_row(header: list[str], cells: list[str], seen: dict[str, int], number: int) -> tuple[list[str], Party | None]:
    """One row as a party, or what is wrong with it, each `field: reason remedy`."""
    if len(cells) > len(header):
        return [f"row: it has {len(cells)} cells; the header has {len(header)}. Quote texts that hold a comma."], None
    row = dict(zip(header, (cell.strip() for cell in cells), strict=False))
    problems = []
    identity, name = row.get("id", ""), row.get("name", "")
    if not identity:
        problems.append("id: it is missing. Give each row its own.")
    elif (before := seen.setdefault(identity, number)) != number:
        problems.append(f"id: {identity!r} stands in row {before} too. Give each row its own.")
    if not any(letter.isalnum() for letter in name):
        problems.append("name: it holds no letter. Write the name as the party does.")
    elif len(name) > LONGEST_NAME:
        problems.append(f"name: it has {len(name)} letters, at most {LONGEST_NAME} are compared. Give one name a row.")
    schema = SCHEMA_NAMED.get(row.get("schema", "").lower() or "legalentity")
    if schema is None:
        problems.append(f"schema: {row['schema']!r} is not known. Use one of {', '.join(SCHEMAS)}, or leave it empty.")
    try:
        birth_date = iso_date(row["birth_date"]) if row.get("birth_date") else ""
    except ValueError:
        birth_date = ""
        problems.append(f"birth_date: {row['birth_date']!r} is not a date. Write 1971-03-14, 1971-03 or 1971.")
    country = row.get("country", "")
    if country and not is_country(country):
        problems.append(f"country: {country!r} is not known. Use its ISO code, such as mx, or its name in English.")
    address = row.get(ADDRESS_COLUMN, "")
    if len(address) > LONGEST_ADDRESS:
        problems.append(f"address: it has {len(address)} letters, at most {LONGEST_ADDRESS:,} are compared. Give where the party is.")
    if problems or schema is None:
        return problems, None
    first, *others = [part.strip() for part in address.split(SEPARATOR) if part.strip()] or [""]
    return [], Party(identity, schema, name, birth_date=birth_date, country=country, address=first, other_addresses=tuple(others))


def is_country(text: str) -> bool:
    from enduse.engines.names.proxies import country_codes

    return bool(country_codes((text,)))


def write_hits(out: Path, found: Sequence[tuple[Party, Sequence[Hit]]]) -> None:
    """Beside its place and then moved there, so that a reader sees all of it or nothing."""
    partial = out.with_name(f".{out.name}.partial")
    try:
        with partial.open("w", encoding="utf-8", newline="") as file:
            lines = csv.writer(file, lineterminator="\n")
            lines.writerow(OUT_COLUMNS)
            for party, hits in found:
                for hit in hits:
                    lines.writerow((party.id, hit.list_source, hit.entity_id, f"{hit.score:.4f}", said_of(hit)))
        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)


def said_of(hit: Hit) -> str:
    """Who is listed and why it was raised, in one cell: `NAME: name_match +1.00 ...; country_mismatch -0.20 ...`."""
    reasons = "; ".join(f"{reason.feature} {reason.points:+.2f} {reason.detail}".strip() for reason in hit.reasons)
    return f"{hit.entity_name}: {reasons}"
