"""Flags that rest on what other floors saw, on where the way leads, on who pays and on who changed: given, raised; not given, not."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from enduse import clock, reference
from enduse.custody.actions import Marked, report_loss
from enduse.custody.counting import Read, stocktake
from enduse.custody.models import Firearm
from enduse.deliveries.actions import declare, receive, verify
from enduse.licensing import actions, country_lists
from enduse.monitoring.actions import record_outcome
from enduse.parties.actions import change, register
from enduse.parties.models import Party
from enduse.screening.actions import resolve_hit, screen
from enduse.screening.models import Hit, HitResolution
from enduse.tracing.confirming import confirm
from tests.deliveries import given as deliveries
from tests.licensing import given
from tests.licensing.test_flags import flags_of
from tests.monitoring import given as monitoring
from tests.tracing import given as tracing


@pytest.fixture
def countries(tmp_path, monkeypatch):
    """An installation's own list of countries, in place of the packaged one."""
    def listed(*rows: str) -> None:
        folder = tmp_path / "reference"
        folder.mkdir(exist_ok=True)
        (folder / "countries.csv").write_text("\n".join(["code,country,sort,since,until,text_en,text_es", *rows]), encoding="utf-8")
        monkeypatch.setattr("django.conf.settings.ENDUSE_HOME", tmp_path)
        reference.table.cache_clear()
    yield listed
    reference.table.cache_clear()


def test_a_company_younger_than_five_years_is_p01(people):
    young = register(name="New Broker", kind=Party.COMPANY, country="US", registration="B-9", founded_on=clock.today() - timedelta(days=400), by=None)
    old = register(name="Old Broker", kind=Party.COMPANY, country="US", registration="B-8", founded_on=date(1950, 1, 1), by=None)
    assert flags_of(given.submitted(people, intermediaries=[young]))["P01"].startswith("Founded less than five years ago: New Broker")
    assert "P01" not in flags_of(given.submitted(people, intermediaries=[old]))


def test_the_address_of_one_that_is_on_a_list_is_p05(people):
    listed = register(name="Shadow Trading", kind=Party.COMPANY, country="US", address="9 Dock Road", by=None)
    broker = register(name="Clean Broker", kind=Party.COMPANY, country="US", address="9 dock road", registration="B-1", by=None)
    application = given.submitted(people, intermediaries=[broker])
    assert "P05" not in flags_of(application)
    given.loaded_list(people.officer, (listed.name, "Company"))
    screen(listed, by=people.officer)
    resolve_hit(Hit.objects.get(screening__party=listed), outcome=HitResolution.TRUE_MATCH, reason="It is that one.", by=people.officer)
    assert flags_of(application)["P05"] == "Clean Broker gives the address of Shadow Trading, on a list or denied before."


def test_a_party_of_a_live_licence_that_was_changed_since_is_p09(people):
    licence = given.licensed(people)
    assert "P09" not in flags_of(given.submitted(people))
    with clock.at(clock.now() + timedelta(days=10)):
        change(people.maker, name="Northern Rifle Works (2) Ltd", by=people.officer)
        assert licence.reference in flags_of(given.submitted(people))["P09"]
        assert "P09" not in flags_of(given.submitted(people, end_user=people.police, consignee=people.police))


def test_a_payer_outside_the_application_or_abroad_is_m02(people):
    bank = register(name="Island Finance", kind=Party.COMPANY, country="KY", by=None)
    assert flags_of(given.submitted(people, payer=bank))["M02"] == "Island Finance (KY) pays and is no other party of the application."
    assert "the end user is of MX" in flags_of(given.submitted(people, payer=people.maker))["M02"]
    assert "M02" not in flags_of(given.submitted(people, payer=people.army))


def test_a_payer_is_screened_as_every_other_party(people):
    bank = register(name="Island Finance", kind=Party.COMPANY, country="KY", by=None)
    assert ("payer", bank) in given.submitted(people, payer=bank).parties()


def test_a_calibre_that_was_never_delivered_to_it_is_i02(people):
    pistols = [actions.LineAsked("pistol_semi", "9para", 10, 40_000)]
    assert "I02" not in flags_of(given.submitted(people, lines=pistols))
    licence = deliveries.licence(people)
    deliveries.delivered(people, licence, deliveries.guns(5))
    assert flags_of(given.submitted(people, lines=pistols))["I02"] == (
        f"Line 1: not a calibre delivered to it before; those were 5.56x45 mm NATO ({licence.reference}).")
    assert "I02" not in flags_of(given.submitted(people, lines=[given.RIFLES]))


def test_an_embargo_on_the_destination_or_the_way_is_c01_on_the_days_of_its_dates(people):
    assert flags_of(given.submitted(people, country="LY"))["C01"].startswith("LY: Arms embargo, Security Council 1970 (2011)")
    assert "C01" in flags_of(given.submitted(people, transit_countries=["SD"]))
    assert "C01" not in flags_of(given.submitted(people, country="CI"))
    assert [entry.code for entry in country_lists.said_of(["CI", "LY"], "embargo", date(2010, 1, 1))] == ["UN-1572"]


def test_what_the_authority_holds_of_countries_is_r01_and_c03_and_nothing_is_presumed(people, countries):
    application = given.submitted(people, transit_countries=["PA"])
    assert {"R01", "C03"} & set(flags_of(application)) == set()
    countries("OWN-1,PA,diversion,2011-01-01,,Seizures in transit,Incautaciones en tránsito", "OWN-2,MX,governance,,,Rated weak,Calificada débil")
    found = flags_of(application)
    assert (found["R01"], found["C03"]) == ("PA: Seizures in transit (OWN-1)", "MX: Rated weak (OWN-2)")


