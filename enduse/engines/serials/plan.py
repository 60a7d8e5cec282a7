"""How to look: forwards, backwards or both, and how much each half of the marks may be off."""

# mypy: disable-error-code="arg-type,assignment,call-overload,return-value"

from __future__ import annotations

from typing import Any

import numpy as np

from enduse.engines.serials.costs import UNIT
from enduse.engines.serials.kernels import jit

SMALL = 4.0
"""A search allowed to be off by less (in nats) is not worth splitting."""
FORWARDS, BACKWARDS = 1, 2


@jit
def information(emit: Any, run: Any, usual: Any) -> Any:
    """How much each place narrows the search, in nats: a run or an unreadable place nothing. Shape (n,)."""
    n, symbols = emit.shape
    told = np.zeros(n)
    for j in range(n):
        if not run[j]:
            expected = 0.0
            for c in range(symbols):
                expected += emit[j, c] * usual[c]
            told[j] = -np.log(max(expected, 1e-9))
    return told


@jit
def plan(told: Any, run: Any, budget: int) -> Any:
    """(split, near, walks) for serials that may cost `budget`; `told` is `information`.

    What costs `budget` in all costs its share of it, `near`, in the places before `split`, or less than the rest in the
    others: the forward walk takes the one kind, the backward walk the other. One walk alone looks at everything.
    """
    n = len(told)
    first, last = n, -1
    for j in range(n):
        if run[j]:
            first, last = min(first, j), j
    if last < 0 and (n < 4 or budget <= SMALL * UNIT):
        first, last = (n + 1) // 2, n // 2 - 1
    if last >= 0 or first < n:
        return 0, budget, FORWARDS if told[:first].sum() >= told[last + 1 :].sum() else BACKWARDS
    whole, reached, split = told.sum(), 0.0, 0
    while split < n and reached < whole / 2:
        reached += told[split]
        split += 1
    split = min(max(split, 2), n - 2)
    return split, int(budget * told[:split].sum() / whole), FORWARDS | BACKWARDS
