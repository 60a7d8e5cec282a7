"""What a buying government orders of what it was granted: each purchase reserves a quantity of a line for one registered maker."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from enduse.ledger.models import Fact
from enduse.licensing.licences import Licence, LicenceLine
from enduse.parties.models import Party


class Purchase(Fact):
    """A quantity of a line ordered from one maker: no other maker may deliver it until it is released."""

    kind = "licensing.purchase"
    licence = models.ForeignKey(Licence, on_delete=models.PROTECT, related_name="purchases")
    line = models.ForeignKey(LicenceLine, on_delete=models.PROTECT, related_name="purchases")
    maker = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField()
    used_before = models.IntegerField(default=0)  # what this maker had declared of the line when it was ordered
    order = models.CharField(max_length=60)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="a_purchase_orders_something")]

    def content(self) -> dict[str, Any]:
        return {"licence": self.licence.reference, "line": self.line.number, "maker": self.maker_id, "quantity": self.quantity,
                "used_before": self.used_before, "order": self.order}

    @property
    def is_released(self) -> bool:
        return getattr(self, "release", None) is not None


class PurchaseRelease(Fact):
    """The order fell through, or what is left of it is not wanted: the rest is free for any registered maker again."""

    kind = "licensing.purchase_release"
    purchase = models.OneToOneField(Purchase, on_delete=models.PROTECT, related_name="release")
    reason = models.TextField()

    def content(self) -> dict[str, Any]:
        return {"licence": self.purchase.licence.reference, "purchase": self.purchase_id, "reason": self.reason}
