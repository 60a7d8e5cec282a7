"""The compiled loops: packing serials into words, and weighing sorted serials against evidence with shared work.

A serial is one 64-bit word: ten symbols of six bits from the top, then its length (15: fifteen or more) in the low four
bits, so that sorting words sorts serials. Row d of the state is the channel's forward row after d symbols; neighbours
in sorted order share rows. See docs/engines/serials.md for the bounds used to stop early.
"""

from __future__ import annotations

from typing import Any

import numba as nb
import numpy as np

IN_WORD = 10
DEEPEST = 24
SLACK = 1.6
"""How much the sum over all ways may exceed the best single way's bound."""
KEEP, SWAP, STAY, LEAD_LETTERS, LEAD_ZEROS, TRAIL_LETTERS, TRAIL_ZEROS = range(7)

jit = nb.njit(cache=True, nogil=True, error_model="numpy")


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
def new_state(n: int) -> Any:
    """Work space for marks of n places: rows, the span of each row that matters, run of its beginning, tails, symbols,
    the best seen at the split."""
    deep = DEEPEST + 3
    return (
        np.zeros((deep, n + 3)), np.zeros(deep, np.int64), np.zeros(deep, np.int64), np.zeros(deep, np.int64),
        np.zeros((deep, 2)), np.zeros(deep, np.int64), np.zeros(deep), np.zeros(n + 1),
    )  # fmt: skip


@jit
def begin(state: Any, given: Any, split: int) -> float:
    """Row 0; returns what a fresh start can earn at most."""
    rows, low, high, flags, tails, _, seen, start = state
    _, extra, run, _, rates, most = given
    n = len(extra)
    rows[0, 0] = start[0] = 1.0
    earn = most[0]
    for j in range(n):
        start[j + 1] = rows[0, j + 1] = rows[0, j] * ((1.0 - rates[STAY]) if run[j] else extra[j])
        earn += start[j + 1] * most[j + 1]
    low[0], high[0], flags[0] = 0, n, 0
    tails[0, 0] = tails[0, 1] = 0.0
    seen[0] = start[split]
    return earn


@jit
def step(d: int, c: int, state: Any, given: Any, restart: float, cut: float) -> float:
    """Row d + 1 from row d by symbol c; returns the most that any serial with this beginning can still earn."""
    rows, low, high, flags, tails, symbols, _, start = state
    emit, extra, run, drop, rates, most = given
    n = len(extra)
    letter, zero = 11 <= c <= 36, c == 1
    before = symbols[d - 1] if d > 0 else 0
    symbols[d] = c
    back = _follow_run(d, letter, zero, flags, rates)
    old, new = rows[d], rows[d + 1]
    lo, hi = low[d], high[d]
    at_end = old[n] if hi == n else 0.0
    tails[d + 1, 0] = tails[d + 1, 1] = 0.0
    if letter:
        tails[d + 1, 0] = tails[d, 0] if 11 <= before <= 36 else at_end * rates[TRAIL_LETTERS]
    elif zero:
        tails[d + 1, 1] = tails[d, 1] if before == 1 else at_end * rates[TRAIL_ZEROS]
    if back > 0.0:
        for j in range(n + 1):
            if j < lo or j > hi:
                old[j] = 0.0
        lo, hi = 0, n
    base, top = lo, min(n, hi + 1)
    swappable = d > 0 and c != before
    if swappable:
        base = min(base, low[d - 1] + 2)
        top = max(top, min(n, high[d - 1] + 2))
    for j in range(base, top + 1):
        new[j] = 0.0
    keep, stay, dropped = rates[KEEP], rates[STAY], drop[c]
    for j in range(lo, hi + 1):
        value = old[j] + back * start[j]
        if j < n and run[j]:
            new[j] += value * stay
            continue
        new[j] += value * dropped
        if j < n:
            new[j + 1] += value * keep * emit[j, c]
    if swappable:
        older = rows[d - 1]
        for j in range(low[d - 1], min(high[d - 1], n - 2) + 1):
            if not (run[j] or run[j + 1]):
                new[j + 2] += older[j] * rates[SWAP] * emit[j, c] * emit[j + 1, before]
    bound = tails[d + 1, 0] + tails[d + 1, 1]
    first, last, least = n + 1, -1, cut * 1e-7
    for j in range(base, n + 1):
        if j > top:
            new[j] = 0.0
        if j > base and new[j - 1] > 0.0:
            new[j] += new[j - 1] * ((1.0 - stay) if run[j - 1] else extra[j - 1])
        value = new[j] * most[j]
        bound += value
        if value > least:
            first, last = min(first, j), j
        elif j > top:
            break
    if last < 0:
        first, last = n, n
        new[n] = 0.0
    low[d + 1], high[d + 1] = first, last
    if flags[d + 1] == 1:
        bound += rates[LEAD_LETTERS] * restart
    elif flags[d + 1] == 2:
        bound += rates[LEAD_ZEROS] * restart
    return bound * SLACK


