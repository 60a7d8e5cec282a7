"""The engines' questions on files of one's own: no installation needed."""

from __future__ import annotations

import csv
import json
from datetime import date

import pytest

from enduse.engines.evidence import Bundle, Check, Lot, Unit
from enduse.engines.evidence.bundle import write_bundle


@pytest.fixture
def bundle(tmp_path):
    """100 guns of one unit; of 40 drawn at random, 4 were missing."""
    write_bundle(Bundle(units=(Unit("U", "", "E", "battalion", 800),), lots=(Lot("l", "L", "U", "rifle", 100, date(2008, 1, 1)),),
                        checks=(Check("c", "U", date(2011, 12, 1), "random", 100, 40, 36, "unfavourable"),)), tmp_path)
    return tmp_path


def test_an_estimate_of_a_folder_prints_its_sentence_and_writes_the_whole(run, bundle, tmp_path):
    said = run("estimate", "--bundle", bundle, "--until", "2011-12-31", "--json", tmp_path / "out.json")
    assert said.exit_code == 0, said.output
    assert said.stdout.startswith("Of 100 delivered by 2011-12-31, ")
    found = json.loads((tmp_path / "out.json").read_text())["diverted"]
    assert 4 <= found["q025"] < 10 < found["q975"] < 40


def test_an_estimate_of_a_folder_wants_its_day(run, bundle):
    assert "--until YYYY-MM-DD" in run("estimate", "--bundle", bundle).stderr


def test_a_bad_row_of_a_folder_is_named(run, bundle):
    lots = bundle / "lots.csv"
    lots.write_text(lots.read_text().replace(",100,", ",many,"))
    said = run("estimate", "--bundle", bundle, "--until", "2011-12-31")
    assert said.exit_code == 1
    assert "lots.csv line 2, quantity" in said.stderr


def test_an_estimate_of_the_installation_says_what_is_missing(run, people):
    said = run("estimate", by=people.analyst)
    assert (said.exit_code, "Record deliveries first" in said.stderr) == (1, True)


def test_a_file_of_recoveries_is_traced_against_a_file_of_firearms(run, tmp_path):
    guns = [f"{serial},colt,M4,rifle_assault,556nato,2006" for serial in ("W345872", "K111111")]
    (tmp_path / "register.csv").write_text("\n".join(["serial,make,model,type,calibre,year", *guns]))
    (tmp_path / "seized.csv").write_text("id,marks,make\nR1,W3?5B72,colt\n")
    said = run("trace", "batch", "--register", tmp_path / "register.csv", "--recoveries", tmp_path / "seized.csv", "--out", tmp_path / "out.csv")
    assert said.exit_code == 0, said.output
    with (tmp_path / "out.csv").open(newline="") as file:
        best = next(csv.DictReader(file))
    assert (best["id"], best["rank"], best["serial"]) == ("R1", "1", "W345872")


def test_chances_are_judged_on_files_whose_guns_are_known(run, tmp_path):
    (tmp_path / "register.csv").write_text("serial,make\nW345872,colt\nK111111,colt\n")
    (tmp_path / "known.csv").write_text("id,marks,make,row\nR1,W3?5872,colt,0\nR2,??,,1\nR3,QX99K88P77,,-1\n")
    files = ("--register", tmp_path / "register.csv", "--recoveries", tmp_path / "known.csv")
    said = run("trace", "calibrate", *files, "--json", tmp_path / "judged.json")
    assert said.exit_code == 0, said.output
    assert "3 recoveries judged against 2 guns; 1 without an answer." in said.stdout
    assert "The register holds the gun of 2: ranked first 50.0%, among the first ten 50.0%." in said.stdout
    assert "no claims" in said.stdout
    assert "R2" in said.stderr
    judged = json.loads((tmp_path / "judged.json").read_text())
    assert (judged["likeliest"]["claims"], judged["none"]["claims"], len(judged["none"]["bins"])) == (1, 2, 10)
    (tmp_path / "known.csv").write_text("id,marks,make,row\nR1,W3?5872,colt,2\n")
    refused = run("trace", "calibrate", *files)
    assert refused.exit_code == 1
    assert "line 2: row 2 is beyond the register of 2 guns" in refused.stderr
