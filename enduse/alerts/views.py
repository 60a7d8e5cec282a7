"""Pages of alerts: what waits for an answer, one alert, its answer."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from enduse.accounts.access import sees_noun
from enduse.accounts.permissions import may, permit
from enduse.alerts import actions, queries
from enduse.alerts.forms import AlertsFilter, AnswerForm
from enduse.pages import attempt, page_of, say, visible_or_404
from enduse.parties.models import Party


@sees_noun("alert")
@require_GET
def alerts(request: HttpRequest) -> HttpResponse:
    """Open ones first asked for; ?answered=yes shows those answered."""
    form = AlertsFilter(request.GET or None)
    answered = {"yes": True, "all": None}.get(request.GET.get("answered", ""), False)
    party = Party.objects.visible_to(request.user).filter(pk=request.GET["party"]).first() if request.GET.get("party", "").isdigit() else None
    rows = queries.alerts(request.user, answered=answered, kind=request.GET.get("kind", ""), party=party)
    return render(request, "alerts/alerts.html", {"page": page_of(request, rows), "filter_form": form, "party": party})


@sees_noun("alert")
@require_http_methods(["GET", "POST"])
def alert(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible_or_404(queries.alerts(request.user), pk=pk)
    form: forms.Form = AnswerForm(request.POST or None)
    if request.method == "POST":
        permit(request.user, "alerts.answer")
        if form.is_valid() and attempt(request, form, lambda: actions.answer(found, text=form.cleaned_data["answer"], by=request.user)) is not None:
            say(request, _("Your answer was saved."))
            return redirect("alerts:list")
    return render(request, "alerts/alert.html", {
        "alert": found, "form": form, "can_answer": found.answered_at is None and may(request.user, "alerts.answer")})
