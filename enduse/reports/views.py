"""Reports and claims, which the public reads; drafting and publishing."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from enduse.accounts.access import needs, sees_noun
from enduse.pages import attempt, csv_download, page_of, say, visible_or_404
from enduse.reports import actions, queries
from enduse.reports.claims import claims as all_claims
from enduse.reports.forms import ReportForm
from enduse.reports.models import Report


@sees_noun("report", public=True)
@require_GET
def reports(request: HttpRequest) -> HttpResponse:
    return render(request, "reports/reports.html", {"page": page_of(request, queries.reports(request.user))})


@needs("reports.draft")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    form = ReportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = attempt(request, form, lambda: actions.draft(**form.cleaned_data, by=request.user))
        if made is not None:
            say(request, _("The figures were computed. Nobody outside sees them until the report is published."))
            return redirect("reports:report", made.reference)
    return render(request, "reports/new.html", {"form": form})


@sees_noun("report", public=True)
@require_GET
def report(request: HttpRequest, reference: str) -> HttpResponseBase:
    found: Report = visible_or_404(queries.reports(request.user), reference=reference)
    if request.GET.get("format") == "csv":
        return csv_download(found.reference, queries.FILE_HEADER, queries.rows_for_file(found))
    return render(request, "reports/report.html", {
        "report": found, "figures": queries.told(found), "basis": queries.basis_words(found), "published": hasattr(found, "publication")})


@needs("reports.publish")
@require_POST
def publish(request: HttpRequest, reference: str) -> HttpResponse:
    found: Report = visible_or_404(queries.reports(request.user), reference=reference)
    actions.publish(found, by=request.user)
    say(request, _("The report is public, and its figures stand."))
    return redirect("reports:report", reference)


@require_GET
def claims(request: HttpRequest) -> HttpResponse:
    """Each public claim beside what its sources say and what the data here say."""
    return render(request, "reports/claims.html", {"claims": all_claims()})
