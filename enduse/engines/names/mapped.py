"""A list in a CSV of one's own, with a header and a declared mapping from our fields to its columns."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

from enduse.engines.names.dates import dates_within
from enduse.engines.names.entities import SCHEMAS, Entity, Identifier, ListError

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


def read_mapped(text: str, mapping: Mapping[str, str]) -> tuple[Entity, ...]:
    """Rows as entities. `mapping` gives a column header for each field; `=Person` gives a value for all rows.

    `id` and `name` are needed; without `schema` an entity is a LegalEntity, which may be a person or a body. A cell
    holds several values divided by `;`, except id, schema and remarks. Raises ListError.
    """
    rows = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    entities: dict[str, Entity] = {}
    number = 1
    try:
        header = [cell.strip() for cell in next(rows, [])]
        check_mapping(mapping, header)
        for number, row in enumerate(rows, start=2):
            if not any(cell.strip() for cell in row):
                continue
            entity = read_row(number, row, header, mapping)
            if entity.id in entities:
                raise ListError(
                    f"row {number}", mapping["id"], f"{entity.id!r} stands in the file twice.", "Give each row its own."
                )
            entities[entity.id] = entity
    except csv.Error as error:
        raise ListError(
            f"row {number + 1}", "", f"The row is not whole CSV ({error}).", "Export the file again as UTF-8 CSV."
        ) from error
    return tuple(entities.values())


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
