"""The page of the routing rules: read by officers, tested by anyone who reads it, saved by an administrator."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from enduse.accounts.access import sees_noun
from enduse.accounts.permissions import may, permit
from enduse.licensing import actions, routing
from enduse.licensing.case_forms import RuleForm, RuleForms, SaveRulesForm
from enduse.licensing.cases import RoutingRules
from enduse.pages import attempt, say

VERSIONS_SHOWN = 10


@sees_noun("routing")
@require_http_methods(["GET", "POST"])
def rules(request: HttpRequest) -> HttpResponse:
    """The rules as sentences and as a form; 'Test' shows what each would catch now, 'Save' makes them the next version."""
    current = routing.current_rules()
    known = current.rules if current is not None else []
    form = SaveRulesForm(request.POST or None, initial={"read": current.pk if current else None})
    rows = RuleForms(request.POST or None, prefix="rules", initial=[RuleForm.initial_of(rule) for rule in known])
    tested = None
    if request.method == "POST" and form.is_valid() and rows.is_valid():
        asked = [rule for row in rows if (rule := row.rule()) is not None]
        if "save" in request.POST:
            permit(request.user, "licensing.edit_routing")
            done = attempt(request, form, lambda: actions.edit_routing(asked, by=request.user, **form.cleaned_data))
            if done is not None:
                say(request, _("The rules were saved. Applications filed from now on follow them."))
                return redirect("licensing:routing")
        else:
            permit(request.user, "licensing.test_routing")
            tested = attempt(request, form, lambda: routing.test(asked, request.user))
    return render(request, "licensing/routing.html", _context(request, current, form, rows, tested))


def _context(request: HttpRequest, current: RoutingRules | None, form: SaveRulesForm, rows: Any, tested: routing.Test | None) -> dict[str, Any]:
    return {
        "current": current, "form": form, "rows": rows, "tested": tested, "can_save": may(request.user, "licensing.edit_routing"),
        "can_test": may(request.user, "licensing.test_routing"),
        "sentences": [(rule["name"], routing.as_sentence(rule)) for rule in current.rules] if current is not None else [],
        "earlier": RoutingRules.objects.select_related("recorded_by").order_by("-pk")[:VERSIONS_SHOWN]}
