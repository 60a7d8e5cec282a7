"""How the world answers a measure: each answer a prior range and a switch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Response:
    """A coefficient drawn uniformly between low and high in each future; switched off it is 0."""

    low: float
    high: float
    on: bool = True

    def __post_init__(self) -> None:
        if not 0 <= self.low <= self.high:
            raise ValueError(f"A response ranges from {self.low} to {self.high}: give 0 <= low <= high.")

    def draw(self, uniform: NDArray[np.float64]) -> NDArray[np.float64]:
        """Coefficients from uniforms, so that the same future has the same answer under every policy."""
        return np.asarray((self.low + (self.high - self.low) * uniform) * float(self.on))


@dataclass(frozen=True)
class Responses:
    """The answers of MODELS section 7. The ranges are assumptions to vary, wide because little is measured.

    substitution: share of a stopped delivery that another exporter makes good; to_straw_purchase: share of the guns averted
    that illicit demand finds by straw purchase instead; to_theft: relative rise of theft for a wholly missing supply;
    deterrence: fall of the log hazard of sale for a certain detection in a month (theft half as much); seizure: relative
    rise of the seizure rate of guns whose unit is counted by serial.
    """

    substitution: Response = Response(0.0, 0.6)
    to_straw_purchase: Response = Response(0.0, 0.7)
    to_theft: Response = Response(0.0, 0.3)
    deterrence: Response = Response(0.5, 4.0)
    seizure: Response = Response(0.0, 0.5)

    NAMES = ("substitution", "to_straw_purchase", "to_theft", "deterrence", "seizure")

    def __post_init__(self) -> None:
        for name in ("substitution", "to_straw_purchase"):
            if getattr(self, name).high > 1:
                raise ValueError(f"{name} is a share: give a high of at most 1.")

    def draw(self, futures: int, rng: np.random.Generator) -> NDArray[np.float64]:
        """(futures, 5) in the order of NAMES."""
        uniform = rng.random((futures, len(self.NAMES)))
        return np.stack([getattr(self, name).draw(uniform[:, i]) for i, name in enumerate(self.NAMES)], axis=1)

    @classmethod
    def none(cls) -> Responses:
        """Nobody answers: the measure's mechanical effect alone."""
        off = Response(0.0, 0.0, on=False)
        return cls(off, off, off, off, off)
