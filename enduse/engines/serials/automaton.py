"""An automaton over marks, built as it is walked: from a serial's beginning to what its reading costs so far.

A state is the least cost of having read the symbols so far up to each place of the marks, with what is pending: one
symbol of a swapped pair, letters or zeros left out at the end, a serial of zeros so far. Serials by the million share a
few hundred states, so that a step down the index is a look-up. States are kept in `Room`, which a thread uses again.
"""

# mypy: disable-error-code="arg-type,assignment,call-overload,return-value,call-arg,no-untyped-call,var-annotated"

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from enduse.engines.serials.costs import LETTERS_END, NONE, REST, START, SWAPPED, ZEROS_BACK, ZEROS_END
from enduse.engines.serials.kernels import inlined
from enduse.engines.serials.lanes import (
    COME,
    LANES,
    PENDING,
    STATE,
    STAY,
    address_of,
    advance,
    bytes_from,
    ints_from,
    least_sum,
    longs_from,
    shorts_from,
    words_from,
    zeros_after,
)
from enduse.engines.serials.symbols import FIRST_LETTER, LAST_LETTER, MAX_LENGTH, SYMBOLS

MOST_STATES = 1 << 13
SLOT_BITS = 15
SLOTS = 1 << SLOT_BITS
BUDGETS = 256
TASK = 5
BLOCK, MOST_LEAVES, MOST_TODO = 32, 2048, 1 << 15
"""Nodes that a walk takes up at once; leaves and nodes that wait at most."""
MOST_FOUND = 100_000
"""Serials of one walk that are weighed."""
WORDS = STATE // 8
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
        self.arrays: tuple[Any, ...] = (
            np.zeros((MOST_STATES, STATE), np.uint8), np.zeros(MOST_STATES, np.int32), np.zeros((MOST_STATES, SYMBOL_ROOM), np.int16),
            np.zeros((MOST_STATES, LENGTH_ROOM), np.uint8), np.zeros(MOST_STATES, np.uint64), np.zeros(SLOTS, np.int16),
            np.zeros(MOST_STATES, np.int32), np.zeros(STATE, np.uint8), np.zeros(1, np.int64), np.zeros((MAX_LENGTH, BUDGETS), np.uint64),
            np.zeros((3, LANES), np.uint8), np.zeros(MAX_LENGTH, np.int64), np.zeros((MOST_TODO, TASK), np.int64),
            np.zeros((MOST_LEAVES, TASK), np.int64), np.zeros((BLOCK, TASK), np.int64),
        )  # fmt: skip
        self.found = np.zeros(MOST_FOUND, np.int64)
        self.addresses = np.array([a.ctypes.data for a in self.arrays])
        """One array to hand to compiled code in place of fifteen, each of which takes its time."""


class Pointers(NamedTuple):
    """What the functions below work on, in place of arrays: numba counts references to arrays as they are handed on, in
    instructions that lock memory, and took half of a search's time for it. Indices are flat."""

    cells: Any
    ends: Any
    follows: Any
    remains: Any
    opens: Any
    slots: Any
    slot_of: Any
    scratch: Any
    count: Any
    symbols: Any
    limits: Any
    states: Any
    todo: Any
    leaves: Any
    block: Any


@inlined
def pointers(room: Any) -> Any:
    """Pointers to the arrays of a room, from its addresses."""
    return Pointers(
        bytes_from(room[0]), ints_from(room[1]), shorts_from(room[2]), bytes_from(room[3]), words_from(room[4]), shorts_from(room[5]),
        ints_from(room[6]), bytes_from(room[7]), longs_from(room[8]), words_from(room[9]), bytes_from(room[10]), longs_from(room[11]),
        longs_from(room[12]), longs_from(room[13]), longs_from(room[14]),
    )  # fmt: skip


@inlined
def bounds(n: int, split: int, near: int, budget: int, rows: Any, room: Any) -> None:
    """Sets the bounds of a walk: `limits` (3, LANES), what may have been spent on coming to each place, on staying there, and
    with a pair pending; `symbols` (MAX_LENGTH, BUDGETS), which symbols (as bits) may be read at a place with so much left to spend."""
    for j in range(LANES):
        room.limits[COME * LANES + j] = near if j <= split else budget
        room.limits[STAY * LANES + j] = near if j < split else budget
        room.limits[PENDING * LANES + j] = budget
    for j in range(n):
        at = j * BUDGETS
        for left in range(budget + 1):
            room.symbols[at + left] = np.uint64(0)
        for c in range(1, SYMBOLS):
            cost = np.int64(rows[c * LANES + j])
            if cost <= budget:
                room.symbols[at + cost] |= np.uint64(1) << np.uint64(c)
        for left in range(1, budget + 1):
            room.symbols[at + left] |= room.symbols[at + left - 1]


