"""The log's keys over the API: those that signed it, asking for a change, answering."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet
from ninja import Field, Router, Schema

from enduse.accounts.access import Asking
from enduse.accounts.permissions import must_see, permit
from enduse.ledger import rotating
from enduse.ledger.keys import signer
from enduse.ledger.models import KeyProposal, KeyRotation
from enduse.pages import visible_or_404

router = Router(tags=["ledger"])


class KeyChangeOut(Schema):
    size: int = Field(description="From this number of entries on, the new key signs.")
    old_key: str = Field(alias="change.old_key")
    new_key: str = Field(alias="change.new_key")
    reason: str = Field(alias="change.reason")
    recorded_at: datetime = Field(alias="change.recorded_at")
    note: str = Field(description="The note that both keys signed.")


class KeysOut(Schema):
    key: str = Field(description="The public key that signs now.")
    changes: list[KeyChangeOut] = Field(description="How it came from the log's first key, oldest first.")


class KeyProposalIn(Schema):
    reason: str = Field(description="Why; everybody may read it once the key is changed.")


class KeyProposalOut(Schema):
    id: int = Field(alias="pk", description="Its place in the log.")
    reason: str
    by: str = Field(alias="recorded_by.username")
    recorded_at: datetime
    size: int | None = Field(None, description="Agreed: from this number of entries on, the new key signs.")
    declined: str | None = Field(None, description="Why it was declined.")

    @staticmethod
    def resolve_size(proposal: KeyProposal) -> int | None:
        return proposal.change.rotation.size if hasattr(proposal, "change") else None

    @staticmethod
    def resolve_declined(proposal: KeyProposal) -> str | None:
        return proposal.declined.note if hasattr(proposal, "declined") else None


class KeyAnswerIn(Schema):
    agreed: bool = Field(description="true: a new key signs from now on and the old private key is destroyed; false: the key stays.")
    note: str = Field("", description="Needed to decline.")


@router.get("/keys", response=KeysOut, auth=None, operation_id="ledger.list_keys")
def list_keys(request: Asking) -> KeysOut:
    """The keys that signed the log, with the notes that lead from one to the next."""
    return KeysOut(key=str(signer().verifier), changes=list(KeyRotation.objects.select_related("change").order_by("size")))


@router.get("/keys/proposals", response=list[KeyProposalOut], operation_id="ledger.list_key_proposals")
def list_key_proposals(request: Asking) -> list[KeyProposal]:
    """The changes of the key that were asked for, and how they were answered; newest first."""
    must_see(request.user, "order")
    return list(_proposals().order_by("-pk"))


@router.post("/keys/proposals", response=KeyProposalOut, operation_id="ledger.propose_key")
def propose_key(request: Asking, said: KeyProposalIn) -> KeyProposal:
    """Ask that the log be signed with a new key. Another administrator agrees or declines."""
    return rotating.propose(by=request.user, reason=said.reason)


@router.post("/keys/proposals/{proposal}/answer", response=KeyProposalOut, operation_id="ledger.change_key")
def change_key(request: Asking, proposal: int, said: KeyAnswerIn) -> KeyProposal:
    """Agree to what another administrator asked for: the log is signed with a new key from now on. Or decline."""
    permit(request.user, "ledger.change_key")
    found = visible_or_404(_proposals(), pk=proposal)
    if said.agreed:
        rotating.agree(found, by=request.user)
    else:
        rotating.decline(found, by=request.user, note=said.note)
    return visible_or_404(_proposals(), pk=proposal)


def _proposals() -> QuerySet[KeyProposal]:
    return KeyProposal.objects.select_related("recorded_by", "change__rotation", "declined")
