"""Endpoints of what officers do with certificates, where applications and licences follow from it."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import File, Router
from ninja.files import UploadedFile

from enduse.accounts.permissions import must_see, permit
from enduse.certificates import actions as certificates
from enduse.certificates import states as certificate_states
from enduse.certificates.files import read_text
from enduse.certificates.models import Inquiry
from enduse.certificates.queries import certificates as certificates_of
from enduse.certificates.schemas import (
    AcceptedOut,
    AnswerInquiryIn,
    CertificateCheckOut,
    ChallengeIn,
    ChallengeOut,
    CheckIn,
    InquiryAnswerOut,
    MatchOut,
    PaperIn,
    PaperOut,
    SettleIn,
    SignedFileOut,
)
from enduse.documents.queries import documents
from enduse.licensing import actions
from enduse.licensing.certificate_pages import read_with_applications
from enduse.licensing.matching import compared
from enduse.licensing.models import Application, EndUseCertificate
from enduse.licensing.whole import found_whole
from enduse.pages import visible_or_404
from enduse.refusals import Invalid, Problem

router = Router(tags=["certificates"])


def registered(given: EndUseCertificate) -> dict[str, Any]:
    """The certificate itself behind what an application copies of it."""
    known = given.registered
    return {"id": known.pk if known else None, "state": certificate_states.state_of(known) if known else None,
            "single_use": given.single_use, "quantity": given.quantity}


@router.post("/certificates/{int:certificate_id}/check", response=CertificateCheckOut, operation_id="certificates.check")
def check(request: HttpRequest, certificate_id: int, body: CheckIn) -> Any:
    """Answer every element that a certificate must hold."""
    permit(request.user, "certificates.check")
    known = visible_or_404(certificates_of(request.user), pk=certificate_id)
    return certificates.check(known, answers={code: answer.dict() for code, answer in body.answers.items()}, found=read_with_applications(known),
                              note=body.note, by=request.user)


@router.post("/inquiries/{int:inquiry_id}/answer", response=InquiryAnswerOut, operation_id="certificates.answer_inquiry")
def answer_inquiry(request: HttpRequest, inquiry_id: int, body: AnswerInquiryIn) -> Any:
    """Record what the issuer answered. A denial disputes the certificate and holds its open applications."""
    permit(request.user, "certificates.answer_inquiry")
    inquiry = visible_or_404(Inquiry.objects.filter(certificate__in=certificates_of(request.user)).select_related("certificate"), pk=inquiry_id)
    return actions.answer_inquiry(inquiry, by=request.user, **body.dict())


@router.post("/certificates/{int:certificate_id}/challenge", response=ChallengeOut, operation_id="certificates.challenge")
def challenge(request: HttpRequest, certificate_id: int, body: ChallengeIn) -> Any:
    """Say that a certificate is recalled, disputed or forged: open applications on it wait, live licences are alerted."""
    permit(request.user, "certificates.challenge")
    known = visible_or_404(certificates_of(request.user), pk=certificate_id)
    return actions.challenge_certificate(known, by=request.user, **body.dict())


@router.post("/certificates/take", response=SignedFileOut, operation_id="certificates.take_file")
def take_file(request: HttpRequest, file: Annotated[UploadedFile, File(description="The proof file as the issuer exported it.")]) -> Any:
    """Verify an issuer's signed file of a certificate or of its recall, and take what it says."""
    permit(request.user, "certificates.take_file")
    return actions.take_certificate_file(read_text(file), by=request.user)


@router.get("/applications/{reference}/match", response=MatchOut, operation_id="licensing.get_match")
def get_match(request: HttpRequest, reference: str) -> Any:
    """Application, end-use certificate, order and import authorisation side by side, each difference named."""
    must_see(request.user, "application")
    match = compared(_application(request, reference))
    names = [column["name"] for column in match.columns]
    return {
        "columns": match.columns, "missing": match.missing,
        "rows": [{"what": what, "says": {name: cell.value for name, cell in zip(names, cells, strict=True)}} for what, cells in match.rows],
        "differences": [{"key": each.key, "paper": each.paper, "what": each.what, "said": each.said,
                         "accepted": each.accepted.reason if each.accepted else None} for each in match.differences]}


@router.post("/applications/{reference}/papers", response=PaperOut, operation_id="licensing.file_paper")
def file_paper(request: HttpRequest, reference: str, body: PaperIn) -> Any:
    """Copy what a paper of your application says: its number, issuer, date, end user and lines."""
    permit(request.user, "licensing.file_paper")
    document = None
    if body.document is not None:
        document = documents(request.user, subject=reference).filter(pk=body.document).first()
        if document is None:
            raise Invalid(Problem(_("There is no such document."), _("Attach it to this application first."), field="document", found=str(body.document)))
    told = {name: value for name, value in body.dict().items() if name != "document"}
    return actions.file_paper(_application(request, reference), document=document, by=request.user, **told)


@router.post("/applications/{reference}/differences/{key}/accept", response=AcceptedOut, operation_id="licensing.accept_difference")
def accept_difference(request: HttpRequest, reference: str, key: str, body: SettleIn) -> Any:
    """Accept that a paper differs from the application, with a reason: until both say otherwise."""
    permit(request.user, "licensing.accept_difference")
    return actions.accept_difference(_application(request, reference), key=key, reason=body.reason, by=request.user)


def _application(request: HttpRequest, reference: str) -> Application:
    return found_whole(Application.objects.visible_to(request.user), reference=reference)
