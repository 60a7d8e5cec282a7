"""What stands around every page: the menu of a role, the language, the banner of a demonstration, the log's size."""

import json
from datetime import UTC, datetime

import pytest
from django.conf import settings

from enduse import clock
from enduse.accounts.permissions import Role
from enduse.web import navigation

pytestmark = pytest.mark.django_db


def text(response) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
def demonstration():
    clock.start_demo_at(datetime(2012, 1, 3, 9, tzinfo=UTC))
    (settings.ENDUSE_HOME / "demo.json").write_text(json.dumps({"password": "for all to know"}))
    yield
    (settings.ENDUSE_HOME / "clock.json").unlink()
    (settings.ENDUSE_HOME / "demo.json").unlink()
    clock.offset.cache_clear()


@pytest.mark.parametrize("role", list(Role))
def test_a_menu_holds_only_what_its_role_may_open(client, people, role):
    user = people.by_role()[role.value]
    client.force_login(user)
    items = [item for group in navigation.menu(user, "/desk/") for item in group.items]
    assert items
    for item in items:
        assert client.get(item.url).status_code == 200, item.url


def test_a_tracing_officer_is_not_offered_what_shows_the_values_of_licences(people):
    names = {item.name for group in navigation.menu(people.tracer, "/") for item in group.items}
    assert "licensing:applications" not in names


def test_the_page_one_stands_on_is_marked_in_the_menu(client, people):
    client.force_login(people.auditor)
    assert 'href="/desk/" aria-current="page"' in text(client.get("/desk/"))


def test_the_desk_asks_who_one_is(client):
    response = client.get("/desk/")
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")


def test_the_language_is_changed_by_one_press_and_stays(client):
    client.post("/language/setlang/", {"language": "es", "next": "/rules/"})
    assert '<html lang="es">' in text(client.get("/rules/"))


def test_an_installation_with_real_casework_shows_no_banner_and_no_users(client, people):
    page = text(client.get("/accounts/login/"))
    assert "Demonstration" not in page
    assert people.auditor.username not in page


def test_a_demonstration_says_its_day_and_whom_one_may_sign_in_as(client, people, demonstration):
    page = text(client.get("/accounts/login/"))
    assert "3 Jan 2012" in page
    for user in people.by_role().values():
        assert user.username in page
    assert "for all to know" in page


def test_the_foot_of_every_page_says_how_long_the_log_is(client, people):
    from enduse.ledger.actions import size

    assert f"The log holds {size()} entries." in text(client.get("/rules/"))


def test_nobody_signs_up_by_themselves(client):
    assert client.get("/accounts/signup/").status_code in {200, 403, 404}
    assert 'name="password1"' not in text(client.get("/accounts/signup/"))
