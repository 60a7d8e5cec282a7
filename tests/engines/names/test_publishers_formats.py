"""The EU's and the UK's lists in the layouts that they are published in: whole, with what counts in a comparison."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest

from enduse.engines import names
from tests.engines.names import lists
from tests.engines.names.test_reading_lists import refusal

pytestmark = pytest.mark.engine

EU_XML = """<?xml version="1.0" encoding="UTF-8"?>
<export xmlns="http://eu.europa.ec/fpi/fsd/export" generationDate="2031-05-06T10:00:00.000+02:00" globalFileId="1">
 <sanctionEntity designationDetails="" unitedNationId="" euReferenceNumber="EU.1.2" logicalId="13">
  <remark>Invented for a test.</remark>
  <regulation programme="TST" publicationDate="2031-01-01"><publicationUrl>https://example.org</publicationUrl></regulation>
  <subjectType code="person" classificationCode="P"/>
  <nameAlias firstName="Ramiro" middleName="" lastName="Ficticio" wholeName="Ramiro Ficticio" gender="M" strong="true"/>
  <nameAlias firstName="" middleName="" lastName="" wholeName="Рамиро Фиктисио" gender="M" strong="true"/>
  <nameAlias firstName="" middleName="" lastName="" wholeName="El Cartero" strong="false"/>
  <citizenship countryIso2Code="MX" countryDescription="MEXICO"/>
  <birthdate circa="false" calendarType="GREGORIAN" birthdate="1971-03-14" year="1971"/>
  <birthdate circa="true" calendarType="GREGORIAN" year="1974"/>
  <birthdate circa="false" calendarType="SOLAR" year="1350"/>
  <address street="5 Invented Road" poBox="" city="Villa Inventada" zipCode="01234" countryIso2Code="MX" countryDescription="MEXICO"/>
  <identification number="X0000001" identificationTypeCode="passport" countryIso2Code="MX"/>
 </sanctionEntity>
 <sanctionEntity euReferenceNumber="EU.1.3" logicalId="14"><subjectType code="enterprise" classificationCode="E"/>
  <nameAlias wholeName="Quimera Trading" strong="true"/></sanctionEntity>
