"""The noisy channel: P(marks | serial), summed over every way the marks can have come from the serial.

`Evidence` is the marks as numbers, the one form that the plain scan and the fast kernels share. `likelihood` is the
definition; the kernels are held to it by tests. The mathematics is told in docs/engines/serials.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from enduse.engines.serials.marks import Marks
from enduse.engines.serials.model import NUMBER_OF_SIGNS, ErrorModel, reading_chances
from enduse.engines.serials.symbols import FIRST_LETTER, LAST_LETTER, SYMBOLS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

KEEP, SWAP, STAY, LEAD_LETTERS, LEAD_ZEROS, TRAIL_LETTERS, TRAIL_ZEROS, MISSING = range(8)
ZERO = 1


@dataclass(frozen=True)
class Evidence:
    """Marks under an error model, as arrays over n places and SYMBOLS symbols.

    `emit` (n, SYMBOLS): chance that a symbol reads so; `extra` (n,): that the place has no symbol behind it; `run` (n,):
    1 where a run of unknown length stands; `rates` (8,): see the names above; `most` (n + 1,): the most that the rest of
    the marks can still earn; `right` (SYMBOLS + 1, n + 1): 1 where reading a symbol so is no error, in its last line where a
    run stands; `levels` (3,): what no error, one, and two or more count, the largest 1. `packed` (SYMBOLS + 3, n + 1) is the same for the
    kernels: a line a symbol (kept and so read), then SKIP, REST and MOST; `packed_rates` has that of a swap freed of what
    `packed` has in it already.
    """

    emit: Floats
    extra: Floats
    run: NDArray[np.uint8]
    rates: Floats
    most: Floats
    right: Floats
    levels: Floats
    packed: Floats
    packed_rates: Floats

    @property
    def length(self) -> int:
        return len(self.extra)

    def reversed(self) -> Evidence:
        """The same evidence for serials written backwards."""
        rates = self.rates[MIRRORED]
        emit, extra, run = self.emit[::-1].copy(), self.extra[::-1].copy(), self.run[::-1].copy()
        return _laid_out(emit, extra, run, rates, self.right, self.levels)


MIRRORED = np.array([KEEP, SWAP, STAY, TRAIL_LETTERS, TRAIL_ZEROS, LEAD_LETTERS, LEAD_ZEROS, MISSING])
RUN_AT, UNREADABLE_AT = -1, -2
"""In place of the number of a symbol: a run, an unreadable place."""


def evidence(marks: Marks, model: ErrorModel) -> Evidence:
    """The marks' own serial as arrays."""
    from enduse.engines.serials import kernels

    codes: list[int] = []
    places: list[int] = []
    for place, token in enumerate(marks.tokens):
        here = (RUN_AT,) if token.is_run else token.codes() or (UNREADABLE_AT,)
        codes += here
        places += [place] * len(here)
    keep = 1.0 - model.missing - model.extra - model.swapped
    rates = np.array([
        keep, model.swapped, model.run_stay, model.prefix_omitted, model.zeros_omitted, model.suffix_omitted, 0.0,
        model.missing,
    ])  # fmt: skip
    emit, extra, run, right = kernels.readings_of(
        np.array(codes), np.array(places), len(marks.tokens), reading_chances(model), model.extra, model.zeros_added, NUMBER_OF_SIGNS
    )
    return _laid_out(emit, extra, run, rates, right, np.array(model.levels(damaged=marks.damaged)))


def _laid_out(emit: Floats, extra: Floats, run: NDArray[np.uint8], rates: Floats, right: Floats, levels: Floats) -> Evidence:
    from enduse.engines.serials import kernels

    packed, packed_rates = kernels.packed(emit, extra, run, rates)
    return Evidence(emit, extra, run, rates, packed[SYMBOLS + 2], right, levels, packed, packed_rates)


def likelihood(given: Evidence, serial: Sequence[int]) -> float:
    """P(marks | serial) for a serial of symbol codes: the plain definition, used by the reference scan.

    Rows are kept by number of errors: 0, 1, 2 or more; each counts by its level.
    """
    n, rates, levels = given.length, given.rates, given.levels.tolist()
    start = _nothing(n)
    start[0][0] = 1.0
    rows = [_close(given, start)]
    run_of, tail = "", 0.0
    for i, c in enumerate(serial):
        letter, zero = FIRST_LETTER <= c <= LAST_LETTER, c == ZERO
        ended = bool(i) and ((run_of == "letters" and not letter) or (run_of == "zeros" and not zero))
        back = (rates[LEAD_LETTERS] if run_of == "letters" else rates[LEAD_ZEROS]) if ended else 0.0
        before = serial[i - 1] if i else 0
        was_letter = FIRST_LETTER <= before <= LAST_LETTER
        ending = (levels[1] * rows[i][0][n] + levels[2] * (rows[i][1][n] + rows[i][2][n])) * rates[TRAIL_LETTERS]
        tail = (tail if was_letter else ending) if letter else 0.0
        rows.append(_further(given, rows, c, before, float(back)))
        run_of = ("letters" if letter else "zeros" if zero else "") if i == 0 else "" if ended else run_of
    last = rows[-1]
    return float(sum(level * row[n] for level, row in zip(levels, last, strict=True)) + tail)


Layers = list[list[float]]


def _nothing(n: int) -> Layers:
    return [[0.0] * (n + 1) for _ in range(3)]


def _further(given: Evidence, rows: list[Layers], c: int, before: int, back: float) -> Layers:
    """The rows after one more symbol."""
    n, rates, new = given.length, given.rates, _nothing(given.length)
    for k in range(3):
        worse = min(k + 1, 2)
        for j in range(n + 1):
            value = rows[-1][k][j] + (back * rows[0][k - 1][j] if k else 0.0)
            if j < n and given.run[j]:
                new[k][j] += value * rates[STAY]
                continue
            new[worse][j] += value * rates[MISSING]
            if j < n:
                new[k if given.right[c, j] else worse][j + 1] += value * rates[KEEP] * given.emit[j, c]
            if len(rows) > 1 and c != before and j + 1 < n and not given.run[j + 1]:
                new[worse][j + 2] += rows[-2][k][j] * rates[SWAP] * given.emit[j, c] * given.emit[j + 1, before]
    return _close(given, new)


def _close(given: Evidence, rows: Layers) -> Layers:
    """Adds what needs no symbol of the serial: an extra character, the end of a run."""
    for j in range(given.length):
        for k in (2, 1, 0):
            if given.run[j]:
                rows[k][j + 1] += rows[k][j] * (1 - given.rates[STAY])
            else:
                rows[min(k + 1, 2)][j + 1] += rows[k][j] * given.extra[j]
    return rows
