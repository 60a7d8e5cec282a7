"""The Treasury's lists in the forms that it publishes: tables with their companions in several dialects, XML, archives."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import pytest

from enduse.engines import names
from enduse.engines.names.batch import read_lists
from enduse.engines.names.ofac_tables import WIDTHS
from tests.engines.names import lists
from tests.engines.names.test_reading_lists import refusal

pytestmark = pytest.mark.engine

SDN_XML = """<?xml version="1.0" standalone="yes"?>
<sdnList xmlns="https://sanctionslistservice.ofac.treas.gov/api/PublicationPreview/exports/XML">
 <publshInformation><Publish_Date>08/07/2031</Publish_Date><Record_Count>2</Record_Count></publshInformation>
 <sdnEntry><uid>12</uid><firstName>Ramiro</firstName><lastName>FICTICIO</lastName><title>Broker</title><sdnType>Individual</sdnType>
  <programList><program>TEST</program></programList>
  <idList><id><uid>1</uid><idType>Passport</idType><idNumber>X0000001</idNumber><idCountry>Mexico</idCountry></id>
   <id><uid>2</uid><idType>Gender</idType><idNumber>Male</idNumber></id></idList>
  <akaList><aka><uid>3</uid><type>a.k.a.</type><category>strong</category><lastName>FIKTISIO</lastName><firstName>Ramiro</firstName></aka>
   <aka><uid>4</uid><type>a.k.a.</type><category>weak</category><lastName>EL CARTERO</lastName></aka></akaList>
  <addressList><address><uid>5</uid><address1>5 Invented Road</address1><city>Villa Inventada</city><postalCode>01234</postalCode><country>Mexico</country></address>
   <address><uid>6</uid><country>Spain</country></address></addressList>
  <nationalityList><nationality><uid>7</uid><country>Mexico</country><mainEntry>true</mainEntry></nationality></nationalityList>
  <dateOfBirthList><dateOfBirthItem><uid>8</uid><dateOfBirth>14 Mar 1971</dateOfBirth></dateOfBirthItem>
   <dateOfBirthItem><uid>9</uid><dateOfBirth>circa 1974</dateOfBirth></dateOfBirthItem></dateOfBirthList>
  <placeOfBirthList><placeOfBirthItem><uid>10</uid><placeOfBirth>Villa Inventada</placeOfBirth></placeOfBirthItem></placeOfBirthList></sdnEntry>
 <sdnEntry><uid>14</uid><lastName>LADY NOWHERE</lastName><sdnType>Vessel</sdnType>
  <idList><id><uid>11</uid><idType>Vessel Registration Identification</idType><idNumber>IMO 9000007</idNumber></id></idList>
  <vesselInfo><callSign>XX1</callSign><vesselFlag>Panama</vesselFlag></vesselInfo></sdnEntry>
