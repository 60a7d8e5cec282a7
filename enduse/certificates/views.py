"""Pages of certificates: the list, one with its life, asking its issuer, settling a dispute."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from enduse.accounts.access import needs, sees_noun
from enduse.accounts.actions import note_read
from enduse.accounts.permissions import sees
from enduse.certificates import actions, queries, states
from enduse.certificates.forms import CertificatesFilter, InquireForm, ReasonForm
from enduse.certificates.models import Certificate, CertificateUse, Challenge
from enduse.pages import COUNTED, attempt, back_to, csv_download, page_of, say, visible_or_404


def find(request: HttpRequest, pk: int) -> Certificate:
    return visible_or_404(queries.certificates(request.user), pk=pk)


@sees_noun("certificate")
@require_GET
def certificates(request: HttpRequest) -> HttpResponse:
    asked = {name: request.GET.get(name, "") for name in ("state", "source", "search")}
    rows = queries.rows_of_list(request.user, **asked)
    if request.GET.get("format") == "csv":
        note_read(request.user, "certificate", "export of the list")
        return csv_download("certificates", ["number", "issuer", "state", "source", "issued_on", "expires_on", "covers", "used"], (
            [each.number, each.issuer, states.on_day(each.kept.state, each.expires_on), each.source, each.issued_on.isoformat(), each.expires_on.isoformat(),
             each.quantity or "", each.kept.used] for each in rows.iterator(2_000)))
    page = page_of(request, rows.prefetch_related(Prefetch("uses", CertificateUse.objects.select_related("party"))), most=COUNTED if asked["state"] or asked["search"] else 0)
    return render(request, "certificates/certificates.html", {
        "page": page, "filter_form": CertificatesFilter(request.GET or None), "export": True,
        "listed": [_row(request.user, each) for each in page]})


def _row(user: Any, certificate: Certificate) -> dict[str, Any]:
    """A line of the list: where the certificate stands is told by the row that is kept of it."""
    return _in_words(certificate, states.on_day(certificate.kept.state, certificate.expires_on)) | {"uses": queries.uses_seen(user, certificate)}


def shown(user: Any, certificate: Certificate) -> dict[str, Any]:
    """A certificate with where it stands, in words."""
    return _in_words(certificate, states.state_of(certificate)) | {
        "uses": queries.uses_seen(user, certificate), "used": certificate.used(), "left": certificate.capacity - certificate.used()}


def _in_words(certificate: Certificate, state: str) -> dict[str, Any]:
    return {"certificate": certificate, "state": state, "state_name": states.NAMES[state], "state_tone": states.TONES[state]}


@sees_noun("certificate")
@require_GET
def certificate(request: HttpRequest, pk: int) -> HttpResponse:
    known = find(request, pk)
    is_officer = sees(request.user, "screening")
    return render(request, "certificates/certificate.html", {
        **shown(request.user, known), "is_officer": is_officer, "standing": states.standing(known),
        "checklist": list(queries.checklist(known)) if is_officer else [], "check": states.latest_check(known),
        "lines": [{**line, "words": queries.line_words(line)} for line in known.lines], "confirmed": states.is_confirmed(known), "signed": list(known.signed_files.all()),
        "open_inquiries": [each for each in known.inquiries.all() if getattr(each, "answer", None) is None],
        "history": queries.history(known) if is_officer else []})


@needs("certificates.inquire")
@require_http_methods(["GET", "POST"])
def inquire(request: HttpRequest, pk: int) -> HttpResponse:
    known = find(request, pk)
    form = InquireForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = attempt(request, form, lambda: actions.inquire(known, by=request.user, **form.cleaned_data))
        if done is not None:
            say(request, _("The question to the issuer was recorded."))
            return redirect(back_to(request, reverse("certificates:certificate", args=[pk])))
    return render(request, "certificates/step.html", {
        "form": form, "certificate": known, "title": _("Ask the issuer of %s") % known.number, "submit": _("Record the question"),
        "sub": _("Ask whether the certificate is its own, by a channel that the applicant did not name.")})


@needs("certificates.lift_challenge")
@require_http_methods(["GET", "POST"])
def lift_challenge(request: HttpRequest, pk: int) -> HttpResponse:
    rows = Challenge.objects.filter(certificate__in=Certificate.objects.visible_to(request.user)).select_related("certificate")
    known = visible_or_404(rows, pk=pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = attempt(request, form, lambda: actions.lift_challenge(known, reason=form.cleaned_data["reason"], by=request.user))
        if done is not None:
            say(request, _("The dispute is settled. Holds on applications are released on their own pages."))
            return redirect("certificates:certificate", known.certificate_id)
    return render(request, "certificates/step.html", {
        "form": form, "certificate": known.certificate, "title": _("Settle the dispute on %s") % known.certificate.number, "submit": _("Settle"),
        "sub": known.reason})
