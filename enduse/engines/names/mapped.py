"""A list in a CSV of one's own, with a header and a declared mapping from our fields to its columns."""

from __future__ import annotations

from collections.abc import Mapping

from enduse.engines.names.dates import dates_within
from enduse.engines.names.entities import SCHEMAS, Entity, Identifier, ListError
from enduse.engines.names.files import BOM, ListFile, cells_of

FIELDS = (
    "id",
    "schema",
    "name",
    "alias",
    "weak_alias",
    "birth_date",
    "country",
    "address",
    "identifier",
    "program",
    "remarks",
)
SEPARATOR = ";"


def read_mapped(file: ListFile, mapping: Mapping[str, str]) -> tuple[Entity, ...]:
    """Rows as entities. `mapping` gives a column header for each field; `=Person` gives a value for all rows.

    `id` and `name` are needed; without `schema` an entity is a LegalEntity, which may be a person or a body. A cell
    holds several values divided by `;`, except id, schema and remarks. Raises ListError.
    """
    entities: dict[str, Entity] = {}
    rows = file.rows(delimiter=delimiter_of(file.start))
    header = [cell.strip() for cell in next(rows, (1, []))[1]]
    check_mapping(mapping, header)
    for number, row in rows:
        if not any(cell.strip() for cell in row):
            continue
        entity = read_row(number, row, header, mapping)
        if entity.id in entities:
            raise ListError(f"row {number}", mapping["id"], f"{entity.id!r} stands in the file twice.", "Give each row its own.")
        entities[entity.id] = entity
    return tuple(entities.values())


def delimiter_of(start: bytes) -> str:
    """What divides the header's columns: a comma, or a semicolon or a tab where there are more of those."""
    first_line = start.split(b"\n", 1)[0].decode("utf-8", errors="replace")
    return max((",", ";", "\t"), key=first_line.count)


def own_mapping(start: bytes) -> dict[str, str] | None:
    """The mapping of a CSV whose header already has our own names for its columns, id and name at least."""
    first_line = start.removeprefix(BOM).split(b"\n", 1)[0].decode("utf-8", errors="replace")
    header = cells_of(first_line, delimiter_of(start))
    named = {field: field for field in FIELDS if field in header}
    return named if {"id", "name"} <= set(named) else None


def check_mapping(mapping: Mapping[str, str], header: list[str]) -> None:
    unknown = sorted(set(mapping) - set(FIELDS))
    if unknown:
        raise ListError("mapping", unknown[0], "There is no such field.", f"Fields are {', '.join(FIELDS)}.")
    for needed in ("id", "name"):
        if needed not in mapping:
            raise ListError("mapping", needed, "The field has no column.", "Say which column holds it.")
    for field, column in mapping.items():
        if not column.startswith("=") and header.count(column) != 1:
            found = "no" if column not in header else "more than one"
            raise ListError(
                "row 1", field, f"The header has {found} column {column!r}.", f"Its columns: {', '.join(header)}."
            )


def read_row(number: int, row: list[str], header: list[str], mapping: Mapping[str, str]) -> Entity:
    where = f"row {number}"
    if len(row) != len(header):
        raise ListError(
            where, "", f"The row has {len(row)} columns; the header has {len(header)}.", "Quote cells that hold commas."
        )
    cells = dict(zip(header, row, strict=True))
    value = {
        field: (column[1:] if column.startswith("=") else cells[column]).strip() for field, column in mapping.items()
    }
    many = {
        field: tuple(part.strip() for part in value.get(field, "").split(SEPARATOR) if part.strip()) for field in FIELDS
    }
    for needed in ("id", "name"):
        if not many[needed]:
            raise ListError(where, mapping[needed], "The cell is empty.", "Fill it in or take the row out.")
    schema = value.get("schema") or "LegalEntity"
    if schema not in SCHEMAS:
        raise ListError(where, mapping["schema"], f"{schema!r} is no schema.", f"Use one of {', '.join(SCHEMAS)}.")
    births: list[str] = []
    for text in many["birth_date"]:
        if not (dates := dates_within(text)):
            raise ListError(
                where, mapping["birth_date"], f"{text!r} is not a date.", "Write 1964-07-17, 1964 or 'circa 1964'."
            )
        births.extend(dates)
    return Entity(
        id=value["id"],
        schema=schema,
        names=many["name"],
        aliases=many["alias"],
        weak_aliases=many["weak_alias"],
        birth_dates=tuple(dict.fromkeys(births)),
        countries=many["country"],
        addresses=many["address"],
        identifiers=tuple(Identifier("idNumber", number) for number in many["identifier"]),
        programs=many["program"],
        remarks=value.get("remarks", ""),
    )
