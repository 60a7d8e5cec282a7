"""The search through one segment: which serials can matter, found by walking its tries with an automaton, and their weights."""

# mypy: disable-error-code="arg-type,assignment,call-overload,return-value,call-arg,no-untyped-call,var-annotated"

from __future__ import annotations

from typing import Any

import numpy as np

from enduse.engines.serials.automaton import (
    ANY,
    BLOCK,
    DEAD,
    LENGTH_ROOM,
    MOST_LEAVES,
    MOST_STATES,
    MOST_TODO,
    SYMBOL_ROOM,
    TASK,
    UNKNOWN,
    UNSEEN,
    after,
    bounds,
    first_state,
    pointers,
    remaining,
)
from enduse.engines.serials.costs import budget_of
from enduse.engines.serials.kernels import IN_WORD, LONG, begin_of, child_of, inlined, jit, place_in
from enduse.engines.serials.lanes import address_of, bytes_from, fetch, longs_from, words_from, zeros_before
from enduse.engines.serials.plan import BACKWARDS, FORWARDS, plan
from enduse.engines.serials.symbols import MAX_LENGTH
from enduse.engines.serials.weighing import weigh

WORK, WEIGHED, MASS, STATES = range(4)
TALLIES = 4
"""Places in a tally: steps down a trie, serials weighed, the sum of weights, states of the automata."""
FIRST, LAST, REACHED, BELOW, END = range(5)
"""Of what a walk has still to do: nodes or serials from FIRST to before LAST, the state before them, symbols read so far; the end of
the serials under the last node. A task is TASK numbers."""


@inlined
def _within(state: int, few: int, many: int, budget: int, ahead: Any, zeros: Any, room: Any) -> bool:
    """Whether a serial with `few` to `many` symbols after this state can stay within the budget."""
    remains = room.remains
    for r in range(max(few, 0), many + 1):
        least = np.int64(remains[state * LENGTH_ROOM + r])
        if least == UNSEEN:
            least = remaining(state, r, ahead, zeros, room)
        if least <= budget:
            return True
    return False


@inlined
def _step(state: int, symbol: int, n: int, rows: Any, fixed: Any, kind: Any, room: Any) -> int:
    """The state after a symbol of a serial; DEAD where nothing within the budget is left."""
    opens, follows = room.opens, room.follows
    if (opens[state] >> np.uint64(symbol)) & np.uint64(1) == 0:
        return DEAD
    c = kind[symbol]
    now = np.int64(follows[state * SYMBOL_ROOM + c])
    if now == UNKNOWN:
        now = after(state, c, n, rows, fixed, room)
    return now


@inlined
def _through_leaf(words: Any, task: int, n: int, budget: int, told: Any, room: Any, found: Any, number: int) -> Any:
    """The serials of a leaf, one after the other: neighbours share the states of what they have in common. Returns (how many
    are found now, steps)."""
    rows, ahead, zeros, kind, fixed = told
    opens, states, leaves = room.opens, room.states, room.leaves
    first, last = leaves[task + FIRST], leaves[task + LAST]
    state, below = leaves[task + REACHED], leaves[task + BELOW]
    have, dead, work = below, False, last - first
    before = words[first]
    can = opens[state] if below < IN_WORD else ANY
    shift = np.uint64(58 - 6 * below) if below < IN_WORD else np.uint64(0)
    states[below] = state
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
        now = states[common]
        for k in range(common, min(length, IN_WORD)):
            work += 1
            have = k + 1
            now = _step(now, np.int64((word >> np.uint64(58 - 6 * k)) & np.uint64(63)), n, rows, fixed, kind, room)
            if now == DEAD:
                dead = True
                break
            states[k + 1] = now
        if dead:
            continue
        few = max(length - IN_WORD, 0)
        many = MAX_LENGTH - IN_WORD if length == LONG else few
        if _within(now, few, many, budget, ahead, zeros, room):
            found[number] = place
            number += 1
    return number, work


@inlined
def _put(tasks: Any, at: int, first: int, last: int, state: int, below: int, end: int) -> int:
    at *= TASK
    tasks[at + FIRST], tasks[at + LAST], tasks[at + REACHED], tasks[at + BELOW], tasks[at + END] = first, last, state, below, end
    return at // TASK + 1


