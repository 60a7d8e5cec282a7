"""One set of marks on its way through the segments of a register: how far to look, and what was found."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from enduse.engines.serials.answer import FLOOR
from enduse.engines.serials.automaton import Room
from enduse.engines.serials.channel import Evidence
from enduse.engines.serials.costs import costs
from enduse.engines.serials.plan import information
from enduse.engines.serials.walk import MASS, TALLIES, WEIGHED, WORK, look

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from enduse.engines.serials.register import Register

GLANCE, WIDEN = 0.02, 0.05
"""How much worse than perfect the first look allows, and how much further each next one goes when nothing was found."""
PATIENCE = 5_000_000
"""Steps after which a walk gives up: a tenth of a second. The answer then says that it is not exact."""
ROOMS = threading.local()


@dataclass(frozen=True)
class Found:
    """What walks brought: (weight, number of the segment, place in it) best first, and the sum of all weights."""

    best: list[tuple[float, int, int]]
    mass: float
    weighed: int
    finished: bool
    work: int

    @property
    def heaviest(self) -> float:
        return self.best[0][0] if self.best else 0.0


class Hunt:
    """A search of its own evidence; one thread's."""

    def __init__(self, register: Register, given: Evidence, factors: Sequence[NDArray[np.float64]], limit: int) -> None:
        self.register, self.factors, self.limit = register, factors, limit
        self.reach = max(float(f.max()) for f in factors)
        mirrored = given.reversed()
        *ahead, self.base = costs(given.packed, given.packed_rates, given.run)
        *back, _ = costs(mirrored.packed, mirrored.packed_rates, mirrored.run)
        self.asked = ((given.packed, given.packed_rates, given.right, given.levels), given.run,
                      information(given.emit, given.run, register.general.usual), tuple(ahead), tuple(back), self.base, self.reach)  # fmt: skip

    def down_to(self, none: float) -> Found:
        """Everything that weighs FLOOR of the heaviest or of `none`: a narrow look first, then as wide as it shows needful."""
        cut = max(FLOOR * none, GLANCE * self.reach * float(np.exp(-self.base)))
        while True:
            found = self.run(cut)
            enough = FLOOR * max(none, found.heaviest)
            if cut <= enough or not found.finished:
                return found
            # What weighs more than the cut was found: the heaviest gun is known as soon as there is one.
            cut = enough if found.best else max(enough, cut * WIDEN)

    def run(self, cut: float) -> Found:
        """Weighs every gun that can weigh `cut` or more."""
        room: Room = getattr(ROOMS, "room", None) or _furnished()
        tally, found, finished = np.zeros(TALLIES), [], True
        for number, (_, segment) in enumerate(self.register.segments):
            best, where = np.zeros(self.limit), np.full(self.limit, 2**62, np.int64)
            finished &= look(
                segment.forward, segment.forward_nodes, segment.backward, segment.backward_nodes, segment.forward_of,
                (segment.row_of, segment.long_at, segment.long_codes, segment.combo, self.factors[number]), *self.asked,
                cut, PATIENCE, room.addresses, room.found, best, where, tally,
            )  # fmt: skip
            found += [(w, number, p) for w, p in zip(best.tolist(), where.tolist(), strict=True) if w > 0]
        found.sort(key=lambda f: (-f[0], f[1], f[2]))
        return Found(found[: self.limit], float(tally[MASS]), int(tally[WEIGHED]), bool(finished), int(tally[WORK]))


def _furnished() -> Room:
    ROOMS.room = Room()
    room: Room = ROOMS.room
    return room
