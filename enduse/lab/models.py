"""A scenario: measures compared over paired futures, with what came out."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models

from enduse import clock
from enduse.accounts.models import User
from enduse.accounts.permissions import Scope, scope_of
from enduse.diversion.models import Estimate
from enduse.measures.models import Measure


class ScenarioQuerySet(models.QuerySet["Scenario"]):
    def visible_to(self, user: User | None) -> Self:
        return self if scope_of(user, "scenario") is Scope.ALL else self.none()


class Scenario(models.Model):
    """Starts from an estimate; its policies are the product's own measures; its outcome is kept with its seed."""

    reference = models.CharField(max_length=20, unique=True)
    title = models.CharField(max_length=200)
    estimate = models.ForeignKey(Estimate, on_delete=models.PROTECT, related_name="scenarios")
    measures = models.ManyToManyField(Measure, related_name="scenarios")
    months = models.PositiveSmallIntegerField()
    futures = models.PositiveIntegerField()
    seed = models.BigIntegerField()
    responses = models.JSONField(default=dict)  # which behavioural responses were switched on, with their ranges
    outcome = models.JSONField()
    seconds = models.FloatField()
    run_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    run_at = models.DateTimeField(default=clock.now)

    objects = ScenarioQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