</sdnList>
"""


def xml_file(folder: Path, text: str = SDN_XML, name: str = "sdn.xml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def archive(folder: Path, *files: Path, name: str = "list.zip") -> Path:
    path = folder / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for file in files:
            packed.write(file, file.name)
    return path


def said(found: names.ScreenedList) -> None:
    man, firm = found.entities
    assert (man.aliases, man.weak_aliases) == (("FIKTISIO, Ramiro",), ("EL CARTERO",))
    assert man.addresses == ("5 Invented Road, Villa Inventada 01234, Mexico",)
    assert (firm.aliases, firm.addresses, firm.weak_aliases) == (("MOLINO ANTIGUO S.A.",), ("P.O. Box 77, Panama",), ("MQ",))
    assert firm.identifiers == (names.Identifier("taxNumber", "DEMo0001"),)


def test_addresses_aliases_and_further_remarks_are_joined_to_the_main_table(tmp_path: Path) -> None:
    files = lists.tables(tmp_path)
    found = names.read_list(files["sdn"], beside=[files["add"], files["alt"], files["sdn_comments"]])
    said(found)
    assert (found.source, found.notes) == ("OFAC SDN", ())
    assert found.version != names.read_list(files["sdn"]).version


def test_a_main_table_alone_says_what_was_not_loaded_with_it(tmp_path: Path) -> None:
    (note,) = names.read_list(lists.tables(tmp_path)["sdn"]).notes
    assert note == "Addresses and strong aliases stand in tables of their own, ADD and ALT, which were not loaded with this one."


@pytest.mark.parametrize("dialect", ["@", "|", "fixed"])
def test_the_other_dialects_of_the_tables_say_the_same(tmp_path: Path, dialect: str) -> None:
    files = lists.tables(tmp_path)
    plain = names.read_list(files["sdn"], beside=[files["add"], files["alt"]])
    kinds = {"sdn": "main", "add": "addresses", "alt": "aliases"}
    for name, kind in kinds.items():
        rows = list(csv.reader(io.StringIO(files[name].read_text().removesuffix("\x1a"))))
        text = io.StringIO()
        if dialect == "fixed":
            text.write("".join("".join(cell.strip().ljust(width) for cell, width in zip(row, WIDTHS[kind], strict=True)) + "\r\n" for row in rows))
        else:
            csv.writer(text, delimiter=dialect, quoting=csv.QUOTE_MINIMAL).writerows(rows)
        files[name].write_text(text.getvalue(), newline="")
    found = names.read_list(files["sdn"], beside=[files["add"], files["alt"]])
    assert found.entities == plain.entities
    assert "end mark" in found.notes[0]


def test_an_archive_of_the_tables_is_one_list(tmp_path: Path) -> None:
    readme = tmp_path / "readme.txt"
    readme.write_text("What the Treasury says of its files.")
    found = names.read_list(archive(tmp_path, *lists.tables(tmp_path).values(), readme))
    said(found)
    assert found.notes == ("Not read from the archive: readme.txt.",)


def test_an_archive_may_hold_any_one_list(tmp_path: Path) -> None:
    found = names.read_list(archive(tmp_path, xml_file(tmp_path)))
    assert (found.source, found.version, len(found.entities)) == ("OFAC SDN", "2031-08-07", 2)
    assert names.read_list(archive(tmp_path, lists.un_file(tmp_path))).source == "UN Security Council"


def test_those_who_are_not_specially_designated_are_a_list_of_their_own(tmp_path: Path) -> None:
    for file in lists.tables(tmp_path).values():
        file.rename(tmp_path / f"cons_{file.name}")
    files = sorted(tmp_path.glob("cons_*.csv"))
    assert names.read_list(archive(tmp_path, *files)).source == "OFAC consolidated (non-SDN)"
    assert names.read_list(xml_file(tmp_path, name="CONSOLIDATED.XML")).source == "OFAC consolidated (non-SDN)"
    both = read_lists([*files, *lists.tables(tmp_path).values()])
    assert [(each.source, len(each.entities), each.entities[0].addresses) for each in both] == [
        ("OFAC consolidated (non-SDN)", 2, ("5 Invented Road, Villa Inventada 01234, Mexico",)),
        ("OFAC SDN", 2, ("5 Invented Road, Villa Inventada 01234, Mexico",))]


def test_the_treasurys_xml_is_read_with_its_day_its_aliases_and_its_addresses(tmp_path: Path) -> None:
    found = names.read_list(xml_file(tmp_path))
    man, ship = found.entities
    assert (found.source, found.version, found.notes) == ("OFAC SDN", "2031-08-07", ())
    assert (man.id, man.schema, man.names, man.aliases, man.weak_aliases) == (
        "12", "Person", ("FICTICIO, Ramiro",), ("FIKTISIO, Ramiro",), ("EL CARTERO",))
    assert (man.birth_dates, man.countries, man.gender, man.programs) == (("1971-03-14", "1973", "1974", "1975"), ("Mexico",), "male", ("TEST",))
    assert man.addresses == ("5 Invented Road, Villa Inventada, 01234, Mexico",)
    assert man.identifiers == (names.Identifier("passportNumber", "X0000001"),)
    assert man.remarks == "Broker; POB Villa Inventada; Passport X0000001 (Mexico); Gender Male"
    assert (ship.schema, ship.countries) == ("Vessel", ("Panama",))
    assert ship.identifiers == (names.Identifier("imoNumber", "9000007"), names.Identifier("callSign", "XX1"))


@pytest.mark.parametrize(("old", "new", "where", "field"), [
    ("<Record_Count>2<", "<Record_Count>3<", "publshInformation", "Record_Count"),
    ("<uid>14<", "<uid>12<", "sdnEntry 2", "uid"), ("<uid>14<", "<uid>x<", "sdnEntry 2", "uid"),
    ("<sdnType>Vessel<", "<sdnType>Balloon<", "sdnEntry 2", "sdnType"), ("LADY NOWHERE", " ", "sdnEntry 2", "lastName"),
])
def test_a_bad_entry_of_the_xml_is_named(tmp_path: Path, old: str, new: str, where: str, field: str) -> None:
    assert old in SDN_XML
    error = refusal(xml_file(tmp_path, SDN_XML.replace(old, new)))
    assert (error.where, error.field) == (where, field)


@pytest.mark.parametrize("lost", [3, 40, 400])
def test_xml_that_was_cut_is_refused_with_its_line(tmp_path: Path, lost: int) -> None:
    assert refusal(xml_file(tmp_path, SDN_XML[:-lost])).where.startswith("line ")


@pytest.mark.parametrize(("name", "old", "new", "where", "reason"), [
    ("add", "13,3,", "99,3,", "add.csv, row 3", "Entity 99 is not in the main table: the files are not of one day."),
    ("alt", '"fka"', '"x"', "alt.csv, row 2", "'x' is none of aka, fka, nka."),
    ("add", '"Panama","invented"', '"Panama"', "add.csv, row 3", "The row has 5 columns; the table has 6."),
    ("alt", "13,2", "x,2", "alt.csv, row 2", "'x' is not an entity number."),
])
def test_a_table_beside_that_does_not_fit_is_named_with_its_row(tmp_path: Path, name: str, old: str, new: str, where: str, reason: str) -> None:
    files = lists.tables(tmp_path)
    text = files[name].read_text()
    assert old in text
    files[name].write_text(text.replace(old, new), newline="")
    error = refusal(archive(tmp_path, *files.values()))
    assert (error.where, error.reason) == (where, reason)


def test_a_table_beside_that_was_cut_is_refused(tmp_path: Path) -> None:
    files = lists.tables(tmp_path)
    files["alt"].write_text(lists.ALT[:-12], newline="")
    assert refusal(archive(tmp_path, *files.values())).where == "alt.csv, row 2"


@pytest.mark.parametrize(("name", "what"), [("add", "the addresses"), ("alt", "the aliases")])
def test_a_companion_without_its_list_is_told_what_it_is(tmp_path: Path, name: str, what: str) -> None:
    error = refusal(lists.tables(tmp_path)[name])
    assert error.reason == f"It is {what} of a list of the US Treasury, without the list."
    assert "ZIP archive" in error.remedy
    with pytest.raises(names.ListError, match="without the list"):
        read_lists([lists.tables(tmp_path)[name], lists.un_file(tmp_path)])


def test_two_lists_in_one_archive_are_refused_and_dialects_of_one_are_not(tmp_path: Path) -> None:
    files = lists.tables(tmp_path)
    assert "Several lists" in refusal(archive(tmp_path, files["sdn"], lists.un_file(tmp_path))).reason
    other = tmp_path / "sdn.pip"
    other.write_text(files["sdn"].read_text().replace(",", "|"), newline="")
    assert "Not read from the archive: sdn.pip." in names.read_list(archive(tmp_path, other, files["sdn"])).notes


def test_an_archive_that_is_no_list_or_too_large_or_damaged_is_refused(tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    note.write_text("Nothing.")
    more = tmp_path / "more.txt"
    more.write_text("Nothing.")
    assert "No list that is read here stands in the archive. It holds note.txt, more.txt." in refusal(archive(tmp_path, note, more)).reason
    sheet = tmp_path / "[Content_Types].xml"
    sheet.write_text("<Types/>")
    assert refusal(archive(tmp_path, sheet)).reason.startswith("It is a spreadsheet")
    bomb = tmp_path / "sdn.csv"
    bomb.write_bytes(b" " * 5_000_000)
    packed = archive(tmp_path, bomb)
    assert packed.stat().st_size < 10_000
    with pytest.raises(names.ListError, match=r"Unpacked, it would have 5,000,000 bytes; at most 1,000,000 are read"):
        names.read_list(packed, max_bytes=1_000_000)
    whole = archive(tmp_path, *lists.tables(tmp_path).values())
    for kept in (30, whole.stat().st_size // 2, whole.stat().st_size - 5):
        whole.write_bytes(whole.read_bytes()[:kept])
        assert "damaged or cut short" in refusal(whole).reason


def test_an_archive_that_lies_about_a_size_is_refused(tmp_path: Path) -> None:
    packed = archive(tmp_path, *lists.tables(tmp_path).values())
    content = bytearray(packed.read_bytes())
    at = content.index(b"PK\x01\x02")
    content[at + 24:at + 28] = (10).to_bytes(4, "little")
    packed.write_bytes(bytes(content))
    assert "damaged or cut short" in refusal(packed).reason


def test_nothing_is_written_where_an_archive_names_a_place(tmp_path: Path) -> None:
    packed = tmp_path / "list.zip"
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("../../escaped.xml", SDN_XML)
    assert len(names.read_list(packed).entities) == 2
    assert not list(tmp_path.parent.glob("escaped.xml"))