@jit
def walk(serials: Any, trie: Any, costs: Any, n: int, half: Any, budget: int, patience: int, held: Any, found: Any, tally: Any) -> int:
    """Writes to `found` the places of all serials of a direction that can cost `budget` at most; returns how many.

    `n` places; `half` is (split, near): places of the marks before `split` are to be read for `near` at most. -1 where patience,
    states or room ran out. Nodes and leaves are taken up in blocks, so that the memory of a whole block is on its way at once.
    """
    room = pointers(held)
    opens, count, todo, leaves, taken = room.opens, room.count, room.todo, room.leaves, room.block
    rows, ahead = bytes_from(costs[0].ctypes.data), bytes_from(costs[1].ctypes.data)
    zeros, fixed, kind = longs_from(costs[2].ctypes.data), costs[3], longs_from(costs[4].ctypes.data)
    told = rows, ahead, zeros, kind, fixed
    words, nodes = words_from(serials.ctypes.data), words_from(trie.ctypes.data)
    bounds(n, half[0], half[1], budget, rows, room)
    start = first_state(n, rows, fixed, room)
    work, number, waiting, top, block = 0, 0, 0, 0, 0
    if child_of(nodes[0]) == child_of(nodes[1]):
        waiting = _put(leaves, 0, 0, len(serials), start, 0, 0)
    else:
        top = _put(todo, 0, child_of(nodes[0]), child_of(nodes[1]), start, 0, len(serials))
    while top > 0 or waiting > 0:
        if top == 0 or waiting >= MOST_LEAVES - BLOCK * SYMBOL_ROOM:
            for k in range(waiting):
                if number + leaves[k * TASK + LAST] - leaves[k * TASK + FIRST] > len(found):
                    tally[WORK] += work
                    return -1
                number, steps = _through_leaf(words, k * TASK, n, budget, told, room, found, number)
                work += steps
            waiting = 0
        block = min(top, BLOCK)
        top -= block
        for k in range(block * TASK):
            taken[k] = todo[top * TASK + k]
        for k in range(block):
            fetch(address_of(nodes) + 8 * taken[k * TASK + FIRST])
            fetch(address_of(nodes) + 8 * taken[k * TASK + FIRST] + 64)
        for b in range(0, block * TASK, TASK):
            past, had, d = taken[b + LAST], taken[b + REACHED], taken[b + BELOW]
            can = opens[had]
            work += past - taken[b + FIRST]
            for v in range(taken[b + FIRST], past):
                node = nodes[v]
                symbol = np.int64(node & np.uint64(63))
                if (can >> np.uint64(symbol)) & np.uint64(1) == 0:
                    continue
                state, below = had, d
                if symbol > 0:
                    state = _step(had, symbol, n, rows, fixed, kind, room)
                    if state == DEAD:
                        continue
                    below += 1
                    many = np.int64((node >> np.uint64(6)) & np.uint64(15))
                    many = MAX_LENGTH if many == LONG else many
                    if not _within(state, np.int64((node >> np.uint64(10)) & np.uint64(15)) - below, many - below, budget, ahead, zeros, room):
                        continue
                following = nodes[v + 1]
                first, last = begin_of(node), begin_of(following) if v + 1 < past else taken[b + END]
                if child_of(node) != child_of(following):
                    top = _put(todo, top, child_of(node), child_of(following), state, below, last)
                else:
                    waiting = _put(leaves, waiting, first, last, state, below, last)
                    for k in range(first, last, 8):
                        fetch(address_of(words) + 8 * k)
        if work > patience or count[0] >= MOST_STATES or top > MOST_TODO - BLOCK * SYMBOL_ROOM:
            tally[WORK] += work
            return -1
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
    rows_at, combos_at = rows_of.ctypes.data, combo_of.ctypes.data
    for i in range(number):
        at = places[i]
        if i + 8 < number:
            fetch(rows_at + 4 * places[i + 8])
            fetch(combos_at + combo_of.itemsize * rows_of[places[i + 4]])
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
