"""The US Treasury's lists as XML: SDN.XML, and CONSOLIDATED.XML of those who are not Specially Designated Nationals.

Layout: sdnList of https://sanctionslistservice.ofac.treas.gov, with the publisher's own spelling of its elements. The file says
how many entries it has: one that has others was cut or edited.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from enduse.engines.names.dates import dates_within, published_dates
from enduse.engines.names.entities import Entity, Identifier, ListError
from enduse.engines.names.files import FETCH_AGAIN, ListFile
from enduse.engines.names.ofac import numbers_in
from enduse.engines.names.xml import elements, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

ROOT, ENTRY, ABOUT = "sdnList", "sdnEntry", "publshInformation"
SCHEMA_BY_TYPE = {"individual": "Person", "entity": "Organization", "vessel": "Vessel", "aircraft": "Airplane"}
ADDRESS_PARTS = ("address1", "address2", "address3", "city", "stateOrProvince", "postalCode", "country")
PLACES = frozenset({"country"})
LAYOUT_REMEDY = "Check that the file is SDN.XML or CONSOLIDATED.XML, and fetch it again."


def read_ofac_xml(file: ListFile) -> tuple[tuple[Entity, ...], str]:
    """The entities and the day that the list was published (empty where it does not say)."""
    parsed = elements(file.path, frozenset({ENTRY, ABOUT}))
    root = next(parsed)
    if root.tag != ROOT:
        raise ListError("root element", root.tag, f"The file is not a list of the US Treasury (<{ROOT}>).", "Choose its format.")
    published = ""
    said: int | None = None
    entities: dict[str, Entity] = {}
    for node in parsed:
        if node.tag == ABOUT:
            published = published_on(text_of(node, "Publish_Date"))
            said = int(text_of(node, "Record_Count")) if text_of(node, "Record_Count").isdigit() else None
            continue
        where = f"{ENTRY} {len(entities) + 1}"
        entity = read_entry(node, where)
        if entity.id in entities:
            raise ListError(where, "uid", f"Entity {entity.id} stands in the file twice.", FETCH_AGAIN)
        entities[entity.id] = entity
    if said is not None and said != len(entities):
        raise ListError(ABOUT, "Record_Count", f"The file says that it has {said:,} entries; it has {len(entities):,}.", FETCH_AGAIN)
    return tuple(entities.values()), published


def published_on(text: str) -> str:
    """`08/07/2026`, which is the seventh of August, to ISO; anything else as dates are written elsewhere."""
    month, _, rest = text.partition("/")
    day, _, year = rest.partition("/")
    return next(iter(published_dates(f"{day}/{month}/{year}" if year else text)), "")


def read_entry(node: Element, where: str) -> Entity:
    """One sdnEntry; raises ListError without a number, a name or a known type."""
    identity = text_of(node, "uid")
    if not identity.isdigit():
        raise ListError(where, "uid", f"{identity!r} is not an entity number.", FETCH_AGAIN)
    schema = SCHEMA_BY_TYPE.get(text_of(node, "sdnType").lower())
    if schema is None:
        raise ListError(where, "sdnType", f"{text_of(node, 'sdnType')!r} is none of {', '.join(SCHEMA_BY_TYPE)}.", LAYOUT_REMEDY)
    name = name_of(node)
    if not name:
        raise ListError(where, "lastName", f"Entity {identity} has no name.", FETCH_AGAIN)
    strong: dict[str, None] = {}
    weak: dict[str, None] = {}
    for alias in node.iterfind("akaList/aka"):
        if known := name_of(alias):
            (weak if text_of(alias, "category").lower() == "weak" else strong)[known] = None
    papers = list(papers_of(node))
    call_sign = text_of(node, "vesselInfo/callSign")
    return Entity(
        id=identity,
        schema=schema,
        names=(name,),
        aliases=tuple(strong),
        weak_aliases=tuple(weak),
        birth_dates=births(node) if schema == "Person" else (),
        countries=countries(node),
        addresses=addresses(node),
        identifiers=numbers_in("; ".join(papers)) + ((Identifier("callSign", call_sign),) if call_sign else ()),
        programs=tuple(dict.fromkeys(values(node, "programList/program"))),
        gender=next((paper.removeprefix("Gender ").lower() for paper in papers if paper in {"Gender Male", "Gender Female"}), ""),
        remarks="; ".join(filter(None, (
            text_of(node, "title"), *(f"POB {place}" for place in values(node, "placeOfBirthList/placeOfBirthItem/placeOfBirth")),
            *papers, text_of(node, "remarks")))),
    )


def name_of(node: Element) -> str:
    """As the table writes it: `LAST, First` for people, the name alone for anybody else."""
    return ", ".join(part for part in (text_of(node, "lastName"), text_of(node, "firstName")) if part)


def papers_of(node: Element) -> Iterator[str]:
    """Numbers and other particulars in the words of the table's remarks: `Passport X0000001 (Mexico)`."""
    for paper in node.iterfind("idList/id"):
        words = " ".join(part for part in (text_of(paper, "idType"), text_of(paper, "idNumber")) if part)
        country = text_of(paper, "idCountry")
        if words:
            yield (f"{words} ({country})" if country else words).replace(";", ",")


def births(node: Element) -> tuple[str, ...]:
    return tuple(dict.fromkeys(day for text in values(node, "dateOfBirthList/dateOfBirthItem/dateOfBirth") for day in dates_within(text)))


def countries(node: Element) -> tuple[str, ...]:
    paths = ("vesselInfo/vesselFlag", "nationalityList/nationality/country", "citizenshipList/citizenship/country")
    return tuple(dict.fromkeys(country for path in paths for country in values(node, path)))


def addresses(node: Element) -> tuple[str, ...]:
    """Addresses that say more than a country, in one line each."""
    found: dict[str, None] = {}
    for address in node.iterfind("addressList/address"):
        parts = [(part, text_of(address, part)) for part in ADDRESS_PARTS]
        if any(text for part, text in parts if part not in PLACES):
            found[", ".join(text for _, text in parts if text)] = None
    return tuple(found)


def values(node: Element, path: str) -> list[str]:
    return [text for found in node.iterfind(path) if (text := " ".join((found.text or "").split()))]
