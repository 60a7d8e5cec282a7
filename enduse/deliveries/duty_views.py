"""The page of the conditions that licences carry, as they stand today."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from enduse.accounts.access import needs, sees_noun
from enduse.deliveries import duties
from enduse.deliveries.watching import BROKEN, DUE, KEPT, OFFICER, OVERDUE
from enduse.pages import csv_download, page_of, say


class DutiesFilter(forms.Form):
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False, choices=[
        ("", gettext_lazy("any")), ("wrong", gettext_lazy("overdue or broken")), (OVERDUE, gettext_lazy("overdue")), (BROKEN, gettext_lazy("broken")),
        (DUE, gettext_lazy("due")), (KEPT, gettext_lazy("kept")), (OFFICER, gettext_lazy("an officer looks"))])
    search = forms.CharField(label=gettext_lazy("Licence or end user"), required=False)


@sees_noun("duty")
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    rows = duties.standings(request.user, state=request.GET.get("state", ""), search=request.GET.get("search", ""))
    if request.GET.get("format") == "csv":
        return csv_download("conditions", ["licence", "end_user", "code", "condition", "state", "due_on", "why"], (
            [licence.reference, str(licence.end_user), each.code, each.sentence, each.state, each.due_on or "", each.why] for licence, each in rows))
    return render(request, "deliveries/duties.html", {"page": page_of(request, rows), "filter_form": DutiesFilter(request.GET or None), "export": True})


@needs("deliveries.watch")
@require_POST
def tell(request: HttpRequest) -> HttpResponse:
    """Alert the officers to what is overdue or broken and was not told yet."""
    told = duties.tell_of_wrong(by=request.user)
    say(request, _("Conditions told to the licensing officers: %d.") % len(told))
    return redirect("deliveries:duties")
