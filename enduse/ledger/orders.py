"""Facts about the log itself: the change of its key."""

from __future__ import annotations

from typing import Any

from django.db import models

from enduse.ledger.models import Fact


class KeyChange(Fact):
    """The log changes its key. Everybody may read that it did, and why."""

    kind = "ledger.key_change"

    old_key = models.CharField(max_length=200)
    new_key = models.CharField(max_length=200)
    reason = models.TextField()

    @property
    def is_public(self) -> bool:
        return True

    def content(self) -> dict[str, Any]:
        return {"old_key": self.old_key, "new_key": self.new_key, "reason": self.reason}


class KeyRotation(models.Model):
    """The note, signed by the old and the new key, that the log is signed by the new one from this size on: the entry that says so is the last before."""

    size = models.BigIntegerField(primary_key=True)
    change = models.OneToOneField(KeyChange, on_delete=models.PROTECT, related_name="rotation")
    note = models.TextField()
