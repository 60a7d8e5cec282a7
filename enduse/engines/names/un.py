"""The UN Security Council's consolidated list, XML: individuals and entities, aliases of good or low quality.

Layout: https://www.un.org/sc/resources/sc-sanctions.xsd . A document type, an entity declaration or an outside
reference is refused before anything is read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from enduse.engines.names.dates import dates_within, iso_date, years_between
from enduse.engines.names.entities import Entity, Identifier, ListError
from enduse.engines.names.files import FETCH_AGAIN, ListFile
from enduse.engines.names.xml import elements, text_of

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

ROOT = "CONSOLIDATED_LIST"
SCHEMA_BY_TAG = {"INDIVIDUAL": "Person", "ENTITY": "Organization"}
REMEDY = FETCH_AGAIN
NAME_PARTS = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")
ADDRESS_PARTS = ("STREET", "CITY", "STATE_PROVINCE", "ZIP_CODE", "COUNTRY")
EMPTY_WORDS = frozenset({"", "na", "n/a"})


def read_un(file: ListFile) -> tuple[tuple[Entity, ...], str]:
    """The entities and the day the file was made (empty where it does not say)."""
    parsed = elements(file.path, frozenset(SCHEMA_BY_TAG))
    root = next(parsed)
    if root.tag != ROOT:
        raise ListError("root element", root.tag, f"The file is not a UN consolidated list (<{ROOT}>).", "Choose its format.")
    made = root.get("dateGenerated", "")[:10]
    entities: dict[str, Entity] = {}
    for number, node in enumerate(parsed, start=1):
        where = f"{node.tag} {number}"
        entity = read_node(node, SCHEMA_BY_TAG[node.tag], where)
        if entity.id in entities:
            raise ListError(where, "DATAID", f"Entity {entity.id} stands in the file twice.", REMEDY)
        entities[entity.id] = entity
    return tuple(entities.values()), made


def read_node(node: Element, schema: str, where: str) -> Entity:
    """One INDIVIDUAL or ENTITY; raises ListError without a DATAID or a name."""
    identity = text_of(node, "DATAID")
    if not identity:
        raise ListError(where, "DATAID", "The entity has no number.", REMEDY)
    name = " ".join(part for part in (text_of(node, tag) for tag in NAME_PARTS) if part)
    if not name:
        raise ListError(where, NAME_PARTS[0], f"Entity {identity} has no name.", REMEDY)
    original = text_of(node, "NAME_ORIGINAL_SCRIPT")
    strong, weak = aliases(node)
    gender = text_of(node, "GENDER").lower()
    titles = [value for tag in ("TITLE", "DESIGNATION") for value in values_of(node, f"{tag}/VALUE")]
    return Entity(
        id=identity,
        schema=schema,
        names=(name, original) if original else (name,),
        aliases=strong,
        weak_aliases=weak,
        birth_dates=birth_dates(node),
        countries=tuple(dict.fromkeys(values_of(node, "NATIONALITY/VALUE"))),
        addresses=addresses(node),
        identifiers=documents(node),
        programs=tuple(value for value in (text_of(node, "UN_LIST_TYPE"),) if value),
        gender=gender if gender in {"male", "female"} else "",
        remarks="; ".join(filter(None, (text_of(node, "REFERENCE_NUMBER"), *titles, text_of(node, "COMMENTS1")))),
    )


def aliases(node: Element) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Strong and weak aliases: the UN marks a person's as Good or Low, a body's as a.k.a. or f.k.a."""
    strong: dict[str, None] = {}
    weak: dict[str, None] = {}
    for tag in ("INDIVIDUAL_ALIAS", "ENTITY_ALIAS"):
        for alias in node.iterfind(tag):
            name = text_of(alias, "ALIAS_NAME")
            if name.lower() not in EMPTY_WORDS:
                (weak if text_of(alias, "QUALITY") == "Low" else strong)[name] = None
    return tuple(strong), tuple(weak)


def birth_dates(node: Element) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for birth in node.iterfind("INDIVIDUAL_DATE_OF_BIRTH"):
        found.update(dict.fromkeys(dates_of(birth)))
    for alias in node.iterfind("INDIVIDUAL_ALIAS"):
        found.update(dict.fromkeys(dates_within(text_of(alias, "DATE_OF_BIRTH"))))
    return tuple(found)


def dates_of(birth: Element) -> tuple[str, ...]:
    first, last = text_of(birth, "FROM_YEAR"), text_of(birth, "TO_YEAR")
    if first.isdigit() and last.isdigit():
        return years_between(int(first), int(last))
    stated = text_of(birth, "DATE") or text_of(birth, "YEAR")
    if text_of(birth, "TYPE_OF_DATE") == "APPROXIMATELY":
        return dates_within(f"circa {stated[:4]}")
    try:
        return (iso_date(stated),)
    except ValueError:
        return ()


def addresses(node: Element) -> tuple[str, ...]:
    """Addresses that say more than a country, in one line each."""
    found: dict[str, None] = {}
    for tag in ("INDIVIDUAL_ADDRESS", "ENTITY_ADDRESS"):
        for address in node.iterfind(tag):
            parts = [text_of(address, part) for part in ADDRESS_PARTS]
            if any(parts[:-1]):
                found[", ".join(part for part in parts if part)] = None
    return tuple(found)


def documents(node: Element) -> tuple[Identifier, ...]:
    found: dict[Identifier, None] = {}
    for document in node.iterfind("INDIVIDUAL_DOCUMENT"):
        number = text_of(document, "NUMBER")
        kind = text_of(document, "TYPE_OF_DOCUMENT").lower()
        if number:
            passport = "passport" in kind or "passeport" in kind or "pasaporte" in kind
            found[Identifier("passportNumber" if passport else "idNumber", number)] = None
    return tuple(found)


def values_of(node: Element, path: str) -> list[str]:
    values = (" ".join((found.text or "").split()) for found in node.iterfind(path))
    return [value for value in values if value.lower() not in EMPTY_WORDS]
