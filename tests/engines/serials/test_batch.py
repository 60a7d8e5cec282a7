"""Traces from file to file, and the error model fitted to them."""

from __future__ import annotations

import csv
import random
from pathlib import Path

import pytest

from enduse.engines.serials import Gun, Register, batch, calibration, canonical, fit, read_marks
from tests.engines.serials.conftest import some_guns


def written(path: Path, lines: list[list[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(lines)
    return path


def test_a_batch_ranks_guns_for_each_recovery(tmp_path: Path) -> None:
    guns = some_guns(300)
    register = written(
        tmp_path / "register.csv",
        [["serial", "make", "type", "calibre", "year"]] + [[g.serial, g.make, "", g.calibre, str(g.year)] for g in guns],
    )
    recoveries = written(
        tmp_path / "recoveries.csv",
        [["id", "marks", "make", "type", "calibre"], ["R1", guns[7].serial, guns[7].make, "", ""], ["R2", "??", "", "", ""],
         ["R3", "QX99K88P77", "", "", ""]],
    )  # fmt: skip
    told: list[tuple[int, int]] = []
    result = batch.trace_file(register, recoveries, tmp_path / "out.csv", progress=lambda done, of: told.append((done, of)))
    lines = list(csv.DictReader((tmp_path / "out.csv").open(encoding="utf-8")))
    assert list(lines[0]) == ["id", "rank", "row", "serial", "probability", "none_probability"]
    first = lines[0]
    assert (first["id"], first["rank"], first["row"], first["serial"]) == ("R1", "1", "7", guns[7].serial)
    assert [line["rank"] for line in lines if line["id"] in {"R2", "R3"}] == ["0", "0"]
    assert [identity for identity, _ in result.unanswered] == ["R2"]
    assert told[-1] == (2, 2)


def test_a_file_with_a_fault_is_refused_whole(tmp_path: Path) -> None:
    register = written(tmp_path / "register.csv", [["serial", "year"], ["W1234", "19x4"]])
    recoveries = written(tmp_path / "recoveries.csv", [["id", "marks"], ["R1", "W1234"]])
    with pytest.raises(batch.BadFile, match="line 2: year '19x4'"):
        batch.trace_file(register, recoveries, tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()
    with pytest.raises(batch.BadFile, match="no column 'marks'"):
        batch.trace_file(register, written(tmp_path / "bad.csv", [["id", "serial"]]), tmp_path / "out.csv")


def test_fitting_learns_which_errors_a_batch_has(tmp_path: Path) -> None:
    guns = some_guns(800)
    register = Register.build(tmp_path / "r", guns)
    chance = random.Random(3)
    texts = []
    for gun in chance.sample(guns, 150):
        signs = list(canonical(gun.serial))
        at = chance.randrange(len(signs) - 1)
        signs[at], signs[at + 1] = signs[at + 1], signs[at]
        texts.append("".join(signs))
    model = fit(register, [read_marks(t) for t in texts], rounds=3)
    assert model.swapped > 4 * model.missing
    assert model.version == "fitted-150"


def test_confirmed_traces_teach_which_characters_are_confused(tmp_path: Path) -> None:
    guns = [Gun(k, f"K{k:05d}") for k in range(400)]
    register = Register.build(tmp_path / "r", guns)
    rows = [row for row in range(400) if "3" in guns[row].serial][:60]
    marks = [read_marks(guns[row].serial.replace("3", "W", 1)) for row in rows]
    model = fit(register, marks, confirmed=dict(enumerate(rows)), rounds=2)
    assert {(true, read) for true, read, _ in model.confusions} == {("3", "W")}


def test_a_calibration_compares_what_was_claimed_with_what_happened() -> None:
    fair = calibration([(0.25, k % 4 == 0) for k in range(400)])
    boastful = calibration([(0.95, k % 2 == 0) for k in range(400)])
    assert fair.error == pytest.approx(0.0)
    assert boastful.worst() == pytest.approx(0.45)
