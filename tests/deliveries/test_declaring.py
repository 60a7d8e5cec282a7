"""Declaring a consignment: rules 1, 3, 5, 9 and 10, the licence's conditions, and who may."""

import pytest
from django.db import connection

from enduse import clock
from enduse.custody.actions import register_made
from enduse.custody.models import CustodyEvent, Firearm, Holding
from enduse.deliveries.actions import cancel, declare, ship, verify
from enduse.deliveries.models import Consignment
from enduse.ledger.models import Leaf
from enduse.ledger.verification import verify as verify_log
from enduse.licensing.models import LicenceUse
from enduse.parties.actions import register
from enduse.parties.models import Party
from enduse.refusals import Invalid, NotPermitted, Refused
from tests import given as world
from tests.deliveries import given
from tests.races import race


def nothing_recorded() -> bool:
    return not (Consignment.objects.exists() or Firearm.objects.exists() or LicenceUse.objects.exists() or CustodyEvent.objects.exists())


def test_what_is_declared_enters_the_register_with_the_maker_and_falls_from_the_balance(people):
    licence = given.licence(people, 100)
    consignment = given.declared(people, licence, given.guns(60))
    assert consignment.state == Consignment.DECLARED
    assert consignment.manifest.count() == 60
    assert set(Holding.objects.values_list("party", "state")) == {(people.maker.pk, Holding.HELD)}
    assert licence.remaining() == 40
    assert verify_log().differences == ()


def test_rule_1_a_consignment_beyond_the_licence_is_refused_and_nothing_is_recorded(people):
    licence = given.licence(people, 100)
    with pytest.raises(Refused) as refusal:
        given.declared(people, licence, given.guns(101))
    assert refusal.value.rule == 1
    assert "100" in str(refusal.value)
    assert "101" in str(refusal.value)
    assert nothing_recorded()


@pytest.mark.django_db(transaction=True)
def test_rule_1_two_consignments_at_once_cannot_both_take_the_last_quantity():
    people = world.people()
    licence = given.licence(people, 100)
    outcomes = race(lambda: given.declared(people, licence, given.guns(60)), lambda: given.declared(people, licence, given.guns(60, start=1000)))
    assert sorted(type(each).__name__ for each in outcomes) == ["Consignment", "Refused"], outcomes
    assert licence.remaining() == 40
    assert Firearm.objects.count() == 60


@pytest.mark.django_db(transaction=True)
def test_the_same_serials_under_two_licences_at_once_enter_the_register_once():
    people = world.people()
    first, second = given.licence(people, 50), given.licence(people, 50)
    outcomes = race(lambda: given.declared(people, first, given.guns(20)), lambda: given.declared(people, second, given.guns(20)))
    assert sum(isinstance(each, Consignment) for each in outcomes) == 1, outcomes
    assert all(isinstance(each, Consignment | Invalid | Refused) for each in outcomes), outcomes
    assert Firearm.objects.count() == 20
    assert {first.remaining(), second.remaining()} == {30, 50}


def test_a_line_that_names_its_make_is_used_before_one_that_does_not(people):
    licence = given.licence(people, lines=[given.line(10), given.line(5, "colt", "M4")])
    consignment = given.declared(people, licence, given.guns(7))
    assert sorted(consignment.manifest.values_list("line__number", flat=True)) == [1, 1, 2, 2, 2, 2, 2]


def test_a_firearm_that_no_line_permits_is_named_with_its_row_and_field(people):
    licence = given.licence(people, 10, make="colt")
    with pytest.raises(Invalid) as invalid:
        given.declared(people, licence, [*given.guns(1), *given.guns(1, start=9, make="fn_herstal")])
    assert [(problem.row, problem.field, problem.found) for problem in invalid.value.problems] == [(2, "make", "fn_herstal")]
    assert "Colt" in invalid.value.problems[0].remedy
    assert nothing_recorded()


def test_rule_9_a_serial_repeated_in_the_manifest_is_named_with_both_rows(people):
    manifest = [*given.guns(3), given.Marked("colt", "M4", given.TYPE, given.CALIBRE, "w-000002", row=9)]
    with pytest.raises(Invalid) as invalid:
        given.declared(people, given.licence(people), manifest)
    problem = invalid.value.problems[0]
    assert (problem.row, problem.field) == (9, "serial")
    assert "row 3" in problem.reason
    assert nothing_recorded()


def test_rule_9_a_serial_that_is_held_elsewhere_is_refused_with_its_row(people):
    given.delivered(people, given.licence(people), given.guns(5))
    second = given.licence(people)
    before = Leaf.objects.count()
    with pytest.raises(Invalid) as invalid:
        given.declared(people, second, given.guns(5, start=4))
    assert [problem.row for problem in invalid.value.problems] == [2, 3]
    assert Firearm.objects.count() == 5
    assert Leaf.objects.count() == before


def test_firearms_that_the_maker_registered_before_may_be_declared(people):
    register_made(given.guns(3), maker=people.maker, occurred_on=clock.today(), reference="", by=people.exporter)
    consignment = given.declared(people, given.licence(people), given.guns(5))
    assert consignment.manifest.count() == Firearm.objects.count() == 5


