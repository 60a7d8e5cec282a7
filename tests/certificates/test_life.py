"""A certificate is received, checked element by element, confirmed with its issuer, used; or challenged, and then carries nothing more."""

from __future__ import annotations

from datetime import timedelta

import pytest

from enduse import clock
from enduse.alerts.models import Alert
from enduse.certificates import actions, states
from enduse.certificates.models import Certificate, Challenge
from enduse.ledger.verification import verify
from enduse.licensing import actions as licensing
from enduse.licensing.models import Application, Hold
from enduse.licensing.readiness import before_approval
from enduse.refusals import Invalid, NotPermitted, Refused
from tests.certificates import given
from tests.licensing import given as cases


def fresh(certificate: Certificate) -> Certificate:
    return states.with_facts(Certificate.objects.filter(pk=certificate.pk)).get()


def state(certificate: Certificate) -> str:
    return states.state_of(fresh(certificate))


def test_a_certificate_is_received_with_its_application_and_logged(people):
    certificate = given.filed(people, certificate=cases.certificate("EUC-7"))
    assert (certificate.number, certificate.source, state(certificate)) == ("EUC-7", "filed", "received")
    assert verify().differences == ()


def test_a_check_answers_every_element_and_says_what_is_lacking(people):
    certificate = given.filed(people)
    with pytest.raises(Invalid, match="Every element is answered"):
        actions.check(certificate, answers={"E01": {"answer": "yes"}}, found={}, by=people.officer)
    assert given.checked(people, certificate, E05="no").lacks == ["E05"]
    assert state(certificate) == "received"
    assert given.checked(people, certificate).lacks == []
    assert state(certificate) == "checked"


def test_who_says_otherwise_than_the_program_says_why(people):
    certificate = given.filed(people, certificate=cases.certificate(no_reexport=False))
    answers = given.answers() | {"E16": {"answer": "yes", "note": ""}}
    with pytest.raises(Invalid, match="The program reads this element otherwise"):
        actions.check(certificate, answers=answers, found={"E16": False}, by=people.officer)


def test_the_program_answers_what_it_reads(people):
    certificate = given.filed(people)
    answers = given.answers()
    del answers["E16"]
    check = actions.check(certificate, answers=answers, found={"E16": True}, by=people.officer)
    assert check.answers["E16"] == {"answer": "yes", "by": "program", "note": ""}


def test_the_applicants_own_address_confirms_nothing(people):
    certificate = given.filed(people)
    with pytest.raises(Refused, match="the applicant's address proves nothing"):
        actions.inquire(certificate, channel="applicant", asked_whom="The colonel", found_in="The certificate", by=people.officer)


def test_an_issuer_confirms_its_certificate(people):
    certificate = given.filed(people)
    licensing.answer_inquiry(given.asked(people, certificate), outcome="confirmed", answered_by="Director", by=people.officer)
    assert state(certificate) == "confirmed"


def test_no_answer_confirms_nothing_and_is_kept(people):
    certificate = given.filed(people)
    inquiry = given.asked(people, certificate)
    licensing.answer_inquiry(inquiry, outcome="no_answer", by=people.officer)
    assert state(certificate) == "received"
    with pytest.raises(Invalid, match="answered already"):
        licensing.answer_inquiry(inquiry, outcome="confirmed", answered_by="Director", by=people.officer)


def test_a_denial_disputes_the_certificate_and_holds_its_application(people):
    application = cases.submitted(people)
    certificate = given.certificate_of(application)
    licensing.answer_inquiry(given.asked(people, certificate), outcome="denied", answered_by="Director", by=people.officer)
    assert state(certificate) == "disputed"
    assert Application.objects.get(pk=application.pk).state == "held"


def test_a_licence_uses_its_certificate(people):
    licence = cases.licensed(people)
    certificate = given.certificate_of(licence.application)
    assert state(certificate) == "used"
    assert certificate.uses.order_by("-place").first().licence == licence.reference


def test_a_certificate_that_nobody_used_expires(people):
    certificate = given.filed(people)
    assert states.state_of(fresh(certificate), certificate.expires_on + timedelta(days=1)) == "expired"


@pytest.mark.parametrize("sort", ["recalled", "disputed", "forged"])
def test_nothing_is_approved_on_a_challenged_certificate(people, sort):
    application = cases.recommended(people)
    licensing.challenge_certificate(given.certificate_of(application), sort=sort, reason="The issuer wrote so.", by=people.officer)
    hold = Hold.objects.get(application=application)
    licensing.release_hold(hold, reason="Looked at.", by=people.countersigner)
    application = Application.objects.get(pk=application.pk)
    assert [each.kind for each in before_approval(application)] == ["certificate"]
    with pytest.raises(Refused, match="The issuer wrote so"):
        licensing.decide(application, by=people.countersigner)


def test_nothing_is_approved_on_an_expired_certificate(people):
    application = cases.recommended(people, certificate=cases.certificate(expires_on=clock.today() + timedelta(days=1)))
    Certificate.objects.filter(filed_as__application=application).update(expires_on=clock.today() - timedelta(days=1))
    with pytest.raises(Refused, match="expired on"):
        licensing.decide(application, by=people.countersigner)


def test_a_live_licence_on_a_forged_certificate_alerts_the_countersigner_once(people):
    licence = cases.licensed(people)
    certificate = given.certificate_of(licence.application)
    challenge = licensing.challenge_certificate(certificate, sort="forged", reason="The seal is invented.", by=people.officer)
    from enduse.licensing.actions.certificates import follow

    follow(challenge, by=people.officer)
    alert = Alert.objects.get(kind=Alert.CERTIFICATE)
    assert (alert.role, alert.link) == ("countersigner", f"/licensing/licences/{licence.reference}/")
    assert "The seal is invented" in alert.because


def test_a_dispute_is_settled_by_another_officer_and_a_forgery_never(people):
    certificate = given.filed(people)
    dispute = licensing.challenge_certificate(certificate, sort="disputed", reason="Two seals.", by=people.countersigner)
    with pytest.raises(Refused, match="You raised this dispute"):
        actions.lift_challenge(dispute, reason="Same office.", by=people.countersigner)
    with pytest.raises(NotPermitted):
        actions.lift_challenge(dispute, reason="Same office.", by=people.officer)
    forged = Challenge.objects.get(pk=licensing.challenge_certificate(certificate, sort="forged", reason="Invented.", by=people.officer).pk)
    with pytest.raises(Refused, match="stays so"):
        actions.lift_challenge(forged, reason="Perhaps not.", by=people.countersigner)


def test_the_same_challenge_is_recorded_once(people):
    certificate = given.filed(people)
    licensing.challenge_certificate(certificate, sort="recalled", reason="Wrote so.", by=people.officer)
    with pytest.raises(Refused, match="already"):
        licensing.challenge_certificate(certificate, sort="recalled", reason="Wrote so.", by=people.officer)
