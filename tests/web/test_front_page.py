"""What the public reads first, from what really stands in the register."""

import re

import pytest
from django.core.cache import cache

from enduse.custody import actions as custody
from enduse.tracing import actions as tracing
from tests.tracing import given as traced

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_kept():
    cache.clear()


@pytest.fixture
def guns(people):
    """Ten made, eight sold to the army and issued to its zone, three of these lost, one of those recovered and traced."""
    made = traced.made(people, "W100009", "W100010")
    sold = traced.sold(people, *[f"W10000{n}" for n in range(1, 9)])
    traced.lost(people, sold[:3])
    found = traced.recovery(people, marks=sold[0].serial, make="colt", model="M4")
    tracing.confirm(found, firearm=sold[0], by=people.tracer, note="The marks are whole.")
    return made + sold


def text(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_an_empty_register_says_so_instead_of_showing_zeros(client):
    assert "Nothing is registered yet." in text(client.get("/"))


def test_the_public_reads_what_was_delivered_out_of_what_was_permitted(client, guns):
    assert "Delivered 8 of 100 firearms that 1 licence permits" in text(client.get("/"))


def test_losses_are_a_share_of_what_was_delivered_with_both_numbers(client, guns):
    page = text(client.get("/"))
    assert "Reported lost 38% 3 of 8 delivered" in page
    assert "deserted with" in page


def test_where_they_are_now_adds_up_to_the_register(client, guns):
    from enduse.web.front import front

    assert sum(row.value for row in front().where) == front().registered == 10


def test_what_is_not_known_is_shown_as_plainly_as_what_is(client, guns):
    page = text(client.get("/"))
    assert "Not counted within a year 100% 5 of 5" in page
    assert "Never seen by an inspector 100% 8 of 8 delivered" in page
    assert "Recovered and not traced to a licence 0% 0 of 1 recoveries recorded here" in page


def test_a_later_event_changes_the_figures_at_once(client, people, guns):
    assert "3 of 8 delivered" in text(client.get("/"))
    custody.report_loss([guns[-1]], sort="stolen", unit=people.zone, occurred_on=traced.LOST, by=people.custodian)
    assert "4 of 8 delivered" in text(client.get("/"))


def test_the_front_page_names_no_party_no_serial_and_no_place(client, people, guns):
    page = client.get("/").content.decode() + client.get("/life/").content.decode()
    for secret in (*[gun.serial for gun in guns], people.army.name, people.zone.name, people.maker.name, "Tepalcatepec", "MICH/2009/77"):
        assert secret not in page


def test_the_life_of_one_gun_is_told_in_months_and_kinds_of_bodies(client, guns):
    page = text(client.get("/life/"))
    for part in ("manufactured", "shipped", "received", "deserted with", "recovered", "Mar 2008", "a unit of: armed force"):
        assert part in page
    assert "11 Mar 2008" not in page


def test_without_a_recovered_firearm_there_is_no_life_to_tell(client, people):
    traced.sold(people, "W100001")
    assert "has been recovered yet" in text(client.get("/life/"))


def test_the_second_reader_costs_almost_no_query(client, guns, django_assert_max_num_queries):
    client.get("/")
    with django_assert_max_num_queries(4):
        client.get("/")
