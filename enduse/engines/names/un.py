"""The UN Security Council's consolidated list, XML: individuals and entities, aliases of good or low quality.

Layout: https://www.un.org/sc/resources/sc-sanctions.xsd . A document type, an entity declaration or an outside
reference is refused before anything is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from enduse.engines.names.dates import dates_within, iso_date, years_between
from enduse.engines.names.entities import Entity, Identifier, ListError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

ROOT = "CONSOLIDATED_LIST"
REMEDY = "Fetch the list again from its publisher and load the whole file."
NAME_PARTS = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")
ADDRESS_PARTS = ("STREET", "CITY", "STATE_PROVINCE", "ZIP_CODE", "COUNTRY")
EMPTY_WORDS = frozenset({"", "na", "n/a"})


def read_un(content: bytes) -> tuple[tuple[Entity, ...], str]:
    """The entities and the day the file was made (empty where it does not say)."""
    try:
        root = ElementTree.fromstring(content, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    except DefusedXmlException as error:
        raise ListError(
            "document type",
            "",
            f"The file declares a document type or entities, which no list needs ({type(error).__name__}).",
            "Do not load this file; ask its sender where it comes from.",
        ) from error
    except ElementTree.ParseError as error:
        line, column = error.position
        raise ListError(f"line {line}, column {column + 1}", "", f"The XML is not whole ({error}).", REMEDY) from error
    if root.tag != ROOT:
        raise ListError(
            "root element", root.tag, f"The file is not a UN consolidated list (<{ROOT}>).", "Choose its format."
        )
    entities: dict[str, Entity] = {}
    for number, (node, schema) in enumerate(listed(root), start=1):
        entity = read_node(node, schema, f"{node.tag} {number}")
        if entity.id in entities:
            raise ListError(f"{node.tag} {number}", "DATAID", f"Entity {entity.id} stands in the file twice.", REMEDY)
        entities[entity.id] = entity
    return tuple(entities.values()), root.get("dateGenerated", "")[:10]


def listed(root: Element) -> Iterator[tuple[Element, str]]:
    for node in root.iterfind("INDIVIDUALS/INDIVIDUAL"):
        yield node, "Person"
    for node in root.iterfind("ENTITIES/ENTITY"):
        yield node, "Organization"


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


def text_of(node: Element, tag: str) -> str:
    return " ".join((node.findtext(tag) or "").split())


def values_of(node: Element, path: str) -> list[str]:
    values = (" ".join((found.text or "").split()) for found in node.iterfind(path))
    return [value for value in values if value.lower() not in EMPTY_WORDS]
