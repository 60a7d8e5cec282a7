"""Where a party says that it is, beside where the listed are said to be: a hit by an address alone.

An address is taken apart into numbers and words, spelt as rigour's fingerprint spells them (one spelling for a kind of street or
a country in any language, Latin letters for the scripts in which names are transliterated too). Two addresses are compared by what
they share and by what each asserts against the other, and never by how rare a word is in the lists: so that an answer does not
change when a list does. Importing this module loads rigour.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rigour.addresses import address_fingerprint
from rigour.territories import lookup_territory
from rigour.text.distance import levenshtein

from enduse.engines.names.entities import ADDRESS, Reason
from enduse.engines.names.store import Array
from enduse.engines.names.vocabulary import Postings, Texts, key_of

Numbers = NDArray[np.int64]
ADDRESS_WEIGHT = 0.6
ADDRESS_THRESHOLD = 0.75
MOST_ADDRESS_HITS = 10
BOXES = frozenset({"pobox", "box", "bp", "pb", "casilla", "apartado", "postfach"})
# What kind of place a word or number speaks of says nothing of where it is.
KINDS_OF_PLACE = frozenset(
    ["agency", "apt", "area", "areas", "ave", "blk", "blvd", "bldg", "branch", "building", "chowk", "city", "cor", "cross", "dist", "district", "dong", "entrance", "flat", "floor", "garden", "gov", "governorate", "guyok", "house", "hwy", "industrial", "level", "lot", "near", "number", "office", "opp", "opposite", "phase", "pkwy", "plaza", "plot", "prov", "province", "region", "room", "road", "sector", "shop", "square", "state", "station", "ste", "street", "suite", "tower", "town", "unit", "village", "ward", "wing", "zone", "the", "and"]
)
SHORTEST_WORD = 3
SHORTEST_FUZZY, LONG = 5, 9
ENOUGH_WITH_NUMBER, ENOUGH_WITHOUT = 3, 5
BOX_COUNTS = 2
ONE_SIDED, NUMBERS_DIFFER, WORDS_DIFFER = 0.2, 1.5, 2.0


@dataclass(frozen=True, slots=True)
class Place:
    """An address taken apart: the country that it ends with, if it names one, its numbers, and the words that tell where it is."""

    text: str
    country: str
    numbers: tuple[str, ...]
    words: tuple[str, ...]

    @property
    def tells_where(self) -> bool:
        """Whether it says more than a town or a region: only then can it be searched for."""
        return bool(self.numbers and self.words) or len(self.words) >= ENOUGH_WITHOUT - 1


@lru_cache(maxsize=50_000)
def place_of(text: str) -> Place:
    """An address in any script and order."""
    rest, country = country_of(text)
    tokens = (address_fingerprint(rest) or "").split()
    numbers: list[str] = []
    words: list[str] = []
    for at, token in enumerate(tokens):
        if any(letter.isdigit() for letter in token):
            numbers.append(f"box {token}" if at and tokens[at - 1] in BOXES else token)
        elif len(token) >= SHORTEST_WORD and token not in KINDS_OF_PLACE and token not in BOXES:
            words.append(token)
    words = list(dict.fromkeys(words))  # `Baghdad, Baghdad` is said once
    return Place(text, country, tuple(numbers), tuple(words))


def country_of(text: str) -> tuple[str, str]:
    """The address without the country that it ends with, and that country's code; no code where it names none."""
    before, comma, last = text.strip(" .,;").rpartition(",")
    if comma and (found := lookup_territory(last.strip(" .,;"))) is not None and found.ftm_country == found.code:
        return before, found.code
    return text, ""


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two addresses are, from 0 to 1, and the words of it: shared ones, then `-` only the party's, `+` only the listed one's."""

    score: float
    detail: str


def likeness(party: Place, listed: Place) -> Likeness:
    """Shared numbers and words, against those that each side has in the other's stead; what one side alone adds counts little.

    Other countries, or numbers of which none is shared, are other addresses. With a shared number two words are enough to be sure;
    without one it takes five.
    """
    if party.country and listed.country and party.country != listed.country:
        return Likeness(0.0, "")
    numbers, mine, theirs = shared(party.numbers, listed.numbers)
    if party.numbers and listed.numbers and not numbers:
        return Likeness(0.0, "")
    words, my_words, their_words = shared(party.words, listed.words)
    pairs = near_pairs(my_words, their_words)
    for left, right in pairs:
        my_words.remove(left)
        their_words.remove(right)
    got = len(words) + len(pairs) + sum(BOX_COUNTS if number.startswith("box ") else 1 for number in numbers)
    against = NUMBERS_DIFFER * min(len(mine), len(theirs)) + WORDS_DIFFER * min(len(my_words), len(their_words))
    alone = abs(len(mine) - len(theirs)) + abs(len(my_words) - len(their_words))
    enough = ENOUGH_WITH_NUMBER if numbers else ENOUGH_WITHOUT
    score = min(1.0, got / enough) * got / (got + against + ONE_SIDED * alone) if got else 0.0
    detail = " ".join((
        *numbers, *words, *(f"{left}~{right}" for left, right in pairs), *(f"-{token}" for token in (*mine, *my_words)),
        *(f"+{token}" for token in (*theirs, *their_words))))
    return Likeness(round(score, 4), detail)


def shared(left: Sequence[str], right: Sequence[str]) -> tuple[list[str], list[str], list[str]]:
    """What both have, what only the left and what only the right has, each as often as it stands there."""
    both = Counter(left) & Counter(right)
    return list(both.elements()), list((Counter(left) - both).elements()), list((Counter(right) - both).elements())


def near_pairs(left: Sequence[str], right: Sequence[str]) -> list[tuple[str, str]]:
    """Words of either side that are one edit apart, or two where they are long; each once."""
    taken: set[int] = set()
    pairs = []
    for word in left:
        for at, other in enumerate(right):
            edits = 0 if min(len(word), len(other)) < SHORTEST_FUZZY else 1 if min(len(word), len(other)) < LONG else 2
            if at not in taken and edits and levenshtein(word, other, max_edits=edits) <= edits:
                taken.add(at)
                pairs.append((word, other))
                break
    return pairs


class AddressIndex:
    """The listed addresses that tell where, by their numbers and by their words."""

    def __init__(self, texts: Texts, entity: Numbers, by_number: Postings, by_word: Postings) -> None:
        self.texts, self.entity, self.by_number, self.by_word = texts, entity, by_number, by_word

    @classmethod
    def build(cls, addresses: Iterable[tuple[int, str]]) -> AddressIndex:
        """From (entity number, address) pairs."""
        kept = [(entity, place) for entity, text in addresses if (place := place_of(text)).tells_where]
        return cls(
            Texts.build([place.text for _, place in kept]),
            np.array([entity for entity, _ in kept], dtype=np.int32),
            Postings.build((key_of(number), at) for at, (_, place) in enumerate(kept) for number in place.numbers),
            Postings.build((key_of(word), at) for at, (_, place) in enumerate(kept) for word in place.words),
        )

    def find(self, address: str) -> Iterator[tuple[int, Reason]]:
        """Entities by number that an address alone raises, each address of theirs with its reason, in a stable order."""
        party = place_of(address)
        if not party.tells_where or not len(self.texts):
            return
        for at in self._candidates(party):
            listed = place_of(self.texts[at])
            found = likeness(party, listed)
            if found.score >= ADDRESS_THRESHOLD:
                yield int(self.entity[at]), Reason(ADDRESS, found.score, ADDRESS_WEIGHT, found.detail, party.text, listed.text)

    def _candidates(self, party: Place) -> list[int]:
        """Addresses with a number and a word of the party's, or with so many of its words that no number is needed."""
        words = self._count(self.by_word, party.words)
        numbers = self._count(self.by_number, party.numbers)
        found: list[int] = np.flatnonzero(((numbers > 0) & (words > 0)) | (words >= ENOUGH_WITHOUT - 1)).tolist()
        return found

    def _count(self, postings: Postings, tokens: Sequence[str]) -> Numbers:
        held = [postings.find(key_of(token)) for token in dict.fromkeys(tokens)]
        counted: Numbers = np.bincount(np.concatenate(held) if held else np.empty(0, dtype=np.int64), minlength=len(self.texts))
        return counted

    def arrays(self) -> dict[str, Array]:
        return {
            **self.texts.arrays("addresses"), "addresses.entity": self.entity, **self.by_number.arrays("addresses.numbers"),
            **self.by_word.arrays("addresses.words"),
        }  # fmt: skip

    @classmethod
    def from_arrays(cls, arrays: dict[str, Array]) -> AddressIndex:
        return cls(
            Texts.from_arrays("addresses", arrays), arrays["addresses.entity"], Postings.from_arrays("addresses.numbers", arrays),
            Postings.from_arrays("addresses.words", arrays),
        )  # fmt: skip
