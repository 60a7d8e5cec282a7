"""Who acts for a party: the administrator says so on the party's page, and nobody else may."""

from __future__ import annotations

from django.test import Client

from enduse.accounts.models import User
from enduse.accounts.permissions import Role
from enduse.parties.models import party_of
from enduse.parties.record import source_in_words
from tests import given


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_the_administrator_says_on_the_partys_page_who_acts_for_it(people):
    newcomer = given.user(Role.EXPORTER, name="newcomer")
    administrator = signed_in(people.administrator)
    assert "nobody yet: say so on the party" in administrator.get("/accounts/users/").content.decode()
    page = administrator.get(f"/parties/{people.maker.pk}/").content.decode()
    assert "Who acts for it here" in page
    assert people.exporter.username in page
    answer = administrator.post(f"/parties/{people.maker.pk}/members/new/", {"user": newcomer.pk}, follow=True).content.decode()
    assert "newcomer acts for Northern Rifle Works from now on." in answer
    assert party_of(User.objects.get(pk=newcomer.pk)) == people.maker


def test_an_officer_neither_reads_who_acts_for_a_party_nor_says_it(people):
    officer = signed_in(people.officer)
    assert "Who acts for it here" not in officer.get(f"/parties/{people.maker.pk}/").content.decode()
    assert officer.post(f"/parties/{people.maker.pk}/members/new/", {"user": people.officer.pk}).status_code == 403


def test_what_a_figure_rests_on_is_said_in_the_readers_language():
    from django.utils import translation

    with translation.override("es"):
        assert source_in_words("stocktake 5214") == "inventario 5214"
    assert source_in_words("R-2011-0274") == "R-2011-0274"
