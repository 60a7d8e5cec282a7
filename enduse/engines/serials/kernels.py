"""The compiled loops: packing serials into words, and weighing sorted serials against evidence with shared work.

A serial is one 64-bit word: ten symbols of six bits from the top, then its length (15: fifteen or more) in the low four
bits, so that sorting words sorts serials. Line d of `rows` is the channel's forward row after d symbols, then two tails
and the best seen at the split; `spans` says of each depth which run it ends and which symbol follows. Neighbours in
sorted order share rows. See docs/engines/serials.md for the bounds used to stop early.
"""

# mypy: disable-error-code="arg-type,assignment,call-overload,return-value"

from __future__ import annotations

from typing import Any

import numba as nb
import numpy as np

IN_WORD = 10
DEEPEST = 24
SLACK = 1.2
"""How much the sum over all ways may exceed the best single way's bound."""
KEEP, SWAP, STAY, LEAD_LETTERS, LEAD_ZEROS, TRAIL_LETTERS, TRAIL_ZEROS, MISSING, JUMP = range(9)
SKIP, REST, MOST = 38, 39, 40
"""Lines of the evidence below those of the symbols: a place passed without a symbol, a symbol without a place, the most
that is left to earn."""
FAR, LONG = 16, 15
"""Symbols still to come are told apart up to FAR; a length of LONG in a word says that or more."""
RUN, SYMBOL = range(2)
FRESH = DEEPEST + 2
"""The row that keeps a fresh start."""

jit = nb.njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "contract", "nsz"})
inlined = nb.njit(inline="always", error_model="numpy", fastmath={"reassoc", "contract", "nsz"})


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
def begin(rows: Any, spans: Any, given: Any, rates: Any, split: int) -> float:
    """Row 0; returns what a fresh start can earn at most."""
    n = given.shape[1] - 1
    start = rows[FRESH]
    start[0] = rows[0, 0] = 1.0
    earn = given[MOST, 0]
    for j in range(n):
        start[j + 1] = rows[0, j + 1] = rows[0, j] * given[SKIP, j]
        earn += start[j + 1] * given[MOST, j + 1]
    spans[0, RUN] = 0
    rows[0, n + 1] = rows[0, n + 2] = 0.0
    rows[0, n + 3] = start[split]
    return earn


@inlined
def step(
    d: int, c: int, fewest: int, most: int, rows: Any, spans: Any, given: Any, rates: Any, rest: Any, restart: float,
    cut: float,
) -> float:  # fmt: skip
    """Row d + 1 from row d by symbol c; returns the most that a serial with this beginning, of `fewest` to `most` symbols
    in all, can still earn."""
    n = given.shape[1] - 1
    letter, zero = 11 <= c <= 36, c == 1
    before = spans[d - 1, SYMBOL] if d > 0 else 0
    spans[d, SYMBOL] = c
    back = follow_run(d, letter, zero, spans, rates)
    bound = 0.0
    if letter:
        bound = rows[d, n + 1] if 11 <= before <= 36 else rows[d, n] * rates[TRAIL_LETTERS]
    rows[d + 1, n + 1] = bound
    zeros = 0.0
    if zero:
        zeros = rows[d, n + 2] if before == 1 else rows[d, n] * rates[TRAIL_ZEROS]
    rows[d + 1, n + 2] = zeros
    bound += zeros
    few, many = min(max(fewest - d - 1, 0), FAR), FAR if most >= LONG else min(max(most - d - 1, 0), FAR)
    left = few * (FAR + 1) + many
    if spans[d + 1, RUN] > 0:
        bound += rates[LEAD_LETTERS if spans[d + 1, RUN] == 1 else LEAD_ZEROS] * restart
    swap = rates[SWAP] if d > 0 and c != before else 0.0
    old = max(d - 1, 0)
    if back == 0.0:
        hope = rows[d, n] * given[REST, n] * rest[left, n]
        for j in range(n):
            hope += rows[d, j] * (given[REST, j] * rest[left, j] + given[c, j] * rest[left, j + 1])
        if swap > 0.0:
            for j in range(n - 1):
                hope += rows[old, j] * swap * given[c, j] * given[before, j + 1] * rest[left, j + 2]
        if (bound + hope) * SLACK * SLACK < cut:
            return bound + hope
    value = rows[d, 0] + back * rows[FRESH, 0]
    held = value * given[REST, 0]
    rows[d + 1, 0] = held
    bound += held * rest[left, 0]
    older = 0.0
    for j in range(1, n + 1):
        passed = value * given[c, j - 1] + older + held * given[SKIP, j - 1]
        older = rows[old, j - 1] * swap * given[c, j - 1] * given[before, j] if j < n else 0.0
        value = rows[d, j] + back * rows[FRESH, j]
        held = passed + value * given[REST, j]
        rows[d + 1, j] = held
        bound += held * rest[left, j]
    return bound * SLACK


