"""Pages of what officers do with certificates, where applications and licences follow from it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from enduse import formats
from enduse.accounts.access import needs
from enduse.certificates import actions as certificates
from enduse.certificates.forms import AnswerInquiryForm, ChallengeForm, CheckForm
from enduse.certificates.models import Inquiry
from enduse.certificates.queries import certificates as certificates_of
from enduse.certificates.queries import checklist
from enduse.licensing import actions
from enduse.licensing.certificate_pages import read_with_applications
from enduse.pages import attempt, back_to, say, visible_or_404


@needs("certificates.check")
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, pk: int) -> HttpResponse:
    known = visible_or_404(certificates_of(request.user), pk=pk)
    found = read_with_applications(known)
    form = CheckForm(request.POST or None, elements=list(checklist(known, found)))
    if request.method == "POST" and form.is_valid():
        done = attempt(request, form, lambda: certificates.check(
            known, answers=form.answers(), found=found, note=form.cleaned_data["note"], by=request.user))
        if done is not None:
            say(request, _("The check was saved: %s.") % (_("it lacks %s") % ", ".join(done.lacks) if done.lacks else _("nothing is lacking")))
            return redirect("certificates:certificate", pk)
    return render(request, "certificates/check.html", {"form": form, "certificate": known})


@needs("certificates.challenge")
@require_http_methods(["GET", "POST"])
def challenge(request: HttpRequest, pk: int) -> HttpResponse:
    known = visible_or_404(certificates_of(request.user), pk=pk)
    form = ChallengeForm(request.POST or None, certificate=known)
    if request.method == "POST" and form.is_valid():
        done = attempt(request, form, lambda: actions.challenge_certificate(known, by=request.user, **form.cleaned_data))
        if done is not None:
            say(request, _("Recorded: %s. Open applications on it wait; live licences were alerted.") % done.get_sort_display())
            return redirect("certificates:certificate", pk)
    return render(request, "certificates/step.html", {
        "form": form, "certificate": known, "title": _("Say what stands against %s") % known.number, "submit": _("Record"), "tone": "danger",
        "sub": _("Nothing more is approved on it. Its open applications are put on hold; whoever answers for a live licence is alerted.")})


@needs("certificates.answer_inquiry")
@require_http_methods(["GET", "POST"])
def answer_inquiry(request: HttpRequest, pk: int) -> HttpResponse:
    inquiry = visible_or_404(Inquiry.objects.filter(certificate__in=certificates_of(request.user)).select_related("certificate"), pk=pk)
    form = AnswerInquiryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = attempt(request, form, lambda: actions.answer_inquiry(inquiry, by=request.user, **form.cleaned_data))
        if done is not None:
            say(request, _("The issuer's answer was saved."))
            return redirect(back_to(request, reverse("certificates:certificate", args=[inquiry.certificate_id])))
    return render(request, "certificates/step.html", {
        "form": form, "certificate": inquiry.certificate, "title": _("What the issuer answered about %s") % inquiry.certificate.number,
        "submit": _("Save the answer"), "sub": f"{inquiry.asked_whom}, {formats.day(inquiry.asked_on)}"})
