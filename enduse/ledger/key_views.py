"""The page of the log's keys: which signed it, asking for another, answering what another administrator asked."""

from __future__ import annotations

from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from enduse.accounts.models import User
from enduse.accounts.permissions import may, permit
from enduse.ledger import rotating
from enduse.ledger.forms import KeyAnswerForm, ReasonForm
from enduse.ledger.keys import signer
from enduse.ledger.models import KeyProposal, KeyRotation
from enduse.ledger.views import FOREVER
from enduse.pages import attempt, say, visible_or_404


@require_http_methods(["GET", "POST"])
def keys(request: HttpRequest) -> HttpResponse:
    """The keys that signed the log, one after another. Of those who may change it one asks here and another answers."""
    may_change = may(request.user, "ledger.change_key")
    if request.method == "POST":
        permit(request.user, "ledger.change_key")
    waiting = rotating.waiting() if may_change else None
    kind = KeyAnswerForm if "agreed" in request.POST or (waiting and request.method != "POST") else ReasonForm
    form = kind(request.POST) if request.method == "POST" else kind(initial={"proposal": waiting.pk if waiting else None})
    if form.is_bound and form.is_valid() and attempt(request, form, lambda: _do(request.user, request, form)) is not None:
        return redirect("ledger:keys")
    return render(request, "ledger/keys.html", {
        "key": str(signer().verifier), "changes": KeyRotation.objects.select_related("change__recorded_by", "change__proposed_by").order_by("-size"),
        "form": form if may_change else None, "waiting": waiting, "own": waiting is not None and waiting.recorded_by == request.user})


def _do(by: User, request: HttpRequest, form: Form) -> object:
    if isinstance(form, ReasonForm):
        asked = rotating.propose(by=by, **form.cleaned_data)
        say(request, _("It was asked for. Another administrator agrees or declines."))
        return asked
    proposal = visible_or_404(KeyProposal.objects.all(), pk=form.cleaned_data["proposal"])
    if form.cleaned_data["agreed"] == "no":
        declined = rotating.decline(proposal, by=by, note=form.cleaned_data["note"])
        say(request, _("The proposal was declined."))
        return declined
    changed = rotating.agree(proposal, by=by)
    say(request, _("The log is signed with a new key from now on. Publish it where the old one was published."))
    return changed


@require_GET
def rotation(request: HttpRequest, size: int) -> HttpResponse:
    """The note, signed with both keys, by which the log changed its key."""
    found = KeyRotation.objects.filter(pk=size).first()
    if found is None:
        raise Http404(_("The log did not change its key there."))
    return HttpResponse(found.note, content_type="text/plain; charset=utf-8", headers={"Cache-Control": FOREVER})
