"""The index of serials: always what the register holds, never what was rolled back."""

import json

import pytest
from django.db import transaction

from enduse.custody.models import Firearm
from enduse.tracing import register
from enduse.tracing.actions import watch
from enduse.tracing.ranking import read, search
from tests import given as parties
from tests.deliveries import given as deliveries
from tests.races import race
from tests.tracing import given


def serials_found(marks):
    return [item.gun.serial for item in search(read(marks)).items]


def test_a_firearm_is_found_the_moment_it_is_registered(people):
    given.made(people, "W345872")
    assert serials_found("W34?872") == ["W345872"]
    given.made(people, "X771203")
    assert serials_found("X77120?")[0] == "X771203"


def test_a_declared_consignment_is_searched_the_moment_it_is_saved(people):
    given.made(people, "W345872")
    assert serials_found("K70011?") == []  # the index is there already and lacks what follows
    licence = deliveries.licence(people, 10)
    consignment = deliveries.declared(people, licence, [given.marked("K700110"), given.marked("K700112"), given.marked("W345872")])
    found = search(read("K70011?"))
    assert {item.firearm.serial for item in found.items} == {"K700110", "K700112"}
    assert {item.holding.party for item in found.items} == {people.maker}
    assert consignment.state == "declared"


def test_a_watched_serial_is_searched_beside_the_register(people):
    given.made(people, "W345872")
    operation = given.operation(people)
    gun = given.marked("K901177", make="romarm", model="WASR-10")
    watch(operation, guns=[gun], watched_on=operation.starts_on, subject="AZ/2009/14", by=people.tracer)
    top = search(read("K9011?7")).top
    assert top.firearm is None
    assert top.watched.serial == "K901177"


def test_an_empty_register_answers_none(db):
    found = search(read("W345872"))
    assert found.items == ()
    assert found.none_probability == 1


def test_a_damaged_firearm_of_many_is_told_apart(people):
    given.made(people, *[f"W{number:06d}" for number in range(300_000, 300_400)])
    assert serials_found("W3003?7")[0] in {f"W3003{digit}7" for digit in range(10)}
    assert len([serial for serial in serials_found("W3003?7") if serial.startswith("W3003") and serial.endswith("7")]) == 10


@pytest.mark.django_db(transaction=True)
class TestCommitted:
    def test_a_firearm_whose_transaction_rolled_back_is_never_in_the_index(self):
        people = parties.people()
        given.made(people, "W345872")
        assert serials_found("W345872") == ["W345872"]

        def half_way():
            with transaction.atomic():
                given.made(people, "Q990011")
                assert serials_found("Q990011")[0] == "Q990011"
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            half_way()
        assert serials_found("Q990011") == []
        assert len(register.register()) == Firearm.objects.count() == 1

    def test_a_consignment_declared_in_another_connection_is_searched_at_once(self):
        people = parties.people()
        given.made(people, "W345872")
        licence = deliveries.licence(people, 10)
        assert serials_found("K70011?") == []
        race(lambda: deliveries.declared(people, licence, [given.marked("K700110")]))
        assert serials_found("K70011?") == ["K700110"]

    def test_the_index_takes_up_only_what_it_lacks(self):
        people = parties.people()
        given.made(people, "W345872")
        register.register()
        segments = [segment.path.name for _start, segment in register.register().segments]
        given.made(people, "X771203")
        kept = [segment.path.name for _start, segment in register.register().segments]
        assert kept[: len(segments)] == segments
        assert len(register.register()) == 2

    def test_an_index_of_another_database_is_made_anew(self):
        people = parties.people()
        given.made(people, "W345872", "W345873")
        assert serials_found("W345872")[0] == "W345872"
        Firearm.objects.filter(serial="W345872").update(serial="Z100001", serial_key="Z100001")  # as a restored backup would have it
        assert serials_found("Z100001")[0] == "Z100001"
        assert "W345872" not in serials_found("W345872")

    def test_a_damaged_index_is_made_anew(self):
        people = parties.people()
        given.made(people, "W345872")
        folder = register.register().path
        (folder / "manifest.json").write_text(json.dumps({"format": 1}))
        assert serials_found("W345872") == ["W345872"]

    def test_the_rebuilt_index_answers_the_same(self):
        people = parties.people()
        given.made(people, "W345872", "W395872", "X771203")
        before = [(item.key, item.probability) for item in search(read("W3?5872")).items]
        assert register.rebuild() == 3
        assert [(item.key, item.probability) for item in search(read("W3?5872")).items] == before
