"""Rule 6 through every floor: what was licensed, delivered, issued and lost is traced back, and the next decision waits."""

import pytest

from enduse import clock
from enduse.alerts.models import Alert
from enduse.custody.actions import move, report_loss
from enduse.custody.models import Firearm
from enduse.ledger.verification import verify
from enduse.licensing.actions import decide, release_hold
from enduse.licensing.models import Application, Hold
from enduse.parties.models import RecordLine
from enduse.parties.queries import record_of
from enduse.refusals import Refused
from enduse.tracing.actions import confirm, record_recovery
from enduse.tracing.queries import channel_of, life_of, trace
from tests.deliveries import given as deliveries
from tests.given import user
from tests.licensing import given as licensing


def test_a_gun_found_three_holders_later_leads_back_to_its_licence_and_holds_the_next_application(people):
    licence = deliveries.licence(people, 50)
    consignment = deliveries.delivered(people, licence, deliveries.guns(50, start=345_850))
    guns = list(Firearm.objects.filter(manifest_lines__consignment=consignment).order_by("pk"))
    move(guns, from_unit=people.army, to_unit=people.zone, occurred_on=clock.today(), by=people.custodian)
    gun = Firearm.objects.get(serial="W345872")
    report_loss([gun], sort="deserted_with", unit=people.zone, occurred_on=clock.today(), by=people.custodian)
    waiting = licensing.recommended(people)
    assert (waiting.end_user, waiting.state) == (people.army, "recommended")

    with deliveries.later(days=400):
        recovery = record_recovery(
            recovered_on=clock.today(), place="Tepalcatepec", region="Michoacán", country="MX", agency=people.agency, case_reference="MICH/2009/77",
            marks="W345B72", make="Colt", calibre="5.56", by=people.tracer)
        top = trace(recovery).top
        assert (top.firearm, top.licence) == (gun, licence)
        confirm(recovery, firearm=top.firearm, by=people.tracer, second=user("tracing_officer"))

        alert = Alert.objects.get(kind=Alert.TRACE)
        assert (alert.role, alert.party) == ("licensing_officer", people.army)
        assert licence.reference in alert.because
        hold = Hold.objects.get(application=waiting)
        assert hold.source == recovery.reference
        with pytest.raises(Refused, match="hold"):
            decide(Application.objects.get(pk=waiting.pk), by=people.countersigner)
        line = record_of(people.army)[RecordLine.TRACED].figures
        assert (line["traced"], line["last_held"], line["unreported"], line["delivered"]) == (1, 1, 0, 50)
        life = life_of(gun)
        assert life.last_holder == people.zone
        assert life.days_to(recovery.recovered_on) == 400
        assert channel_of(recovery).code == "desertion"

        release_hold(hold, reason="The loss was reported at once, and the unit's armoury was checked.", by=people.countersigner)
        assert Application.objects.get(pk=waiting.pk).state == "recommended"
    assert verify().differences == ()
