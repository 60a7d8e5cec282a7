"""Conditions that the program watches: how each stands, what blocks shipping, what is told and held. Given and not given."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from enduse import clock, reference
from enduse.alerts.models import Alert
from enduse.custody.actions import move, record_destroyed, report_loss
from enduse.custody.counting import Read, stocktake
from enduse.custody.models import Firearm
from enduse.deliveries import duties
from enduse.deliveries.actions import declare, ship, verify
from enduse.deliveries.conditions import CHECKS
from enduse.deliveries.watching import WATCHERS, blocks, standing_of, standings_of
from enduse.licensing.models import Licence
from enduse.monitoring.actions import record_outcome
from enduse.parties.models import Party
from enduse.refusals import NotPermitted, Refused
from tests.deliveries import given
from tests.licensing import given as applications
from tests.monitoring import given as monitoring


def condition(code: str, **parameters: object) -> dict[str, object]:
    return {"code": code, "parameters": parameters}


def under(people, code: str, **parameters: object) -> Licence:
    return given.licence(people, conditions=[condition(code, **parameters)])


def stands(licence: Licence) -> str:
    return standings_of(licence, clock.today())[0].state


def at(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_what_the_table_says_the_program_watches_is_what_it_watches_and_what_blocks_is_asked_before_shipping():
    table = reference.table("licence_conditions")
    assert {code for code, entry in table.items() if entry.more["checked_by"] == "program"} == set(WATCHERS)
    assert len(table) == 29
    assert {code for code in WATCHERS if blocks(code)} <= set(CHECKS) | {"MANIFEST"}
    for code in WATCHERS:
        assert table[code].more["rule_en"], code
        assert table[code].more["rule_es"], code


def test_what_no_program_sees_is_an_officers(people):
    assert stands(under(people, "ESCORT")) == "officer"


def test_tranches_wait_for_the_verification_of_the_last(people):
    licence = under(people, "TRANCHES", quantity=10)
    assert stands(licence) == "kept"
    consignment = given.delivered(people, licence, given.guns(5))
    assert stands(licence) == "due"
    verify(consignment, note="Seen.", by=people.monitor)
    assert stands(licence) == "kept"


def test_a_delivery_is_due_and_then_overdue_for_verification(people):
    licence = under(people, "DVC", days=10)
    assert stands(licence) == "kept"
    consignment = given.delivered(people, licence, given.guns(5))
    found = standing_of(licence, licence.conditions[0], clock.today())
    assert (found.state, found.due_on) == ("due", clock.today() + timedelta(days=10))
    assert consignment.reference in found.why
    with given.later(11):
        assert stands(licence) == "overdue"
        verify(consignment, note="Seen.", by=people.monitor)
        assert stands(licence) == "kept"


def test_checks_on_site_must_have_sighted_the_share_in_time(people):
    licence = under(people, "PSV", share=0.2, months=6)
    assert stands(licence) == "kept"
    given.delivered(people, licence, given.guns(20))
    assert stands(licence) == "due"
    guns = list(Firearm.objects.all())
    move(guns, from_unit=people.army, to_unit=people.zone, occurred_on=clock.today(), by=people.custodian)
    with given.later(200):
        assert stands(licence) == "overdue"
        planned = monitoring.check(people, size=5)
        record_outcome(planned, visited_on=clock.today(), outcome="favourable", reason_codes=["F03"], sightings=monitoring.all_seen(planned),
                       by=people.monitor)
        found = standing_of(licence, licence.conditions[0], clock.today())
    assert (found.state, found.why) == ("kept", "5 of 20 delivered were sighted in checks; 4 are asked for.")


def test_every_serial_is_sighted_by_a_count_from_outside(people):
    licence = under(people, "PSV100", days=30)
    given.delivered(people, licence, given.guns(3))
    assert stands(licence) == "kept"
    with given.later(31):
        stocktake(people.army, [Read(f"W00000{n}") for n in (1, 2, 3)], taken_on=clock.today(), by=people.custodian)
        assert stands(licence) == "overdue"
        stocktake(people.army, [Read(f"W00000{n}") for n in (1, 2, 3)], taken_on=clock.today(), self_reported=False, by=people.custodian)
        assert stands(licence) == "kept"


def test_a_unit_that_does_not_count_is_overdue_blocks_and_holds_applications(people):
    licence = under(people, "STOCKTAKE", months=6)
    given.delivered(people, licence, given.guns(3))
    assert stands(licence) == "kept"
    with given.later(200):
        assert stands(licence) == "overdue"
        application = applications.submitted(people)
        told = duties.tell_of_wrong(by=people.monitor)
        assert [alert.kind for alert in told] == [Alert.OVERDUE]
        assert application.__class__.objects.get(pk=application.pk).state == "held"
        with pytest.raises(Refused, match="are overdue"):
            given.declared(people, licence, given.guns(3, start=50))


@pytest.mark.parametrize(("days_late", "state"), [(1, "kept"), (20, "broken")])
def test_a_loss_told_late_breaks_its_condition(people, days_late, state):
    licence = under(people, "LOSSREPORT", hours=72)
    given.delivered(people, licence, given.guns(3))
    with given.later(30):
        report_loss(list(Firearm.objects.all()[:1]), sort="lost", unit=people.army, occurred_on=clock.today() - timedelta(days=days_late),
                    by=people.custodian)
        assert stands(licence) == state


def test_what_an_importer_passes_on_is_an_officers_and_what_another_passes_on_breaks_the_condition(people):
    licence = under(people, "NORETRANSFER")
    given.delivered(people, licence, given.guns(3))
    assert stands(licence) == "kept"
    move(list(Firearm.objects.all()[:1]), from_unit=people.army, to_unit=people.police, occurred_on=clock.today(), by=people.custodian)
    assert stands(licence) == "officer"
    people.army.is_importer = False
    people.army.save()
    assert stands(Licence.objects.get(pk=licence.pk)) == "broken"


def renamed(unit: Party, name: str) -> None:
    """A reform gives a unit another name, after it received what it might have under the old one."""
    unit.name = name
    unit.save()


def test_firearms_with_another_unit_than_those_named_break_it(people):
    licence = under(people, "ENDUSEONLY", units="1st Military Zone")
    given.delivered(people, licence, given.guns(3))
    guns = list(Firearm.objects.all())
    move(guns[:2], from_unit=people.army, to_unit=people.battalion, occurred_on=clock.today(), by=people.custodian)
    assert stands(licence) == "kept"
    with pytest.raises(Refused, match=r"keeps these firearms from 2nd military zone: Only for these units: 1st Military Zone"):
        move(guns[2:], from_unit=people.army, to_unit=people.zone2, occurred_on=clock.today(), by=people.custodian)
    assert stands(licence) == "kept"
    renamed(people.zone, "5th military zone")
    assert stands(licence) == "broken"
    move(guns[:2], from_unit=people.battalion, to_unit=people.army, occurred_on=clock.today(), by=people.custodian)
    assert stands(licence) == "kept"


def test_a_named_unit_receives_nothing_and_holds_nothing(people):
    licence = under(people, "NOUNIT", units="2nd military zone; Costa state police")
    with pytest.raises(Refused, match="2nd military zone may not receive"):
        given.declared(people, licence, given.guns(3), consignee=people.zone2)
    given.delivered(people, licence, given.guns(3))
    assert stands(licence) == "kept"
    with pytest.raises(Refused, match="keeps these firearms from 2nd military zone"):
        move(list(Firearm.objects.all()[:1]), from_unit=people.army, to_unit=people.zone2, occurred_on=clock.today(), by=people.custodian)
    with pytest.raises(Refused, match="keeps these firearms from Costa state police"):
        move(list(Firearm.objects.all()[:1]), from_unit=people.army, to_unit=people.police, occurred_on=clock.today(), by=people.custodian)
    assert Alert.objects.filter(kind=Alert.TRANSFER, because__contains="was refused").count() == 2
    assert stands(licence) == "kept"
    move(list(Firearm.objects.all()[:1]), from_unit=people.army, to_unit=people.battalion, occurred_on=clock.today(), by=people.custodian)
    assert stands(licence) == "kept"
    renamed(people.zone, "2nd Military Zone")
    assert stands(licence) == "broken"


def test_old_firearms_are_destroyed_before_the_next_lot(people):
    licence = under(people, "NEWFOROLD", ratio=0.5)
    given.delivered(people, licence, given.guns(4))
    with pytest.raises(Refused, match="0 were destroyed since the licence was issued; 2 are asked for"):
        given.declared(people, licence, given.guns(4, start=50))
    record_destroyed(list(Firearm.objects.all()[:2]), unit=people.army, occurred_on=clock.today(), method="cut", witnesses="notary, inspector",
                     by=people.custodian)
    assert stands(licence) == "kept"
    given.declared(people, licence, given.guns(4, start=50))


def test_another_way_than_the_applications_is_refused(people):
    licence = under(people, "ROUTE", route="By sea, Gulf Freight Line")
    manifest = given.guns(3)
    with pytest.raises(Refused, match="this consignment goes through PA"):
        declare(licence, manifest=manifest, manifest_sha256=given.digest(manifest), carrier=people.carrier, consignee=people.army, through=["PA"],
                by=people.exporter)
    given.declared(people, licence, manifest)
    assert stands(licence) == "kept"


def test_the_value_is_not_passed(people):
    licence = under(people, "VALUECAP", value=9_000)
    consignment = given.declared(people, licence, given.guns(10))
    ship(consignment, by=people.exporter)
    assert standing_of(licence, licence.conditions[0], clock.today()).why == "9,000.00 of 9,000 USD are used."
    with pytest.raises(Refused, match=r"this makes 9,900\.00 USD"):
        given.declared(people, licence, given.guns(1, start=50))


@pytest.mark.parametrize("code", ["EXPIRY", "SUNSET"])
def test_nothing_moves_after_a_last_day_or_a_review_that_is_due(people, code):
    licence = under(people, code, on=(clock.today() + timedelta(days=10)).isoformat())
    consignment = given.declared(people, licence, given.guns(3))
    assert stands(licence) == "due"
    with given.later(11):
        assert stands(licence) == "overdue"
        with pytest.raises(Refused, match=f"A condition of {licence.reference}"):
            ship(consignment, by=people.exporter)


def test_nothing_moves_before_the_days_of_notice_have_passed(people):
    licence = under(people, "NOTIFY", days=15)
    with pytest.raises(Refused, match="Nothing moves before"):
        given.declared(people, licence, given.guns(3))
    with given.later(15):
        given.declared(people, licence, given.guns(3))
        assert stands(licence) == "kept"


@pytest.mark.parametrize("code", ["MANIFEST", "REPORTUSE"])
def test_what_the_system_itself_keeps_is_kept(people, code):
    licence = under(people, code, **({"months": 3} if code == "REPORTUSE" else {}))
    given.declared(people, licence, given.guns(3))
    assert stands(licence) == "kept"


def test_what_is_wrong_is_told_once_until_it_is_answered(people):
    licence = under(people, "DVC", days=10)
    given.delivered(people, licence, given.guns(3))
    assert duties.tell_of_wrong(by=people.officer) == []
    with given.later(11):
        told = duties.tell_of_wrong(by=people.officer)
        assert licence.reference in told[0].because
        assert duties.tell_of_wrong(by=people.officer) == []
    with pytest.raises(NotPermitted):
        duties.tell_of_wrong(by=people.exporter)


def test_officers_read_filter_export_and_tell_on_the_page_and_through_the_api(people):
    licence = under(people, "DVC", days=10)
    given.delivered(people, licence, given.guns(3))
    with given.later(11):
        officer = at(people.officer)
        assert licence.reference in officer.get("/deliveries/duties/?state=wrong").content.decode()
        assert "Nothing matches these filters." in officer.get("/deliveries/duties/?state=kept").content.decode()
        assert b"overdue" in b"".join(officer.get("/deliveries/duties/?format=csv").streaming_content)
        assert "Conditions told to the licensing officers: 1." in officer.post("/deliveries/duties/tell/", follow=True).content.decode()
        assert [row["state"] for row in officer.get("/api/deliveries/duties?state=wrong").json()] == ["overdue"]
        assert officer.post("/api/deliveries/duties/tell", content_type="application/json").json() == {"told": []}
        assert "How they stand today" in officer.get(f"/licensing/licences/{licence.reference}/").content.decode()
    assert at(people.exporter).get("/deliveries/duties/").status_code == 403

