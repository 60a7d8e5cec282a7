"""The pages of seizures, figures and monitored operations."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from enduse import clock
from enduse.accounts.access import needs, sees_noun
from enduse.accounts.actions import note_read
from enduse.deliveries.files import read_manifest
from enduse.pages import attempt, csv_download, page_of, say, visible_or_404
from enduse.reference import text_of
from enduse.tracing import actions, queries, wording
from enduse.tracing.asking import Asking, posted
from enduse.tracing.forms import OperationForm, SeizuresForm, WatchForm
from enduse.tracing.models import Confirmation, Operation, WatchedSerial


@sees_noun("recovery", figures=True)
@require_GET
def figures(request: Asking) -> HttpResponse:
    """Recoveries by result and by channel, each beside its denominator; no firearm and no name."""
    since, until = _day(request.GET.get("since", "")), _day(request.GET.get("until", ""))
    found = queries.recovery_figures(since=since, until=until)
    seized = queries.seizure_figures(since=since, until=until)
    channels = [{"label": str(queries.CHANNELS[code]), "value": count, "of": found.recorded} for code, count in found.by_channel.items()]
    states = [{"label": str(queries.STATES[state][0]), "value": count, "of": found.recorded} for state, count in found.by_state.items()]
    results = [{"label": text_of("trace_result_codes", code), "value": count, "of": found.recorded} for code, count in found.by_result.items()]
    return render(request, "tracing/figures.html", {
        "found": found, "seized": seized, "channels": channels, "states": states, "results": results, "since": since, "until": until,
        "today": clock.today(), "traced": found.by_state.get(queries.CONFIRMED, 0) + found.by_state.get(queries.WATCHED, 0),
    })  # fmt: skip


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@sees_noun("recovery", figures=True)
@require_GET
def seizures(request: Asking) -> HttpResponse:
    """Seizures by agency and month: the latest report of each counts."""
    rows = queries.seizure_reports()
    if request.GET.get("format") == "csv":
        note_read(request.user, "export", "seizures")
        lines = ([row.agency.name, row.month, row.seized, row.submitted, row.recorded_at.isoformat(), row.pk] for row in rows)
        return csv_download("seizures", ["agency", "month", "seized", "submitted", "recorded_at", "log"], lines)  # type: ignore[return-value]
    shown = {"page": page_of(request, rows), "export": True, "totals": queries.seizure_figures(), "today": clock.today()}
    return render(request, "tracing/seizures.html", shown)


@needs("tracing.report_seizures")
@require_http_methods(["GET", "POST"])
def new_seizures(request: Asking) -> HttpResponse:
    form = SeizuresForm(posted(request), user=request.user)
    if request.method == "POST" and form.is_valid():
        made = attempt(request, form, lambda: actions.report_seizures(by=request.user, **form.cleaned_data))
        if made is not None:
            say(request, _("Reported: %(seized)d seized, %(submitted)d submitted.") % {"seized": made.seized, "submitted": made.submitted})
            return redirect("tracing:seizures")
    return render(request, "tracing/new_seizures.html", {"form": form})


@sees_noun("operation")
@require_GET
def operations(request: Asking) -> HttpResponse:
    return render(request, "tracing/operations.html", {"page": page_of(request, queries.operations(request.user)), "today": clock.today()})


@needs("tracing.run_operation")
@require_http_methods(["GET", "POST"])
def new_operation(request: Asking) -> HttpResponse:
    form = OperationForm(posted(request))
    if request.method == "POST" and form.is_valid():
        made = attempt(request, form, lambda: actions.authorise_operation(by=request.user, **form.cleaned_data))
        if made is not None:
            say(request, _("Recorded as %s. Serials may be put under watch from its first day.") % made.reference)
            return redirect("tracing:operation", made.reference)
    return render(request, "tracing/new_operation.html", {"form": form})


@sees_noun("operation")
@require_GET
def operation(request: Asking, reference: str) -> HttpResponse:
    """An operation: its approval, its limit and what is watched, and what of it was recovered."""
    found = visible_or_404(Operation.objects.visible_to(request.user).select_related("owner"), reference=reference)
    note_read(request.user, "operation", reference)
    serials = WatchedSerial.objects.filter(watch__operation=found).select_related("watch").order_by("-pk")
    page: Any = page_of(request, serials)
    confirmed = Confirmation.objects.filter(watched__in=[row.pk for row in page], corrected_by=None).select_related("recovery")
    recovered = {row.watched_id: row.recovery for row in confirmed}
    for row in page:
        row.recovered, row.name = recovered.get(row.pk), wording.name_of(row)
    counts = queries.operation_counts(found)
    today = clock.today()
    return render(request, "tracing/operation.html", {
        "operation": found, "page": page, "counts": counts, "left": found.limit - counts["watched"], "lapsed": today > found.ends_on,
        "state": "in_force" if found.starts_on <= today <= found.ends_on else "ended" if today > found.ends_on else "planned",
        "facts": [
            (_("Owner"), found.owner), (_("Legal basis"), found.legal_basis), (_("Approved by"), found.approved_by),
            (_("Prosecutor"), found.prosecutor), (_("Subjects"), ", ".join(found.subjects)),
        ],
    })  # fmt: skip


@needs("tracing.run_operation")
@require_http_methods(["GET", "POST"])
def watch(request: Asking, reference: str) -> HttpResponse:
    """Put a CSV of firearms under watch, all or none."""
    found = visible_or_404(Operation.objects.visible_to(request.user), reference=reference)
    form = WatchForm(posted(request), request.FILES, operation=found)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        made = attempt(request, form, lambda: actions.watch(
            found, guns=read_manifest(given["guns"], name="guns"), watched_on=given["watched_on"], subject=given["subject"], by=request.user,
        ))  # fmt: skip
        if made is not None:
            say(request, _("%d firearms are under watch.") % made.serials.count())
            return redirect("tracing:operation", reference)
    return render(request, "tracing/watch.html", {"operation": found, "form": form, "counts": queries.operation_counts(found)})
