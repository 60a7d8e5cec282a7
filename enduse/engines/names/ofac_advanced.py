"""The US Treasury's lists in advanced XML: SDN_ADVANCED.XML and CONS_ADVANCED.XML.

Layout: https://ofac.treasury.gov/specially-designated-nationals-list-data-formats-data-schemas. Words stand once, in sets of
reference values; places, papers, parties and what they are listed for point at each other by numbers. An entity has the number
that it has in SDN.XML and says the same, and its names in other scripts besides.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from enduse.engines.names.dates import dates_within
from enduse.engines.names.entities import Entity, Identifier, ListError
from enduse.engines.names.files import FETCH_AGAIN, ListFile
from enduse.engines.names.ofac import numbers_in
from enduse.engines.names.ofac_xml import SCHEMA_BY_TYPE
from enduse.engines.names.xml import elements, said, text_of

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

ROOT, ISSUED, SETS, PLACE, PAPER, PARTY, ENTRY = (
    "Sanctions", "DateOfIssue", "ReferenceValueSets", "Location", "IDRegDocument", "DistinctParty", "SanctionsEntry")
LAYOUT_REMEDY = "Check that the file is SDN_ADVANCED.XML or CONS_ADVANCED.XML, and fetch it again."
LATIN, PROGRAM = "Latin", "Program"
GIVEN = frozenset({"First Name", "Middle Name", "Patronymic"})
FAMILY = frozenset({"Last Name", "Maiden Name", "Matronymic"})
ADDRESS_PARTS = ("ADDRESS1", "ADDRESS2", "ADDRESS3", "CITY", "STATE/PROVINCE", "REGION", "POSTAL CODE", "Unknown")
# Features that SDN.XML has elements of its own for; what is told by any other stands there among the papers.
BIRTH, BORN_AT, ADDRESS, TITLE, CALL_SIGN, GENDER = "Birthdate", "Place of Birth", "Location", "Title", "Vessel Call Sign", "Gender"
COUNTRIES = ("Vessel Flag", "Nationality Country", "Citizenship Country")
OF_A_VESSEL = frozenset({"VESSEL TYPE", "Vessel Type", "Vessel Owner", "Vessel Tonnage", "Vessel Gross Registered Tonnage"})
APART = frozenset({BIRTH, BORN_AT, ADDRESS, TITLE, CALL_SIGN, *COUNTRIES, *OF_A_VESSEL})
MONTHS = ("", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass
class Referred:
    """What parties point at: words by the kind of reference, places, papers by identity."""

    words: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    party_type: dict[str, str] = field(default_factory=dict)  # of a subtype
    places: dict[str, Place] = field(default_factory=dict)
    papers: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def word(self, kind: str, number: str, where: str) -> str:
        """The word of a number. Raises ListError for a number that the file does not explain."""
        if number not in self.words[kind]:
            raise ListError(where, kind, f"{number!r} is none of the file's reference values.", FETCH_AGAIN)
        return self.words[kind][number]


@dataclass(frozen=True)
class Place:
    """A place in its parts. `country` is empty where the file does not say."""

    parts: Mapping[str, str]
    country: str

    @property
    def line(self) -> str:
        return ", ".join([*self._said(), *([self.country] if self.country else [])])

    @property
    def is_more_than_a_country(self) -> bool:
        return bool(self._said())

    def _said(self) -> list[str]:
        return [self.parts[part] for part in ADDRESS_PARTS if self.parts.get(part)]


def read_ofac_advanced(file: ListFile) -> tuple[tuple[Entity, ...], str]:
    """The entities and the day of issue (empty where the file does not say)."""
    parsed = elements(file.path, frozenset({ISSUED, SETS, PLACE, PAPER, PARTY, ENTRY}))
    root = next(parsed)
    if root.tag != ROOT:
        raise ListError("root element", root.tag, f"The file is not a list of the US Treasury in advanced XML (<{ROOT}>).", "Choose its format.")
    known, issued = Referred(), ""
    entities: dict[str, Entity] = {}
    profiles: dict[str, str] = {}
    programs: dict[str, dict[str, None]] = defaultdict(dict)
    for node in parsed:
        if node.tag == ISSUED:
            issued = _day(node)
        elif node.tag == SETS:
            _take_words(node, known)
        elif node.tag == PLACE:
            known.places[said(node, "ID")] = _place(node, known)
        elif node.tag == PAPER:
            known.papers[said(node, "IdentityID")].append(_paper(node, known))
        elif node.tag == PARTY:
            entity = _party(node, known, f"{PARTY} {len(entities) + 1}")
            if entity.id in entities:
                raise ListError(f"{PARTY} {len(entities) + 1}", "FixedRef", f"Entity {entity.id} stands in the file twice.", FETCH_AGAIN)
            entities[entity.id] = entity
            profiles |= {said(profile, "ID"): entity.id for profile in node.iterfind("Profile")}
        else:
            _take_programs(node, known, profiles, programs)
    if not entities:
        return (), issued
    unlisted = [identity for identity in entities if identity not in programs]
    if unlisted:
        raise ListError(ENTRY, "ProfileID", f"Entity {unlisted[0]} and {len(unlisted) - 1:,} others are listed for nothing: the file has lost its end.",
                        FETCH_AGAIN)
    return tuple(replace(entity, programs=tuple(programs[entity.id])) for entity in entities.values()), issued


def _take_words(node: Element, known: Referred) -> None:
    for values in node:
        for value in values:
            text = " ".join((value.text or "").split())
            # An area's own text is its code; its name stands beside.
            known.words[value.tag][said(value, "ID")] = said(value, "Description") or text if value.tag == "AreaCode" else text
            if value.tag == "PartySubType":
                known.party_type[said(value, "ID")] = said(value, "PartyTypeID")


def _place(node: Element, known: Referred) -> Place:
    where = f"{PLACE} {said(node, 'ID')}"
    parts: dict[str, str] = {}
    for part in node.iterfind("LocationPart"):
        values = sorted(part.iterfind("LocationPartValue"), key=lambda value: said(value, "Primary") != "true")
        if values and (text := text_of(values[0], "Value")):
            parts[known.word("LocPartType", said(part, "LocPartTypeID"), where)] = text
    country = node.find("LocationCountry")
    if country is not None:
        return Place(parts, known.word("Country", said(country, "CountryID"), where))
    area = node.find("LocationAreaCode")
    return Place(parts, known.word("AreaCode", said(area, "AreaCodeID"), where) if area is not None else "")


def _paper(node: Element, known: Referred) -> str:
    """A number in the words of the tables: `Passport X0000001 (Mexico)`."""
    where = f"{PAPER} {said(node, 'ID')}"
    words = f"{known.word('IDRegDocType', said(node, 'IDRegDocTypeID'), where)} {text_of(node, 'IDRegistrationNo')}".strip()
    country = said(node, "IssuedBy-CountryID")
    return (f"{words} ({known.word('Country', country, where)})" if country else words).replace(";", ",")


def _party(node: Element, known: Referred, where: str) -> Entity:
    """One party; raises ListError without a number, a name or a known type."""
    identity = said(node, "FixedRef")
    if not identity.isdigit():
        raise ListError(where, "FixedRef", f"{identity!r} is not an entity number.", FETCH_AGAIN)
    profile = node.find("Profile")
    if profile is None:
        raise ListError(where, "Profile", f"Entity {identity} has no profile.", FETCH_AGAIN)
    schema = _schema(profile, known, where)
    names, aliases, weak = _names(node, known, where)
    if not names:
        raise ListError(where, "Alias", f"Entity {identity} has no name.", FETCH_AGAIN)
    told = _features(node, known, where)
    papers = [paper for own in node.iterfind("Profile/Identity") for paper in known.papers.get(said(own, "ID"), ())]
    papers += [f"{name} {text}".strip().replace(";", ",") for name, texts in told.items() if name not in APART for text in texts]
    return Entity(
        id=identity, schema=schema, names=names[:1], aliases=tuple(dict.fromkeys([*names[1:], *aliases])), weak_aliases=tuple(weak),
        birth_dates=tuple(_births(node, known, where)) if schema == "Person" else (),
        countries=tuple(dict.fromkeys(text for name in COUNTRIES for text in told.get(name, ()))),
        addresses=tuple(dict.fromkeys(told.get(ADDRESS, ()))),
        identifiers=numbers_in("; ".join(papers)) + tuple(Identifier("callSign", sign) for sign in told.get(CALL_SIGN, ())),
        gender=next((text.lower() for text in told.get(GENDER, ()) if text in {"Male", "Female"}), ""),
        remarks="; ".join([*told.get(TITLE, ()), *(f"POB {place}" for place in told.get(BORN_AT, ())), *papers]))


def _schema(profile: Element, known: Referred, where: str) -> str:
    """A vessel and an aircraft are told by the subtype, people and bodies by its type."""
    number = said(profile, "PartySubTypeID")
    for word in (known.word("PartySubType", number, where), known.words["PartyType"].get(known.party_type.get(number, ""), "")):
        if word.lower() in SCHEMA_BY_TYPE:
            return SCHEMA_BY_TYPE[word.lower()]
    raise ListError(where, "PartySubTypeID", f"{number!r} is none of {', '.join(SCHEMA_BY_TYPE)}.", LAYOUT_REMEDY)


def _names(node: Element, known: Referred, where: str) -> tuple[tuple[str, ...], list[str], list[str]]:
    """The name that the list calls it by, in Latin letters where it has them, and its other names: those that count, and weak ones."""
    first: list[str] = []
    strong: dict[str, None] = {}
    weak: dict[str, None] = {}
    for own in node.iterfind("Profile/Identity"):
        kinds = {said(group, "ID"): known.word("NamePartType", said(group, "NamePartTypeID"), where)
                 for group in own.iterfind("NamePartGroups/MasterNamePartGroup/NamePartGroup")}
        for alias in own.iterfind("Alias"):
            is_first = said(alias, "Primary") == "true" and said(own, "Primary") != "false"
            for written in alias.iterfind("DocumentedName"):
                name, is_latin = _name(written, kinds, known)
                if name and is_first and is_latin and not first:
                    first.append(name)
                elif name:
                    (weak if said(alias, "LowQuality") == "true" else strong)[name] = None
    if not first and strong:
        first.append(next(iter(strong)))
    return tuple(first), [name for name in strong if name not in first], [name for name in weak if name not in first]


def _name(written: Element, kinds: Mapping[str, str], known: Referred) -> tuple[str, bool]:
    """As the table writes it, `LAST, First` for people and the name alone for anybody else; and whether it is in Latin letters."""
    family: list[str] = []
    given: list[str] = []
    is_latin = True
    for value in written.iterfind("DocumentedNamePart/NamePartValue"):
        text = " ".join((value.text or "").split())
        kind = kinds.get(said(value, "NamePartGroupID"), "")
        (given if kind in GIVEN else family).append(text)
        script = said(value, "ScriptID")
        is_latin = is_latin and (not script or known.words["Script"].get(script, LATIN) == LATIN)
    return ", ".join(part for part in (" ".join(filter(None, family)), " ".join(filter(None, given))) if part), is_latin


def _features(node: Element, known: Referred, where: str) -> dict[str, list[str]]:
    """What is told of a party, by the name of the feature: its text, or its place; a country's name, where only that is told."""
    found: dict[str, list[str]] = defaultdict(list)
    for feature in node.iterfind("Profile/Feature"):
        name = known.word("FeatureType", said(feature, "FeatureTypeID"), where)
        for version in feature.iterfind("FeatureVersion"):
            found[name] += _told(name, version, known, where)
    return found


