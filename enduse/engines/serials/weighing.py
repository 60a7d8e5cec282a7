"""The compiled definition: P(marks | serial) and P(marks | serials in general), by number of errors."""

# mypy: disable-error-code="arg-type,assignment,call-overload,return-value"

from __future__ import annotations

from typing import Any

import numpy as np

from enduse.engines.serials.kernels import (
    LEAD_LETTERS,
    LEAD_ZEROS,
    REST,
    SKIP,
    SWAP,
    TRAIL_LETTERS,
    inlined,
    jit,
)


@inlined
def _spread(
    new: Any, old: Any, older: Any, fresh: Any, back: float, across: Any, clean: Any, swaps: Any, given: Any, sound: Any
) -> None:
    """One symbol further, by number of errors so far (0, 1, more): rows of shape (3, n + 1).

    `across` and `clean` (n,): that a place is read from the symbol wrongly, rightly; `swaps` (n,): that it and the next
    are the last two symbols the other way about; `sound` (n + 1,): 1 where passing or resting is no error. Then what needs
    no symbol: a place passed over.
    """
    before_0, before_1, before_2 = 0.0, 0.0, 0.0
    came_0, came_1, came_2 = 0.0, 0.0, 0.0
    for j in range(len(across) + 1):
        now_0, now_1, now_2 = old[0, j], old[1, j] + back * fresh[0, j], old[2, j] + back * fresh[1, j]
        stay = given[REST, j] * sound[j]
        lose = given[REST, j] - stay
        next_0 = now_0 * stay
        next_1 = now_1 * stay + now_0 * lose
        next_2 = now_2 * stay + (now_1 + now_2) * lose
        if j > 0:
            right, wrong = clean[j - 1], across[j - 1]
            skip = given[SKIP, j - 1] * sound[j - 1]
            slip = given[SKIP, j - 1] - skip
            next_0 += before_0 * right + came_0 * skip
            next_1 += before_1 * right + before_0 * wrong + came_1 * skip + came_0 * slip
            next_2 += before_2 * right + (before_1 + before_2) * wrong + came_2 * skip + (came_1 + came_2) * slip
        if j > 1:
            next_1 += older[0, j - 2] * swaps[j - 2]
            next_2 += (older[1, j - 2] + older[2, j - 2]) * swaps[j - 2]
        new[0, j], new[1, j], new[2, j] = next_0, next_1, next_2
        before_0, before_1, before_2 = now_0, now_1, now_2
        came_0, came_1, came_2 = next_0, next_1, next_2


@inlined
def _pass_over(row: Any, given: Any, sound: Any) -> None:
    for j in range(row.shape[1] - 1):
        for k in range(2, -1, -1):
            row[k if sound[j] else min(k + 1, 2), j + 1] += row[k, j] * given[SKIP, j]


@inlined
def _weighted(row: Any, j: int, levels: Any) -> float:
    return levels[0] * row[0, j] + levels[1] * row[1, j] + levels[2] * row[2, j]


@jit
def weigh(codes: Any, length: int, given: Any, rates: Any, right: Any, levels: Any, rows: Any, reading: Any) -> float:
    """P(marks | serial), by number of errors, each counted by its level: the definition, compiled.

    `right` (SYMBOLS + 1, n + 1): 1 where reading the symbol so is no error; its last line is `sound`. `rows` (4, 3, n + 1)
    and `reading` (3, n) are room to work in.
    """
    n = given.shape[1] - 1
    sound = right[SKIP]
    fresh = rows[3]
    fresh[:, :] = 0.0
    fresh[0, 0] = 1.0
    _pass_over(fresh, given, sound)
    rows[0] = fresh
    across, clean, swaps = reading[0], reading[1], reading[2]
    tail, all_letters, all_zeros = 0.0, True, True
    for d in range(length):
        c = np.int64(codes[d])
        before = np.int64(codes[d - 1]) if d > 0 else 0
        letter, zero = 11 <= c <= 36, c == 1
        back = 0.0
        if d > 0:
            back = rates[LEAD_LETTERS] if all_letters and not letter else rates[LEAD_ZEROS] if all_zeros and not zero else 0.0
        all_letters, all_zeros = all_letters and letter, all_zeros and zero
        old, older, new = rows[d % 3], rows[(d + 2) % 3], rows[(d + 1) % 3]
        tail = (tail if 11 <= before <= 36 else (levels[1] * old[0, n] + levels[2] * (old[1, n] + old[2, n])) * rates[TRAIL_LETTERS]) if letter else 0.0
        for j in range(n):
            clean[j] = given[c, j] if right[c, j] else 0.0
            across[j] = 0.0 if right[c, j] else given[c, j]
            swaps[j] = rates[SWAP] * given[c, j] * given[before, j + 1] if d > 0 and c != before and j + 1 < n else 0.0
        _spread(new, old, older, fresh, back, across, clean, swaps, given, sound)
    return _weighted(rows[length % 3], n, levels) + tail


@jit
def in_general(read: Any, letters: Any, zeros: Any, lengths: Any, weights: Any, given: Any, rates: Any, right: Any, levels: Any) -> Any:
    """P(marks and scheme | serials in general) of each scheme; the places of a scheme are drawn independently.

    `read` (places, 2, n): that a place of the marks is read from a place of a scheme, rightly and in all; `letters`, `zeros`
    (places,): that it holds one.
    """
    n = given.shape[1] - 1
    sound = right[SKIP]
    rows = np.zeros((4, 3, n + 1))
    fresh = rows[3]
    fresh[0, 0] = 1.0
    _pass_over(fresh, given, sound)
    across, swaps = np.zeros(n), np.zeros(n)
    found = np.zeros(len(lengths))
    here = 0
    for s in range(len(lengths)):
        rows[0] = fresh
        all_letters, all_zeros, tail, before = 1.0, 1.0, 0.0, 0.0
        for i in range(lengths[s]):
            for j in range(n):
                across[j] = max(0.0, read[here, 1, j] - read[here, 0, j])
            old, older, new = rows[i % 3], rows[(i + 2) % 3], rows[(i + 1) % 3]
            back = 0.0
            if i > 0:
                back = rates[LEAD_LETTERS] * all_letters * (1 - letters[here]) + rates[LEAD_ZEROS] * all_zeros * (1 - zeros[here])
            ending = (levels[1] * old[0, n] + levels[2] * (old[1, n] + old[2, n])) * rates[TRAIL_LETTERS]
            tail = letters[here] * (tail * before + ending * (1 - before))
            before = letters[here]
            all_letters *= letters[here]
            all_zeros *= zeros[here]
            for j in range(n - 1):
                swaps[j] = rates[SWAP] * read[here, 1, j] * read[here - 1, 1, j + 1] if i > 0 else 0.0
            _spread(new, old, older, fresh, back, across, read[here, 0], swaps, given, sound)
            here += 1
        found[s] = weights[s] * (_weighted(rows[lengths[s] % 3], n, levels) + tail)
    return found
