"""Many searches, over all cores.

In processes, not threads: half of a search that takes half a millisecond is Python, and threads that hand the interpreter
to each other twice in it are slower together than one of them alone. Workers are forked, so that they share the open
register; that is only safe from a process with one thread, so one that has more (a web server) searches by itself.
"""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from typing import TYPE_CHECKING

from enduse.engines.serials.answer import Candidate, Candidates
from enduse.engines.serials.marks import Marks, TooLittle
from enduse.engines.serials.model import ErrorModel
from enduse.engines.serials.search import explained, search
from enduse.engines.serials.several import believed

if TYPE_CHECKING:
    from enduse.engines.serials.register import Register

FEW = 256
"""Fewer marks are searched sooner than workers start."""
PART = 32
"""Marks that a worker takes at once."""

Bare = tuple[list[tuple[int, int, str, float]], float, int, bool]
"""An answer as it travels between processes: (row, key, serial, probability) each, then the other fields of Candidates."""


@dataclass(frozen=True)
class Asked:
    """What all workers share."""

    register: Register
    marks: Sequence[Marks]
    limit: int
    model: ErrorModel

    def answer(self, at: int) -> Candidates:
        marks = self.marks[at]
        try:
            return believed(self.register, marks, self.model, search(self.register, marks, self.limit, self.model))
        except TooLittle:
            return Candidates((), 1.0, exact=False)

    def dressed(self, at: int, bare: Bare) -> Candidates:
        """The answer to the marks at `at` as it left a worker, with its candidates able to explain themselves."""
        items, none, considered, exact = bare
        explain = partial(explained, self.register, self.marks[at], self.model)
        return Candidates(tuple(Candidate(*item, explain) for item in items), none, considered, exact)


def search_many(
    register: Register, marks: Sequence[Marks], limit: int, model: ErrorModel, progress: Callable[[int], None] | None
) -> list[Candidates]:
    """See Register.search_many."""
    asked, answers = Asked(register, marks, limit, model), []
    for answer in _answers(asked):
        answers.append(answer)
        if progress is not None:
            progress(len(answers))
    return answers


def _answers(asked: Asked) -> Iterator[Candidates]:
    number, cores = len(asked.marks), len(os.sched_getaffinity(0))
    if number < FEW or cores == 1 or threading.active_count() > 1:
        yield from map(asked.answer, range(number))
        return
    # The first is answered here, so that workers inherit what it loads and compiles.
    yield asked.answer(0)
    pool = ProcessPoolExecutor(cores, get_context("fork"), initializer=_take, initargs=(asked,))
    try:
        parts = [range(first, min(first + PART, number)) for first in range(1, number, PART)]
        for part, bare in zip(parts, pool.map(_part, parts), strict=True):
            yield from map(asked.dressed, part, bare)
    finally:
        pool.shutdown(cancel_futures=True)


_asked: Asked
"""A worker's own, set as it starts."""


def _take(asked: Asked) -> None:
    global _asked
    _asked = asked
    gc.freeze()  # what was inherited is nobody's garbage here, and to look through it would copy it


def _part(places: range) -> list[Bare]:
    answers = map(_asked.answer, places)
    return [([(c.row, c.key, c.serial, c.probability) for c in a.items], a.none_probability, a.considered, a.exact) for a in answers]
