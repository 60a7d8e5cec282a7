"""Pages of the papers of an application, of their differences, and of taking an issuer's signed file."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from enduse.accounts.access import needs
from enduse.certificates.files import read_text
from enduse.certificates.forms import LineForms, PaperForm, ReasonForm, TakeFileForm
from enduse.documents.queries import documents
from enduse.licensing import actions
from enduse.licensing.matching import compared
from enduse.licensing.models import Application
from enduse.licensing.whole import found_whole
from enduse.pages import attempt, say


def _find(request: HttpRequest, reference: str) -> Application:
    return found_whole(Application.objects.visible_to(request.user), reference=reference)


@needs("licensing.file_paper")
@require_http_methods(["GET", "POST"])
def file_paper(request: HttpRequest, reference: str) -> HttpResponse:
    known = _find(request, reference)
    form = PaperForm(request.POST or None, documents=documents(request.user, subject=reference), initial={
        "sort": request.GET.get("sort", "order"), "end_user": known.end_user.name, "country": known.country})
    lines = LineForms(request.POST or None, prefix="lines")
    if request.method == "POST" and form.is_valid() and lines.is_valid():
        told = [line.cleaned_data for line in lines if line.cleaned_data]
        done = attempt(request, form, lambda: actions.file_paper(known, lines=told, by=request.user, **form.cleaned_data))
        if done is not None:
            say(request, _("%s was filed.") % done.get_sort_display().capitalize())
            return redirect("licensing:application", reference)
    return render(request, "certificates/write.html", {
        "form": form, "lines": lines, "title": _("What a paper says"), "submit": _("File"), "lines_title": _("Its lines"),
        "crumb": reference, "crumb_url": f"/licensing/applications/{reference}/",
        "sub": _("Copy it as it reads, not as it should: where papers differ, an officer asks or accepts it.")})


@needs("licensing.accept_difference")
@require_http_methods(["GET", "POST"])
def accept_difference(request: HttpRequest, reference: str, key: str) -> HttpResponse:
    known = _find(request, reference)
    found = compared(known).difference(key)
    if found is None:
        raise Http404(_("Nothing here that you may see."))
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = attempt(request, form, lambda: actions.accept_difference(known, key=key, reason=form.cleaned_data["reason"], by=request.user))
        if done is not None:
            say(request, _("The difference was accepted."))
            return redirect("licensing:application", reference)
    return render(request, "licensing/reason.html", {
        "form": form, "application": known, "title": _("Accept a difference"), "submit": _("Accept"),
        "sub": f"{found.paper}: {found.what}: {found.said}"})


@needs("certificates.take_file")
@require_http_methods(["GET", "POST"])
def take_file(request: HttpRequest) -> HttpResponse:
    form = TakeFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        done = attempt(request, form, lambda: actions.take_certificate_file(read_text(form.cleaned_data["file"]), by=request.user))
        if done is not None:
            say(request, _("Verified: entry %(index)d of the log %(origin)s.") % {"index": done.index, "origin": done.origin})
            return redirect("certificates:certificate", done.certificate_id)
    return render(request, "certificates/key_step.html", {
        "form": form, "title": _("Take an issuer's signed file"), "submit": _("Verify and take"),
        "sub": _("It is verified against the issuer's key: signature, place in its log, content. Then our own log commits to it.")})
