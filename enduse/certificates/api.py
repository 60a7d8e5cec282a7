"""Endpoints of certificates. Those from which applications and licences follow stand in licensing, under the same names."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router

from enduse.accounts.actions import note_read
from enduse.accounts.permissions import must_see, permit, sees
from enduse.certificates import actions, queries
from enduse.certificates.models import Certificate, Challenge, IssuerKey
from enduse.certificates.schemas import (
    LIST_FIELDS,
    CertificateOut,
    CertificateRow,
    Certificates,
    InquireIn,
    InquiryOut,
    IssueIn,
    IssuerKeyIn,
    IssuerKeyOut,
    IssuerKeys,
    SettledOut,
    SettleIn,
    SignedText,
    shown,
)
from enduse.certificates.states import on_day
from enduse.pages import COUNTED, listed, visible_or_404

router = Router(tags=["certificates"])


@router.get("/", response=Certificates, operation_id="certificates.list_certificates")
def list_certificates(
    request: HttpRequest, state: str = "", source: str = Query("", description="filed, issued or signed."),
    search: str = Query("", description="Words of its number, issuer or end user, from their beginning; or the reference of an application."),
    limit: int = Query(100, ge=1, le=500), offset: int = Query(0, ge=0),
) -> Any:
    """The end-use certificates that you see, newest first."""
    must_see(request.user, "certificate")
    rows = queries.rows_of_list(request.user, state=state, search=search, source=source)
    found = listed(rows, offset, limit, most=COUNTED if search or state else 0, fields=LIST_FIELDS)
    return found | {"items": [said | {"state": on_day(said["state"], said["expires_on"])} for said in found["items"]]}


@router.get("/{int:certificate_id}", response=CertificateOut, operation_id="certificates.get_certificate")
def get_certificate(request: HttpRequest, certificate_id: int) -> Any:
    """One certificate: what it says, what was taken of it; for officers its checklist and history."""
    must_see(request.user, "certificate")
    known = visible_or_404(queries.certificates(request.user), pk=certificate_id)
    return shown(request.user, known, is_officer=sees(request.user, "screening"))


@router.post("/{int:certificate_id}/inquiries", response=InquiryOut, operation_id="certificates.inquire")
def inquire(request: HttpRequest, certificate_id: int, body: InquireIn) -> Any:
    """Ask the issuer whether the certificate is its own, by a channel that the applicant did not name."""
    permit(request.user, "certificates.inquire")
    return actions.inquire(visible_or_404(queries.certificates(request.user), pk=certificate_id), by=request.user, **body.dict())


@router.post("/challenges/{int:challenge_id}/settle", response=SettledOut, operation_id="certificates.lift_challenge")
def lift_challenge(request: HttpRequest, challenge_id: int, body: SettleIn) -> Any:
    """Settle a dispute in the certificate's favour: another officer than the one who raised it."""
    permit(request.user, "certificates.lift_challenge")
    rows = Challenge.objects.filter(certificate__in=Certificate.objects.visible_to(request.user))
    return actions.lift_challenge(visible_or_404(rows, pk=challenge_id), reason=body.reason, by=request.user)


@router.post("/", response=CertificateRow, operation_id="certificates.issue")
def issue(request: HttpRequest, body: IssueIn) -> Any:
    """Issue a certificate of your own state: it stands in this installation's log from here on."""
    permit(request.user, "certificates.issue")
    lines = [line.dict() for line in body.lines]
    return actions.issue(actions.CertificateWords(**(body.dict() | {"lines": lines, "quantity": sum(line["quantity"] for line in lines) or None})),
                         by=request.user)


@router.get("/{int:certificate_id}/file", response=SignedText, operation_id="certificates.get_file")
def get_file(request: HttpRequest, certificate_id: int) -> Any:
    """The signed file of a certificate that was issued here. The download is recorded."""
    must_see(request.user, "certificate")
    known = visible_or_404(Certificate.objects.visible_to(request.user).filter(source=Certificate.ISSUED), pk=certificate_id)
    note_read(request.user, "certificate", f"signed file {known.pk}")
    return {"text": actions.signed_file(known)}


@router.get("/challenges/{int:challenge_id}/file", response=SignedText, operation_id="certificates.get_recall_file")
def get_recall_file(request: HttpRequest, challenge_id: int) -> Any:
    """The signed file of a recall, which the state that took the certificate takes too."""
    must_see(request.user, "certificate")
    rows = Challenge.objects.filter(certificate__in=Certificate.objects.visible_to(request.user), certificate__source=Certificate.ISSUED)
    known = visible_or_404(rows.select_related("certificate"), pk=challenge_id)
    note_read(request.user, "certificate", f"signed file {known.pk}")
    return {"text": actions.signed_file(known)}


@router.get("/keys", response=IssuerKeys, operation_id="certificates.list_keys")
def list_keys(request: HttpRequest) -> Any:
    """The keys of other states' issuers, and whether each is trusted now."""
    must_see(request.user, "certificate")
    rows = queries.keys()
    return {"count": rows.count(), "items": list(rows)}


@router.post("/keys", response=IssuerKeyOut, operation_id="certificates.trust_issuer")
def trust_issuer(request: HttpRequest, body: IssuerKeyIn) -> Any:
    """Trust the public key of an issuing authority's log."""
    permit(request.user, "certificates.trust_issuer")
    return actions.trust_issuer(by=request.user, **body.dict())


@router.post("/keys/{int:key_id}/end", response=SettleIn, operation_id="certificates.end_trust")
def end_trust(request: HttpRequest, key_id: int, body: SettleIn) -> Any:
    """Take no more files under a key. What was taken before stays as it was proved."""
    permit(request.user, "certificates.trust_issuer")
    return actions.end_trust(visible_or_404(IssuerKey.objects.all(), pk=key_id), reason=body.reason, by=request.user)
