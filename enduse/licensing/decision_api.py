"""Endpoints of what follows a recommendation, and of a licence's changes by two officers."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router

from enduse import clock
from enduse.accounts.permissions import must_see, permit
from enduse.licensing import actions, control_lists, dated, letter_views, licence_views, queries
from enduse.licensing.decision_schemas import (
    AppealIn,
    AppealOut,
    ChangeAnswerIn,
    ChangeProposalIn,
    ChangeProposalOut,
    DatedRules,
    NoticeIn,
    NoticeOut,
    ObjectionIn,
    ObjectionOut,
    PurchaseIn,
    PurchaseOut,
)
from enduse.licensing.models import Application, ChangeProposal, Licence, Purchase
from enduse.licensing.schemas import ApplicationRow, Reason
from enduse.licensing.whole import found_whole
from enduse.pages import visible_or_404
from enduse.parties.models import Party
from enduse.refusals import Invalid, Problem

router = Router(tags=["licensing"])


def _application(user: Any, reference: str) -> Application:
    return found_whole(Application.objects.visible_to(user), reference=reference)


def _licence(user: Any, reference: str) -> Licence:
    return visible_or_404(queries.licences(user), reference=reference)


@router.post("/applications/{reference}/appeal", response=AppealOut, operation_id="licensing.appeal")
def appeal(request: HttpRequest, reference: str, body: AppealIn) -> Any:
    """Appeal against a refusal within 28 days: officers who had no part in it decide again."""
    permit(request.user, "licensing.appeal")
    return actions.appeal(_application(request.user, reference), grounds=body.grounds, by=request.user)


@router.post("/applications/{reference}/notify", response=NoticeOut, operation_id="licensing.notify")
def notify(request: HttpRequest, reference: str, body: NoticeIn) -> Any:
    """Record that the legislature was told of an approval above a threshold."""
    permit(request.user, "licensing.notify")
    return actions.notify(_application(request.user, reference), letter=body.letter, sent_on=body.sent_on, by=request.user)


@router.post("/applications/{reference}/object", response=ObjectionOut, operation_id="licensing.object_to")
def object_to(request: HttpRequest, reference: str, body: ObjectionIn) -> Any:
    """Record that the legislature objects: no licence follows."""
    permit(request.user, "licensing.object_to")
    return actions.object_to(_application(request.user, reference), resolution=body.resolution, reason=body.reason, by=request.user)


@router.post("/applications/{reference}/issue", response=dict[str, str], operation_id="licensing.issue")
def issue(request: HttpRequest, reference: str) -> Any:
    """Issue the licence when the days of the notice have passed."""
    permit(request.user, "licensing.issue")
    return {"licence": actions.issue(_application(request.user, reference), by=request.user).reference}


@router.post("/licences/{reference}/changes", response=ChangeProposalOut, operation_id="licensing.propose_change")
def propose_change(request: HttpRequest, reference: str, body: ChangeProposalIn) -> Any:
    """Propose to revoke a licence or to amend one of the few things that may be; another officer answers."""
    permit(request.user, "licensing.propose_change")
    licence = _licence(request.user, reference)
    if body.change == ChangeProposal.REVOKE:
        return actions.propose_revocation(licence, reason=body.reason, by=request.user)
    if body.change != ChangeProposal.AMEND:
        raise Invalid(Problem(_("There is no such change."), _("Choose revoke or amend."), field="change", found=body.change))
    party = Party.objects.visible_to(request.user).filter(pk=body.party).first() if body.party is not None else None
    return actions.propose_amendment(licence, item=body.item, party=party, was=body.was, becomes=body.becomes, reason=body.reason, by=request.user)


@router.post("/licences/{reference}/changes/{int:proposal_id}/answer", response=ChangeProposalOut, operation_id="licensing.answer_change")
def answer_change(request: HttpRequest, reference: str, proposal_id: int, body: ChangeAnswerIn) -> Any:
    """Agree to a colleague's proposal, or decline it."""
    permit(request.user, "licensing.answer_change")
    proposal = visible_or_404(ChangeProposal.objects.filter(licence=_licence(request.user, reference)), pk=proposal_id)
    action = actions.agree if body.agreed else actions.decline
    return action(proposal, reason=body.reason, by=request.user).proposal


