"""The compiled loops below the search: packing serials into words, growing tries over sorted words.

A serial is one 64-bit word: ten symbols of six bits from the top, then its length (15: fifteen or more) in the low four
bits, so that sorting words sorts serials.
"""

# mypy: disable-error-code="arg-type,assignment,call-overload,return-value"

from __future__ import annotations

from typing import Any

import numba as nb
import numpy as np

IN_WORD = 10
DEEPEST = 24
KEEP, SWAP, STAY, LEAD_LETTERS, LEAD_ZEROS, TRAIL_LETTERS, TRAIL_ZEROS, MISSING = range(8)
SKIP, REST, MOST = 38, 39, 40
"""Lines of the evidence below those of the symbols: a place passed without a symbol, a symbol without a place, the most
that is left to earn."""
LONG = 15
"""A length of LONG in a word says that or more."""

jit = nb.njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "contract", "nsz"})
inlined = nb.njit(inline="always", error_model="numpy", fastmath={"reassoc", "contract", "nsz"})
"""For what is called in the innermost loop with many arrays: handing them on counts references, which costs more than the work."""


@jit
def pack(points: Any, table: Any, plain_code: Any, forward: Any, backward: Any, kept: Any, long_codes: Any) -> None:
    """Packs each row of code points (n, width) into words both ways; `kept` is 0 where the word says all of the text."""
    symbols = np.zeros(DEEPEST, np.uint8)
    for i in range(points.shape[0]):
        length = 0
        same = True
        for k in range(points.shape[1]):
            point = points[i, k]
            if point == 0:
                continue
            code = table[point] if point < 0x10000 else np.uint8(37)
            if code == 0 or length >= DEEPEST:
                same = False
                continue
            if plain_code[code] != point:
                same = False
            symbols[length] = code
            length += 1
        word, mirror = np.uint64(0), np.uint64(0)
        for k in range(min(length, IN_WORD)):
            shift = np.uint64(58 - 6 * k)
            word |= np.uint64(symbols[k]) << shift
            mirror |= np.uint64(symbols[length - 1 - k]) << shift
        forward[i] = word | np.uint64(min(length, 15))
        backward[i] = mirror | np.uint64(min(length, 15))
        kept[i] = 0 if same and length <= IN_WORD else 1
        long_codes[i, 0] = length if length > IN_WORD else 0
        if length > IN_WORD:
            for k in range(length):
                long_codes[i, 1 + k] = symbols[k]


@jit
def readings_of(codes: Any, places: Any, n: int, chances: Any, extra_rate: float, zeros_added: float, signs: float) -> Any:
    """(emit, extra, run, right) of marks whose places have these symbols; -1 stands for a run, -2 for an unreadable place."""
    symbols = chances.shape[0]
    emit, extra, run = np.zeros((n, symbols)), np.zeros(n), np.zeros(n, np.uint8)
    right = np.zeros((symbols + 1, n + 1))
    leading, zero = True, False
    for k in range(len(codes)):
        j, c = places[k], codes[k]
        if k == 0 or places[k - 1] != j:
            zero = False
        last = k + 1 == len(codes) or places[k + 1] != j
        if c == -1:
            run[j], right[symbols, j], leading = 1, 1.0, False
            continue
        if c == -2:
            for true in range(1, symbols):
                emit[j, true], right[true, j] = 1.0, 1.0
            extra[j], leading = extra_rate, False
            continue
        right[c, j] = 1.0
        extra[j] += extra_rate / signs
        zero = zero or c == 1
        for true in range(symbols):
            emit[j, true] = min(emit[j, true] + chances[true, c], 1.0)
        if last:
            if zero and leading:
                extra[j] = max(extra[j], zeros_added)
            leading = leading and zero
    return emit, extra, run, right


@jit
def packed(emit: Any, extra: Any, run: Any, rates: Any) -> Any:
    """The lines and rates that `Evidence` tells of."""
    n, symbols = emit.shape
    lines = np.zeros((symbols + 3, n + 1))
    for j in range(n):
        for c in range(symbols):
            lines[c, j] = rates[KEEP] * emit[j, c]
        lines[SKIP, j] = 1 - rates[STAY] if run[j] else extra[j]
        lines[REST, j] = rates[STAY] if run[j] else rates[MISSING]
    lines[REST, n] = rates[MISSING]
    lines[MOST] = completion(emit, extra, run, rates)
    freed = rates.copy()
    freed[SWAP] /= rates[KEEP] ** 2
    return lines, freed


