"""The EU's consolidated list of financial sanctions, XML 1.1: everything stands in attributes of `sanctionEntity`.

Layout: namespace http://eu.europa.ec/fpi/fsd/export. A `nameAlias` with strong="false" is a weak alias.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from enduse.engines.names.dates import dates_within, published_dates, years_between
from enduse.engines.names.entities import Entity, Identifier, ListError
from enduse.engines.names.files import FETCH_AGAIN, ListFile
from enduse.engines.names.grouped import EU_KINDS, gender_of
from enduse.engines.names.xml import elements, said, text_of

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

ROOT = "export"
ADDRESS_PARTS = ("street", "poBox", "city", "zipCode", "countryDescription")
NUMBER_KINDS = {"passport": "passportNumber", "regnumber": "registrationNumber", "swiftbic": "swiftBic", "fiscalcode": "taxNumber"}
NOWHERE = "00"


def read_eu(file: ListFile) -> tuple[tuple[Entity, ...], str]:
    """The entities and the day the file was made (empty where it does not say)."""
    parsed = elements(file.path, frozenset({"sanctionEntity"}))
    root = next(parsed)
    if root.tag != ROOT:
        raise ListError("root element", root.tag, f"The file is not the EU's list (<{ROOT}>).", "Choose its format.")
    made = said(root, "generationDate")[:10]
    entities: dict[str, Entity] = {}
    for number, node in enumerate(parsed, start=1):
        where = f"sanctionEntity {number}"
        entity = read_entity(node, where)
        if entity.id in entities:
            raise ListError(where, "logicalId", f"Entity {entity.id} stands in the file twice.", FETCH_AGAIN)
        entities[entity.id] = entity
    return tuple(entities.values()), made


def read_entity(node: Element, where: str) -> Entity:
    """One sanctionEntity; raises ListError without a number, a known subject type or a name."""
    for child in node.iter():
        child.tag = child.tag.rpartition("}")[2]
    identity = said(node, "logicalId")
    if not identity:
        raise ListError(where, "logicalId", "The entity has no number.", FETCH_AGAIN)
    subject = node.find("subjectType")
    kind = (said(subject, "classificationCode") or said(subject, "code")).lower() if subject is not None else ""
    if kind not in EU_KINDS:
        raise ListError(where, "subjectType", f"Entity {identity} is neither person nor enterprise ({kind!r}).", FETCH_AGAIN)
    names: dict[str, None] = {}
    weak: dict[str, None] = {}
    for alias in node.iterfind("nameAlias"):
        whole = said(alias, "wholeName") or " ".join(filter(None, (said(alias, part) for part in ("firstName", "middleName", "lastName"))))
        if whole:
            (weak if said(alias, "strong").lower() == "false" else names)[whole] = None
    if not names and not weak:
        raise ListError(where, "nameAlias", f"Entity {identity} has no name.", FETCH_AGAIN)
    schema = EU_KINDS[kind]
    genders = [gender for alias in node.iterfind("nameAlias") if (gender := gender_of(said(alias, "gender")))]
    return Entity(
        id=identity,
        schema=schema,
        names=tuple(names) or tuple(weak)[:1],
        weak_aliases=tuple(alias for alias in weak if names),
        birth_dates=birth_dates(node) if schema == "Person" else (),
        countries=tuple(dict.fromkeys(filter(None, (country_of(each) for each in node.iterfind("citizenship"))))),
        addresses=addresses(node),
        identifiers=numbers(node),
        programs=tuple(dict.fromkeys(filter(None, (said(each, "programme") for each in node.iterfind("regulation"))))),
        gender=genders[0] if genders and schema == "Person" else "",
        remarks="; ".join(filter(None, (said(node, "euReferenceNumber"), said(node, "designationDetails"), text_of(node, "remark")))),
    )


def birth_dates(node: Element) -> tuple[str, ...]:
    """As exact as each is; `circa` and ranges as their years; other calendars by their year alone where it is Gregorian."""
    found: dict[str, None] = {}
    for birth in node.iterfind("birthdate"):
        if said(birth, "calendarType").upper() not in {"", "GREGORIAN"}:
            continue
        year, first, last = said(birth, "year"), said(birth, "yearRangeFrom"), said(birth, "yearRangeTo")
        if first.isdigit() and last.isdigit():
            found.update(dict.fromkeys(years_between(int(first), int(last))))
        elif said(birth, "circa").lower() == "true":
            found.update(dict.fromkeys(dates_within(f"circa {year}")))
        else:
            found.update(dict.fromkeys(published_dates(said(birth, "birthdate")) or published_dates(year)))
    return tuple(found)


def country_of(node: Element) -> str:
    code = said(node, "countryIso2Code")
    return code if code and code != NOWHERE else said(node, "countryDescription").removesuffix("UNKNOWN")


def addresses(node: Element) -> tuple[str, ...]:
    """Addresses that say more than a country, in one line each."""
    found: dict[str, None] = {}
    for address in node.iterfind("address"):
        parts = [said(address, part) for part in ADDRESS_PARTS]
        if any(parts[:-1]):
            found[", ".join(part for part in parts if part and part != "UNKNOWN")] = None
    return tuple(found)


def numbers(node: Element) -> tuple[Identifier, ...]:
    found: dict[Identifier, None] = {}
    for paper in node.iterfind("identification"):
        if value := said(paper, "number"):
            found[Identifier(NUMBER_KINDS.get(said(paper, "identificationTypeCode").lower(), "idNumber"), value)] = None
    return tuple(found)
