"""Evidence as whole costs, the currency of the automaton: what each step may cost at least, for one direction.

A cost is -log of a chance in units of 1/UNIT nat, rounded down, counted from what a perfect reading earns; a serial whose
steps cost more than the budget cannot weigh what the search asks for.
"""

# mypy: disable-error-code="arg-type,assignment,call-overload,return-value"

from __future__ import annotations

from typing import Any

import numpy as np

from enduse.engines.serials.kernels import LEAD_ZEROS, REST, SKIP, SWAP, TRAIL_LETTERS, TRAIL_ZEROS, jit
from enduse.engines.serials.symbols import FIRST_LETTER, LAST_LETTER, MAX_LENGTH, SYMBOLS

UNIT = 6.0
"""Costs of one nat."""
NEVER = 250
"""A cost that no budget reaches; larger ones are this."""
SLACK = 1.5
"""How many times its likeliest way all ways of a serial together may weigh."""
ZEROS_BACK, LETTERS_END, ZEROS_END, SWAPPED = range(4)
"""Places in `fixed`: zeros left out in front, letters or zeros left out at the end, two symbols the other way about."""


@jit
def whole(chance: float) -> int:
    if chance <= 0.0:
        return NEVER
    return min(NEVER, max(0, int(np.floor(-np.log(chance) * UNIT + 1e-9))))


@jit
def costs(lines: Any, rates: Any, run: Any) -> Any:
    """(read, skip, rest, fixed, start, ahead, kind, base) of evidence as `Evidence.packed` and `packed_rates` give it.

    `read` (SYMBOLS, n): a symbol stands at the place; `skip` (n,): the place has no symbol; `rest` (n + 1,): a symbol
    has no place; `start` (n + 1,): the row before the first symbol; `ahead` (MAX_LENGTH + 1, n + 1): the least that
    remains with so many symbols to come; `kind` (SYMBOLS,): the first symbol that costs the same everywhere; `base`: the
    cost of a perfect reading in nats.
    """
    n = lines.shape[1] - 1
    read = np.zeros((SYMBOLS, n), np.int64)
    skip, rest = np.zeros(n, np.int64), np.zeros(n + 1, np.int64)
    base = 0.0
    for j in range(n):
        best = lines[SKIP, j]
        if not run[j]:
            best = 0.0
            for c in range(1, SYMBOLS):
                best = max(best, lines[c, j])
        base -= np.log(best)
        for c in range(SYMBOLS):
            read[c, j] = NEVER if run[j] or c == 0 else whole(lines[c, j] / best)
        skip[j] = whole(lines[SKIP, j] / best)
        rest[j] = whole(lines[REST, j])
    rest[n] = whole(lines[REST, n])
    fixed = np.array([whole(rates[LEAD_ZEROS]), whole(rates[TRAIL_LETTERS]), whole(rates[TRAIL_ZEROS]), whole(rates[SWAP])])
    start = np.zeros(n + 1, np.int64)
    for j in range(n):
        start[j + 1] = min(NEVER, start[j] + skip[j])
    return read, skip, rest, fixed, start, _ahead(skip, rest, run, fixed), _kinds(read), base


@jit
def _kinds(read: Any) -> Any:
    symbols, n = read.shape
    kind = np.arange(symbols)
    for c in range(2, symbols):
        low = FIRST_LETTER if FIRST_LETTER <= c <= LAST_LETTER else 2
        for other in range(low, c):
            if kind[other] != other or (low == 2 and FIRST_LETTER <= other <= LAST_LETTER):
                continue
            same = True
            for j in range(n):
                if read[c, j] != read[other, j]:
                    same = False
                    break
            if same:
                kind[c] = other
                break
    return kind


@jit
def _ahead(skip: Any, rest: Any, run: Any, fixed: Any) -> Any:
    n = len(skip)
    left = np.full((MAX_LENGTH + 1, n + 1), NEVER, np.int64)
    for r in range(MAX_LENGTH + 1):
        for j in range(n, -1, -1):
            least = 0 if r == 0 and j == n else NEVER
            if r > 0:
                least = min(least, rest[j] + left[r - 1, j])
                if j == n:
                    least = min(least, fixed[LETTERS_END], fixed[ZEROS_END])
            if j < n:
                least = min(least, skip[j] + left[r, j + 1])
                if r > 0 and not run[j]:
                    least = min(least, left[r - 1, j + 1])
            if r > 1 and j + 1 < n and not run[j] and not run[j + 1]:
                least = min(least, fixed[SWAPPED] + left[r - 2, j + 2])
            left[r, j] = least
    return left


@jit
def budget_of(base: float, least: float) -> int:
    """What a serial may cost at most to weigh `least`: all its ways together are taken for SLACK times the best one."""
    return int(min(NEVER - 1.0, max(0.0, np.floor((np.log(SLACK / least) - base) * UNIT))))
