"""Changes of a licence that one officer proposes and another agrees to: revoking it, and the few things that may be amended."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from enduse.ledger.models import Fact
from enduse.licensing.licences import Licence
from enduse.parties.models import Party


class ChangeProposal(Fact):
    """One officer proposes; another agrees or declines. Until then nothing changes."""

    kind = "licensing.change_proposal"
    REVOKE, AMEND = "revoke", "amend"
    CHANGES = [(REVOKE, _("revoke")), (AMEND, _("amend"))]

    licence = models.ForeignKey(Licence, on_delete=models.PROTECT, related_name="proposals")
    change = models.CharField(max_length=8, choices=CHANGES)
    item = models.CharField(max_length=20, blank=True)  # of an amendment: a code of `reference/licence_amendments.csv`
    party = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    was = models.CharField(max_length=300, blank=True)
    becomes = models.CharField(max_length=300, blank=True)
    reason = models.TextField()

    def content(self) -> dict[str, Any]:
        said: dict[str, Any] = {"licence": self.licence.reference, "change": self.change, "reason": self.reason}
        if self.change == self.AMEND:
            said |= {"item": self.item, "party": self.party_id, "was": self.was, "becomes": self.becomes}
        return said

    @property
    def is_open(self) -> bool:
        """Nobody has answered it."""
        return getattr(self, "answer", None) is None


class ChangeAnswer(Fact):
    """Another officer's answer to a proposal: agreed, and then it stands, or declined with the reason."""

    kind = "licensing.change_answer"
    proposal = models.OneToOneField(ChangeProposal, on_delete=models.PROTECT, related_name="answer")
    agreed = models.BooleanField()
    reason = models.TextField(blank=True)

    def content(self) -> dict[str, Any]:
        return {"licence": self.proposal.licence.reference, "proposal": self.proposal_id, "agreed": self.agreed, "reason": self.reason}