@jit
def _follow_run(d: int, letter: bool, zero: bool, flags: Any, rates: Any) -> float:
    """Keeps whether the serial so far is all letters (1) or all zeros (2); the rate of a restart where that run ends."""
    if d == 0:
        flags[1] = 1 if letter else 2 if zero else 0
        return 0.0
    ran = flags[d]
    flags[d + 1] = ran if (ran == 1 and letter) or (ran == 2 and zero) else 0
    if ran == 1 and not letter:
        return float(rates[LEAD_LETTERS])
    if ran == 2 and not zero:
        return float(rates[LEAD_ZEROS])
    return 0.0


@jit
def half_holds(d: int, state: Any, given: Any, half: Any) -> bool:
    """Whether the marks before the split have come, or can still come, cheaply enough: see the pigeonhole in the docs."""
    rows, low, high, flags, _, _, seen, _ = state
    split, least, jump, ahead = half
    if split == 0:
        return True
    row, lo, hi = rows[d], low[d], high[d]
    best = seen[d - 1] if d > 0 else 0.0
    if lo <= split <= hi:
        best = max(best, row[split])
    if lo <= split - 1 <= hi:
        best = max(best, row[split - 1] * jump)
    seen[d] = best
    if best >= least:
        return True
    hope = 0.0
    for j in range(lo, min(hi, split - 1) + 1):
        hope += row[j] * ahead[j]
    if flags[d] > 0:
        hope += given[4][LEAD_LETTERS if flags[d] == 1 else LEAD_ZEROS] * ahead[0]
    return hope * SLACK >= least


@jit
def total_of(d: int, state: Any, n: int) -> float:
    """P(marks | serial) when the serial ends after d symbols."""
    rows, _, high, _, tails, _, _, _ = state
    total = tails[d, 0] + tails[d, 1]
    if high[d] == n:
        total += rows[d, n]
    return float(total)


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
def grow_nodes(words: Any, bucket: int, begins: Any, children: Any, symbols: Any) -> int:
    """The trie over sorted words, cut off where at most `bucket` serials are left; nodes by level, siblings together.

    Node v covers words from begins[v]; its children are children[v] to children[v + 1]; symbols[v] leads to it. Node 0 is
    the root. Returns how many nodes there are, -1 when the arrays are too small.
    """
    room = len(begins) - 1
    ends = np.zeros(room + 1, np.uint32)
    depths = np.zeros(room + 1, np.uint8)
    begins[0], ends[0], symbols[0] = 0, len(words), 0
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
    return count


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


@jit
def in_general(
    across: Any, down: Any, letters: Any, zeros: Any, lengths: Any, weights: Any,
    extra: Any, run: Any, rates: Any,
) -> float:  # fmt: skip
    """P(marks | serials in general): schemes one after the other, places of a scheme drawn independently.

    `across` (places, n): chance that the place reads as each mark; `down` (places,): that it leaves none; `letters`,
    `zeros` (places,): that it holds one.
    """
    n = len(extra)
    rows = np.zeros((DEEPEST + 2, n + 1))
    stay, keep, swap = rates[STAY], rates[KEEP], rates[SWAP]
    total, at = 0.0, 0
    for s in range(len(lengths)):
        rows[0, :] = 0.0
        rows[0, 0] = 1.0
        for j in range(n):
            rows[0, j + 1] = rows[0, j] * ((1.0 - stay) if run[j] else extra[j])
        all_letters, all_zeros, tail, before = 1.0, 1.0, 0.0, 0.0
        for i in range(lengths[s]):
            here = at + i
            back = 0.0
            if i > 0:
                back = rates[LEAD_LETTERS] * all_letters * (1 - letters[here]) + rates[LEAD_ZEROS] * all_zeros * (1 - zeros[here])
            tail = letters[here] * (tail * before + rows[i, n] * rates[TRAIL_LETTERS] * (1 - before))
            before = letters[here]
            all_letters *= letters[here]
            all_zeros *= zeros[here]
            for j in range(n + 1):
                rows[i + 1, j] = 0.0
            for j in range(n + 1):
                value = rows[i, j] + back * rows[0, j]
                if j < n and run[j]:
                    rows[i + 1, j] += value * stay
                    continue
                rows[i + 1, j] += value * down[here]
                if j < n:
                    rows[i + 1, j + 1] += value * keep * across[here, j]
                    if i > 0 and j + 1 < n and not run[j + 1]:
                        rows[i + 1, j + 2] += rows[i - 1, j] * swap * across[here, j] * across[here - 1, j + 1]
            for j in range(n):
                rows[i + 1, j + 1] += rows[i + 1, j] * ((1.0 - stay) if run[j] else extra[j])
        total += weights[s] * (rows[lengths[s], n] + tail)
        at += lengths[s]
    return total