</export>
"""
EU_CSV = """fileGenerationDate;Entity_LogicalId;Entity_EU_ReferenceNumber;Entity_Remark;Entity_SubjectType;Entity_SubjectType_ClassificationCode;\
Entity_Regulation_Programme;NameAlias_LastName;NameAlias_FirstName;NameAlias_MiddleName;NameAlias_WholeName;NameAlias_Gender;Address_City;\
Address_Street;Address_PoBox;Address_ZipCode;Address_CountryDescription;BirthDate_BirthDate;BirthDate_Year;Identification_Number;Citizenship_CountryIso2Code
06/05/2031;13;EU.1.2;Invented.;person;P;TST;Ficticio;Ramiro;;Ramiro Ficticio;M;;;;;;;;;
06/05/2031;13;EU.1.2;Invented.;person;P;TST;;;;Рамиро Фиктисио;M;;;;;;;;;
06/05/2031;13;EU.1.2;Invented.;person;P;TST;;;;;;;;;;;1971-03-14;1971;X0000001;MX
06/05/2031;13;EU.1.2;Invented.;person;P;TST;;;;;;Villa Inventada;5 Invented Road;;01234;MEXICO;;;;
06/05/2031;14;EU.1.3;;enterprise;E;TST;;;;Quimera Trading;;;;;;;;;;
"""
OFSI_CSV = """Last Updated,06/05/2031
Name 6,Name 1,Name 2,Name 3,Name 4,Name 5,Title,Name Non-Latin Script,DOB,Nationality,Passport Number,Address 1,Address 6,Post/Zip Code,Country,\
Other Information,Group Type,Alias Type,Alias Quality,Regime,Group ID
FICTICIO,RAMIRO,,,,,Mr,Рамиро Фиктисио,14/03/1971,(1) Mexico. (2) Spain,(1) X0000001. (2) Y2,5 Invented Road,Villa Inventada,01234,Mexico,Invented.,Individual,Primary name,,Testland,901
FIKTISIO,RAMIRO,,,,,,,00/00/1973,,,,,,,,Individual,AKA,Good quality,Testland,901
EL CARTERO,,,,,,,,,,,,,,,,Individual,AKA,Low quality,Testland,901
QUIMERA TRADING,,,,,,,,,,,,,,Mexico,,Entity,Primary name,,Testland,902
LADY NOWHERE,,,,,,,,,,,,,,,,Ship,Primary name,,Testland,903
"""
UK_CSV = """Report Date: 06-May-2031
Last Updated,Unique ID,OFSI Group ID,Name 6,Name 1,Name 2,Name 3,Name 4,Name 5,Name type,Alias strength,Title,Name non-latin script,Regime Name,\
Designation Type,Other Information,Address Line 1,Address Line 6,Address Postal Code,Address Country,D.O.B,Nationality(/ies),\
National Identifier number,Passport number,Position,Gender,Business registration number (s),IMO number,Current believed flag of ship
06/05/2031,TST0001,901,Ficticio,Ramiro,,,,,Primary Name,,,Рамиро Фиктисио,Testland,Individual,,5 Invented Road,Villa Inventada,01234,Mexico,dd/mm/1971,Mexico,,X0000001,Broker,Male,,,
06/05/2031,TST0001,901,Fiktisio,Ramiro,,,,,Alias,Good quality a.k.a,,,Testland,Individual,,,,,,14/03/1973,,,,,,,,
06/05/2031,TST0001,901,El Cartero,,,,,,Alias,Low quality a.k.a,,,Testland,Individual,,,,,,,,,,,,,,
06/05/2031,TST0002,903,Lady Nowhere,,,,,,Primary Name,,,,Testland,Ship,,,,,,,,,,,,,9000007,Panama
"""
UK_XML = """<?xml version="1.0" encoding="utf-8"?>
<Designations xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><DateGenerated>06/05/2031</DateGenerated>
 <Designation><LastUpdated>01/05/2031</LastUpdated><UniqueID>TST0001</UniqueID><OFSIGroupID>901</OFSIGroupID>
  <Names><Name><Name1>Ramiro</Name1><Name6>Ficticio</Name6><NameType>Primary Name</NameType></Name>
   <Name><Name1>Ramiro</Name1><Name6>Fiktisio</Name6><NameType>ALias</NameType><AliasStrength>Good quality a.k.a</AliasStrength></Name>
   <Name><Name6>El Cartero</Name6><NameType>Alias</NameType><AliasStrength>Low quality a.k.a</AliasStrength></Name></Names>
  <NonLatinNames><NonLatinName><NameNonLatinScript>Рамиро Фиктисио</NameNonLatinScript></NonLatinName></NonLatinNames>
  <RegimeName>Testland</RegimeName><IndividualEntityShip>Individual</IndividualEntityShip><OtherInformation>Invented.</OtherInformation>
  <Addresses><Address><AddressLine1>5 Invented Road</AddressLine1><AddressLine6>Villa Inventada</AddressLine6>
   <AddressPostalCode>01234</AddressPostalCode><AddressCountry>Mexico</AddressCountry></Address><Address><AddressCountry>Spain</AddressCountry></Address></Addresses>
  <IndividualDetails><Individual><DOBs><DOB>dd/mm/1971</DOB><DOB>14/03/1973</DOB></DOBs><Nationalities><Nationality>Mexico</Nationality></Nationalities>
   <PassportDetails><Passport><PassportNumber>X0000001</PassportNumber></Passport></PassportDetails>
   <Genders><Gender>Male</Gender></Genders><Positions><Position>Broker</Position></Positions></Individual></IndividualDetails></Designation>
 <Designation><UniqueID>TST0002</UniqueID><Names><Name><Name6>Lady Nowhere</Name6><NameType>Primary name</NameType></Name></Names>
  <IndividualEntityShip>Ship</IndividualEntityShip><ShipDetails><Ship><IMONumbers><IMONumber>9000007</IMONumber></IMONumbers>
  <CurrentBelievedFlagOfShips><CurrentBelievedFlagOfShip>Panama</CurrentBelievedFlagOfShip></CurrentBelievedFlagOfShips></Ship></ShipDetails></Designation>
