"""The pages of the rules as tables: searched, linked, exported."""

from __future__ import annotations

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from enduse.licensing.rule_tables import TABLES
from enduse.pages import csv_download, page_of

ROWS_A_PAGE = 100


class RulesFilter(forms.Form):
    search = forms.CharField(label=gettext_lazy("Words or codes"), required=False)


@login_required
@require_GET
def rule_table(request: HttpRequest, name: str) -> HttpResponse:
    """One table of rules as a lawyer reads it."""
    table = TABLES.get(name)
    if table is None:
        raise Http404(_("There is no such table."))
    rows = table.matching(request.GET.get("search", ""))
    if request.GET.get("format") == "csv":
        return csv_download(f"rules-{name}", [str(column) for column in table.columns], rows)
    return render(request, "licensing/rule_table.html", {
        "table": table, "tables": TABLES.values(), "page": page_of(request, rows, size=ROWS_A_PAGE), "filter_form": RulesFilter(request.GET or None),
        "export": True})
