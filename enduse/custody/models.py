"""Firearms, the events that happen to them, who answers for each now (derived), and stocktakes."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from enduse.accounts.models import User
from enduse.accounts.permissions import Scope, scope_of
from enduse.ledger.models import Fact, plain
from enduse.licensing.models import Licence
from enduse.parties.models import Party, party_of
from enduse.reference import text_of


class FirearmQuerySet(models.QuerySet["Firearm"]):
    def visible_to(self, user: User | None) -> Self:
        scope = scope_of(user, "firearm")
        if scope is Scope.ALL:
            return self
        own = party_of(user)
        if own is None:
            return self.none()
        if scope is Scope.OWN_PARTY:
            return self.filter(maker=own)
        if scope is Scope.OWN_END_USER:
            # What this end user ever received stays visible to it after a loss or a transfer away.
            entered = CustodyItem.objects.filter(event__sort__in=CustodyEvent.ENTRIES, event__to_party__path__startswith=own.end_user_path)
            return self.filter(pk__in=entered.values("firearm"))
        return self.none()


class Firearm(models.Model):
    """Make, model, type, calibre, serial, year. A serial alone is not an identity: makers repeat them.

    `serial` is as marked; `serial_key` the same in capitals without separators, which is what is unique per make and model.
    """

    make = models.CharField(max_length=40)
    model = models.CharField(max_length=60, blank=True)
    firearm_type = models.CharField(max_length=20)
    calibre = models.CharField(max_length=20)
    serial = models.CharField(max_length=40)
    serial_key = models.CharField(max_length=40)
    year = models.PositiveSmallIntegerField(null=True)
    country = models.CharField(max_length=2, blank=True)
    maker = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")

    objects = FirearmQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["serial_key", "make", "model"], name="one_firearm_an_identity")]

    def __str__(self) -> str:
        return f"{self.make} {self.model} {self.serial}"

    @property
    def make_name(self) -> str:
        return text_of("makes", self.make)

    @property
    def type_name(self) -> str:
        return text_of("firearm_types", self.firearm_type)

    @property
    def calibre_name(self) -> str:
        return text_of("calibres", self.calibre)

    @property
    def tail(self) -> str:
        """The last four of its serial: what is shown where a full serial is not."""
        return "…" + self.serial_key[-4:]


class CustodyEventQuerySet(models.QuerySet["CustodyEvent"]):
    def visible_to(self, user: User | None) -> Self:
        """Custodians see what began or ended in their end user; exporters what happened to their firearms up to the delivery."""
        scope = scope_of(user, "firearm")
        if scope is Scope.ALL:
            return self
        own = party_of(user)
        if own is None:
            return self.none()
        if scope is Scope.OWN_END_USER:
            return self.filter(Q(from_party__path__startswith=own.end_user_path) | Q(to_party__path__startswith=own.end_user_path))
        if scope is Scope.OWN_PARTY:
            delivered = Q(sort__in=[CustodyEvent.RECEIVED, CustodyEvent.LOST_IN_TRANSIT])
            made_here = Exists(CustodyItem.objects.filter(event=OuterRef("pk"), firearm__maker=own))
            return self.filter(Q(from_party=own) | Q(to_party=own) | delivered & Q(made_here))
        return self.none()

    def standing(self) -> Self:
        """Without those that were corrected, and without the corrections."""
        return self.filter(corrections=None).exclude(sort=CustodyEvent.CORRECTED)


class CustodyEvent(Fact):
    """One thing that happened to firearms, however many. `occurred_until` makes the day a range when it is not known."""

    kind = "custody.event"
    also_forgotten = ("place",)
    (
        MANUFACTURED,
        SHIPPED,
        RECEIVED,
        ISSUED,
        TRANSFERRED,
        LOST,
        STOLEN,
        DESERTED_WITH,
        NOT_SIGHTED,
        LOST_IN_TRANSIT,
        FOUND,
        RECOVERED,
        DESTROYED,
        CORRECTED,
    ) = (
        "manufactured",
        "shipped",
        "received",
        "issued",
        "transferred",
        "lost",
        "stolen",
        "deserted_with",
        "not_sighted",
        "lost_in_transit",
        "found",
        "recovered",
        "destroyed",
        "corrected",
    )
    SORTS = [
        (MANUFACTURED, _("manufactured")), (SHIPPED, _("shipped")), (RECEIVED, _("received")), (ISSUED, _("issued")),
        (TRANSFERRED, _("transferred")), (LOST, _("lost")), (STOLEN, _("stolen")), (DESERTED_WITH, _("deserted with")),
        (NOT_SIGHTED, _("not found when counted")), (LOST_IN_TRANSIT, _("missing on the way")), (FOUND, _("found again")),
        (RECOVERED, _("recovered")), (DESTROYED, _("destroyed")), (CORRECTED, _("corrected")),
    ]
    LOSSES = (LOST, STOLEN, DESERTED_WITH, NOT_SIGHTED, LOST_IN_TRANSIT)
    ENTRIES = (RECEIVED, TRANSFERRED, RECOVERED)  # how a firearm comes to an end user from outside

    sort = models.CharField(max_length=16, choices=SORTS)
    occurred_on = models.DateField(db_index=True)
    occurred_until = models.DateField(null=True, blank=True)
    from_party = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    to_party = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    place = models.CharField(max_length=200, blank=True)
    licence = models.ForeignKey(Licence, null=True, on_delete=models.PROTECT, related_name="custody_events")  # shipped under it
    reference = models.CharField(max_length=60, blank=True)  # consignment, order, case or recovery that it belongs to
    note = models.TextField(blank=True)
    # {type: how many firearms}: said once with the event, so that a unit's account need not read every line.
    by_type = models.JSONField(default=dict)
    corrects = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="corrections")

    objects = CustodyEventQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["sort", "occurred_on"]),
            models.Index(fields=["from_party", "sort"]),
            models.Index(fields=["to_party", "sort"]),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(occurred_until=None) | Q(occurred_until__gte=models.F("occurred_on")), name="a_range_runs_forward")
        ]

    def content(self) -> dict[str, Any]:
        return {
            "sort": self.sort,
            "occurred_on": plain(self.occurred_on),
            "occurred_until": plain(self.occurred_until),
            "from": self.from_party_id,
            "to": self.to_party_id,
            "place": self.place,
            "licence": self.licence.reference if self.licence else None,
            "reference": self.reference,
            "note": self.note,
            "corrects": self.corrects_id, "by_type": plain(self.by_type),
        }

    @property
    def firearms(self) -> int:
        """How many firearms it is over."""
        return sum(self.by_type.values())

    @property
    def words(self) -> str:
        """What happened, in a few words with its parties."""
        sort, giver, taker = self.get_sort_display(), self.from_party, self.to_party
        if self.sort == self.CORRECTED:
            return gettext("correction of event %d") % (self.corrects_id or 0)
        if self.sort in self.LOSSES or self.sort == self.DESTROYED:
            return gettext("%(sort)s, %(party)s") % {"sort": sort, "party": giver}
        if self.sort in {self.RECOVERED, self.RECEIVED, self.MANUFACTURED, self.FOUND}:
            return gettext("%(sort)s by %(party)s") % {"sort": sort, "party": taker}
        return gettext("%(sort)s to %(party)s") % {"sort": sort, "party": taker}

    @property
    def is_correctable(self) -> bool:
        """Deliveries and traces are corrected where they were made, a correction by what it corrects being recorded anew."""
        return self.sort not in {self.MANUFACTURED, self.SHIPPED, self.RECEIVED, self.LOST_IN_TRANSIT, self.RECOVERED, self.CORRECTED}

    def item_rows(self) -> models.QuerySet[CustodyItem]:
        return self.lines.select_related("firearm").order_by("pk")


class CustodyItem(models.Model):
    """One firearm of an event."""

    event = models.ForeignKey(CustodyEvent, on_delete=models.PROTECT, related_name="lines")
    firearm = models.ForeignKey(Firearm, on_delete=models.PROTECT, related_name="history")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "firearm"], name="a_firearm_once_an_event")]

    def as_item(self) -> dict[str, Any]:
        gun = self.firearm
        return {"make": gun.make, "model": gun.model, "type": gun.firearm_type, "calibre": gun.calibre, "serial": gun.serial}


class Holding(models.Model):
    """Derived, rebuildable: who answers for a firearm now, or how it left. One row a firearm: at most one holder (rule 4)."""

    HELD, IN_TRANSIT, LOST, RECOVERED, DESTROYED = "held", "in_transit", "lost", "recovered", "destroyed"
    STATES = [(HELD, _("held")), (IN_TRANSIT, _("in transit")), (LOST, _("lost")), (RECOVERED, _("recovered")), (DESTROYED, _("destroyed"))]

    firearm = models.OneToOneField(Firearm, primary_key=True, on_delete=models.CASCADE, related_name="holding")
    # Held or in transit: who answers for it. Lost: who answered last. Recovered: the agency. Destroyed: who destroyed it.
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="holdings")
    state = models.CharField(max_length=10, choices=STATES)
    event = models.ForeignKey(CustodyEvent, on_delete=models.PROTECT, related_name="+")  # the one that made it so

    class Meta:
        indexes = [models.Index(fields=["party", "state"])]


class StocktakeQuerySet(models.QuerySet["Stocktake"]):
    def visible_to(self, user: User | None) -> Self:
        scope = scope_of(user, "stocktake")
        if scope is Scope.ALL:
            return self
        own = party_of(user)
        return self.filter(unit__path__startswith=own.end_user_path) if scope is Scope.OWN_END_USER and own is not None else self.none()


class Stocktake(Fact):
    """A holder's count by serial. `expected`: how many the record says the unit holds on that day."""

    kind = "custody.stocktake"
    unit = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="stocktakes")
    taken_on = models.DateField(db_index=True)
    self_reported = models.BooleanField(default=True)  # False: an outside body counted
    expected = models.PositiveIntegerField()
    sighted = models.PositiveIntegerField()
    missing = models.PositiveIntegerField()
    unexpected = models.PositiveIntegerField()
    # Every firearm ever delivered to the unit by that day, nothing written off: the evidence's denominator.
    delivered_to_date = models.PositiveIntegerField()
    note = models.TextField(blank=True)

    objects = StocktakeQuerySet.as_manager()

    def content(self) -> dict[str, Any]:
        return {"unit": self.unit_id, "taken_on": plain(self.taken_on), "self_reported": self.self_reported, "expected": self.expected,
                "sighted": self.sighted, "missing": self.missing, "unexpected": self.unexpected,
                "delivered_to_date": self.delivered_to_date, "note": self.note}

    def item_rows(self) -> models.QuerySet[StocktakeLine]:
        return self.lines.order_by("pk")


class StocktakeLine(models.Model):
    """One serial of a count. `firearm` is empty when what was read is not in the register."""

    SIGHTED, MISSING, UNEXPECTED = "sighted", "missing", "unexpected"
    RESULTS = [(SIGHTED, _("sighted")), (MISSING, _("missing")), (UNEXPECTED, _("unexpected"))]

    stocktake = models.ForeignKey(Stocktake, on_delete=models.PROTECT, related_name="lines")
    firearm = models.ForeignKey(Firearm, null=True, on_delete=models.PROTECT, related_name="counts")
    serial_read = models.CharField(max_length=40)
    result = models.CharField(max_length=10, choices=RESULTS)

    def as_item(self) -> dict[str, Any]:
        return {"serial_read": self.serial_read, "result": self.result}
