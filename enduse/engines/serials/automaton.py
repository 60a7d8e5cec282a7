"""An automaton over marks, built as it is walked: from a serial's beginning to what its reading costs so far.

A state is the least cost of having read the symbols so far up to each place of the marks, with what is pending: one
symbol of a swapped pair, letters or zeros left out at the end, a serial of zeros so far. Serials by the million share a
few hundred states, so that a step down the index is a look-up. States are kept in `Room`, which a thread uses again.
"""

# mypy: disable-error-code="arg-type,assignment,call-overload,return-value"

from __future__ import annotations

from typing import Any

import numpy as np

from enduse.engines.serials.costs import LETTERS_END, NEVER, SWAPPED, ZEROS_BACK, ZEROS_END
from enduse.engines.serials.kernels import inlined, jit
from enduse.engines.serials.symbols import FIRST_LETTER, LAST_LETTER, MAX_LENGTH

MOST_STATES = 1 << 13
SLOTS = 1 << 15
MOST_FOUND = 100_000
"""Serials of one walk that are weighed."""
WIDTH = 64
"""Bytes of a state: a row (n + 1), pending pairs (n), letters' end, zeros' end, whether all zeros so far, and the first and
the last place of the row that is within the budget (first beyond last: none)."""
NOTHING = np.uint64(int.from_bytes(bytes([NEVER] * 8), "little"))
SYMBOL_ROOM = 40
LENGTH_ROOM = MAX_LENGTH + 1
DEAD, UNKNOWN = -1, -2
TOO_FAR, UNSEEN = 254, 255
"""In the table of what remains: beyond any budget; not worked out yet."""


class Room:
    """Where one thread's automata live: states, what follows each by symbol, what remains by length, slots to find them."""

    def __init__(self) -> None:
        self.cells = np.zeros((MOST_STATES, WIDTH), np.uint8)
        self.words = self.cells.view(np.uint64)
        self.next = np.zeros((MOST_STATES, SYMBOL_ROOM), np.int32)
        self.remains = np.zeros((MOST_STATES, LENGTH_ROOM), np.uint8)
        self.slots = np.zeros(SLOTS, np.int32)
        self.slot_of = np.zeros(MOST_STATES, np.int32)
        self.scratch = np.zeros(WIDTH, np.uint8)
        self.scratch_words = self.scratch.view(np.uint64)
        self.count = np.zeros(1, np.int64)
        self.found = np.zeros(MOST_FOUND, np.int64)
        self.arrays = (self.cells, self.words, self.next, self.remains, self.slots, self.slot_of, self.scratch, self.scratch_words, self.count)


@inlined
def _intern(n: int, words: Any, follows: Any, remains: Any, slots: Any, slot_of: Any, scratch_words: Any, count: Any) -> int:
    """The number of the state in scratch, a new one if need be; DEAD where no room is left."""
    used = (2 * n + 6 + 7) // 8
    mixed = np.uint64(0x9E3779B97F4A7C15)
    for k in range(used):
        mixed = (mixed ^ scratch_words[k]) * np.uint64(0xFF51AFD7ED558CCD)
        mixed ^= mixed >> np.uint64(32)
    slot = np.int64(mixed & np.uint64(SLOTS - 1))
    while True:
        state = np.int64(slots[slot])
        if state >= count[0] or slot_of[state] != slot:
            break
        same = True
        for k in range(used):
            if words[state, k] != scratch_words[k]:
                same = False
                break
        if same:
            return state
        slot = (slot + 1) & (SLOTS - 1)
    state = count[0]
    if state >= MOST_STATES:
        return DEAD
    count[0] = state + 1
    slots[slot] = state
    slot_of[state] = slot
    for k in range(used):
        words[state, k] = scratch_words[k]
    for c in range(SYMBOL_ROOM):
        follows[state, c] = UNKNOWN
    for r in range(LENGTH_ROOM):
        remains[state, r] = UNSEEN
    return state


@jit
def first_state(n: int, start: Any, split: int, near: int, budget: int, words: Any, follows: Any, remains: Any, slots: Any, slot_of: Any,
                scratch: Any, scratch_words: Any, count: Any) -> int:
    """Empties the room and makes the state before the first symbol."""
    count[0] = 0
    scratch[:] = NEVER
    last = 0
    for j in range(n + 1):
        if start[j] <= (near if j <= split else budget):
            scratch[j] = start[j]
            last = j
    scratch[2 * n + 3], scratch[2 * n + 4], scratch[2 * n + 5] = 1, 0, last
    return _intern(n, words, follows, remains, slots, slot_of, scratch_words, count)


