"""A measure: its scope, its authority, its dates, and the steps that brought it into force and out of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from enduse import clock
from enduse.accounts.models import User
from enduse.accounts.permissions import Scope, scope_of
from enduse.ledger.models import Fact, plain
from enduse.parties.models import Party


class MeasureQuerySet(models.QuerySet["Measure"]):
    def visible_to(self, user: User | None) -> Self:
        scope = scope_of(user, "measure")
        if scope is Scope.ALL:
            return self
        return self.enacted() if scope is Scope.PUBLISHED else self.none()

    def enacted(self) -> Self:
        return self.filter(Exists(MeasureStep.objects.filter(measure=OuterRef("pk"), step=MeasureStep.ENACTED)))

    def in_force(self, on: date) -> Self:
        """Enacted, begun, not past its last day and not lifted by an order effective by then."""
        lifted = MeasureStep.objects.filter(measure=OuterRef("pk"), step=MeasureStep.LIFTED, effective_on__lte=on)
        return self.enacted().filter(starts_on__lte=on).filter(Q(ends_on=None) | Q(ends_on__gte=on)).exclude(Exists(lifted))


class Measure(models.Model):
    """A draft may change until it is proposed; after that its words stand. Empty scope fields mean 'any'."""

    MORATORIUM, CAP, TRANCHE, STOCKTAKES, CHECK_RATE, LOCKED_ARMOURY, BAN_ON_UNIT, CONDITION = (
        "moratorium", "cap", "tranche", "stocktakes", "check_rate", "locked_armoury", "ban_on_unit", "condition")
    KINDS = [
        (MORATORIUM, _("moratorium")), (CAP, _("cap on quantity")), (TRANCHE, _("delivery in verified tranches")),
        (STOCKTAKES, _("serial stocktakes")), (CHECK_RATE, _("rate of end-use checks")), (LOCKED_ARMOURY, _("locked armouries")),
        (BAN_ON_UNIT, _("ban on a unit")), (CONDITION, _("mandatory condition")),
    ]
    EXECUTIVE_ORDER, STATUTE = "executive_order", "statute"
    AUTHORITIES = [(EXECUTIVE_ORDER, _("executive order")), (STATUTE, _("statute"))]

    reference = models.CharField(max_length=20, unique=True)
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=16, choices=KINDS)
    authority = models.CharField(max_length=16, choices=AUTHORITIES)
    authority_reference = models.CharField(max_length=200)
    reason = models.TextField()
    end_user = models.ForeignKey(Party, null=True, blank=True, on_delete=models.PROTECT, related_name="measures")
    country = models.CharField(max_length=2, blank=True)
    firearm_type = models.CharField(max_length=20, blank=True)
    calibre = models.CharField(max_length=20, blank=True)
    automatic = models.BooleanField(null=True, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    # cap: {"quantity": n, "months": m}; tranche: {"share": 0.25}; stocktakes: {"every_months": m};
    # check_rate: {"share": 0.1, "selection": "random"}; locked_armoury: {"retention": 0.8};
    # condition: {"code": "DVC", "parameters": {"days": 30}}
    parameters = models.JSONField(default=dict, blank=True)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField(default=clock.now)

    objects = MeasureQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "-pk"]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def as_words(self) -> dict[str, Any]:
        """What the measure says, in plain values: what a step commits to."""
        return {
            "reference": self.reference, "title": self.title, "kind": self.kind, "authority": self.authority,
            "authority_reference": self.authority_reference, "reason": self.reason, "end_user": self.end_user_id,
            "country": self.country, "firearm_type": self.firearm_type, "automatic": self.automatic,
            "starts_on": plain(self.starts_on), "ends_on": plain(self.ends_on), "parameters": self.parameters,
            # Said only where given: what was committed to before it could be said stays the same.
            **({"calibre": self.calibre} if self.calibre else {}),
        }


class MeasureStep(Fact):
    """Proposed by one policy officer, enacted by another, lifted by order."""

    kind = "measures.step"
    also_forgotten = ("reason",)  # of the measure, which every step repeats
    words_elsewhere = ("measures.Measure",)
    PROPOSED, ENACTED, LIFTED = "proposed", "enacted", "lifted"
    STEPS = [(PROPOSED, _("proposed")), (ENACTED, _("enacted")), (LIFTED, _("lifted"))]

    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="steps")
    step = models.CharField(max_length=8, choices=STEPS)
    effective_on = models.DateField()
    note = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["measure", "step"], name="each_step_once")]

    @property
    def is_public(self) -> bool:
        return self.step != self.PROPOSED

    def forgettable(self) -> set[str]:
        return super().forgettable() | {self.measure.reason} - {""}

    def shares_words_with(self) -> Iterable[Fact]:
        return self.measure.steps.exclude(pk=self.pk)

    def forget(self) -> None:
        Measure.objects.filter(pk=self.measure_id).update(reason="")
        super().forget()

    def content(self) -> dict[str, Any]:
        return {"step": self.step, "effective_on": plain(self.effective_on), "note": self.note, "measure": self.measure.as_words()}
