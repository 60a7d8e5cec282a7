"""Who may sign in, in which role; tokens of one's own; the table that the code asks is the table that the page shows."""

from __future__ import annotations

import pytest
from django.test import Client

from enduse.accounts.actions import close_user, make_token, make_user, revoke_token
from enduse.accounts.models import ApiToken, User
from enduse.accounts.permissions import ACTIONS
from enduse.refusals import Invalid, NotPermitted

SECRET = "correct horse battery"


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize(("given", "field"), [
    ({"role": "king"}, "role"), ({"username": ""}, "username"), ({"username": "TAKEN"}, "username"), ({"password": "short"}, "password"),
])
def test_a_user_that_cannot_be_made_is_refused_by_field(people, given, field):
    make_user(username="taken", role="auditor", password=SECRET, by=people.administrator)
    with pytest.raises(Invalid) as refused:
        make_user(**{"username": "newcomer", "role": "auditor", "password": SECRET, **given}, by=people.administrator)
    assert {problem.field for problem in refused.value.problems} == {field}


def test_only_the_administrator_makes_users(people):
    with pytest.raises(NotPermitted):
        make_user(username="friend", role="countersigner", password=SECRET, by=people.officer)


def test_a_closed_user_no_longer_signs_in(people):
    close_user(people.analyst, by=people.administrator)
    assert not Client().login(username=people.analyst.username, password="correct horse battery staple")


def test_another_persons_token_is_not_stopped_from_its_page(people):
    token, _secret = make_token(name="hers", scope="read", by=people.policy)
    assert signed_in(people.analyst).post(f"/accounts/tokens/{token.pk}/revoke/").status_code == 404
    with pytest.raises(NotPermitted):
        revoke_token(token, by=people.analyst)
    assert ApiToken.objects.get().is_live


def test_a_token_is_made_shown_once_listed_and_stopped_on_its_page(people):
    browser = signed_in(people.analyst)
    made = browser.post("/accounts/tokens/", {"name": "nightly", "scope": "read", "days": 30}).content.decode()
    assert "Copy the token now" in made
    listed = browser.get("/accounts/tokens/").content.decode()
    assert "nightly" in listed
    assert "Copy the token now" not in listed
    assert browser.post(f"/accounts/tokens/{ApiToken.objects.get().pk}/revoke/").status_code == 302
    assert not ApiToken.objects.get().is_live


def test_the_administrator_makes_and_closes_a_user_on_the_page_and_the_auditor_only_looks(people):
    browser = signed_in(people.administrator)
    made = browser.post("/accounts/users/", {"username": "newcomer", "full_name": "New Comer", "role": "auditor", "password": SECRET})
    assert made.status_code == 302
    newcomer = User.objects.get(username="newcomer")
    browser.post(f"/accounts/users/{newcomer.pk}/close/")
    assert not User.objects.get(pk=newcomer.pk).is_active
    auditor = signed_in(people.auditor)
    assert "newcomer" in auditor.get("/accounts/users/").content.decode()
    assert auditor.post("/accounts/users/", {"username": "x"}).status_code == 403


def test_the_table_of_permissions_is_shown_whole(people):
    said = signed_in(people.custodian).get("/accounts/permissions/").content.decode()
    assert all(action in said for action in ACTIONS)
