"""Certificates are found among many: in the state that each derives, by words, by the application behind which they stand."""

from __future__ import annotations

from datetime import timedelta

from enduse import clock
from enduse.certificates import actions, keeping, queries, states
from enduse.certificates.models import Certificate, CertificateStanding, CertificateText
from enduse.licensing.actions import answer_inquiry, challenge_certificate
from tests.certificates import given
from tests.licensing import given as licensing


def certificates_of_many_states(people) -> list[Certificate]:
    _received, confirmed, denied, used = (licensing.submitted(people) for _each in range(4))
    licensing.confirmed(people, confirmed)
    licensing.assessed(people, licensing.screened(people, used))
    licensing.recommended(people, used)
    licensing.actions.decide(used, by=people.countersigner)
    asked = actions.inquire(Certificate.objects.get(filed_as__application=denied), channel="mission", asked_whom="The office", found_in="Our list", by=people.officer)
    answer_inquiry(asked, outcome="denied", answered_by="The office", by=people.officer)
    recalled = Certificate.objects.get(filed_as__application=licensing.submitted(people))
    challenge_certificate(recalled, sort="disputed", reason="A letter.", by=people.officer)
    challenge_certificate(recalled, sort="recalled", reason="A letter.", by=people.officer)
    checked = Certificate.objects.get(filed_as__application=licensing.submitted(people))
    given.checked(people, checked)
    return list(Certificate.objects.all())


def test_certificates_are_found_in_the_state_that_each_derives(people):
    made = certificates_of_many_states(people)
    for day in (clock.today(), clock.today() + timedelta(days=900)):
        for state in states.NAMES:
            found = set(states.in_state(Certificate.objects.all(), state, day))
            assert found == {each for each in made if states.state_of(each, day) == state}, state
    assert {states.state_of(each) for each in made} >= {"received", "checked", "confirmed", "disputed", "used", "recalled"}


def test_what_is_kept_of_certificates_is_what_their_facts_say(people):
    """The row is kept in the transaction of each change: making all of them again finds nothing to mend."""
    made = certificates_of_many_states(people)
    assert keeping.rebuild() == 0
    CertificateStanding.objects.filter(certificate=made[0]).update(state="used", used=7)
    CertificateStanding.objects.filter(certificate=made[1]).delete()
    assert keeping.rebuild() == 2
    CertificateStanding.objects.all().delete()
    assert keeping.keep_missing() == len(made)
    assert {each.certificate_id: each.state for each in CertificateStanding.objects.all()} == {each.pk: states.standing_of(each) for each in made}


def test_a_dispute_that_is_settled_leaves_the_certificate_where_it_was(people):
    certificate = Certificate.objects.get(filed_as__application=licensing.submitted(people))
    disputed = challenge_certificate(certificate, sort="disputed", reason="A letter.", by=people.officer)
    assert list(queries.certificates(people.officer, state="disputed")) == [certificate]
    actions.lift_challenge(disputed, reason="The issuer wrote.", by=people.countersigner)
    assert list(queries.certificates(people.officer, state="disputed")) == []
    assert list(queries.certificates(people.officer, state="received")) == [certificate]
    assert keeping.rebuild() == 0


def test_a_certificate_is_found_by_its_words_and_by_its_application(people):
    application = licensing.submitted(people, certificate=licensing.certificate("EUC/2011-77", issuer="Oficina de Armas de Bogotá"))
    licensing.submitted(people)
    certificate = Certificate.objects.get(filed_as__application=application)
    for text in ("bogota", "oficina armas", "EUC/2011-77", "2011-77", application.reference, application.reference.lower()):
        assert list(queries.certificates(people.officer, search=text)) == [certificate], text
    assert list(queries.certificates(people.officer, search="nobody")) == []
    assert list(queries.certificates(people.officer, search="-")) == []


def test_the_words_of_older_certificates_are_made_once(people):
    licensing.submitted(people)
    certificate = Certificate.objects.get()
    CertificateText.objects.all().delete()
    assert list(queries.certificates(people.officer, search=certificate.number)) == []
    keeping.keep_missing()
    assert list(queries.certificates(people.officer, search=certificate.number)) == [certificate]
