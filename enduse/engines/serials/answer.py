"""What a search answers: guns with a probability each, and one for none of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from enduse.engines.serials.explain import Reason, Step, reasons_of

FLOOR = 1e-3
"""A gun this much less likely than the likeliest answer is no candidate."""


@dataclass(frozen=True, slots=True)
class Gun:
    """A firearm as the register holds it; `key` is the application's own id. '' and None mean not recorded."""

    key: int
    serial: str
    make: str = ""
    model: str = ""
    type: str = ""
    calibre: str = ""
    year: int | None = None


Explain = Callable[[int, str], tuple[tuple[Step, ...], tuple[Reason, ...]]]
"""What a search leaves with all its candidates: the way from the serial of a row to the marks, and what the attributes say."""


@dataclass(frozen=True)
class Candidate:
    """One gun that the marks may come from; `row` is its place in the order of entry, from 0."""

    row: int
    key: int
    serial: str
    probability: float
    explain: Explain = field(repr=False, compare=False)

    @cached_property
    def _why(self) -> tuple[tuple[Step, ...], tuple[Reason, ...]]:
        return self.explain(self.row, self.serial)

    @property
    def alignment(self) -> tuple[Step, ...]:
        """The serial laid under the marks, column by column; worked out when first asked for."""
        return self._why[0]

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """What speaks for and against it: every column that is not plain agreement, then the attributes."""
        return reasons_of(self._why[0]) + self._why[1]


@dataclass(frozen=True)
class Candidates:
    """The likeliest guns, best first, and the chance that the register holds none of them.

    `considered`: guns whose serial was weighed; `exact`: nothing that could matter was left unlooked at.
    """

    items: tuple[Candidate, ...]
    none_probability: float
    considered: int = 0
    exact: bool = True

    @property
    def other_probability(self) -> float:
        """The chance that it is a gun of the register that is not listed."""
        return max(0.0, 1.0 - self.none_probability - sum(c.probability for c in self.items))
