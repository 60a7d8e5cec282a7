"""Denials that other states notify: an essentially identical transaction is not granted here without a look at them (CP 2008/944, article 4)."""

from __future__ import annotations

from typing import Any

from django.db import models

from enduse.documents.models import Document
from enduse.ledger.models import Fact, plain
from enduse.parties.models import Party


class NotifiedDenial(Fact):
    """What another state refused, as it told us. It counts for the months of the dated rule, unless that state took it back."""

    kind = "licensing.notified_denial"
    state = models.CharField(max_length=2)  # who denied
    number = models.CharField(max_length=60)  # of its notice
    denied_on = models.DateField()
    end_user = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    country = models.CharField(max_length=2)  # of destination
    lines = models.JSONField()  # [{"firearm_type", "calibre"}]
    reason_codes = models.JSONField(default=list)
    note = models.TextField(blank=True)
    received_from = models.CharField(max_length=200, blank=True)  # who passed the notice on, where it did not come from that state itself
    paper = models.ForeignKey(Document, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-denied_on", "-pk"]
        constraints = [models.UniqueConstraint(fields=["state", "number"], name="one_notice_a_number_of_a_state")]

    def __str__(self) -> str:
        return f"{self.state} {self.number}"

    def content(self) -> dict[str, Any]:
        return {"state": self.state, "number": self.number, "denied_on": plain(self.denied_on), "end_user": self.end_user_id,
                "country": self.country, "lines": plain(self.lines), "reason_codes": plain(self.reason_codes), "note": self.note,
                # Said only where given, so that what was committed to before stays the same.
                **({"received_from": self.received_from} if self.received_from else {}), **({"paper": self.paper.sha256} if self.paper else {})}


class DenialEnded(Fact):
    """The state that denied took its denial back: from here on it no longer counts."""

    kind = "licensing.denial_ended"
    denial = models.OneToOneField(NotifiedDenial, on_delete=models.PROTECT, related_name="ended")
    reason = models.TextField()

    def content(self) -> dict[str, Any]:
        return {"denial": self.denial_id, "reason": self.reason}
