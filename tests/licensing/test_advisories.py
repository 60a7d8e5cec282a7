"""Before any application an exporter asks whether there are concerns about an end user; the answer is no approval."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from enduse import clock
from enduse.accounts.permissions import Role
from enduse.ledger.actions import record
from enduse.ledger.verification import verify
from enduse.licensing.advisories import actions, queries
from enduse.licensing.models import Advisory, AdvisoryAnswer, AdvisoryWithdrawal, Application
from enduse.parties.directory import put_into_directory
from enduse.parties.models import Party
from enduse.refusals import Invalid, NotPermitted, Refused
from enduse.screening.actions import resolve_hit, screen
from enduse.screening.models import Hit, Screening
from enduse.screening.queries import state_of
from tests import given as base
from tests.licensing import given
from tests.races import race
from tests.tampering import sql

RIFLES = actions.GoodsNamed("rifle_semi", "556nato", 200)
QUERIES_A_PAGE = 15


def named(**changes: Any) -> actions.EndUserNamed:
    words: dict[str, Any] = {
        "name": "Guardia Costera de Norteland", "party_kind": "police", "country": "GT", "address": "Muelle 4, Puerto Barrios",
        "contact": "Captain Ruiz", "reason": "Their purchasing office asked for an offer.", "goods": [RIFLES]}
    return actions.EndUserNamed(**{**words, **changes})


def asked(people, **changes: Any) -> Advisory:
    return actions.ask_advisory(named(**changes), by=people.exporter)


def answered(people, advisory: Advisory, outcome: str = AdvisoryAnswer.NO_CONCERNS, **words: str) -> AdvisoryAnswer:
    return actions.answer_advisory(advisory, outcome=outcome, by=people.officer, **words)


@pytest.fixture
def listed(people):
    """A list that names the end user asked about."""
    return given.loaded_list(people.officer, ("Guardia Costera de Norteland", "Organization"))


@pytest.fixture
def clear_list(people):
    return given.loaded_list(people.officer)


def at(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_an_end_user_is_screened_when_it_is_asked_about_and_its_enquiry_waits(people, listed):
    advisory = asked(people)
    assert (advisory.reference[:2], advisory.state) == ("Q-", "asked")
    assert state_of(advisory.end_user).state == "open_hits"
    assert Screening.objects.get(party=advisory.end_user).recorded_by is None
    assert verify().differences == ()


def test_rule_2_an_enquiry_is_answered_only_when_each_possible_match_is(people, listed):
    advisory = asked(people)
    with pytest.raises(Refused, match="not complete") as refusal:
        answered(people, advisory)
    assert refusal.value.rule == 2
    resolve_hit(Hit.objects.get(), outcome="false_match", reason="Another country.", by=people.officer)
    assert answered(people, advisory).outcome == "no_concerns"
    assert Advisory.objects.get().state == "answered"


def test_rule_2_an_end_user_that_was_never_compared_is_not_answered_about(people):
    advisory = asked(people)
    assert not Screening.objects.exists()
    with pytest.raises(Refused, match="not complete"):
        answered(people, advisory, AdvisoryAnswer.CONCERNS, reasons="We know of a diversion.")


def test_rule_2_the_screening_must_be_of_the_lists_of_today(people, clear_list):
    advisory = asked(people)
    given.loaded_list(people.officer, ("Somebody Else", "Person"), source="another list")
    with pytest.raises(Refused, match="not complete"):
        answered(people, advisory)
    screen(advisory.end_user, by=people.officer)
    answered(people, advisory)


def test_about_a_party_on_a_list_nobody_answers_that_there_are_no_concerns(people, listed):
    advisory = asked(people)
    resolve_hit(Hit.objects.get(), outcome="true_match", reason="The address agrees.", by=people.officer)
    with pytest.raises(Refused, match="denied-party list"):
        answered(people, advisory)
    with pytest.raises(Invalid, match="told what the concerns are"):
        answered(people, advisory, AdvisoryAnswer.CONCERNS)
    answered(people, advisory, AdvisoryAnswer.CONCERNS, reasons="It is on a list.")


def test_raw_sql_cannot_answer_while_a_possible_match_is_open_nor_on_another_partys_screening(people, listed):
    advisory = asked(people)
    other = screen(people.army, by=people.officer)
    for screening in (Screening.objects.get(party=advisory.end_user), other):
        with pytest.raises(IntegrityError, match="rule 2"), transaction.atomic():
            record(AdvisoryAnswer(advisory=advisory, outcome="no_concerns", screening=screening), by=people.officer)


def test_an_enquiry_is_answered_once_or_withdrawn_and_never_edited(people, clear_list):
    advisory = asked(people)
    answer = answered(people, advisory)
    with pytest.raises(Refused, match="answered already"):
        answered(people, advisory)
    with pytest.raises(Refused, match="answered already"):
        actions.withdraw_advisory(advisory, by=people.exporter)
    with pytest.raises(IntegrityError, match="not withdrawn"), transaction.atomic():
        record(AdvisoryWithdrawal(advisory=advisory), by=people.exporter)
    with pytest.raises(IntegrityError, match="never edited"), transaction.atomic():
        sql("UPDATE licensing_advisoryanswer SET outcome = 'concerns' WHERE leaf_id = %s", answer.pk)
    with pytest.raises(IntegrityError, match="never edited"), transaction.atomic():
        sql("UPDATE licensing_advisory SET country = 'US' WHERE leaf_id = %s", advisory.pk)
    withdrawn = asked(people, name="Another Force")
    actions.withdraw_advisory(withdrawn, reason="The buyer went away.", by=people.exporter)
    with pytest.raises(Refused, match="withdrawn already"):
        answered(people, withdrawn)
    assert verify().differences == ()


def test_the_same_end_user_is_not_asked_about_twice_while_one_waits(people, clear_list):
    first = asked(people)
    with pytest.raises(Refused, match=first.reference):
        asked(people, name="GUARDIA  COSTERA de Norteland.")
    answered(people, first)
    assert asked(people).end_user == first.end_user


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_ask_once(people):
    outcomes = race(lambda: asked(people), lambda: asked(people))
    assert sorted(type(each).__name__ for each in outcomes) == ["Advisory", "Refused"]
    assert Advisory.objects.count() == 1


@pytest.mark.parametrize(("changes", "says"), [
    ({"name": " "}, "full name"), ({"name": "…"}, "letters"), ({"country": "Mexico"}, "two letters"), ({"party_kind": "army"}, "kind of party"),
    ({"reason": ""}, "why you ask"), ({"goods": []}, "kinds of firearm"), ({"goods": [actions.GoodsNamed("rifle", "556nato", 1)]}, "not in the list"),
    ({"goods": [actions.GoodsNamed("rifle_semi", "556nato", 0)]}, "1 to"), ({"party_kind": "company"}, "its business"),
    ({"birth_date": clock.today()}, "birth date"), ({"address": "x" * 301}, "300 characters"),
])
def test_what_is_typed_wrong_is_told_and_nothing_is_saved(people, changes, says):
    with pytest.raises(Invalid, match=says):
        asked(people, **changes)
    assert not Advisory.objects.exists()
    assert not Party.objects.filter(in_directory=False).exists()


def test_who_is_asked_about_stands_in_no_directory_until_an_officer_puts_it_there(people, clear_list):
    party = asked(people).end_user
    for user in (people.exporter, people.applicant, people.monitor, people.policy):
        assert party not in Party.objects.visible_to(user)
        assert at(user).get(f"/parties/{party.pk}/").status_code == 404
    assert party in Party.objects.visible_to(people.officer)
    put_into_directory(party, by=people.officer)
    assert party in Party.objects.visible_to(people.exporter)
    with pytest.raises(Refused, match="already"):
        put_into_directory(party, by=people.officer)
    with pytest.raises(NotPermitted):
        put_into_directory(party, by=people.exporter)


def test_a_party_of_the_directory_is_known_again_however_its_name_is_typed(people, clear_list):
    assert asked(people, name="secretariat of DEFENCE", party_kind="armed_force", country="mx").end_user == people.army


def test_two_exporters_who_ask_about_one_name_do_not_learn_of_each_other(people, clear_list):
    other = base.user(Role.EXPORTER, base.register(name="Southern Arms", kind=Party.COMPANY, country="US", by=None))
    first, second = asked(people), actions.ask_advisory(named(address="Calle 9"), by=other)
    assert first.end_user != second.end_user
    page = at(other).get(f"/licensing/advisories/{second.reference}/").content.decode()
    assert first.reference not in page
    assert people.maker.name not in page
    assert "Muelle 4" not in page
    assert at(other).get(f"/licensing/advisories/{first.reference}/").status_code == 404
    assert first.reference in at(people.officer).get(f"/licensing/advisories/{second.reference}/").content.decode()


def test_an_exporter_reads_neither_the_screening_nor_the_note_for_colleagues(people, listed):
    advisory = asked(people)
    resolve_hit(Hit.objects.get(), outcome="true_match", reason="The address agrees.", by=people.officer)
    answered(people, advisory, AdvisoryAnswer.CONCERNS, reasons="There is a risk of diversion.", note="Told by the mission.")
    page = at(people.exporter).get(f"/licensing/advisories/{advisory.reference}/").content.decode()
    said = at(people.exporter).get(f"/api/licensing/advisories/{advisory.reference}").json()
    assert "There is a risk of diversion." in page
    for secret in ("Told by the mission", "on a list", str(people.officer)):
        assert secret not in page
    assert (said["answer"]["note"], said["answer"]["answered_by"], said["screening"], said["party"]) == (None, None, None, None)
    assert at(people.exporter).get(f"/log/{advisory.answer.pk}/").content.decode().count("Told by the mission") == 0


def test_the_answer_says_everywhere_that_it_is_no_approval(people, clear_list):
    advisory = asked(people)
    answered(people, advisory)
    page = at(people.exporter).get(f"/licensing/advisories/{advisory.reference}/").content.decode()
    assert "neither an approval nor a licence" in page
    assert "neither an approval" in at(people.exporter).get(f"/api/licensing/advisories/{advisory.reference}").json()["answer"]["is_not"]
    assert not any("approv" in str(name).lower() for name, _words in AdvisoryAnswer.OUTCOMES)
    for language in ("en", "es"):
        letter = at(people.exporter).get(f"/licensing/advisories/{advisory.reference}/letter/?language={language}")
        assert letter.headers["Content-Type"] == "application/pdf"
        assert letter.content.startswith(b"%PDF")


def test_there_is_no_letter_before_the_answer(people, clear_list):
    advisory = asked(people)
    page = at(people.exporter).get(f"/licensing/advisories/{advisory.reference}/letter/", follow=True).content.decode()
    assert "is not answered" in page
    assert at(people.exporter).get(f"/api/licensing/advisories/{advisory.reference}/letter").status_code == 409


def test_the_answer_stands_beside_a_later_application_that_names_the_party(people, clear_list, django_assert_max_num_queries):
    advisory = asked(people, name=people.army.name, party_kind="armed_force", country="MX")
    answered(people, advisory, AdvisoryAnswer.CONCERNS, reasons="Counts are missing.")
    elsewhere = asked(people, name=people.police.name, country="MX")
    by_government = actions.ask_advisory(named(name=people.army.name, party_kind="armed_force", country="MX"), by=people.applicant)
    application = given.screened(people, given.submitted(people))
    address = f"/licensing/applications/{application.reference}/"
    officer = at(people.officer)
    officer.get(address)
    with django_assert_max_num_queries(QUERIES_A_PAGE):
        page = officer.get(address).content.decode()
    assert "Advised before" in page
    assert "Counts are missing." in page
    assert by_government.reference in page
    assert elsewhere.reference not in page
    own = at(people.exporter).get(address).content.decode()
    assert advisory.reference in own
    assert by_government.reference not in own
    found = at(people.officer).get(f"/api/licensing/advisories?application={application.reference}").json()
    assert [each["reference"] for each in found["items"]] == [by_government.reference, advisory.reference]


def test_a_withdrawn_enquiry_stands_beside_nothing(people, clear_list):
    advisory = asked(people, name=people.army.name, party_kind="armed_force", country="MX")
    actions.withdraw_advisory(advisory, by=people.exporter)
    application = given.submitted(people)
    assert "Advised before" not in at(people.officer).get(f"/licensing/applications/{application.reference}/").content.decode()


def test_an_enquiry_about_a_body_stands_beside_an_application_for_its_unit(people, clear_list):
    advisory = asked(people, name=people.army.name, party_kind="armed_force", country="MX")
    application = given.submitted(people, end_user=people.zone)
    assert list(queries.beside(people.officer, application)) == [advisory]


def test_an_exporter_asks_and_an_officer_answers_on_the_web(people, listed):
    exporter, officer = at(people.exporter), at(people.officer)
    words = {"name": "Guardia Costera de Norteland", "party_kind": "police", "country": "gt", "reason": "An offer is asked for.",
             "goods-TOTAL_FORMS": 2, "goods-INITIAL_FORMS": 0, "goods-0-firearm_type": "rifle_semi", "goods-0-calibre": "556nato"}
    page = exporter.post("/licensing/advisories/new/", words, follow=True).content.decode()
    advisory = Advisory.objects.get()
    assert f"{advisory.reference} was asked" in page
    base = f"/licensing/advisories/{advisory.reference}/"
    assert advisory.reference in officer.get("/licensing/advisories/?state=asked").content.decode()
    assert "Answer enquiries about end users" in officer.get("/desk/").content.decode()
    page = officer.get(base).content.decode()
    assert "No answer before each is resolved" in page
    refused = officer.post(f"{base}answer/", {"outcome": "no_concerns"}).content.decode()
    assert "not complete" in refused
    officer.post(f"/screening/hits/{Hit.objects.get().pk}/?next={base}", {"outcome": "false_match", "reason": "Another country."})
    page = officer.post(f"{base}answer/", {"outcome": "no_concerns", "reasons": "", "note": ""}, follow=True).content.decode()
    assert "No concerns are known today" in page
    assert "Put into the directory" in page
    page = officer.post(f"{base}register/", follow=True).content.decode()
    assert "applications may name it" in page


def test_an_enquiry_is_copied_with_what_was_asked_before(people, clear_list):
    advisory = asked(people)
    answered(people, advisory)
    exporter = at(people.exporter)
    page = exporter.get(f"/licensing/advisories/new/?copy={advisory.reference}").content.decode()
    assert "Muelle 4" in page
    words = {"name": advisory.name, "party_kind": "police", "country": "GT", "address": advisory.address, "reason": "A larger order.",
             "goods-TOTAL_FORMS": 4, "goods-INITIAL_FORMS": 1, "goods-0-firearm_type": "rifle_semi", "goods-0-calibre": "556nato",
             "goods-0-quantity": 200}
    exporter.post(f"/licensing/advisories/new/?copy={advisory.reference}", words)
    copy = Advisory.objects.get(copy_of=advisory)
    assert (copy.goods, copy.reason) == (advisory.goods, "A larger order.")
    assert exporter.get("/licensing/advisories/new/?copy=Q-1999-0001").status_code == 404


def test_a_program_asks_copies_answers_and_withdraws(people, clear_list):
    exporter, officer = at(people.exporter), at(people.officer)

    def post(client: Client, path: str, **body: Any) -> Any:
        return client.post(f"/api/licensing/advisories{path}", json.dumps(body), content_type="application/json")

    first = post(exporter, "", name="Norteland Guard", party_kind="police", country="GT", reason="An offer.", goods=[
        {"firearm_type": "rifle_semi", "calibre": "556nato"}]).json()
    assert (first["state"], first["goods"][0]["quantity"], first["due_on"]) == ("asked", None, None)
    told = post(officer, f"/{first['reference']}/answer", outcome="concerns", reasons="Of diversion.").json()
    assert (told["state"], told["answer"]["outcome"], told["screening"]) == ("answered", "concerns", "clear")
    again = post(exporter, "", copy_of=first["reference"], reason="A new order.").json()
    assert (again["name"], again["copy_of"], again["reason"]) == ("Norteland Guard", first["reference"], "A new order.")
    assert post(exporter, f"/{again['reference']}/withdraw", reason="").json()["state"] == "withdrawn"
    assert post(exporter, "", copy_of="Q-1999-0001").status_code == 422
    assert post(exporter, "").status_code == 422


def test_what_waits_too_long_is_overdue(people, clear_list):
    advisory = asked(people)
    assert not queries.advisories(people.officer, state="overdue").exists()
    with clock.at(clock.now() + timedelta(days=60)):
        assert list(queries.advisories(people.officer, state="overdue")) == [advisory]
        assert "overdue by" in at(people.officer).get("/licensing/advisories/").content.decode()


def test_the_list_is_exported_and_filtered(people, clear_list):
    first, second = asked(people), asked(people, name="Another Force")
    answered(people, first, AdvisoryAnswer.CONCERNS, reasons="Why.")
    lines = b"".join(at(people.officer).get("/licensing/advisories/?format=csv").streaming_content).decode().splitlines()
    assert len(lines) == 3
    assert [each.reference for each in queries.advisories(people.officer, state="concerns")] == [first.reference]
    assert [each.reference for each in queries.advisories(people.officer, search="another")] == [second.reference]


def test_another_party_neither_withdraws_nor_copies_what_was_asked(people, clear_list):
    advisory = asked(people)
    with pytest.raises(Refused) as refusal:
        actions.withdraw_advisory(advisory, by=people.applicant)
    assert refusal.value.rule == 10
    with pytest.raises(Refused, match="asked nothing"):
        actions.ask_advisory(named(), copy_of=advisory, by=people.applicant)


def test_an_application_for_who_was_asked_about_needs_it_in_the_directory(people, clear_list):
    advisory = asked(people)
    page = at(people.exporter).get("/licensing/applications/new/").content.decode()
    assert advisory.name not in page
    put_into_directory(advisory.end_user, by=people.officer)
    assert advisory.name in at(people.exporter).get("/licensing/applications/new/").content.decode()
    application = given.submitted(people, end_user=advisory.end_user, consignee=advisory.end_user, country="GT")
    assert list(queries.beside(people.officer, Application.objects.get(pk=application.pk))) == [advisory]
