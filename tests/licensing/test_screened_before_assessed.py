"""Rule 2: nothing is assessed before each party is screened against the current lists and each possible match is answered."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from enduse.ledger.actions import record
from enduse.licensing import actions
from enduse.licensing.chain import ChainAsked
from enduse.licensing.models import Application, Assessment
from enduse.parties.actions import change, end_link, link, register
from enduse.parties.models import Link, Party
from enduse.refusals import Refused
from enduse.screening.actions import rescreen, resolve_hit, screen
from enduse.screening.models import Hit
from tests.cli.conftest import run
from tests.licensing import given
from tests.licensing.test_the_holes import at, refused_everywhere

__all__ = ["run"]


@pytest.fixture
def matched(people) -> Application:
    """A filed case whose seller resembles an entry; nobody has answered whether it is the same."""
    given.loaded_list(people.officer, (people.maker.name, "Company"))
    return given.screened(people, given.submitted(people))


def assess(people, application: Application) -> Assessment:
    return actions.assess(application, criteria=given.answers(), flags=given.flag_answers(application), summary="Little.", by=people.officer)


def forged(people, application: Application) -> Assessment:
    """What raw SQL writes: the assessment as the action would record it, asked of nobody."""
    with transaction.atomic():
        return record(Assessment(application=application, criteria=given.answers(), flags={}, record_seen={}, summary="Forged."), by=people.officer)


def answered(people) -> None:
    for hit in Hit.objects.filter(resolution=None, remembered=None):
        resolve_hit(hit, outcome="false_match", reason="Another body.", by=people.officer)


def test_a_match_without_an_answer_is_refused_by_page_api_command_line_and_raw_sql(run, people, matched):
    form = {f"criteria.{code}": answer["level"] for code, answer in given.answers().items()} | {"summary": "Little."}
    form |= {f"flags.{code}": "low" for code in given.flag_answers(matched)} | {f"flags.{code}.reason": "Known." for code in given.flag_answers(matched)}
    body = {"criteria": given.answers(), "flags": given.flag_answers(matched), "summary": "Little."}
    refused_everywhere(
        run, people.officer, f"/licensing/applications/{matched.reference}/assess/", form,
        ("licensing", "assess", f"/api/licensing/applications/{matched.reference}/assess", body), matched.reference,
        "--criteria", json.dumps(body["criteria"]), "--flags", json.dumps(body["flags"]), "--summary", "Little.",
        says=f"{people.maker.name}: hits to resolve, {people.maker.name} (test list")
    with pytest.raises(IntegrityError, match="each possible match is answered"):
        forged(people, matched)
    assert not Assessment.objects.exists()
    answered(people)
    assert assess(people, matched).pk


def test_the_page_names_the_match_and_leads_to_it_and_back(people, matched):
    path, hit = reverse("licensing:assess", args=[matched.reference]), Hit.objects.get()
    page = at(people.officer).get(path).content.decode()
    assert "First the screening" in page
    assert f'href="/screening/hits/{hit.pk}/?next={path}"' in page
    sent = at(people.officer).post(f"/screening/hits/{hit.pk}/?next={path}", {"outcome": "false_match", "reason": "Another body."})
    assert sent["Location"] == path
    assert "First the screening" not in at(people.officer).get(path).content.decode()


def test_the_case_offers_to_assess_once_the_screening_is_complete(people, matched):
    page = reverse("licensing:application", args=[matched.reference])
    offered = "flags raised by the program wait for an answer"
    assert offered not in at(people.officer).get(page).content.decode()
    answered(people)
    assert offered in at(people.officer).get(page).content.decode()


def test_what_was_never_screened_is_not_assessed(people):
    application = given.submitted(people)
    with pytest.raises(Refused, match="not screened"):
        assess(people, application)
    with pytest.raises(IntegrityError, match="rule 2"):
        forged(people, application)


def test_a_list_loaded_since_is_to_be_compared_first_and_a_rescreening_that_keeps_the_screening_is_enough(people):
    application = given.screened(people, given.submitted(people))
    given.loaded_list(people.officer, ("Somebody Else Entirely", "Person"), source="second list")
    with pytest.raises(Refused, match="to be screened again"):
        assess(people, application)
    with pytest.raises(IntegrityError, match="rule 2"):
        forged(people, application)
    rescreen(by=people.officer)
    assert forged(people, application).pk < assess(people, application).pk


def test_a_party_renamed_since_is_screened_again_first(people):
    application = given.screened(people, given.submitted(people))
    change(people.maker, name="Southern Rifle Works", by=people.officer)
    with pytest.raises(Refused, match="Southern Rifle Works: to be screened again"):
        assess(people, application)
    with pytest.raises(IntegrityError, match="rule 2"):
        forged(people, application)
    again = given.screened(people, Application.objects.get(pk=application.pk))
    assert assess(people, again).pk


def test_a_match_of_the_owner_behind_the_owner_stops_it_too_until_the_link_ends(people):
    holding = register(name="Quiet Harbour Holding", kind=Party.COMPANY, country="PA", by=None)
    owner = register(name="Ramiro Ficticio Salgado", kind=Party.PERSON, country="MX", by=None)
    link(people.maker, holding, role=Link.OWNER, since=date(2020, 1, 1), source="Register", by=people.officer)
    standing = link(holding, owner, role=Link.OWNER, since=date(2020, 1, 1), source="Register", by=people.officer)
    given.loaded_list(people.officer, (owner.name, "Person"))
    application = given.screened(people, given.submitted(people))
    with pytest.raises(Refused, match=owner.name):
        assess(people, application)
    with pytest.raises(IntegrityError, match="rule 2"):
        forged(people, application)
    end_link(standing, until=date(2024, 1, 1), by=people.officer)
    assert forged(people, application).pk < assess(people, application).pk


def test_whoever_is_named_in_any_role_counts(people):
    agent = register(name="Bridge Brokers Ltd", kind=Party.COMPANY, country="US", registration="B-1", by=None)
    given.loaded_list(people.officer)
    application = given.submitted(people, intermediaries=[agent], others=ChainAsked(ultimate_end_users=(people.police,)))
    for party in [each for _role, each in application.parties()]:
        with pytest.raises(IntegrityError, match="rule 2"):
            forged(people, application)
        screen(party, by=people.officer)
    assert forged(people, application).pk


def test_a_party_that_is_the_one_listed_is_assessed_and_denied(people, matched):
    resolve_hit(Hit.objects.get(), outcome="true_match", reason="Same registration.", by=people.officer)
    flags = given.flag_answers(matched)
    assert "W02" in flags
    shown = at(people.officer).get(f"/licensing/applications/{matched.reference}/").content.decode()
    assert f"{people.maker.name} is the one listed: {people.maker.name} (test list" in shown
    assess(people, matched)
    actions.recommend(matched, outcome="deny", reason_codes=["DV"], note="Listed.", by=people.officer)
    assert actions.decide(matched, by=people.countersigner).outcome == "deny"
