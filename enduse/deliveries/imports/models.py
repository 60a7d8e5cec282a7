"""What an importing state notified, the serials that came with it, and its withdrawal. What it agrees with is derived: see `comparing.py`."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from enduse.accounts.models import User
from enduse.accounts.permissions import Scope, scope_of
from enduse.documents.models import Document
from enduse.ledger.models import Fact, plain
from enduse.parties.models import Party, party_of


class ImportQuerySet(models.QuerySet["ImportNotification"]):
    def visible_to(self, user: User | None) -> Self:
        scope = scope_of(user, "import")
        if scope is Scope.ALL:
            return self
        own = party_of(user)
        if own is None or scope not in {Scope.OWN_PARTY, Scope.OWN_END_USER}:
            return self.none()
        return self.filter(importer=own.end_user_id)

    def standing(self) -> Self:
        """Those that were not withdrawn."""
        return self.filter(withdrawal=None)


class ImportNotification(Fact):
    """One notification. `exporter`, `licence_reference` and `goods` are as the importing state says them.

    `goods`: [{"firearm_type", "calibre", "quantity"}]. `digest`: of all that was said, so that the same is not notified twice.
    """

    kind = "deliveries.import_notification"
    also_forgotten = ("exporter",)
    INTENDED, RECEIVED = "intended", "received"
    SORTS = [(INTENDED, _("intends to import")), (RECEIVED, _("has received"))]

    reference = models.CharField(max_length=20, unique=True)
    importer = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="import_notifications")
    sort = models.CharField(max_length=8, choices=SORTS)
    on = models.DateField()
    country_of_export = models.CharField(max_length=2)
    exporter = models.CharField(max_length=200)
    licensed_here = models.BooleanField()
    licence_reference = models.CharField(max_length=60, blank=True, db_index=True)
    goods = models.JSONField()
    use = models.TextField()
    digest = models.CharField(max_length=64)
    received_from = models.CharField(max_length=200, blank=True)  # of one that an officer recorded from paper: who sent it
    paper = models.ForeignKey(Document, null=True, on_delete=models.PROTECT, related_name="+")

    objects = ImportQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.reference

    def content(self) -> dict[str, Any]:
        return {
            "reference": self.reference, "importer": self.importer_id, "sort": self.sort, "on": plain(self.on),
            "country_of_export": self.country_of_export, "exporter": self.exporter, "licensed_here": self.licensed_here,
            "licence_reference": self.licence_reference, "goods": plain(self.goods), "use": self.use,
            # Said only of what came on paper, so that what was committed to before stays the same.
            **({"received_from": self.received_from, "paper": self.paper.sha256 if self.paper else ""} if self.received_from else {})}

    def item_rows(self) -> models.QuerySet[ImportSerial]:
        return self.serials.order_by("pk")

    @property
    def quantity(self) -> int:
        return sum(int(each["quantity"]) for each in self.goods)

    @property
    def is_withdrawn(self) -> bool:
        return getattr(self, "withdrawal", None) is not None


class ImportSerial(models.Model):
    """One firearm of a notification by its serial; `make` as a code or as it was written, empty where it was not said."""

    notification = models.ForeignKey(ImportNotification, on_delete=models.PROTECT, related_name="serials")
    serial = models.CharField(max_length=40)
    serial_key = models.CharField(max_length=40, db_index=True)
    make = models.CharField(max_length=40, blank=True)

    def as_item(self) -> dict[str, Any]:
        return {"serial": self.serial, "make": self.make}


class ImportWithdrawal(Fact):
    """The importing state takes a notification back: it was wrong, or the import fell through."""

    kind = "deliveries.import_withdrawal"
    notification = models.OneToOneField(ImportNotification, on_delete=models.PROTECT, related_name="withdrawal")
    reason = models.TextField()

    def content(self) -> dict[str, Any]:
        return {"notification": self.notification.reference, "reason": self.reason}
