"""Several marks on one gun: the frame's first, then slide, barrel, importer's mark, each believed as far as it belongs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from enduse.engines.serials.answer import Candidates
from enduse.engines.serials.channel import Evidence, evidence, likelihood
from enduse.engines.serials.explain import Step, align
from enduse.engines.serials.marks import Marks, Token
from enduse.engines.serials.model import ErrorModel
from enduse.engines.serials.symbols import canonical, code_of

if TYPE_CHECKING:
    from enduse.engines.serials.hunt import Found
    from enduse.engines.serials.register import Register


def with_other_marks(register: Register, marks: Marks, model: ErrorModel, frame: Found, none: float, limit: int) -> tuple[Found, float]:
    """What the frame's mark found, weighed anew by the other marks; and the weight of 'none' likewise.

    A mark that belongs (chance `belongs`) was made from the frame's serial; one that does not tells nothing. Guns that
    another mark finds and the frame's did not are brought in. 'None' is weighed by how well the marks agree with each other.
    """
    from enduse.engines.serials.hunt import Hunt

    given = evidence(marks, model)
    others = [(m, evidence(m, model)) for m in marks.also]
    usual = [register.general.likelihood(e, model.strange) for _, e in others]
    factors, _ = register.factors(model, marks)
    places = {(number, place): weight for weight, number, place in frame.best}
    for _, other in others:
        brought = Hunt(register, other, factors, limit).down_to(none)
        for _, number, place in brought.best:
            if (number, place) not in places:
                segment = register.segments[number][1]
                attributes = float(factors[number][segment.combo[segment.row_of[place]]])
                places[number, place] = likelihood(given, segment.codes(place)) * attributes
    best = []
    for (number, place), weight in places.items():
        serial = register.segments[number][1].codes(place)
        best.append((weight * agreement(others, usual, serial), number, place))
    best.sort(key=lambda f: (-f[0], f[1], f[2]))
    apart = 1.0
    for mark, _ in others:
        apart *= 1 - mark.belongs
    unlisted = max(0.0, frame.mass - sum(w for w, _, _ in frame.best)) * apart
    mass = sum(w for w, _, _ in best) + unlisted
    return replace(frame, best=best[:limit], mass=mass), none * agreement(others, usual, likeliest_serial(marks))


def believed(register: Register, marks: Marks, model: ErrorModel, answer: Candidates) -> Candidates:
    """An answer to a mark that leads because the frame's could not be read, for the chance that it is no serial of the frame.

    If it is not, it tells nothing: the register holds the gun as often as any, and which of its guns that is stays open.
    """
    absent = model.not_in_register
    if marks.belongs >= 1 or answer.none_probability <= 0 or not len(register):
        return answer
    together = 1.0
    if marks.also:
        others = [(m, evidence(m, model)) for m in marks.also]
        together = agreement(others, [register.general.likelihood(e, model.strange) for _, e in others], likeliest_serial(marks))
    # 'None' weighs `absent` times the mark in general times `together`, so the whole answer weighs this many marks in general.
    whole = absent * together / answer.none_probability
    belongs = marks.belongs * whole / (marks.belongs * whole + 1 - marks.belongs)
    items = tuple(replace(item, probability=item.probability * belongs) for item in answer.items)
    return replace(answer, items=items, none_probability=answer.none_probability * belongs + absent * (1 - belongs))


def laid_over(register: Register, mark: Marks, model: ErrorModel, serial: str) -> tuple[tuple[Step, ...], float]:
    """Another mark laid over the serial of a candidate, column by column, and what it multiplies that candidate's weight by."""
    given, written = evidence(mark, model), canonical(serial)
    usual = register.general.likelihood(given, model.strange)
    return align(mark, given, written), agreement([(mark, given)], [usual], tuple(code_of(c) for c in written))


def likeliest_serial(marks: Marks) -> tuple[int, ...]:
    """The serial that the marks together spell, as far as they do."""
    return tuple(c for t in read_together(marks.tokens, marks.also[0].tokens) for c in t.codes()[:1])


def agreement(others: list[tuple[Marks, Evidence]], usual: list[float], serial: tuple[int, ...]) -> float:
    """What the other marks multiply the weight of a serial by."""
    product = 1.0
    for (mark, given), general in zip(others, usual, strict=True):
        product *= mark.belongs * likelihood(given, serial) / max(general, 1e-300) + 1 - mark.belongs
    return product


def read_together(first: tuple[Token, ...], second: tuple[Token, ...]) -> tuple[Token, ...]:
    """The first reading, its unreadable places filled from the second where both have as many."""
    if len(first) != len(second):
        return first
    return tuple(s if not t.symbols else t for t, s in zip(first, second, strict=True))
