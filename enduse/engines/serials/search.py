"""A search: evidence from the marks, weights from the segments, a posterior over all of them and 'none'."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from enduse.engines.serials.answer import Candidate, Candidates
from enduse.engines.serials.attributes import ATTRIBUTES
from enduse.engines.serials.channel import LEAD_LETTERS, Evidence, evidence
from enduse.engines.serials.explain import Reason, Step, align
from enduse.engines.serials.marks import Marks, TooLittle
from enduse.engines.serials.model import ErrorModel
from enduse.engines.serials.plan import NO_SPLIT, information, plan
from enduse.engines.serials.several import with_other_marks
from enduse.engines.serials.symbols import MAX_LENGTH, symbol_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from enduse.engines.serials.register import Register

FLOOR = 1e-3
"""A gun this much less likely than the likeliest answer is no candidate."""
GLANCE, WIDEN = 0.02, 0.003
"""How much worse than perfect the first look allows, and how much further each next one goes when nothing was found."""
PATIENCE = 1_000_000
"""Steps after which a walk gives up: a tenth of a second. The answer then says that it is not exact."""
NOWHERE = np.zeros(0, np.uint32)
MOST_FITTING = 1_000
"""Marks that fit more guns than this are refused."""


def search(register: Register, marks: Marks, limit: int, model: ErrorModel) -> Candidates:
    """See Register.search."""
    guns = len(register)
    if not guns:
        return Candidates((), 1.0)
    given = evidence(marks, model)
    elsewhere = register.general.likelihood(given)
    refuse_too_little(guns * elsewhere / given.most[0])
    none = elsewhere * model.not_in_register * guns / (1 - model.not_in_register)
    hunt = Hunt(register, given, register.factors(model, marks), limit)
    found = hunt.down_to(none)
    if marks.also:
        found, none = with_other_marks(register, marks, model, found, none, limit)
    total = found.mass + none
    least = FLOOR * max(none, found.heaviest)
    items = tuple(
        _candidate(register, marks, given, model, weight / total, place, at)
        for weight, at, place in found.best
        if weight >= least
    )
    return Candidates(items, none / total, found.weighed, found.finished)


def refuse_too_little(fitting: float) -> None:
    """Raises TooLittle when marks fit more guns than a list can help with."""
    if fitting > MOST_FITTING:
        raise TooLittle(
            "fits_too_many",
            f"These marks fit about {fitting:,.0f} guns of the register.",
            "Read one or two more characters, or say how many characters are unreadable (? for each) in place of *.",
        )


@dataclass(frozen=True)
class Found:
    """What walks brought: (weight, number of the segment, place in it) best first, and the sum of all weights."""

    best: list[tuple[float, int, int]]
    mass: float
    weighed: int
    finished: bool
    work: int

    @property
    def heaviest(self) -> float:
        return self.best[0][0] if self.best else 0.0


class Hunt:
    """One set of marks on its way through the segments of a register."""

    def __init__(self, register: Register, given: Evidence, factors: Sequence[NDArray[np.float64]], limit: int) -> None:
        self.register, self.given, self.factors, self.limit = register, given, factors, limit
        self.mirrored = given.reversed()
        self.reach = max(float(f.max()) for f in factors)
        self.told = information(given, register.general.usual)
        self.ahead, self.back = _ready(given), _ready(self.mirrored)
        self.whole = (*self.ahead[:2], given.packed_rates, given.right, given.more, np.zeros(MAX_LENGTH + 3, np.int64))

    def down_to(self, none: float) -> Found:
        """Everything that weighs FLOOR of the heaviest or of `none`: a narrow look first, then as wide as it shows needful."""
        cut = max(FLOOR * none, GLANCE * self.reach * float(self.given.most[0]))
        while True:
            found = self.run(cut)
            enough = FLOOR * max(none, found.heaviest)
            if cut <= enough or not found.finished:
                return found
            cut = max(enough, cut * WIDEN)

    def run(self, cut: float) -> Found:
        """Weighs every gun that can weigh `cut` or more."""
        from enduse.engines.serials.walk import walk

        way = plan(self.given, self.mirrored, self.told, cut / self.reach)
        tally, found, finished = np.zeros(3), [], True
        for number, (_, segment) in enumerate(self.register.segments):
            best, where = np.zeros(self.limit), np.full(self.limit, 2**62, np.int64)
            guns = (segment.row_of, segment.long_at, segment.long_codes, segment.combo, self.factors[number])
            if way.forward is not None:
                finished &= walk(
                    segment.forward, NOWHERE, segment.forward_nodes, guns, self.ahead, way.forward, self.whole, way.forward,
                    cut, self.reach, PATIENCE, best, where, tally,
                )  # fmt: skip
            if way.backward is not None:
                finished &= walk(
                    segment.backward, segment.forward_of, segment.backward_nodes, guns, self.back, way.backward,
                    self.whole, way.forward or NO_SPLIT, cut, self.reach, PATIENCE, best, where, tally,
                )  # fmt: skip
            found += [(w, number, p) for w, p in zip(best.tolist(), where.tolist(), strict=True) if w > 0]
        found.sort(key=lambda f: (-f[0], f[1], f[2]))
        return Found(found[: self.limit], float(tally[2]), int(tally[1]), bool(finished), int(tally[0]))


def _ready(given: Evidence) -> tuple[NDArray[Any], ...]:
    """Evidence for a walk of its direction: its lines, rates and what is left to earn.

    A walk leaves out that a whole prefix may be missing: the walk from the other end finds it, where it comes last.
    """
    from enduse.engines.serials.kernels import rest_of

    rates = given.packed_rates.copy()
    rates[LEAD_LETTERS] = 0.0
    return given.packed, rates, rest_of(given.packed, rates)


def _candidate(
    register: Register, marks: Marks, given: Evidence, model: ErrorModel, chance: float, place: int, number: int
) -> Candidate:
    start, segment = register.segments[number]
    local = int(segment.row_of[place])

    def explain() -> tuple[tuple[Step, ...], tuple[Reason, ...]]:
        serial = "".join(map(symbol_of, segment.codes(place)))
        return align(marks, given, serial), attribute_reasons(register, marks, model, start + local)

    return Candidate(start + local, int(segment.keys[local]), segment.serial(local), chance, explain)


def attribute_reasons(register: Register, marks: Marks, model: ErrorModel, row: int) -> tuple[Reason, ...]:
    """What the attributes as read say about one gun; `weight` above 1 speaks for it."""
    gun = register.gun(row)
    reasons = []
    for attribute in ATTRIBUTES:
        found = register.attribute_chances(model, attribute, marks)
        held = getattr(gun, attribute)
        if found is not None and held:
            weight = found[0][str(held)] / found[1]
            reasons.append(Reason(0, str(getattr(marks, attribute)), str(held), attribute, weight))
    return tuple(reasons)


def search_many(
    register: Register, marks: Sequence[Marks], limit: int, model: ErrorModel, progress: Callable[[int], None] | None
) -> list[Candidates]:
    """See Register.search_many."""
    answers: list[Candidates] = []
    with ThreadPoolExecutor() as pool:
        for answer in pool.map(lambda m: _or_none(register, m, limit, model), marks):
            answers.append(answer)
            if progress is not None:
                progress(len(answers))
    return answers


def _or_none(register: Register, marks: Marks, limit: int, model: ErrorModel) -> Candidates:
    try:
        return search(register, marks, limit, model)
    except TooLittle:
        return Candidates((), 1.0, exact=False)
