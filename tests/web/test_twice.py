"""A button that is pressed twice sends once; whoever comes back may send again."""

from __future__ import annotations

import pytest

from enduse.parties.models import Party

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
