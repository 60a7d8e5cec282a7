"""A certificate is issued by one installation and taken by another: proved by both states' logs, and nothing else is taken."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from enduse.certificates import actions, states
from enduse.certificates.models import Certificate, SignedFile
from enduse.engines import translog
from enduse.ledger.keys import signer
from enduse.ledger.proofs import proof_of
from enduse.ledger.verification import verify
from enduse.licensing import actions as licensing
from enduse.licensing.models import Application
from enduse.refusals import Invalid, NotPermitted, Refused
from tests.certificates import given
from tests.licensing import given as cases

KEY = translog.new_key("arms-registration.example/log")


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def file(people) -> str:
    """The signed file of a certificate that the importing state issued on its own installation."""
    with given.another_installation(KEY):
        made = actions.signed_file(given.issued(people))
    assert not Certificate.objects.exists()
    return made


@pytest.fixture
def recall(people) -> str:
    with given.another_installation(KEY):
        issued = given.issued(people)
        recalled = actions.challenge(issued, sort="recalled", reason="The purchase was cancelled.", by=people.officer)
        return actions.signed_file(recalled)


def state(certificate: Certificate) -> str:
    return states.state_of(states.with_facts(Certificate.objects.filter(pk=certificate.pk)).get())


def test_an_issued_certificate_stands_in_the_issuers_log_and_is_issued_once(people):
    issued = given.issued(people)
    assert (state(issued), issued.quantity) == ("issued", 100)
    with pytest.raises(Refused, match="known already"):
        given.issued(people, "mx-2011-7")
    assert verify().differences == ()


def test_a_certificate_says_its_end_user_its_purpose_and_its_lines(people):
    with pytest.raises(Invalid, match="A certificate says this"):
        given.issued(people, purpose=" ")
    with pytest.raises(Invalid, match="This code is not in the list"):
        given.issued(people, lines=[{"firearm_type": "blunderbuss", "make": "", "model": "", "calibre": "556nato", "quantity": 1}])
    with pytest.raises(NotPermitted):
        actions.issue(given.words(), by=people.exporter)


def test_both_logs_prove_a_certificate_that_was_taken(people, file):
    given.trusted(people, KEY)
    taken = licensing.take_certificate_file(file, by=people.officer)
    certificate = taken.certificate
    assert (certificate.number, certificate.source, certificate.quantity, state(certificate)) == ("MX-2011-7", "signed", 100, "confirmed")
    # The issuer's log, by the file that was kept; our own, by the proof of our entry. Each with the other state's software aside.
    theirs = translog.verify_event_proof(taken.text, [translog.public_key(KEY)])
    assert theirs.content["content"]["number"] == "MX-2011-7"
    ours = translog.verify_event_proof(proof_of(taken), [str(signer().verifier)])
    assert (ours.content["content"]["origin"], ours.content["content"]["sha256"]) == ("arms-registration.example/log", taken.sha256)
    assert verify().differences == ()


def test_the_same_entry_is_taken_once(people, file):
    given.trusted(people, KEY)
    licensing.take_certificate_file(file, by=people.officer)
    with pytest.raises(Refused, match="taken already"):
        licensing.take_certificate_file(file, by=people.officer)
    assert SignedFile.objects.count() == 1


def test_a_file_of_a_log_that_nobody_trusts_is_refused(people, file):
    with pytest.raises(Refused, match=r"No key of the log arms-registration\.example/log is trusted"):
        licensing.take_certificate_file(file, by=people.officer)
    given.trusted(people, translog.new_key("arms-registration.example/log"))
    with pytest.raises(Invalid, match="no signed file"):
        licensing.take_certificate_file(file, by=people.officer)
    assert not Certificate.objects.exists()


def test_a_key_that_is_no_longer_trusted_takes_nothing(people, file):
    key = given.trusted(people, KEY)
    actions.end_trust(key, reason="The office lost its server.", by=people.countersigner)
    with pytest.raises(Refused, match="is trusted here"):
        licensing.take_certificate_file(file, by=people.officer)


def test_a_key_trusted_for_one_authority_speaks_for_no_other(people, file):
    given.trusted(people, KEY, issuer="Ministry of the Interior")
    with pytest.raises(Refused, match="The key is trusted for Ministry of the Interior"):
        licensing.take_certificate_file(file, by=people.officer)


@pytest.mark.parametrize("change", [
    ('"quantity":100', '"quantity":900'), ('"expires_on"', '"expires_oN"'), ("enduse/event-proof/v1", "enduse/event-proof/v2"),
])
def test_a_file_of_which_one_word_was_changed_proves_nothing(people, file, change):
    given.trusted(people, KEY)
    assert change[0] in file
    with pytest.raises(Invalid, match="no signed file"):
        licensing.take_certificate_file(file.replace(*change), by=people.officer)
    assert not Certificate.objects.exists()


def test_an_entry_of_another_kind_is_no_certificate(people):
    with given.another_installation(KEY):
        other = proof_of(given.trusted(people, translog.new_key("third.example/log")))
    given.trusted(people, KEY)
    with pytest.raises(Invalid, match="another kind"):
        licensing.take_certificate_file(other, by=people.officer)


def test_an_application_stands_on_a_certificate_that_was_taken(people, file):
    given.trusted(people, KEY)
    taken = licensing.take_certificate_file(file, by=people.officer)
    application = cases.submitted(people, certificate=cases.certificate("MX-2011-7", issuer=given.ISSUER))
    assert application.certificate.registered == taken.certificate


def test_an_application_that_copies_it_wrongly_is_refused(people, file):
    given.trusted(people, KEY)
    licensing.take_certificate_file(file, by=people.officer)
    copied = cases.drafted(people, certificate=cases.certificate("MX-2011-7", issuer=given.ISSUER, expires_on=cases.some_day(-400)))
    with pytest.raises(Refused, match="expires_on differ"):
        licensing.submit(copied, by=people.exporter)


def test_a_signed_file_that_contradicts_what_was_filed_disputes_it(people, file):
    given.trusted(people, KEY)
    application = cases.submitted(people, certificate=cases.certificate("MX-2011-7", issuer=given.ISSUER, expires_on=cases.some_day(-900)))
    licensing.take_certificate_file(file, by=people.officer)
    assert state(application.certificate.registered) == "disputed"
    assert Application.objects.get(pk=application.pk).state == "held"


def test_an_issuers_recall_is_taken_by_its_signed_file(people, file, recall):
    given.trusted(people, KEY)
    with pytest.raises(Refused, match="not known here"):
        licensing.take_certificate_file(recall, by=people.officer)
    licensing.take_certificate_file(file, by=people.officer)
    application = cases.submitted(people, certificate=cases.certificate("MX-2011-7", issuer=given.ISSUER))
    # In the test the second file comes from a log that began again, so its entries have other places.
    SignedFile.objects.all().update(index=999)
    licensing.take_certificate_file(recall, by=people.officer)
    assert state(application.certificate.registered) == "recalled"
    assert Application.objects.get(pk=application.pk).state == "held"


def test_what_was_issued_here_is_recalled_and_nothing_else(people):
    issued = given.issued(people)
    with pytest.raises(Refused, match="it is recalled"):
        actions.challenge(issued, sort="forged", reason="No.", by=people.officer)
    actions.challenge(issued, sort="recalled", reason="Cancelled.", by=people.officer)
    assert state(issued) == "recalled"


def test_only_its_issuer_signs_a_certificate(people):
    with pytest.raises(Refused, match="was not issued here"):
        actions.signed_file(given.filed(people))


def test_a_key_of_a_witness_or_no_key_is_not_trusted(people):
    for vkey in ("not a key", translog.public_key(translog.new_key("w.example", translog.COSIGNATURE))):
        with pytest.raises(Invalid, match="key"):
            actions.trust_issuer(issuer="Office", country="MX", vkey=vkey, obtained="By hand.", by=people.countersigner)


def test_the_page_issues_and_the_file_is_verified_by_the_command_that_needs_no_database(people, tmp_path: Path):
    client = signed_in(people.officer)
    sent = {"number": "MX-9", "issuer": given.ISSUER, "signatory": "Director", "issued_on": cases.some_day(3).isoformat(),
            "expires_on": cases.some_day(-300).isoformat(), "single_use": "on", "end_user": "Secretariat of Defence", "country": "mx",
            "purpose": "Service rifles", "lines-TOTAL_FORMS": "1", "lines-INITIAL_FORMS": "0", "lines-0-firearm_type": "rifle_assault",
            "lines-0-calibre": "556nato", "lines-0-quantity": "5"}
    assert client.post("/certificates/issue/", sent).status_code == 302
    issued = Certificate.objects.get()
    text = client.get(f"/certificates/{issued.pk}/file/").content.decode()
    assert translog.verify_event_proof(text, [str(signer().verifier)]).content["content"]["number"] == "MX-9"
    assert client.get(f"/api/certificates/{issued.pk}/file").json()["text"].startswith("enduse/event-proof/v1")


def test_a_file_is_taken_on_the_page_and_by_the_api(people, file):
    signed_in(people.countersigner).post("/certificates/keys/trust/", {
        "issuer": given.ISSUER, "country": "MX", "vkey": translog.public_key(KEY), "obtained": "By hand."})
    client = signed_in(people.officer)
    page = client.post("/licensing/certificates/take/", {"file": SimpleUploadedFile("certificate.txt", b"nothing\n")})
    assert "no signed file" in page.content.decode()
    answer = client.post("/api/licensing/certificates/take", {"file": SimpleUploadedFile("certificate.txt", file.encode())})
    assert answer.json()["origin"] == "arms-registration.example/log"
    page = client.get(f"/certificates/{answer.json()['certificate']}/").content.decode()
    assert "Proved by both logs" in page
