"""An approval needs a certificate that its issuer confirmed: on the page, over the API, on the command line and below them all."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from enduse import reference
from enduse.ledger.actions import record
from enduse.licensing import actions
from enduse.licensing.models import Application, Decision, Licence, Recommendation
from enduse.licensing.readiness import before_approval
from enduse.refusals import Refused
from tests.cli.conftest import run
from tests.licensing import given
from tests.licensing.test_the_holes import refused_everywhere

__all__ = ["run"]


def unconfirmed(people: Any) -> Application:
    """Recommended to be approved, while nobody has asked the issuer of its certificate."""
    application = given.assessed(people)
    actions.recommend(application, outcome="approve", note="As assessed.", by=people.officer)
    return Application.objects.get(pk=application.pk)


def forged_decision(application: Application, people: Any) -> Decision:
    live = Recommendation.objects.get(application=application)
    return Decision(application=application, recommendation=live, recommended_by=people.officer, outcome="approve")


def test_nothing_is_approved_while_the_issuer_has_not_confirmed_by_page_api_and_command_line(run, people):
    application = unconfirmed(people)
    assert [each.kind for each in before_approval(application)] == ["certificate"]
    refused_everywhere(
        run, people.countersigner, f"/licensing/applications/{application.reference}/decide/",
        {"recommendation": Recommendation.objects.get().pk, "note": ""},
        ("licensing", "decide", f"/api/licensing/applications/{application.reference}/decide", {}), application.reference,
        says="has not confirmed it")
    assert not Decision.objects.exists()
    given.confirmed(people, application)
    assert actions.decide(Application.objects.get(pk=application.pk), by=people.countersigner).outcome == "approve"


def test_raw_sql_cannot_record_an_approval_on_an_unconfirmed_certificate(people):
    application = unconfirmed(people)
    with pytest.raises(IntegrityError, match="its issuer has not confirmed"), transaction.atomic():
        record(forged_decision(application, people), by=people.countersigner)
    given.confirmed(people, application)
    record(forged_decision(application, people), by=people.countersigner)


def test_raw_sql_can_neither_approve_nor_license_on_a_challenged_certificate(people):
    application = given.recommended(people)
    actions.challenge_certificate(application.certificate.registered, sort="recalled", reason="The issuer wrote so.", by=people.officer)
    with pytest.raises(IntegrityError, match="recalled, is disputed or forged"), transaction.atomic():
        record(forged_decision(application, people), by=people.countersigner)
    with pytest.raises(IntegrityError, match="no licence is issued on a certificate"), transaction.atomic():
        record(Licence(reference="L-1999-0001", application=application, issued_on=given.some_day(), expires_on=given.some_day()), by=people.officer)


def test_a_denial_needs_no_confirmed_certificate(people):
    application = given.recommended(people, outcome="deny", reason_codes=["DV"])
    assert actions.decide(application, by=people.countersigner).outcome == "deny"


def test_the_last_answer_of_the_issuer_counts(people):
    application = given.confirmed(people, unconfirmed(people))
    certificate = application.certificate.registered
    from enduse.certificates.actions import inquire

    again = inquire(certificate, channel="published", asked_whom="The registry", found_in="Its site", by=people.officer)
    actions.answer_inquiry(again, outcome="denied", answered_by="The registry", note="Not ours.", by=people.officer)
    with pytest.raises(Refused, match=r"hold|disputed"):
        actions.decide(Application.objects.get(pk=application.pk), by=people.countersigner)


def test_an_authority_that_decides_otherwise_ends_the_rule_by_its_date(people):
    application = unconfirmed(people)
    own = settings.ENDUSE_HOME / "reference" / "certificate_rules.csv"
    own.parent.mkdir(exist_ok=True)
    own.write_text("code,from,until,needs,text_en,text_es,source\nE-CONFIRMED,2000-01-01,2020-12-31,confirmed,Confirmed,Confirmado,own\n")
    reference.table.cache_clear()
    try:
        assert before_approval(application) == []
    finally:
        own.unlink()
        reference.table.cache_clear()
    assert [each.kind for each in before_approval(application)] == ["certificate"]
