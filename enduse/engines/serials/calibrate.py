"""Does a probability mean what it says? Bins of what was claimed against what came true."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt

SURE = 1.959964
"""Standard deviations on either side that hold 95 % of a normal law."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Claims between `low` and `high`: how many, their mean, and the share that came true."""

    low: float
    high: float
    number: int
    claimed: float
    happened: float

    @property
    def interval(self) -> tuple[float, float]:
        """Where the true share lies, with 95 % confidence (Wilson's interval); anything where there are no claims."""
        if not self.number:
            return 0.0, 1.0
        spread = SURE**2 / self.number
        middle = (self.happened + spread / 2) / (1 + spread)
        half = sqrt(self.happened * (1 - self.happened) * spread + spread**2 / 4) / (1 + spread)
        return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True)
class Calibration:
    """Ten bins and the expected calibration error: the mean gap weighted by the number of claims."""

    bins: tuple[Bin, ...]
    error: float
    number: int

    def worst(self, at_least: int = 30) -> float:
        """The widest gap of a bin with enough claims to tell."""
        return max((abs(b.claimed - b.happened) for b in self.bins if b.number >= at_least), default=0.0)


def calibration(claims: Iterable[tuple[float, bool]], bins: int = 10) -> Calibration:
    """Claims are (probability, whether it was so)."""
    held: list[list[tuple[float, bool]]] = [[] for _ in range(bins)]
    for chance, true in claims:
        held[min(int(chance * bins), bins - 1)].append((chance, true))
    number = sum(map(len, held))
    found = tuple(
        Bin(
            k / bins, (k + 1) / bins, len(group),
            sum(c for c, _ in group) / len(group) if group else 0.0,
            sum(t for _, t in group) / len(group) if group else 0.0,
        )
        for k, group in enumerate(held)
    )  # fmt: skip
    error = sum(b.number * abs(b.claimed - b.happened) for b in found) / max(number, 1)
    return Calibration(found, error, number)
