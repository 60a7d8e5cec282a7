"""Evidence as whole costs, the currency of the automaton: what each step may cost at least, for one direction.

A cost is -log of a chance in units of 1/UNIT nat, rounded down, counted from what a perfect reading earns; a serial whose
steps cost more than the budget cannot weigh what the search asks for.
"""

# mypy: disable-error-code="arg-type,assignment,call-overload,return-value"

from __future__ import annotations

from typing import Any

import numpy as np

from enduse.engines.serials.kernels import LEAD_ZEROS, SWAP, TRAIL_LETTERS, TRAIL_ZEROS, jit
from enduse.engines.serials.kernels import REST as REST_LINE
from enduse.engines.serials.kernels import SKIP as SKIP_LINE
from enduse.engines.serials.lanes import LANES
from enduse.engines.serials.symbols import FIRST_LETTER, LAST_LETTER, MAX_LENGTH, SYMBOLS

UNIT = 6.0
"""Costs of one nat."""
NEVER, NONE = 250, 255
"""A cost that no budget reaches, larger ones are this; what stands where no place is."""
REST, SKIP, START, ZEROED = (2 * SYMBOLS + k for k in range(4))
ROWS = 2 * SYMBOLS + 4
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
    """(rows, ahead, zeros, fixed, kind, base) of evidence as `Evidence.packed` and `packed_rates` give it; n places.

    `rows` (ROWS, LANES): by symbol, that it stands at a place; by symbol, that it is the second of a pair the other way about,
    whose first has this place; REST, a symbol without a place; SKIP, a place without a symbol, by where it ends; START, the
    row before the first symbol, and ZEROED, the same where zeros in front were left out. `ahead` (MAX_LENGTH + 1, 2, LANES):
    the least that remains with so many symbols to come, also with a pair pending; `zeros` (MAX_LENGTH + 1,): the same from
    ZEROED. `fixed`: see the names above; `kind` (SYMBOLS,): the first symbol that costs the same everywhere; `base`: the cost of a
    perfect reading in nats.
    """
    n = lines.shape[1] - 1
    rows = np.full((ROWS, LANES), NONE, np.uint8)
    fixed = whole(rates[LEAD_ZEROS]), whole(rates[TRAIL_LETTERS]), whole(rates[TRAIL_ZEROS]), whole(rates[SWAP])
    base, reached = 0.0, 0
    rows[START, 0], rows[ZEROED, 0] = 0, fixed[ZEROS_BACK]
    for j in range(n):
        best = lines[SKIP_LINE, j]
        if not run[j]:
            best = 0.0
            for c in range(1, SYMBOLS):
                best = max(best, lines[c, j])
        base -= np.log(best)
        if not run[j]:
            for c in range(1, SYMBOLS):
                rows[c, j] = whole(lines[c, j] / best)
        skipped = whole(lines[SKIP_LINE, j] / best)
        rows[SKIP, j + 1] = skipped
        rows[REST, j] = whole(lines[REST_LINE, j])
        reached = min(NEVER, reached + skipped)
        rows[START, j + 1], rows[ZEROED, j + 1] = reached, min(NEVER, reached + fixed[ZEROS_BACK])
    rows[REST, n] = whole(lines[REST_LINE, n])
    for j in range(n - 1):
        if not run[j] and not run[j + 1]:
            for c in range(1, SYMBOLS):
                rows[SYMBOLS + c, j] = min(NEVER, rows[c, j + 1] + fixed[SWAPPED])
    ahead, zeros = _ahead(rows, run, fixed)
    return rows, ahead, zeros, fixed, _kinds(rows, n), base


@jit
def _kinds(read: Any, n: int) -> Any:
    kind = np.arange(SYMBOLS)
    for c in range(2, SYMBOLS):
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
def _ahead(rows: Any, run: Any, fixed: Any) -> Any:
    n = len(run)
    left = np.full((MAX_LENGTH + 1, 2, LANES), NONE, np.uint8)
    zeros = np.full(MAX_LENGTH + 1, NEVER)
    for r in range(MAX_LENGTH + 1):
        for j in range(n, -1, -1):
            least = 0 if r == 0 and j == n else NEVER
            if r > 0:
                least = min(least, np.int64(rows[REST, j]) + left[r - 1, 0, j])
                if j == n:
                    least = min(least, fixed[LETTERS_END], fixed[ZEROS_END])
            if j < n:
                least = min(least, np.int64(rows[SKIP, j + 1]) + left[r, 0, j + 1])
                if r > 0 and not run[j]:
                    least = min(least, np.int64(left[r - 1, 0, j + 1]))
            if r > 0 and j + 2 <= n:
                left[r, 1, j] = left[r - 1, 0, j + 2]
                if r > 1 and not run[j] and not run[j + 1]:
                    least = min(least, fixed[SWAPPED] + left[r - 2, 0, j + 2])
            left[r, 0, j] = min(least, NEVER)
            zeros[r] = min(zeros[r], np.int64(rows[ZEROED, j]) + left[r, 0, j])
    return left, zeros


@jit
def budget_of(base: float, least: float) -> int:
    """What a serial may cost at most to weigh `least`: all its ways together are taken for SLACK times the best one."""
    return int(min(NEVER - 1.0, max(0.0, np.floor((np.log(SLACK / least) - base) * UNIT))))
