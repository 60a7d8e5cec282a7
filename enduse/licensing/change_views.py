"""Pages of a licence's changes by two officers, and of its replacement."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from enduse import clock
from enduse.accounts.access import needs
from enduse.licensing import actions, dated
from enduse.licensing.decision_forms import AmendmentForm, AnswerForm, IssueForm, PurchaseForm
from enduse.licensing.forms import ReasonForm
from enduse.licensing.licence_views import find
from enduse.licensing.models import ChangeProposal, Purchase
from enduse.pages import attempt, say, visible_or_404


@needs("licensing.propose_change")
@require_http_methods(["GET", "POST"])
def propose_revocation(request: HttpRequest, reference: str) -> HttpResponse:
    found = find(request, reference)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if attempt(request, form, lambda: actions.propose_revocation(found, reason=given["reason"], by=request.user)) is not None:
            say(request, _("Proposed. The licence ends when another officer agrees; until then it stands as it is."))
            return redirect("licensing:licence", reference)
    return render(request, "licensing/licence_step.html", {
        "form": form, "licence": found, "title": _("Propose to revoke"), "tone": "danger",
        "text": _("It ends for good when another officer agrees. Suspend it if nothing may move until then.")})


@needs("licensing.propose_change")
@require_http_methods(["GET", "POST"])
def propose_amendment(request: HttpRequest, reference: str) -> HttpResponse:
    found = find(request, reference)
    form = AmendmentForm(request.POST or None)
    sent = request.method == "POST" and form.is_valid()
    if sent and attempt(request, form, lambda: actions.propose_amendment(found, by=request.user, **form.cleaned_data)) is not None:
        say(request, _("Proposed. It stands when another officer agrees."))
        return redirect("licensing:licence", reference)
    return render(request, "licensing/amend.html", {
        "form": form, "licence": found, "barred": [rule for rule in dated.in_force(dated.AMENDMENTS, clock.today()) if rule.says("allowed") != "yes"]})


@needs("licensing.answer_change")
@require_http_methods(["GET", "POST"])
def answer_change(request: HttpRequest, reference: str, proposal_id: int) -> HttpResponse:
    found = find(request, reference)
    proposal = visible_or_404(ChangeProposal.objects.filter(licence=found).select_related("recorded_by", "party"), pk=proposal_id)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        action = actions.agree if given["answer"] == AnswerForm.AGREE else actions.decline
        if attempt(request, form, lambda: action(proposal, reason=given["reason"], by=request.user)) is not None:
            say(request, _("Your answer was saved."))
            return redirect("licensing:licence", reference)
    return render(request, "licensing/answer_change.html", {
        "form": form, "licence": found, "proposal": proposal, "item": dated.text_of(dated.AMENDMENTS, proposal.item)})


@needs("licensing.draft")
@require_http_methods(["GET", "POST"])
def replace(request: HttpRequest, reference: str) -> HttpResponse:
    found = find(request, reference)
    form = IssueForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = attempt(request, form, lambda: actions.draft_replacement(found, by=request.user))
        if made is not None:
            say(request, _("The draft %s asks for what was not shipped. Add its new end-use certificate, then submit it.") % made.reference)
            return redirect("licensing:application", made.reference)
    return render(request, "licensing/licence_step.html", {
        "form": form, "licence": found, "title": _("Apply for a renewal or replacement"), "tone": "",
        "text": _("A new application for at most what was not shipped. When it is granted, this licence ends.")})


@needs("licensing.buy")
@require_http_methods(["GET", "POST"])
def buy(request: HttpRequest, reference: str) -> HttpResponse:
    found = find(request, reference)
    form = PurchaseForm(request.POST or None, licence=found)
    sent = request.method == "POST" and form.is_valid()
    if sent and attempt(request, form, lambda: actions.buy(found, by=request.user, **form.cleaned_data)) is not None:
        say(request, _("The order was recorded: its quantity is kept for this maker."))
        return redirect("licensing:licence", reference)
    return render(request, "licensing/licence_step.html", {
        "form": form, "licence": found, "title": _("Order from a maker"), "tone": "",
        "text": _("What is ordered is kept for this maker: no other may deliver it until you release the order.")})


@needs("licensing.buy")
@require_http_methods(["GET", "POST"])
def release_purchase(request: HttpRequest, reference: str, purchase_id: int) -> HttpResponse:
    found = find(request, reference)
    purchase = visible_or_404(Purchase.objects.filter(licence=found), pk=purchase_id)
    form = ReasonForm(request.POST or None)
    sent = request.method == "POST" and form.is_valid()
    if sent and attempt(request, form, lambda: actions.release_purchase(purchase, reason=form.cleaned_data["reason"], by=request.user)) is not None:
        say(request, _("The order was released: any registered maker may deliver what is left of it."))
        return redirect("licensing:licence", reference)
    return render(request, "licensing/licence_step.html", {
        "form": form, "licence": found, "title": _("Release the order"), "tone": "",
        "text": f"{purchase.order} · {purchase.maker} · {purchase.quantity}"})
