"""The United Kingdom's lists as XML: the UK Sanctions List, one element a designation, and OFSI's consolidated list, one a name.

Layouts: https://www.gov.uk/government/publications/the-uk-sanctions-list ; OFSI's ConList.xml as of 2022, which was closed in
January 2026 and still stands in archives. What they say is read as in their tables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from enduse.engines.names.dates import published_dates
from enduse.engines.names.entities import Entity, Identifier, ListError
from enduse.engines.names.files import FETCH_AGAIN, ListFile
from enduse.engines.names.grouped import NO_WORDS, OFSI_XML, UK, Gathered, entity_of, gender_of, take_name, take_row
from enduse.engines.names.xml import elements, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

DESIGNATIONS, DESIGNATION, MADE = "Designations", "Designation", "DateGenerated"
TARGETS, TARGET = "ArrayOfFinancialSanctionsTarget", "FinancialSanctionsTarget"
ADDRESS_PARTS = (*(f"AddressLine{number}" for number in range(1, 7)), "AddressPostalCode", "AddressCountry")
NUMBERS = {
    "PassportNumber": "passportNumber", "NationalIdentifierNumber": "idNumber", "BusinessRegistrationNumber": "registrationNumber",
    "IMONumber": "imoNumber",
}  # fmt: skip


def read_uk(file: ListFile) -> tuple[tuple[Entity, ...], str]:
    """The entities of the UK Sanctions List and the day that it was made (empty where it does not say)."""
    parsed = elements(file.path, frozenset({DESIGNATION, MADE}))
    root = next(parsed)
    if root.tag != DESIGNATIONS:
        raise ListError("root element", root.tag, f"The file is not the UK Sanctions List (<{DESIGNATIONS}>).", "Choose its format.")
    made = ""
    entities: dict[str, Entity] = {}
    for node in parsed:
        if node.tag == MADE:
            made = made or next(iter(published_dates(node.text or "")), "")
            continue
        where = f"{DESIGNATION} {len(entities) + 1}"
        identity = text_of(node, "UniqueID")
        if not identity:
            raise ListError(where, "UniqueID", "The designation has no number.", FETCH_AGAIN)
        if identity in entities:
            raise ListError(where, "UniqueID", f"Designation {identity} stands in the file twice.", FETCH_AGAIN)
        entities[identity] = entity_of(identity, gathered(node, where), UK)
    return tuple(entities.values()), made


def gathered(node: Element, where: str) -> Gathered:
    """One designation; raises ListError where it is no person, body or ship."""
    kind = text_of(node, "IndividualEntityShip").lower()
    if kind not in UK.schema_by_kind:
        raise ListError(where, "IndividualEntityShip", f"{kind!r} is none of {', '.join(UK.schema_by_kind)}.", FETCH_AGAIN)
    found = Gathered(UK.schema_by_kind[kind])
    for name in node.iterfind("Names/Name"):
        cells = {f"name {number}": text_of(name, f"Name{number}") for number in range(1, 7)}
        take_name(found, {**cells, "name type": text_of(name, "NameType"), "alias strength": text_of(name, "AliasStrength")}, UK)
    found.names.update(dict.fromkeys(values(node, "NameNonLatinScript")))
    found.births.update(dict.fromkeys(day for text in values(node, "DOB") for day in published_dates(text)))
    found.countries.update(dict.fromkeys((*values(node, "Nationality"), *values(node, "CurrentBelievedFlagOfShip"))))
    for address in node.iterfind("Addresses/Address"):
        said = [text_of(address, part) for part in ADDRESS_PARTS]
        if any(said[:-1]):
            found.addresses[", ".join(part for part in said if part)] = None
    for tag, number in NUMBERS.items():
        found.numbers.update(dict.fromkeys(Identifier(number, value) for value in values(node, tag)))
    found.programs.update(dict.fromkeys(values(node, "RegimeName")))
    found.gender = next((gender for text in values(node, "Gender") if (gender := gender_of(text))), "")
    found.remarks.update(dict.fromkeys((*values(node, "Position"), *values(node, "OtherInformation"))))
    return found


def values(node: Element, tag: str) -> Iterator[str]:
    """What each element of this name says, wherever it stands in the designation."""
    for found in node.iter(tag):
        text = " ".join((found.text or "").split())
        if text.lower() not in NO_WORDS:
            yield text


def read_ofsi(file: ListFile) -> tuple[tuple[Entity, ...], str]:
    """The entities of OFSI's consolidated list and the day of its last update."""
    parsed = elements(file.path, frozenset({TARGET}))
    root = next(parsed)
    if root.tag != TARGETS:
        raise ListError("root element", root.tag, f"The file is not OFSI's consolidated list (<{TARGETS}>).", "Choose its format.")
    found: dict[str, Gathered] = {}
    updated = ""
    for number, node in enumerate(parsed, start=1):
        cells = {child.tag.lower(): " ".join((child.text or "").split()) for child in node}
        take_row(found, cells, OFSI_XML, f"{TARGET} {number}")
        updated = max(updated, next(iter(published_dates(cells.get("lastupdated", ""))), ""))
    return tuple(entity_of(identity, each, OFSI_XML) for identity, each in found.items()), updated