def test_a_carrier_that_was_not_screened_is_r04(people):
    given.loaded_list(people.officer)
    licence = deliveries.licence(people)
    screen(people.carrier, by=people.officer)
    deliveries.declared(people, licence, deliveries.guns(5))
    assert "R04" not in flags_of(given.submitted(people))
    other = register(name="Unknown Lines", kind=Party.COMPANY, country="US", by=None)
    manifest = deliveries.guns(5, start=50)
    consignment = declare(licence, manifest=manifest, manifest_sha256=deliveries.digest(manifest), carrier=other, consignee=people.army,
                          by=people.exporter)
    assert flags_of(given.submitted(people))["R04"].startswith(f"Unknown Lines carried {consignment.reference}")


def test_a_consignment_by_another_way_is_r05(people):
    licence = deliveries.licence(people)
    for start, through in ((1, None), (20, [])):
        manifest = deliveries.guns(5, start=start)
        declare(licence, manifest=manifest, manifest_sha256=deliveries.digest(manifest), carrier=people.carrier, consignee=people.army,
                through=through, by=people.exporter)
    assert "R05" not in flags_of(given.submitted(people))
    manifest = deliveries.guns(5, start=40)
    consignment = declare(licence, manifest=manifest, manifest_sha256=deliveries.digest(manifest), carrier=people.carrier, consignee=people.army,
                          through=["pa"], by=people.exporter)
    assert flags_of(given.submitted(people))["R05"] == f"{consignment.reference} went through PA; its application says no other country."


def test_serials_of_a_form_that_no_earlier_one_has_are_i03(people):
    licence = deliveries.licence(people)
    deliveries.declared(people, licence, deliveries.guns(20))
    deliveries.declared(people, licence, deliveries.guns(5, start=40))
    assert "I03" not in flags_of(given.submitted(people))
    odd = [Marked("colt", "M4", deliveries.TYPE, deliveries.CALIBRE, serial, 2006, "US", row) for row, serial in ((2, "X1"), (3, "W000099"))]
    consignment = deliveries.declared(people, licence, odd)
    assert flags_of(given.submitted(people))["I03"].startswith(f"1 of 2 serials of {consignment.reference} have a form")


def test_a_delivery_that_waits_too_long_for_its_verification_is_s01_until_it_is_verified(people):
    consignment = deliveries.delivered(people, deliveries.licence(people), deliveries.guns(5))
    assert "S01" not in flags_of(given.submitted(people))
    with deliveries.later(31):
        assert consignment.reference in flags_of(given.submitted(people))["S01"]
        verify(consignment, note="Seen on site.", by=people.monitor)
        assert "S01" not in flags_of(given.submitted(people))


def test_a_delivery_that_differs_is_s02_for_three_years(people):
    consignment = deliveries.shipped(people, deliveries.licence(people), deliveries.guns(5))
    receive(consignment, serials_received=["W000001", "W000002", "W000003", "W000004"], note="One case open.", by=people.custodian)
    assert flags_of(given.submitted(people))["S02"].startswith(f"{consignment.reference}: 1 of 5 missing and 0 not on its manifest")
    with deliveries.later(1_100):
        assert "S02" not in flags_of(given.submitted(people))


def test_a_firearm_counted_by_another_body_is_s03(people):
    deliveries.delivered(people, deliveries.licence(people), deliveries.guns(5))
    stocktake(people.police, [Read("Z999", row=1)], taken_on=clock.today(), by=people.police_custodian)
    assert "S03" not in flags_of(given.submitted(people))
    stocktake(people.police, [Read("W000001", row=1)], taken_on=clock.today(), by=people.police_custodian)
    assert flags_of(given.submitted(people))["S03"].startswith("Costa state police counted 1 of them")


def test_firearms_carried_off_by_deserters_are_s04(people):
    deliveries.delivered(people, deliveries.licence(people), deliveries.guns(5))
    assert "S04" not in flags_of(given.submitted(people))
    report_loss(list(Firearm.objects.all()[:2]), sort="deserted_with", unit=people.army, occurred_on=clock.today(), by=people.custodian)
    assert flags_of(given.submitted(people))["S04"].startswith("2 firearms were carried off by deserters")


def test_a_firearm_recovered_within_three_years_of_its_delivery_is_s05_until_the_trace_is_corrected(people):
    early, late = tracing.sold(people, "W345872", "W111111")
    recovery = tracing.recovery(people, "W345872", recovered_on=date(2008, 5, 1))
    confirm(recovery, firearm=early, note="Its marks.", by=people.tracer)
    confirm(tracing.recovery(people, "W111111", case_reference="MICH/2012/1", recovered_on=date(2012, 1, 1)), firearm=late, by=people.tracer)
    application = given.submitted(people)
    assert flags_of(application)["S05"].startswith(f"{recovery.reference}: recovered 723 days after it was delivered under L-2006-")
    confirm(recovery, firearm=None, note="Another one.", by=people.tracer)
    assert "S05" not in flags_of(application)


def test_a_check_that_was_not_let_in_is_s06(people):
    monitoring.stocked(people)
    planned = monitoring.check(people)
    record_outcome(planned, visited_on=clock.today(), outcome="favourable", reason_codes=["F03"], sightings=monitoring.all_seen(planned), by=people.monitor)
    assert "S06" not in flags_of(given.submitted(people))
    refused = monitoring.check(people)
    record_outcome(refused, visited_on=clock.today(), outcome="unfavourable", reason_codes=["U06"], sightings={}, by=people.monitor)
    assert flags_of(given.submitted(people))["S06"].startswith(f"check {refused.reference} of 1st military zone")
