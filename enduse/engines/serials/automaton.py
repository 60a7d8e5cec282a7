"""An automaton over marks, built as it is walked: from a serial's beginning to what its reading costs so far.

A state is the least cost of having read the symbols so far up to each place of the marks, with what is pending: one
symbol of a swapped pair, letters or zeros left out at the end, a serial of zeros so far. Serials by the million share a
few hundred states, so that a step down the index is a look-up. States are kept in `Room`, which a thread uses again.
"""

# mypy: disable-error-code="arg-type,assignment,call-overload,return-value,call-arg"

from __future__ import annotations

from typing import Any

import numpy as np

from enduse.engines.serials.costs import LETTERS_END, NONE, REST, START, SWAPPED, ZEROS_BACK, ZEROS_END
from enduse.engines.serials.kernels import inlined, jit
from enduse.engines.serials.lanes import LANES, STATE, advance, least_sum, zeros_after
from enduse.engines.serials.symbols import FIRST_LETTER, LAST_LETTER, MAX_LENGTH, SYMBOLS

MOST_STATES = 1 << 13
SLOTS = 1 << 15
MOST_FOUND = 100_000
"""Serials of one walk that are weighed."""
WORDS = STATE // 8
COME, STAY, PENDING = range(3)
"""Rows of the limits of a walk."""
ANY = np.uint64(2**64 - 1)
LETTERS, ZERO = np.uint64(sum(1 << c for c in range(FIRST_LETTER, LAST_LETTER + 1))), np.uint64(2)
SYMBOL_ROOM = 40
LENGTH_ROOM = MAX_LENGTH + 1
DEAD, UNKNOWN = -1, -2
TOO_FAR, UNSEEN = 254, 255
"""In the table of what remains: beyond any budget; not worked out yet."""
ZEROS_ONLY = 1 << 16
"""In `ends`, of which the low byte is the cost with letters left out at the end, the next that with zeros."""


class Room:
    """Where one thread's automata live: states, what follows each by symbol, what remains by length, slots to find them."""

    def __init__(self) -> None:
        self.cells = np.zeros((MOST_STATES, STATE), np.uint8)
        self.words = self.cells.view(np.uint64)
        self.ends = np.zeros(MOST_STATES, np.int32)
        self.next = np.zeros((MOST_STATES, SYMBOL_ROOM), np.int16)
        self.remains = np.zeros((MOST_STATES, LENGTH_ROOM), np.uint8)
        self.opens = np.zeros(MOST_STATES, np.uint64)
        self.slots = np.zeros(SLOTS, np.int16)
        self.slot_of = np.zeros(MOST_STATES, np.int32)
        self.scratch = np.zeros(STATE, np.uint8)
        self.scratch_words = self.scratch.view(np.uint64)
        self.count = np.zeros(1, np.int64)
        self.found = np.zeros(MOST_FOUND, np.int64)
        self.arrays = (self.cells, self.words, self.ends, self.next, self.remains, self.opens, self.slots, self.slot_of, self.scratch,
                       self.scratch_words, self.count)  # fmt: skip


@jit
def bounds(n: int, split: int, near: int, budget: int, rows: Any) -> Any:
    """(limits, open) for a walk: what may have been spent on coming to each place, on staying there, and with a pair pending
    (3, LANES), and which symbols (as bits) may be read at a place with so much left to spend (n, budget + 1)."""
    limits = np.full((3, LANES), budget, np.uint8)
    for j in range(min(split + 1, n + 1)):
        limits[COME, j] = near
        if j < split:
            limits[STAY, j] = near
    symbols = np.zeros((n, budget + 1), np.uint64)
    for j in range(n):
        for c in range(1, SYMBOLS):
            if rows[c, j] <= budget:
                symbols[j, rows[c, j]] |= np.uint64(1) << np.uint64(c)
        for left in range(1, budget + 1):
            symbols[j, left] |= symbols[j, left - 1]
    return limits, symbols


@inlined
def _opens(n: int, live: Any, ends: int, rows: Any, fixed: Any, limits: Any, symbols: Any, scratch: Any) -> Any:
    """Which symbols can follow the state in scratch, as bits: found once, so that those which cannot cost a look at one bit.
    Bit 0, the end of a serial, is always set."""
    budget = np.int64(limits[COME, n])
    bits = np.uint64(1)
    places = live & np.uint64(2**LANES - 1)
    while places != 0:
        j = zeros_after(places)
        places &= places - np.uint64(1)
        value = np.int64(scratch[j])
        if value + rows[REST, j] <= limits[STAY, j]:
            return ANY
        if j < n:
            if value <= limits[COME, j + 1]:
                bits |= symbols[j, limits[COME, j + 1] - value]
            if j + 1 < n and value + fixed[SWAPPED] <= budget:
                bits |= symbols[j + 1, budget - value - fixed[SWAPPED]]
    pairs = live >> np.uint64(LANES)
    while pairs != 0:
        j = zeros_after(pairs)
        pairs &= pairs - np.uint64(1)
        if scratch[LANES + j] <= limits[COME, j + 2]:
            bits |= symbols[j, limits[COME, j + 2] - scratch[LANES + j]]
    last = np.int64(scratch[n])
    if min(ends & 255, last + fixed[LETTERS_END]) <= budget:
        bits |= LETTERS
    if min((ends >> 8) & 255, last + fixed[ZEROS_END]) <= budget:
        bits |= ZERO
    if ends & ZEROS_ONLY and fixed[ZEROS_BACK] <= budget:
        return ANY
    return bits


