"""Drawing a sample that anybody can draw again: from the population and the seed alone."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from hashlib import sha256


def new_seed() -> int:
    """A seed that nobody chose (53 bits: what JSON carries exactly)."""
    return secrets.randbits(53)


def draw(population: Sequence[int], size: int, *, seed: int) -> list[int]:
    """`size` ids, each as likely as any other: those whose SHA-256 of 'seed:id' is smallest, in that order.

    A hash instead of a generator: the draw can be repeated in any language, whatever the order of the population.
    """
    return sorted(set(population), key=lambda one: sha256(f"{seed}:{one}".encode()).digest())[:size]
