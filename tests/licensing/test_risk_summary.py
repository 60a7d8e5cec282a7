"""A draft summary of the risk: made of records alone, each sentence with its record and day, kept with the assessment, deciding nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import translation

from enduse import clock
from enduse.ledger.verification import verify
from enduse.licensing import risk_summary
from enduse.licensing.models import Application
from enduse.licensing.queries import known
from enduse.parties.actions import post_record_line
from enduse.parties.models import RecordLine
from tests.licensing import given
from tests.measures import given as measures


def post(people, kind: str, *, days_ago: int = 0, **figures: int) -> None:
    post_record_line(people.army, kind, figures, rests_on="stocktake 7", as_of=clock.today() - timedelta(days=days_ago))


def summary_of(application: Application) -> list[risk_summary.Statement]:
    return risk_summary.draft(known(Application.objects.get(pk=application.pk)))


def at(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_every_sentence_names_its_record_and_its_day(people):
    post(people, RecordLine.DELIVERED, delivered=1_000)
    post(people, RecordLine.LOST, lost=40)
    measure = measures.enacted(people)
    found = summary_of(given.submitted(people))
    assert all(each.text and each.source and each.link.startswith("/") and each.as_of for each in found)
    by_about = {each.about: each for each in found}
    assert by_about["lost"].text.startswith("Reported lost: 40 of 1,000 that it kept (4%)")
    assert (by_about["lost"].source, by_about["lost"].as_of) == ("stocktake 7", clock.today())
    assert by_about["lost"].link == "/custody/stocktakes/7/"
    assert by_about["measure"].source == measure.reference
    assert {"W11", "W12"} <= {each.source for each in found if each.about == "flag"}


def test_what_is_missing_is_said(people):
    post(people, RecordLine.DELIVERED, delivered=1_000)
    assert "No end-use check ever." in [each.text for each in summary_of(given.submitted(people)) if each.about == "missing"]


def test_earlier_licences_are_counted_with_what_is_left_of_them(people):
    assert "No licence was granted for this end user before." in [each.text for each in summary_of(given.submitted(people))]
    licence = given.licensed(people)
    said = next(each for each in summary_of(given.submitted(people)) if each.about == "licences")
    assert said.text == "Licences granted for it before: 1, over 100 firearms; still to come: 100, under 1 of them."
    assert said.source == licence.reference


def test_the_same_records_give_the_same_sentences_in_both_languages(people):
    post(people, RecordLine.DELIVERED, delivered=1_000)
    application = given.submitted(people)
    assert summary_of(application) == summary_of(application)
    with translation.override("es"):
        spanish = summary_of(application)
    assert [each.source for each in spanish] == [each.source for each in summary_of(application)]
    assert not {each.text for each in spanish} & {each.text for each in summary_of(application)}


def test_the_assessment_keeps_the_summary_that_its_officer_had_and_the_log_commits_to_it(people):
    post(people, RecordLine.DELIVERED, delivered=1_000)
    application = given.assessed(people)
    post(people, RecordLine.DELIVERED, delivered=2_000)
    kept = application.assessments.get().drafted
    assert any("1,000" in each["text_en"] for each in kept)
    assert not any("2,000" in each["text_en"] for each in kept)
    with translation.override("es"):
        assert any("armas" in each.text for each in risk_summary.read_again(kept))
    assert verify().differences == ()


def test_officers_read_it_on_its_page_and_through_the_api_and_applicants_do_not(people):
    post(people, RecordLine.DELIVERED, delivered=1_000)
    application = given.assessed(people)
    page = at(people.officer).get(f"/licensing/applications/{application.reference}/risk/").content.decode()
    assert "It decides nothing" in page
    assert "As the officer had it when assessing" in page
    told = at(people.officer).get(f"/api/licensing/applications/{application.reference}/risk-summary").json()
    assert told[0]["about"] == "application"
    assert at(people.exporter).get(f"/licensing/applications/{application.reference}/risk/").status_code == 403
    assert at(people.exporter).get(f"/api/licensing/applications/{application.reference}/risk-summary").status_code == 403


@pytest.mark.parametrize(("rests_on", "link"), [
    ("custody event 12", "/custody/events/12/"), ("check K-2011-0016", "/monitoring/K-2011-0016/"), ("estimate E-2012-0001", "/diversion/E-2012-0001/"),
    ("R-2011-0277", "/tracing/recoveries/R-2011-0277/"), ("a letter", ""),
])
def test_a_figure_leads_to_the_record_that_it_rests_on(rests_on, link):
    assert risk_summary.link_of(rests_on) == link
