"""Serial numbers in general: which schemes a register shows, and how likely a gun outside it would bear these marks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from enduse.engines.serials.channel import Evidence
from enduse.engines.serials.symbols import FIRST_LETTER, LAST_LETTER, SYMBOLS, symbol_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

MOST_SCHEMES = 64
OWN = 0.2
"""The share of a shape's guns from which a first letter is a scheme of its own."""
SMOOTHING = 0.5


NOBODY = np.zeros(0, np.int64)


@dataclass(frozen=True)
class Scheme:
    """A shape of serials: how many guns have it, and how often each symbol stands at each place: (length, SYMBOLS).

    `members`: which of the serials that it was learnt from, by their place among them.
    """

    name: str
    guns: float
    counts: Floats
    members: NDArray[np.int64]


def shape_of(codes: Sequence[int]) -> str:
    """What a serial looks like: L for a letter, 9 for a digit, ~ for anything else."""
    return "".join("L" if FIRST_LETTER <= c <= LAST_LETTER else "9" if c < FIRST_LETTER else "~" for c in codes)


def learn_schemes(serials: Iterable[Sequence[int]], weight: float = 1.0) -> list[Scheme]:
    """The schemes of a sample of serials, each serial standing for `weight` guns.

    A scheme is a shape; within it a first letter that OWN of the shape's guns share is a scheme of its own, since a
    maker's letter goes with the maker's own numbering.
    """
    held = list(serials)
    by_shape: dict[str, list[int]] = {}
    for number, codes in enumerate(held):
        if codes:
            by_shape.setdefault(shape_of(codes), []).append(number)
    groups: dict[str, list[int]] = {}
    for shape, members in by_shape.items():
        firsts = Counter(held[k][0] for k in members) if shape[0] == "L" else Counter[int]()
        own = {c for c, guns in firsts.items() if guns >= OWN * len(members)}
        for k in members:
            groups.setdefault(f"{symbol_of(held[k][0])}{shape[1:]}" if held[k][0] in own else shape, []).append(k)
    largest = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))[:MOST_SCHEMES]
    found = []
    for name, members in largest:
        table = np.array([held[k] for k in members])
        counts = np.zeros((table.shape[1], SYMBOLS))
        for place in range(table.shape[1]):
            counts[place] = np.bincount(table[:, place], minlength=SYMBOLS) * weight
        found.append(Scheme(name, len(members) * weight, counts, np.array(members)))
    return found


def merge_schemes(groups: Iterable[Sequence[Scheme]]) -> list[Scheme]:
    """The schemes of several sets of guns taken together."""
    merged: dict[str, Scheme] = {}
    for scheme in (s for group in groups for s in group):
        had = merged.get(scheme.name)
        merged[scheme.name] = (
            scheme if had is None else Scheme(scheme.name, had.guns + scheme.guns, had.counts + scheme.counts, NOBODY)
        )
    return sorted(merged.values(), key=lambda s: (-s.guns, s.name))[:MOST_SCHEMES]


@dataclass(frozen=True)
class SerialsInGeneral:
    """The chance of marks on a gun of which nothing is known but that guns like the register's exist.

    `weights` (schemes,), of the schemes known and of those of strange serials each 1 together; `lengths` (schemes,); the schemes'
    places stand one after the other; `shares` (all places, SYMBOLS): the chance that a place holds a symbol, `letters`, `zeros`
    (all places,): a letter, a zero; `usual` (SYMBOLS,): symbols over all places. `names` are those of the first schemes; the last are those of strange
    serials and have none.
    """

    names: tuple[str, ...]
    weights: Floats
    lengths: NDArray[np.int64]
    shares: Floats
    letters: Floats
    zeros: Floats
    usual: Floats

    @classmethod
    def of(cls, schemes: Sequence[Scheme]) -> SerialsInGeneral:
        total = sum(s.guns for s in schemes) or 1.0
        weights = [s.guns / total for s in schemes]
        shares = [_smoothed(s.counts) for s in schemes]
        lengths = range(4, 13)
        flat = np.ones(SYMBOLS)
        flat[[0, SYMBOLS - 1]] = 0
        flat[1:FIRST_LETTER] = 3.0
        weights += [1.0 / len(lengths)] * len(lengths)
        shares += [np.tile(flat / flat.sum(), (n, 1)) for n in lengths]
        joined = np.concatenate(shares)
        letters = joined[:, FIRST_LETTER : LAST_LETTER + 1].sum(axis=1)
        lengths_of = np.array([len(s) for s in shares])
        known = len(schemes) or len(weights)
        usual = np.repeat([w if k < known else 0.0 for k, w in enumerate(weights)], lengths_of) @ joined
        return cls(tuple(s.name for s in schemes), np.array(weights), lengths_of, joined, letters, joined[:, 1].copy(), usual / usual.sum())

    def likelihood(self, given: Evidence, strange: float) -> float:
        """P(marks | a gun that is not in the register)."""
        return float(self.likelihoods(given, strange).sum())

    def likelihoods(self, given: Evidence, strange: float) -> Floats:
        """P(marks and the scheme | a gun that is not in the register), by scheme; `strange` of such guns follow no scheme known."""
        from enduse.engines.serials.weighing import in_general

        n = given.length
        lines = given.packed[:SYMBOLS, :n]
        read = (self.shares @ np.hstack([lines * given.right[:SYMBOLS, :n], lines])).reshape(-1, 2, n)
        found: Floats = in_general(
            read, self.letters, self.zeros, self.lengths, self.weights, given.packed, given.packed_rates, given.right, given.levels
        )
        known = len(self.names)
        found[:known] *= 1 - strange
        found[known:] *= strange if known else 1.0
        return found


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
