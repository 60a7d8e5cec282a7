"""Who may ask for a licence, for what, and what is refused as it is typed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from enduse import clock
from enduse.licensing import actions
from enduse.licensing.models import Application
from enduse.parties.actions import register
from enduse.parties.models import Party
from enduse.refusals import Invalid, NotPermitted, Refused
from tests.licensing import given


def test_an_exporter_sells_itself_what_it_applies_for(people):
    assert given.drafted(people).seller == people.maker


def test_a_company_without_registration_cannot_sell(people):
    with pytest.raises(Invalid, match="not a registered maker"):
        given.drafted(people, seller=people.carrier)


def test_a_buying_government_applies_for_itself_and_names_no_seller(people):
    application = given.drafted(people, by=people.applicant, capacity=Application.BUYING_GOVERNMENT)
    assert (application.applicant, application.seller) == (people.army, None)


def test_the_importing_army_applies_for_a_police_of_its_country(people):
    application = given.drafted(people, by=people.applicant, capacity=Application.BUYING_GOVERNMENT, end_user=people.police, consignee=people.army)
    assert application.end_user == people.police


def test_a_buying_government_does_not_apply_for_another_state(people):
    foreign = register(name="Foreign police", kind=Party.POLICE, country="GT", by=None)
    with pytest.raises(Invalid, match="a body of its own state"):
        given.drafted(people, by=people.applicant, capacity=Application.BUYING_GOVERNMENT, end_user=foreign)


def test_every_fault_of_a_draft_is_told_at_once_with_its_row_and_field(people):
    lines = [actions.LineAsked("ray_gun", "556nato", 1), actions.LineAsked("rifle_semi", "556nato", 0)]
    with pytest.raises(Invalid) as invalid:
        given.drafted(people, country="Mexico", purpose=" ", lines=lines)
    assert {(problem.row, problem.field) for problem in invalid.value.problems} == {
        (None, "country"), (None, "purpose"), (1, "firearm_type"), (2, "quantity")}
    assert all(problem.remedy for problem in invalid.value.problems)
    assert not Application.objects.exists()


def test_a_certificate_is_used_once(people):
    given.drafted(people, certificate=given.certificate("EUC-7"))
    with pytest.raises(Invalid, match="A certificate is used once"):
        given.drafted(people, certificate=given.certificate("EUC-7"))


def test_a_certificate_that_expires_before_it_was_issued_is_refused(people):
    with pytest.raises(Invalid, match="expires before"):
        given.drafted(people, certificate=given.certificate(expires_on=clock.today() - timedelta(days=60)))


def test_an_application_without_a_certificate_is_not_submitted(people):
    application = given.drafted(people, certificate=None)
    with pytest.raises(Invalid, match="certificate is missing"):
        actions.submit(application, by=people.exporter)
    assert application.state == "draft"


def test_a_draft_is_revised_and_what_was_submitted_is_not(people):
    words = {"capacity": Application.EXPORTER, "end_user": people.police, "consignee": people.police, "country": "MX", "purpose": "Patrol rifles",
             "lines": [given.RIFLES], "certificate": given.certificate("EUC-9")}
    application = actions.revise_draft(given.drafted(people), by=people.exporter, **words)
    assert (application.end_user, application.purpose, application.certificate.number) == (people.police, "Patrol rifles", "EUC-9")
    application = actions.submit(application, by=people.exporter)
    with pytest.raises(Refused, match="its words stand") as refused:
        actions.revise_draft(application, by=people.exporter, **words)
    assert refused.value.rule == 5


def test_another_partys_application_is_as_if_it_did_not_exist(people):
    application = given.drafted(people)
    with pytest.raises(Refused, match="has no such application") as refused:
        actions.submit(application, by=people.applicant)
    assert refused.value.rule == 10


def test_an_officer_does_not_see_a_draft(people):
    application = given.drafted(people)
    assert not Application.objects.visible_to(people.officer).exists()
    actions.submit(application, by=people.exporter)
    assert Application.objects.visible_to(people.officer).exists()


def test_a_withdrawn_application_cannot_be_decided(people):
    application = given.recommended(people)
    assert actions.withdraw(application, reason="The buyer cancelled.", by=people.exporter).state == "withdrawn"
    with pytest.raises(Refused, match="is withdrawn"):
        actions.decide(application, by=people.countersigner)


def test_a_decided_application_is_not_withdrawn(people):
    licence = given.licensed(people)
    with pytest.raises(Refused, match="no longer be withdrawn"):
        actions.withdraw(licence.application, by=people.exporter)


@pytest.mark.parametrize("role", ["licensing_officer", "countersigner", "custodian", "auditor", "analyst"])
def test_an_officer_files_no_application(people, role):
    with pytest.raises(NotPermitted):
        given.drafted(people, by=people.by_role()[role])
