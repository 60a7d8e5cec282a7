"""Whether the chances mean what they say: claims as they were frozen against what was confirmed last, in words and in figures."""

import html
import json
import re

import pytest
from click.testing import CliRunner
from django.urls import reverse

from enduse.cli.main import enduse
from enduse.refusals import Refused
from enduse.tracing import calibrating, learning
from enduse.tracing.actions import confirm, learn_errors
from enduse.tracing.errors_in_words import most_confused, rates_of, verdict_of
from enduse.tracing.models import ErrorVersion
from tests import given as parties
from tests.given import user
from tests.races import race
from tests.tracing import given
from tests.tracing.test_learning import traced


def text_of(answer):
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split()))


def test_the_first_frozen_ranking_is_judged_by_the_latest_confirmation(people):
    wrong, right = given.made(people, "W345872", "X771203")
    second = user("tracing_officer")
    clear = given.recovery(people, "W345872")
    confirm(clear, firearm=wrong, by=people.tracer)
    confirm(clear, firearm=right, by=people.tracer, second=second, note="The restored mark begins with X.")
    confirm(given.recovery(people, "QZ77119", case_reference="C/2"), by=people.tracer)
    given.recovery(people, "X771203", case_reference="C/3")  # waits: it claims nothing yet
    found = calibrating.calibrated()
    assert (found.traces, found.unsearched) == (2, 0)
    (top,) = [each for each in found.likeliest.bins if each.number and each.low >= 0.9]
    assert (top.number, top.happened) == (1, 0)  # it was sure of W345872, and it was X771203
    assert sum(each.number * each.happened for each in found.none.bins) == pytest.approx(1)


def test_a_removed_serial_claims_nothing(people):
    given.made(people, "W345872")
    confirm(given.recovery(people, "*"), by=people.tracer)
    found = calibrating.calibrated()
    assert (found.traces, found.unsearched, found.likeliest.number, found.none.number) == (1, 1, 0, 0)


def test_few_claims_are_said_to_be_few_and_many_that_hold_are_said_to_hold():
    from enduse.engines.serials import calibration

    assert "3 claims are too few" in str(verdict_of(calibration([(0.9, True)] * 3)))
    assert verdict_of(calibration([(0.9, k % 10 != 0) for k in range(400)])).tone == "good"
    off = verdict_of(calibration([(0.9, k % 2 == 0) for k in range(400)]))
    assert (off.words, off.tone) == ("1 of the 1 ranges with 30 claims or more was off.", "warn")
    assert "too sure: 90% claimed, 50% came true (400 claims)" in off.off[0]
    assert "not sure enough" in str(verdict_of(calibration([(0.2, True)] * 200)))
    assert str(verdict_of(calibration([]))) == "Nothing was claimed yet."


def test_the_model_is_told_in_words_with_what_confirmed_traces_showed(people):
    traced(people, 20)
    before = learning.current()
    learn_errors(by=people.tracer)
    now = learning.current()
    rates = {rate.name: rate for rate in rates_of(now, before)}
    assert rates["wrong"].words == "a character that can be read is misread"
    assert rates["wrong"].differs
    pairs = {(pair.true, pair.read): pair for pair in most_confused(now)}
    assert pairs["5", "S"].seen >= 20
    assert pairs["5", "S"].share > 0


def test_the_page_shows_claims_parameters_and_versions_and_names_no_firearm(people, client):
    traced(people, 20, absent=2)
    made = learn_errors(by=people.tracer)
    for reader in (people.tracer, people.analyst):
        client.force_login(reader)
        page = text_of(client.get(reverse("tracing:calibration")))
        assert "22 settled traces" in page
        assert "too few to tell whether the chances are right" in page
        assert "a character that can be read is misread" in page
        assert made.version in page
        assert "W500001" not in page
        assert ("Learn a new version" in page) == (reader == people.tracer)
    assert "Do the chances mean what they say?" in text_of(client.get(reverse("tracing:figures")))
    only = text_of(client.get(reverse("tracing:calibration"), {"version": "default-1"}))
    assert "22 settled traces · default-1" in only
    assert client.get(reverse("tracing:learn")).status_code == 403


