"""Serial numbers in general: which schemes a register shows, and how likely a gun outside it would bear these marks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from enduse.engines.serials.channel import Evidence
from enduse.engines.serials.symbols import FIRST_LETTER, LAST_LETTER, SYMBOLS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

MOST_SCHEMES = 64
STRANGE = 0.02
"""The share of guns elsewhere whose serial follows none of the register's schemes."""
SMOOTHING = 0.5


@dataclass(frozen=True)
class Scheme:
    """A shape of serials: how many guns have it, and how often each symbol stands at each place: (length, SYMBOLS)."""

    name: str
    guns: float
    counts: Floats


def shape_of(codes: Sequence[int]) -> str:
    """The scheme a serial follows: its first letter as it is, then L for letters, 9 for digits."""
    classes = ["L" if FIRST_LETTER <= c <= LAST_LETTER else "9" for c in codes]
    if codes and classes[0] == "L":
        classes[0] = f"L{codes[0]}."
    return "".join(classes)


def learn_schemes(serials: Iterable[Sequence[int]], weight: float = 1.0) -> list[Scheme]:
    """The schemes of a sample of serials, each serial standing for `weight` guns."""
    by_shape: dict[str, list[Sequence[int]]] = {}
    for codes in serials:
        if codes:
            by_shape.setdefault(shape_of(codes), []).append(codes)
    largest = sorted(by_shape.items(), key=lambda item: (-len(item[1]), item[0]))[:MOST_SCHEMES]
    found = []
    for name, members in largest:
        table = np.array(members)
        counts = np.zeros((table.shape[1], SYMBOLS))
        for place in range(table.shape[1]):
            counts[place] = np.bincount(table[:, place], minlength=SYMBOLS) * weight
        found.append(Scheme(name, len(members) * weight, counts))
    return found


def merge_schemes(groups: Iterable[Sequence[Scheme]]) -> list[Scheme]:
    """The schemes of several sets of guns taken together."""
    merged: dict[str, Scheme] = {}
    for scheme in (s for group in groups for s in group):
        had = merged.get(scheme.name)
        merged[scheme.name] = (
            scheme if had is None else Scheme(scheme.name, had.guns + scheme.guns, had.counts + scheme.counts)
        )
    return sorted(merged.values(), key=lambda s: (-s.guns, s.name))[:MOST_SCHEMES]


@dataclass(frozen=True)
class SerialsInGeneral:
    """The chance of marks on a gun of which nothing is known but that guns like the register's exist.

    `weights`, `lengths` (schemes,); `shares` (all places, SYMBOLS), the schemes' places one after the other; `letters`,
    `zeros` (all places,): the chance that a place holds one; `usual` (SYMBOLS,): symbols over all
    places. The last schemes are those of strange serials.
    """

    weights: Floats
    lengths: NDArray[np.int64]
    shares: Floats
    letters: Floats
    zeros: Floats
    usual: Floats

    @classmethod
    def of(cls, schemes: Sequence[Scheme]) -> SerialsInGeneral:
        total = sum(s.guns for s in schemes) or 1.0
        weights = [(1 - STRANGE) * s.guns / total for s in schemes]
        shares = [_smoothed(s.counts) for s in schemes]
        lengths = range(4, 13)
        flat = np.ones(SYMBOLS)
        flat[[0, SYMBOLS - 1]] = 0
        flat[1:FIRST_LETTER] = 3.0
        weights += [(STRANGE if schemes else 1.0) / len(lengths)] * len(lengths)
        shares += [np.tile(flat / flat.sum(), (n, 1)) for n in lengths]
        joined = np.concatenate(shares)
        letters = joined[:, FIRST_LETTER : LAST_LETTER + 1].sum(axis=1)
        lengths_of = np.array([len(s) for s in shares])
        usual = np.repeat(weights, lengths_of) @ joined
        return cls(np.array(weights), lengths_of, joined, letters, joined[:, 1].copy(), usual / usual.sum())

    def likelihood(self, given: Evidence) -> float:
        """P(marks | a gun that is not in the register)."""
        from enduse.engines.serials.weighing import in_general

        n = given.length
        right = given.right[:SYMBOLS, :n]
        lines = given.packed[:SYMBOLS, :n]
        across, clean = self.shares @ (lines * (1 - right)), self.shares @ (lines * right)
        return float(
            in_general(
                across, clean, self.letters, self.zeros, self.lengths, self.weights,
                given.packed, given.packed_rates, given.right, given.more,
            )
        )  # fmt: skip


def _smoothed(counts: Floats) -> Floats:
    """Each place's symbols as shares; a symbol of a kind seen there keeps a chance."""
    kinds = np.zeros_like(counts)
    kinds[:, 1:FIRST_LETTER] = (counts[:, 1:FIRST_LETTER].sum(axis=1, keepdims=True) > 0) * SMOOTHING
    kinds[:, FIRST_LETTER : LAST_LETTER + 1] = (
        counts[:, FIRST_LETTER : LAST_LETTER + 1].sum(axis=1, keepdims=True) > 0
    ) * SMOOTHING
    smooth = counts + kinds
    smooth[:, 0] = 0
    total = smooth.sum(axis=1, keepdims=True)
    return np.where(total > 0, smooth / np.maximum(total, 1e-12), 0.0)