@inlined
def _opens(n: int, live: Any, ended: int, rest: Any, fixed: Any, room: Any) -> Any:
    """Which symbols can follow the state in scratch, as bits: found once, so that those which cannot cost a look at one bit.
    Bit 0, the end of a serial, is always set."""
    budget = np.int64(room.limits[COME * LANES + n])
    bits = np.uint64(1)
    places = live & np.uint64(2**LANES - 1)
    while places != 0:
        j = zeros_after(places)
        places &= places - np.uint64(1)
        value = np.int64(room.scratch[j])
        if value + rest[j] <= room.limits[STAY * LANES + j]:
            bits = ANY
            break
        if j < n:
            come = np.int64(room.limits[COME * LANES + j + 1])
            if value <= come:
                bits |= room.symbols[j * BUDGETS + come - value]
            if j + 1 < n and value + fixed[SWAPPED] <= budget:
                bits |= room.symbols[(j + 1) * BUDGETS + budget - value - fixed[SWAPPED]]
    pairs = live >> np.uint64(LANES)
    while pairs != 0:
        j = zeros_after(pairs)
        pairs &= pairs - np.uint64(1)
        left = np.int64(room.limits[COME * LANES + j + 2]) - np.int64(room.scratch[LANES + j])
        if left >= 0:
            bits |= room.symbols[j * BUDGETS + left]
    last = np.int64(room.scratch[n])
    if min(ended & 255, last + fixed[LETTERS_END]) <= budget:
        bits |= LETTERS
    if min((ended >> 8) & 255, last + fixed[ZEROS_END]) <= budget:
        bits |= ZERO
    return ANY if ended & ZEROS_ONLY and fixed[ZEROS_BACK] <= budget else bits


@inlined
def _intern(n: int, live: Any, ended: int, rest: Any, fixed: Any, room: Any) -> int:
    """The number of the state in scratch, a new one if need be; DEAD where no room is left."""
    fresh = words_from(address_of(room.scratch))
    mixed = np.uint64(ended) * np.uint64(0x9E3779B97F4A7C15)
    for k in range(WORDS):
        mixed += (fresh[k] ^ (fresh[k] >> np.uint64(29))) * np.uint64(0xFF51AFD7ED558CCD + 2 * 0x9E3779B9 * k)
    mixed ^= mixed >> np.uint64(32)
    mixed *= np.uint64(0xC4CEB9FE1A85EC53)
    slot = np.int64(mixed >> np.uint64(64 - SLOT_BITS))
    while True:
        state = np.int64(room.slots[slot])
        if state >= room.count[0] or room.slot_of[state] != slot:
            break
        held = words_from(address_of(room.cells) + STATE * state)
        same = room.ends[state] == ended
        for k in range(WORDS):
            same &= held[k] == fresh[k]
        if same:
            return state
        slot = (slot + 1) & (SLOTS - 1)
    state = room.count[0]
    if state >= MOST_STATES:
        return DEAD
    room.count[0] = state + 1
    room.slots[slot] = state
    room.slot_of[state] = slot
    room.ends[state] = ended
    held = words_from(address_of(room.cells) + STATE * state)
    for k in range(WORDS):
        held[k] = fresh[k]
    for c in range(SYMBOL_ROOM):
        room.follows[state * SYMBOL_ROOM + c] = UNKNOWN
    for r in range(LENGTH_ROOM):
        room.remains[state * LENGTH_ROOM + r] = UNSEEN
    room.opens[state] = _opens(n, live, ended, rest, fixed, room)
    return state


@inlined
def first_state(n: int, rows: Any, fixed: Any, room: Any) -> int:
    """Empties the room and makes the state before the first symbol."""
    room.count[0] = 0
    for k in range(STATE):
        room.scratch[k] = NONE
    live = np.uint64(0)
    for j in range(n + 1):
        begun = rows[START * LANES + j]
        if begun <= room.limits[COME * LANES + j]:
            room.scratch[j] = begun
            live |= np.uint64(1) << np.uint64(j)
    return _intern(n, live, NONE | NONE << 8 | ZEROS_ONLY, bytes_from(address_of(rows) + REST * LANES), fixed, room)


@inlined
def after(state: int, c: int, n: int, rows: Any, fixed: Any, room: Any) -> int:
    """The state after one more symbol, worked out and remembered; DEAD where nothing within the budget is left.

    Places before the split must be reached for little, so that a walk from the other end may take the rest: see `bounds`.
    """
    budget = np.int64(room.limits[COME * LANES + n])
    had = np.int64(room.ends[state])
    zeros = had & ZEROS_ONLY != 0
    rows_at = address_of(rows)
    live = advance(address_of(room.cells) + STATE * state, rows_at + LANES * c, rows_at + LANES * (SYMBOLS + c), rows_at + LANES * REST,
                   address_of(room.limits), 0 if zeros and c != 1 else NONE, address_of(room.scratch))  # fmt: skip
    letters_end, zeros_end = NONE, NONE
    reached = np.int64(room.cells[state * STATE + n])
    if FIRST_LETTER <= c <= LAST_LETTER:
        letters_end = min(had & 255, reached + fixed[LETTERS_END])
        letters_end = letters_end if letters_end <= budget else NONE
    elif c == 1:
        zeros_end = min((had >> 8) & 255, reached + fixed[ZEROS_END])
        zeros_end = zeros_end if zeros_end <= budget else NONE
    zeros = zeros and c == 1
    new_state = DEAD
    if live != 0 or letters_end != NONE or zeros_end != NONE or (zeros and fixed[ZEROS_BACK] <= budget):
        ended = letters_end | zeros_end << 8 | (ZEROS_ONLY if zeros else 0)
        new_state = _intern(n, live, ended, bytes_from(rows_at + REST * LANES), fixed, room)
    room.follows[state * SYMBOL_ROOM + c] = new_state
    return new_state


@inlined
def remaining(state: int, r: int, ahead: Any, zeros: Any, room: Any) -> int:
    """The least that a serial costs in all which has r symbols after this state, worked out and remembered."""
    ended = np.int64(room.ends[state])
    least = min(least_sum(address_of(room.cells) + STATE * state, address_of(ahead) + STATE * r), ended & 255, (ended >> 8) & 255, TOO_FAR)
    if ended & ZEROS_ONLY:
        least = min(least, zeros[r])
    room.remains[state * LENGTH_ROOM + r] = least
    return least
