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
from enduse.engines.names.vocabulary import Floats, Ints, Postings, Vocabulary, key_of

if TYPE_CHECKING:
    from rigour.names import NamePart

    from enduse.engines.names.surfaces import Piece, Surface

FULL = 0.9999
SETTLED = 0.75
LEAST_DICE = 0.42
LEAST_OBJECT_DICE = 0.5
LISTED_EXTRA = 0.2
NO_NAMES = np.empty(0, dtype=np.int64)
NO_LIKENESS = np.empty(0, dtype=np.float32)


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
    `certain` holds symbols and equal words alone, `sure` words that the scorer finds alike too."""

    certain: Floats
    sure: Floats
    score: Floats
    weight: Floats


@dataclass(frozen=True, slots=True)
class Likely:
    """Names with a word that the scorer finds alike, and names with a word that only shares letters: those count where
    another part of the name is found too, as the scorer may find a likeness across several words."""

    names: Ints
    likenesses: Floats
    doubtful_names: Ints
    doubtful_likenesses: Floats


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
        self.count_once(pieces, score, weight)
        found = Evidence(score.copy(), score, score, weight)
        doubtful: list[tuple[int, Piece, Ints, Floats]] = []
        texts = [(piece.text, [(at, piece)]) for at, piece in enumerate(pieces)]
        texts += [(left.text + right.text, [(at, left), (at + 1, right)]) for at, (left, right) in enumerate(pairwise(pieces))]
        for text, places in texts:
            likely = self.alike(text)
            for at, piece in places:
                raise_scores(found, at, piece, likely.names, likely.likenesses)
                doubtful.append((at, piece, likely.doubtful_names, likely.doubtful_likenesses))
        found.sure = score.copy()
        beside = np.any(found.score > 0, axis=0, keepdims=True)[0]
        for at, piece, names, likenesses in doubtful:
            open_names = beside[names] & (found.certain[at, names] == 0)
            raise_scores(found, at, piece, names[open_names], likenesses[open_names])
        return found

    def count_once(self, pieces: Sequence[Piece], score: Floats, weight: Floats) -> None:
        """Of several parts with one symbol (`FZE LIMITED`), no more are found than the listed name has parts with it."""
        for symbol, rows in repeated(pieces).items():
            held = np.zeros(score.shape[1], dtype=np.int8)
            for turn in range(1, len(rows) + 1):
                held[self.by_symbol.find(key_of(f"{symbol}#{turn}"))] += 1
            names = np.flatnonzero((held > 0) & ((score[rows] > 0).sum(axis=0) > held))
            block = np.ix_(np.array(rows), names)
            order = np.argsort(-score[block] * weight[block], axis=0, kind="stable")
            lost = np.argsort(order, axis=0) >= held[names]
            score[block] = np.where(lost, 0.0, score[block])
            weight[block] = np.where(lost, 0.0, weight[block])

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
        from enduse.engines.names.surfaces import part_of, residue_scores

        pieces, certain = surface.pieces, evidence.certain[:, name]
        open_rows = [at for at in range(len(pieces)) if certain[at] < SETTLED]
        if not open_rows or rough >= FULL or pieces[0].whole:
            return rough
        paired = {at for at, piece in enumerate(pieces) if piece.symbols and at not in open_rows}
        texts = {pieces[at].text for at in paired}
        listed = [part for part in self.parts(name) if part.comparable not in texts]
        residue = [part_of(piece.text, at) for at, piece in enumerate(pieces) if at not in paired]
        found = residue_scores(residue, listed, person=surface.person or bool(self.table.person[name]))
        scores = evidence.sure[:, name].tolist()
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

    def _alike(self, word: str) -> Likely:
        """Names that hold a word like this one, each once with its best likeness."""
        from enduse.engines.names.surfaces import OBJECT_MARK, likeness, object_likeness

        if word.startswith(OBJECT_MARK):
            numbers, _ = self.words.alike(word, LEAST_OBJECT_DICE)
            others = [self.words.listed[number] for number in numbers]
            scores = [object_likeness(word, other) if other.startswith(OBJECT_MARK) else 0.0 for other in others]
            return Likely(*self.names_with(numbers, np.array(scores, dtype=np.float32)), NO_NAMES, NO_LIKENESS)
        numbers, rough = self.words.alike(word, LEAST_DICE)
        near = self.words.near(word, numbers)
        numbers, rough = numbers[near], rough[near]
        asked = self.words.may_be_alike(word, numbers)
        found = np.zeros(len(numbers), dtype=np.float32)
        found[asked] = [likeness(word, self.words.listed[number]) for number in numbers[asked]]
        return Likely(*self.names_with(numbers, found), *self.names_with(numbers, rough))

    def names_with(self, numbers: Ints, likenesses: Floats) -> tuple[Ints, Floats]:
        """The names that hold these words, each once with the best likeness above nothing."""
        numbers, likenesses = numbers[likenesses > 0], likenesses[likenesses > 0]
        if not len(numbers):
            return NO_NAMES, NO_LIKENESS
        order = np.argsort(-likenesses, kind="stable")
        held, sizes = self.by_word.gather(numbers[order])
        repeated_likeness = np.repeat(likenesses[order], sizes)
        names, first = np.unique(held, return_index=True)
        return names.astype(np.int64), repeated_likeness[first]

    def _parts(self, name: int) -> list[NamePart]:
        from enduse.engines.names.surfaces import part_of

        numbers = self.table.words[self.table.starts[name] : self.table.starts[name + 1]]
        return [part_of(self.words.listed[number], at) for at, number in enumerate(numbers)]

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


def repeated(pieces: Sequence[Piece]) -> dict[str, list[int]]:
    """The symbols that several parts have, each as its only one and in a turn of its own, with those parts' places."""
    rows: dict[str, list[int]] = {}
    for at, piece in enumerate(pieces):
        if len(piece.symbols) == 1:
            rows.setdefault(piece.symbols[0][0].rpartition("#")[0], []).append(at)
    return {symbol: held for symbol, held in rows.items() if len({pieces[at].symbols[0][0] for at in held}) == len(held) > 1}


def extra_of(pieces: Sequence[Piece]) -> float:
    """What a listed name's parts weigh where nothing matches them."""
    return sum(piece.extra for piece in pieces)


def words_of(pieces: Sequence[Piece]) -> set[str]:
    """The words of a listed name, and each two neighbours as one word."""
    texts = [piece.text for piece in pieces]
    return {*texts, *(left + right for left, right in pairwise(texts))}