@router.post("/licences/{reference}/replace", response=ApplicationRow, operation_id="licensing.draft_replacement")
def draft_replacement(request: HttpRequest, reference: str) -> Any:
    """Draft an application for what was not shipped under a licence of your own; when granted, that licence ends."""
    permit(request.user, "licensing.draft")
    return actions.draft_replacement(_licence(request.user, reference), by=request.user)


@router.post("/licences/{reference}/purchases", response=PurchaseOut, operation_id="licensing.buy")
def buy(request: HttpRequest, reference: str, body: PurchaseIn) -> Any:
    """Order a quantity of a line from a registered maker, under a licence of your own government: no other maker may then deliver it."""
    permit(request.user, "licensing.buy")
    licence = _licence(request.user, reference)
    maker = Party.objects.visible_to(request.user).filter(pk=body.maker).first()
    if maker is None:
        raise Invalid(Problem(_("There is no such party."), _("Use the id of a party that you see."), field="maker", found=str(body.maker)))
    return actions.buy(licence, line=body.line, maker=maker, quantity=body.quantity, order=body.order, by=request.user)


@router.get("/licences/{reference}/purchases", response=list[PurchaseOut], operation_id="licensing.list_purchases")
def list_purchases(request: HttpRequest, reference: str) -> Any:
    """The orders under a licence that you see: all for its buyer and the authority, your own for a maker."""
    must_see(request.user, "licence")
    return [purchase for purchase, _left in licence_views.purchases_shown(request, _licence(request.user, reference))]


@router.post("/licences/{reference}/purchases/{int:purchase_id}/release", response=PurchaseOut, operation_id="licensing.release_purchase")
def release_purchase(request: HttpRequest, reference: str, purchase_id: int, body: Reason) -> Any:
    """Release what is left of an order: any registered maker may deliver it again."""
    permit(request.user, "licensing.buy")
    purchase = visible_or_404(Purchase.objects.filter(licence=_licence(request.user, reference)), pk=purchase_id)
    return actions.release_purchase(purchase, reason=body.reason, by=request.user).purchase


@router.get("/licences/{reference}/paper", operation_id="licensing.get_paper")
def get_paper(request: HttpRequest, reference: str, language: str = Query("", description="en or es; empty: your own.")) -> Any:
    """The licence as a PDF with its code, in your language."""
    must_see(request.user, "licence")
    return letter_views.paper_of(request, _licence(request.user, reference))


@router.get("/applications/{reference}/letter", operation_id="licensing.get_letter")
def get_letter(request: HttpRequest, reference: str, language: str = Query("", description="en or es; empty: your own.")) -> Any:
    """The letter of the decision as a PDF, with its reasons by criterion."""
    must_see(request.user, "application")
    return letter_views.letter_of(request, _application(request.user, reference))


@router.get("/applications/{reference}/notice-letter", operation_id="licensing.get_notice_letter")
def get_notice_letter(request: HttpRequest, reference: str, language: str = Query("", description="en or es; empty: your own.")) -> Any:
    """The letter to the legislature as a PDF."""
    permit(request.user, "licensing.notify")
    return letter_views.notice_of(request, _application(request.user, reference))


@router.get("/rules", response=DatedRules, operation_id="licensing.list_rules")
def list_rules(request: HttpRequest, on: date | None = None) -> Any:
    """The dated rules: who licenses what, who countersigns, what the legislature is told of, what may be amended."""
    must_see(request.user, "licence")
    day = on or clock.today()
    names = (dated.AUTHORITIES, control_lists.TABLE, dated.COUNTERSIGN, dated.THRESHOLDS, dated.CERTIFICATES, dated.AMENDMENTS, dated.DENIALS, dated.RETURN_RULES)
    return {"day": day, "tables": {name: [
        {"code": rule.code, "since": rule.since, "until": rule.until, "text": rule.text, "applies": rule.applies_on(day),
         "columns": {key: value for key, value in rule.entry.more.items() if value}}
        for rule in dated.rules(name)] for name in names}}
