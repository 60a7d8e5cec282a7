"""The noisy channel: P(marks | serial), summed over every way the marks can have come from the serial.

`Evidence` is the marks as numbers, the one form that the plain scan and the fast kernels share. `likelihood` is the
definition; the kernels are held to it by tests. The mathematics is told in docs/engines/serials.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from enduse.engines.serials.marks import Marks
from enduse.engines.serials.model import NUMBER_OF_SIGNS, ErrorModel, reading_chances
from enduse.engines.serials.symbols import FIRST_LETTER, LAST_LETTER, SYMBOLS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

KEEP, SWAP, STAY, LEAD_LETTERS, LEAD_ZEROS, TRAIL_LETTERS, TRAIL_ZEROS, MISSING, JUMP = range(9)
ZERO = 1


@dataclass(frozen=True)
class Evidence:
    """Marks under an error model, as arrays over n places and SYMBOLS symbols.

    `emit` (n, SYMBOLS): chance that a symbol reads so; `extra` (n,): that the place has no symbol behind it; `run` (n,):
    1 where a run of unknown length stands; `rates` (9,): see the names above; `most` (n + 1,): the most that the rest of
    the marks can still earn.
    """

    emit: Floats
    extra: Floats
    run: NDArray[np.uint8]
    rates: Floats
    most: Floats

    @property
    def length(self) -> int:
        return len(self.extra)

    @cached_property
    def packed(self) -> Floats:
        """The same for the kernels: a line a symbol (kept and so read), then SKIP, REST and MOST; (SYMBOLS + 3, n + 1)."""
        n, rates = self.length, self.rates
        lines = np.zeros((SYMBOLS + 3, n + 1))
        lines[:SYMBOLS, :n] = rates[KEEP] * self.emit.T
        lines[SYMBOLS, :n] = np.where(self.run, 1 - rates[STAY], self.extra)
        lines[SYMBOLS + 1, :n] = np.where(self.run, rates[STAY], rates[MISSING])
        lines[SYMBOLS + 1, n] = rates[MISSING]
        lines[SYMBOLS + 2] = self.most
        return lines

    @cached_property
    def packed_rates(self) -> Floats:
        """The rates with that of a swap freed of what `packed` has in it already."""
        rates = self.rates.copy()
        rates[SWAP] /= rates[KEEP] ** 2
        return rates

    def reversed(self) -> Evidence:
        """The same evidence for serials written backwards."""
        rates = self.rates[[KEEP, SWAP, STAY, TRAIL_LETTERS, TRAIL_ZEROS, LEAD_LETTERS, LEAD_ZEROS, MISSING, JUMP]]
        emit, extra, run = (np.ascontiguousarray(a[::-1]) for a in (self.emit, self.extra, self.run))
        return Evidence(emit, extra, run, rates, completion(emit, extra, run, rates))


def evidence(marks: Marks, model: ErrorModel) -> Evidence:
    """The marks' own serial as arrays."""
    n = len(marks.tokens)
    chances = reading_chances(model)
    emit, extra = np.zeros((n, SYMBOLS)), np.zeros(n)
    run = np.array([t.is_run for t in marks.tokens], dtype=np.uint8)
    leading = True
    for place, token in enumerate(marks.tokens):
        if token.is_run:
            leading = False
            continue
        if token.is_unreadable:
            emit[place, 1:] = 1.0
            extra[place], leading = model.extra, False
            continue
        codes = list(token.codes())
        emit[place] = np.minimum(chances[:, codes].sum(axis=1), 1.0)
        extra[place] = model.extra * len(codes) / NUMBER_OF_SIGNS
        if ZERO in codes and leading:
            extra[place] = max(extra[place], model.zeros_added)
        leading = leading and ZERO in codes
    keep = 1.0 - model.missing - model.extra - model.swapped
    rates = np.array([
        keep, model.swapped, model.run_stay, model.prefix_omitted, model.zeros_omitted, model.suffix_omitted, 0.0,
        model.missing, model.swapped**0.5,
    ])  # fmt: skip
    return Evidence(emit, extra, run, rates, completion(emit, extra, run, rates))


def completion(emit: Floats, extra: Floats, run: NDArray[np.uint8], rates: Floats) -> Floats:
    """The most that the marks from each place on can earn, whatever the rest of the serial: shape (n + 1,)."""
    from enduse.engines.serials import kernels

    most: Floats = kernels.completion(emit, extra, run, rates)
    return most


def likelihood(given: Evidence, serial: Sequence[int]) -> float:
    """P(marks | serial) for a serial of symbol codes: the plain definition, used by the reference scan."""
    n, emit, rates = given.length, given.emit, given.rates
    start = _close(given, [1.0] + [0.0] * n)
    rows = [start]
    run_of, trailing, trailing_zeros = "", 0.0, 0.0
    for i, c in enumerate(serial):
        letter, zero = FIRST_LETTER <= c <= LAST_LETTER, c == ZERO
        row = list(rows[i])
        if i and ((run_of == "letters" and not letter) or (run_of == "zeros" and not zero)):
            back = rates[LEAD_LETTERS] if run_of == "letters" else rates[LEAD_ZEROS]
            row = [v + back * s for v, s in zip(row, start, strict=True)]
        before = serial[i - 1] if i else 0
        was_letter, was_zero = bool(i) and FIRST_LETTER <= before <= LAST_LETTER, bool(i) and before == ZERO
        trailing = (trailing if was_letter else rows[i][n] * rates[TRAIL_LETTERS]) if letter else 0.0
        trailing_zeros = (trailing_zeros if was_zero else rows[i][n] * rates[TRAIL_ZEROS]) if zero else 0.0
        new = [0.0] * (n + 1)
        for j, value in enumerate(row):
            if j < n and given.run[j]:
                new[j] += value * rates[STAY]
                continue
            new[j] += value * rates[MISSING]
            if j < n:
                new[j + 1] += value * rates[KEEP] * emit[j][c]
        if i and c != before:
            for j in range(n - 1):
                if not (given.run[j] or given.run[j + 1]):
                    new[j + 2] += rows[i - 1][j] * rates[SWAP] * emit[j][c] * emit[j + 1][before]
        rows.append(_close(given, new))
        if i == 0:
            run_of = "letters" if letter else "zeros" if zero else ""
        elif (run_of == "letters" and not letter) or (run_of == "zeros" and not zero):
            run_of = ""
    return float(rows[-1][n] + trailing + trailing_zeros)


def _close(given: Evidence, row: list[float]) -> list[float]:
    """Adds what needs no symbol of the serial: an extra character, the end of a run."""
    for j in range(given.length):
        row[j + 1] += row[j] * ((1 - given.rates[STAY]) if given.run[j] else given.extra[j])
    return row
