"""What the demonstration's officers do with certificates: each is checked, and its issuer asked."""

from __future__ import annotations

from datetime import date

from enduse.certificates import actions as certificates
from enduse.certificates.models import Certificate
from enduse.demo.people import Cast
from enduse.demo.story import at
from enduse.licensing import actions as licensing
from enduse.licensing.certificate_pages import read_with_applications
from enduse.licensing.models import Application
from enduse.reference import table


def look_at(cast: Cast, application: Application, day: date, answered_on: date | None) -> None:
    """The certificate is checked and its issuer asked on a day; `answered_on`: when it confirmed, None while it has not."""
    certificate = Certificate.objects.get(filed_as__application=application)
    officer = cast.users["officer"]
    with at(day, 10):
        found = {code: read for code, read in read_with_applications(certificate).items() if code != "E26"}
        said = {code: {"answer": "yes", "note": ""} for code in table("euc_checklist") if not found.get(code)}
        said |= {"E27": {"answer": "yes", "note": "The original is in the paper file."}, "E26": {"answer": "no", "note": "Asked today."}}
        certificates.check(certificate, answers=said, found=found, note="Read against the original.", by=officer)
        inquiry = certificates.inquire(certificate, channel="mission", asked_whom="Directorate of Arms Registration, the head of the office",
                                       found_in="The embassy's own list of offices, 2006", by=officer)
    if answered_on is None:
        return
    with at(answered_on, 10):
        licensing.answer_inquiry(inquiry, outcome="confirmed", answered_by="Head of the office", note="It is ours; number and seal agree.", by=officer)
