"""Reads of measures: which are in force for a scope on a day, and the list that anyone may see."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Protocol

from django.db.models import Q, QuerySet

from enduse import clock
from enduse.accounts.models import User
from enduse.measures.models import Measure, MeasureStep
from enduse.parties.models import Party

DRAFT, PROPOSED, ENACTED, IN_FORCE, ENDED, LIFTED = "draft", "proposed", "enacted", "in_force", "ended", "lifted"


class Line(Protocol):
    """What a scope asks of a line: an application's, a licence's or one that is only asked about."""

    @property
    def firearm_type(self) -> str: ...
    @property
    def calibre(self) -> str: ...
    @property
    def automatic(self) -> bool: ...
    @property
    def quantity(self) -> int: ...


def in_force(on: date, *, end_user: Party | None = None, country: str = "", lines: Iterable[Line] = ()) -> list[Measure]:
    """The measures in force on a day whose scope holds this end user, this country and any of these lines.

    An empty field of a scope means any. What is not told (no end user, no country, no lines) is not a reason to leave a
    measure out.
    """
    rows = Measure.objects.in_force(on).select_related("end_user").order_by("starts_on", "pk")
    if end_user is not None:
        above = [int(step) for step in end_user.path.split("/") if step]
        rows = rows.filter(Q(end_user=None) | Q(end_user__in=above))
    if country:
        rows = rows.filter(Q(country="") | Q(country=country.upper()))
    lines = list(lines)
    return [measure for measure in rows if not lines or matching(measure, lines)]


def matching(measure: Measure, lines: Iterable[Line]) -> list[Line]:
    """Those of the lines that the measure's scope holds."""
    return [
        line for line in lines
        if measure.firearm_type in {"", line.firearm_type} and measure.calibre in {"", line.calibre} and measure.automatic in {None, line.automatic}
    ]


def state_of(measure: Measure, on: date | None = None) -> str:
    """Where a measure stands on a day, from its steps and its dates (one query unless the steps are prefetched)."""
    on = on or clock.today()
    steps = {step.step: step for step in measure.steps.all()}
    if MeasureStep.ENACTED not in steps:
        return PROPOSED if MeasureStep.PROPOSED in steps else DRAFT
    lifted = steps.get(MeasureStep.LIFTED)
    if lifted is not None and lifted.effective_on <= on:
        return LIFTED
    if measure.ends_on is not None and measure.ends_on < on:
        return ENDED
    return IN_FORCE if measure.starts_on <= on else ENACTED


def measures(user: User | None) -> QuerySet[Measure]:
    """The measures that the viewer may see with their steps, newest first; the public sees those enacted."""
    return Measure.objects.visible_to(user).select_related("end_user", "drafted_by").prefetch_related("steps__recorded_by")
