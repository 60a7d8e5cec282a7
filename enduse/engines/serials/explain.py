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
from enduse.engines.serials.marks import Marks, Token
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
    codes, emit = [code_of(c) for c in serial], given.emit.tolist()
    n, m = given.length, len(codes)
    best = {(0, 0): 1.0}
    way: dict[Place, tuple[Place, str, float]] = {}
    for i in range(m + 1):
        for j in range(n + 1):
            here = best.get((i, j))
            if here is None:
                continue
            for to, factor, kind in _moves(given, emit, codes, i, j):
                if here * factor > best.get(to, 0.0):
                    best[to], way[to] = here * factor, ((i, j), kind, factor)
    at, columns = (m, n), list[Step]()
    while at in way:
        origin, kind, factor = way[at]
        columns = [*_columns(marks, emit, serial, origin, at, kind, factor), *columns]
        at = origin
    return tuple(columns)


Place = tuple[int, int]
"""Symbols of the serial, and places of the marks, that lie behind."""


def _moves(given: Evidence, emit: list[list[float]], codes: list[int], i: int, j: int) -> list[tuple[Place, float, str]]:
    """Where the way can go on from a place: to which, how likely, and what happens there."""
    n, m, rates = given.length, len(codes), given.rates
    found: list[tuple[Place, float, str]] = []
    running = j < n and given.run[j]
    if running:
        found.append(((i, j + 1), 1 - rates[STAY], "run_ends"))
        if i < m:
            found.append(((i + 1, j), rates[STAY], "worn_end"))
    if i < m and not running:
        found.append(((i + 1, j), rates[MISSING], "missing"))
        if j < n:
            found.append(((i + 1, j + 1), rates[KEEP] * emit[j][codes[i]], "read"))
        if j + 1 < n and i + 1 < m and not given.run[j + 1] and codes[i] != codes[i + 1]:
            found.append(((i + 2, j + 2), rates[SWAP] * emit[j][codes[i + 1]] * emit[j + 1][codes[i]], "swapped"))
    if j < n and not running:
        found.append(((i, j + 1), given.extra[j], "extra"))
    if i == 0 and j == 0:
        found += _whole_run(codes, rates[LEAD_LETTERS], rates[LEAD_ZEROS])
    if j == n and i < m and (i == 0 or not _is_letter(codes[i - 1])) and all(map(_is_letter, codes[i:])):
        found.append(((m, n), rates[TRAIL_LETTERS], "suffix"))
    return found


def _is_letter(code: int) -> bool:
    return FIRST_LETTER <= code <= LAST_LETTER


def _whole_run(codes: list[int], letters: float, zeros: float) -> list[tuple[Place, float, str]]:
    for kind, factor, inside in (("prefix", letters, _is_letter), ("zeros", zeros, lambda c: c == ZERO)):
        length = next((k for k, c in enumerate(codes) if not inside(c)), len(codes))
        if 0 < length < len(codes):
            return [((length, 0), factor, kind)]
    return []


def _columns(marks: Marks, emit: list[list[float]], serial: str, origin: Place, to: Place, kind: str, factor: float) -> list[Step]:
    """The columns of one move."""
    j, passed = origin[1], serial[origin[0] : to[0]]
    if kind == "run_ends":
        return []
    if kind == "worn_end":
        return [Step("*", passed, kind, 1.0)]
    if kind == "read":
        return [_reading(marks.tokens[j], emit[j], passed)]
    if kind == "extra":
        return [Step(marks.tokens[j].text, "", kind, factor)]
    signs = [marks.tokens[j].text, marks.tokens[j + 1].text] if kind == "swapped" else [""] * len(passed)
    return [Step(sign, c, kind, 1.0 if k else factor) for k, (sign, c) in enumerate(zip(signs, passed, strict=True))]


def _reading(token: Token, emit: list[float], true: str) -> Step:
    if token.is_unreadable:
        return Step(token.text, true, "unreadable", 1.0)
    symbols = token.symbols or ""
    if true in symbols:
        return Step(token.text, true, "same" if symbols == true else "alternative", 1.0)
    kind = "look_alike" if any(is_look_alike(true, s) for s in symbols) else "wrong"
    return Step(token.text, true, kind, emit[code_of(true)] / max(emit))


def reasons_of(steps: tuple[Step, ...]) -> tuple[Reason, ...]:
    """The columns that are not plain agreement."""
    return tuple(Reason(k, s.read, s.true, s.kind, s.weight) for k, s in enumerate(steps, 1) if s.kind != "same")
