"""Notice to the legislature: given before an approval above a threshold becomes a licence, and what the legislature answers."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models

from enduse.ledger.models import plain
from enduse.licensing.cases import CaseFact
from enduse.licensing.casework import Decision

if TYPE_CHECKING:
    from enduse.licensing.models import Application


class Notice(CaseFact):
    """The legislature was told of an approval. The licence is issued when `waits_until` has come and nobody objected."""

    kind = "licensing.notice"
    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="legislature_notice")
    rule = models.CharField(max_length=40)
    value_usd = models.PositiveBigIntegerField()
    sent_on = models.DateField()
    waits_until = models.DateField()
    letter = models.CharField(max_length=60)  # the reference of the letter that told them

    def case(self) -> Application:
        return self.decision.application

    def content(self) -> dict[str, Any]:
        return {"application": self.decision.application.reference, "decision": self.decision_id, "rule": self.rule, "value_usd": self.value_usd,
                "sent_on": plain(self.sent_on), "waits_until": plain(self.waits_until), "letter": self.letter}

    def is_over(self, on: date) -> bool:
        """Whether the waiting days have passed."""
        return on >= self.waits_until


class Objection(CaseFact):
    """The legislature objects: no licence follows from this approval."""

    kind = "licensing.objection"
    notice = models.OneToOneField(Notice, on_delete=models.PROTECT, related_name="objection")
    resolution = models.CharField(max_length=120)
    reason = models.TextField()

    def case(self) -> Application:
        return self.notice.decision.application

    def content(self) -> dict[str, Any]:
        return {"application": self.notice.decision.application.reference, "notice": self.notice_id, "resolution": self.resolution,
                "reason": self.reason}
