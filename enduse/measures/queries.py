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
    return held_by(rows_in_force(on, end_users=[end_user] if end_user is not None else None, country=country), end_user=end_user, lines=lines)


def rows_in_force(on: date, *, end_users: Iterable[Party] | None = None, country: str = "") -> QuerySet[Measure]:
    """The measures in force on a day whose scope may hold any of these end users and this country."""
    rows = Measure.objects.in_force(on).select_related("end_user").order_by("starts_on", "pk")
    if end_users is not None:
        rows = rows.filter(Q(end_user=None) | Q(end_user__in={step for each in end_users for step in _above(each)}))
    return rows.filter(Q(country="") | Q(country=country.upper())) if country else rows


def held_by(measures: Iterable[Measure], *, end_user: Party | None, lines: Iterable[Line] = ()) -> list[Measure]:
    """Of measures in force those whose scope holds this end user and any of these lines."""
    above, lines = _above(end_user) if end_user is not None else None, list(lines)
    return [measure for measure in measures if (above is None or measure.end_user_id is None or measure.end_user_id in above)
            and (not lines or matching(measure, lines))]


def _above(party: Party) -> set[int]:
    """The party and whatever it stands below."""
    return {int(step) for step in party.path.split("/") if step}


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
