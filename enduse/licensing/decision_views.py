"""Pages of what follows a recommendation: an appeal, the notice to the legislature, its objection, the licence that was waited for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from enduse import clock
from enduse.accounts.access import needs, sees_noun
from enduse.licensing import actions, control_lists, dated, kinds
from enduse.licensing.decision_forms import AppealForm, IssueForm, NoticeForm, ObjectionForm
from enduse.licensing.models import Application
from enduse.licensing.views import find
from enduse.pages import attempt, say


def _done_with(
    request: HttpRequest, known: Application, form: Form, run: Callable[[dict[str, Any]], Any], *, title: str, submit: str, done: str, text: str,
) -> HttpResponse:
    """A page with one form that does one thing with an application, and says beforehand what follows from it."""
    if request.method == "POST" and form.is_valid() and attempt(request, form, lambda: run(form.cleaned_data)) is not None:
        say(request, done)
        return redirect("licensing:application", known.reference)
    return render(request, "licensing/reason.html", {"form": form, "application": known, "title": title, "submit": submit, "text": text})


@needs("licensing.appeal")
@require_http_methods(["GET", "POST"])
def appeal(request: HttpRequest, reference: str) -> HttpResponse:
    known = find(request, reference)
    return _done_with(
        request, known, AppealForm(request.POST or None), lambda given: actions.appeal(known, grounds=given["grounds"], by=request.user),
        title=_("Appeal against the refusal of %s") % reference, submit=_("Appeal"), done=_("Your appeal was filed. Other officers decide again."),
        text=_("Officers who had no part in the refusal assess and decide it again. The first decision stays on the file."))


@needs("licensing.notify")
@require_http_methods(["GET", "POST"])
def notify(request: HttpRequest, reference: str) -> HttpResponse:
    known = find(request, reference)
    decision = known.decision
    rule = next((rule for rule in dated.rules(dated.THRESHOLDS) if decision is not None and rule.code == decision.notice_rule), None)
    form = NoticeForm(request.POST or None, initial={"sent_on": clock.today()})
    return _done_with(
        request, known, form, lambda given: actions.notify(known, letter=given["letter"], sent_on=given["sent_on"], by=request.user),
        title=_("Notice to the legislature of %s") % reference, submit=_("Record the notice"), done=_("The notice was recorded; its days run."),
        text=rule.text if rule is not None else "")


@needs("licensing.object_to")
@require_http_methods(["GET", "POST"])
def object_to(request: HttpRequest, reference: str) -> HttpResponse:
    known = find(request, reference)
    return _done_with(
        request, known, ObjectionForm(request.POST or None), lambda given: actions.object_to(known, by=request.user, **given),
        title=_("The legislature objects to %s") % reference, submit=_("Record the objection"), done=_("The objection was recorded."),
        text=_("No licence follows from this approval any more."))


@needs("licensing.issue")
@require_http_methods(["GET", "POST"])
def issue(request: HttpRequest, reference: str) -> HttpResponse:
    known = find(request, reference)
    form = IssueForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        licence = attempt(request, form, lambda: actions.issue(known, by=request.user))
        if licence is not None:
            say(request, _("Licence %s was issued.") % licence.reference)
            return redirect("licensing:licence", licence.reference)
    return render(request, "licensing/reason.html", {
        "form": form, "application": known, "title": _("Issue the licence of %s") % reference, "submit": _("Issue"),
        "text": _("Lists, holds and measures are asked again as they stand today.")})


@sees_noun("licence")
@require_GET
def rules(request: HttpRequest) -> HttpResponse:
    """The dated rules as plain tables: those in force on the day asked for, the others beneath."""
    day = clock.today()
    tables = [
        (name, [(rule, rule.applies_on(day)) for rule in dated.rules(name)])
        for name in (dated.AUTHORITIES, control_lists.TABLE, dated.COUNTERSIGN, dated.THRESHOLDS, dated.CERTIFICATES, dated.AMENDMENTS, dated.DENIALS, dated.RETURN_RULES)
    ]
    return render(request, "licensing/rules.html", {"tables": dict(tables), "kinds": kinds.rules(), "day": day})
