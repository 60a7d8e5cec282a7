"""Pages of the consultation of a state that denied: recording it, and what the state was told."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from enduse import clock
from enduse.accounts.access import needs, sees_noun
from enduse.documents.actions import attach
from enduse.documents.forms import size_hint
from enduse.licensing.actions.consulting import consult_denier, explain_to_denier
from enduse.licensing.consultations import DenialConsultation
from enduse.licensing.denial_queries import consultations
from enduse.licensing.denials import NotifiedDenial
from enduse.licensing.denier_letter import letter_of
from enduse.licensing.letter_views import or_told
from enduse.licensing.models import Application
from enduse.pages import attempt, say, visible_or_404


class ConsultForm(forms.Form):
    asked_on = forms.DateField(label=gettext_lazy("Asked on"), initial=clock.today)
    asked_whom = forms.CharField(label=gettext_lazy("Whom you asked"), max_length=200, help_text=gettext_lazy("The office of that state."))
    position = forms.ChoiceField(label=gettext_lazy("What it answered"), choices=DenialConsultation.POSITIONS, widget=forms.RadioSelect)
    answered_on = forms.DateField(label=gettext_lazy("Answered on"), required=False, help_text=gettext_lazy("Empty where it did not answer."))
    answer = forms.CharField(label=gettext_lazy("Its words"), required=False, widget=forms.Textarea)
    paper = forms.FileField(label=gettext_lazy("The answer as a file"), required=False, help_text=size_hint())


class ExplainForm(forms.Form):
    told_on = forms.DateField(label=gettext_lazy("Told on"), initial=clock.today)
    reasons = forms.CharField(label=gettext_lazy("Why it was granted all the same"), widget=forms.Textarea,
                              help_text=gettext_lazy("As you told that state."))


@needs("licensing.consult_denier")
@require_http_methods(["GET", "POST"])
def consult(request: HttpRequest, reference: str, denial_id: int) -> HttpResponse:
    known = visible_or_404(Application.objects.visible_to(request.user), reference=reference)
    denial = visible_or_404(NotifiedDenial.objects.select_related("end_user"), pk=denial_id)
    form = ConsultForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and attempt(request, form, lambda: _consulted(request, known, denial, form)) is not None:
        say(request, _("The consultation was recorded."))
        return redirect("licensing:application", reference)
    return render(request, "licensing/consult.html", {
        "form": form, "application": known, "title": _("Consultation of %s") % denial.state, "submit": _("Record"),
        "sub": _("It denied the like on %(day)s: %(denial)s, %(end_user)s.") % {"day": denial.denied_on, "denial": str(denial), "end_user": denial.end_user}})


def _consulted(request: HttpRequest, known: Application, denial: NotifiedDenial, form: ConsultForm) -> DenialConsultation:
    given: dict[str, Any] = dict(form.cleaned_data)
    file = given.pop("paper")
    with transaction.atomic():
        paper = attach(file, name=file.name, subject=known.reference, by=request.user) if file is not None else None
        return consult_denier(known, denial, paper=paper, by=request.user, **given)


@needs("licensing.consult_denier")
@require_http_methods(["GET", "POST"])
def explain(request: HttpRequest, consultation_id: int) -> HttpResponse:
    known = visible_or_404(consultations(request.user), pk=consultation_id)
    form = ExplainForm(request.POST or None)
    sent = request.method == "POST" and form.is_valid()
    if sent and attempt(request, form, lambda: explain_to_denier(known, by=request.user, **form.cleaned_data)) is not None:
        say(request, _("That %s was told why is recorded.") % known.denial.state)
        return redirect("licensing:application", known.application.reference)
    return render(request, "licensing/consult.html", {
        "form": form, "application": known.application, "title": _("Tell %s why the licence was granted") % known.denial.state, "submit": _("Record"),
        "sub": _("It denied the like: %s.") % known.denial})


@sees_noun("screening")
@require_GET
def letter(request: HttpRequest, consultation_id: int) -> HttpResponse:
    known = visible_or_404(consultations(request.user), pk=consultation_id)
    return or_told(request, redirect("licensing:application", known.application.reference), lambda: letter_of(request, known))
