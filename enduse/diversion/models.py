"""An estimate, kept with what it rests on."""

from __future__ import annotations

from typing import Any, Self

from django.db import models

from enduse.accounts.models import User
from enduse.accounts.permissions import Scope, scope_of
from enduse.ledger.models import Fact, plain
from enduse.parties.models import Party


class EstimateQuerySet(models.QuerySet["Estimate"]):
    def visible_to(self, user: User | None) -> Self:
        return self if scope_of(user, "estimate") is Scope.ALL else self.none()


class Estimate(Fact):
    """Of the firearms delivered to an end user (all: None) by `until`, how many had left; from evidence known at `known_at`.

    `result` is the JSON of MODELS.md section 2; `unit_names` are not in it, so an analyst may read it.
    """

    kind = "diversion.estimate"
    reference = models.CharField(max_length=20, unique=True)
    end_user = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="estimates")
    until = models.DateField()
    known_at = models.DateTimeField()
    method = models.CharField(max_length=40)
    seed = models.BigIntegerField()
    result = models.JSONField()
    seconds = models.FloatField()

    objects = EstimateQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def content(self) -> dict[str, Any]:
        return {"reference": self.reference, "end_user": self.end_user_id, "until": plain(self.until), "known_at": plain(self.known_at),
                "method": self.method, "seed": self.seed, "result": plain(self.result)}
