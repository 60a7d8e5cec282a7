"""FollowTheMoney JSON lines, as OpenSanctions and other open list keepers publish them: one entity a line.

Sanctions, identity papers and addresses are entities of their own there; they are folded into the listed entity
that they belong to. Format: https://followthemoney.tech/docs/
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from enduse.engines.names.entities import SCHEMAS, Entity, Identifier, ListError
from enduse.engines.names.files import FETCH_AGAIN, ListFile

REMEDY = FETCH_AGAIN
COUNTRY_PROPERTIES = ("nationality", "citizenship", "country", "jurisdiction", "mainCountry", "flag", "birthCountry")
NUMBER_PROPERTIES = (
    "passportNumber",
    "idNumber",
    "taxNumber",
    "registrationNumber",
    "innCode",
    "ogrnCode",
    "leiCode",
    "swiftBic",
    "imoNumber",
    "mmsi",
    "callSign",
    "serialNumber",
    "dunsCode",
    "uniqueEntityId",
    "publicKey",
    "isinCode",
)
READ = (
    "name", "alias", "previousName", "weakAlias", "abbreviation", "birthDate", "gender", "address", "addressEntity", "program", "position", "notes",
    *COUNTRY_PROPERTIES, *NUMBER_PROPERTIES,
)  # fmt: skip
HOLDER = {"Sanction": "entity", "Identification": "holder", "Passport": "holder"}
Properties = dict[str, list[Any]]


def read_ftm(file: ListFile) -> tuple[tuple[Entity, ...], str]:
    """The entities that can be screened against, and the newest `last_seen` or `last_change` day of the file."""
    listed: dict[str, tuple[str, str, Properties]] = {}
    attached: dict[str, Properties] = defaultdict(lambda: defaultdict(list))
    addresses: dict[str, str] = {}
    newest = ""
    for number, line in enumerate(file.lines(), start=1):
        if not line.strip():
            continue
        if not line.endswith("\n") and not line.rstrip().endswith("}"):
            raise ListError(f"line {number}", "", "The file stops in the middle of a line.", REMEDY)
        record = read_line(line, number)
        identity, schema, properties = record["id"], record["schema"], record["properties"]
        newest = max(newest, str(record.get("last_seen") or record.get("last_change") or "")[:10])
        if schema in SCHEMAS:
            if identity in listed:
                raise ListError(f"line {number}", "id", f"Entity {identity} stands in the file twice.", REMEDY)
            listed[identity] = (schema, str(record.get("caption", "")), {key: properties[key] for key in READ if key in properties})
        elif schema == "Address":
            addresses[identity] = first(properties, "full") or ", ".join(strings(properties, ("street", "city")))
        elif schema in HOLDER:
            attach(attached, schema, properties)
    entities = tuple(
        entity_of(identity, *found, attached.get(identity, {}), addresses) for identity, found in listed.items()
    )
    return entities, newest


def read_line(line: str, number: int) -> dict[str, Any]:
    """One line as id, schema and properties; raises ListError where one is missing or of the wrong kind."""
    where = f"line {number}"
    try:
        record = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        raise ListError(where, "", f"The line is not one whole JSON object ({error}).", REMEDY) from error
    if not isinstance(record, dict):
        raise ListError(where, "", "The line is not a JSON object.", REMEDY)
    for field in ("id", "schema"):
        if not isinstance(record.get(field), str) or not record[field].strip():
            raise ListError(where, field, "It is missing or is not text.", "Export the entities with all their fields.")
    properties = record.get("properties")
    if not isinstance(properties, dict) or not all(isinstance(found, list) for found in properties.values()):
        raise ListError(
            where, "properties", "It is not an object of lists.", "Export full FollowTheMoney entities, not summaries."
        )
    if record["schema"] in SCHEMAS and not strings(properties, ("name", "alias", "weakAlias")):
        raise ListError(where, "properties.name", "The entity has no name.", "Give each listed entity a name.")
    return record


def attach(attached: dict[str, Properties], schema: str, properties: Properties) -> None:
    """Hand a sanction's programme or a paper's number to the entities that it names."""
    for holder in properties.get(HOLDER[schema], []):
        identity = holder.get("id") if isinstance(holder, dict) else holder
        if schema == "Sanction":
            attached[str(identity)]["program"].extend(strings(properties, ("program", "programId")))
        else:
            kind = "passportNumber" if schema == "Passport" else "idNumber"
            attached[str(identity)][kind].extend(strings(properties, ("number",)))


def entity_of(
    identity: str, schema: str, caption: str, properties: Properties, attached: Properties, addresses: dict[str, str]
) -> Entity:
    names = strings(properties, ("name",))
    if caption in names:
        names = (caption, *(name for name in names if name != caption))
    aliases = strings(properties, ("alias", "previousName"))
    weak = strings(properties, ("weakAlias", "abbreviation"))
    names = names or aliases[:1] or weak[:1]
    stated = {kind: (*strings(properties, (kind,)), *strings(attached, (kind,))) for kind in NUMBER_PROPERTIES}
    full = (*strings(properties, ("address",)), *(addresses.get(key, "") for key in linked(properties)))
    return Entity(
        id=identity,
        schema=schema,
        names=names,
        aliases=tuple(alias for alias in aliases if alias not in names),
        weak_aliases=weak,
        birth_dates=strings(properties, ("birthDate",)),
        countries=strings(properties, COUNTRY_PROPERTIES),
        addresses=tuple(dict.fromkeys(address for address in full if address)),
        identifiers=tuple(
            dict.fromkeys(Identifier(kind, value) for kind, values in stated.items() for value in values)
        ),
        programs=tuple(dict.fromkeys((*strings(properties, ("program",)), *strings(attached, ("program",))))),
        gender=first(properties, "gender"),
        remarks="; ".join(strings(properties, ("position", "notes"))),
    )


def linked(properties: Properties) -> list[str]:
    return [str(found.get("id") if isinstance(found, dict) else found) for found in properties.get("addressEntity", [])]


def strings(properties: Properties, names: Iterable[str]) -> tuple[str, ...]:
    """The texts of some properties, in order, each once."""
    found = (value.strip() for name in names for value in properties.get(name, []) if isinstance(value, str))
    return tuple(dict.fromkeys(value for value in found if value))


def first(properties: Properties, name: str) -> str:
    return next(iter(strings(properties, (name,))), "")
