"""The life of one firearm as a viewer sees it: its events, the counts and checks that saw it, and what follows from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from enduse.accounts.models import User
from enduse.accounts.permissions import Scope, scope_of
from enduse.custody.holdings import EFFECTS
from enduse.custody.models import CustodyEvent, Firearm, Holding, StocktakeLine
from enduse.licensing.models import Licence
from enduse.parties.models import Party, party_of

TONES = {CustodyEvent.FOUND: "good", CustodyEvent.RECOVERED: "note"} | dict.fromkeys(CustodyEvent.LOSSES, "bad")


@dataclass(frozen=True)
class Moment:
    """One mark on the line of a life: an event, or the counts and checks between two events."""

    words: str
    on: date
    until: date | None
    who: str
    place: str
    note: str
    recorded_at: datetime | None
    leaf: int | None
    tone: str
    url: str


@dataclass(frozen=True)
class LifeSeen:
    """What a viewer may know of a firearm. `left`: the event by which it left lawful hands, if any; `days`: delivery to recovery."""

    firearm: Firearm
    moments: tuple[Moment, ...]
    state: str  # of Holding, or 'passed_on' when it has left the viewer's sight
    holder: Party | None
    licence: Licence | None
    consignment: str
    holders: int
    delivered: CustodyEvent | None
    recovered: CustodyEvent | None
    left: CustodyEvent | None
    days: int | None


def life_seen(firearm: Firearm, user: User | None) -> LifeSeen:
    """A handful of queries, however long the life: the events, the counts, the checks, and the holding."""
    events = _events(firearm, user)
    standing = [event for event in events if event.sort in EFFECTS and not event.corrections.all()]
    holding = Holding.objects.select_related("party").get(firearm=firearm)
    in_sight = any(event.pk == holding.event_id for event in standing)
    shipped = _last(standing, CustodyEvent.SHIPPED)
    delivered = next((event for event in standing if event.sort in {CustodyEvent.RECEIVED, CustodyEvent.TRANSFERRED}), None)
    recovered = _last(standing, CustodyEvent.RECOVERED)
    return LifeSeen(
        firearm=firearm, moments=tuple(_moments(events, _sightings(firearm, user))), state=holding.state if in_sight else "passed_on",
        holder=holding.party if in_sight else None, licence=shipped.licence if shipped else None, consignment=shipped.reference if shipped else "",
        holders=len({event.to_party_id for event in standing if EFFECTS[event.sort] == (Holding.HELD, "to")}), delivered=delivered,
        recovered=recovered, left=_left_by(standing), days=(recovered.occurred_on - delivered.occurred_on).days if recovered and delivered else None)


def _events(firearm: Firearm, user: User | None) -> list[CustodyEvent]:
    """Those the viewer sees; who received it from its maker also sees how it came there."""
    visible = set(CustodyEvent.objects.visible_to(user).filter(lines__firearm=firearm).values_list("pk", flat=True))
    rows = list(
        CustodyEvent.objects.filter(lines__firearm=firearm).select_related("from_party", "to_party", "licence", "recorded_by")
        .prefetch_related("corrections").order_by("pk"))
    first_hand = any(event.sort == CustodyEvent.RECEIVED and event.pk in visible for event in rows)
    return [event for event in rows if event.pk in visible or (first_hand and event.sort in {CustodyEvent.MANUFACTURED, CustodyEvent.SHIPPED})]


def _last(events: Sequence[CustodyEvent], sort: str) -> CustodyEvent | None:
    return next((event for event in reversed(events) if event.sort == sort), None)


def _left_by(standing: Sequence[CustodyEvent]) -> CustodyEvent | None:
    """The loss after which nobody found it; or the recovery itself when no loss was reported: then its last holder is the point."""
    for event in reversed(standing):
        if event.sort in CustodyEvent.LOSSES:
            return event
        if event.sort != CustodyEvent.RECOVERED:
            break
    return standing[-1] if standing and standing[-1].sort == CustodyEvent.RECOVERED else None


@dataclass(frozen=True)
class _Sighting:
    on: date
    leaf: int
    sighted: bool
    url: str


def _sightings(firearm: Firearm, user: User | None) -> list[_Sighting]:
    """Counts and checks that looked for it, as far as the viewer sees those; in order of their day."""
    counts = firearm.counts.exclude(result=StocktakeLine.UNEXPECTED).select_related("stocktake__unit")
    scope, own = scope_of(user, "stocktake"), party_of(user)
    if scope is not Scope.ALL:
        counts = counts.filter(stocktake__unit__path__startswith=own.end_user_path) if scope is Scope.OWN_END_USER and own else counts.none()
    seen = [
        _Sighting(
            line.stocktake.taken_on, line.stocktake_id, line.result == StocktakeLine.SIGHTED, reverse("custody:stocktake", args=[line.stocktake_id])
        )
        for line in counts
    ]
    if scope_of(user, "check") is Scope.ALL:
        # The rows of the checks' own floor, read from the firearm's side: a sighting is part of its life.
        checks: Any = firearm.sightings.select_related("outcome__check_of")
        seen += [
            _Sighting(row.outcome.visited_on, row.outcome_id, row.sighted, reverse("monitoring:check", args=[row.outcome.check_of.reference]))
            for row in checks]
    return sorted(seen, key=lambda one: (one.on, one.leaf))


def _moments(events: Sequence[CustodyEvent], sightings: Sequence[_Sighting]) -> list[Moment]:
    """Events in the order of the log; what was seen between two of them is one small mark."""
    moments: list[Moment] = []
    waiting = list(sightings)
    for event in events:
        before = [one for one in waiting if one.on < event.occurred_on]
        waiting = waiting[len(before):]
        moments += _seen(before)
        moments.append(_moment(event))
    return moments + _seen(waiting)


def _seen(sightings: Sequence[_Sighting]) -> list[Moment]:
    made = []
    for sighted in (True, False):
        those = [one for one in sightings if one.sighted is sighted]
        if those:
            first, last = those[0].on, those[-1].on
            made.append(Moment(
                words=_times(len(those), sighted=sighted), on=first, until=last if last != first else None, who="", place="", note="",
                recorded_at=None, leaf=those[-1].leaf, tone="" if sighted else "warn", url=those[-1].url))
    return made


def _times(number: int, *, sighted: bool) -> str:
    if sighted:
        return ngettext("counted or checked: seen", "counted or checked: seen %d times", number) % (() if number == 1 else (number,))
    return ngettext("counted or checked: not seen", "counted or checked: not seen, %d times", number) % (() if number == 1 else (number,))


def _moment(event: CustodyEvent) -> Moment:
    note = event.note
    if event.corrections.all():
        note = _("Corrected later: see event %d. ") % event.corrections.all()[0].pk + note
    return Moment(
        words=event.words, on=event.occurred_on, until=event.occurred_until, who=str(event.recorded_by or ""), place=event.place, note=note,
        recorded_at=event.recorded_at, leaf=event.pk, tone="quiet" if event.corrections.all() else TONES.get(event.sort, ""),
        url=reverse("custody:event", args=[event.pk]))
