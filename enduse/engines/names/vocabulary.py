"""Words of all listed names, found by spelling: in full or by the pairs of letters they share."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from enduse.engines.names.store import Array

SHORTEST_FUZZY = 4
Ints = NDArray[np.int64]
Floats = NDArray[np.float32]


def key_of(text: str) -> int:
    """A stable 63-bit key of a text."""
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little") >> 1


class Postings:
    """Texts to sorted numbers, by the texts' keys: three flat arrays `keys`, `starts`, `values`."""

    def __init__(self, keys: Array, starts: Array, values: Array) -> None:
        self.keys, self.starts, self.values = keys, starts, values

    @classmethod
    def build(cls, pairs: Iterable[tuple[int, int]]) -> Postings:
        """From (key, number) pairs in any order; duplicates are dropped."""
        table = np.array(sorted(set(pairs)), dtype=np.int64).reshape(-1, 2)
        keys, first = np.unique(table[:, 0], return_index=True)
        starts = np.append(first, len(table)).astype(np.int64)
        return cls(keys, starts, table[:, 1].astype(np.int32))

    def find(self, key: int) -> Array:
        at = int(np.searchsorted(self.keys, key))
        if at == len(self.keys) or self.keys[at] != key:
            return self.values[:0]
        return self.values[self.starts[at] : self.starts[at + 1]]

    def gather(self, keys: Ints) -> tuple[Array, Ints]:
        """The numbers of several keys that are all there, end to end, and how many each key has."""
        at = np.searchsorted(self.keys, keys)
        sizes = self.starts[at + 1] - self.starts[at]
        skipped = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        inside = np.arange(int(sizes.sum())) - np.repeat(skipped, sizes)
        return self.values[np.repeat(self.starts[at], sizes) + inside], sizes

    def arrays(self, name: str) -> dict[str, Array]:
        return {f"{name}.keys": self.keys, f"{name}.starts": self.starts, f"{name}.values": self.values}

    @classmethod
    def from_arrays(cls, name: str, arrays: dict[str, Array]) -> Postings:
        return cls(arrays[f"{name}.keys"], arrays[f"{name}.starts"], arrays[f"{name}.values"])


class Texts:
    """Many texts in one array of UTF-8 bytes."""

    def __init__(self, blob: Array, ends: Array) -> None:
        self.blob, self.ends = blob, ends

    @classmethod
    def build(cls, texts: Sequence[str]) -> Texts:
        encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
        ends = np.cumsum([len(part) for part in encoded], dtype=np.int64)
        return cls(np.frombuffer(b"".join(encoded), dtype=np.uint8), ends)

    def __len__(self) -> int:
        return len(self.ends)

    def __getitem__(self, number: int) -> str:
        start = int(self.ends[number - 1]) if number else 0
        return self.blob[start : int(self.ends[number])].tobytes().decode("utf-8", "surrogatepass")

    def arrays(self, name: str) -> dict[str, Array]:
        return {f"{name}.blob": self.blob, f"{name}.ends": self.ends}

    @classmethod
    def from_arrays(cls, name: str, arrays: dict[str, Array]) -> Texts:
        return cls(arrays[f"{name}.blob"], arrays[f"{name}.ends"])


class Vocabulary:
    """Distinct words, numbered in order of their text."""

    def __init__(self, words: Texts, exact: Postings, grams: Postings, sizes: Array) -> None:
        self.words, self.exact, self.grams, self.sizes = words, exact, grams, sizes

    @classmethod
    def build(cls, words: Sequence[str]) -> Vocabulary:
        """From distinct, sorted words."""
        exact = Postings.build((key_of(word), number) for number, word in enumerate(words))
        grams = [letter_pairs(word) for word in words]
        pairs = ((gram, number) for number, found in enumerate(grams) for gram in found)
        sizes = np.array([len(found) for found in grams], dtype=np.int16)
        return cls(Texts.build(words), exact, Postings.build(pairs), sizes)

    def same(self, word: str) -> Ints:
        """The number of this very word, or none."""
        found = [int(number) for number in self.exact.find(key_of(word)) if self.words[int(number)] == word]
        return np.array(found, dtype=np.int64)

    def alike(self, word: str, least_dice: float) -> tuple[Ints, Floats]:
        """Numbers of words that share enough pairs of letters with `word`, and how like they are at best.

        Dice's coefficient of the two sets of pairs falls by about 2/(n+1) with each edit of a word of n letters, so
        its mean with 1 is about the share of letters kept, and above it where letters moved. Words of fewer than four
        letters have no like.
        """
        if len(word) < SHORTEST_FUZZY or not len(self.words):
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
        grams = letter_pairs(word)
        shared = np.bincount(np.concatenate([self.grams.find(gram) for gram in grams]), minlength=len(self.words))
        # A word has at least as many pairs as it shares, so that fewer than this many are never enough.
        few = np.flatnonzero(shared >= least_dice * len(grams) / (2 - least_dice))
        dice = 2 * shared[few] / (len(grams) + self.sizes[few])
        enough = dice >= least_dice
        return few[enough], ((1 + dice[enough]) / 2).astype(np.float32)

    def near(self, word: str, numbers: Ints) -> NDArray[np.bool_]:
        """Which of the numbered words are few enough edits away for the scorer to find any likeness."""
        from enduse.engines.names import distance

        found: NDArray[np.bool_] = distance.near(distance.codes_of(word), *self._spelt(numbers))
        return found

    def may_be_alike(self, word: str, numbers: Ints) -> NDArray[np.bool_]:
        """In which of the numbered words the scorer can find any likeness at all."""
        from enduse.engines.names import distance

        found: NDArray[np.bool_] = distance.may_be_alike(distance.codes_of(word), *self._spelt(numbers))
        return found

    def _spelt(self, numbers: Ints) -> tuple[Array, Ints, Ints]:
        """All letters, and where in them each of the numbered words begins and ends."""
        codes, ends = self._codes
        return codes, np.where(numbers > 0, ends[numbers - 1], 0), ends[numbers]

    @cached_property
    def listed(self) -> list[str]:
        """Every word by its number."""
        return [self.words[number] for number in range(len(self.words))]

    @cached_property
    def _codes(self) -> tuple[Array, Ints]:
        """The letters of all words end to end as numbers, and where each word ends."""
        from enduse.engines.names.distance import codes_of

        blob = np.asarray(self.words.blob, dtype=np.uint8)
        begins = (blob & 0xC0) != 0x80  # a byte that continues a letter begins none
        counted = np.concatenate([[0], np.cumsum(begins)])
        return codes_of(blob.tobytes().decode("utf-8", "surrogatepass")), counted[np.asarray(self.words.ends)].astype(np.int64)

    def arrays(self, name: str) -> dict[str, Array]:
        return {
            **self.words.arrays(f"{name}.words"),
            **self.exact.arrays(f"{name}.exact"),
            **self.grams.arrays(f"{name}.grams"),
            f"{name}.sizes": self.sizes,
        }

    @classmethod
    def from_arrays(cls, name: str, arrays: dict[str, Array]) -> Vocabulary:
        return cls(
            Texts.from_arrays(f"{name}.words", arrays),
            Postings.from_arrays(f"{name}.exact", arrays),
            Postings.from_arrays(f"{name}.grams", arrays),
            arrays[f"{name}.sizes"],
        )


def letter_pairs(word: str) -> set[int]:
    """Pairs of neighbouring letters, with the word's two ends, as numbers."""
    padded = f" {word} "
    return {(ord(left) << 21) | ord(right) for left, right in pairwise(padded)}