@jit
def completion(emit: Any, extra: Any, run: Any, rates: Any) -> Any:
    """The most that the marks from each place on can earn, whatever the rest of the serial: shape (n + 1,)."""
    n = len(extra)
    most = np.zeros(n + 1)
    most[n] = 1.0
    next_best, next_run = 0.0, True
    for j in range(n - 1, -1, -1):
        best = emit[j].max()
        if run[j]:
            most[j] = most[j + 1]
        else:
            most[j] = max(extra[j], rates[KEEP] * best) * most[j + 1]
            if not next_run:
                most[j] = max(most[j], rates[SWAP] * best * next_best * most[j + 2])
        next_best, next_run = best, run[j] > 0
    return most


@jit
def place_in(best: Any, where: Any, value: float, position: int) -> None:
    """Keeps the largest values in descending order; at equal value the earlier position first."""
    k = len(best) - 1
    if value < best[k] or (value == best[k] and position > where[k]):
        return
    while k > 0 and (best[k - 1] < value or (best[k - 1] == value and where[k - 1] > position)):
        best[k], where[k] = best[k - 1], where[k - 1]
        k -= 1
    best[k], where[k] = value, position


@jit
def grow_nodes(words: Any, bucket: int, nodes: Any) -> int:
    """The trie over sorted words, cut off where at most `bucket` serials are left; nodes by level, siblings together.

    A node is one word: where its serials begin (25 bits), its first child (25), the shortest and the longest length below
    it (4 and 4) and the symbol that leads to it (6). The children of v run to those of v + 1; node 0 is the root. Returns
    how many nodes there are, -1 when the array is too small.
    """
    room = len(nodes) - 1
    begins, ends = np.zeros(room + 1, np.uint32), np.zeros(room + 1, np.uint32)
    depths, symbols = np.zeros(room + 1, np.uint8), np.zeros(room + 1, np.uint8)
    children, lengths = np.zeros(room + 1, np.uint32), np.zeros(room + 1, np.uint8)
    ends[0] = len(words)
    count, v = 1, 0
    while v < count:
        children[v] = count
        depth = depths[v]
        if ends[v] - begins[v] > bucket and depth < IN_WORD and not (v > 0 and symbols[v] == 0):
            shift = np.uint64(58 - 6 * depth)
            at = begins[v]
            while at < ends[v]:
                c = (words[at] >> shift) & np.uint64(63)
                past = _past(words, at, ends[v], shift, c)
                if count >= room:
                    return -1
                begins[count], ends[count], symbols[count], depths[count] = at, past, c, depth + 1
                count += 1
                at = past
        v += 1
    children[count] = count
    for v in range(count - 1, -1, -1):
        low, high = 15, 0
        if children[v] == children[v + 1]:
            for at in range(begins[v], ends[v]):
                length = np.int64(words[at] & np.uint64(15))
                low, high = min(low, length), max(high, length)
        for child in range(children[v], children[v + 1]):
            low, high = min(low, lengths[child] >> 4), max(high, lengths[child] & 15)
        lengths[v] = low * 16 + high
    for v in range(count + 1):
        nodes[v] = (
            (np.uint64(begins[v]) << np.uint64(39)) | (np.uint64(children[v]) << np.uint64(14))
            | (np.uint64(lengths[v]) << np.uint64(6)) | np.uint64(symbols[v])
        )  # fmt: skip
    return count


@jit
def begin_of(node: Any) -> int:
    return np.int64(node >> np.uint64(39))


@jit
def child_of(node: Any) -> int:
    return np.int64((node >> np.uint64(14)) & np.uint64(0x1FFFFFF))


@jit
def _past(words: Any, first: int, end: int, shift: Any, c: Any) -> int:
    """The first place after `first` whose symbol is not c, by doubling steps and halving."""
    step_size = 1
    low = first
    while low + step_size < end and ((words[low + step_size] >> shift) & np.uint64(63)) == c:
        low += step_size
        step_size *= 2
    high = min(low + step_size, end)
    while high - low > 1:
        middle = (low + high) // 2
        if ((words[middle] >> shift) & np.uint64(63)) == c:
            low = middle
        else:
            high = middle
    return high
