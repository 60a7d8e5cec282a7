"""An estimate is made from what was known, kept with its evidence, logged, and shown without names to who sees none."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from enduse import clock
from enduse.diversion.actions import again, estimate
from enduse.diversion.models import Estimate
from enduse.ledger.verification import verify
from enduse.parties.models import RecordLine
from enduse.refusals import Invalid, NotPermitted, Refused
from tests.deliveries.given import later
from tests.diversion.given import story


@pytest.fixture
def kept(people):
    story(people)
    with later(3):
        return estimate(by=people.analyst, seed=7, draws=400)


def page(user, path, language="en", **data):
    client = Client(headers={"Accept-Language": language})
    client.force_login(user)
    return client.post(path, data) if data else client.get(path)


def test_what_was_reported_is_the_least_that_had_left(kept):
    assert kept.result["delivered"] == 20
    assert 3 <= kept.result["diverted"]["q025"] <= kept.result["diverted"]["q50"] <= kept.result["diverted"]["q975"] <= 20


def test_it_is_in_the_log_as_it_stands_in_the_database(kept):
    assert Estimate.objects.get(pk=kept.pk).leaf.kind == "diversion.estimate"
    assert verify().differences == ()


def test_the_same_evidence_and_seed_give_the_same_draws(kept, people):
    assert again(kept).as_dict()["diverted"] == kept.result["diverted"]
    with later(3):
        assert estimate(by=people.analyst, seed=7, draws=400, known_at=kept.known_at).result["diverted"] == kept.result["diverted"]


def test_each_end_user_learns_its_share_with_what_it_rests_on(kept, people):
    lines = {line.party: line for line in RecordLine.objects.filter(kind=RecordLine.ESTIMATED)}
    assert set(lines) == {people.army, people.police}
    assert lines[people.army].figures["delivered"] == 17
    assert lines[people.army].rests_on == f"estimate {kept.reference}"


@pytest.mark.parametrize(("given", "field"), [
    ({"until": 1}, "until"), ({"known_at": 1}, "until"), ({"draws": 99}, "draws"), ({"draws": 10**6}, "draws")])
def test_a_day_to_come_and_too_few_or_too_many_draws_are_refused(people, given, field):
    story(people)
    told = {"until": {"until": clock.today() + timedelta(days=1)}, "known_at": {"known_at": clock.now() + timedelta(days=1)}}
    name = next(iter(given))
    with pytest.raises(Invalid) as refused:
        estimate(by=people.analyst, **told.get(name, given))
    assert refused.value.problems[0].field == field
    assert not Estimate.objects.exists()


def test_where_nothing_was_delivered_it_says_so_and_what_to_do(people):
    with pytest.raises(Refused, match=r"Nothing can be estimated: .* Record deliveries first"):
        estimate(by=people.analyst)


def test_an_officer_of_another_role_does_not_estimate(people):
    with pytest.raises(NotPermitted):
        estimate(by=people.tracer)


def test_the_analyst_sees_no_name_and_the_officer_does(kept, people):
    path = f"/diversion/{kept.reference}/"
    for shown in (page(people.analyst, path), page(people.analyst, "/diversion/"), page(people.analyst, f"{path}?format=json"),
                  page(people.analyst, f"/api/diversion/estimates/{kept.reference}")):
        said = shown.content.decode()
        assert shown.status_code == 200
        assert not [party.name for party in (people.army, people.zone, people.police, people.battalion) if party.name in said]
        assert "W00000" not in said
    assert people.army.name in page(people.officer, path).content.decode()


def test_the_analyst_cannot_ask_for_one_end_user_by_its_number(people):
    story(people)
    client = Client()
    client.force_login(people.analyst)
    answer = client.post("/api/diversion/estimates", {"end_user": people.police.pk}, content_type="application/json")
    assert answer.status_code == 422
    assert not Estimate.objects.exists()


def test_the_policy_officer_asks_for_one_end_user_on_the_page(people):
    story(people)
    answer = page(people.policy, "/diversion/new/", until=clock.today().isoformat(), end_user=people.police.pk, seed=1)
    assert answer.status_code == 302
    assert Estimate.objects.get().end_user == people.police
    assert Estimate.objects.get().result["delivered"] == 3


def test_a_refusal_stands_on_the_form(people):
    answer = page(people.policy, "/diversion/new/", until=clock.today().isoformat(), seed=1)
    assert answer.status_code == 200
    assert "Record deliveries first" in answer.content.decode()


@pytest.mark.parametrize("language", ["en", "es"])
def test_its_pages_render_in_both_languages_with_few_queries(kept, people, language):
    for path in ("/diversion/", "/diversion/new/", f"/diversion/{kept.reference}/"):
        with CaptureQueriesContext(connection) as asked:
            shown = page(people.policy, path, language)
        assert shown.status_code == 200
        assert f'<html lang="{language}"' in shown.content.decode()
        assert len(asked) <= 15 + 8, [query["sql"][:80] for query in asked]  # signing in takes some of them


def test_the_page_says_the_sentence_with_its_denominator_and_interval(kept, people):
    said = " ".join(page(people.officer, f"/diversion/{kept.reference}/").content.decode().split())
    assert "Of 20 firearms delivered, between" in said
    assert "(95 %)" in said
