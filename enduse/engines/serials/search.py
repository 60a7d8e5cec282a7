"""A search: evidence from the marks, weights from the segments, a posterior over all of them and 'none'."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from enduse.engines.serials.answer import FLOOR, Candidate, Candidates, Explain
from enduse.engines.serials.attributes import ATTRIBUTES
from enduse.engines.serials.channel import evidence
from enduse.engines.serials.explain import Reason, Step, align
from enduse.engines.serials.marks import Marks, TooLittle
from enduse.engines.serials.model import ErrorModel
from enduse.engines.serials.several import with_other_marks
from enduse.engines.serials.symbols import canonical

if TYPE_CHECKING:
    from enduse.engines.serials.register import Register

MOST_FITTING = 1_000
"""Marks that fit more guns than this are refused."""


def search(register: Register, marks: Marks, limit: int, model: ErrorModel) -> Candidates:
    """See Register.search."""
    from enduse.engines.serials.hunt import Hunt

    guns = len(register)
    if not guns:
        return Candidates((), 1.0)
    given = evidence(marks, model)
    elsewhere = register.general.likelihoods(given, model.strange)
    refuse_too_little(guns * float(elsewhere.sum() / given.most[0]))
    factors, by_scheme = register.factors(model, marks)
    none = float(elsewhere @ by_scheme) * model.not_in_register * guns / (1 - model.not_in_register)
    hunt = Hunt(register, given, factors, limit)
    found = hunt.down_to(none)
    if marks.also:
        found, none = with_other_marks(register, marks, model, found, none, limit)
    total = found.mass + none
    least = FLOOR * max(none, found.heaviest)
    explain = partial(explained, register, marks, model)
    items = tuple(
        _candidate(register, explain, weight / total, place, at)
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


def _candidate(register: Register, explain: Explain, chance: float, place: int, number: int) -> Candidate:
    start, segment = register.segments[number]
    local = int(segment.row_of[place])
    return Candidate(start + local, int(segment.keys[local]), segment.serial(local), chance, explain)


def explained(register: Register, marks: Marks, model: ErrorModel, row: int, serial: str) -> tuple[tuple[Step, ...], tuple[Reason, ...]]:
    """A candidate's columns under the marks, and what its attributes say."""
    return align(marks, evidence(marks, model), canonical(serial)), attribute_reasons(register, marks, model, row)


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
