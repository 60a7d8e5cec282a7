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
    assert "names" in page
    assert hit.entry["names"][0] in page
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


def test_a_changed_pair_is_asked_again_with_the_earlier_answer_and_what_changed(people, hit):
    client = signed_in(people.officer)
    client.post(f"/screening/hits/{hit.pk}/", {"outcome": "false_match", "reason": "Other owners."})
    client.post(f"/parties/{people.maker.pk}/change/", {"name": people.maker.name, "address": "9 Harbour Street", "registration": "M-0001"})
    assert "It was changed after its screening." in client.get(f"/screening/parties/{people.maker.pk}/").content.decode()
    client.post(f"/screening/parties/{people.maker.pk}/screen/")
    again = Hit.objects.order_by("pk").last()
    page = client.get(f"/screening/hits/{again.pk}/").content.decode()
    for words in ("Answered before: not the same party", "Other owners.", "9 Harbour Street", "asked again since something changed"):
        assert words in page
    assert "not the same party, " in client.get("/screening/hits/").content.decode()
    listed = client.get("/api/screening/hits").json()
    assert listed[0]["answered_before"] == "false_match: Other owners."
    assert listed[0]["entry"]["names"] == [people.maker.name]


def test_the_queue_is_filtered_by_list_and_by_name(people, hit):
    client = signed_in(people.officer)
    assert people.maker.name in client.get("/screening/hits/?search=rifle&source=test+list").content.decode()
    assert "Nothing matches these filters." in client.get("/screening/hits/?search=harbour").content.decode()


def test_a_list_shows_what_it_changed_against_the_one_before(people):
    loaded_list(people.officer, ("Quiet Harbour", "Company"), ("Molino Quimera", "Company"))
    newer = loaded_list(people.officer, ("Quiet Harbour Freight", "Company"), ("Molino Quimera", "Company"), ("Papel de Luna", "Company"))
    client = signed_in(people.auditor)
    page = client.get(f"/screening/lists/{newer.pk}/").content.decode()
    assert "1 added, 0 removed, 1 changed" in page
    assert "Quiet Harbour Freight" in page
    assert "Papel de Luna" in page
    assert "Papel de Luna" not in client.get(f"/screening/lists/{newer.pk}/?kind=changed").content.decode()
    changes = client.get(f"/api/screening/lists/{newer.pk}/changes?kind=changed").json()
    assert changes == [{"kind": "changed", "entity_id": "X-1", "entity_name": "Quiet Harbour Freight",
                        "fields": {"names": ["Quiet Harbour", "Quiet Harbour Freight"]}}]
    assert b"names,Quiet Harbour,Quiet Harbour Freight" in b"".join(client.get(f"/screening/lists/{newer.pk}/?format=csv"))
    first = newer.replaces
    assert "It is the first version of this list here." in client.get(f"/screening/lists/{first.pk}/").content.decode()


def test_a_partys_history_tells_of_the_lists_that_changed_nothing_for_it(people, hit):
    client = signed_in(people.officer)
    client.post(f"/screening/parties/{people.army.pk}/screen/")
    loaded_list(people.officer, (people.maker.name, "Company"), ("Molino Quimera", "Company"))
    client.post("/api/licensing/rescreen")
    page = client.get(f"/screening/parties/{people.army.pk}/").content.decode()
    assert "a list changed; nothing new for it" in page
    assert "clear" in page
