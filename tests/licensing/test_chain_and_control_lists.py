"""Whom an application names besides those that each has once, and under which entry of a control list its lines fall."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import Error, connection, transaction

from enduse.ledger.verification import verify
from enduse.licensing import actions, control_lists, versions
from enduse.licensing.chain import ChainAsked
from enduse.licensing.models import Application, Licence, NamedParty
from enduse.measures.models import Measure
from enduse.parties.actions import register
from enduse.parties.models import Party
from enduse.refusals import Invalid, Refused
from enduse.screening.models import Screening
from tests.licensing import given
from tests.measures.given import enacted


@pytest.fixture
def chain(people) -> ChainAsked:
    police = register(name="State police of the north", kind=Party.POLICE, country="MX", by=None)
    warehouse = register(name="Bonded warehouse of the port", kind=Party.COMPANY, country="MX", by=None)
    return ChainAsked((police,), (warehouse,), (people.carrier,))


def asking(entry: str, firearm_type: str = "rifle_semi") -> list[actions.LineAsked]:
    return [actions.LineAsked(firearm_type, "556nato", 100, 90_000, "colt", "M4", control_entry=entry)]


def test_each_party_of_the_chain_stands_in_its_role_and_is_screened_before_anything_is_recommended(people, chain):
    application = given.submitted(people, others=chain)
    roles = {role: party.name for role, party in application.parties()}
    assert roles["ultimate_end_user"] == "State police of the north"
    assert (roles["further_consignee"], roles["carrier"]) == ("Bonded warehouse of the port", people.carrier.name)
    given.screened(people, application)
    assert set(Screening.objects.values_list("party__name", flat=True)) >= set(roles.values())


def test_rule_2_a_possible_match_of_an_ultimate_end_user_stops_the_approval(people, chain):
    given.loaded_list(people.officer, ("State police of the north", "Organization"), source="a list")
    application = given.submitted(people, others=chain)
    with pytest.raises(Refused, match="State police of the north"):
        actions.decide(given.recommended(people, given.assessed(people, given.screened(people, application))), by=people.countersigner)


def test_rule_3_a_ban_on_an_ultimate_end_user_stops_the_approval(people, chain):
    application = given.recommended(people, given.assessed(people, given.screened(people, given.submitted(people, others=chain))))
    enacted(people, kind=Measure.BAN_ON_UNIT, title="Ban on the state police", end_user=chain.ultimate_end_users[0])
    with pytest.raises(Refused, match="Ban on the state police") as refused:
        actions.decide(application, by=people.countersigner)
    assert refused.value.rule == 3


def test_the_chain_is_copied_amended_and_compared(people, chain):
    application = given.submitted(people, others=chain)
    assert actions.copy(application, by=people.exporter).chain_asked == chain
    changed = ChainAsked(carriers=chain.carriers)
    words = {"capacity": application.capacity, "end_user": people.army, "consignee": people.army, "country": "MX", "purpose": application.purpose,
             "lines": [given.RIFLES], "certificate": given.certificate(application.certificate.number)}
    actions.amend(application, by=people.exporter, reason="Nobody uses them but the army.", others=changed, **words)
    application = Application.objects.get(pk=application.pk)
    assert application.chain_asked == changed
    compared = {row.field: (row.before, row.after) for row in versions.compared(people.officer, application, 1, 2) if row.changed}
    assert compared["ultimate_end_users"] == ("State police of the north", "–")
    assert "carriers" not in compared
    assert verify().differences == ()


def test_rule_5_the_chain_of_what_was_licensed_stands_in_the_database_too(people, chain):
    application = given.licensed(people, others=chain).application
    row = NamedParty.objects.filter(application=application).first()
    for statement, values in (("UPDATE licensing_namedparty SET party_id = %s WHERE id = %s", [people.maker.pk, row.pk]),
                              ("INSERT INTO licensing_namedparty (application_id, role, party_id) VALUES (%s, 'carrier', %s)", [application.pk, people.maker.pk])):
        with pytest.raises(Error, match="rule 5"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)


@pytest.mark.parametrize(("day", "firearm_type", "automatic", "entry"), [
    (date(2011, 5, 1), "rifle_semi", False, "USML I(a)"), (date(2011, 5, 1), "rifle_assault", True, "USML I(b)"), (date(2011, 5, 1), "shotgun_pump", False, "USML I(d)"),
    (date(2021, 5, 1), "rifle_semi", False, "0A501.a"), (date(2021, 5, 1), "rifle_assault", True, "USML I(b)"), (date(2021, 5, 1), "shotgun_semi", False, "0A502"),
    (date(2024, 5, 29), "pistol_semi", False, "0A501.a"), (date(2024, 5, 30), "pistol_semi", False, "0A507"), (date(2026, 5, 1), "rifle_bolt", False, "0A501.a"),
    (date(2026, 5, 1), "shotgun_semi", False, "0A508"), (date(2026, 5, 1), "shotgun_pump", True, "USML I(b)"),
])
def test_what_a_control_list_says_of_a_firearm_changed_with_the_years(day, firearm_type, automatic, entry):
    assert control_lists.entry_of(firearm_type, automatic, day) == entry
    assert control_lists.row_of(entry, day).applies_on(day)


def test_every_type_of_firearm_falls_under_an_entry_today_and_in_2011():
    from enduse import reference

    for firearm_type, row in reference.table("firearm_types").items():
        for day in (date(2011, 6, 1), date(2026, 6, 1)):
            assert control_lists.entry_of(firearm_type, row.more["automatic"] == "yes", day), (firearm_type, day)


def test_an_entry_of_other_firearms_and_one_that_no_list_has_are_refused_with_those_that_fit(people):
    for entry, reason in (("0A507", "do not fall under this entry"), ("ML99", "No control list has this entry")):
        with pytest.raises(Invalid) as refused:
            given.drafted(people, lines=asking(entry))
        (problem,) = refused.value.problems
        assert reason in problem.reason
        assert (problem.row, problem.field, problem.found) == (1, "control_entry", entry)
        assert "0A506, ML1.a" in problem.remedy


def test_a_licence_says_the_entry_that_it_was_issued_under(people):
    said = given.licensed(people, lines=asking("ML1.a"))
    assert [line.entry for line in said.lines.all()] == ["ML1.a"]
    silent = given.licensed(people)
    assert [line.control_entry for line in Licence.objects.get(pk=silent.pk).lines.all()] == ["0A506"]
    assert verify().differences == ()


def test_an_officer_reads_the_chain_and_the_entry_on_the_page_and_over_the_api(people, chain, client):
    application = given.submitted(people, others=chain, lines=asking("ML1.a"))
    client.force_login(people.officer)
    page = client.get(f"/licensing/applications/{application.reference}/").content.decode()
    assert "State police of the north" in page
    assert "ultimate end user" in page
    assert "ML1.a" in page
    told = client.get(f"/api/licensing/applications/{application.reference}").json()
    assert told["lines"][0]["control_entry"] == "ML1.a"
    assert {"role": "carrier", "id": people.carrier.pk, "name": people.carrier.name} == {
        key: value for key, value in next(each for each in told["parties"] if each["role"] == "carrier").items() if key != "screening"}


def test_an_exporter_names_them_in_the_form_and_over_the_api(people, chain, client):
    client.force_login(people.exporter)
    body = {"capacity": "exporter", "end_user": people.army.pk, "consignee": people.army.pk, "country": "MX", "purpose": "Patrols",
            "lines": [{"firearm_type": "rifle_semi", "calibre": "556nato", "quantity": 5, "control_entry": "0A506"}],
            "ultimate_end_users": [chain.ultimate_end_users[0].pk], "carriers": [people.carrier.pk]}
    answer = client.post("/api/licensing/applications", body, content_type="application/json", headers={"Idempotency-Key": "chain-1"})
    assert answer.status_code == 200, answer.json()
    application = Application.objects.get(reference=answer.json()["reference"])
    assert application.chain_asked == ChainAsked(chain.ultimate_end_users, (), chain.carriers)
    page = client.get(f"/licensing/applications/{application.reference}/edit/").content.decode()
    assert "State police of the north" in page
    assert '<option value="0A506" selected>' in page

