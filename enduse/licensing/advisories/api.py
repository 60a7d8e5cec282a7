"""Endpoints of advisories."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema

from enduse.accounts.permissions import Scope, must_see, permit, scope_of
from enduse.licensing.advisories import actions, queries
from enduse.licensing.advisories.letter import letter_of
from enduse.licensing.advisories.models import NO_APPROVAL, Advisory
from enduse.licensing.models import Application
from enduse.pages import part_of, visible_or_404
from enduse.refusals import Invalid, Problem
from enduse.screening.queries import state_of

router = Router(tags=["licensing"])


class GoodsAsked(Schema):
    firearm_type: str = Field(description="A code of the list of types.")
    calibre: str = Field(description="A code of the list of calibres.")
    quantity: int | None = Field(None, description="Null: not known yet.")


class AdvisoryIn(Schema):
    name: str | None = Field(None, description="Full name of the end user. As everything here, needed unless it is copied.")
    party_kind: str | None = Field(None, description="armed_force, police, state_body, company or person.")
    country: str | None = Field(None, description="ISO 3166 code, two letters.")
    goods: list[GoodsAsked] | None = Field(None, description="What would be sold.")
    reason: str | None = Field(None, description="Why you ask.")
    address: str | None = None
    contact: str | None = Field(None, description="Whom to reach there.")
    business: str | None = Field(None, description="Nature of its business; a company's is needed.")
    birth_date: date | None = Field(None, description="Of a person.")
    copy_of: str | None = Field(None, description="Reference of an earlier enquiry of your own: what is left out here is taken from it.")


class AdvisoryAnswerIn(Schema):
    outcome: str = Field(description="no_concerns, concerns, or declined: no advice is given. None is an approval.")
    reasons: str = Field("", description="What who asked is told; needed with concerns, and where no advice is given.")
    note: str = Field("", description="For colleagues; who asked never sees it.")


class AdvisoryWithdrawIn(Schema):
    reason: str = ""


class AdvisoryAnswerOut(Schema):
    outcome: str
    reasons: str
    answered_at: datetime
    is_not: str = Field(description="What the answer is not: an approval.")
    note: str | None = Field(description="Null for those who do not see it, as who answered.")
    answered_by: str | None
    leaf: int = Field(description="Its place in the log.")


class AdvisoryOut(Schema):
    reference: str
    state: str = Field(description="asked, answered or withdrawn.")
    asked_by: int
    asked_by_name: str
    asked_at: datetime
    name: str
    party_kind: str
    country: str
    address: str
    contact: str
    birth_date: date | None
    business: str
    goods: list[GoodsAsked]
    reason: str
    copy_of: str | None
    due_on: date | None = Field(description="Null for those who do not answer.")
    answer: AdvisoryAnswerOut | None
    party: int | None = Field(description="For officers: the party that is screened.")
    screening: str | None = Field(description="For officers: not_screened, stale, open_hits, true_match or clear; given with one advisory alone.")
    leaf: int


class Advisories(Schema):
    count: int
    items: list[AdvisoryOut]


def _find(request: HttpRequest, reference: str) -> Advisory:
    return visible_or_404(queries.advisories(request.user), reference=reference)


def out(user: Any, advisory: Advisory, *, whole: bool = False) -> dict[str, Any]:
    """One advisory as the viewer may see it; `whole`: with where its end user stands against the lists."""
    is_officer = scope_of(user, "advisory") is Scope.ALL
    given = getattr(advisory, "answer", None)
    plain = {name: getattr(advisory, name) for name in (
        "reference", "state", "name", "party_kind", "country", "address", "contact", "birth_date", "business", "goods", "reason")}
    return {
        **plain, "asked_by": advisory.asked_by_id, "asked_by_name": advisory.asked_by.name, "asked_at": advisory.recorded_at, "leaf": advisory.pk,
        "copy_of": advisory.copy_of.reference if advisory.copy_of else None, "due_on": advisory.due_on if is_officer else None,
        "party": advisory.end_user_id if is_officer else None, "screening": state_of(advisory.end_user).state if is_officer and whole else None,
        "answer": {
            "outcome": given.outcome, "reasons": given.reasons, "answered_at": given.recorded_at, "is_not": str(NO_APPROVAL), "leaf": given.pk,
            "note": given.note if is_officer else None, "answered_by": given.recorded_by.get_username() if is_officer else None,
        } if given is not None else None}


@router.get("/advisories", response=Advisories, operation_id="licensing.list_advisories")
def list_advisories(
    request: HttpRequest, state: str = Query("", description="asked, overdue, answered, concerns, no_concerns, declined or withdrawn; empty: all."),
    search: str = "", application: str = Query("", description="Only those about a party of this application."),
    limit: int = Query(100, ge=1, le=500), offset: int = Query(0, ge=0),
) -> Any:
    """What was asked about end users before any application; officers see all, who asks its own."""
    must_see(request.user, "advisory")
    named = visible_or_404(Application.objects.visible_to(request.user), reference=application) if application else None
    rows = queries.advisories(request.user, state=state, search=search, application=named)
    return {"count": rows.count(), "items": [out(request.user, each) for each in part_of(rows, offset, offset + limit)]}


@router.get("/advisories/{reference}", response=AdvisoryOut, operation_id="licensing.get_advisory")
def get_advisory(request: HttpRequest, reference: str) -> Any:
    """One enquiry with its answer."""
    must_see(request.user, "advisory")
    return out(request.user, _find(request, reference), whole=True)


@router.post("/advisories", response=AdvisoryOut, operation_id="licensing.ask_advisory")
def ask_advisory(request: HttpRequest, body: AdvisoryIn) -> Any:
    """Ask whether the authority has concerns about an end user, before any application."""
    permit(request.user, "licensing.ask_advisory")
    earlier = None
    if body.copy_of is not None:
        earlier = queries.advisories(request.user).filter(reference=body.copy_of).first()
        if earlier is None:
            raise Invalid(Problem(_("Your party asked nothing under this reference."), _("Look in your list of enquiries."), field="copy_of",
                                  found=body.copy_of))
    words: dict[str, Any] = {name: getattr(earlier, name, "") for name in (
        "name", "party_kind", "country", "address", "contact", "business", "reason")}
    words |= {"birth_date": getattr(earlier, "birth_date", None), "goods": getattr(earlier, "goods", [])}
    words |= body.dict(exclude={"copy_of"}, exclude_none=True)
    goods = [actions.GoodsNamed(**each) for each in words.pop("goods")]
    done = actions.ask_advisory(actions.EndUserNamed(goods=goods, **words), copy_of=earlier, by=request.user)
    return out(request.user, _find(request, done.reference), whole=True)


@router.post("/advisories/{reference}/answer", response=AdvisoryOut, operation_id="licensing.answer_advisory")
def answer_advisory(request: HttpRequest, reference: str, body: AdvisoryAnswerIn) -> Any:
    """Say whether there are concerns. Each possible list match of the end user is answered first; the answer approves nothing."""
    permit(request.user, "licensing.answer_advisory")
    actions.answer_advisory(_find(request, reference), by=request.user, **body.dict())
    return out(request.user, _find(request, reference), whole=True)


@router.post("/advisories/{reference}/withdraw", response=AdvisoryOut, operation_id="licensing.withdraw_advisory")
def withdraw_advisory(request: HttpRequest, reference: str, body: AdvisoryWithdrawIn) -> Any:
    """Take an enquiry back before it is answered."""
    permit(request.user, "licensing.withdraw_advisory")
    actions.withdraw_advisory(_find(request, reference), reason=body.reason, by=request.user)
    return out(request.user, _find(request, reference), whole=True)


@router.get("/advisories/{reference}/letter", operation_id="licensing.get_advisory_letter")
def get_advisory_letter(request: HttpRequest, reference: str, language: str = Query("", description="en or es; empty: your own.")) -> Any:
    """The letter that answers an enquiry, as a PDF."""
    must_see(request.user, "advisory")
    return letter_of(request, _find(request, reference))
