"""The pages of calibration: whether the chances mean what they say, what the search expects, and learning a new version."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from enduse.accounts.access import needs, sees_noun
from enduse.pages import say
from enduse.refusals import Refused
from enduse.tracing import actions, calibrating, learning
from enduse.tracing import errors_in_words as words
from enduse.tracing.asking import Asking
from enduse.tracing.models import ErrorVersion


@sees_noun("recovery", figures=True)
@require_GET
def calibration(request: Asking) -> HttpResponse:
    """What was claimed against what it was, by version of the error model; counts only, no firearm and no name."""
    from enduse.engines import serials

    versions = calibrating.by_version()
    asked = request.GET.get("version", "")
    found = next((each for each in versions if each.version == asked), None) or calibrating.calibrated()
    model = learning.current()
    return render(request, "tracing/calibration.html", {
        "found": found, "likeliest": _claims(found.likeliest), "none": _claims(found.none), "versions": versions, "model": model,
        "rates": words.rates_of(model, serials.ErrorModel()), "worn": words.worn_end_of(model), "confused": words.most_confused(model),
        "learnt": list(ErrorVersion.objects.select_related("recorded_by", "follows").order_by("-pk")),
        "new": learning.new_traces(), "needed": learning.ENOUGH,
    })  # fmt: skip


def _claims(found: Any) -> dict[str, Any]:
    return {"found": found, "verdict": words.verdict_of(found), "chart": words.chart_rows(found), "table": words.table_rows(found)}


@needs("tracing.learn_errors")
@require_http_methods(["GET", "POST"])
def learn(request: Asking) -> HttpResponse:
    """What a new version would change, before it is learnt."""
    shown: dict[str, Any] = {}
    try:
        if request.method == "POST":
            made = actions.learn_errors(by=request.user)
            say(request, _("Learnt: the search uses %s from now on.") % made.version)
            return redirect("tracing:calibration")
        learnt, current = learning.learn(), learning.current()
        shown = {"learnt": learnt, "current": current, "rates": words.rates_of(learnt.model, current), "confused": words.most_confused(learnt.model),
                 "changed": calibrating.changed_by(learnt.model)}  # fmt: skip
    except Refused as refusal:
        shown = {"refusal": refusal}
    return render(request, "tracing/learn.html", shown, status=409 if request.method == "POST" else 200)
