"""The search through one segment: which serials can matter, found by walking its tries with an automaton, and their weights."""

# mypy: disable-error-code="arg-type,assignment,call-overload,return-value,call-arg"

from __future__ import annotations

from typing import Any

import numpy as np

from enduse.engines.serials.automaton import ANY, DEAD, MOST_STATES, UNKNOWN, UNSEEN, after, bounds, first_state, remaining
from enduse.engines.serials.costs import budget_of
from enduse.engines.serials.kernels import IN_WORD, LONG, begin_of, child_of, inlined, jit, place_in
from enduse.engines.serials.lanes import zeros_before
from enduse.engines.serials.plan import BACKWARDS, FORWARDS, plan
from enduse.engines.serials.symbols import MAX_LENGTH
from enduse.engines.serials.weighing import weigh

WORK, WEIGHED, MASS, STATES = range(4)
TALLIES = 4
"""Places in a tally: steps down a trie, serials weighed, the sum of weights, states of the automata."""


@inlined
def _within(state: int, few: int, many: int, budget: int, cells_at: int, ahead_at: int, zeros: Any, ends: Any, remains: Any) -> bool:
    """Whether a serial with `few` to `many` symbols after this state can stay within the budget."""
    for r in range(max(few, 0), many + 1):
        least = np.int64(remains[state, r])
        if least == UNSEEN:
            least = remaining(state, r, cells_at, ahead_at, zeros, ends, remains)
        if least <= budget:
            return True
    return False


