"""Why a gun is a candidate: the serial laid under the marks, character by character, and what each step costs."""

from __future__ import annotations

from dataclasses import dataclass

from enduse.engines.serials.channel import (
    KEEP,
    LEAD_LETTERS,
    LEAD_ZEROS,
    MISSING,
    STAY,
    SWAP,
    TRAIL_LETTERS,
    ZERO,
    Evidence,
)  # fmt: skip
from enduse.engines.serials.marks import Marks
from enduse.engines.serials.model import is_look_alike
from enduse.engines.serials.symbols import FIRST_LETTER, LAST_LETTER, code_of


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that speaks for or against a candidate.

    `position` counts the columns of the alignment from 1 (0: not about a character). `weight` is the factor by which
    the candidate's probability is multiplied against a clean reading (an attribute: against not knowing it).
    """

    position: int
    read: str
    true: str
    kind: str
    weight: float


@dataclass(frozen=True, slots=True)
class Step:
    """One column of an alignment: what was read above what the serial has; '' where one side has nothing."""

    read: str
    true: str
    kind: str
    weight: float


def align(marks: Marks, given: Evidence, serial: str) -> tuple[Step, ...]:
    """The likeliest way from the canonical serial to the marks."""
    codes = [code_of(c) for c in serial]
    n, m = given.length, len(codes)
    best: dict[tuple[int, int], tuple[float, tuple[int, int] | None, tuple[Step, ...]]] = {(0, 0): (1.0, None, ())}

    def offer(at: tuple[int, int], value: float, origin: tuple[int, int], steps: tuple[Step, ...]) -> None:
        if value > best.get(at, (0.0, None, ()))[0]:
            best[at] = (value, origin, steps)

    for i in range(m + 1):
        for j in range(n + 1):
            here = best.get((i, j))
            if here is None:
                continue
            for to, factor, steps in _moves(marks, given, serial, codes, i, j):
                offer(to, here[0] * factor, (i, j), steps)
    at, columns = (m, n), list[Step]()
    while at != (0, 0) and at in best:
        _, origin, steps = best[at]
        if origin is None:
            break
        columns = [*steps, *columns]
        at = origin
    return tuple(columns)


_Move = tuple[tuple[int, int], float, tuple[Step, ...]]


def _moves(marks: Marks, given: Evidence, serial: str, codes: list[int], i: int, j: int) -> list[_Move]:
    n, m, rates = given.length, len(codes), given.rates
    found: list[_Move] = []
    running = j < n and given.run[j]
    if running:
        found.append(((i, j + 1), 1 - rates[STAY], ()))
        if i < m:
            found.append(((i + 1, j), rates[STAY], (Step("*", serial[i], "worn_end", 1.0),)))
    if i < m and not running:
        found.append(((i + 1, j), rates[MISSING], (Step("", serial[i], "missing", rates[MISSING]),)))
        if j < n:
            found.append(((i + 1, j + 1), rates[KEEP] * given.emit[j][codes[i]], (_reading(marks, given, serial, codes, i, j),)))
        if j + 1 < n and i + 1 < m and not given.run[j + 1] and codes[i] != codes[i + 1]:
            factor = rates[SWAP] * given.emit[j][codes[i + 1]] * given.emit[j + 1][codes[i]]
            first = Step(marks.tokens[j].text, serial[i], "swapped", factor)
            found.append(((i + 2, j + 2), factor, (first, Step(marks.tokens[j + 1].text, serial[i + 1], "swapped", 1.0))))
    if j < n and not running:
        found.append(((i, j + 1), given.extra[j], (Step(marks.tokens[j].text, "", "extra", given.extra[j]),)))
    if i == 0 and j == 0:
        found += _whole_run(serial, codes, 0, rates[LEAD_LETTERS], rates[LEAD_ZEROS])
    if j == n and i < m and (i == 0 or not _is_letter(codes[i - 1])) and all(map(_is_letter, codes[i:])):
        found.append(((m, n), rates[TRAIL_LETTERS], _omitted(serial[i:], "suffix", rates[TRAIL_LETTERS])))
    return found


def _is_letter(code: int) -> bool:
    return FIRST_LETTER <= code <= LAST_LETTER


def _whole_run(serial: str, codes: list[int], j: int, letters: float, zeros: float) -> list[_Move]:
    for kind, factor, inside in (("prefix", letters, _is_letter), ("zeros", zeros, lambda c: c == ZERO)):
        length = next((k for k, c in enumerate(codes) if not inside(c)), len(codes))
        if 0 < length < len(codes):
            return [((length, j), factor, _omitted(serial[:length], kind, factor))]
    return []


def _omitted(characters: str, kind: str, factor: float) -> tuple[Step, ...]:
    return tuple(Step("", c, kind, factor if k == 0 else 1.0) for k, c in enumerate(characters))


def _reading(marks: Marks, given: Evidence, serial: str, codes: list[int], i: int, j: int) -> Step:
    token, true = marks.tokens[j], serial[i]
    chance = float(given.emit[j][codes[i]])
    if token.is_unreadable:
        return Step(token.text, true, "unreadable", 1.0)
    symbols = token.symbols or ""
    if true in symbols:
        return Step(token.text, true, "same" if symbols == true else "alternative", 1.0)
    kind = "look_alike" if any(is_look_alike(true, s) for s in symbols) else "wrong"
    return Step(token.text, true, kind, chance / float(given.emit[j].max()))


def reasons_of(steps: tuple[Step, ...]) -> tuple[Reason, ...]:
    """The columns that are not plain agreement."""
    return tuple(Reason(k, s.read, s.true, s.kind, s.weight) for k, s in enumerate(steps, 1) if s.kind != "same")
