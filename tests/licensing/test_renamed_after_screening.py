"""A party that changes between its screening and the decision is screened again, or nothing is decided (rule 2)."""

from __future__ import annotations

import pytest
from django.test import Client

from enduse.licensing.models import Decision
from enduse.screening.queries import state_of
from tests.licensing.given import recommended


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def case(people):
    """A recommended case whose seller is renamed by an officer after its screening."""
    application = recommended(people)
    answer = signed_in(people.officer).post(
        f"/parties/{people.maker.pk}/change/", {"name": "Southern Rifle Works", "address": "", "region": "", "registration": "M-0001"}, follow=True)
    assert "It must be screened again" in answer.content.decode()
    return application


def test_the_page_refuses_to_decide_until_the_party_is_screened_again(people, case):
    live, path = case.recommendations.get(), f"/licensing/applications/{case.reference}/decide/"
    countersigner, officer = signed_in(people.countersigner), signed_in(people.officer)
    refused = countersigner.post(path, {"recommendation": live.pk, "note": ""}).content.decode()
    assert "Southern Rifle Works: to be screened again" in refused
    assert not Decision.objects.exists()
    officer.post(f"/screening/parties/{people.maker.pk}/screen/")
    assert state_of(people.maker.__class__.objects.get(pk=people.maker.pk)).state == "clear"
    countersigner.post(path, {"recommendation": live.pk, "note": ""})
    assert Decision.objects.get().outcome == "approve"


def test_the_api_refuses_to_decide_until_the_party_is_screened_again(people, case):
    live, path = case.recommendations.get(), f"/api/licensing/applications/{case.reference}/decide"
    countersigner, officer = signed_in(people.countersigner), signed_in(people.officer)
    refused = countersigner.post(path, {"recommendation": live.pk}, content_type="application/json")
    assert (refused.status_code, refused.json()["refused"]["rule"]) == (409, 2)
    assert "Southern Rifle Works: to be screened again" in refused.json()["refused"]["reason"]
    officer.post("/api/screening/screen", {"parties": [people.maker.pk]}, content_type="application/json")
    assert countersigner.post(path, {"recommendation": live.pk}, content_type="application/json").status_code == 200
    assert Decision.objects.get().outcome == "approve"
