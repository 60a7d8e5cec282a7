"""DOMAIN rule 9 for manifests: what is wrong is named by row and field with its remedy, and a good file is taken as it is."""

import io

import pytest
from django.test import override_settings

from enduse.deliveries.files import read_manifest, read_serials, sha256_of
from enduse.refusals import Invalid
from tests.deliveries.given import csv


def faults(file) -> list:
    with pytest.raises(Invalid) as invalid:
        read_manifest(file)
    for problem in invalid.value.problems:
        assert problem.reason
        assert problem.remedy
    return [(problem.row, problem.field) for problem in invalid.value.problems]


def test_names_and_aliases_become_codes():
    guns = read_manifest(csv("Colt's,M4,assault or select-fire rifle,5.56,W 345-872,2006,us", "FN,,rifle_semi,.308,8,,"))
    assert [(gun.make, gun.firearm_type, gun.calibre, gun.serial, gun.year, gun.country, gun.row) for gun in guns] == [
        ("colt", "rifle_assault", "556nato", "W 345-872", 2006, "US", 2), ("fn_herstal", "rifle_semi", "762nato", "8", None, "", 3)]


def test_a_file_with_a_mark_of_order_semicolons_and_no_optional_columns_is_read():
    file = io.BytesIO("﻿Make;Model;Type;Calibre;Serial\r\ncolt;M4;rifle_assault;556nato;W1\r\n".encode())
    assert [gun.serial for gun in read_manifest(file)] == ["W1"]


@pytest.mark.parametrize(("row", "field"), [
    ("acme,M4,rifle_assault,556nato,W1,,", "make"), ("colt,M4,blunderbuss,556nato,W1,,", "type"), ("colt,M4,rifle_assault,6.66,W1,,", "calibre"),
    ("colt,M4,rifle_assault,556nato,,,", "serial"), ("colt,M4,rifle_assault,556nato,-- -,,", "serial"),
    ("colt,M4,rifle_assault,556nato," + "W" * 41 + ",,", "serial"), ("colt,M4,rifle_assault,556nato,W\x071,,", "serial"),
    ("colt,M4,rifle_assault,556nato,W1,20006,", "year"), ("colt,M4,rifle_assault,556nato,W1,²006,", "year"),
    ("colt,M4,rifle_assault,556nato,W1,2006,USA", "country"), ("colt," + "M" * 61 + ",rifle_assault,556nato,W1,,", "model"),
])
def test_a_bad_value_is_named_with_its_row_and_field(row, field):
    assert faults(csv("colt,M4,rifle_assault,556nato,W0,2006,US", row)) == [(3, field)]


def test_every_fault_of_a_file_is_told_at_once_in_the_order_of_its_rows():
    rows = [
        "colt,M4,rifle_assault,556nato,W1,,",
        "acme,M4,rifle_assault,556nato,W2,,",
        "colt,M4,rifle_assault,556nato,w-1,,",
        "colt,M4,x,556nato,W4,,",
    ]
    assert faults(csv(*rows)) == [(3, "make"), (4, "serial"), (5, "type")]


def test_a_missing_and_an_unknown_column_are_both_named():
    assert sorted(faults(csv("colt,M4,rifle_assault,556nato,W1", header="make,model,kind,calibre,serial"))) == [(1, "kind"), (1, "type")]


@pytest.mark.parametrize(
    "raw",
    [
        "make,model,type,calibre,serial\nFábrica,M4,rifle_assault,556nato,W1\n".encode("latin-1"),
        b"",
        b"make,model,type,calibre,serial\n",
        b"PK\x03\x04rest of a spreadsheet",
        b"make,model,type,calibre,serial\ncolt,M4\n",
        b'make,model,type,calibre,serial\ncolt,M4,rifle_assault,556nato,"W1\n',
    ],
)
def test_a_file_that_is_not_a_utf8_csv_with_rows_is_refused(raw):
    assert faults(io.BytesIO(raw))


def test_latin_1_text_is_named_with_its_line():
    with pytest.raises(Invalid, match="UTF-8") as invalid:
        read_manifest(io.BytesIO("make,model,type,calibre,serial\ncolt,M4,rifle_assault,556nato,W1\nFábrica,M4,rifle_assault,556nato,W2\n".encode("latin-1")))
    assert invalid.value.problems[0].row == 3


@override_settings(ENDUSE_UPLOAD_LIMIT_MB=1)
def test_a_file_larger_than_the_limit_is_refused_without_reading_it_whole():
    class Endless(io.RawIOBase):
        given_out = 0

        def read(self, size=-1):
            self.given_out += size
            return b"x" * size

    endless = Endless()
    assert faults(endless) == [(None, "manifest")]
    assert endless.given_out <= 1_000_001


def test_the_digest_is_of_the_whole_file_and_leaves_it_at_its_start():
    file = csv("colt,M4,rifle_assault,556nato,W1,,")
    assert len(sha256_of(file)) == 64
    assert len(read_manifest(file)) == 1


def test_a_count_is_a_column_of_serials_with_the_make_where_it_is_needed():
    reads = read_serials(io.BytesIO(b"serial,make\nW1,Colt's\nW2,\n"))
    assert [(read.serial, read.make, read.row) for read in reads] == [("W1", "colt", 2), ("W2", "", 3)]
