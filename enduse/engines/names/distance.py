"""Edit distances from one word to many, compiled: which words are near enough to be worth the scorer's own comparison.

Importing this module loads numba (seconds the first time, compiled code is kept).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Codes = NDArray[np.uint32]
FARTHEST = 5
ASCII = 128
BUDGET_BASE, BUDGET_FLOOR, CHEAPEST_EDIT = 2.35, 2, 0.7  # of rigour's comparison of name parts


@njit(cache=True)  # type: ignore[untyped-decorator]
def near(word: Any, codes: Any, starts: Any, ends: Any) -> Any:
    """For each word of `codes` from starts[n] to ends[n]: is it at most as many edits away as the scorer allows at most?

    That is half the letters of the longer word, and never more than FARTHEST.
    """
    found = np.zeros(len(starts), dtype=np.bool_)
    row = np.empty(len(word) + 1, dtype=np.int32)
    for n in range(len(starts)):
        length = ends[n] - starts[n]
        longer = max(length, len(word))
        most = min(longer // 2, FARTHEST, 4 if longer < 12 else FARTHEST)
        if abs(length - len(word)) > most:
            continue
        for at in range(len(word) + 1):
            row[at] = at
        for other in range(length):
            letter = codes[starts[n] + other]
            diagonal = row[0]
            row[0] = other + 1
            least = row[0]
            for at in range(len(word)):
                step = min(row[at] + 1, row[at + 1] + 1, diagonal + (word[at] != letter))
                diagonal = row[at + 1]
                row[at + 1] = step
                least = min(least, step)
            if least > most:
                break
        else:
            found[n] = row[len(word)] <= most
    return found


@njit(cache=True)  # type: ignore[untyped-decorator]
def may_be_alike(word: Any, codes: Any, starts: Any, ends: Any) -> Any:
    """For each word of `codes` from starts[n] to ends[n]: can the scorer find any likeness at all?

    It cannot where more letters of either word stand alone than its budget pays for, at the price of its cheapest edit; two
    letters in the other order stand together. Letters beyond ASCII cost it less than that: such words it must always be asked.
    """
    found = np.zeros(len(starts), dtype=np.bool_)
    plain = len(word) == 0 or word.max() < ASCII
    before = np.zeros(len(word) + 1, dtype=np.int32)
    last = np.zeros(len(word) + 1, dtype=np.int32)
    row = np.zeros(len(word) + 1, dtype=np.int32)
    for n in range(len(starts)):
        length = ends[n] - starts[n]
        longer = max(length, len(word))
        most = int(math.log(max(longer - BUDGET_FLOOR, 1)) / math.log(BUDGET_BASE) / CHEAPEST_EDIT + 1e-9)
        last[:] = 0
        before[:] = 0
        asked = not plain
        for other in range(length):
            letter = codes[starts[n] + other]
            if letter >= ASCII:
                asked = True
            for at in range(len(word)):
                best = max(last[at + 1], row[at], last[at] + (word[at] == letter))
                if at and other and word[at - 1] == letter and word[at] == codes[starts[n] + other - 1]:
                    best = max(best, before[at - 1] + 2)
                row[at + 1] = best
            before[:] = last
            last[:] = row
        found[n] = asked or longer - last[len(word)] <= most
    return found


def codes_of(text: str) -> Codes:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
