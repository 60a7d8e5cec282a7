"""`enduse daily`: one command for everything that is due each day; twice does nothing more."""

from __future__ import annotations

from enduse import clock
from enduse.alerts.models import Alert
from enduse.licensing import actions
from enduse.licensing.actions import hold_applications_of
from enduse.licensing.advisories import actions as asking
from enduse.licensing.kinds import KindAsked
from enduse.licensing.models import Hold
from enduse.licensing.open_licences import periods_of
from tests.cli.conftest import run
from tests.deliveries import given as deliveries
from tests.licensing import given
from tests.licensing.given import open_licence

__all__ = ["run"]


def test_an_overdue_return_is_told_once_by_the_days_command_alone(run, people):
    licence = open_licence(people, people.police, used=True)
    with deliveries.later((periods_of(licence)[0].due_on - clock.today()).days + 1):
        said = run("daily")
        assert said.exit_code == 0, said.output
        assert "1 conditions or returns told as overdue or broken" in said.output
        assert licence.reference in said.output
        alert = Alert.objects.get(kind=Alert.OVERDUE)
        assert (licence.reference in alert.because, alert.role) == (True, "licensing_officer")
        assert "0 conditions or returns told" in run("daily").output
        assert Alert.objects.filter(kind=Alert.OVERDUE).count() == 1


def test_an_enquiry_that_waits_too_long_is_told_once_even_when_the_alert_was_answered(run, people):
    advisory = asking.ask_advisory(asking.EndUserNamed(
        name="Guardia Costera", party_kind="police", country="GT", reason="An offer.", goods=[asking.GoodsNamed("rifle_semi", "556nato")]),
        by=people.exporter)
    with deliveries.later(60):
        assert "1 enquiries waited too long" in run("daily").output
        alert = Alert.objects.get(link=f"/licensing/advisories/{advisory.reference}/")
        alert.answered_at = clock.now()
        alert.save()
        assert "0 enquiries waited too long" in run("daily").output


def test_a_body_that_an_open_application_names_as_recipient_holds_it_too(people):
    waiting = actions.submit(given.drafted(
        people, lines=[given.OPEN_LINE], certificate=None, kind=KindAsked("open", recipients=(people.police,))), by=people.exporter)
    hold_applications_of(people.police, because="A trace.", source="R-1", by=None)
    assert Hold.objects.get().application == waiting
