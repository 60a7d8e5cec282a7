"""The pages of monitoring: checks, a plan, one check with its sample to print, its outcome."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from enduse import reference as reference_lists
from enduse.accounts.access import needs, sees_noun
from enduse.accounts.actions import note_read
from enduse.accounts.permissions import may, sees
from enduse.custody.asking import Asking
from enduse.custody.queries import units_seen
from enduse.monitoring import actions, queries
from enduse.monitoring.forms import CheckFilter, OutcomeForm, PlanForm
from enduse.monitoring.models import Check
from enduse.pages import attempt, csv_download, page_of, say, visible_or_404


@require_GET
@sees_noun("check", figures=True)
def checks(request: Asking) -> HttpResponse:
    """Checks with how they went, random and chosen apart; those who see figures only see the rates."""
    form = CheckFilter(request.GET)
    rows = queries.checks(request.user, **(form.cleaned_data if form.is_valid() else {}))
    if request.GET.get("format") == "csv" and sees(request.user, "check"):
        note_read(request.user, "export", "checks")
        return csv_download(  # type: ignore[return-value]
            "checks",
            ["reference", "unit", "stage", "selection", "selection_probability", "planned_for", "population", "state", "sampled", "sighted"],
            (_as_row(row) for row in rows),
        )
    return render(request, "monitoring/checks.html", {
        "page": page_of(request, rows), "filter_form": form if sees(request.user, "check") else None, "export": sees(request.user, "check"),
        "rates": [{"rate": rate, "name": dict(Check.SELECTIONS)[rate.selection]} for rate in queries.rates(request.user)],
    })


def _as_row(row: Check) -> list[Any]:
    found = getattr(row, "outcome", None)
    return [row.reference, row.unit.name, row.stage, row.selection, "" if row.selection_probability is None else row.selection_probability,
            row.planned_for, row.population, row.state, found.sampled if found else "", found.sighted if found else ""]


@require_http_methods(["GET", "POST"])
@needs("monitoring.plan")
def plan(request: Asking) -> HttpResponse:
    """The sample is drawn and logged when the plan is saved, before anybody travels."""
    asked_unit = request.GET.get("unit", "")
    suggested = (
        units_seen(request.user).filter(pk=int(asked_unit)).first()
        if asked_unit.isascii() and asked_unit.isdigit() and len(asked_unit) < 19
        else None
    )
    form = PlanForm(request.POST or None, user=request.user, initial={"unit": suggested})
    if form.is_valid() and (made := attempt(request, form, lambda: actions.plan(by=request.user, **form.cleaned_data))) is not None:
        number = made.sample.count()
        say(request, ngettext("%(check)s is planned: %(n)d firearm was drawn.", "%(check)s is planned: %(n)d firearms were drawn.", number)
            % {"check": made.reference, "n": number})
        return redirect("monitoring:check", reference=made.reference)
    return render(request, "monitoring/plan.html", {"form": form}, status=422 if form.errors else 200)


@require_GET
@sees_noun("check")
def check(request: Asking, reference: str) -> HttpResponse:
    """One check: how the unit was selected, the sample, what was found."""
    found = _find(request, reference)
    note_read(request.user, "check", reference)
    outcome = getattr(found, "outcome", None)
    seen = dict(outcome.sightings.values_list("firearm_id", "sighted")) if outcome else {}
    rows = [
        {"gun": row.firearm, "sighted": seen.get(row.firearm_id), "drawn": number} for number, row in enumerate(queries.sample_of(found), start=1)
    ]
    waits = outcome is None and may(request.user, "monitoring.record_outcome")
    return render(request, "monitoring/check.html", {
        "check": found, "outcome": outcome, "rows": rows,
        "reasons": [(code, reference_lists.text_of("check_reason_codes", code)) for code in outcome.reason_codes] if outcome else [],
        "steps": [{"text": _("Record what the visit found."), "url": reverse("monitoring:outcome", args=[reference])}] if waits else [],
    })


@require_GET
@sees_noun("check")
def sample(request: Asking, reference: str) -> HttpResponse:
    """The list to take along: to print, or as a CSV to fill in."""
    found = _find(request, reference)
    note_read(request.user, "check", reference)
    rows = list(queries.sample_of(found))
    if request.GET.get("format") == "csv":
        return csv_download(  # type: ignore[return-value]
            reference, ["serial", "make", "sighted"], ([row.firearm.serial, row.firearm.make, ""] for row in rows))
    return render(request, "monitoring/sample.html", {"check": found, "rows": rows})


@require_http_methods(["GET", "POST"])
@needs("monitoring.record_outcome")
def outcome(request: Asking, reference: str) -> HttpResponse:
    found = _find(request, reference)
    note_read(request.user, "check", reference)
    form = OutcomeForm(request.POST or None, request.FILES or None, check=found)
    if form.is_valid():
        asked = form.cleaned_data
        done = attempt(request, form, lambda: actions.record_outcome(
            found, visited_on=asked["visited_on"], outcome=asked["outcome"], reason_codes=asked["reason_codes"], sightings=form.sightings(),
            note=asked["note"], by=request.user))
        if done is not None:
            say(request, _("%(check)s is %(outcome)s: %(sighted)d of %(sampled)d seen.") % {
                "check": reference, "outcome": done.get_outcome_display(), "sighted": done.sighted, "sampled": done.sampled})
            return redirect("monitoring:check", reference=reference)
    return render(request, "monitoring/outcome.html", {"form": form, "check": found}, status=422 if form.errors else 200)


def _find(request: Asking, reference: str) -> Check:
    found: Check = visible_or_404(queries.checks(request.user), reference=reference)
    return found
