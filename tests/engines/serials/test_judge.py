"""Chances judged on recoveries whose gun is known, from files."""

from __future__ import annotations

from pathlib import Path

import pytest

from enduse.engines.serials import Bin, batch, judge
from tests.engines.serials.conftest import some_guns
from tests.engines.serials.test_batch import written

GUNS = some_guns(60)
COLUMNS = ["id", "marks", "make", "row"]


@pytest.fixture
def register(tmp_path: Path) -> Path:
    return written(tmp_path / "register.csv", [["serial", "make"]] + [[g.serial, g.make] for g in GUNS])


def known(tmp_path: Path, *lines: list[str]) -> Path:
    return written(tmp_path / "known.csv", [COLUMNS, *lines])


def exact(name: str, row: int) -> list[str]:
    return [name, GUNS[row].serial, GUNS[row].make, str(row)]


def test_what_was_claimed_is_compared_with_what_was(register: Path, tmp_path: Path) -> None:
    file = known(tmp_path, exact("R1", 7), exact("R2", 8), ["R3", "QX99K88P77", "", "-1"], ["R4", "QX99K88P78", "", ""], [*exact("R5", 9)[:3], "12"])
    judged = judge.judge_file(register, file)
    assert (judged.guns, judged.recoveries, judged.held, judged.fitted_on, judged.unanswered) == (60, 5, 3, 0, ())
    assert (judged.found_first, judged.found_in_ten) == (pytest.approx(2 / 3), pytest.approx(2 / 3))
    sure = judged.likeliest.bins[-1]
    assert (sure.number, sure.happened) == (3, pytest.approx(2 / 3))
    absent = judged.none.bins[-1]
    assert (judged.none.number, absent.number, absent.happened) == (5, 2, 1.0)


def test_marks_that_say_too_little_are_no_claim_but_count_as_not_found(register: Path, tmp_path: Path) -> None:
    judged = judge.judge_file(register, known(tmp_path, exact("R1", 7), ["R2", "??", "", "8"]))
    assert [identity for identity, _why in judged.unanswered] == ["R2"]
    assert (judged.likeliest.number, judged.none.number, judged.found_first) == (1, 1, 0.5)


def test_without_a_gun_of_the_register_there_is_no_share_found(register: Path, tmp_path: Path) -> None:
    judged = judge.judge_file(register, known(tmp_path, ["R1", "QX99K88P77", "", ""]))
    assert (judged.held, judged.found_first, judged.found_in_ten) == (0, None, None)


def test_a_fit_learns_from_the_first_half_and_judges_the_second(register: Path, tmp_path: Path) -> None:
    lines = [exact(f"R{row}", row) for row in range(11)]
    judged = judge.judge_file(register, known(tmp_path, *lines), fit=True)
    assert (judged.fitted_on, judged.recoveries, judged.held) == (5, 6, 6)
    # The rows of the first half are not looked at: false ones there change nothing.
    false = [[*line[:3], "59"] if place < 5 else line for place, line in enumerate(lines)]
    assert judge.judge_file(register, known(tmp_path, *false), fit=True) == judged


@pytest.mark.parametrize(
    ("row", "why"),
    [("seven", "line 3: the recovery has row 'seven'"), ("-2", "line 3: the recovery has row '-2'"),
     ("60", "line 3: row 60 is beyond the register of 60 guns")],
)  # fmt: skip
def test_a_row_that_is_none_refuses_the_file_whole(register: Path, tmp_path: Path, row: str, why: str) -> None:
    with pytest.raises(batch.BadFile, match=why):
        judge.judge_file(register, known(tmp_path, exact("R1", 7), [*exact("R2", 8)[:3], row]))


def test_a_file_without_rows_or_without_recoveries_is_refused(register: Path, tmp_path: Path) -> None:
    with pytest.raises(batch.BadFile, match="no column 'row'"):
        judge.judge_file(register, written(tmp_path / "known.csv", [["id", "marks"], ["R1", "W1234"]]))
    with pytest.raises(batch.BadFile, match="give one at least"):
        judge.judge_file(register, known(tmp_path))
    with pytest.raises(batch.BadFile, match="give two at least"):
        judge.judge_file(register, known(tmp_path, exact("R1", 7)), fit=True)


def test_an_interval_is_wide_for_few_claims_and_stays_between_0_and_1() -> None:
    assert Bin(0.9, 1.0, 10, 0.95, 1.0).interval == pytest.approx((0.7225, 1.0), abs=1e-4)
    assert Bin(0.4, 0.5, 100, 0.45, 0.5).interval == pytest.approx((0.4038, 0.5962), abs=1e-4)
    assert Bin(0.0, 0.1, 0, 0.0, 0.0).interval == (0.0, 1.0)
