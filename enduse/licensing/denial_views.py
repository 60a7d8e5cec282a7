"""Pages of the denials that other states notified."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from enduse import clock, reference
from enduse.accounts.access import needs, sees_noun
from enduse.accounts.actions import note_read
from enduse.documents.actions import attach
from enduse.documents.forms import size_hint
from enduse.documents.queries import documents
from enduse.licensing import dated
from enduse.licensing.actions.denying_elsewhere import end_denial, record_denial
from enduse.licensing.denial_queries import consultations_on, counts, counts_until, denials, lines_in_words, touched_by
from enduse.licensing.denials import NotifiedDenial
from enduse.licensing.forms import ReasonForm
from enduse.pages import attempt, csv_download, page_of, say, visible_or_404
from enduse.parties.choosing import TOP, PartyField
from enduse.parties.models import Party


class DenialsFilter(forms.Form):
    search = forms.CharField(label=gettext_lazy("Number or end user"), required=False)


class DenialForm(forms.Form):
    state = forms.CharField(label=gettext_lazy("State that denied"), max_length=2, help_text=gettext_lazy("Two letters, such as MX."))
    number = forms.CharField(label=gettext_lazy("Number of its notice"), max_length=60)
    denied_on = forms.DateField(label=gettext_lazy("Denied on"))
    end_user = PartyField(label=gettext_lazy("End user"), among=TOP)
    country = forms.CharField(label=gettext_lazy("Country of destination"), max_length=2, help_text=gettext_lazy("Two letters, such as MX."))
    firearm_type = forms.ChoiceField(label=gettext_lazy("Type"))
    calibre = forms.ChoiceField(label=gettext_lazy("Calibre"))
    reason_codes = forms.MultipleChoiceField(label=gettext_lazy("Reasons"), required=False, widget=forms.CheckboxSelectMultiple)
    note = forms.CharField(label=gettext_lazy("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    received_from = forms.CharField(label=gettext_lazy("Who passed the notice on"), max_length=200, required=False,
                                    help_text=gettext_lazy("Empty: that state itself. Else the office, its letter's number and day."))
    paper = forms.FileField(label=gettext_lazy("The notice as a file"), required=False, help_text=size_hint())

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        cast(PartyField, self.fields["end_user"]).choose_from(Party.objects.directory())
        for name, table in (("firearm_type", "firearm_types"), ("calibre", "calibres"), ("reason_codes", "denial_reasons")):
            self.fields[name].choices = reference.choices(table)  # type: ignore[attr-defined]


@sees_noun("screening")
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    rows = denials(request.GET.get("search", ""))
    if request.GET.get("format") == "csv":
        note_read(request.user, "export", "denials of other states")
        return csv_download("denials", ["state", "number", "denied_on", "end_user", "country", "lines", "counts"], (
            [each.state, each.number, each.denied_on, each.end_user.name, each.country,
             "; ".join(f"{line['firearm_type']} {line['calibre']}" for line in each.lines), counts(each)] for each in rows))
    page = page_of(request, rows)
    papers = documents(request.user).in_bulk([each.paper_id for each in page if each.paper_id is not None])
    shown = [{"denial": each, "counts": counts(each), "paper": papers.get(each.paper_id), "reasons": [reference.text_of("denial_reasons", code) for code in each.reason_codes], "lines": lines_in_words(each)} for each in page]
    return render(request, "licensing/denials.html", {
        "page": page, "shown": shown, "filter_form": DenialsFilter(request.GET or None), "export": True,
        "months": dated.denials_count_for(clock.today())})


@sees_noun("screening")
@require_GET
def denial(request: HttpRequest, pk: int) -> HttpResponse:
    """One denial: what was denied and why, until when it counts, what it touches, what its state was asked."""
    found = visible_or_404(denials(), pk=pk)
    return render(request, "licensing/denial_page.html", {
        "denial": found, "counts": counts(found), "until": counts_until(found), "months": dated.denials_count_for(clock.today()),
        "lines": lines_in_words(found), "reasons": [reference.text_of("denial_reasons", code) for code in found.reason_codes],
        "paper": documents(request.user).filter(pk=found.paper_id).first() if found.paper_id is not None else None,
        "touched": touched_by(request.user, found), "consultations": list(consultations_on(request.user, found))})


@needs("licensing.record_denial")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    form = DenialForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        lines = [{"firearm_type": given.pop("firearm_type"), "calibre": given.pop("calibre")}]
        file = given.pop("paper")
        done = attempt(request, form, lambda: _recorded(request, file, lines=lines, **given))
        if done is not None:
            say(request, _("The denial was recorded. An essentially identical application raises a flag."))
            return redirect("licensing:denial", done.pk)
    return render(request, "licensing/denial.html", {
        "form": form, "title": _("Record a denial of another state"), "submit": _("Record"),
        "text": _("As its notice says. It counts for the months of the rule of the day, unless that state takes it back.")})


def _recorded(request: HttpRequest, file: UploadedFile | None, **told: Any) -> NotifiedDenial:
    with transaction.atomic():
        paper = attach(file, name=file.name or "", subject=f"{told['state']} {told['number']}".upper(), by=request.user) if file is not None else None
        return record_denial(paper=paper, by=request.user, **told)


@needs("licensing.record_denial")
@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible_or_404(denials(), pk=pk)
    form = ReasonForm(request.POST or None)
    sent = request.method == "POST" and form.is_valid()
    if sent and attempt(request, form, lambda: end_denial(found, reason=form.cleaned_data["reason"], by=request.user)) is not None:
        say(request, _("The denial no longer counts."))
        return redirect("licensing:denial", found.pk)
    return render(request, "licensing/denial.html", {
        "form": form, "title": _("%s was taken back") % found, "submit": _("Taken back"), "text": _("The state that denied told it. The denial stays in the list.")})
