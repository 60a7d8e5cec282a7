"""Estimates: the list, a new one, one in full."""

from __future__ import annotations

import json

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from enduse import clock
from enduse.accounts.access import Asking, needs, sees_noun
from enduse.accounts.permissions import sees
from enduse.diversion import actions, queries
from enduse.diversion.forms import EstimateForm
from enduse.diversion.models import Estimate
from enduse.pages import attempt, page_of, say, visible_or_404


@sees_noun("estimate")
@require_GET
def estimates(request: Asking) -> HttpResponse:
    return render(request, "diversion/estimates.html", {"page": page_of(request, queries.estimates(request.user))})


@needs("diversion.estimate")
@require_http_methods(["GET", "POST"])
def new(request: Asking) -> HttpResponse:
    form = EstimateForm(request.POST or None, names=sees(request.user, "party"), initial={"until": clock.today()})
    if request.method == "POST" and form.is_valid():
        made = attempt(request, form, lambda: actions.estimate(**form.cleaned_data, by=request.user))
        if made is not None:
            say(request, _("The estimate was made from the evidence as known now."))
            return redirect("diversion:estimate", made.reference)
    return render(request, "diversion/new.html", {"form": form})


@sees_noun("estimate")
@require_GET
def estimate(request: Asking, reference: str) -> HttpResponse:
    """The estimate as PAGES.md draws it: the sentence first, then the fan, the channels, what the field quotes, what would narrow it."""
    found: Estimate = visible_or_404(Estimate.objects.visible_to(request.user).select_related("end_user"), reference=reference)
    if request.GET.get("format") == "json":
        return JsonResponse(found.result, json_dumps_params={"indent": 1})
    return render(request, "diversion/estimate.html", {
        "estimate": found, "result": found.result, "channels": queries.by_channel(found), "months": queries.by_month(found),
        "end_users": queries.by_end_user(found, request.user), "ratios": queries.ratios(found), "narrowing": queries.narrowing(found, request.user),
        "published": queries.published_bounds(), "seized": found.result.get("seized_from_lots"),
        "not_used": json.dumps(found.result["evidence_not_used"], indent=1),
    })