def test_a_firearm_on_another_open_consignment_is_refused_naming_it(people):
    first = given.declared(people, given.licence(people), given.guns(3))
    with pytest.raises(Invalid, match=first.reference):
        given.declared(people, given.licence(people), given.guns(1))


def test_the_same_manifest_twice_is_refused_naming_the_first(people):
    licence = given.licence(people)
    first = given.declared(people, licence, given.guns(3))
    with pytest.raises(Refused, match=first.reference):
        given.declared(people, licence, given.guns(3))
    assert licence.remaining() == 97


def test_a_cancelled_consignment_gives_its_quantity_back_and_its_manifest_may_be_declared_again(people):
    licence = given.licence(people, 10)
    first = given.declared(people, licence, given.guns(10))
    assert cancel(first, reason="Order changed", by=people.exporter).state == Consignment.CANCELLED
    assert licence.remaining() == 10
    assert Holding.objects.filter(party=people.maker, state=Holding.HELD).count() == 10
    again = given.declared(people, licence, given.guns(10))
    assert ship(again, by=people.exporter).state == Consignment.SHIPPED
    assert verify_log().differences == ()


def test_a_cancelled_consignment_does_not_ship_and_a_shipped_one_is_not_cancelled(people):
    licence = given.licence(people)
    gone = cancel(given.declared(people, licence, given.guns(2)), reason="Order changed", by=people.exporter)
    with pytest.raises(Refused, match="cancelled"):
        ship(gone, by=people.exporter)
    with pytest.raises(Refused, match="shipped"):
        cancel(given.shipped(people, licence, given.guns(2, start=50)), reason="Too late", by=people.exporter)


def test_rule_10_an_exporters_licence_is_for_that_seller_alone(people):
    other = world.user("exporter", register(name="Southern Arms", kind=Party.COMPANY, country="US", registration="M-0002", by=None))
    asked = {"manifest": given.guns(1), "manifest_sha256": "0" * 64, "carrier": people.carrier, "consignee": people.army}
    with pytest.raises(Refused, match="another seller"):
        declare(given.licence(people, by_exporter=True), by=other, **asked)
    assert declare(given.licence(people), by=other, **asked).state == Consignment.DECLARED


def test_a_company_that_is_not_a_registered_maker_declares_nothing(people):
    broker = world.user("exporter", register(name="A broker", kind=Party.COMPANY, country="US", by=None))
    with pytest.raises(Refused, match="registered maker"):
        declare(given.licence(people), manifest=given.guns(1), manifest_sha256="0" * 64, carrier=people.carrier, consignee=people.army, by=broker)


def test_a_consignee_that_the_licence_does_not_name_is_refused(people):
    with pytest.raises(Refused, match="Costa state police"):
        given.declared(people, given.licence(people), given.guns(1), consignee=people.police)


def test_a_consignee_in_a_barred_region_is_refused_naming_the_certificate(people):
    licence = given.licence(people, barred_regions=["Costa"])
    with pytest.raises(Refused, match=licence.application.certificate.number):
        given.declared(people, licence, given.guns(1), consignee=people.zone2)


@pytest.mark.parametrize(
    "role", ["applicant", "custodian", "licensing_officer", "countersigner", "monitor", "tracing_officer", "auditor", "administrator"]
)
def test_only_an_exporter_declares(people, role):
    with pytest.raises(NotPermitted):
        declare(given.licence(people), manifest=given.guns(1), manifest_sha256="0" * 64, carrier=people.carrier, consignee=people.army,
                by=people.by_role()[role])


def test_a_tranche_is_not_larger_than_its_condition_says(people):
    licence = given.licence(people, conditions=[{"code": "TRANCHES", "parameters": {"quantity": 10}}])
    with pytest.raises(Refused, match="no consignment has more than 10"):
        given.declared(people, licence, given.guns(11))


def test_the_next_tranche_opens_when_the_last_is_verified(people):
    licence = given.licence(people, conditions=[{"code": "TRANCHES", "parameters": {"quantity": 10}}])
    first = given.delivered(people, licence, given.guns(10))
    with pytest.raises(Refused, match=first.reference):
        given.declared(people, licence, given.guns(10, start=100))
    verify(first, by=people.monitor, note="All serials read in the armoury")
    second = given.declared(people, licence, given.guns(10, start=100))
    cancelled = cancel(second, reason="Ship is full", by=people.exporter)
    assert cancelled.state == Consignment.CANCELLED
    assert given.declared(people, licence, given.guns(10, start=200)).state == Consignment.DECLARED


def test_a_manifest_that_fails_late_leaves_nothing_behind(people):
    licence = given.licence(people)
    before = Leaf.objects.count()
    with connection.execute_wrapper(_fail_on_licence_use), pytest.raises(RuntimeError):
        given.declared(people, licence, given.guns(5))
    assert nothing_recorded()
    assert Leaf.objects.count() == before


def _fail_on_licence_use(execute, sql, params, many, context):
    if sql.startswith("INSERT") and "licenceuse" in sql:
        raise RuntimeError("the machine stopped here")
    return execute(sql, params, many, context)