@inlined
def _intern(n: int, live: Any, ended: int, rows: Any, fixed: Any, limits: Any, symbols: Any, words: Any, ends: Any, follows: Any, remains: Any,
            opens: Any, slots: Any, slot_of: Any, scratch: Any, scratch_words: Any, count: Any) -> int:  # fmt: skip
    """The number of the state in scratch, a new one if need be; DEAD where no room is left."""
    mixed = np.uint64(ended) * np.uint64(0x9E3779B97F4A7C15)
    for k in range(WORDS):
        mixed += (scratch_words[k] ^ (scratch_words[k] >> np.uint64(29))) * np.uint64(0xFF51AFD7ED558CCD + 2 * 0x9E3779B9 * k)
    mixed ^= mixed >> np.uint64(32)
    mixed *= np.uint64(0xC4CEB9FE1A85EC53)
    slot = np.int64(mixed >> np.uint64(64 - 15))
    while True:
        state = np.int64(slots[slot])
        if state >= count[0] or slot_of[state] != slot:
            break
        same = ends[state] == ended
        for k in range(WORDS):
            same &= words[state, k] == scratch_words[k]
        if same:
            return state
        slot = (slot + 1) & (SLOTS - 1)
    state = count[0]
    if state >= MOST_STATES:
        return DEAD
    count[0] = state + 1
    slots[slot] = state
    slot_of[state] = slot
    ends[state] = ended
    for k in range(WORDS):
        words[state, k] = scratch_words[k]
    for c in range(SYMBOL_ROOM):
        follows[state, c] = UNKNOWN
    for r in range(LENGTH_ROOM):
        remains[state, r] = UNSEEN
    opens[state] = _opens(n, live, ended, rows, fixed, limits, symbols, scratch)
    return state


@jit
def first_state(n: int, rows: Any, fixed: Any, limits: Any, symbols: Any, words: Any, ends: Any, follows: Any, remains: Any, opens: Any,
                slots: Any, slot_of: Any, scratch: Any, scratch_words: Any, count: Any) -> int:  # fmt: skip
    """Empties the room and makes the state before the first symbol."""
    count[0] = 0
    scratch[:] = NONE
    live = np.uint64(0)
    for j in range(n + 1):
        if rows[START, j] <= limits[COME, j]:
            scratch[j] = rows[START, j]
            live |= np.uint64(1) << np.uint64(j)
    ended = NONE | NONE << 8 | ZEROS_ONLY
    return _intern(n, live, ended, rows, fixed, limits, symbols, words, ends, follows, remains, opens, slots, slot_of, scratch, scratch_words, count)


@inlined
def after(state: int, c: int, n: int, at: Any, rows: Any, fixed: Any, limits: Any, symbols: Any, cells: Any, words: Any, ends: Any, follows: Any,
          remains: Any, opens: Any, slots: Any, slot_of: Any, scratch: Any, scratch_words: Any, count: Any) -> int:  # fmt: skip
    """The state after one more symbol, worked out and remembered; DEAD where nothing within the budget is left.

    Places before the split must be reached for little, so that a walk from the other end may take the rest: see `bounds`.
    `at` is (the address of the cells, of the rows, of the limits, of scratch).
    """
    cells_at, rows_at, limits_at, scratch_at = at
    budget = np.int64(limits[COME, n])
    had = np.int64(ends[state])
    zeros = had & ZEROS_ONLY != 0
    live = advance(cells_at + STATE * state, rows_at + LANES * c, rows_at + LANES * (SYMBOLS + c), rows_at + LANES * REST,
                   limits_at, 0 if zeros and c != 1 else NONE, scratch_at)  # fmt: skip
    letters_end, zeros_end = NONE, NONE
    if FIRST_LETTER <= c <= LAST_LETTER:
        letters_end = min(had & 255, np.int64(cells[state, n]) + fixed[LETTERS_END])
        letters_end = letters_end if letters_end <= budget else NONE
    elif c == 1:
        zeros_end = min((had >> 8) & 255, np.int64(cells[state, n]) + fixed[ZEROS_END])
        zeros_end = zeros_end if zeros_end <= budget else NONE
    zeros = zeros and c == 1
    if live == 0 and letters_end == NONE and zeros_end == NONE and not (zeros and fixed[ZEROS_BACK] <= budget):
        follows[state, c] = DEAD
        return DEAD
    ended = letters_end | zeros_end << 8 | (ZEROS_ONLY if zeros else 0)
    new_state = _intern(n, live, ended, rows, fixed, limits, symbols, words, ends, follows, remains, opens, slots, slot_of, scratch, scratch_words, count)
    follows[state, c] = new_state
    return new_state


@inlined
def remaining(state: int, r: int, cells_at: int, ahead_at: int, zeros: Any, ends: Any, remains: Any) -> int:
    """The least that a serial costs in all which has r symbols after this state, worked out and remembered."""
    ended = np.int64(ends[state])
    least = min(least_sum(cells_at + STATE * state, ahead_at + STATE * r), ended & 255, (ended >> 8) & 255, TOO_FAR)
    if ended & ZEROS_ONLY:
        least = min(least, zeros[r])
    remains[state, r] = least
    return least
