"""What pages bear: a button that is pressed twice sends once, and a name of one very long word stays on the page."""

from __future__ import annotations

import pytest

from enduse.parties.actions import register
from enduse.parties.models import Party
from tests.web.conftest import runs_off_the_side

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_double_click_registers_one_party_and_the_way_back_registers_another(opened, people):
    before = Party.objects.count()
    with opened("/parties/new/", people.officer) as page:
        page.locator("[name=name]").fill("Harbour Freight")
        page.locator("[name=country]").fill("MX")
        page.locator("[name=kind]").select_option("company")
        page.get_by_role("button", name="Register").dblclick()
        page.get_by_text("was registered.").wait_for()
        assert Party.objects.count() == before + 1
        page.go_back()
        page.locator("[name=name]").fill("Harbour Freight of the North")
        page.get_by_role("button", name="Register").click()
        page.get_by_text("Harbour Freight of the North was registered.").wait_for()
    assert Party.objects.count() == before + 2


def test_a_name_of_one_very_long_word_does_not_run_off_the_side(opened, people):
    party = register(name="X" * 190, kind=Party.COMPANY, country="MX", by=people.officer)
    for path in (f"/parties/{party.pk}/", f"/parties/{party.pk}/change/", f"/screening/parties/{party.pk}/"):
        with opened(path, people.officer, width=390) as page:
            assert (path, runs_off_the_side(page)) == (path, 0)
