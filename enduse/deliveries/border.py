"""What customs says passed: a report and its rows."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from enduse.ledger.models import Fact, plain
from enduse.licensing.models import LicenceLine


class CustomsReport(Fact):
    """One file of a customs office: what passed under which licence lines."""

    kind = "deliveries.customs_report"
    office = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64, unique=True)

    def content(self) -> dict[str, Any]:
        return {"office": self.office, "sha256": self.sha256}

    def item_rows(self) -> models.QuerySet[CustomsRow]:
        return self.rows.select_related("line").order_by("pk")


class CustomsRow(models.Model):
    """One line of one declaration."""

    report = models.ForeignKey(CustomsReport, on_delete=models.PROTECT, related_name="rows")
    line = models.ForeignKey(LicenceLine, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField()
    exported_on = models.DateField()
    declaration = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["declaration", "line"], name="a_declaration_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="something_passed"),
        ]

    def as_item(self) -> dict[str, Any]:
        return {"licence_line": self.line_id, "quantity": self.quantity, "exported_on": plain(self.exported_on), "declaration": self.declaration}
