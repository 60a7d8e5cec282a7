"""Pages of forgetting by order: what was proposed and ordered, proposing, answering."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from enduse.accounts.access import Asking, needs, sees_noun
from enduse.accounts.permissions import may
from enduse.ledger import forgetting, queries
from enduse.ledger.forms import AnswerForm, ForgetForm
from enduse.ledger.models import ForgettingProposal
from enduse.pages import attempt, page_of, say, visible_or_404


@sees_noun("order")
@require_GET
def proposals(request: Asking) -> HttpResponse:
    return render(request, "ledger/forgettings.html", {"page": page_of(request, queries.forgettings())})


@sees_noun("order")
@require_http_methods(["GET", "POST"])
def proposal(request: Asking, pk: int) -> HttpResponse:
    """One proposal, and its answer: written here by a countersigner who did not propose it."""
    found: ForgettingProposal = visible_or_404(queries.forgettings(), pk=pk)
    answered = getattr(found, "answer", None)
    may_answer = answered is None and may(request.user, "ledger.order_forgetting") and found.recorded_by != request.user
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        done = attempt(request, form, lambda: forgetting.answer(found, by=request.user, **form.answered()))
        if done is not None:
            say(request, _("The content of entry %d was forgotten.") % found.entry_id if done.ordered else _("The proposal was declined."))
            return redirect("ledger:forgetting", pk)
    return render(request, "ledger/forgetting.html", {
        "proposal": found, "answer": answered, "form": form if may_answer else None, "kept": queries.forgotten_fields(found.entry_kind),
        "others": forgetting.entries_with(found)})


@needs("ledger.propose_forgetting")
@require_http_methods(["GET", "POST"])
def forget(request: Asking, index: int) -> HttpResponse:
    """An officer proposes that the content of an entry be forgotten."""
    form = ForgetForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        done = attempt(request, form, lambda: forgetting.propose(index, by=request.user, **form.cleaned_data))
        if done is not None:
            say(request, _("It was proposed. A countersigner orders or declines it."))
            return redirect("ledger:forgetting", done.pk)
    leaf = queries.Leaf.objects.filter(pk=index).first()
    read = leaf is not None and queries.readable(request.user, leaf) is not None
    return render(request, "ledger/forget.html", {
        "form": form, "index": index, "kept": queries.forgotten_fields(leaf.kind) if leaf and read else [],
        "others": [fact.leaf for fact in forgetting.forgotten_with(index)] if leaf and read and leaf.salt else []})
