"""Scenarios: the list, a new comparison, one in full."""

from __future__ import annotations

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from enduse.accounts.access import Asking, needs, sees_noun
from enduse.diversion.queries import latest
from enduse.lab import actions, queries
from enduse.lab.forms import ScenarioForm
from enduse.lab.models import Scenario
from enduse.pages import attempt, page_of, say, visible_or_404


@sees_noun("scenario")
@require_GET
def scenarios(request: Asking) -> HttpResponse:
    return render(request, "lab/scenarios.html", {"page": page_of(request, queries.scenarios(request.user))})


@needs("lab.simulate")
@require_http_methods(["GET", "POST"])
def new(request: Asking) -> HttpResponse:
    newest = latest(request.user)
    chosen = {"estimate": request.GET.get("estimate") or (newest.reference if newest else None), "measures": request.GET.getlist("measure")}
    form = ScenarioForm(request.POST or None, user=request.user, initial=chosen)
    if request.method == "POST" and form.is_valid():
        given = {**form.cleaned_data, "measures": list(form.cleaned_data["measures"])}
        made = attempt(request, form, lambda: actions.simulate(**given, by=request.user))
        if made is not None:
            say(request, _("The futures were run."))
            return redirect("lab:scenario", made.reference)
    return render(request, "lab/new.html", {"form": form})


@sees_noun("scenario")
@require_GET
def scenario(request: Asking, reference: str) -> HttpResponse:
    found: Scenario = visible_or_404(queries.scenarios(request.user), reference=reference)
    if request.GET.get("format") == "json":
        return JsonResponse(found.outcome, json_dumps_params={"indent": 1})
    rows = queries.compared(found)
    return render(request, "lab/scenario.html", {
        "scenario": found, "rows": rows, "net": queries.intervals(rows, "net_averted"), "forgone": queries.intervals(rows, "lawful_stock_forgone"),
        "displaced": queries.intervals(rows, "displaced_to_straw_purchase"), "staff": queries.intervals(rows, "staff_days"),
        "sentence": queries.sentence(rows), "responses": [name for name, on in found.responses.items() if on],
    })
