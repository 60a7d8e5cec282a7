"""Several marks on one gun: the frame's is gone, another leads, and neither is believed more than it deserves."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from enduse.engines.serials import ErrorModel, Gun, Register, TooLittle, calibration, laid_over, read_marks, read_other


@pytest.fixture(scope="module")
def lot(tmp_path_factory: pytest.TempPathFactory) -> Register:
    folder: Path = tmp_path_factory.mktemp("register")
    return Register.build(folder, (Gun(k, f"W{k:06d}") for k in range(0, 400_000, 97)))


def test_a_removed_frame_is_searched_by_the_slide(lot: Register) -> None:
    answer = lot.search(read_marks("*", also=("W000194",)))
    assert answer.items[0].serial == "W000194"
    assert answer.items[0].probability < lot.search(read_marks("W000194")).items[0].probability
    assert answer.none_probability + sum(each.probability for each in answer.items) <= 1 + 1e-9


def test_a_slide_that_nothing_fits_leaves_the_frame_as_open_as_it_was(lot: Register) -> None:
    model = ErrorModel()
    answer = lot.search(read_marks("*", also=(read_other("Q7X9K3Z", belongs=0.5),)), model=model)
    sure = lot.search(read_marks("Q7X9K3Z"), model=model)
    assert model.not_in_register < answer.none_probability < sure.none_probability


def test_a_frame_of_one_character_and_no_other_mark_is_refused(lot: Register) -> None:
    with pytest.raises(TooLittle):
        read_marks("W*")
    with pytest.raises(TooLittle):
        read_marks("W*", also=("*", "1?"))
    assert read_marks("W*", also=(read_other("W000194", place="slide"),)).place == "slide"


def test_a_frame_that_fits_too_many_is_searched_after_a_mark_that_says_more(lot: Register) -> None:
    marks = read_marks("W0*", also=("W00019?",))
    led = marks.led_by_another()
    assert (led.pattern, [each.pattern for each in led.also]) == ("W00019?", ["W0*"])
    assert led.also[0].belongs == 1
    assert lot.search(led).items[0].serial == "W000194"


def test_another_mark_is_laid_over_a_candidate_and_says_whether_it_fits(lot: Register) -> None:
    columns, factor = laid_over(lot, read_other("W0001?4"), ErrorModel(), "W000194")
    assert [step.kind for step in columns] == ["same"] * 5 + ["unreadable", "same"]
    assert factor > 10
    _columns, factor = laid_over(lot, read_other("Q7X9K3Z"), ErrorModel(), "W000194")
    assert factor < 1


def test_many_searches_weigh_a_leading_slide_as_one_search_does(lot: Register) -> None:
    asked = [read_marks("*", also=("W00019?",)), read_marks("W000194")]
    assert [a.none_probability for a in lot.search_many(asked)] == [lot.search(each).none_probability for each in asked]


def test_chances_mean_what_they_say_where_the_frame_is_gone_and_the_slide_may_be_anothers(lot: Register) -> None:
    chance, claims, none = random.Random(5), [], []
    model = ErrorModel()
    serials = [f"W{k:06d}" for k in range(0, 400_000, 97)]

    def elsewhere() -> str:
        return f"W{chance.randrange(400_000):06d}"

    for _ in range(700):
        held = chance.random() >= model.not_in_register
        true = chance.choice(serials) if held else elsewhere()
        written = list(true if chance.random() < 0.8 else elsewhere())
        for place in range(len(written)):
            if chance.random() < model.wrong:
                written[place] = chance.choice("0123456789")
        if chance.random() < 0.5:
            written[chance.randrange(len(written))] = "?"
        answer = lot.search(read_marks("*", also=("".join(written),)))
        claims += [(item.probability, item.serial == true and held) for item in answer.items[:1]]
        none.append((answer.none_probability, not held and true not in serials))
    assert calibration(claims).error < 0.06
    assert calibration(none).error < 0.06
