"""Pages of issuing certificates, handing out their signed files, and the keys of other states' issuers."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from enduse.accounts.access import needs, sees_noun
from enduse.accounts.actions import note_read
from enduse.certificates import actions, queries
from enduse.certificates.forms import IssueForm, KeyForm, LineForms, ReasonForm
from enduse.certificates.models import Certificate, Challenge, IssuerKey
from enduse.ledger.keys import signer
from enduse.pages import attempt, say, visible_or_404


@needs("certificates.issue")
@require_http_methods(["GET", "POST"])
def issue(request: HttpRequest) -> HttpResponse:
    last = Certificate.objects.filter(source=Certificate.ISSUED).first()
    form = IssueForm(request.POST or None, initial={"issuer": last.issuer, "signatory": last.signatory, "country": last.country} if last else None)
    lines = LineForms(request.POST or None, prefix="lines")
    if request.method == "POST" and form.is_valid() and lines.is_valid():
        told = [line.cleaned_data for line in lines if line.cleaned_data]
        done = attempt(request, form, lambda: actions.issue(form.words(told), by=request.user))
        if done is not None:
            say(request, _("%s was issued. Hand its signed file to the end user; whoever trusts our key can verify it.") % done.number)
            return redirect("certificates:certificate", done.pk)
    return render(request, "certificates/write.html", {
        "form": form, "lines": lines, "title": _("Issue an end-use certificate"), "submit": _("Issue"), "lines_title": _("What it covers"),
        "sub": _("From here on it stands in our log. It can be recalled, never changed.")})


@sees_noun("certificate")
@require_GET
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """The signed file of a certificate that was issued here. The download is recorded."""
    known = visible_or_404(Certificate.objects.visible_to(request.user).filter(source=Certificate.ISSUED), pk=pk)
    return _download(request, known, f"certificate-{known.pk}.txt")


@sees_noun("certificate")
@require_GET
def recall_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The signed file of a recall, which the state that took the certificate takes too."""
    rows = Challenge.objects.filter(certificate__in=Certificate.objects.visible_to(request.user), certificate__source=Certificate.ISSUED)
    return _download(request, visible_or_404(rows.select_related("certificate"), pk=pk), f"recall-{pk}.txt")


def _download(request: HttpRequest, fact: Certificate | Challenge, name: str) -> HttpResponse:
    note_read(request.user, "certificate", f"signed file {fact.pk}")
    response = HttpResponse(actions.signed_file(fact), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@sees_noun("certificate")
@require_GET
def keys(request: HttpRequest) -> HttpResponse:
    return render(request, "certificates/keys.html", {"keys": list(queries.keys()), "own": str(signer().verifier)})


@needs("certificates.trust_issuer")
@require_http_methods(["GET", "POST"])
def trust(request: HttpRequest) -> HttpResponse:
    form = KeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = attempt(request, form, lambda: actions.trust_issuer(by=request.user, **form.cleaned_data))
        if done is not None:
            say(request, _("The key of %s is trusted.") % done.issuer)
            return redirect("certificates:keys")
    return render(request, "certificates/key_step.html", {
        "form": form, "title": _("Trust an issuer's key"), "submit": _("Trust it"),
        "sub": _("Obtain it by a channel of your own, never from an applicant: compare it by voice with the issuing authority.")})


@needs("certificates.trust_issuer")
@require_http_methods(["GET", "POST"])
def end_trust(request: HttpRequest, pk: int) -> HttpResponse:
    key = visible_or_404(IssuerKey.objects.all(), pk=pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = attempt(request, form, lambda: actions.end_trust(key, reason=form.cleaned_data["reason"], by=request.user))
        if done is not None:
            say(request, _("No more files are taken under this key."))
            return redirect("certificates:keys")
    return render(request, "certificates/key_step.html", {
        "form": form, "title": _("Stop trusting the key of %s") % key.issuer, "submit": _("Stop trusting it"), "tone": "danger",
        "sub": _("What was taken before stays as it was proved.")})
