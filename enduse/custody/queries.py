"""Reads of custody: the register as a viewer sees it, what a unit holds and why, counts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from enduse.accounts.models import User
from enduse.accounts.permissions import Scope, scope_of
from enduse.custody.models import CustodyEvent, Firearm, Holding, Stocktake, StocktakeLine
from enduse.custody.serials import serial_key
from enduse.licensing.kinds import TEMPORARY
from enduse.licensing.models import Application
from enduse.parties.models import Party, party_of
from enduse.reference import text_of

PASSED_ON = "passed_on"  # the firearm left what the viewer sees


def firearms(
    user: User | None, *, serial: str = "", make: str = "", model: str = "", firearm_type: str = "", state: str = "", holder: Party | None = None,
) -> QuerySet[Firearm]:
    """The firearms a viewer may see, each with `state_seen` and `holder_seen` (a party's id): what it stands as now.

    A firearm that has left the viewer's sight is 'passed on' without a holder, and no filter finds out more (rule 10).
    """
    rows = with_state_seen(Firearm.objects.visible_to(user), user)
    if serial_key(serial):
        rows = rows.filter(serial_key__contains=serial_key(serial))
    if model:
        rows = rows.filter(model__icontains=model)
    for name, value in (("make", make), ("firearm_type", firearm_type), ("state_seen", state)):
        if value:
            rows = rows.filter(**{name: value})
    if holder is not None:
        rows = rows.filter(**{"holder_seen": holder.pk})
    return rows.select_related("holding__party", "maker")


def with_state_seen(rows: QuerySet[Firearm], user: User | None) -> QuerySet[Firearm]:
    if scope_of(user, "firearm") is Scope.ALL:
        return rows.annotate(state_seen=F("holding__state"), holder_seen=F("holding__party_id"))
    seen = Exists(CustodyEvent.objects.visible_to(user).filter(pk=OuterRef("holding__event_id")))
    return rows.annotate(
        state_seen=Case(When(seen, then=F("holding__state")), default=Value(PASSED_ON), output_field=CharField()),
        holder_seen=Case(When(seen, then=F("holding__party_id")), default=None))


def states_to_filter(user: User | None) -> list[tuple[str, Any]]:
    """The states that a list of firearms may be filtered by."""
    passed_on = [] if scope_of(user, "firearm") is Scope.ALL else [(PASSED_ON, _("passed on"))]
    return [*Holding.STATES, *passed_on]


def events(user: User | None) -> QuerySet[CustodyEvent]:
    """The events that a viewer may see, latest first."""
    rows = CustodyEvent.objects.visible_to(user).select_related("from_party", "to_party", "licence", "recorded_by")
    return rows.order_by("-pk")


def events_of_unit(unit: Party, user: User | None, *, most: int = 10) -> list[CustodyEvent]:
    """The last events in which a unit gave or received."""
    return list(events(user).filter(Q(from_party=unit) | Q(to_party=unit))[:most])


@dataclass(frozen=True)
class Account:
    """What a unit holds of one type (or of all: ''), and how that is explained: entered - passed on = held + lost + recovered + destroyed."""

    firearm_type: str
    entered: int
    passed_on: int
    held: int
    lost: int
    recovered: int
    destroyed: int

    @property
    def type_name(self) -> str:
        return text_of("firearm_types", self.firearm_type)

    @property
    def explained(self) -> int:
        """What the events say the unit should hold."""
        return self.entered - self.passed_on - self.lost - self.recovered - self.destroyed

    @property
    def balances(self) -> bool:
        return self.explained == self.held


ENTERED = [CustodyEvent.MANUFACTURED, CustodyEvent.SHIPPED, CustodyEvent.RECEIVED, CustodyEvent.ISSUED, CustodyEvent.TRANSFERRED]
LEFT = [CustodyEvent.SHIPPED, CustodyEvent.RECEIVED, CustodyEvent.ISSUED, CustodyEvent.TRANSFERRED]


def account_of(unit: Party) -> tuple[list[Account], Account]:
    """The account of a unit by type, and in all: what entered and left from the events, what stands now from the holdings."""
    columns = {"entered": _counted(Q(to_party=unit, sort__in=ENTERED)),
               "passed_on": _counted(Q(from_party=unit, sort__in=LEFT)), **_standing(unit)}
    types = sorted({name for column in columns.values() for name in column})
    rows = [Account(name, **{column: counts[name] for column, counts in columns.items()}) for name in types]
    return rows, Account("", **{column: counts.total() for column, counts in columns.items()})


def _counted(events: Q) -> Counter[str]:
    counted: Counter[str] = Counter()
    for by_type in CustodyEvent.objects.filter(events, corrections=None).values_list("by_type", flat=True):
        counted.update(by_type)
    return counted


COLUMN_OF = {Holding.HELD: "held", Holding.IN_TRANSIT: "held", Holding.LOST: "lost", Holding.RECOVERED: "recovered", Holding.DESTROYED: "destroyed"}


def _standing(unit: Party) -> dict[str, Counter[str]]:
    """What stands with the unit now; recovered counts for the unit that held it last, not for the agency that has it."""
    columns: dict[str, Counter[str]] = {column: Counter() for column in COLUMN_OF.values()}
    mine = Q(party=unit) & ~Q(state=Holding.RECOVERED) | Q(event__from_party=unit, state=Holding.RECOVERED)
    for name, state, number in Holding.objects.filter(mine).order_by().values_list("firearm__firearm_type", "state").annotate(n=Count("pk")):
        columns[COLUMN_OF[state]][name] += number
    return columns


def units_below(unit: Party) -> list[dict[str, Any]]:
    """The units directly below one, each with what it and everything under it holds and has lost."""
    held, lost = Count("holdings", filter=Q(holdings__state=Holding.HELD)), Count("holdings", filter=Q(holdings__state=Holding.LOST))
    by_party = {
        row["pk"]: row
        for row in Party.objects.below(unit).exclude(pk=unit.pk).order_by().annotate(held=held, lost=lost).values("pk", "path", "held", "lost")
    }
    below: dict[int, dict[str, Any]] = {
        each.pk: {"unit": each, "held": 0, "lost": 0} for each in Party.objects.filter(parent=unit).order_by("name")}
    depth = unit.path.count("/")
    for row in by_party.values():
        child = int(row["path"].split("/")[depth])
        below[child]["held"] += row["held"]
        below[child]["lost"] += row["lost"]
    return list(below.values())


def stocktakes(user: User | None, *, unit: Party | None = None, unbalanced: bool = False, since: date | None = None) -> QuerySet[Stocktake]:
    """The counts that a viewer may see, latest first. `unit`: of it and everything below it."""
    rows = Stocktake.objects.visible_to(user).select_related("unit", "recorded_by").order_by("-taken_on", "-pk")
    if unit is not None:
        rows = rows.filter(unit__path__startswith=unit.path)
    if unbalanced:
        rows = rows.filter(Q(missing__gt=0) | Q(unexpected__gt=0))
    return rows.filter(taken_on__gte=since) if since else rows


def missing_unreported(unit: Party) -> list[Firearm]:
    """What the last count of a unit did not find and the record still says it holds: each is to be reported or found."""
    last = Stocktake.objects.filter(unit=unit).order_by("-taken_on", "-pk").first()
    if last is None or not last.missing:
        return []
    return list(Firearm.objects.filter(
        counts__stocktake=last, counts__result=StocktakeLine.MISSING, holding__party=unit, holding__state=Holding.HELD).order_by("pk"))


def units_seen(user: User | None) -> QuerySet[Party]:
    """The parties whose holdings a viewer may see: all, those of its own end user, or itself alone."""
    scope, own = scope_of(user, "firearm"), party_of(user)
    if scope is Scope.ALL:
        return Party.objects.all()
    if own is None:
        return Party.objects.none()
    if scope is Scope.OWN_END_USER:
        return Party.objects.filter(path__startswith=own.end_user_path)
    return Party.objects.filter(pk=own.pk) if scope is Scope.OWN_PARTY else Party.objects.none()


def units_of(user: User | None) -> QuerySet[Party]:
    """The units for which a custodian acts: its own party and everything below."""
    own = party_of(user)
    return Party.objects.filter(path__startswith=own.path).order_by("path") if own is not None else Party.objects.none()


def receivers_for(user: User | None) -> QuerySet[Party]:
    """To whom a custodian may pass firearms: its end user's units, other end users (not their units, which it does not see), and
    the sellers to whom firearms of a temporary export go back.
    """
    own = party_of(user)
    if own is None:
        return Party.objects.none()
    bodies = Q(parent=None, in_directory=True, kind__in=[Party.ARMED_FORCE, Party.POLICE, Party.STATE_BODY])
    temporary = Application.objects.filter(kind=TEMPORARY, end_user__path__startswith=own.end_user_path).exclude(licence=None)
    back = Q(pk__in=temporary.exclude(seller=None).values("seller"))
    return Party.objects.filter(Q(path__startswith=own.end_user_path) | bodies | back).order_by("path")
