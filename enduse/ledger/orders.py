"""Facts about the log itself: the change of its key, the forgetting of a content by order."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

from enduse.ledger.models import Fact, Leaf


class KeyProposal(Fact):
    """An administrator asks that the log change its key."""

    kind = "ledger.key_proposal"

    reason = models.TextField()

    def content(self) -> dict[str, Any]:
        return {"reason": self.reason}


class KeyDeclined(Fact):
    """An administrator's answer to such a proposal: the key stays."""

    kind = "ledger.key_declined"

    proposal = models.OneToOneField(KeyProposal, on_delete=models.PROTECT, related_name="declined")
    note = models.TextField()

    def content(self) -> dict[str, Any]:
        return {"proposal": self.proposal_id, "note": self.note}


class KeyChange(Fact):
    """The log changes its key, as one administrator asked and another agreed. Everybody may read that it did, and why."""

    kind = "ledger.key_change"

    old_key = models.CharField(max_length=200)
    new_key = models.CharField(max_length=200)
    reason = models.TextField()
    # None: a change from before two administrators were needed.
    proposal = models.OneToOneField(KeyProposal, null=True, on_delete=models.PROTECT, related_name="change")
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=~models.Q(recorded_by=models.F("proposed_by")), name="nobody_agrees_to_own_key_change")]

    @property
    def is_public(self) -> bool:
        return True

    def content(self) -> dict[str, Any]:
        said = {"old_key": self.old_key, "new_key": self.new_key, "reason": self.reason}
        asked = {"proposal": self.proposal_id, "proposed_by": self.proposed_by.get_username()} if self.proposed_by is not None else {}
        return said | asked


class KeyRotation(models.Model):
    """The note, signed by the old and the new key, that the log is signed by the new one from this size on: the entry that says so is the last before."""

    size = models.BigIntegerField(primary_key=True)
    change = models.OneToOneField(KeyChange, on_delete=models.PROTECT, related_name="rotation")
    note = models.TextField()


class ForgettingProposal(Fact):
    """An officer proposes that the content of an entry be forgotten, on somebody's authority."""

    kind = "ledger.forgetting_proposal"

    entry = models.ForeignKey(Leaf, on_delete=models.PROTECT, related_name="forgettings")
    entry_kind = models.CharField(max_length=40)
    authority = models.CharField(max_length=200)
    reason = models.TextField()

    def content(self) -> dict[str, Any]:
        return {"entry": self.entry_id, "entry_kind": self.entry_kind, "authority": self.authority, "reason": self.reason}


class Forgetting(Fact):
    """A countersigner's answer to such a proposal. Ordered: salt and words of the entry were destroyed in the same step."""

    kind = "ledger.forgetting"

    proposal = models.OneToOneField(ForgettingProposal, on_delete=models.PROTECT, related_name="answer")
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ordered = models.BooleanField()
    note = models.TextField(blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=~models.Q(recorded_by=models.F("proposed_by")), name="nobody_orders_own_forgetting")]

    @property
    def is_public(self) -> bool:
        return self.ordered

    def item_rows(self) -> models.QuerySet[AlsoForgotten] | None:
        rows = self.also.order_by("pk")
        return rows if rows.exists() else None

    def content(self) -> dict[str, Any]:
        return {"proposal": self.proposal_id, "ordered": self.ordered, "note": self.note, "proposed_by": self.proposed_by.get_username(),
                "asked": self.proposal.content()}


class AlsoForgotten(models.Model):
    """An entry that an order takes with the one that it names, since the software wrote the same words there."""

    order = models.ForeignKey(Forgetting, on_delete=models.PROTECT, related_name="also")
    entry = models.ForeignKey(Leaf, on_delete=models.PROTECT, related_name="+")
    entry_kind = models.CharField(max_length=40)

    def as_item(self) -> dict[str, Any]:
        return {"entry": self.entry_id, "entry_kind": self.entry_kind}
