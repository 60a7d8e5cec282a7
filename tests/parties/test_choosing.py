"""Fields that ask for a party: typed by name or number, offered while typing, the same however many parties there are."""

from __future__ import annotations

import time

import pytest
from django import forms
from django.test import Client

from enduse.parties.choosing import PartiesField, PartyField
from enduse.parties.models import Party


class Asked(forms.Form):
    end_user = PartyField()
    others = PartiesField(required=False, label="Others")

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["end_user"].choose_from(Party.objects.directory())
        self.fields["others"].choose_from(Party.objects.directory())


def error_of(text: str) -> str:
    return " ".join(Asked({"end_user": text}).errors["end_user"])


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def thousands(people):
    """Ten thousand companies beside the few."""
    top = Party.objects.order_by("-pk").first().pk
    Party.objects.bulk_create([
        Party(pk=top + n, name=f"Trading house {n}", kind=Party.COMPANY, country="US", path=f"/{top + n}/") for n in range(1, 10_001)])


@pytest.mark.parametrize("write", [lambda party: party.name, lambda party: f"  {party.name.upper()} ", lambda party: str(party.pk),
                                   lambda party: f"{party.name} [{party.pk}]"])
def test_a_party_is_taken_by_its_name_its_number_or_both(people, write):
    form = Asked({"end_user": write(people.army)})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["end_user"] == people.army


def test_a_name_that_nobody_has_is_refused_with_the_names_near_it(people):
    assert people.army.name in error_of(people.army.name[:-2])
    assert people.police.name in error_of("pol")
    assert people.police.name in error_of("Costal state pollice")
    assert "directory of parties" in error_of("Zzyx")


def test_a_number_with_another_ones_name_is_refused(people):
    assert "Nobody who may be named" in error_of(f"{people.army.name} [{people.police.pk}]")


def test_of_two_with_one_name_the_number_says_which(people):
    twin = Party.objects.create(name=people.army.name, kind=Party.POLICE, country="GT", path="/0/")
    Party.objects.filter(pk=twin.pk).update(path=f"/{twin.pk}/")
    assert f"[{twin.pk}]" in error_of(people.army.name)
    form = Asked({"end_user": f"{twin.name} [{twin.pk}]"})
    assert form.is_valid()
    assert form.cleaned_data["end_user"] == twin
    assert f"{twin.name} [{twin.pk}]" in str(Asked(initial={"end_user": twin.pk})["end_user"])


def test_who_is_not_in_the_choice_is_neither_taken_nor_named(people):
    assert people.zone.name not in error_of(people.zone.name[:-1])
    assert "Nobody" in error_of(str(people.zone.pk))


def test_several_parties_are_a_line_each_and_each_wrong_one_is_told(people):
    form = Asked({"end_user": people.army.pk, "others": [people.army.name, "", str(people.police.pk), people.army.name]})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["others"] == [people.army, people.police]
    wrong = Asked({"end_user": people.army.pk, "others": ["Nobody one", "Nobody two"]})
    assert len(wrong.errors["others"]) == 2


def test_names_are_offered_while_typing_and_only_those_that_the_viewer_sees(people):
    page = signed_in(people.exporter).get("/parties/names/", {"field": "end_user", "end_user": people.army.name[:4].lower()}).content.decode()
    assert people.army.name in page
    assert people.zone.name not in signed_in(people.exporter).get("/parties/names/", {"field": "x", "x": people.zone.name}).content.decode()
    assert people.zone.name in signed_in(people.officer).get("/parties/names/", {"field": "x", "x": people.zone.name}).content.decode()
    assert signed_in(people.officer).get("/parties/names/").content == b""


def test_what_is_offered_is_escaped(people):
    Party.objects.filter(pk=people.police.pk).update(name='<b>"Police"')
    page = signed_in(people.officer).get("/parties/names/", {"field": "x", "x": "police"}).content.decode()
    assert "<b>" not in page
    assert "&lt;b&gt;" in page


def test_with_ten_thousand_parties_the_form_of_an_application_opens_at_once(people, thousands):
    client = signed_in(people.exporter)
    client.get("/licensing/applications/new/")
    began = time.process_time()
    page = client.get("/licensing/applications/new/").content.decode()
    took = time.process_time() - began
    assert "Trading house" not in page
    assert 'hx-get="/parties/names/' in page
    assert took < 0.25, took  # 100 ms on a quiet machine
    offered = client.get("/parties/names/", {"field": "seller", "seller": "trading house 99", "among": "bodies"}).content.decode()
    assert offered.count("<option") == 12
