"""The pages and endpoints of measures: drafted and enacted by two officers, read by anyone."""

from __future__ import annotations

from django.test import Client

from enduse import clock
from enduse.measures.models import Measure
from enduse.measures.queries import state_of
from tests.measures import given


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_measure_is_drafted_proposed_enacted_and_lifted_on_the_web(people):
    one, other = signed_in(people.policy), signed_in(people.policy2)
    words = {"title": "Cap on rifles", "kind": "cap", "authority": "statute", "authority_reference": "Law 7", "reason": "Losses", "quantity": 100,
             "months": 12, "starts_on": clock.today(), "end_user": people.army.pk, "automatic": "no"}
    one.post("/measures/new/", words)
    measure = Measure.objects.get()
    assert (measure.parameters, measure.automatic) == ({"quantity": 100, "months": 12}, False)
    base = f"/measures/{measure.reference}/"
    one.post(f"{base}edit/", {**words, "title": "Cap on rifles of the army", "months": 6})
    one.post(f"{base}propose/", {"note": "For the cabinet"})
    assert "another policy officer enacts it" in one.post(f"{base}enact/", {}).content.decode()
    other.post(f"{base}enact/", {})
    public = Client().get(base).content.decode()
    assert "Cap on rifles of the army" in public
    assert "in force" in public
    assert str(people.policy) not in public
    one.post(f"{base}lift/", {"note": "Law 8"})
    assert state_of(Measure.objects.get()) == "lifted"


def test_the_form_says_which_number_the_kind_needs(people):
    words = {"title": "Cap", "kind": "cap", "authority": "statute", "authority_reference": "Law 7", "reason": "Losses", "starts_on": clock.today()}
    page = signed_in(people.policy).post("/measures/new/", words).content.decode()
    assert "Cap: at most" in page
    assert not Measure.objects.exists()


def test_the_public_sees_what_was_enacted_and_no_draft(people):
    draft, enacted = given.drafted(people, title="A secret draft"), given.enacted(people, title="A public moratorium")
    for page in (Client().get("/measures/").content.decode(), signed_in(people.exporter).get("/measures/").content.decode()):
        assert "A public moratorium" in page
        assert "A secret draft" not in page
    assert Client().get(f"/measures/{draft.reference}/").status_code == 404
    assert Client().get(f"/measures/{enacted.reference}/").status_code == 200
    assert [measure["reference"] for measure in Client().get("/api/measures/enacted").json()] == [enacted.reference]


def test_the_api_drafts_proposes_enacts_and_lifts(people):
    one, other = signed_in(people.policy), signed_in(people.policy2)
    body = {"title": "Moratorium", "kind": "moratorium", "authority": "executive_order", "authority_reference": "EO 1", "reason": "Traces",
            "starts_on": str(clock.today()), "country": "mx"}
    made = one.post("/api/measures/", body, content_type="application/json").json()
    base = f"/api/measures/{made['reference']}"
    one.post(f"{base}/propose", {}, content_type="application/json")
    assert one.post(f"{base}/enact", {}, content_type="application/json").status_code == 409
    assert other.post(f"{base}/enact", {}, content_type="application/json").json()["state"] == "in_force"
    assert one.post(f"{base}/lift", {"note": "EO 2"}, content_type="application/json").json()["state"] == "lifted"
    assert signed_in(people.analyst).post("/api/measures/", body, content_type="application/json").status_code == 403


def test_a_list_of_measures_is_read_in_a_few_queries(people, django_assert_max_num_queries):
    for _ in range(4):
        given.enacted(people)
    client = signed_in(people.officer)
    client.get("/measures/")
    with django_assert_max_num_queries(12):
        assert client.get("/measures/").status_code == 200
