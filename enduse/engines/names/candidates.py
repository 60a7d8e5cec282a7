"""Which listed entities could reach a score at all: an estimate of the scorer's name score, in two steps.

For each name of the party and each listed name: the mean of how well each part of the party's name is found (same
symbol, same or similar word, two words written as one), weighted as the scorer weighs parts; unmatched parts of either
side count as they do there. The first step takes likeness of words from shared pairs of letters, for all listed names
at once, and errs upwards. The second compares the words of the few names left as the scorer does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from enduse.engines.names.store import Array
from enduse.engines.names.vocabulary import SHORTEST_FUZZY, Floats, Ints, Postings, Vocabulary, key_of

if TYPE_CHECKING:
    from rigour.names import NamePart

    from enduse.engines.names.surfaces import Piece, Surface

FULL = 0.9999
SETTLED = 0.75
LEAST_DICE = 0.42
LEAST_OBJECT_DICE = 0.5
LISTED_EXTRA = 0.2


@dataclass(frozen=True, slots=True)
class NameTable:
    """Every listed name: its entity, what its parts weigh where none is matched, whether a longer name contains it,
    whether it is a person's, and its words in order (`words` from `starts[n]` to `starts[n + 1]`)."""

    entity: Array
    extra: Array
    contained: Array
    person: Array
    starts: Array
    words: Array

    def arrays(self) -> dict[str, Array]:
        return {f"names.{field}": getattr(self, field) for field in self.__slots__}

    @classmethod
    def from_arrays(cls, arrays: dict[str, Array]) -> NameTable:
        return cls(*(arrays[f"names.{field}"] for field in cls.__slots__))


@dataclass(slots=True)
class Evidence:
    """For each part of one name of the party (rows) and each listed name: how well it is found and with what weight.
    `certain` holds symbols and equal words alone."""

    certain: Floats
    score: Floats
    weight: Floats


