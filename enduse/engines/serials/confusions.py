"""Which characters are taken for which on worn metal: weights 3 (common) to 1 (rare), our own judgement of letter shapes.

Replaced step by step by what confirmed traces teach (see `learn`).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

BOTH_WAYS: dict[int, str] = {
    3: "0O 1I 17 2Z 38 5S 56 68 6G 8B CG EF PR UV",
    2: "0Q 0D OD OQ 1L 3B 35 4A 49 6B 60 69 7T 8S 89 80 BR FP HN KX MN MW VY",
    1: "1T IJ IT IL 3E 4H 9G 90 9P AR BE FT HM KR UJ XY",
}
"""Pairs confused in either direction."""
ONE_WAY: dict[int, str] = {
    2: "OC 27 BP",
    1: "0C 0U 14 39 58 59 7Y 7Z EL VW",
}
"""Pairs whose first, the true one, is taken for the second."""


@cache
def look_alikes() -> Mapping[tuple[str, str], int]:
    """(true, read) -> weight for every confusion known."""
    found = {(p[0], p[1]): weight for weight, pairs in ONE_WAY.items() for p in pairs.split()}
    for weight, pairs in BOTH_WAYS.items():
        for pair in pairs.split():
            found[pair[0], pair[1]] = found[pair[1], pair[0]] = weight
    return MappingProxyType(found)
