"""The holes that the best open system leaves, each tried through page, API, command line and raw SQL."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from enduse.accounts.permissions import Role
from enduse.deliveries.actions import ship
from enduse.deliveries.models import Consignment, ConsignmentStep
from enduse.ledger.actions import record
from enduse.ledger.verification import verify
from enduse.licensing import actions
from enduse.licensing.models import (
    Application,
    ApplicationLine,
    Countersignature,
    Decision,
    Licence,
    LicenceChange,
    LicenceLine,
    LicenceUse,
    Recommendation,
)
from enduse.refusals import Refused
from tests import given as base
from tests.cli.conftest import run
from tests.deliveries import given as deliveries
from tests.licensing import given
from tests.tampering import guards_down, sql

__all__ = ["run"]
MANY = [actions.LineAsked(firearm_type="rifle_semi", calibre="556nato", quantity=800, unit_value_cents=130_000, make="colt", model="M4")]


def at(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def refused_everywhere(run: Any, user: Any, page: str, form: dict[str, Any], operation: tuple[str, ...], *arguments: str, says: str) -> None:
    """The same refusal on the page, over the API and on the command line."""
    shown = at(user).post(page, form, follow=True).content.decode()
    assert says in shown
    floor, verb, path, body = operation[0], operation[1], operation[2], operation[3] if len(operation) > 3 else {}
    answered = at(user).post(path, body, content_type="application/json")
    assert answered.status_code == 409, answered.content
    assert says in answered.json()["refused"]["reason"]
    said = run(floor, verb, *arguments, by=user)
    assert said.exit_code == 3
    assert says in said.stderr.replace("\n", " ")


def test_a_countersigner_who_recommended_is_refused_by_page_api_and_command_line(run, people):
    application = given.recommended(people)
    people.officer.role = Role.COUNTERSIGNER
    people.officer.save()
    live = Recommendation.objects.get(application=application)
    refused_everywhere(
        run, people.officer, f"/licensing/applications/{application.reference}/decide/", {"recommendation": live.pk, "note": ""},
        ("licensing", "decide", f"/api/licensing/applications/{application.reference}/decide", {}), application.reference,
        says="another officer decides")
    assert not Decision.objects.exists()


@pytest.mark.parametrize("who", ["officer", "officer2"])
def test_raw_sql_cannot_record_a_decision_by_the_recommender_or_the_assessor(people, who):
    application = given.confirmed(people, given.assessed(people))
    recommendation = actions.recommend(application, outcome="approve", note="", by=people.officer2)
    forged = Decision(application=application, recommendation=recommendation, recommended_by=people.monitor, outcome="approve")
    with pytest.raises(IntegrityError, match="nobody decides what they recommended or assessed"), transaction.atomic():
        record(forged, by=getattr(people, who))
    assert not Decision.objects.exists()


def test_raw_sql_cannot_move_a_decision_to_its_recommender_and_with_the_guards_down_the_log_tells(people):
    decision = actions.decide(given.recommended(people), by=people.countersigner)
    with pytest.raises(IntegrityError, match="never edited"), transaction.atomic():
        sql("UPDATE licensing_decision SET recorded_by_id = %s", people.officer2.pk)
    with guards_down():
        sql("UPDATE licensing_decision SET recorded_by_id = %s", people.officer2.pk)
    assert [difference.index for difference in verify().differences] == [decision.pk]


def test_a_changed_recommendation_keeps_no_countersignature(people):
    application = given.recommended(people, lines=MANY)
    first = actions.decide(application, by=people.countersigner)
    assert isinstance(first, Countersignature)
    later = actions.recommend(application, outcome="approve", conditions=[{"code": "MANIFEST"}], note="One condition more.", by=people.officer)
    second = base.user(Role.COUNTERSIGNER, name="second_countersigner")
    again = actions.decide(application, by=second)
    assert isinstance(again, Countersignature)
    assert not Licence.objects.exists()
    shown = at(people.countersigner).get(f"/licensing/applications/{application.reference}/").content.decode()
    assert "Countersigned, void since the recommendation changed" in shown
    assert isinstance(actions.decide(application, by=people.countersigner, recommendation=later), Decision)


def test_raw_sql_cannot_decide_on_a_recommendation_that_was_replaced_or_sent_back(people):
    application = given.recommended(people)
    old = Recommendation.objects.get()
    actions.recommend(application, outcome="deny", reason_codes=["DV"], note="Changed.", by=people.officer)
    forged = Decision(application=application, recommendation=old, recommended_by=people.officer, outcome="approve")
    with pytest.raises(IntegrityError, match="this recommendation is void"), transaction.atomic():
        record(forged, by=people.countersigner)
    actions.send_back(application, reason="Look again.", by=people.countersigner)
    live = Recommendation.objects.order_by("pk").last()
    with pytest.raises(IntegrityError, match="this recommendation is void"), transaction.atomic():
        record(Decision(application=application, recommendation=live, recommended_by=people.officer, outcome="deny"), by=people.countersigner)


def test_one_person_is_not_two_countersigners_by_page_api_command_line_or_raw_sql(run, people):
    application = given.recommended(people, lines=MANY)
    actions.decide(application, by=people.countersigner)
    live = Recommendation.objects.get()
    refused_everywhere(
        run, people.countersigner, f"/licensing/applications/{application.reference}/decide/", {"recommendation": live.pk, "note": ""},
        ("licensing", "decide", f"/api/licensing/applications/{application.reference}/decide", {}), application.reference,
        says="countersigned")
    forged = Decision(application=application, recommendation=live, recommended_by=people.officer, outcome="approve")
    with pytest.raises(IntegrityError, match="two countersigners are two persons"), transaction.atomic():
        record(forged, by=people.countersigner)
    with pytest.raises(IntegrityError), transaction.atomic():
        record(Countersignature(recommendation=live, needed=2), by=people.countersigner)


def test_a_suspended_licence_ships_nothing_by_page_api_command_line_or_raw_sql(run, people):
    licence = deliveries.licence(people)
    waiting = deliveries.declared(people, licence, deliveries.guns(4))
    actions.suspend(licence, reason="A trace.", by=people.officer)
    refused_everywhere(
        run, people.exporter, f"/deliveries/{waiting.reference}/ship/", {"on": licence.issued_on},
        ("deliveries", "ship", f"/api/deliveries/consignments/{waiting.reference}/ship", {}), waiting.reference, says="is suspended since")
    with pytest.raises(IntegrityError, match="nothing is shipped"), transaction.atomic():
        record(ConsignmentStep(consignment=waiting, step=Consignment.SHIPPED, on=licence.issued_on), by=people.exporter)
    forged = Consignment(reference="C-0000-0001", licence=licence, seller=people.maker, carrier=people.carrier, consignee=people.army,
                         declared_on=licence.issued_on, manifest_sha256="0" * 64)
    with pytest.raises(IntegrityError, match="nothing is declared"), transaction.atomic():
        record(forged, by=people.exporter)


def test_raw_sql_cannot_lift_a_suspension_and_no_system_does(people):
    licence = given.licensed(people)
    suspension = actions.suspend(licence, reason="A trace.", by=people.countersigner)
    for by in (None, people.countersigner):
        with pytest.raises(IntegrityError, match="another person reinstates"), transaction.atomic():
            record(LicenceChange(licence=licence, change="reinstated", effective_on=licence.issued_on, reason="x"), by=by)
    with pytest.raises(IntegrityError, match="never edited"), transaction.atomic():
        sql("UPDATE licensing_licencechange SET change = 'reinstated'")
    with guards_down():
        sql("UPDATE licensing_licencechange SET change = 'reinstated'")
    assert [difference.index for difference in verify().differences] == [suspension.pk]


def test_raw_sql_cannot_use_more_than_a_line_permits_nor_raise_what_it_permits(people):
    licence = given.licensed(people)
    line = licence.lines.get()
    actions.use(line, 60, "C-1")
    with pytest.raises(IntegrityError, match="more than the licence line permits"), transaction.atomic():
        LicenceUse.objects.create(line=line, quantity=41, consignment="C-2")
    with pytest.raises(IntegrityError, match="a use is never edited"), transaction.atomic():
        sql("UPDATE licensing_licenceuse SET quantity = 1")
    with pytest.raises(IntegrityError, match="a licence line is never edited"), transaction.atomic():
        sql("UPDATE licensing_licenceline SET quantity = 1000")
    LicenceUse.objects.create(line=line, quantity=40, consignment="C-3")


def test_an_added_licence_line_or_a_raised_quantity_is_named_by_the_log(people):
    licence = given.licensed(people)
    LicenceLine.objects.create(licence=licence, number=2, firearm_type="smg", calibre="9x19", automatic=True, quantity=500)
    assert [difference.index for difference in verify().differences] == [licence.pk]


def test_serials_are_not_edited_once_shipped_and_with_the_guards_down_the_log_tells(people):
    shipped = deliveries.shipped(people, deliveries.licence(people), deliveries.guns(4))
    gun = shipped.manifest.first().firearm
    with pytest.raises(IntegrityError, match="never edited once it was shipped"), transaction.atomic():
        sql("UPDATE custody_firearm SET serial = 'X1', serial_key = 'X1' WHERE id = %s", gun.pk)
    with pytest.raises(IntegrityError, match="a manifest is never edited"), transaction.atomic():
        sql("UPDATE deliveries_manifestline SET firearm_id = firearm_id")
    with guards_down():
        sql("UPDATE custody_firearm SET serial = 'X1', serial_key = 'X1' WHERE id = %s", gun.pk)
    assert shipped.pk in {difference.index for difference in verify().differences}


def test_a_firearm_taken_off_or_put_onto_a_shipped_manifest_does_not_pass(people):
    shipped = deliveries.shipped(people, deliveries.licence(people), deliveries.guns(4))
    first, second = shipped.manifest.order_by("pk")[:2]
    with pytest.raises(IntegrityError, match="once its consignment moved"), transaction.atomic():
        sql("INSERT INTO deliveries_manifestline (consignment_id, firearm_id, line_id) VALUES (%s, %s, %s)", shipped.pk, first.firearm_id + 1000,
            first.line_id)
    sql("DELETE FROM deliveries_manifestline WHERE id = %s", second.pk)
    assert shipped.pk in {difference.index for difference in verify().differences}


@pytest.mark.parametrize("item", ["QUANTITY", "END-USER", "CONSIGNEE", "DESTINATION", "COMMODITY", "END-USE", "DURATION"])
def test_no_amendment_adds_quantity_or_changes_who_receives(run, people, item):
    licence = given.licensed(people)
    answered = at(people.officer).post(f"/api/licensing/licences/{licence.reference}/changes",
                                       {"change": "amend", "item": item, "reason": "Asked for.", "becomes": "more"}, content_type="application/json")
    assert answered.status_code == 409
    assert "No amendment changes this" in answered.json()["refused"]["reason"]
    said = run("licensing", "propose-change", licence.reference, "--change", "amend", "--item", item, "--reason", "Asked for.", by=people.officer)
    assert (said.exit_code, "No amendment changes this" in said.stderr.replace("\n", " ")) == (3, True)
    page = at(people.officer).post(f"/licensing/licences/{licence.reference}/amend/", {"item": item, "reason": "Asked for."}).content.decode()
    assert "Select a valid choice" in page
    assert not licence.proposals.exists()


def test_raw_sql_cannot_change_the_end_user_or_the_quantity_of_what_was_licensed(people):
    licence = given.licensed(people)
    with pytest.raises(IntegrityError, match="what was licensed is never edited"), transaction.atomic():
        Application.objects.filter(pk=licence.application_id).update(end_user=people.police)
    with pytest.raises(IntegrityError, match="what was licensed is never edited"), transaction.atomic():
        ApplicationLine.objects.update(quantity=9_999)
    with guards_down():
        Application.objects.filter(pk=licence.application_id).update(end_user=people.police)
    assert licence.application.submission.pk in {difference.index for difference in verify().differences}


def test_raw_sql_cannot_revoke_alone(people):
    licence = given.licensed(people)
    for proposal in (None, actions.propose_revocation(licence, reason="Resold.", by=people.countersigner)):
        with pytest.raises(IntegrityError, match="two officers revoke"), transaction.atomic():
            record(LicenceChange(licence=licence, change="revoked", effective_on=licence.issued_on, reason="x", proposal=proposal),
                   by=people.countersigner)


def test_what_shipped_before_a_suspension_stays_and_ships_no_more(people):
    licence = deliveries.licence(people)
    deliveries.shipped(people, licence, deliveries.guns(4))
    waiting = deliveries.declared(people, licence, deliveries.guns(4, start=50))
    assert actions.suspend_on_alert(licence, reason="A party is on a list.").recorded_by is None
    with pytest.raises(Refused, match="A party is on a list"):
        ship(waiting, by=people.exporter)
    with pytest.raises(Refused):
        actions.reinstate(licence, reason="Settled.", by=people.officer)
