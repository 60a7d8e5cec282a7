"""A register of guns that answers damaged marks: a folder of immutable segments and a manifest that names them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from enduse.engines.serials import attributes, merge
from enduse.engines.serials.answer import Candidates, Gun
from enduse.engines.serials.attributes import ATTRIBUTES, Catalogue
from enduse.engines.serials.folder import MANIFEST, MERGE_LOCK, commit, locked, manifest, new_name, state_of, sweep
from enduse.engines.serials.marks import Marks
from enduse.engines.serials.model import DEFAULT, ErrorModel
from enduse.engines.serials.schemes import SerialsInGeneral, merge_schemes
from enduse.engines.serials.segment import DamagedIndex, Segment, columns_of, write_segment

if TYPE_CHECKING:
    from numpy.typing import NDArray

AT_ONCE = 20_000
"""Up to so many guns a merge is done by whoever appended; larger ones in the background."""
MOST_GUNS = 20_000_000
"""Guns of one segment."""
STRANGER = 0.1
"""Of guns elsewhere, the share whose make, calibre and so on go together differently than in the register."""


class Register:
    """Guns by serial. Make one with `Register.build` or `Register.open`; rows count from 0 in the order of entry.

    Safe to share between processes: readers map the files and see a consistent state until they `refresh`; writers take
    a lock. A kill at any moment leaves the old or the new register.
    """

    def __init__(self, path: Path, names: Catalogue | None = None) -> None:
        self.path = Path(path)
        self.names = names or attributes.standard()
        self._state = ""
        self._segments: list[Segment] = []
        self._starts: list[int] = []
        self._general: SerialsInGeneral | None = None
        self._counts: list[dict[str, int]] = []
        self._read()

    @classmethod
    def build(cls, path: Path, guns: Iterable[Gun]) -> Register:
        """A new register at `path` (a folder, made if need be), in place of one that is there."""
        path = Path(path)
        path.mkdir(parents=True, exist_ok=True)
        entries, source = [], iter(guns)
        while len(columns := columns_of(islice(source, MOST_GUNS))):
            entries.append(write_segment(path / new_name(), columns))
        with locked(path), locked(path, MERGE_LOCK):
            commit(path, entries)
            sweep(path)
        return cls(path)

    @classmethod
    def open(cls, path: Path) -> Register:
        """The register at `path`. Raises FileNotFoundError where there is none, DamagedIndex where it cannot be trusted."""
        return cls(path)

    def append(self, guns: Iterable[Gun]) -> None:
        """Adds guns; they are on disk, searchable here at once and elsewhere after `refresh`, when this returns."""
        columns = columns_of(guns)
        if not len(columns):
            return
        entry = write_segment(self.path / new_name(), columns)
        with locked(self.path):
            commit(self.path, [*manifest(self.path), entry])
        self.refresh()
        due = merge.due(manifest(self.path))
        if due and sum(e["guns"] for e in due) <= AT_ONCE:
            merge.merge(self.path, due)
            self.refresh()
        elif due:
            threading.Thread(target=merge.merge, args=(self.path, due), daemon=True).start()

    def compact(self) -> None:
        """Merges all segments into one: the fastest register to search. Others take it up when they refresh."""
        with locked(self.path):
            entries = manifest(self.path)
        if len(entries) > 1 and sum(e["guns"] for e in entries) <= MOST_GUNS:
            merge.merge(self.path, entries, wait=True)
            self.refresh()

    def refresh(self) -> None:
        """Takes up what other processes added since."""
        self._read()

    def __len__(self) -> int:
        return sum(map(len, self._segments))

    @property
    def max_key(self) -> int:
        """The highest key held, 0 when there is none."""
        return max((s.max_key for s in self._segments), default=0)

    def gun(self, row: int) -> Gun:
        """The gun entered as number `row`, from 0. Raises IndexError beyond the last."""
        if not 0 <= row < len(self):
            raise IndexError(f"row {row:,} is not in a register of {len(self):,} guns; rows count from 0")
        at = max(i for i, start in enumerate(self._starts) if start <= row)
        return self._segments[at].gun(row - self._starts[at])

    def row_of(self, key: int) -> int | None:
        """The row of the gun with this key, None when the register does not hold it; of several the first entered."""
        for start, segment in self.segments:
            found = np.flatnonzero(segment.keys == key)
            if len(found):
                return start + int(found[0])
        return None

    def verify(self) -> None:
        """Reads every byte of the index and compares checksums. Raises DamagedIndex."""
        for segment in self._segments:
            segment.verify()

    def search(self, marks: Marks, limit: int = 10, model: ErrorModel | None = None) -> Candidates:
        """The guns these marks may come from, at most `limit`, with the chance of each and of none.

        Raises TooLittle when the marks fit more guns of this register than a list can help with.
        """
        from enduse.engines.serials.search import search
        from enduse.engines.serials.several import believed

        model = model or DEFAULT
        return believed(self, marks, model, search(self, marks, limit, model))

    def search_many(
        self,
        marks: Sequence[Marks],
        limit: int = 10,
        progress: Callable[[int], None] | None = None,
        model: ErrorModel | None = None,
    ) -> list[Candidates]:
        """One answer for each, in order, over all cores; `progress` is told how many are done.

        Marks that say too little have no candidate and `none_probability` 1 with `exact` False.
        """
        from enduse.engines.serials.many import search_many

        return search_many(self, marks, limit, model or DEFAULT, progress)

    @property
    def segments(self) -> tuple[tuple[int, Segment], ...]:
        """Each segment with the row of its first gun."""
        return tuple(zip(self._starts, self._segments, strict=True))

    @property
    def general(self) -> SerialsInGeneral:
        """Serials outside this register, as far as its own schemes tell."""
        if self._general is None:
            self._general = SerialsInGeneral.of(merge_schemes(s.schemes for s in self._segments))
        return self._general

    def attribute_chances(self, model: ErrorModel, attribute: str, marks: Marks) -> tuple[Mapping[str, float], float] | None:
        """P(as read | value) by value held, and P(as read | any gun of the register); None when it was not read."""
        read = getattr(marks, attribute)
        if read is None or read == "":
            return None
        wrong = model.attribute_wrong(attribute, doubtful=attribute in marks.doubtful)
        return self._chances(attribute, str(read), wrong)

    def _chances_of(self, attribute: str, read: str, wrong: float) -> tuple[Mapping[str, float], float]:
        return attributes.chances(self.names, wrong, attribute, read, self._counts[ATTRIBUTES.index(attribute)])

    def factors(self, model: ErrorModel, marks: Marks) -> tuple[tuple[NDArray[np.float64], ...], NDArray[np.float64]]:
        """What the attributes as read multiply likelihoods by: for each segment those of its combinations, and those of
        the schemes of serials in general; both against any gun elsewhere."""
        asked = tuple(
            (a, str(getattr(marks, a)), model.attribute_wrong(a, doubtful=a in marks.doubtful))
            for a in ATTRIBUTES
            if getattr(marks, a) not in (None, "")
        )
        return self._factors(asked)

    def _factors_of(self, asked: tuple[tuple[str, str, float], ...]) -> tuple[tuple[NDArray[np.float64], ...], NDArray[np.float64]]:
        together, apart = 0.0, 1.0
        found = [np.ones(len(s.combos)) for s in self._segments]
        for attribute, read, wrong in asked:
            by_value, share = self._chances(attribute, read, wrong)
            apart *= share
            a = ATTRIBUTES.index(attribute)
            for segment, chance in zip(self._segments, found, strict=True):
                chance *= np.array([by_value[v] for v in segment.vocabulary[a]])[segment.combos[:, a]]
        for segment, chance in zip(self._segments, found, strict=True):
            together += float(chance @ segment.combo_guns)
        elsewhere = (1 - STRANGER) * together / max(len(self), 1) + STRANGER * apart
        by_scheme = np.full(len(self.general.weights), elsewhere)
        for number, (chance_sum, guns) in enumerate(self._by_scheme(found)):
            if guns:
                by_scheme[number] = (1 - STRANGER) * chance_sum / guns + STRANGER * apart
        return tuple(chance / elsewhere for chance in found), by_scheme / elsewhere

    def _by_scheme(self, chances: Sequence[NDArray[np.float64]]) -> list[tuple[float, float]]:
        """Of each scheme in general, the sum of its guns' chances, given by combination, and how many guns that are."""
        numbers = {name: k for k, name in enumerate(self.general.names)}
        sums, guns = [0.0] * len(numbers), [0.0] * len(numbers)
        for segment, chance in zip(self._segments, chances, strict=True):
            scheme, combo, often = segment.scheme_combos.T.astype(np.int64)
            held = np.bincount(scheme, often, len(segment.schemes))
            weighed = np.bincount(scheme, often * chance[combo], len(segment.schemes))
            for k, each in enumerate(segment.schemes):
                if each.name in numbers and held[k]:
                    sums[numbers[each.name]] += each.guns * weighed[k] / held[k]
                    guns[numbers[each.name]] += each.guns
        return list(zip(sums, guns, strict=True))

    def _read(self) -> None:
        for _ in range(20):
            state = state_of(self.path)
            if state == self._state:
                return
            try:
                entries = manifest(self.path)
                had = {s.path.name: s for s in self._segments}
                segments = [had.get(e["name"]) or Segment(self.path / e["name"]) for e in entries]
            except FileNotFoundError:
                if not (self.path / MANIFEST).exists():
                    raise
                continue
            self._segments, self._state = segments, state
            self._starts = [sum(map(len, segments[:i])) for i in range(len(segments))]
            self._general = None
            self._counts = _counted(segments)
            self._chances = lru_cache(maxsize=4096)(self._chances_of)
            self._factors = lru_cache(maxsize=1024)(self._factors_of)
            return
        raise DamagedIndex(self.path, "a segment named in the manifest is missing")


def _counted(segments: Sequence[Segment]) -> list[dict[str, int]]:
    """How many guns hold each value of each attribute."""
    totals: list[dict[str, int]] = [{} for _ in ATTRIBUTES]
    for segment in segments:
        for a, counts in enumerate(totals):
            for value, guns in segment.counts(a).items():
                counts[value] = counts.get(value, 0) + guns
    return totals
