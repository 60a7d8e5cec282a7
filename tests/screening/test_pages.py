"""The pages and endpoints of screening."""

from __future__ import annotations

import pytest
from django.test import Client

from enduse.screening.actions import screen
from enduse.screening.models import Hit
from enduse.screening.queries import state_of
from tests.licensing.given import loaded_list


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def hit(people) -> Hit:
    loaded_list(people.officer, (people.maker.name, "Company"))
    return screen(people.maker, by=people.officer).hits.get()


def test_an_officer_answers_a_possible_match_beside_its_party(people, hit):
    client = signed_in(people.officer)
    assert "1 possible match waits for an answer" in client.get("/screening/").content.decode()
    assert people.maker.name in client.get("/screening/hits/").content.decode()
    page = client.get(f"/screening/hits/{hit.pk}/").content.decode()
    assert hit.reasons[0]["feature"] in page
    assert str(hit.list_version) in page
    answer = client.post(f"/screening/hits/{hit.pk}/", {"outcome": "false_match", "reason": "Other owners."}, follow=True)
    assert "clear" in answer.content.decode()
    assert state_of(people.maker).state == "clear"


def test_an_answer_without_a_reason_is_told_so(people, hit):
    page = signed_in(people.officer).post(f"/screening/hits/{hit.pk}/", {"outcome": "false_match", "reason": ""}).content.decode()
    assert "This field is required." in page
    assert state_of(people.maker).state == "open_hits"


def test_a_countersigner_reads_but_does_not_answer(people, hit):
    client = signed_in(people.countersigner)
    assert client.get(f"/screening/hits/{hit.pk}/").status_code == 200
    assert client.post(f"/screening/hits/{hit.pk}/", {"outcome": "false_match", "reason": "x"}).status_code == 403


def test_other_roles_see_no_screening(people, hit):
    for name in ("applicant", "exporter", "custodian", "monitor", "tracer", "policy", "analyst", "administrator"):
        client = signed_in(getattr(people, name))
        for path in ("/screening/", "/screening/hits/", f"/screening/hits/{hit.pk}/", f"/screening/parties/{people.maker.pk}/",
                     "/api/screening/lists", "/api/screening/hits"):
            assert client.get(path).status_code == 403, (name, path)


def test_a_party_is_screened_from_its_page_and_through_the_api(people, hit):
    client = signed_in(people.officer)
    client.post(f"/screening/parties/{people.army.pk}/screen/")
    assert state_of(people.army).state == "clear"
    found = client.post("/api/screening/screen", {"parties": [people.maker.pk]}, content_type="application/json").json()
    assert found[0]["open_hits"][0]["entity_name"] == people.maker.name
    hit_id = found[0]["open_hits"][0]["id"]
    said = {"outcome": "true_match", "reason": "The same."}
    assert client.post(f"/api/screening/hits/{hit_id}/resolve", said, content_type="application/json").json()["outcome"] == "true_match"
    assert client.get(f"/api/screening/parties/{people.maker.pk}").json()["state"] == "true_match"