@inlined
def after(state: int, c: int, n: int, read: Any, skip: Any, rest: Any, run: Any, fixed: Any, start: Any, split: int, near: int, budget: int,
          cells: Any, words: Any, follows: Any, remains: Any, slots: Any, slot_of: Any, scratch: Any, scratch_words: Any, count: Any) -> int:
    """The state after one more symbol, worked out and remembered; DEAD where nothing within the budget is left.

    Places before `split` must be reached for `near` at most, so that a walk from the other end may take the rest.
    """
    letters, zeros_at = 2 * n + 1, 2 * n + 2
    first, last = np.int64(cells[state, letters + 3]), np.int64(cells[state, letters + 4])
    zeros = cells[state, letters + 2] == 1
    ended = zeros and c != 1
    if ended:
        first, last = 0, n
    for k in range((2 * n + 6 + 7) // 8):
        scratch_words[k] = NOTHING
    new_first, new_last, pairs = n + 1, 0, False
    arrived, above = NEVER, NEVER
    for j in range(first, n + 1):
        value = np.int64(cells[state, j])
        if ended:
            value = min(value, start[j] + fixed[ZEROS_BACK])
        new = arrived
        if j > 1:
            new = min(new, np.int64(cells[state, n + j - 1]) + read[c, j - 2])
        if j > 0:
            new = min(new, above + skip[j - 1])
        if j <= split and new > near:
            new = NEVER
        new = min(new, value + rest[j])
        if new > (near if j < split else budget):
            new = NEVER
            if j > last + 1:
                break
        else:
            scratch[j] = new
            new_first, new_last = min(new_first, j), j
        above = new
        arrived = NEVER
        if j < n and not run[j] and value < NEVER:
            arrived = value + read[c, j]
            if j + 1 < n and not run[j + 1]:
                pending = value + fixed[SWAPPED] + read[c, j + 1]
                if pending <= budget:
                    scratch[n + 1 + j] = pending
                    pairs = True
                    new_first, new_last = min(new_first, j), max(new_last, j)
    letters_end, zeros_end = NEVER, NEVER
    if FIRST_LETTER <= c <= LAST_LETTER:
        letters_end = min(np.int64(cells[state, letters]), np.int64(cells[state, n]) + fixed[LETTERS_END])
        if letters_end <= budget:
            scratch[letters] = letters_end
    elif c == 1:
        zeros_end = min(np.int64(cells[state, zeros_at]), np.int64(cells[state, n]) + fixed[ZEROS_END])
        if zeros_end <= budget:
            scratch[zeros_at] = zeros_end
    zeros = zeros and c == 1
    if not (new_first <= n or pairs or letters_end <= budget or zeros_end <= budget or (zeros and fixed[ZEROS_BACK] <= budget)):
        follows[state, c] = DEAD
        return DEAD
    scratch[letters + 2] = 1 if zeros else 0
    scratch[letters + 3], scratch[letters + 4] = new_first, new_last
    new_state = _intern(n, words, follows, remains, slots, slot_of, scratch_words, count)
    follows[state, c] = new_state
    return new_state


@inlined
def remaining(state: int, r: int, n: int, read: Any, fixed: Any, start: Any, ahead: Any, cells: Any, remains: Any) -> int:
    """The least that a serial costs in all which has r symbols after this state, worked out and remembered."""
    letters = 2 * n + 1
    least = min(np.int64(cells[state, letters]), np.int64(cells[state, letters + 1]), TOO_FAR)
    for j in range(np.int64(cells[state, letters + 3]), np.int64(cells[state, letters + 4]) + 1):
        least = min(least, np.int64(cells[state, j]) + ahead[r, j])
        if r > 0 and j < n - 1:
            least = min(least, np.int64(cells[state, n + 1 + j]) + ahead[r - 1, j + 2])
    if cells[state, letters + 2] == 1:
        for j in range(n + 1):
            least = min(least, start[j] + fixed[ZEROS_BACK] + ahead[r, j])
    remains[state, r] = least
    return least
