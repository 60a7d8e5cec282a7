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
ANY = np.uint64(2**64 - 1)
LETTERS, ZERO = np.uint64(sum(1 << c for c in range(FIRST_LETTER, LAST_LETTER + 1))), np.uint64(2)
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
        self.opens = np.zeros(MOST_STATES, np.uint64)
        self.found = np.zeros(MOST_FOUND, np.int64)
        self.arrays = (self.cells, self.words, self.next, self.remains, self.opens, self.slots, self.slot_of, self.scratch, self.scratch_words, self.count)


@jit
def bounds(n: int, split: int, near: int, budget: int, read: Any) -> Any:
    """(come, stay, open) for a walk: what may have been spent on coming to each place (n + 1,) and on staying there, and
    which symbols (as bits) may be read at a place with so much left to spend (n, budget + 1)."""
    come, stay = np.full(n + 1, budget), np.full(n + 1, budget)
    for j in range(n + 1):
        if j <= split:
            come[j] = near
        if j < split:
            stay[j] = near
    symbols = np.zeros((n, budget + 1), np.uint64)
    for j in range(n):
        for c in range(read.shape[0]):
            if read[c, j] <= budget:
                symbols[j, read[c, j]] |= np.uint64(1) << np.uint64(c)
        for left in range(1, budget + 1):
            symbols[j, left] |= symbols[j, left - 1]
    return come, stay, symbols


@inlined
def _intern(n: int, run: Any, rest: Any, fixed: Any, come: Any, stay: Any, symbols: Any, cells: Any, words: Any, follows: Any, remains: Any,
            opens: Any, slots: Any, slot_of: Any, scratch: Any, scratch_words: Any, count: Any) -> int:  # fmt: skip
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
    # Which symbols can follow: found once, so that those which cannot cost a look at one bit.
    letters = 2 * n + 1
    budget = come[n]
    bits = np.uint64(0)
    for j in range(np.int64(scratch[letters + 3]), np.int64(scratch[letters + 4]) + 1):
        value = np.int64(scratch[j])
        if value + rest[j] <= stay[j]:
            bits = ANY
            break
        if j < n and value < NEVER and not run[j]:
            if value <= come[j + 1]:
                bits |= symbols[j, come[j + 1] - value]
            if j + 1 < n and not run[j + 1] and value + fixed[SWAPPED] <= budget:
                bits |= symbols[j + 1, budget - value - fixed[SWAPPED]]
        if j < n - 1:
            pending = np.int64(scratch[n + 1 + j])
            if pending <= come[j + 2]:
                bits |= symbols[j, come[j + 2] - pending]
    last = np.int64(scratch[n])
    if min(np.int64(scratch[letters]), last + fixed[LETTERS_END]) <= budget:
        bits |= LETTERS
    if min(np.int64(scratch[letters + 1]), last + fixed[ZEROS_END]) <= budget:
        bits |= ZERO
    if scratch[letters + 2] == 1:
        bits = ANY if fixed[ZEROS_BACK] <= budget else bits
    opens[state] = bits
    return state


@jit
def first_state(n: int, run: Any, rest: Any, fixed: Any, start: Any, come: Any, stay: Any, symbols: Any, cells: Any, words: Any, follows: Any,
                remains: Any, opens: Any, slots: Any, slot_of: Any, scratch: Any, scratch_words: Any, count: Any) -> int:  # fmt: skip
    """Empties the room and makes the state before the first symbol."""
    count[0] = 0
    scratch[:] = NEVER
    last = 0
    for j in range(n + 1):
        if start[j] <= come[j]:
            scratch[j] = start[j]
            last = j
    scratch[2 * n + 3], scratch[2 * n + 4], scratch[2 * n + 5] = 1, 0, last
    return _intern(n, run, rest, fixed, come, stay, symbols, cells, words, follows, remains, opens, slots, slot_of, scratch, scratch_words, count)


@inlined
def _put(words: Any, at: int, value: int) -> None:
    """Writes one byte of words that hold NEVER there: whole words, since bytes read back as words at once are slow."""
    words[at >> 3] ^= np.uint64(value ^ NEVER) << np.uint64(8 * (at & 7))


@inlined
def after(state: int, c: int, n: int, read: Any, skip: Any, rest: Any, run: Any, fixed: Any, start: Any, come: Any, stay: Any, symbols: Any,
          cells: Any, words: Any, follows: Any, remains: Any, opens: Any, slots: Any, slot_of: Any, scratch: Any, scratch_words: Any,
          count: Any) -> int:  # fmt: skip
    """The state after one more symbol, worked out and remembered; DEAD where nothing within the budget is left.

    Places before the split must be reached for little, so that a walk from the other end may take the rest: see `bounds`.
    """
    letters, zeros_at = 2 * n + 1, 2 * n + 2
    budget = come[n]
    first, last = np.int64(cells[state, letters + 3]), np.int64(cells[state, letters + 4])
    zeros = cells[state, letters + 2] == 1
    ended = zeros and c != 1
    if ended:
        first, last = 0, n
    for k in range((2 * n + 6 + 7) // 8):
        scratch_words[k] = NOTHING
    new_first, new_last = n + 1, 0
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
        if new > come[j]:
            new = NEVER
        held = value + rest[j]
        if held <= stay[j]:
            new = min(new, held)
        if new < NEVER:
            _put(scratch_words, j, new)
            new_first, new_last = min(new_first, j), j
        elif j > last + 1:
            break
        above = new
        arrived = NEVER
        if j < n and value < NEVER and not run[j]:
            arrived = value + read[c, j]
            if j + 1 < n and not run[j + 1]:
                pending = value + fixed[SWAPPED] + read[c, j + 1]
                if pending <= budget:
                    _put(scratch_words, n + 1 + j, pending)
                    new_first, new_last = min(new_first, j), max(new_last, j)
    letters_end, zeros_end = NEVER, NEVER
    if FIRST_LETTER <= c <= LAST_LETTER:
        letters_end = min(np.int64(cells[state, letters]), np.int64(cells[state, n]) + fixed[LETTERS_END])
        if letters_end <= budget:
            _put(scratch_words, letters, letters_end)
    elif c == 1:
        zeros_end = min(np.int64(cells[state, zeros_at]), np.int64(cells[state, n]) + fixed[ZEROS_END])
        if zeros_end <= budget:
            _put(scratch_words, zeros_at, zeros_end)
    zeros = zeros and c == 1
    if not (new_first <= n or letters_end <= budget or zeros_end <= budget or (zeros and fixed[ZEROS_BACK] <= budget)):
        follows[state, c] = DEAD
        return DEAD
    _put(scratch_words, letters + 2, 1 if zeros else 0)
    _put(scratch_words, letters + 3, new_first)
    _put(scratch_words, letters + 4, new_last)
    new_state = _intern(n, run, rest, fixed, come, stay, symbols, cells, words, follows, remains, opens, slots, slot_of, scratch, scratch_words, count)
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
