"""A probability means what it says, on damage that the error model was not tuned on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bench.serials_world import guns as made_up
from bench.serials_world import readings
from enduse.engines.serials import Register, TooLittle, calibration, fit, read_marks
from enduse.engines.serials.answer import FLOOR
from enduse.engines.serials.channel import evidence
from enduse.engines.serials.model import DEFAULT
from enduse.engines.serials.walk import TALLIES, weigh_all

LIMIT = 10


def test_the_candidates_are_those_of_weighing_every_gun(tmp_path: Path) -> None:
    held = list(made_up(20_000))
    register = Register.build(tmp_path / "r", held)
    ((_, segment),) = register.segments
    different = 0
    for reading in readings(held, 220):
        marks = read_marks(reading.text, make=reading.make, calibre=reading.calibre)
        try:
            answer = register.search(marks, LIMIT)
        except TooLittle:
            continue
        given, (factors, _) = evidence(marks, DEFAULT), register.factors(DEFAULT, marks)
        best, where, tally = np.zeros(LIMIT), np.full(LIMIT, 2**62, np.int64), np.zeros(TALLIES)
        weigh_all(segment.forward, (segment.row_of, segment.long_at, segment.long_codes, segment.combo, factors[0]),
                  (given.packed, given.packed_rates, given.right, given.levels), np.arange(len(segment)), len(segment), 0.0, 0.0, best, where, tally)  # fmt: skip
        tied = best[-1] * (1 + 1e-9)
        likely = [int(segment.row_of[at]) for weight, at in zip(best, where, strict=True) if weight >= FLOOR * best[0] and weight > tied]
        shown = [c.row for c in answer.items]
        different += not set(likely[: len(shown)]) <= set(shown)
    assert different == 0


@pytest.mark.slow
@pytest.mark.parametrize("kinds", [("look_alike", "look_alike", "wrong", "extra", "worn_end", "exact", "exact"), ("missing", "swapped", "unreadable_2", "mixture")])
def test_probabilities_come_true_on_a_mix_of_damage_unlike_the_default(tmp_path: Path, kinds: tuple[str, ...]) -> None:
    held = list(made_up(60_000))
    register = Register.build(tmp_path / "r", held)
    asked = readings(held, 4000, seed=5, kinds=kinds)
    marks = [read_marks(r.text, make=r.make, calibre=r.calibre) for r in asked]
    model = fit(register, marks[:1000])
    judged = list(zip(register.search_many(marks[1000:], model=model), asked[1000:], strict=True))
    top = calibration((a.items[0].probability, a.items[0].row == r.row) for a, r in judged if a.items)
    none = calibration((a.none_probability, r.row < 0) for a, r in judged)
    assert top.error < 0.02
    assert none.error < 0.02
