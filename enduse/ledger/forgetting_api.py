"""Forgetting by order over the API."""

from __future__ import annotations

from datetime import datetime

from ninja import Field, Router, Schema

from enduse.accounts.access import Asking
from enduse.accounts.permissions import must_see
from enduse.ledger import forgetting, queries
from enduse.ledger.models import Forgetting, ForgettingProposal
from enduse.pages import visible_or_404

router = Router(tags=["ledger"])


class ForgettingAnswerOut(Schema):
    id: int = Field(alias="pk", description="Its place in the log.")
    ordered: bool
    note: str
    by: str = Field(alias="recorded_by.username")
    recorded_at: datetime


class ForgettingOut(Schema):
    id: int = Field(alias="pk", description="Its place in the log.")
    entry: int = Field(alias="entry_id")
    entry_kind: str
    authority: str
    reason: str
    by: str = Field(alias="recorded_by.username")
    recorded_at: datetime
    also: list[int] = Field(description="Other entries that the order takes too: the software wrote the same words there.")
    answer: ForgettingAnswerOut | None = None

    @staticmethod
    def resolve_also(proposal: ForgettingProposal) -> list[int]:
        return [leaf.index for leaf in forgetting.entries_with(proposal)]

    @staticmethod
    def resolve_answer(proposal: ForgettingProposal) -> Forgetting | None:
        return getattr(proposal, "answer", None)


class ForgettingIn(Schema):
    authority: str = Field(description="The number of the court's order, or the law and its article.")
    reason: str = Field(description="Everybody may read it once it is ordered: do not repeat what is to be forgotten.")


class ForgettingAnswerIn(Schema):
    ordered: bool = Field(description="true: the content is destroyed at once and for ever; false: the proposal is declined.")
    note: str = Field("", description="Needed to decline.")


@router.get("/forgettings", response=list[ForgettingOut], operation_id="ledger.list_forgettings")
def list_forgettings(request: Asking) -> list[ForgettingProposal]:
    """What was proposed to be forgotten, and how it was answered."""
    must_see(request.user, "order")
    return list(queries.forgettings())


@router.post("/entries/{index}/forget", response=ForgettingOut, operation_id="ledger.propose_forgetting")
def propose_forgetting(request: Asking, index: int, said: ForgettingIn) -> ForgettingProposal:
    """Propose that the content of an entry be forgotten, on somebody's authority."""
    return forgetting.propose(index, by=request.user, authority=said.authority, reason=said.reason)


@router.post("/forgettings/{proposal}/answer", response=ForgettingOut, operation_id="ledger.order_forgetting")
def order_forgetting(request: Asking, proposal: int, said: ForgettingAnswerIn) -> ForgettingProposal:
    """Order or decline what another officer proposed. Ordered, the content is gone at once and for ever."""
    must_see(request.user, "order")
    found = visible_or_404(queries.forgettings(), pk=proposal)
    forgetting.answer(found, by=request.user, ordered=said.ordered, note=said.note)
    return visible_or_404(queries.forgettings(), pk=proposal)
