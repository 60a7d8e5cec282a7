"""`enduse screen`: a file of names against list files, whole or not at all, without an installation."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest

from enduse.engines import names
from tests.engines.names import lists

HEADER = "id,schema,name,birth_date,country\n"
pytestmark = pytest.mark.engine


@pytest.fixture
def screen(run, tmp_path):
    """screen("1,Person,...", more list files) -> (what it says, its hits or None)"""

    def screened(rows: str, *more: object, header: str = HEADER, list_file: Path | None = None):
        (tmp_path / "names.csv").write_text(header + rows, encoding="utf-8")
        out = tmp_path / "hits.csv"
        said = run("screen", "--list", list_file or names.demo_list_path(), "--names", tmp_path / "names.csv", "--out", out, *more)
        if not out.exists():
            return said, None
        with out.open(newline="", encoding="utf-8") as file:
            return said, list(csv.DictReader(file))

    return screened


def test_names_are_screened_against_a_list_file(screen):
    said, hits = screen("1,Person,Ramiro Ficticio Salgado,1971-03-14,mx\n2,Person,Jane Unlisted,,\n")
    assert said.exit_code == 0, said.output
    assert list(hits[0]) == ["id", "list", "entity", "score", "reasons"]
    assert [(hit["id"], hit["list"], hit["entity"], hit["score"]) for hit in hits] == [("1", "OFAC SDN", "900002", "1.0000")]
    assert hits[0]["reasons"].startswith("FICTICIO SALGADO, Ramiro: name_match +1.00 ")
    assert "1 possible matches for 1 of 2 names" in said.stdout


def test_a_birth_year_and_a_country_that_differ_lower_the_score_and_are_said(screen):
    _, hits = screen("1,Person,Ramiro Ficticio Salgado,1950,Russia\n", "--threshold", "0.5")
    assert float(hits[0]["score"]) < 1
    assert "country_mismatch -" in hits[0]["reasons"]
    assert "dob_year_disjoint -" in hits[0]["reasons"]


def test_several_lists_are_told_apart_by_publisher_or_else_by_file(screen, tmp_path):
    other = lists.ofac_file(tmp_path, lists.ofac_row(5, "SIERRA AZUL TRANSPORTES"), name="second.csv")
    un = lists.un_file(tmp_path)
    _, hits = screen("a,Company,Transportes Sierra Azul,,\nb,Person,Saleem al-Khayaly,,\n", "--list", other, "--list", un)
    assert {(hit["id"], hit["list"]) for hit in hits} >= {
        ("a", "OFAC SDN (demo_list.csv)"), ("a", "OFAC SDN (second.csv)"), ("b", "UN Security Council")}


def test_an_address_column_raises_the_listed_who_are_there_and_says_so(screen):
    main, *beside = names.demo_tables()
    rows = '1,Company,Quiebrasol,,,"Molinos 27, Puerto Quimera"\n2,Company,Elsewhere Ltd,,,"7 Quiet Lane, Northmoor;3 Phantom Wharf, Northmoor"\n'
    said, hits = screen(rows, "--list", beside[0], "--list", beside[1], header=HEADER.replace("\n", ",address\n"), list_file=main)
    assert said.exit_code == 0, said.output
    assert list(hits[0]) == ["id", "list", "entity", "score", "reasons"]
    assert [(hit["id"], hit["entity"]) for hit in hits] == [("1", "900014"), ("2", "900005")]
    assert hits[0]["reasons"].startswith("SERVICIOS ADUANALES LUNA DE PAPEL S.C.: address +0.")
    assert all(float(hit["score"]) < 0.7 for hit in hits)


def test_an_address_that_is_too_long_is_told(screen):
    said, hits = screen('1,Company,Quiebrasol,,,"' + "a" * 2_001 + '"\n', header=HEADER.replace("\n", ",address\n"))
    assert (said.exit_code, hits) == (1, None)
    assert "row 2, address: it has 2001 letters" in said.stderr


def test_the_same_list_given_twice_is_refused(screen):
    said, hits = screen("a,Company,Transportes Sierra Azul,,\n", "--list", names.demo_list_path())
    assert (said.exit_code, hits) == (1, None)
    assert "The list is given twice. Give each list once" in said.stderr


def test_every_bad_row_is_named_with_its_field_and_remedy_and_nothing_is_written(screen):
    said, hits = screen("1,Person,,,\n,Person,Jane,,\n3,Robot,Jane,31/12/1970,Atlantis\n1,Person,Jane,,\n5,Person,Jane,,mx,more\n")
    assert (said.exit_code, hits) == (1, None)
    for told in ("row 2, name: it holds no letter.", "row 3, id: it is missing. Give each row its own.", "row 4, schema: 'Robot' is not known.",
                 "row 4, birth_date: '31/12/1970' is not a date. Write 1971-03-14", "row 4, country: 'Atlantis' is not known.",
                 "row 5, id: '1' stands in row 2 too.", "row 6, row: it has 6 cells; the header has 5."):
        assert f"names.csv {told}" in said.stderr


@pytest.mark.parametrize(("header", "rows", "told"), [
    ("name\n", "Jane\n", "row 1, id: the column is missing. The names need a header with id and name"),
    ("id,name,name\n", "1,Jane,Jane\n", "row 1, name: the column stands twice."),
    (HEADER, "", "there is no row below the header."),
    (HEADER, '1,Person,"Jane,,\n', "the CSV is broken"),
])
def test_names_that_are_no_table_are_refused(screen, header, rows, told):
    said, hits = screen(rows, header=header)
    assert (said.exit_code, told in said.stderr, hits) == (1, True, None)


def test_a_sheet_and_another_encoding_are_told_apart_from_a_csv(run, tmp_path):
    path = tmp_path / "names.csv"
    for content, told in ((b"PK\x03\x04....", "not a CSV file"), ("id,name\n1,Peña\n".encode("latin-1"), "row 2: the text is not UTF-8"), (b"", "is empty")):
        path.write_bytes(content)
        said = run("screen", "--list", names.demo_list_path(), "--names", path, "--out", tmp_path / "hits.csv")
        assert (said.exit_code, told in said.stderr) == (1, True)


def test_columns_may_stand_in_any_order_be_divided_by_semicolons_and_have_company(screen):
    said, hits = screen("MX;Transportes Sierra Azul;note;x\n", header="COUNTRY;Name;remark;ID\n")
    assert (said.exit_code, [hit["id"] for hit in hits]) == (0, ["x"])


def test_a_broken_list_is_named_with_its_file_and_leaves_the_old_output(screen, tmp_path):
    (tmp_path / "hits.csv").write_text("of yesterday")
    cut = tmp_path / "cut.csv"
    cut.write_bytes(names.demo_list_path().read_bytes()[:-60])
    (tmp_path / "names.csv").write_text(HEADER + "1,Person,Jane,,\n")
    said, _ = screen("1,Person,Jane,,\n", list_file=cut)
    assert said.exit_code == 1
    assert "cut.csv, row 16: The file stops in the middle of a row. Fetch the list again" in said.stderr
    assert (tmp_path / "hits.csv").read_text() == "of yesterday"
    assert not list(tmp_path.glob(".hits*"))


def test_a_list_in_a_csv_of_ones_own_is_read_by_its_mapping(screen, tmp_path):
    own, mapping = tmp_path / "own.csv", tmp_path / "mapping.json"
    own.write_text("number,who\n7,Transportes Sierra Azul\n")
    mapping.write_text('{"id": "number", "name": "who", "schema": "=Company"}')
    said, hits = screen("1,Company,Transportes Sierra Azul,,\n", "--mapping", mapping, list_file=own)
    assert (said.exit_code, hits[0]["list"], hits[0]["entity"]) == (0, "own", "7")
    mapping.write_text("[1]")
    assert "not an object of fields and columns" in screen("1,Company,Sierra,,\n", "--mapping", mapping, list_file=own)[0].stderr


def test_wrong_options_have_their_own_exit_code(run, tmp_path):
    path = tmp_path / "names.csv"
    path.write_text(HEADER)
    for out in (tmp_path / "nowhere" / "hits.csv", path):
        assert run("screen", "--list", names.demo_list_path(), "--names", path, "--out", out).exit_code == 2
    assert run("screen", "--names", path, "--out", tmp_path / "hits.csv").exit_code == 2


def test_it_needs_no_installation_and_makes_none(tmp_path):
    (tmp_path / "names.csv").write_text(HEADER + "1,Person,Ramiro Ficticio Salgado,,\n")
    clean = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    command = [sys.executable, "-m", "enduse", "screen", "--list", str(names.demo_list_path()), "--names", "names.csv", "--out", "hits.csv"]
    done = subprocess.run(command, cwd=tmp_path, env=clean, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert {path.name for path in tmp_path.iterdir()} <= {"names.csv", "hits.csv", ".cache"}
