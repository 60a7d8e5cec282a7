"""Returns under an open licence: what its exporter says it shipped in a period, set against what was declared and shipped here."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q

from enduse.ledger.models import Fact, plain
from enduse.licensing.models import Licence
from enduse.licensing.open_licences import Period, periods_of


class LicenceReturn(Fact):
    """What was shipped in one period, by end user and line; nothing is a return too. A mistake is mended by a later one that names it."""

    kind = "deliveries.return"
    licence = models.ForeignKey(Licence, on_delete=models.PROTECT, related_name="returns")
    number = models.PositiveSmallIntegerField()  # of the period
    rows = models.JSONField()  # [{"end_user", "line", "quantity"}]
    differences = models.JSONField(default=list)  # [{"end_user", "line", "said", "shipped"}] as the register stood when it was filed
    note = models.TextField(blank=True)
    corrects = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="corrected_by")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["licence", "number"], condition=Q(corrects=None), name="one_return_a_period")]

    def content(self) -> dict[str, Any]:
        return {"licence": self.licence.reference, "number": self.number, "rows": plain(self.rows), "differences": plain(self.differences),
                "note": self.note, "corrects": self.corrects_id}

    @property
    def quantity(self) -> int:
        return sum(row["quantity"] for row in self.rows)


def overdue(licence: Licence, on: date) -> list[Period]:
    """The periods whose return was due before a day and is not filed, the oldest first."""
    periods = [period for period in periods_of(licence) if period.due_on < on]
    return _unfiled(licence, periods) if periods else []


def next_due(licence: Licence, on: date) -> Period | None:
    """The first period that is not overdue and whose return is not filed."""
    return next(iter(_unfiled(licence, [period for period in periods_of(licence) if period.due_on >= on])), None)


def _unfiled(licence: Licence, periods: list[Period]) -> list[Period]:
    filed = set(LicenceReturn.objects.filter(licence=licence).values_list("number", flat=True))
    return [period for period in periods if period.number not in filed]
