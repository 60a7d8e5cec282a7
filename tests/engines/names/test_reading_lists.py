"""A list file is taken whole or not at all, and says where it is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from enduse.engines import names
from tests.engines.names import lists

pytestmark = pytest.mark.engine


def refusal(path: Path, **how: object) -> names.ListError:
    with pytest.raises(names.ListError) as caught:
        names.read_list(path, **how)  # type: ignore[arg-type]
    assert caught.value.reason
    assert caught.value.remedy
    return caught.value


def test_an_ofac_row_gives_its_remarks_as_birth_dates_aliases_numbers_and_countries(tmp_path: Path) -> None:
    remarks = (
        "DOB 14 Mar 1971; alt. DOB circa 1973; POB Villa Inventada; nationality Mexico; citizen Spain; Gender Male; "
        "a.k.a. 'EL CARTERO'; f.k.a. 'RAMON FINGIDO'; Passport X0000001 (Mexico) expires 01 Jan 2030; "
        "C.U.R.P. FISR710314XXXXXX01 (Mexico)."
    )
    row = lists.ofac_row(7, "FICTICIO SALGADO, Ramiro", "individual", remarks, program="TEST] [OTHER", title="Broker")
    found = names.read_list(lists.ofac_file(tmp_path, row))
    entity = found.entities[0]
    assert (found.source, entity.id, entity.schema) == ("OFAC SDN", "7", "Person")
    assert entity.caption == "FICTICIO SALGADO, Ramiro"
    assert entity.birth_dates == ("1971-03-14", "1972", "1973", "1974")
    assert entity.aliases == ("RAMON FINGIDO",)
    assert entity.weak_aliases == ("EL CARTERO",)
    assert entity.countries == ("Mexico", "Spain")
    assert entity.gender == "male"
    assert entity.programs == ("TEST", "OTHER")
    assert entity.identifiers == (
        names.Identifier("passportNumber", "X0000001"),
        names.Identifier("idNumber", "FISR710314XXXXXX01"),
    )
    assert entity.remarks.startswith("Broker; DOB 14 Mar 1971")


def test_an_ofac_ship_keeps_its_hull_number_call_sign_flag_and_former_name(tmp_path: Path) -> None:
    remarks = "Vessel Registration Identification IMO 9000007; MMSI 572000000; f.k.a. 'PAPER MOON'."
    row = lists.ofac_row(8, "LADY NOWHERE", "vessel", remarks, call_sign="DEMO7", flag="Panama")
    ship = names.read_list(lists.ofac_file(tmp_path, row)).entities[0]
    assert ship.schema == "Vessel"
    assert ship.aliases == ("PAPER MOON",)
    assert ship.countries == ("Panama",)
    assert {(found.kind, found.value) for found in ship.identifiers} == {
        ("imoNumber", "9000007"),
        ("mmsi", "572000000"),
        ("callSign", "DEMO7"),
    }


def test_a_list_without_a_version_is_known_by_its_digest(tmp_path: Path) -> None:
    found = names.read_list(lists.ofac_file(tmp_path, lists.ofac_row(1, "MOLINO")))
    assert len(found.sha256) == 64
    assert found.version == found.sha256[:12]
    assert not any("end mark" in note for note in found.notes)


def test_an_ofac_file_cut_inside_a_row_is_refused(tmp_path: Path) -> None:
    whole = lists.ofac_file(tmp_path, lists.ofac_row(1, "MOLINO"), lists.ofac_row(2, "QUIMERA"))
    whole.write_bytes(whole.read_bytes()[:-20])
    assert refusal(whole).where == "row 2"


def test_an_ofac_file_without_its_end_mark_is_read_with_a_warning(tmp_path: Path) -> None:
    found = names.read_list(lists.ofac_file(tmp_path, lists.ofac_row(1, "MOLINO"), end=""))
    assert "end mark is missing" in found.notes[0]


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (lists.ofac_row(2, "QUIMERA").rsplit(",", 1)[0], ""),
        (lists.ofac_row(2, "QUIMERA").replace("2,", "two,", 1), "ent_num"),
        (lists.ofac_row(2, " "), "SDN_Name"),
        (lists.ofac_row(2, "QUIMERA", "spaceship"), "SDN_Type"),
        (lists.ofac_row(1, "QUIMERA"), "ent_num"),
    ],
)
def test_a_bad_ofac_row_is_named_by_row_and_column(tmp_path: Path, row: str, field: str) -> None:
    error = refusal(lists.ofac_file(tmp_path, lists.ofac_row(1, "MOLINO"), row))
    assert (error.where, error.field) == ("row 2", field)


def test_a_un_file_gives_people_and_bodies_with_aliases_by_quality(tmp_path: Path) -> None:
    found = names.read_list(lists.un_file(tmp_path))
    man, mill = found.entities
    assert (found.source, found.version) == ("UN Security Council", "2031-05-06")
    assert man.names == ("SALIM BIN WAHM", "سليم الخيالي")
    assert (man.aliases, man.weak_aliases) == (("Saleem al-Khayaly",), ("Abu Surab",))
    assert man.birth_dates == ("1968-11-11", "1970", "1971", "1972")
    assert man.addresses == ("7 Invented Road, Aden, Yemen",)
    assert man.identifiers == (names.Identifier("passportNumber", "X-000 123"),)
    assert (mill.schema, mill.aliases, mill.addresses) == ("Organization", ("Phantom Mill Group",), ())


def test_a_truncated_un_file_is_refused_with_its_position(tmp_path: Path) -> None:
    path = lists.un_file(tmp_path)
    path.write_bytes(path.read_bytes()[:-40])
    assert refusal(path).where.startswith("line ")


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY secret SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize(("prologue", "name"), [(BOMB, "&b;"), (OUTSIDE, "&secret;"), ("<!DOCTYPE x>", "SALIM")])
def test_xml_that_declares_entities_is_refused_before_it_is_read(tmp_path: Path, prologue: str, name: str) -> None:
    text = lists.un_text(prologue=prologue, persons=lists.UN_PERSON.format(id=1, name=name))
    assert refusal(lists.un_file(tmp_path, text)).where == "document type"


def test_other_xml_is_not_taken_for_a_un_list(tmp_path: Path) -> None:
    assert "It is a web page" in refusal(lists.un_file(tmp_path, "<html><body/></html>")).reason


def test_a_un_entry_without_a_name_refuses_the_whole_file(tmp_path: Path) -> None:
    people = lists.UN_PERSON.format(id=1, name="SALIM") + "<INDIVIDUAL><DATAID>2</DATAID></INDIVIDUAL>"
    error = refusal(lists.un_file(tmp_path, lists.un_text(persons=people)))
    assert (error.where, error.field) == ("INDIVIDUAL 2", "FIRST_NAME")


def test_ftm_lines_fold_sanctions_papers_and_addresses_into_the_listed_entity(tmp_path: Path) -> None:
    path = lists.ftm_file(
        tmp_path,
        lists.ftm_line("p1", "Person", name=["Ramiro Ficticio"], birthDate=["1971-03-14"], addressEntity=["a1"]),
        lists.ftm_line("s1", "Sanction", entity=["p1"], program=["TEST-1"]),
        lists.ftm_line("d1", "Passport", holder=["p1"], number=["X1"]),
        lists.ftm_line("a1", "Address", full=["7 Invented Road"]),
        lists.ftm_line("o1", "Ownership", owner=["p1"], asset=["c1"]),
        lists.ftm_line("c1", "Company", alias=["Quimera"], jurisdiction=["mx"], weakAlias=["QMR"]),
    )
    found = names.read_list(path, source="Open list")
    man, company = found.entities
    assert (found.source, found.version) == ("Open list", "2031-02-03")
    assert (man.programs, man.addresses) == (("TEST-1",), ("7 Invented Road",))
    assert man.identifiers == (names.Identifier("passportNumber", "X1"),)
    assert (company.names, company.weak_aliases, company.countries) == (("Quimera",), ("QMR",), ("mx",))


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ('{"id": "p2", "schema": "Person", "prop', ""),
        ('["p2"]', ""),
        ('{"schema": "Person", "properties": {}}', "id"),
        ('{"id": "p2", "schema": "Person", "properties": {"name": "Ramiro"}}', "properties"),
        ('{"id": "p2", "schema": "Person", "properties": {"name": [" "]}}', "properties.name"),
        (lists.ftm_line("p1", "Person", name=["Again"]), "id"),
    ],
)
def test_a_bad_ftm_line_is_named_by_line_and_field(tmp_path: Path, line: str, field: str) -> None:
    error = refusal(lists.ftm_file(tmp_path, lists.ftm_line("p1", "Person", name=["Ramiro"]), line))
    assert (error.where, error.field) == ("line 2", field)


MAPPING = {"id": "Ref", "name": "Name", "schema": "=Person", "alias": "Also", "birth_date": "Born"}


def own_csv(folder: Path, text: str) -> Path:
    path = folder / "own.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_csv_of_ones_own_is_read_by_its_mapping(tmp_path: Path) -> None:
    path = own_csv(tmp_path, 'Ref,Name,Also,Born\nA1,"Ficticio, Ramiro",El Cartero;Don R,14 Mar 1971;circa 1980\n')
    entity = names.read_list(path, mapping=MAPPING).entities[0]
    assert (entity.id, entity.schema, entity.names) == ("A1", "Person", ("Ficticio, Ramiro",))
    assert entity.aliases == ("El Cartero", "Don R")
    assert entity.birth_dates == ("1971-03-14", "1979", "1980", "1981")


@pytest.mark.parametrize(
    ("text", "where", "field"),
    [
        ("Ref,Name,Also,Born\nA1,Ramiro,,yesterday\n", "row 2", "Born"),
        ("Ref,Name,Also,Born\nA1,,,\n", "row 2", "Name"),
        ("Ref,Name,Also,Born\nA1,Ramiro\n", "row 2", ""),
        ("Ref,Name,Also,Born\nA1,Ramiro,,\nA1,Lucia,,\n", "row 3", "Ref"),
        ("Ref,Also,Born\nA1,,\n", "row 1", "name"),
        ('Ref,Name,Also,Born\nA1,"Ramiro,,\n', "row 2", ""),
    ],
)
def test_a_bad_row_of_ones_own_csv_is_named(tmp_path: Path, text: str, where: str, field: str) -> None:
    error = refusal(own_csv(tmp_path, text), mapping=MAPPING)
    assert (error.where, error.field) == (where, field)


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    assert "empty" in refusal(own_csv(tmp_path, " \n")).reason


def test_a_list_that_names_nobody_is_refused_because_it_would_clear_everybody(tmp_path: Path) -> None:
    assert "clear every party" in refusal(lists.un_file(tmp_path, lists.un_text())).remedy


def test_a_file_over_the_limit_is_refused_unread(tmp_path: Path) -> None:
    error = refusal(lists.un_file(tmp_path), max_bytes=100)
    assert error.field == "size"


def test_a_spreadsheet_or_an_unknown_csv_asks_for_its_format(tmp_path: Path) -> None:
    assert "format" in refusal(own_csv(tmp_path, "a,b\n1,2\n")).reason
    (tmp_path / "sheet.csv").write_bytes(b"PK\x03\x04\x00\x00binary")
    assert "a spreadsheet" in refusal(tmp_path / "sheet.csv").reason
    assert refusal(own_csv(tmp_path, "a,b\n1,2\n"), format="excel").where == "format"


def test_the_demonstration_list_is_whole_and_plainly_invented() -> None:
    main, *beside = names.demo_tables()
    demo = names.read_list(main, source=names.DEMO_SOURCE, beside=beside)
    assert 12 <= len(demo.entities) <= 20
    assert demo.notes == ()
    assert "TRANSPORTES SIERRA AZUL S.A." in {entity.caption for entity in demo.entities}
    assert all(program.startswith("DEMO") for entity in demo.entities for program in entity.programs)
