"""Pages of customs."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from enduse.accounts.access import Asking, needs
from enduse.accounts.permissions import may
from enduse.deliveries import customs
from enduse.deliveries.customs_forms import BorderForm, CustomsReportForm
from enduse.pages import attempt, page_of, say


@require_GET
@needs("deliveries.check_at_border")
def border(request: Asking) -> HttpResponse:
    """A licence's paper at the border: its reference and code tell what may pass."""
    form = BorderForm(request.GET or None)
    found = None
    if form.is_bound and form.is_valid():
        found = attempt(request, form, lambda: customs.may_pass(form.cleaned_data["reference"], form.cleaned_data["code"], by=request.user))
    return render(request, "deliveries/border.html", {"form": form, "found": found, "can_report": may(request.user, "deliveries.report_exports"),
                                                      "can_compare": may(request.user, "deliveries.read_differences")})


@require_http_methods(["GET", "POST"])
@needs("deliveries.report_exports")
def report(request: Asking) -> HttpResponse:
    form = CustomsReportForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        done = attempt(request, form, lambda: customs.report_exports(form.cleaned_data["file"], office=form.cleaned_data["office"], by=request.user))
        if done is not None:
            say(request, _("%d rows were taken. What differs stands below.") % done.rows.count())
            return redirect("deliveries:differences")
    return render(request, "deliveries/customs_report.html", {"form": form}, status=422 if form.errors else 200)


@require_GET
@needs("deliveries.read_differences")
def differences(request: Asking) -> HttpResponse:
    return render(request, "deliveries/differences.html", {"page": page_of(request, customs.differences(by=request.user)),
                                                           "can_report": may(request.user, "deliveries.report_exports")})
