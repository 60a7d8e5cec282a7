"""Every page that a menu leads to, in a real browser: WCAG 2.2 AA by axe, no sideways scrolling, nothing in the console."""

import pytest
from django.test import Client

from enduse.accounts.permissions import Role
from enduse.web import navigation
from tests.licensing.given import submitted
from tests.permissions import addresses, world
from tests.web.conftest import barriers, runs_off_the_side, visiting

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PUBLIC = ["/", "/rules/", "/accounts/login/", "/accounts/signup/"]
OWN = ["/desk/", "/search/?q=Secretariat", "/accounts/2fa/", "/accounts/password/change/"]


@pytest.fixture
def gallery(settings):
    from pathlib import Path

    settings.ROOT_URLCONF = "tests.web.gallery"
    settings.TEMPLATES = [settings.TEMPLATES[0] | {"DIRS": [*settings.TEMPLATES[0]["DIRS"], Path(__file__).parent / "templates"]}]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_every_component_is_accessible_in_light_and_dark_wide_and_narrow(gallery, opened, people, width, scheme):
    with opened("/gallery/", people.auditor, width=width, scheme=scheme) as page:
        assert barriers(page) == []
        assert runs_off_the_side(page) == 0


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_page_for_the_public_is_accessible(opened, db, language):
    addresses = {item.url for group in navigation.menu(None, "/") for item in group.items}
    for path in [*PUBLIC, *sorted(addresses)]:
        with opened(path, language=language, width=1280 if language == "en" else 390) as page:
            assert (path, barriers(page)) == (path, [])
            assert (path, runs_off_the_side(page)) == (path, 0)


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("es", 390)])
def test_every_page_of_every_floor_is_accessible(browser, live_server, db, language, width):
    """Each address that answers with a page to a role that may see it, on a world that has one of every noun."""
    here = world.make()
    found: dict[str, list[str]] = {}
    visited = 0
    for role, paths in pages_by_role(here).items():
        with visiting(browser, live_server.url, here.user(role), width=width, language=language) as page:
            for path in [*paths, *(OWN if role == Role.AUDITOR else [])]:
                page.goto(live_server.url + path)
                problems = barriers(page) + ([f"{over} px too wide"] if (over := runs_off_the_side(page)) else [])
                visited += 1
                if problems:
                    found[path] = problems
            assert page.complaints == []  # type: ignore[attr-defined]
    assert found == {}
    assert visited > 60


# What a place in an address names, by the word before it.
NAMED = {
    "applications": "application",
    "licences": "licence",
    "holds": "hold",
    "deliveries": "consignment",
    "firearms": "firearm",
    "events": "event",
    "units": "unit",
    "stocktakes": "stocktake",
    "monitoring": "check",
    "recoveries": "recovery",
    "operations": "operation",
    "documents": "document",
    "measures": "measure",
    "diversion": "estimate",
    "lab": "scenario",
    "reports": "report",
    "alerts": "alert",
    "parties": "party",
    "lists": "list",
    "hits": "hit",
    "tokens": "token",
    "users": "user",
    "log": "leaf",
    "forgetting": "forgetting",
}


def filled(route: str, here: world.World) -> str:
    """The address with each place filled by what is of its kind here; '' when nothing is."""
    done: list[str] = []
    for part in route.split("/"):
        if not part.startswith("<"):
            done.append(part)
        elif done[-1] in NAMED:
            done.append(str(here.named[NAMED[done[-1]]]))
        else:
            return ""
    return "/" + "/".join(done)


def pages_by_role(here: world.World) -> dict[str, list[str]]:
    """Every page once, under the first role that is shown it."""
    by_role: dict[str, list[str]] = {}
    for _name, route, asked in addresses.pages():
        path = filled(route, here)
        for role in [Role.AUDITOR, *Role] if asked is not None and path else []:
            client = Client()
            client.force_login(here.user(role))
            answer = client.get(path) if asked.lets_in(role) else None
            if answer is not None and answer.status_code == 200 and answer["Content-Type"].startswith("text/html") and not answer.streaming:
                if b"</html>" in answer.content:
                    by_role.setdefault(role, []).append(path)
                break
    return by_role


def test_the_menu_of_a_phone_opens_and_closes_without_a_script(opened, people):
    with opened("/desk/", people.auditor, width=390) as page:
        assert not page.locator("#menu").is_visible()
        page.get_by_role("button", name="Menu").click()
        assert page.locator("#menu").is_visible()
        assert barriers(page) == []
        page.keyboard.press("Escape")
        assert not page.locator("#menu").is_visible()


def test_a_keyboard_reaches_the_content_in_one_step(opened, people):
    with opened("/desk/", people.auditor) as page:
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "content"


def test_a_refused_form_brings_the_reader_to_what_is_to_be_mended(opened, people):
    with opened("/accounts/login/") as page:
        page.fill("#id_login", "nobody")
        page.fill("#id_password", "nothing")
        page.get_by_role("button", name="Sign in", exact=True).first.click()
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.activeElement.getAttribute('role')") == "alert"


def test_one_signs_in_and_out_again(opened, people):
    from tests.given import PASSWORD

    with opened("/accounts/login/?next=/desk/", width=390) as page:
        page.fill("#id_login", people.analyst.username)
        page.fill("#id_password", PASSWORD)
        page.locator("main").get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url("**/desk/")
        page.locator(".user-menu summary").click()
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_url(lambda url: url.endswith("/"))
        assert page.get_by_role("link", name="Sign in").is_visible()


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_wide_table_is_read_row_by_row_on_a_small_screen_and_stays_a_table_for_a_screen_reader(opened, people, language):
    submitted(people)
    with opened("/licensing/applications/", people.officer, width=390, language=language) as page:
        box = page.locator("main .table-box").first
        assert box.evaluate("box => box.scrollWidth <= box.clientWidth + 1")
        assert page.get_by_role("columnheader").count() > 3
        row = page.get_by_role("row").nth(1)
        assert row.get_by_role("rowheader").inner_text().startswith("A-")
        state = row.get_by_role("cell").first
        assert state.get_attribute("data-column") == {"en": "State", "es": "Estado"}[language]
        assert page.locator("main thead a.sort").first.is_visible()
        page.set_viewport_size({"width": 1280, "height": 900})
        page.wait_for_function("() => !document.querySelector('main table.by-row')")
