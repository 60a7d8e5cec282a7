"""The Treasury's advanced XML says of an entity what its plain XML says, and its names in other scripts besides."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from enduse.engines import names
from tests.engines.names.test_ofac_forms import xml_file
from tests.engines.names.test_reading_lists import refusal

pytestmark = pytest.mark.engine
NAMESPACE = "https://sanctionslistservice.ofac.treas.gov/api/PublicationPreview/exports/ADVANCED_XML"


def values(kind: str, **of: str) -> str:
    return f"<{kind}Values>" + "".join(f'<{kind} ID="{number.strip("_")}">{text}</{kind}>' for number, text in of.items()) + f"</{kind}Values>"


SETS = "<ReferenceValueSets>" + "".join([
    values("AliasType", _1400="A.K.A.", _1403="Name"), values("Script", _215="Latin", _220="Cyrillic"),
    '<AreaCodeValues><AreaCode ID="11" CountryID="9" Description="Region: Nowhere">NW</AreaCode></AreaCodeValues>',
    values("Country", _7="Mexico", _8="Spain", _9="Panama"), values("DetailReference", _91526="Male", _91527="Female"),
    values("FeatureType", _8="Birthdate", _9="Place of Birth", _10="Nationality Country", _25="Location", _26="Title", _224="Gender",
           _1="Vessel Call Sign", _3="Vessel Flag", _2="VESSEL TYPE", _13="SWIFT/BIC", _14="Website"),
    values("IDRegDocType", _1571="Passport", _1626="Vessel Registration Identification"),
    values("LocPartType", _1="Unknown", _1451="ADDRESS1", _1454="CITY", _1455="STATE/PROVINCE", _1456="POSTAL CODE"),
    values("NamePartType", _1520="Last Name", _1521="First Name", _1522="Middle Name", _1525="Entity Name", _1526="Vessel Name", _1528="Nickname"),
    '<PartySubTypeValues><PartySubType ID="1" PartyTypeID="4">Vessel</PartySubType><PartySubType ID="3" PartyTypeID="2">Unknown</PartySubType>'
    '<PartySubType ID="4" PartyTypeID="1">Unknown</PartySubType></PartySubTypeValues>',
    values("PartyType", _1="Individual", _2="Entity", _4="Transport"), values("SanctionsType", _1="Program", _2="Asset freeze")]) + "</ReferenceValueSets>"


def place(number: int, country: str = "", **parts: str) -> str:
    at = f'<LocationCountry CountryID="{country}" CountryRelevanceID="1413"/>' if country else ""
    told = "".join(
        f'<LocationPart LocPartTypeID="{part.strip("_")}"><LocationPartValue Primary="false"><Comment>Cyrillic</Comment><Value>Вилла</Value>'
        f'</LocationPartValue><LocationPartValue Primary="true"><Comment/><Value>{text}</Value></LocationPartValue></LocationPart>'
        for part, text in parts.items())
    return f'<Location ID="{number}">{at}{told}<FeatureVersionReference FeatureVersionID="1"/></Location>'


PLACES = "<Locations>" + "".join([
    place(1, "7", _1451="5 Invented Road", _1454="Villa Inventada", _1456="01234"), place(2, "8"), place(3, "7"), place(4, _1="Villa Inventada"),
    place(5, "9")]) + "</Locations>"
PAPERS = (
    '<IDRegDocuments><IDRegDocument ID="1" IDRegDocTypeID="1571" IdentityID="120" IssuedBy-CountryID="7" ValidityID="1"><Comment/>'
    '<IDRegistrationNo>X0000001</IDRegistrationNo><IssuingAuthority/></IDRegDocument>'
    '<IDRegDocument ID="2" IDRegDocTypeID="1626" IdentityID="140" ValidityID="1"><Comment/><IDRegistrationNo>IMO 9000007</IDRegistrationNo>'
    '<IssuingAuthority/></IDRegDocument></IDRegDocuments>')


def name(*parts: tuple[int, str], script: int = 215) -> str:
    told = "".join(f'<DocumentedNamePart><NamePartValue NamePartGroupID="{group}" ScriptID="{script}" ScriptStatusID="1" Acronym="false">{text}'
                   '</NamePartValue></DocumentedNamePart>' for group, text in parts)
    return f'<DocumentedName ID="1" FixedRef="1" DocNameStatusID="1">{told}</DocumentedName>'


def alias(*written: str, primary: bool = False, low: bool = False) -> str:
    return (f'<Alias FixedRef="1" AliasTypeID="{1403 if primary else 1400}" Primary="{str(primary).lower()}" LowQuality="{str(low).lower()}">'
            f'{"".join(written)}</Alias>')


def party(number: int, subtype: int, groups: dict[int, int], aliases: str, features: str = "") -> str:
    told = "".join(f'<MasterNamePartGroup><NamePartGroup ID="{group}" NamePartTypeID="{kind}"/></MasterNamePartGroup>' for group, kind in groups.items())
    return (f'<DistinctParty FixedRef="{number}"><Comment/><Profile ID="{number}" PartySubTypeID="{subtype}"><Identity ID="{number}0" FixedRef="{number}" '
            f'Primary="true" False="false">{aliases}<NamePartGroups>{told}</NamePartGroups></Identity>{features}</Profile></DistinctParty>')


def feature(kind: int, inner: str) -> str:
    return f'<Feature ID="1" FeatureTypeID="{kind}"><FeatureVersion ID="1" ReliabilityID="1"><Comment/>{inner}</FeatureVersion></Feature>'


def detail(text: str = "", reference: str = "") -> str:
    return f'<VersionDetail DetailTypeID="1432"{f" DetailReferenceID={chr(34)}{reference}{chr(34)}" if reference else ""}>{text}</VersionDetail>'


def at(number: int) -> str:
    return f'<VersionLocation LocationID="{number}"/>'


def dated(first: str, last: str, about: bool = False) -> str:
    def day(text: str) -> str:
        year, month, number = text.split("-")
        return f"<Year>{year}</Year><Month>{int(month)}</Month><Day>{int(number)}</Day>"
    said = str(about).lower()
    return (f'<DatePeriod CalendarTypeID="1" YearFixed="false" MonthFixed="false" DayFixed="false"><Start Approximate="{said}" YearFixed="false"><From>{day(first)}'
            f'</From><To>{day(first)}</To></Start><End Approximate="{said}"><From>{day(last)}</From><To>{day(last)}</To></End></DatePeriod>')


MAN = party(12, 4, {1: 1520, 2: 1521, 3: 1528}, "".join([
    alias(name((1, "FICTICIO"), (2, "Ramiro")), name((1, "ФИКТИСИО"), (2, "Рамиро"), script=220), primary=True),
    alias(name((1, "FIKTISIO"), (2, "Ramiro"))), alias(name((3, "EL CARTERO")), low=True)]), "".join([
        feature(8, dated("1971-03-14", "1971-03-14")), feature(8, dated("1974-01-01", "1974-12-31", about=True)), feature(9, at(4)), feature(10, at(3)),
        feature(25, at(1)), feature(25, at(2)), feature(26, detail("Broker")), feature(224, detail(reference="91526"))]))
SHIP = party(14, 1, {1: 1526}, alias(name((1, "LADY NOWHERE")), primary=True),
             feature(1, detail("XX1")) + feature(3, at(5)) + feature(2, detail("General Cargo")))
FIRM = party(15, 3, {1: 1525}, alias(name((1, "MOLINO QUIMERA")), primary=True), feature(13, detail("XXXXPAPA")) + feature(14, detail("molino.example")))


def entry(number: int, *programs: str) -> str:
    measures = "".join(f'<SanctionsMeasure ID="1" SanctionsTypeID="1"><Comment>{program}</Comment></SanctionsMeasure>' for program in programs)
    return (f'<SanctionsEntry ID="{number}" ProfileID="{number}" ListID="1550"><EntryEvent ID="1"><Comment/></EntryEvent>{measures}'
            '<SanctionsMeasure ID="2" SanctionsTypeID="2"><Comment>Block</Comment></SanctionsMeasure></SanctionsEntry>')


def text_of(*parties: str, entries: str = entry(12, "TEST") + entry(14) + entry(15, "TEST", "OTHER"), sets: str = SETS, places: str = PLACES) -> str:
    return (f'<?xml version="1.0" encoding="utf-8"?><Sanctions xmlns="{NAMESPACE}" Version="1"><DateOfIssue CalendarTypeID="1"><Year>2031</Year><Month>8</Month>'
            f'<Day>7</Day></DateOfIssue>{sets}{places}{PAPERS}<DistinctParties>{"".join(parties)}</DistinctParties><ProfileRelationships/>'
            f'<SanctionsEntries>{entries}</SanctionsEntries></Sanctions>')


ADVANCED_XML = text_of(MAN, SHIP, FIRM)


def advanced(folder: Path, text: str = ADVANCED_XML, called: str = "SDN_ADVANCED.XML") -> Path:
    return xml_file(folder, text, called)


def test_it_says_of_each_entity_what_the_plain_xml_says_and_its_names_in_other_scripts(tmp_path: Path) -> None:
    plain, found = names.read_list(xml_file(tmp_path)), names.read_list(advanced(tmp_path))
    man, ship, _firm = found.entities
    assert (found.source, found.version) == ("OFAC SDN", "2031-08-07") == (plain.source, plain.version)
    assert man.aliases == ("ФИКТИСИО, Рамиро", "FIKTISIO, Ramiro")
    same = replace(man, aliases=man.aliases[1:])
    assert same.as_dict() | {"addresses": ()} == plain.by_id["12"].as_dict() | {"addresses": ()}
    assert same.addresses == ("5 Invented Road, Villa Inventada, 01234, Mexico",) == plain.by_id["12"].addresses
    assert ship == plain.by_id["14"]


def test_a_body_has_its_programmes_and_what_is_told_of_it_in_the_words_of_the_table(tmp_path: Path) -> None:
    firm = names.read_list(advanced(tmp_path)).by_id["15"]
    assert (firm.schema, firm.names, firm.programs) == ("Organization", ("MOLINO QUIMERA",), ("TEST", "OTHER"))
    assert firm.identifiers == (names.Identifier("swiftBic", "XXXXPAPA"),)
    assert firm.remarks == "SWIFT/BIC XXXXPAPA; Website molino.example"


@pytest.mark.parametrize(("first", "last", "about", "read"), [
    ("1971-03-14", "1971-03-14", False, ("1971-03-14",)), ("1971-03-01", "1971-03-31", False, ("1971-03",)), ("1971-01-01", "1971-12-31", False, ("1971",)),
    ("1971-01-01", "1971-12-31", True, ("1970", "1971", "1972")), ("1971-01-01", "1973-12-31", False, ("1971", "1972", "1973")),
    ("1971-02-30", "1971-02-30", False, ()), ("1971-13-01", "1971-13-01", False, ("1971-01-01",))])
def test_a_date_of_birth_is_as_exact_as_the_list_is(tmp_path: Path, first: str, last: str, about: bool, read: tuple[str, ...]) -> None:
    man = party(12, 4, {1: 1520}, alias(name((1, "FICTICIO")), primary=True), feature(8, dated(first, last, about)))
    assert names.read_list(advanced(tmp_path, text_of(man, entries=entry(12)))).entities[0].birth_dates == read


def test_it_is_told_by_its_content_and_the_list_of_others_by_its_name(tmp_path: Path) -> None:
    assert names.read_list(advanced(tmp_path, called="CONS_ADVANCED.XML")).source == "OFAC consolidated (non-SDN)"
    assert names.read_list(advanced(tmp_path), format="ofac-adv-xml").entities
    assert refusal(advanced(tmp_path), format="ofac-xml").reason == "The file looks like ofac-adv-xml."
    assert refusal(xml_file(tmp_path), format="ofac-adv-xml").reason == "The file looks like ofac-xml."


def test_its_first_name_is_in_latin_letters_where_it_has_one(tmp_path: Path) -> None:
    groups = {1: 1525}
    first = alias(name((1, "МЕЛЬНИЦА"), script=220), name((1, "MELNITSA")), primary=True)
    only = alias(name((1, "МЕЛЬНИЦА"), script=220), primary=True)
    found = names.read_list(advanced(tmp_path, text_of(party(1, 3, groups, first), party(2, 3, groups, only), entries=entry(1) + entry(2))))
    assert [(each.names, each.aliases) for each in found.entities] == [(("MELNITSA",), ("МЕЛЬНИЦА",)), (("МЕЛЬНИЦА",), ())]


@pytest.mark.parametrize(("old", "new", "where", "field"), [
    ('<DistinctParty FixedRef="14">', '<DistinctParty FixedRef="12">', "DistinctParty 2", "FixedRef"),
    ('<DistinctParty FixedRef="14">', '<DistinctParty FixedRef="x">', "DistinctParty 2", "FixedRef"),
    ('PartySubTypeID="1"', 'PartySubTypeID="77"', "DistinctParty 2", "PartySubType"),
    ("LADY NOWHERE", "", "DistinctParty 2", "Alias"),
    ('LocationID="5"', 'LocationID="55"', "DistinctParty 2", "LocationID"),
    ('IDRegDocTypeID="1626"', 'IDRegDocTypeID="16"', "IDRegDocument 2", "IDRegDocType"),
    ('CountryID="9" CountryRelevanceID', 'CountryID="99" CountryRelevanceID', "Location 5", "Country"),
    ('ProfileID="14"', 'ProfileID="99"', "SanctionsEntry 14", "ProfileID"),
    (entry(14), "", "SanctionsEntry", "ProfileID"),
])
def test_what_points_at_nothing_or_stands_twice_is_refused_with_its_place(tmp_path: Path, old: str, new: str, where: str, field: str) -> None:
    assert old in ADVANCED_XML
    error = refusal(advanced(tmp_path, ADVANCED_XML.replace(old, new)))
    assert (error.where, error.field) == (where, field)


def test_a_cut_file_one_that_declares_entities_and_an_empty_one_are_refused(tmp_path: Path) -> None:
    assert refusal(advanced(tmp_path, ADVANCED_XML[:-40])).where.startswith("line ")
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>'
    text = ADVANCED_XML.replace("?><Sanctions", f"?>{bomb}<Sanctions").replace("LADY NOWHERE", "&b;")
    assert refusal(advanced(tmp_path, text), format="ofac-adv-xml").where == "document type"
    assert refusal(advanced(tmp_path, text_of(entries=""))).reason == "The list names nobody."


def test_a_party_is_found_in_it_as_in_the_plain_list(tmp_path: Path) -> None:
    index = names.Index.build([names.read_list(advanced(tmp_path))])
    assert [hit.entity_id for hit in index.screen(names.Party(id="1", schema="Person", name="Ramiro Fiktisio", birth_date="1971-03-14"))] == ["12"]