</Designations>
"""
OFSI_XML = """<?xml version="1.0" encoding="utf-8"?>
<ArrayOfFinancialSanctionsTarget xmlns="http://schemas.hmtreasury.gov.uk/ofsi/consolidatedlist" xmlns:i="http://www.w3.org/2001/XMLSchema-instance">
 <FinancialSanctionsTarget><Name6>FICTICIO</Name6><name1>RAMIRO</name1><name2 i:nil="true"/><NameNonLatinScript>Рамиро Фиктисио</NameNonLatinScript>
  <Individual_DateOfBirth>14/03/1971</Individual_DateOfBirth><Individual_Nationality>(1) Mexico. (2) Spain</Individual_Nationality>
  <Individual_PassportNumber>(1) X0000001. (2) Y2</Individual_PassportNumber><Address1>5 Invented Road</Address1><Address6>Villa Inventada</Address6>
  <PostCode>01234</PostCode><Country>Mexico</Country><GroupTypeDescription>Individual</GroupTypeDescription><AliasType>Primary name</AliasType>
  <RegimeName>Testland</RegimeName><LastUpdated>2031-05-06T00:00:00</LastUpdated><GroupID>901</GroupID></FinancialSanctionsTarget>
 <FinancialSanctionsTarget><Name6>FIKTISIO</Name6><name1>RAMIRO</name1><Individual_DateOfBirth>00/00/1973</Individual_DateOfBirth>
  <GroupTypeDescription>Individual</GroupTypeDescription><AliasType>AKA</AliasType><AliasQuality>Good quality</AliasQuality>
  <LastUpdated>2031-05-01T00:00:00</LastUpdated><GroupID>901</GroupID></FinancialSanctionsTarget>
 <FinancialSanctionsTarget><Name6>EL CARTERO</Name6><GroupTypeDescription>Individual</GroupTypeDescription><AliasType>AKA</AliasType>
  <AliasQuality>Low quality</AliasQuality><GroupID>901</GroupID></FinancialSanctionsTarget>
 <FinancialSanctionsTarget><Name6>QUIMERA TRADING</Name6><GroupTypeDescription>Entity</GroupTypeDescription><AliasType>Primary name</AliasType>
  <GroupID>902</GroupID></FinancialSanctionsTarget>
 <FinancialSanctionsTarget><Name6>LADY NOWHERE</Name6><GroupTypeDescription>Ship</GroupTypeDescription><AliasType>Primary name</AliasType>
  <GroupID>903</GroupID></FinancialSanctionsTarget>
