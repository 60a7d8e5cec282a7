"""Pages of returns: which are asked, where each stands, and filing one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from enduse import clock
from enduse.accounts.access import needs, sees_noun
from enduse.accounts.permissions import may
from enduse.custody.asking import Asking
from enduse.deliveries.returning import DIFFERS, DUE, FILED, OVERDUE, RUNS, Shipped, asked_for, asked_of, file_return
from enduse.licensing.models import Licence, ReturnPeriod
from enduse.pages import attempt, csv_download, page_of, say, visible_or_404
from enduse.parties.models import party_of

STATES = [("", gettext_lazy("any")), (OVERDUE, gettext_lazy("overdue")), (DUE, gettext_lazy("due")), (DIFFERS, gettext_lazy("differs")),
          (FILED, gettext_lazy("filed")), (RUNS, gettext_lazy("runs"))]


class ReturnsFilter(forms.Form):
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False, choices=STATES)
    search = forms.CharField(label=gettext_lazy("Licence"), required=False)


class ReturnForm(forms.Form):
    """One number for each end user and line; left empty: nothing was shipped."""

    def __init__(self, *args: Any, licence: Licence, corrects: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = [(party, line) for party in licence.end_users() for line in licence.lines.all()]
        for party, line in self.rows:
            self.fields[f"quantity.{party.pk}.{line.number}"] = forms.IntegerField(
                label=f"{party} · {line.number}: {line}", min_value=0, required=False, help_text="")
        self.fields["note"] = forms.CharField(
            label=_("What was wrong with the earlier one") if corrects else _("Note"), required=corrects, widget=forms.Textarea(attrs={"rows": 2}))

    def shipped(self) -> list[Shipped]:
        return [Shipped(party, line.number, self.cleaned_data[f"quantity.{party.pk}.{line.number}"] or 0) for party, line in self.rows]


@sees_noun("licence")
@require_GET
def returns(request: Asking) -> HttpResponse:
    rows = asked_for(request.user, state=request.GET.get("state", ""), search=request.GET.get("search", ""))
    if request.GET.get("format") == "csv":
        return csv_download("returns", ["licence", "from", "to", "due", "state", "said"], (  # type: ignore[return-value]
            [each.licence.reference, each.period.starts_on, each.period.ends_on, each.period.due_on, each.state,
             each.filed.quantity if each.filed else ""] for each in rows))
    own = party_of(request.user)
    return render(request, "deliveries/returns.html", {
        "page": page_of(request, rows), "filter_form": ReturnsFilter(request.GET or None), "export": True, "today": clock.today(),
        "can_file": may(request.user, "deliveries.file_return"), "own": own})


@needs("deliveries.file_return")
@require_http_methods(["GET", "POST"])
def file(request: Asking, period: int) -> HttpResponse:
    """What was shipped in one period, as the exporter's own books have it."""
    asked: ReturnPeriod = visible_or_404(ReturnPeriod.objects.filter(licence__in=Licence.objects.visible_to(request.user)).select_related("licence"), pk=period)
    found = next((each for each in asked_of(asked.licence) if each.period.number == asked.number), None)
    corrects = found is not None and found.filed is not None
    form = ReturnForm(request.POST or None, licence=asked.licence, corrects=corrects)
    if request.method == "POST" and form.is_valid():
        done = attempt(request, form, lambda: file_return(
            asked.licence, number=asked.number, rows=form.shipped(), note=form.cleaned_data["note"], by=request.user))
        if done is not None:
            say(request, _("The return was filed. It differs from what was shipped here: the authority looks at it.") if done.differences
                else _("The return was filed."))
            return redirect("deliveries:returns")
    return render(request, "deliveries/return.html", {"form": form, "return_period": asked, "corrects": corrects}, status=422 if form.errors else 200)