class Candidates:
    """The names of all lists, by word and by symbol."""

    def __init__(self, table: NameTable, words: Vocabulary, by_word: Postings, by_symbol: Postings) -> None:
        self.table, self.words, self.by_word, self.by_symbol = table, words, by_word, by_symbol
        self.alike = lru_cache(maxsize=20_000)(self._alike)
        self.same = lru_cache(maxsize=20_000)(self._same)
        self.parts = lru_cache(maxsize=50_000)(self._parts)

    @classmethod
    def build(cls, surfaces: Iterable[tuple[int, Surface]]) -> Candidates:
        """From (entity number, name) pairs."""
        named = list(surfaces)
        found = {word for _, surface in named for word in words_of(surface.pieces)}
        words = sorted(found)
        number_of = {word: number for number, word in enumerate(words)}
        by_word = Postings.build(
            (number_of[word], name) for name, (_, surface) in enumerate(named) for word in words_of(surface.pieces)
        )
        by_symbol = Postings.build(
            (key_of(symbol), name)
            for name, (_, surface) in enumerate(named)
            for piece in surface.pieces
            for symbol, _, _ in piece.symbols
        )
        sizes = [len(surface.pieces) for _, surface in named]
        table = NameTable(
            entity=np.array([number for number, _ in named], dtype=np.int32),
            extra=np.array([extra_of(surface.pieces) for _, surface in named], dtype=np.float32),
            contained=np.array([surface.contained for _, surface in named], dtype=np.bool_),
            person=np.array([surface.person for _, surface in named], dtype=np.bool_),
            starts=np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)]),
            words=np.array([number_of[piece.text] for _, found in named for piece in found.pieces], dtype=np.int32),
        )
        return cls(table, Vocabulary.build(words), by_word, by_symbol)

    def estimate(self, surfaces: Sequence[Surface], least: Floats) -> tuple[Ints, Floats]:
        """Entity numbers whose estimate reaches what `least` asks of each entity, and the estimates."""
        asked = least[self.table.entity]
        best = np.zeros(len(self.table.entity), dtype=np.float32)
        for surface in surfaces:
            evidence = self.evidence(surface.pieces)
            rough = self.rough(surface.pieces, evidence)
            rough[(self.table.contained | surface.contained) & (rough < FULL)] = 0.0
            for name in np.flatnonzero((rough >= asked) & (rough > best)):
                sharp = self.sharp(surface, evidence, int(name), float(rough[name]))
                best[name] = max(best[name], sharp)
        names = np.flatnonzero(best >= asked)
        scores = best[names]
        order = np.argsort(-scores, kind="stable")
        entities, first = np.unique(self.table.entity[names][order], return_index=True)
        return entities.astype(np.int64), scores[order][first]

    def evidence(self, pieces: Sequence[Piece]) -> Evidence:
        """One name of the party against every listed name."""
        shape = (len(pieces), len(self.table.entity))
        score = np.zeros(shape, dtype=np.float32)
        weight = np.zeros(shape, dtype=np.float32)
        for at, piece in enumerate(pieces):
            for symbol, symbol_score, symbol_weight in sorted(piece.symbols, key=lambda found: found[1]):
                names = self.by_symbol.find(key_of(symbol))
                score[at, names] = symbol_score
                weight[at, names] = symbol_weight
            names = self.same(piece.text)
            score[at, names] = 1.0
            weight[at, names] = piece.weight
        found = Evidence(score.copy(), score, weight)
        for at, piece in enumerate(pieces):
            raise_scores(found, at, piece, *self.alike(piece.text))
        for at, (left, right) in enumerate(pairwise(pieces)):
            names, likenesses = self.alike(left.text + right.text)
            raise_scores(found, at, left, names, likenesses)
            raise_scores(found, at + 1, right, names, likenesses)
        return found

    def rough(self, pieces: Sequence[Piece], evidence: Evidence) -> Floats:
        """The estimate for every listed name."""
        total = (evidence.score * evidence.weight).sum(axis=0)
        matched = evidence.weight > 0
        extras = np.array([[piece.extra] for piece in pieces], dtype=np.float32)
        left_over = np.maximum(self.table.extra - LISTED_EXTRA * matched.sum(axis=0), 0.0)
        mass = np.where(matched, evidence.weight, extras).sum(axis=0) + left_over
        found: Floats = np.divide(total, mass, out=np.zeros_like(total), where=mass > 0)
        return found

    def sharp(self, surface: Surface, evidence: Evidence, name: int, rough: float) -> float:
        """The estimate for one listed name, its similar words compared by the scorer: word by word and as a whole."""
        from enduse.engines.names.surfaces import likeness, part_of, residue_scores

        pieces, certain = surface.pieces, evidence.certain[:, name]
        open_rows = [at for at in range(len(pieces)) if certain[at] < SETTLED]
        if not open_rows or rough >= FULL or pieces[0].whole:
            return rough
        paired = {at for at, piece in enumerate(pieces) if piece.symbols and at not in open_rows}
        texts = {pieces[at].text for at in paired}
        listed = [part for part in self.parts(name) if part.comparable not in texts]
        found: list[tuple[tuple[int, ...], int, float]] = [
            ((at,), 1, likeness(pieces[at].text, part.comparable))
            for at in open_rows
            for part in listed
            if len(pieces[at].text) >= SHORTEST_FUZZY <= len(part.comparable)
        ]
        residue = [part_of(piece.text, at) for at, piece in enumerate(pieces) if at not in paired]
        found += residue_scores(residue, listed, person=surface.person or bool(self.table.person[name]))
        scores = certain.tolist()
        weights = [weight if scores[at] else 0.0 for at, weight in enumerate(evidence.weight[:, name].tolist())]
        joined = 0
        for group, count, score in found:
            joined = max(joined, count - len(group))
            for at in group:
                if score > scores[at]:
                    scores[at], weights[at] = score, pieces[at].weight
        total = sum(score * weight for score, weight in zip(scores, weights, strict=True))
        mass = sum(weight or piece.extra for weight, piece in zip(weights, pieces, strict=True))
        taken = joined + sum(weight > 0 for weight in weights)
        mass += max(0.0, float(self.table.extra[name]) - LISTED_EXTRA * taken)
        return total / mass if mass > 0 else 0.0

    def _same(self, word: str) -> Array:
        numbers = self.words.same(word)
        return self.by_word.find(int(numbers[0])) if len(numbers) else np.empty(0, dtype=np.int32)

    def _alike(self, word: str) -> tuple[Ints, Floats]:
        """Names that hold a word like this one, each once with its best likeness."""
        numbers, likenesses = self.likely_words(word)
        if not len(numbers):
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
        order = np.argsort(-likenesses, kind="stable")
        held, sizes = self.by_word.gather(numbers[order])
        repeated = np.repeat(likenesses[order], sizes)
        names, first = np.unique(held, return_index=True)
        return names.astype(np.int64), repeated[first]

    def likely_words(self, word: str) -> tuple[Ints, Floats]:
        """Similar words; a ship's or aircraft's whole name is compared by the scorer at once."""
        from enduse.engines.names.surfaces import OBJECT_MARK, object_likeness

        if not word.startswith(OBJECT_MARK):
            return self.words.alike(word, LEAST_DICE)
        numbers, _ = self.words.alike(word, LEAST_OBJECT_DICE)
        others = (self.words.words[int(number)] for number in numbers)
        scores = [object_likeness(word, other) if other.startswith(OBJECT_MARK) else 0.0 for other in others]
        likenesses = np.array(scores, dtype=np.float32)
        return numbers[likenesses > 0], likenesses[likenesses > 0]

    def _parts(self, name: int) -> list[NamePart]:
        from enduse.engines.names.surfaces import part_of

        numbers = self.table.words[self.table.starts[name] : self.table.starts[name + 1]]
        return [part_of(self.words.words[int(number)], at) for at, number in enumerate(numbers)]

    def arrays(self) -> dict[str, Array]:
        return {
            **self.table.arrays(),
            **self.words.arrays("words"),
            **self.by_word.arrays("by_word"),
            **self.by_symbol.arrays("by_symbol"),
        }

    @classmethod
    def from_arrays(cls, arrays: dict[str, Array]) -> Candidates:
        return cls(
            NameTable.from_arrays(arrays),
            Vocabulary.from_arrays("words", arrays),
            Postings.from_arrays("by_word", arrays),
            Postings.from_arrays("by_symbol", arrays),
        )


def raise_scores(evidence: Evidence, at: int, piece: Piece, names: Ints, likenesses: Floats) -> None:
    better = likenesses > evidence.score[at, names]
    evidence.score[at, names[better]] = likenesses[better]
    evidence.weight[at, names[better]] = piece.weight


def extra_of(pieces: Sequence[Piece]) -> float:
    """What a listed name's parts weigh where nothing matches them."""
    return sum(piece.extra for piece in pieces)


def words_of(pieces: Sequence[Piece]) -> set[str]:
    """The words of a listed name, and each two neighbours as one word."""
    texts = [piece.text for piece in pieces]
    return {*texts, *(left + right for left, right in pairwise(texts))}
