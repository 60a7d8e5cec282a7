"""What the API says when it says no: the rule, the reason and what to do; each fault of an input with its field."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client

from enduse import clock
from enduse.accounts.actions import close_user, make_token, revoke_token
from enduse.accounts.models import ApiToken
from tests.licensing import given as licensing
from tests.measures import given as measures


def test_a_role_that_may_not_is_told_so_with_who_may(ask, people):
    status, said = ask(people.analyst, "post", "/accounts/users", {"username": "x", "role": "auditor", "password": "y"})
    assert status == 403
    assert said["refused"]["remedy"] == "Sign in as one who does: Administrator."


def test_a_rule_that_forbids_is_told_by_its_number(ask, people):
    application = licensing.recommended(people)
    measures.enacted(people)
    status, said = ask(people.countersigner, "post", f"/licensing/applications/{application.reference}/decide", {"note": ""})
    assert (status, said["refused"]["rule"]) == (409, 3)
    assert "EO 13999" in said["refused"]["reason"]
    assert said["refused"]["remedy"]


def test_bad_input_is_told_field_by_field(ask, people):
    status, said = ask(people.analyst, "post", "/diversion/estimates", {"until": "2999-01-01"})
    assert status == 422
    assert [(problem["field"], problem["found"]) for problem in said["invalid"]["problems"]] == [("until", "2999-01-01")]


def test_input_of_a_wrong_type_is_told_in_the_same_shape(ask, people):
    status, said = ask(people.analyst, "post", "/diversion/estimates", {"until": "yesterday", "draws": "many"})
    assert status == 422
    assert (said["invalid"]["total"], {problem["field"] for problem in said["invalid"]["problems"]}) == (2, {"until", "draws"})


def test_what_is_not_there_and_what_is_not_ones_own_answer_alike(ask, people):
    application = licensing.submitted(people, by=people.applicant, capacity="buying_government")
    theirs = ask(people.exporter, "get", f"/licensing/applications/{application.reference}")
    nothing = ask(people.exporter, "get", "/licensing/applications/A-1999-0001")
    assert theirs == nothing
    assert theirs[0] == 404


def test_nobody_is_asked_for_a_token(db):
    answer = Client().get("/api/accounts/me")
    assert answer.status_code == 401
    assert "Authorization: Bearer" in json.loads(answer.content)["refused"]["remedy"]


def test_a_reading_token_reads_and_does_not_write(ask, people):
    assert ask(people.analyst, "get", "/accounts/me", scope="read")[1]["role"] == "analyst"
    status, said = ask(people.analyst, "post", "/accounts/tokens", {"name": "more"}, scope="read")
    assert (status, said["refused"]["reason"]) == (403, "This token only reads.")
    assert ApiToken.objects.filter(name="more").count() == 0


@pytest.mark.parametrize("ended", ["expired", "revoked", "its user left"])
def test_a_token_that_ended_opens_nothing(ask, people, ended):
    token, secret = make_token(name="old", scope="write", days=1, by=people.analyst)
    if ended == "revoked":
        revoke_token(token, by=people.analyst)
    if ended == "its user left":
        close_user(people.analyst, by=people.administrator)
    moment = clock.now() + timedelta(days=2 if ended == "expired" else 0)
    with clock.at(moment):
        assert ask(secret, "get", "/accounts/me")[0] == 401


def test_a_token_is_kept_as_a_digest_and_never_shown_again(ask, people):
    secret = ask(people.analyst, "post", "/accounts/tokens", {"name": "mine", "scope": "read"})[1]["secret"]
    kept = ApiToken.objects.get(name="mine")
    assert secret not in str(vars(kept))
    page = Client()
    page.force_login(people.analyst)
    assert secret not in page.get("/accounts/tokens/").content.decode()


def test_a_browser_session_writes_only_with_its_csrf_token(people):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(people.analyst)
    sent = {"data": json.dumps({"name": "from a page"}), "content_type": "application/json"}
    refused = browser.post("/api/accounts/tokens", **sent)
    assert refused.status_code == 403
    assert "X-CSRFToken" in json.loads(refused.content)["refused"]["remedy"]
    browser.get("/accounts/tokens/")
    token = browser.cookies["csrftoken"].value
    assert browser.post("/api/accounts/tokens", headers={"X-CSRFToken": token}, **sent).status_code == 200
