"""Whether the chances of traces mean what they say: the first ranking that an officer froze, against the latest confirmation."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import OuterRef, Subquery

from enduse.refusals import Invalid
from enduse.tracing import learning, queries, ranking, register
from enduse.tracing.models import Confirmation, Recovery
from enduse.tracing.reading import OtherMark, read, read_recovery

if TYPE_CHECKING:
    from enduse.engines.serials import Calibration, Candidates, ErrorModel, Marks

ENOUGH = 100
"""Fewer claims than this tell too little to say whether the chances are right."""
ENOUGH_OF_A_BIN = 30
SEARCHED_FOR_SURE = 5
"""Readable characters with which marks never fit too many firearms, if no end is open."""
MOST_COMPARED = 200
MOVED = 0.05


@dataclass(frozen=True)
class Calibrated:
    """Claims of the rankings as they were when first confirmed. `version`: of the error model, '' for all.

    `likeliest`: that the first candidate is the firearm; `none`: that the register does not hold it. Every claim was made before
    it was known what the firearm was. `unsearched`: traces whose marks said too little to claim anything.
    """

    version: str
    traces: int
    unsearched: int
    likeliest: Calibration
    none: Calibration


def calibrated(version: str = "") -> Calibrated:
    """The claims of one version of the error model, or of all."""
    return _calibrated(version, [claim for claim in _claims() if not version or claim.version == version])


def by_version() -> list[Calibrated]:
    """One for each version that made claims, in the order in which they were first used."""
    claims = _claims()
    return [_calibrated(version, [claim for claim in claims if claim.version == version]) for version in Counter(claim.version for claim in claims)]


@dataclass(frozen=True)
class _Claim:
    version: str
    searched: bool
    likeliest: tuple[float, bool] | None
    none: tuple[float, bool]


def _claims() -> list[_Claim]:
    latest = Confirmation.objects.filter(recovery=OuterRef("recovery")).order_by("-pk")
    firsts = Confirmation.objects.filter(corrects=None).annotate(
        is_firearm=Subquery(latest.values("firearm")[:1]), is_watched=Subquery(latest.values("watched")[:1]))
    rows = firsts.order_by("pk").values_list(
        "error_model", "candidates", "none_probability", "is_firearm", "is_watched", "recovery__marks", "recovery__other_marks")
    return [_claim(*row) for row in rows]


def _claim(version: str, candidates: list[Any], none: float, firearm: int | None, watched: int | None, marks: str, others: list[Any]) -> _Claim:
    top = candidates[0] if candidates else None
    likeliest = (top["probability"], (top["firearm"], top["watched"]) == (firearm, watched)) if top else None
    return _Claim(version, bool(candidates) or _was_searched(marks, others), likeliest, (none, firearm is None and watched is None))


def _was_searched(marks: str, others: list[Any]) -> bool:
    """Whether a ranking without candidates claims that the register holds none, and not only that too little could be read."""
    try:
        asked = read(marks, other_marks=[OtherMark(**each) for each in others])
    except Invalid:
        return False
    return asked.readable >= SEARCHED_FOR_SURE and not any(token.is_run for token in asked.tokens)


def _calibrated(version: str, claims: list[_Claim]) -> Calibrated:
    from enduse.engines import serials

    made = [claim for claim in claims if claim.searched]
    return Calibrated(
        version, len(claims), len(claims) - len(made),
        serials.calibration(claim.likeliest for claim in made if claim.likeliest is not None),
        serials.calibration((min(chance, 1.0), true) for chance, true in (claim.none for claim in made)),
    )  # fmt: skip


@dataclass(frozen=True)
class Changed:
    """What a new version would do to the recoveries that wait: how many were compared, in how many the likeliest candidate
    would be another, and in how many its chance would move by more than 5 points."""

    compared: int
    another: int
    moved: int


def changed_by(model: ErrorModel) -> Changed:
    """The open recoveries, newest first, searched with the version in use and with another."""
    marks: list[Marks] = []
    for recovery in queries.in_state(Recovery.objects.with_said(), queries.OPEN).order_by("-pk")[:MOST_COMPARED]:
        try:
            marks.append(read_recovery(recovery))
        except Invalid:
            continue
    if not marks:
        return Changed(0, 0, 0)
    index = register.register()
    now, then = (index.search_many(marks, limit=ranking.LIMIT, model=each) for each in (learning.current(), model))
    pairs = list(zip(map(_top, now), map(_top, then), strict=True))
    return Changed(
        len(marks), sum(before[0] != after[0] for before, after in pairs),
        sum(before[0] == after[0] and abs(before[1] - after[1]) > MOVED for before, after in pairs),
    )  # fmt: skip


def _top(answer: Candidates) -> tuple[int | None, float]:
    return (answer.items[0].key, answer.items[0].probability) if answer.items else (None, answer.none_probability)
