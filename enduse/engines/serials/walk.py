"""The search through one segment: which serials can matter, and what each of them weighs.

A walk goes down the trie of one direction, carrying a channel row, and leaves out every branch whose bound is too low.
Two walks, forwards and backwards, share the work: whatever can matter is cheap in its first half or in its last.
"""

# mypy: disable-error-code="arg-type,assignment,call-overload,return-value"

from __future__ import annotations

from typing import Any

import numba as nb
import numpy as np

from enduse.engines.serials.kernels import FRESH, IN_WORD, SYMBOL, begin, begin_of, child_of, half_holds, place_in, step, total_of
from enduse.engines.serials.weighing import weigh

jit = nb.njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "contract", "nsz"})
WORK, WEIGHED, MASS = 0, 1, 2


@jit
def walk(
    words: Any, forward_of: Any, nodes: Any, guns: Any, given: Any, half: Any, other: Any, other_half: Any,
    cut: float, reach: float, patience: int, best: Any, where: Any, tally: Any,
) -> bool:  # fmt: skip
    """Weighs every serial of a direction that can reach `cut` with its first half cheap.

    `given` is (evidence, rates, what is left to earn) of the direction. `other` is (evidence, rates of the walk, all rates, what is right, more,
    room for a serial) forwards: by it and
    `other_half` serials that the forward walk has counted are passed over, and by all rates each gun is weighed in the
    end. `forward_of` is empty in the forward direction. Fills best and where (places in forward order), adds
    to `tally` (steps, serials weighed, sum of weights). Returns whether it finished within `patience` steps.
    """
    n = given[0].shape[1] - 1
    state = (np.zeros((FRESH + 1, n + 4)), np.zeros((FRESH + 1, 2), np.int64))
    check = (np.zeros((FRESH + 1, n + 4)), np.zeros((FRESH + 1, 2), np.int64))
    least = cut / reach
    rows, spans = state
    lines, rates, rest = given
    split, enough, hope = half
    restart = begin(rows, spans, lines, rates, split)
    ends = (forward_of, guns, state, given, half, check, other, other_half, restart, least, cut)
    now, stop, end = np.zeros(12, np.int64), np.zeros(12, np.int64), np.zeros(12, np.int64)
    d = 0
    now[0], stop[0], end[0] = child_of(nodes[0]), child_of(nodes[1]), len(words)
    if now[0] == stop[0]:
        _bucket(0, len(words), 0, words, rows, spans, lines, rates, rest, split, enough, hope, restart, least, ends, best, where, tally)
        return True
    while d >= 0:
        if now[d] == stop[d]:
            d -= 1
            continue
        v = now[d]
        now[d] += 1
        node, after = nodes[v], nodes[v + 1]
        c = np.int64(node & np.uint64(63))
        below = d
        if c > 0:
            tally[WORK] += 1
            few, many = np.int64((node >> np.uint64(10)) & np.uint64(15)), np.int64((node >> np.uint64(6)) & np.uint64(15))
            if step(d, c, few, many, rows, spans, lines, rates, rest, restart, least) < least or not half_holds(
                d + 1, rows, spans, rates, split, enough, hope
            ):
                continue
            below = d + 1
        first, last = begin_of(node), begin_of(after) if now[d] < stop[d] else end[d]
        if child_of(node) == child_of(after):
            _bucket(first, last, below, words, rows, spans, lines, rates, rest, split, enough, hope, restart, least, ends, best, where, tally)
            if tally[WORK] > patience:
                return False
            continue
        d += 1
        now[d], stop[d], end[d] = child_of(node), child_of(after), last
    return True


@jit
def _bucket(
    first: int, last: int, depth: int, words: Any, rows: Any, spans: Any, lines: Any, rates: Any, rest: Any, split: int,
    enough: float, hope: Any, restart: float, least: float, ends: Any, best: Any, where: Any, tally: Any,
) -> None:  # fmt: skip
    """Weighs the words from first to last, whose first `depth` symbols are the state's; neighbours share rows."""
    have, pruned = depth, False
    for place in range(first, last):
        word = words[place]
        common = depth
        while common < have and np.int64((word >> np.uint64(58 - 6 * common)) & np.uint64(63)) == spans[common, SYMBOL]:
            common += 1
        if pruned and common == have:
            continue
        length = np.int64(word & np.uint64(15))
        have, pruned = common, False
        for d in range(common, min(length, IN_WORD)):
            tally[WORK] += 1
            have = d + 1
            c = np.int64((word >> np.uint64(58 - 6 * d)) & np.uint64(63))
            if step(d, c, length, length, rows, spans, lines, rates, rest, restart, least) < least or not half_holds(
                d + 1, rows, spans, rates, split, enough, hope
            ):
                pruned = True
                break
        if pruned:
            continue
        _settle(place, length, ends, best, where, tally)


@jit
def _settle(place: int, length: int, ends: Any, best: Any, where: Any, tally: Any) -> None:
    """Weighs one serial that nothing ruled out."""
    forward_of, guns, state, given, half, check, other, other_half, restart, least, cut = ends
    rows_of, long_at, long_codes, combo_of, factors = guns
    rows, spans = state
    lines, rates, rest = given
    split, enough, hope = half
    n = lines.shape[1] - 1
    backwards = len(forward_of) > 0
    at = np.int64(forward_of[place]) if backwards else place
    end = min(length, IN_WORD)
    if length > IN_WORD:
        k = np.searchsorted(long_at, at)
        end = np.int64(long_codes[k, 0])
        for d in range(IN_WORD, end):
            c = np.int64(long_codes[k, end - d] if backwards else long_codes[k, 1 + d])
            step(d, c, length, length, rows, spans, lines, rates, rest, restart, least)
            half_holds(d + 1, rows, spans, rates, split, enough, hope)
    if split > 0 and rows[end, n + 3] < enough:
        return
    tally[WEIGHED] += 1
    total = total_of(end, rows, spans, n)
    if total < least:
        return
    rows_2, spans_2 = check
    lines_2, walked, whole, right, more, codes = other
    split_2, enough_2, hope_2 = other_half
    if backwards and split_2 > 0:
        again = begin(rows_2, spans_2, lines_2, walked, split_2)
        for d in range(end):
            step(d, spans[end - 1 - d, SYMBOL], length, length, rows_2, spans_2, lines_2, walked, rest, again, 0.0)
            half_holds(d + 1, rows_2, spans_2, walked, split_2, enough_2, hope_2)
        if rows_2[end, n + 3] >= enough_2:
            return
    for d in range(end):
        codes[d] = spans[end - 1 - d if backwards else d, SYMBOL]
    total = weigh(codes, end, lines_2, whole, right, more)
    weight = total * factors[combo_of[rows_of[at]]]
    tally[MASS] += weight
    if weight >= cut:
        place_in(best, where, weight, at)