def _told(name: str, version: Element, known: Referred, where: str) -> Iterator[str]:
    for detail in version.iterfind("VersionDetail"):
        text = " ".join((detail.text or "").split())
        reference = said(detail, "DetailReferenceID")
        if text or reference:
            yield text or known.word("DetailReference", reference, where)
    for at in version.iterfind("VersionLocation"):
        place = known.places.get(said(at, "LocationID"))
        if place is None:
            raise ListError(where, "LocationID", f"{said(at, 'LocationID')!r} is none of the file's places.", FETCH_AGAIN)
        if name in COUNTRIES:
            if place.country or place.line:
                yield place.country or place.line
        elif name != ADDRESS or place.is_more_than_a_country:
            yield place.line


def _births(node: Element, known: Referred, where: str) -> Iterator[str]:
    """Every date of birth, in the words of the table and then read as those are."""
    days: dict[str, None] = {}
    for feature in node.iterfind("Profile/Feature"):
        if known.word("FeatureType", said(feature, "FeatureTypeID"), where) == BIRTH:
            for period in feature.iterfind("FeatureVersion/DatePeriod"):
                days |= dict.fromkeys(dates_within(_worded(period)))
    return iter(days)


def _worded(period: Element) -> str:
    """`14 Mar 1971`, `Mar 1971`, `1971`, `circa 1971` or `1971 to 1973`, as SDN.XML says the same."""
    start, end = period.find("Start"), period.find("End")
    if start is None:
        return ""
    first = _numbers(start.find("From"))
    last = _numbers(end.find("To") if end is not None else start.find("To")) or first
    if not first or not last:
        return ""
    about = "circa " if "true" in {said(each, "Approximate") for each in (start, end) if each is not None} else ""
    if first == last:
        return f"{about}{first[2]} {MONTHS[first[1]]} {first[0]:04d}"
    if first[0] == last[0] and first[1] == last[1] and first[2] == 1 and last[2] >= 28:
        return f"{about}{MONTHS[first[1]]} {first[0]:04d}"
    whole_years = first[1:] == (1, 1) and last[1:] == (12, 31)
    if first[0] == last[0] and whole_years:
        return f"{about}{first[0]:04d}"
    return f"{about}{first[0]:04d} to {last[0]:04d}"


def _numbers(node: Element | None) -> tuple[int, int, int] | None:
    """Year, month and day; what is not said of them is the first."""
    if node is None:
        return None
    year, month, day = (int(text) if (text := text_of(node, part)).isdecimal() and len(text) <= 4 else 0 for part in ("Year", "Month", "Day"))
    return (year, month if 1 <= month <= 12 else 1, day or 1) if year else None


def _day(node: Element) -> str:
    found = _numbers(node)
    return f"{found[0]:04d}-{found[1]:02d}-{found[2]:02d}" if found else ""


def _take_programs(node: Element, known: Referred, profiles: Mapping[str, str], programs: dict[str, dict[str, None]]) -> None:
    """What a party is listed for: the programmes of its entry."""
    profile, where = said(node, "ProfileID"), f"{ENTRY} {said(node, 'ID')}"
    if profile not in profiles:
        raise ListError(where, "ProfileID", f"Profile {profile!r} is of no party in the file.", FETCH_AGAIN)
    found = programs[profiles[profile]]
    for measure in node.iterfind("SanctionsMeasure"):
        if known.word("SanctionsType", said(measure, "SanctionsTypeID"), where) == PROGRAM and (text := text_of(measure, "Comment")):
            found[text] = None
