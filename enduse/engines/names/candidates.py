"""Which listed entities could reach a score at all: an estimate of the scorer's name score that errs upwards.

For each name of the party and each listed name: the mean of how well each part of the party's name is found (same
symbol, same or similar word, two words written as one), weighted as the scorer weighs parts; unmatched parts of either
side count as they do there. Word order and double use of a part are left out, which can only raise the estimate.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from enduse.engines.names.store import Array
from enduse.engines.names.vocabulary import Ints, Postings, Vocabulary, key_of

if TYPE_CHECKING:
    from enduse.engines.names.surfaces import Piece, Surface

Floats = NDArray[np.float32]
FULL = 0.9999


@dataclass(frozen=True, slots=True)
class NameTable:
    """Every listed name: its entity, the weight of its parts if none is matched, whether a longer name contains it."""

    entity: Array
    extra: Array
    contained: Array


class Candidates:
    """The names of all lists, by word and by symbol."""

    def __init__(self, table: NameTable, words: Vocabulary, by_word: Postings, by_symbol: Postings) -> None:
        self.table, self.words, self.by_word, self.by_symbol = table, words, by_word, by_symbol
        self.alike = lru_cache(maxsize=20_000)(self._alike)

    @classmethod
    def build(cls, surfaces: Iterable[tuple[int, Surface]]) -> Candidates:
        """From (entity number, name) pairs."""
        entity, extra, contained = [], [], []
        word_pairs: list[tuple[str, int]] = []
        symbol_pairs: list[tuple[int, int]] = []
        for name, (number, surface) in enumerate(surfaces):
            entity.append(number)
            extra.append(sum(piece.extra for piece in surface.pieces) if len(surface.pieces) > 1 else 0.0)
            contained.append(surface.contained)
            word_pairs.extend((word, name) for word in words_of(surface.pieces))
            symbol_pairs.extend((key_of(found[0]), name) for piece in surface.pieces for found in piece.symbols)
        words = sorted({word for word, _ in word_pairs})
        number_of = {word: number for number, word in enumerate(words)}
        table = NameTable(np.array(entity, dtype=np.int32), np.array(extra, dtype=np.float32), np.array(contained, dtype=np.bool_))
        by_word = Postings.build((number_of[word], name) for word, name in word_pairs)
        return cls(table, Vocabulary.build(words), by_word, Postings.build(symbol_pairs))

    def estimate(self, surfaces: Sequence[Surface], least: float) -> tuple[Ints, Floats]:
        """Entity numbers whose estimate is at least `least`, and the estimates."""
        best = np.zeros(len(self.table.entity), dtype=np.float32)
        for surface in surfaces:
            found = self.estimate_name(surface.pieces)
            found[self.table.contained & (found < FULL)] = 0.0
            if surface.contained:
                found[found < FULL] = 0.0
            np.maximum(best, found, out=best)
        names = np.flatnonzero(best >= least)
        scores = best[names]
        order = np.argsort(scores, kind="stable")
        entities, last = np.unique(self.table.entity[names][order][::-1], return_index=True)
        return entities.astype(np.int64), scores[order][::-1][last]

    def estimate_name(self, pieces: Sequence[Piece]) -> Floats:
        """One name of the party against every listed name."""
        count = len(self.table.entity)
        score = np.zeros((len(pieces), count), dtype=np.float32)
        weight = np.zeros((len(pieces), count), dtype=np.float32)
        for at, piece in enumerate(pieces):
            for symbol, symbol_score, symbol_weight in sorted(piece.symbols, key=lambda found: found[1]):
                names = self.by_symbol.find(key_of(symbol))
                score[at, names] = symbol_score
                weight[at, names] = symbol_weight
        self.add_words(pieces, score, weight)
        total = np.zeros(count, dtype=np.float32)
        mass = self.table.extra.astype(np.float32)
        for at, piece in enumerate(pieces):
            if piece.initial:
                np.maximum(score[at], 0.9, out=score[at])
                np.maximum(weight[at], 0.5, out=weight[at])
            matched = weight[at] > 0
            total += score[at] * weight[at]
            mass += np.where(matched, weight[at] - 0.2, piece.extra)
        floor = np.where(score > 0, weight, 0).sum(axis=0)
        np.maximum(mass, floor, out=mass)
        return np.divide(total, mass, out=np.zeros_like(total), where=mass > 0)

    def add_words(self, pieces: Sequence[Piece], score: Floats, weight: Floats) -> None:
        """Raise the scores of listed names that hold a part's word, or two neighbouring parts as one word."""
        for at, piece in enumerate(pieces):
            self.raise_scores((at,), piece.text, pieces, score, weight)
        for at in range(len(pieces) - 1):
            self.raise_scores((at, at + 1), pieces[at].text + pieces[at + 1].text, pieces, score, weight)

    def raise_scores(self, rows: tuple[int, ...], word: str, pieces: Sequence[Piece], score: Floats, weight: Floats) -> None:
        names, likenesses = self.alike(word)
        for row in rows:
            better = likenesses > score[row, names]
            score[row, names[better]] = likenesses[better]
            weight[row, names[better]] = pieces[row].weight

    def _alike(self, word: str) -> tuple[Ints, Floats]:
        """Names that hold a word like this one, each once with its best likeness."""
        from enduse.engines.names.surfaces import likeness

        numbers, scores = self.words.alike(word, likeness)
        lists = [self.by_word.find(int(number)) for number in numbers]
        names = np.concatenate(lists) if lists else np.empty(0, dtype=np.int64)
        repeated = np.repeat(scores, [len(found) for found in lists]) if lists else np.empty(0, dtype=np.float32)
        unique, last = np.unique(names[::-1], return_index=True)
        return unique.astype(np.int64), repeated[::-1][last]

    def arrays(self) -> dict[str, Array]:
        return {
            "names.entity": self.table.entity,
            "names.extra": self.table.extra,
            "names.contained": self.table.contained,
            **self.words.arrays("words"),
            **self.by_word.arrays("by_word"),
            **self.by_symbol.arrays("by_symbol"),
        }

    @classmethod
    def from_arrays(cls, arrays: dict[str, Array]) -> Candidates:
        table = NameTable(arrays["names.entity"], arrays["names.extra"], arrays["names.contained"])
        return cls(
            table,
            Vocabulary.from_arrays("words", arrays),
            Postings.from_arrays("by_word", arrays),
            Postings.from_arrays("by_symbol", arrays),
        )


def words_of(pieces: Sequence[Piece]) -> set[str]:
    """The words of a listed name, and each two neighbours as one word."""
    texts = [piece.text for piece in pieces]
    return {*texts, *(left + right for left, right in pairwise(texts))}