def test_an_empty_installation_draws_no_conclusion(people, client):
    client.force_login(people.tracer)
    page = text_of(client.get(reverse("tracing:calibration")))
    assert page.count("Nothing was claimed yet.") == 2
    refused = text_of(client.get(reverse("tracing:learn")))
    assert "0 traces were confirmed since the last version; that is too few to learn from." in refused
    assert client.post(reverse("tracing:learn")).status_code == 409


def test_what_a_version_would_change_is_shown_before_it_is_learnt(people, client):
    traced(people, 20, absent=4)
    given.recovery(people, "WS00003", case_reference="MICH/later")
    client.force_login(people.tracer)
    page = text_of(client.get(reverse("tracing:learn")))
    assert "would be learnt from 20 traces to a firearm, and from 4 recoveries" in page
    assert "of 1 the likeliest candidate would be another" in page
    assert not ErrorVersion.objects.exists()
    said = json.loads(client.get("/api/tracing/error-versions/next").content)
    assert (said["confirmed"], said["not_held"], said["compared"]) == (20, 4, 1)
    rate = next(each for each in said["rates"] if each["name"] == "wrong")
    assert rate["value"] > rate["before"]
    assert client.post(reverse("tracing:learn")).status_code == 302
    made = ErrorVersion.objects.get()
    assert made.version == said["version"]
    assert made.parameters["wrong"] == pytest.approx(rate["value"])
    assert client.post(reverse("tracing:learn")).status_code == 409  # the button pressed twice
    assert ErrorVersion.objects.count() == 1


def test_the_api_and_the_command_line_tell_the_same_figures(people, client, tmp_path):
    traced(people, 3, absent=1)
    client.force_login(people.analyst)
    said = json.loads(client.get("/api/tracing/calibration").content)
    assert (said["traces"], said["none"]["claims"], said["versions"]) == (4, 4, ["default-1"])
    assert len(said["none"]["bins"]) == 10
    assert client.get("/api/tracing/calibration", {"version": "nobody"}).status_code == 404
    out = tmp_path / "c.json"
    answer = CliRunner().invoke(enduse, ["--as", people.analyst.username, "trace", "calibrate", "--json", str(out)])
    assert answer.exit_code == 0, answer.output
    assert "4 settled traces" in answer.output
    assert "The likeliest candidate is the gun: expected calibration error" in answer.output
    assert "too few to tell" in answer.output
    assert json.loads(out.read_text()) == said
    assert CliRunner().invoke(enduse, ["--as", people.custodian.username, "trace", "calibrate"]).exit_code == 3
    assert CliRunner().invoke(enduse, ["trace", "calibrate", "--fit"]).exit_code == 2


@pytest.mark.django_db(transaction=True)
def test_two_officers_who_learn_at_once_leave_one_version():
    people = parties.people()
    traced(people, 20)
    second = user("tracing_officer")
    outcomes = race(lambda: learn_errors(by=people.tracer), lambda: learn_errors(by=second))
    assert sorted(type(each).__name__ for each in outcomes) == ["ErrorVersion", "Refused"], outcomes
    made = ErrorVersion.objects.get()
    assert (made.confirmed, made.follows) == (20, None)
    assert learning.current().version == made.version
    with pytest.raises(Refused, match="0 traces"):
        learn_errors(by=second)


@pytest.mark.django_db(transaction=True)
def test_a_second_first_version_is_refused_even_where_a_trace_was_confirmed_in_between():
    people = parties.people()
    traced(people, 20)
    learnt = learning.learn()
    learn_errors(by=people.tracer)
    late = learning.Learnt(learning.replace(learnt.model, version="confirmed-later-21"), 21, 0, learnt.until, learnt.follows)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(learning, "learn", lambda: late)
        with pytest.raises(Refused, match="Another officer"):
            learn_errors(by=people.tracer)
    assert ErrorVersion.objects.count() == 1
