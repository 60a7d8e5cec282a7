"""The fast search gives what the plain scan of every gun gives."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import active_children
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enduse.engines.serials import Candidates, Gun, Register, TooLittle, UnreadableMarks, canonical, read_marks, reference
from enduse.engines.serials.many import FEW


def damaged(serial: str, chance: random.Random) -> str:
    signs = list(serial)
    at = chance.randrange(1, len(signs) - 1)
    match chance.randrange(8):
        case 0:
            signs[at] = chance.choice("0123456789AB")
        case 1:
            del signs[at]
        case 2:
            signs.insert(at, chance.choice("0123"))
        case 3:
            signs[at], signs[at + 1] = signs[at + 1], signs[at]
        case 4:
            signs[at] = "?"
        case 5:
            signs[-2:] = "*"
        case 6:
            signs[:2] = "*"
        case _:
            signs[at] = f"[{signs[at]}7]"
    return "".join(signs)


def apart(one: Candidates, other: Candidates) -> float:
    held = {c.row: c.probability for c in other.items}
    return max([abs(one.none_probability - other.none_probability)] + [abs(c.probability - held.get(c.row, 0)) for c in one.items])


def test_the_fast_search_answers_what_the_plain_scan_answers(register: Register, guns: list[Gun]) -> None:
    chance = random.Random(4)
    for _ in range(25):
        gun = chance.choice(guns[:-1])
        marks = read_marks(damaged(canonical(gun.serial), chance), make=chance.choice(["", "Colt", "Glock"]), year=gun.year)
        fast, plain = register.search(marks), reference.search(guns, marks)
        assert apart(fast, plain) < 0.01
        likely = [c.row for c in plain.items if c.probability > 0.01]
        assert [c.row for c in fast.items][: len(likely)] == likely


def test_a_damaged_serial_is_found_with_its_reasons(register: Register) -> None:
    answer = register.search(read_marks("W 3 ? 5 B 7 2", calibre="5.56"))
    best = answer.items[0]
    assert best.serial == "W345872"
    assert best.probability > 0.9
    told = {(r.read, r.true, r.kind) for r in best.reasons}
    assert {("?", "4", "unreadable"), ("B", "8", "look_alike"), ("5.56", "5.56x45 mm", "calibre")} <= told
    assert "".join(s.true for s in best.alignment) == "W345872"
    assert "".join(s.read for s in best.alignment) == "W3?5B72"


def test_a_gun_that_is_not_in_the_register_is_called_none_of_these(register: Register) -> None:
    answer = register.search(read_marks("QQ998877K"))
    assert answer.none_probability > 0.9


def test_probabilities_never_sum_to_more_than_one(register: Register, guns: list[Gun]) -> None:
    for gun in guns[:40]:
        answer = register.search(read_marks(gun.serial))
        assert sum(c.probability for c in answer.items) + answer.none_probability <= 1 + 1e-9


def test_the_make_as_read_lifts_its_guns_and_never_excludes_the_others(tmp_path: Path) -> None:
    register = Register.build(tmp_path / "r", [Gun(1, "123456", "Colt"), Gun(2, "123456", "Glock"), Gun(3, "999999", "FN")])
    read = register.search(read_marks("123456", make="Colt's"))
    assert [c.key for c in read.items] == [1, 2]
    assert read.items[0].probability > 5 * read.items[1].probability
    assert read.items[1].probability > 0.001


def test_a_doubtful_make_weighs_less(tmp_path: Path) -> None:
    register = Register.build(tmp_path / "r", [Gun(1, "123456", "Colt"), Gun(2, "123456", "Glock"), Gun(3, "999999", "FN")])
    sure = register.search(read_marks("123456", make="Colt")).items[0].probability
    unsure = register.search(read_marks("123456", make="Colt", make_doubtful=True)).items[0].probability
    assert 0.5 < unsure < sure


def test_a_calibre_code_that_covers_several_calibres_does_not_exclude_one(tmp_path: Path) -> None:
    register = Register.build(tmp_path / "r", [Gun(1, "555123", calibre="7.62x39 mm"), Gun(2, "888123", calibre="9 mm")])
    assert register.search(read_marks("555123", calibre="762")).items[0].key == 1


def test_a_prefix_left_out_and_a_long_serial_are_found(register: Register) -> None:
    assert register.search(read_marks("345872")).items[0].serial == "W345872"
    assert register.search(read_marks("US12345678?0123")).items[0].serial == "US-1234567890123"


def test_marks_that_fit_too_much_of_a_register_are_refused(tmp_path: Path) -> None:
    register = Register.build(tmp_path / "r", (Gun(k, f"{k:06d}") for k in range(60_000)))
    with pytest.raises(TooLittle, match="fit about"):
        register.search(read_marks("[01234]?[01234]???"))


def test_a_second_mark_decides_between_guns_that_the_first_leaves_open(tmp_path: Path) -> None:
    register = Register.build(tmp_path / "r", [Gun(k, f"W34{k}872") for k in range(10)] + [Gun(50, "W991122")])
    frame = register.search(read_marks("W34?872"))
    assert frame.items[0].probability < 0.2
    both = register.search(read_marks("W34?872", also=("W345?7*",)))
    assert both.items[0].serial == "W345872"
    assert both.items[0].probability > 0.8


def test_a_second_mark_from_another_gun_does_not_hide_the_frames(tmp_path: Path) -> None:
    register = Register.build(tmp_path / "r", [Gun(k, f"W34{k}872") for k in range(10)] + [Gun(50, "W991122")])
    answer = register.search(read_marks("W345872", also=("W991122",)))
    assert answer.items[0].serial == "W345872"


def test_many_searches_answer_as_one_by_one_and_report_progress(register: Register, guns: list[Gun]) -> None:
    marks = [read_marks(g.serial) for g in guns[:30]]
    done: list[int] = []
    answers = register.search_many(marks, progress=done.append)
    assert [a.items[0].row for a in answers] == [register.search(m).items[0].row for m in marks]
    assert done[-1] == 30


def test_searches_enough_for_workers_answer_and_explain_as_one_by_one(register: Register, guns: list[Gun]) -> None:
    marks = [read_marks(f"{g.serial[:-1]}?", make=g.make) for g in guns[:FEW]]
    expected = list(map(register.search, marks))
    done: list[int] = []
    answers = register.search_many(marks, progress=done.append)
    assert answers == expected
    assert [[c.reasons for c in a.items] for a in answers] == [[c.reasons for c in a.items] for a in expected]
    assert done == list(range(1, len(marks) + 1))


def test_a_process_with_other_threads_searches_by_itself(register: Register, guns: list[Gun]) -> None:
    marks = [read_marks(g.serial) for g in guns[:FEW]]
    expected = register.search_many(marks)
    with ThreadPoolExecutor(1) as other:
        assert other.submit(register.search_many, marks).result() == expected


def test_a_search_of_many_that_is_stopped_leaves_no_worker(register: Register, guns: list[Gun]) -> None:
    marks = [read_marks(g.serial) for g in guns[: FEW + 1]]
    with pytest.raises(ValueError, match="stop here"):
        register.search_many(marks, progress=_stop)
    assert not active_children()


def _stop(done: int) -> None:
    raise ValueError("stop here")


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet="0123456789WABZ?*[]- ", min_size=1, max_size=16))
def test_any_marks_give_an_answer_or_a_refusal(register: Register, text: str) -> None:
    try:
        answer = register.search(read_marks(text))
    except UnreadableMarks:
        return
    assert 0 <= answer.none_probability <= 1
    assert [c.probability for c in answer.items] == sorted((c.probability for c in answer.items), reverse=True)