@inlined
def follow_run(d: int, letter: bool, zero: bool, spans: Any, rates: Any) -> float:
    """Keeps whether the serial so far is all letters (1) or all zeros (2); the rate of a restart where that run ends."""
    if d == 0:
        spans[1, RUN] = 1 if letter else 2 if zero else 0
        return 0.0
    ran = spans[d, RUN]
    spans[d + 1, RUN] = ran if (ran == 1 and letter) or (ran == 2 and zero) else 0
    if ran == 1 and not letter:
        return float(rates[LEAD_LETTERS])
    if ran == 2 and not zero:
        return float(rates[LEAD_ZEROS])
    return 0.0


@inlined
def half_holds(d: int, rows: Any, spans: Any, rates: Any, split: int, least: float, ahead: Any) -> bool:
    """Whether the marks before the split have come, or can still come, cheaply enough: see the pigeonhole in the docs."""
    if split == 0:
        return True
    seen = rows.shape[1] - 1
    best = max(rows[d - 1, seen], rows[d, split], rows[d, split - 1] * rates[JUMP])
    rows[d, seen] = best
    if best >= least:
        return True
    hope = 0.0
    for j in range(split):
        hope += rows[d, j] * ahead[j]
    if spans[d, RUN] > 0:
        hope += rates[LEAD_LETTERS if spans[d, RUN] == 1 else LEAD_ZEROS] * ahead[0]
    return hope * SLACK >= least


@inlined
def total_of(d: int, rows: Any, spans: Any, n: int) -> float:
    """P(marks | serial) when the serial ends after d symbols."""
    return float(rows[d, n] + rows[d, n + 1] + rows[d, n + 2])


@jit
def rest_of(given: Any, rates: Any) -> Any:
    """The most that can still be earned with `few` to `many` symbols to come from place j: line few * (FAR + 1) + many."""
    n = given.shape[1] - 1
    top = np.zeros(n + 1)
    for c in range(1, SKIP):
        for j in range(n):
            top[j] = max(top[j], given[c, j])
    exact = np.zeros((DEEPEST + 1, n + 1))
    for r in range(DEEPEST + 1):
        for j in range(n, -1, -1):
            best = 1.0 if r == 0 and j == n else 0.0
            if r > 0:
                best = given[REST, j] * exact[r - 1, j]
                if j == n:
                    best = max(best, rates[TRAIL_LETTERS], rates[TRAIL_ZEROS])
            if j < n:
                best = max(best, given[SKIP, j] * exact[r, j + 1])
                if r > 0:
                    best = max(best, top[j] * exact[r - 1, j + 1])
            if r > 1 and j + 1 < n:
                best = max(best, rates[SWAP] * top[j] * top[j + 1] * exact[r - 2, j + 2])
            exact[r, j] = best
    for r in range(FAR + 1, DEEPEST + 1):
        for j in range(n + 1):
            exact[FAR, j] = max(exact[FAR, j], exact[r, j])
    rest = np.zeros(((FAR + 1) ** 2, n + 1))
    for few in range(FAR + 1):
        for j in range(n + 1):
            best = 0.0
            for many in range(few, FAR + 1):
                best = max(best, exact[many, j])
                rest[few * (FAR + 1) + many, j] = best
    return rest


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