</ArrayOfFinancialSanctionsTarget>
"""
BY_FORMAT = {"eu-xml": EU_XML, "eu-csv": EU_CSV, "uk-ofsi-csv": OFSI_CSV, "uk-csv": UK_CSV, "uk-xml": UK_XML, "uk-ofsi-xml": OFSI_XML}


def file_of(folder: Path, format: str, text: str | None = None) -> Path:
    path = folder / f"list.{format[-3:]}"
    path.write_text(BY_FORMAT[format] if text is None else text, encoding="utf-8-sig" if format == "eu-csv" else "utf-8")
    return path


@pytest.mark.parametrize("format", BY_FORMAT)
def test_a_published_list_is_told_by_its_content_and_read_with_its_day(tmp_path: Path, format: str) -> None:
    found = names.read_list(file_of(tmp_path, format))
    assert found == names.read_list(tmp_path / f"list.{format[-3:]}", format)
    assert found.version == "2031-05-06"
    man = found.entities[0]
    assert man.schema == "Person"
    assert man.caption.lower() == "ramiro ficticio"
    assert "Рамиро Фиктисио" in man.names
    assert "1971" in man.birth_dates[0]
    assert man.addresses[0].startswith("5 Invented Road, Villa Inventada, 01234, M")
    assert "X0000001" in {number.value for number in man.identifiers}
    assert names.Index.build([found]).screen(names.Party("p", "Person", "Ramiro Ficticio", birth_date="1971", country="mx"))[0].score == 1


def test_the_eu_marks_weak_aliases_and_uncertain_births(tmp_path: Path) -> None:
    man, firm = names.read_list(file_of(tmp_path, "eu-xml")).entities
    assert man.weak_aliases == ("El Cartero",)
    assert man.birth_dates == ("1971-03-14", "1973", "1974", "1975")
    assert (man.countries, man.gender, man.programs, man.remarks) == (("MX",), "male", ("TST",), "EU.1.2; Invented for a test.")
    assert (firm.schema, firm.id) == ("Organization", "14")


@pytest.mark.parametrize("form", ["csv", "xml"])
def test_the_uk_marks_good_and_low_aliases_and_counts_several_values_in_one_cell(tmp_path: Path, form: str) -> None:
    man, firm, ship = names.read_list(file_of(tmp_path, f"uk-ofsi-{form}")).entities
    assert (man.aliases, man.weak_aliases) == (("RAMIRO FIKTISIO",), ("EL CARTERO",))
    assert man.birth_dates == ("1971-03-14", "1973")
    assert man.countries == ("Mexico", "Spain")
    assert {number.value for number in man.identifiers} == {"X0000001", "Y2"}
    assert (firm.schema, ship.schema) == ("Organization", "Vessel")
    man, ship = names.read_list(file_of(tmp_path, f"uk-{form}")).entities
    assert (man.aliases, man.weak_aliases, man.birth_dates, man.gender) == (("Ramiro Fiktisio",), ("El Cartero",), ("1971", "1973-03-14"), "male")
    assert (ship.countries, ship.identifiers) == (("Panama",), (names.Identifier("imoNumber", "9000007"),))


@pytest.mark.parametrize("format", BY_FORMAT)
def test_a_published_list_cut_anywhere_in_its_last_entry_is_refused_with_its_place(tmp_path: Path, format: str) -> None:
    whole = BY_FORMAT[format]
    for lost in (3, 20, 45):
        error = refusal(file_of(tmp_path, format, whole[:-lost]))
        assert error.where.startswith(("line ", "row "))


@pytest.mark.parametrize(("format", "old", "new", "where", "field"), [
    ("eu-xml", 'logicalId="14"', 'logicalId="13"', "sanctionEntity 2", "logicalId"),
    ("eu-xml", 'code="enterprise" classificationCode="E"', 'code="robot"', "sanctionEntity 2", "subjectType"),
    ("eu-xml", 'wholeName="Quimera Trading"', 'wholeName=" "', "sanctionEntity 2", "nameAlias"),
    ("eu-csv", ";14;EU.1.3;;enterprise;E;", ";;EU.1.3;;enterprise;E;", "row 6", "entity_logicalid"),
    ("eu-csv", ";14;EU.1.3;;enterprise;E;", ";14;EU.1.3;;enterprise;E;x;", "row 6", ""),
    ("uk-ofsi-csv", ",Ship,", ",Balloon,", "row 7", "group type"),
    ("uk-csv", ",Ship,", ",Balloon,", "row 6", "designation type"),
    ("uk-xml", ">Ship<", ">Balloon<", "Designation 2", "IndividualEntityShip"),
    ("uk-xml", "TST0002", "TST0001", "Designation 2", "UniqueID"),
    ("uk-xml", "TST0002", " ", "Designation 2", "UniqueID"),
    ("uk-ofsi-xml", ">Ship<", ">Balloon<", "FinancialSanctionsTarget 5", "grouptypedescription"),
    ("uk-ofsi-xml", ">903<", "><", "FinancialSanctionsTarget 5", "groupid"),
])
def test_a_bad_entry_is_named(tmp_path: Path, format: str, old: str, new: str, where: str, field: str) -> None:
    assert old in BY_FORMAT[format]
    error = refusal(file_of(tmp_path, format, BY_FORMAT[format].replace(old, new)))
    assert (error.where, error.field) == (where, field)


def test_a_file_in_another_format_than_said_is_told_what_it_looks_like(tmp_path: Path) -> None:
    error = refusal(file_of(tmp_path, "eu-xml"), format="un-xml")
    assert (error.reason, error.remedy) == ("The file looks like eu-xml.", "Choose eu-xml, or leave the format to be told by the content.")
    assert refusal(lists.ftm_file(tmp_path, lists.ftm_line("1", "Person", name=["A"])), format="eu-xml").reason == "The file looks like ftm-jsonl."


@pytest.mark.parametrize(("content", "what"), [
    (b"%PDF-1.7 ...", "a PDF"), (b"\x1f\x8b\x08", "an archive"), (b"PK\x03\x04", "an archive or a spreadsheet"), (b"[{}]", "one JSON array"),
    (b"\xff\xfeI\0d\0", "UTF-16 text"), (b"<!DOCTYPE html><html>", "a web page"), (b"<sanctionsData xmlns='x'/>", "the US Treasury's list in enhanced XML"),
    (b"<rss/>", "XML of another kind (<rss>)"),
])
def test_what_is_no_list_is_told_what_it_is(tmp_path: Path, content: bytes, what: str) -> None:
    path = tmp_path / "list.any"
    path.write_bytes(content)
    assert refusal(path).reason.startswith(f"It is {what}")


@pytest.mark.parametrize("declared", ['<!DOCTYPE export [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>', '<!DOCTYPE export SYSTEM "http://example.org/x.dtd">'])
def test_an_eu_file_that_declares_entities_is_refused(tmp_path: Path, declared: str) -> None:
    assert refusal(file_of(tmp_path, "eu-xml", EU_XML.replace("<export", f"{declared}<export"))).where == "document type"


@pytest.mark.parametrize("format", [format for format in BY_FORMAT if format.endswith("xml")])
def test_a_bomb_is_refused_before_it_swells(tmp_path: Path, format: str) -> None:
    bomb = '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">' + "".join(f'<!ENTITY {chr(98 + n)} "{("&" + chr(97 + n) + ";") * 10}">' for n in range(9)) + "]>"
    text = BY_FORMAT[format]
    at = text.index("<", text.index("?>"))
    assert refusal(file_of(tmp_path, format, text[:at] + bomb + text[at:]), format=format).where == "document type"


def test_elements_nested_without_end_are_refused(tmp_path: Path) -> None:
    assert "deep" in refusal(file_of(tmp_path, "eu-xml", '<export generationDate="2031-05-06">' + "<a>" * 5_000)).reason


def test_a_csv_whose_columns_are_called_as_our_fields_needs_no_mapping(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text("id;name;country\n7;Molino Quimera;mx\n")
    found = names.read_list(path)
    assert (found.source, found.entities[0].countries) == ("own", ("mx",))


@pytest.mark.parametrize("format", ["eu-xml", "un-xml", "uk-xml", "uk-ofsi-xml", "ofac-xml", "ftm-jsonl"])
def test_a_large_file_is_read_in_the_memory_of_its_entities_not_of_its_text(tmp_path: Path, format: str) -> None:
    """Each entry carries 40 kB that no comparison reads; 100 of them are 4 MB of text."""
    waste = "x" * 40_000
    if format == "eu-xml":
        entry = '<sanctionEntity logicalId="{n}"><subjectType classificationCode="P"/><nameAlias wholeName="Name {n}"/><waste>{waste}</waste></sanctionEntity>'
        text = "<export>" + "".join(entry.format(n=n, waste=waste) for n in range(100)) + "</export>"
    elif format == "un-xml":
        entry = "<ENTITY><DATAID>{n}</DATAID><FIRST_NAME>Name {n}</FIRST_NAME><WASTE>{waste}</WASTE></ENTITY>"
        text = "<CONSOLIDATED_LIST><ENTITIES>" + "".join(entry.format(n=n, waste=waste) for n in range(100)) + "</ENTITIES></CONSOLIDATED_LIST>"
    elif format == "uk-xml":
        entry = "<Designation><UniqueID>{n}</UniqueID><Names><Name><Name6>Name {n}</Name6></Name></Names><IndividualEntityShip>Entity</IndividualEntityShip><X>{waste}</X></Designation>"
        text = "<Designations>" + "".join(entry.format(n=n, waste=waste) for n in range(100)) + "</Designations>"
    elif format == "uk-ofsi-xml":
        entry = "<FinancialSanctionsTarget><GroupID>{n}</GroupID><Name6>Name {n}</Name6><GroupTypeDescription>Entity</GroupTypeDescription><X>{waste}</X></FinancialSanctionsTarget>"
        text = "<ArrayOfFinancialSanctionsTarget>" + "".join(entry.format(n=n, waste=waste) for n in range(100)) + "</ArrayOfFinancialSanctionsTarget>"
    elif format == "ofac-xml":
        entry = "<sdnEntry><uid>{n}</uid><lastName>Name {n}</lastName><sdnType>Entity</sdnType><x>{waste}</x></sdnEntry>"
        text = "<sdnList>" + "".join(entry.format(n=n, waste=waste) for n in range(100)) + "</sdnList>"
    else:
        text = "".join(lists.ftm_line(str(n), "Person", name=[f"Name {n}"], description=[waste]) + "\n" for n in range(100))
    path = tmp_path / "large"
    path.write_text(text)
    size = path.stat().st_size
    del text
    tracemalloc.start()
    found = names.read_list(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(found.entities) == 100
    assert size > 4_000_000
    assert peak < size * 0.7
