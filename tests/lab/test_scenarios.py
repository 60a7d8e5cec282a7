"""Measures are tried in paired futures, told to the simulator in its own words, and shown beside doing nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from enduse import clock
from enduse.diversion.actions import estimate
from enduse.engines import flows
from enduse.lab.actions import simulate
from enduse.lab.models import Scenario
from enduse.lab.worlds import policy_of, responses_of, world_of
from enduse.measures.models import Measure
from enduse.refusals import Invalid, NotPermitted
from tests.deliveries.given import later
from tests.diversion.given import story
from tests.measures.given import drafted


@pytest.fixture
def known(people):
    story(people)
    with later(3):
        return estimate(by=people.analyst, seed=7, draws=200)


@pytest.fixture
def world(known):
    return world_of(known)


def told(measure, world):
    return policy_of(measure, start_of_world=clock.today(), world=world).measures[0]


def test_the_world_holds_what_the_estimate_left_and_a_pipeline_for_what_was_sold(world, people):
    assert {holding.unit_id for holding in world.holdings} == {str(people.zone.pk), str(people.battalion.pk), str(people.police.pk)}
    (pipeline,) = world.pipelines
    assert (pipeline.firearm_type, pipeline.quantity) == ("rifle_assault", 20)
    assert sum(share for _unit, share in pipeline.shares) == pytest.approx(1.0)


@pytest.mark.parametrize(("kind", "given", "parameters"), [
    (Measure.MORATORIUM, {}, {}),
    (Measure.CAP, {"quantity": 300, "months": 6}, {"guns_per_year": 600.0}),
    (Measure.TRANCHE, {"share": 0.25}, {"tranches": 4.0}),
    (Measure.STOCKTAKES, {"every_months": 6}, {"every_months": 6.0}),
    (Measure.CHECK_RATE, {"share": 0.2}, {"sample_share": 0.2}),
    (Measure.LOCKED_ARMOURY, {"retention": 0.7}, {"carry_off_kept": pytest.approx(0.3)}),
    (Measure.BAN_ON_UNIT, {}, {}),
])
def test_each_kind_of_measure_is_told_in_the_simulators_words(people, world, kind, given, parameters):
    measure = told(drafted(people, kind=kind, parameters=given, end_user=people.police), world)
    assert (measure.kind, measure.parameters) == (flows.Kind(kind), parameters)
    assert measure.scope.unit_ids == (str(people.police.pk),)


def test_every_kind_and_authority_of_the_product_is_one_of_the_simulators():
    # A mandatory condition has no model: the lab refuses it rather than simulate nothing.
    assert {kind for kind, _words in Measure.KINDS} - {Measure.CONDITION} == set(flows.Kind)
    assert {authority for authority, _words in Measure.AUTHORITIES} == set(flows.Authority)


def test_a_measure_on_an_importer_stops_what_goes_through_it_and_counts_only_its_own(people, world):
    assert told(drafted(people), world).scope.unit_ids == ()
    counted = told(drafted(people, kind=Measure.STOCKTAKES, parameters={"every_months": 6}), world)
    assert counted.scope.unit_ids == tuple(sorted([str(people.zone.pk), str(people.battalion.pk)]))


def test_its_days_become_months_of_the_world(people, world):
    start = clock.today().replace(day=1) + timedelta(days=40)
    measure = told(drafted(people, starts_on=start, ends_on=start + timedelta(days=365)), world)
    assert (measure.start, measure.end) == (1, 14)


@pytest.mark.parametrize("narrowed", [{"country": "GT"}, {"firearm_type": "pistol_semi"}, {"firearm_type": "rifle_assault", "automatic": False}])
def test_a_measure_that_covers_nothing_here_is_refused_and_not_taken_to_cover_all(people, known, narrowed):
    with pytest.raises(Invalid) as refused:
        simulate(title="Elsewhere", estimate=known, measures=[drafted(people, end_user=None, **narrowed)], by=people.policy, months=6, futures=100)
    assert "covers no firearm" in refused.value.problems[0].reason


def test_the_country_of_a_measure_is_that_of_the_units(people, world):
    assert told(drafted(people, end_user=None, country="MX"), world).scope.unit_ids == ()


def test_only_the_responses_that_were_chosen_are_on():
    chosen = responses_of(["deterrence"])
    assert [name for name in flows.Responses.NAMES if getattr(chosen, name).on] == ["deterrence"]


def test_a_comparison_keeps_each_measure_beside_doing_nothing(people, known):
    stop = drafted(people)
    lock = drafted(people, title="Locked armouries", kind=Measure.LOCKED_ARMOURY, parameters={"retention": 0.9}, end_user=None)
    made = simulate(title="Stop or lock", estimate=known, measures=[stop, lock], by=people.policy, months=24, futures=300, seed=3)
    policies = made.outcome["policies"]
    assert set(policies) == {"do nothing", stop.reference, lock.reference}
    assert policies[stop.reference]["lawful_stock_forgone"]["mean"] >= 0
    assert policies[lock.reference]["lawful_stock_forgone"]["mean"] == 0
    again = simulate(title="Again", estimate=known, measures=[stop, lock], by=people.policy, months=24, futures=300, seed=3)
    assert again.outcome == made.outcome


@pytest.mark.parametrize(("given", "field"), [
    ({"title": " "}, "title"), ({"measures": []}, "measures"), ({"months": 0}, "months"), ({"months": 241}, "months"), ({"futures": 99}, "futures"),
    ({"futures": 20_001}, "futures"), ({"responses": ["panic"]}, "responses"),
])
def test_what_cannot_be_run_is_refused_by_field(people, known, given, field):
    told = {"title": "T", "measures": [drafted(people)], **given}
    with pytest.raises(Invalid) as refused:
        simulate(estimate=known, by=people.policy, **told)
    assert [problem.field for problem in refused.value.problems] == [field]
    assert not Scenario.objects.exists()


def test_one_measure_twice_is_refused(people, known):
    measure = drafted(people)
    with pytest.raises(Invalid, match="each once"):
        simulate(title="Twice", estimate=known, measures=[measure, measure], by=people.policy)


def test_an_officer_of_another_role_does_not_simulate(people, known):
    with pytest.raises(NotPermitted):
        simulate(title="T", estimate=known, measures=[drafted(people)], by=people.officer)


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_comparison_is_run_on_the_page_and_shown_in_both_languages(people, known, language):
    stop, lock = drafted(people), drafted(people, title="Locked", kind=Measure.LOCKED_ARMOURY, parameters={"retention": 0.9}, end_user=None)
    client = Client(headers={"Accept-Language": language})
    client.force_login(people.policy)
    assert client.get("/lab/new/").status_code == 200
    run = client.post("/lab/new/", {"title": "Compared", "estimate": known.reference, "measures": [stop.reference, lock.reference], "months": 12,
                                    "futures": 200, "seed": 1, "responses": ["deterrence"]})
    assert run.status_code == 302, run.content.decode()[-3000:]
    shown = client.get(run.headers["Location"])
    said = shown.content.decode()
    assert shown.status_code == 200
    assert f'<html lang="{language}"' in said
    assert "Moratorium on exports to the army" in said
    assert client.get("/lab/").status_code == 200
    assert client.get(run.headers["Location"] + "?format=json").json() == Scenario.objects.get().outcome


def test_the_form_says_what_is_wrong(people, known):
    client = Client()
    client.force_login(people.policy)
    answer = client.post("/lab/new/", {"title": "T", "estimate": known.reference, "months": 12, "futures": 200, "seed": 1})
    assert answer.status_code == 200
    assert not Scenario.objects.exists()