@jit
def walk(words: Any, nodes: Any, costs: Any, n: int, half: Any, budget: int, patience: int, room: Any, found: Any, tally: Any) -> int:
    """Writes to `found` the places of all serials of a direction that can cost `budget` at most; returns how many.

    `n` places; `half` is (split, near): places of the marks before `split` are to be read for `near` at most. -1 where patience,
    states or room ran out.
    """
    rows, ahead, zeros, fixed, kind = costs
    cells, state_words, ends, follows, remains, opens, slots, slot_of, scratch, scratch_words, count = room
    split, near = half
    now, stop, end = np.zeros(IN_WORD + 2, np.int64), np.zeros(IN_WORD + 2, np.int64), np.zeros(IN_WORD + 2, np.int64)
    states = np.zeros(IN_WORD + 2, np.int64)
    limits, symbols = bounds(n, split, near, budget, rows)
    at = cells.ctypes.data, rows.ctypes.data, limits.ctypes.data, scratch.ctypes.data
    cells_at, ahead_at = at[0], ahead.ctypes.data
    states[0] = first_state(n, rows, fixed, limits, symbols, state_words, ends, follows, remains, opens, slots, slot_of, scratch, scratch_words, count)
    work, number = 0, 0
    d = 0
    now[0], stop[0], end[0] = child_of(nodes[0]), child_of(nodes[1]), len(words)
    whole = now[0] == stop[0]
    while d >= 0:
        if whole:
            first, last, below = 0, len(words), 0
        else:
            v, past, can = now[d], stop[d], opens[states[d]]
            while v < past and (can >> (nodes[v] & np.uint64(63))) & np.uint64(1) == 0:
                v += 1
            work += v - now[d] + 1
            now[d] = v + 1
            if v == past:
                d -= 1
                continue
            node = nodes[v]
            c = kind[node & np.uint64(63)]
            below = d
            if c > 0:
                state = np.int64(follows[states[d], c])
                if state == UNKNOWN:
                    state = after(states[d], c, n, at, rows, fixed, limits, symbols, cells, state_words, ends,
                                  follows, remains, opens, slots, slot_of, scratch, scratch_words, count)  # fmt: skip
                if state == DEAD:
                    continue
                below = d + 1
                many = np.int64((node >> np.uint64(6)) & np.uint64(15))
                many = MAX_LENGTH if many == LONG else many
                if not _within(state, np.int64((node >> np.uint64(10)) & np.uint64(15)) - below, many - below, budget,
                               cells_at, ahead_at, zeros, ends, remains):  # fmt: skip
                    continue
                states[below] = state
            following = nodes[v + 1]
            first, last = begin_of(node), begin_of(following) if now[d] < past else end[d]
            if child_of(node) != child_of(following):
                d += 1
                now[d], stop[d], end[d] = child_of(node), child_of(following), last
                continue
        if work > patience or count[0] >= MOST_STATES or number + last - first > len(found):
            tally[WORK] += work
            return -1
        # The serials of a leaf, one after the other: neighbours share the states of what they have in common.
        have, dead = below, False
        before = words[first]
        can = opens[states[below]] if below < IN_WORD else ANY
        shift = np.uint64(58 - 6 * below) if below < IN_WORD else np.uint64(0)
        work += last - first
        for place in range(first, last):
            word = words[place]
            if (can >> ((word >> shift) & np.uint64(63))) & np.uint64(1) == 0:
                continue
            common = min(have, zeros_before(word ^ before) // 6)
            if dead and common == have:
                continue
            before = word
            length = np.int64(word & np.uint64(15))
            have, dead = common, False
            state = states[common]
            for k in range(common, min(length, IN_WORD)):
                work += 1
                symbol = (word >> np.uint64(58 - 6 * k)) & np.uint64(63)
                have = k + 1
                if (opens[state] >> symbol) & np.uint64(1) == 0:
                    dead = True
                    break
                c = kind[symbol]
                state = np.int64(follows[states[k], c])
                if state == UNKNOWN:
                    state = after(states[k], c, n, at, rows, fixed, limits, symbols, cells, state_words, ends,
                                  follows, remains, opens, slots, slot_of, scratch, scratch_words, count)  # fmt: skip
                if state == DEAD:
                    dead = True
                    break
                states[k + 1] = state
            if dead:
                continue
            few = max(length - IN_WORD, 0)
            many = MAX_LENGTH - IN_WORD if length == LONG else few
            if _within(state, few, many, budget, cells_at, ahead_at, zeros, ends, remains):
                found[number] = place
                number += 1
        if whole:
            break
    tally[WORK] += work
    tally[STATES] += count[0]
    return -1 if count[0] >= MOST_STATES else number


@jit
def look(
    forward: Any, forward_nodes: Any, backward: Any, backward_nodes: Any, forward_of: Any, guns: Any, given: Any, run: Any,
    told: Any, ahead: Any, back: Any, base: float, reach: float, cut: float, patience: int, room: Any, found: Any, best: Any, where: Any, tally: Any,
) -> bool:  # fmt: skip
    """Weighs every gun of a segment that can weigh `cut`, from both ends; False where a limit was met first.

    `guns`, `given`: see `weigh_all`; `told`: see `plan`; `ahead`, `back`: the costs of either direction; `reach`: the most that
    attributes multiply a weight by. Fills `best` and `where` (places in forward order), adds to `tally`.
    """
    budget = budget_of(base, cut / reach)
    split, near, walks = plan(told, run, budget)
    number = 0
    if walks & FORWARDS:
        number = walk(forward, forward_nodes, ahead, len(run), (split, near), budget, patience, room, found, tally)
        if number < 0:
            return False
    if walks & BACKWARDS:
        half = (len(run) - split, budget - near - 1) if walks & FORWARDS else (0, budget)
        more = walk(backward, backward_nodes, back, len(run), half, budget, patience, room, found[number:], tally)
        if more < 0:
            return False
        for k in range(number, number + more):
            found[k] = forward_of[found[k]]
        number += more
        found[:number].sort()
    weigh_all(forward, guns, given, found, number, cut / reach, cut, best, where, tally)
    return True


@jit
def weigh_all(words: Any, guns: Any, given: Any, places: Any, number: int, least: float, cut: float, best: Any, where: Any, tally: Any) -> None:
    """Weighs the serials at the first `number` of `places` (sorted, forward order); keeps those of `cut` or more."""
    rows_of, long_at, long_codes, combo_of, factors = guns
    lines, rates, right, levels = given
    n = lines.shape[1] - 1
    codes = np.zeros(MAX_LENGTH + 3, np.int64)
    rows, reading = np.zeros((4, 3, n + 1)), np.zeros((3, n))
    for i in range(number):
        at = places[i]
        if i > 0 and places[i - 1] == at:
            continue
        word = words[at]
        if i == 0 or word != words[places[i - 1]] or np.int64(word & np.uint64(15)) > IN_WORD:
            length = np.int64(word & np.uint64(15))
            if length > IN_WORD:
                k = np.searchsorted(long_at, at)
                length = np.int64(long_codes[k, 0])
                for d in range(length):
                    codes[d] = long_codes[k, 1 + d]
            else:
                for d in range(length):
                    codes[d] = np.int64((word >> np.uint64(58 - 6 * d)) & np.uint64(63))
            total = weigh(codes, length, lines, rates, right, levels, rows, reading)
            tally[WEIGHED] += 1
        if total < least:
            continue
        weight = total * factors[combo_of[rows_of[at]]]
        tally[MASS] += weight
        if weight >= cut:
            place_in(best, where, weight, at)
