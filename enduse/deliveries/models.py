"""A consignment, its manifest, and the steps it went through. What customs reports stands in `border.py`."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from enduse.accounts.models import User
from enduse.accounts.permissions import Scope, scope_of
from enduse.custody.models import CustodyEvent, Firearm
from enduse.deliveries.border import CustomsReport, CustomsRow
from enduse.deliveries.imports.models import ImportNotification, ImportSerial, ImportWithdrawal
from enduse.deliveries.returns import LicenceReturn
from enduse.ledger.models import Fact, plain
from enduse.licensing.models import Application, Licence, LicenceLine, Undertaking
from enduse.parties.models import Party, party_of


class ConsignmentQuerySet(models.QuerySet["Consignment"]):
    def visible_to(self, user: User | None) -> Self:
        scope = scope_of(user, "consignment")
        if scope is Scope.ALL:
            return self
        own = party_of(user)
        if own is None:
            return self.none()
        if scope is Scope.OWN_PARTY:
            handled = Licence.objects.filter(application__applicant=own, application__capacity__in=Consignment.HANDLED_BY_APPLICANT)
            return self.filter(Q(seller=own) | Q(licence__in=handled.order_by().values("pk")))
        if scope is Scope.OWN_END_USER:
            return self.filter(Q(consignee__path__startswith=own.end_user_path))
        return self.none()


class Consignment(Fact):
    """One shipment under a licence, declared with its manifest. What was declared stands; it may be cancelled unshipped."""

    kind = "deliveries.consignment"
    DECLARED, SHIPPED, DELIVERED, DISCREPANT, VERIFIED, CANCELLED = "declared", "shipped", "delivered", "discrepant", "verified", "cancelled"
    STATES = [(DECLARED, _("declared")), (SHIPPED, _("shipped")), (DELIVERED, _("delivered")), (DISCREPANT, _("discrepant")),
              (VERIFIED, _("verified")), (CANCELLED, _("cancelled"))]

    HANDLED_BY_APPLICANT = (Application.BROKER, Application.CARRIER)

    reference = models.CharField(max_length=20, unique=True)
    licence = models.ForeignKey(Licence, on_delete=models.PROTECT, related_name="consignments")
    seller = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    carrier = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    consignee = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    declared_on = models.DateField()
    manifest_sha256 = models.CharField(max_length=64)
    through = models.JSONField(null=True, blank=True)  # codes of the countries on the way; none: as the application says
    undertaking = models.ForeignKey(Undertaking, null=True, on_delete=models.PROTECT, related_name="+")  # of its end user, under an open licence

    objects = ConsignmentQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        # Not unique: a manifest may be declared again after its consignment was cancelled. The action checks under the licence's lock.
        indexes = [models.Index(fields=["manifest_sha256"])]

    def __str__(self) -> str:
        return self.reference

    def content(self) -> dict[str, Any]:
        return {"reference": self.reference, "licence": self.licence.reference, "seller": self.seller_id, "carrier": self.carrier_id,
                "consignee": self.consignee_id, "declared_on": plain(self.declared_on), "manifest_sha256": self.manifest_sha256,
                **({"through": self.through} if self.through is not None else {}),
                **({"undertaking": self.undertaking_id} if self.undertaking_id is not None else {})}

    def is_handled_by(self, party: Party | None) -> bool:
        """Whether a party declares, ships and takes it back: its seller; for one abroad the broker or carrier whose licence it is."""
        application = self.licence.application
        return party is not None and (party.pk == self.seller_id or (application.is_handled_by_applicant and application.applicant_id == party.pk))

    def item_rows(self) -> models.QuerySet[ManifestLine]:
        return self.manifest.select_related("firearm", "line").order_by("pk")

    @property
    def state(self) -> str:
        """Where the consignment stands: its last step, or declared."""
        steps = sorted(self.steps.all(), key=lambda step: step.pk)
        return steps[-1].step if steps else self.DECLARED


class ManifestLine(models.Model):
    """One firearm of a consignment and the licence line that permits it."""

    consignment = models.ForeignKey(Consignment, on_delete=models.PROTECT, related_name="manifest")
    firearm = models.ForeignKey(Firearm, on_delete=models.PROTECT, related_name="manifest_lines")
    line = models.ForeignKey(LicenceLine, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["consignment", "firearm"], name="a_firearm_once_a_manifest")]

    def as_item(self) -> dict[str, Any]:
        gun = self.firearm
        return {"line": self.line.number, "make": gun.make, "model": gun.model, "serial": gun.serial}


class ConsignmentStep(Fact):
    """Shipped, delivered (all there), discrepant (not all there, or others), verified by a monitor, cancelled."""

    kind = "deliveries.step"
    consignment = models.ForeignKey(Consignment, on_delete=models.PROTECT, related_name="steps")
    step = models.CharField(max_length=10, choices=Consignment.STATES)
    on = models.DateField()
    event = models.ForeignKey(CustodyEvent, null=True, on_delete=models.PROTECT, related_name="+")
    received = models.PositiveIntegerField(null=True)
    missing = models.PositiveIntegerField(null=True)
    unexpected = models.JSONField(default=list)  # serials as read that the manifest does not have
    note = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["consignment", "step"], name="each_consignment_step_once")]

    def content(self) -> dict[str, Any]:
        return {"consignment": self.consignment.reference, "step": self.step, "on": plain(self.on), "event": self.event_id,
                "received": self.received, "missing": self.missing, "unexpected": plain(self.unexpected), "note": self.note}


__all__ = [
    "Consignment", "ConsignmentStep", "CustomsReport", "CustomsRow", "ImportNotification", "ImportSerial", "ImportWithdrawal", "LicenceReturn",
    "ManifestLine",
]
