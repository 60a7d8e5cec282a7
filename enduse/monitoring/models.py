"""A check, the sample it drew before the visit, and what was found."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from enduse import clock
from enduse.accounts.models import User
from enduse.accounts.permissions import Scope, scope_of
from enduse.custody.models import Firearm
from enduse.ledger.models import Fact, plain
from enduse.licensing.models import Licence
from enduse.parties.models import Party


class CheckQuerySet(models.QuerySet["Check"]):
    def visible_to(self, user: User | None) -> Self:
        return self if scope_of(user, "check") is Scope.ALL else self.none()


class Check(Fact):
    """Planned: the unit, how it was selected, and the sample of serials drawn and logged before anybody travels."""

    kind = "monitoring.check"
    PRE_LICENCE, POST_SHIPMENT = "pre_licence", "post_shipment"
    STAGES = [(PRE_LICENCE, _("pre-licence")), (POST_SHIPMENT, _("post-shipment"))]
    RANDOM, RISK, COMPLAINT = "random", "risk", "complaint"
    SELECTIONS = [(RANDOM, _("random")), (RISK, _("chosen for risk")), (COMPLAINT, _("after a complaint"))]

    PLANNED, OVERDUE = "planned", "overdue"

    reference = models.CharField(max_length=20, unique=True)
    unit = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="checks")
    licence = models.ForeignKey(Licence, null=True, on_delete=models.PROTECT, related_name="checks")
    stage = models.CharField(max_length=13, choices=STAGES)
    selection = models.CharField(max_length=9, choices=SELECTIONS)
    # The chance that this unit was picked, where the pick was random; without it no rate can be computed.
    selection_probability = models.FloatField(null=True)
    planned_for = models.DateField()
    population = models.PositiveIntegerField()  # every firearm ever delivered to the unit by the day of the plan
    seed = models.BigIntegerField()

    objects = CheckQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.reference

    @property
    def state(self) -> str:
        """Planned, overdue, or how it went."""
        outcome: CheckOutcome | None = getattr(self, "outcome", None)
        if outcome is not None:
            return outcome.outcome
        return self.OVERDUE if self.planned_for < clock.today() else self.PLANNED

    def content(self) -> dict[str, Any]:
        return {"reference": self.reference, "unit": self.unit_id, "licence": self.licence.reference if self.licence else None,
                "stage": self.stage, "selection": self.selection, "selection_probability": plain(self.selection_probability),
                "planned_for": plain(self.planned_for), "population": self.population, "seed": self.seed}

    def item_rows(self) -> models.QuerySet[CheckSample]:
        return self.sample.select_related("firearm").order_by("pk")


class CheckSample(models.Model):
    check_of = models.ForeignKey(Check, on_delete=models.PROTECT, related_name="sample")
    firearm = models.ForeignKey(Firearm, on_delete=models.PROTECT, related_name="+")

    def as_item(self) -> dict[str, Any]:
        return {"make": self.firearm.make, "model": self.firearm.model, "serial": self.firearm.serial}


class CheckOutcome(Fact):
    """What the visit found: each serial of the sample sighted or not, the outcome and its reason codes."""

    kind = "monitoring.outcome"
    FAVOURABLE, UNFAVOURABLE, INCONCLUSIVE = "favourable", "unfavourable", "inconclusive"
    OUTCOMES = [(FAVOURABLE, _("favourable")), (UNFAVOURABLE, _("unfavourable")), (INCONCLUSIVE, _("inconclusive"))]

    check_of = models.OneToOneField(Check, on_delete=models.PROTECT, related_name="outcome")
    visited_on = models.DateField()
    outcome = models.CharField(max_length=12, choices=OUTCOMES)
    reason_codes = models.JSONField()
    sampled = models.PositiveIntegerField()
    sighted = models.PositiveIntegerField()
    note = models.TextField(blank=True)

    def content(self) -> dict[str, Any]:
        return {"check": self.check_of.reference, "visited_on": plain(self.visited_on), "outcome": self.outcome,
                "reason_codes": plain(self.reason_codes), "sampled": self.sampled, "sighted": self.sighted, "note": self.note}

    def item_rows(self) -> models.QuerySet[CheckSighting]:
        return self.sightings.select_related("firearm").order_by("pk")


class CheckSighting(models.Model):
    outcome = models.ForeignKey(CheckOutcome, on_delete=models.PROTECT, related_name="sightings")
    firearm = models.ForeignKey(Firearm, on_delete=models.PROTECT, related_name="sightings")
    sighted = models.BooleanField()

    def as_item(self) -> dict[str, Any]:
        return {"make": self.firearm.make, "model": self.firearm.model, "serial": self.firearm.serial, "sighted": self.sighted}
