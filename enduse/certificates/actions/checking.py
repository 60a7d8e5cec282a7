"""Checking a certificate element by element, and asking its issuer whether it is its own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from enduse import clock, reference
from enduse.accounts.models import User
from enduse.accounts.permissions import permit
from enduse.certificates.actions.receiving import challenge_found
from enduse.certificates.models import Certificate, CertificateCheck, Challenge, Inquiry, InquiryAnswer
from enduse.ledger.actions import record
from enduse.refusals import Invalid, Problem, Problems, Refused

GIVEN_BY_APPLICANT = "applicant"
MUST = "must"


def check(
    certificate: Certificate, *, answers: Mapping[str, Mapping[str, str]], found: Mapping[str, bool | None], note: str = "", by: User,
) -> CertificateCheck:
    """Answer every element of the list. `found`: what the program reads by itself (None: it cannot tell).

    `answers`: {code: {"answer": yes|no|na, "note"}}; an element that the program reads needs none. Whoever says otherwise
    than the program gives the reason, and so does whoever finds missing what a certificate must hold.
    """
    permit(by, "certificates.check")
    table = reference.table("euc_checklist")
    problems, answered = Problems(), {}
    for code in sorted(set(answers) - set(table)):
        problems.add(_("There is no such element."), _("Take it out."), field=f"answers.{code}", found=code)
    for code, entry in table.items():
        answered[code] = _answer(code, entry.more["need"], answers.get(code, {}), found.get(code), problems)
    problems.raise_if_any()
    lacks = [code for code, answer in answered.items() if answer["answer"] == CertificateCheck.NO and table[code].more["need"] == MUST]
    with transaction.atomic():
        certificate = Certificate.objects.lock(certificate.pk)
        return record(CertificateCheck(certificate=certificate, answers=answered, lacks=lacks, note=note.strip()), by=by)


def _answer(code: str, need: str, given: Mapping[str, str], found: bool | None, problems: Problems) -> dict[str, str]:
    said, note = str(given.get("answer", "")).strip(), str(given.get("note", "")).strip()
    read = "" if found is None else CertificateCheck.YES if found else CertificateCheck.NO
    answer = said or read
    if answer not in dict(CertificateCheck.ANSWERS):
        problems.add(_("Every element is answered."), _("Choose one of: %s.") % ", ".join(dict(CertificateCheck.ANSWERS)), field=f"answers.{code}",
                     found=said)
    elif read and said and said != read and not note:
        problems.add(_("The program reads this element otherwise."), _("Write what you saw on the certificate."), field=f"answers.{code}", found=said)
    elif need == MUST and answer == CertificateCheck.NOT_APPLICABLE and not note:
        problems.add(_("A certificate must hold this element."), _("Write why it does not apply here."), field=f"answers.{code}", found=said)
    return {"answer": answer, "by": "program" if read and answer == read and not note else "officer", "note": note}


def inquire(certificate: Certificate, *, channel: str, asked_whom: str, found_in: str, asked_on: date | None = None, by: User) -> Inquiry:
    """Ask the issuer whether the certificate is its own. Refused: by an address that the applicant gave."""
    permit(by, "certificates.inquire")
    if channel == GIVEN_BY_APPLICANT:
        raise Refused(
            _("Who forges a certificate also gives the telephone number that confirms it: the applicant's address proves nothing."),
            _("Take the address from a source of your own: your mission, the issuer's published address, a contact point under a treaty."))
    problems, on = Problems(), asked_on or clock.today()
    if channel not in dict(Inquiry.CHANNELS):
        problems.add(_("There is no such channel."), _("Choose one of: %s.") % ", ".join(dict(Inquiry.CHANNELS)), field="channel", found=channel)
    if not asked_whom.strip():
        problems.add(_("An inquiry says who was asked."), _("Write the office, and the person where there is one."), field="asked_whom")
    if not found_in.strip():
        problems.add(_("An inquiry says where its address comes from."), _("Write the directory, treaty list or file."), field="found_in")
    if on > clock.today() or on < certificate.issued_on:
        problems.add(_("This day does not fit: it is to come, or before the certificate was issued."), _("Correct the date."), field="asked_on",
                     found=on.isoformat())
    problems.raise_if_any()
    with transaction.atomic():
        certificate = Certificate.objects.lock(certificate.pk)
        if certificate.source == Certificate.ISSUED:
            raise Refused(_("%(number)s was issued here: nobody else is asked about it."), _("Read the log's entry."), number=certificate.number)
        return record(Inquiry(certificate=certificate, channel=channel, asked_whom=asked_whom.strip(), found_in=found_in.strip(), asked_on=on), by=by)


def answer_inquiry(
    inquiry: Inquiry, *, outcome: str, answered_by: str = "", answered_on: date | None = None, note: str = "", by: User,
) -> InquiryAnswer:
    """Record what the issuer answered. A denial disputes the certificate at once."""
    permit(by, "certificates.answer_inquiry")
    problems, on = Problems(), answered_on or clock.today()
    if outcome not in dict(InquiryAnswer.OUTCOMES):
        problems.add(_("There is no such answer."), _("Choose one of: %s.") % ", ".join(dict(InquiryAnswer.OUTCOMES)), field="outcome", found=outcome)
    if outcome != InquiryAnswer.NO_ANSWER and not answered_by.strip():
        problems.add(_("An answer says who gave it."), _("Write the office and the person."), field="answered_by")
    if on < inquiry.asked_on or on > clock.today():
        problems.add(_("This day does not fit: it is to come, or before the question."), _("Correct the date."), field="answered_on", found=on.isoformat())
    problems.raise_if_any()
    with transaction.atomic():
        certificate = Certificate.objects.lock(inquiry.certificate_id)
        if InquiryAnswer.objects.filter(inquiry=inquiry).exists():
            raise Invalid(Problem(_("This question was answered already."), _("Ask again if something is new."), field="outcome"))
        told = record(InquiryAnswer(inquiry=inquiry, outcome=outcome, answered_by=answered_by.strip(), answered_on=on, note=note.strip()), by=by)
        if outcome == InquiryAnswer.DENIED and not certificate.challenges.filter(sort=Challenge.DISPUTED, lifted=None).exists():
            challenge_found(certificate, sort=Challenge.DISPUTED, by=by,
                            reason=_("%(who)s says that it is not theirs. %(note)s") % {"who": answered_by.strip(), "note": note.strip()})
    return told
