"""Returns under an open licence: asked for each period, set against what was shipped, and what an overdue one stops."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from enduse import clock
from enduse.alerts.models import Alert
from enduse.custody.actions import Marked
from enduse.deliveries.actions import declare, ship
from enduse.deliveries.duties import tell_of_wrong
from enduse.deliveries.models import Consignment, ConsignmentStep, LicenceReturn
from enduse.deliveries.returning import Shipped, asked_of, file_return
from enduse.deliveries.watching import standings_of
from enduse.ledger.actions import record
from enduse.ledger.verification import verify
from enduse.licensing import dated
from enduse.licensing.models import Licence
from enduse.licensing.open_licences import periods_of
from enduse.refusals import Invalid, Refused
from tests.cli.conftest import run
from tests.deliveries import given
from tests.licensing.given import open_licence, undertaken
from tests.licensing.test_the_holes import at, refused_everywhere

__all__ = ["run"]


@pytest.fixture
def licence(people) -> Licence:
    """Open, for the army and the police, each registered."""
    return open_licence(people, people.police, used=True)


def moved(people, licence: Licence, to, guns: list[Marked], *, ships: bool = True) -> Consignment:
    declared = declare(licence, manifest=guns, manifest_sha256=given.digest(guns), carrier=people.carrier, consignee=to, by=people.exporter,
                       undertaking=undertaken(people, licence, to))
    return ship(declared, by=people.exporter) if ships else declared


def after(licence: Licence, number: int, days: int = 0):
    """So many days after a return of the licence was due."""
    return given.later((periods_of(licence)[number - 1].due_on - clock.today()).days + days)


def test_a_return_is_asked_for_each_period_and_due_so_many_days_after_it(licence):
    first, second = periods_of(licence)[:2]
    assert (first.starts_on, second.starts_on - first.ends_on, first.due_on - first.ends_on) == (
        licence.issued_on, timedelta(days=1), timedelta(days=30))
    assert periods_of(licence)[-1].ends_on == licence.expires_on
    assert [(row.number, row.starts_on, row.ends_on, row.due_on) for row in licence.return_periods.all()] == [
        (each.number, each.starts_on, each.ends_on, each.due_on) for each in periods_of(licence)]


def test_a_return_that_says_what_was_shipped_is_filed_and_one_that_differs_is_told(people, licence):
    moved(people, licence, people.police, given.guns(3))
    moved(people, licence, people.army, given.guns(2, start=50))
    moved(people, licence, people.army, given.guns(2, start=80), ships=False)  # declared is not shipped
    with pytest.raises(Refused, match="The period runs until"):
        file_return(licence, number=1, rows=[], by=people.exporter)
    with after(licence, 1):
        right = [Shipped(people.police, 1, 3), Shipped(people.army, 1, 2)]
        wrong = file_return(licence, number=1, rows=right[:1], by=people.exporter)
        assert wrong.differences == [{"end_user": people.army.pk, "line": 1, "said": 0, "shipped": 2}]
        assert "Secretariat of Defence, line 1: 0 said, 2 shipped" in Alert.objects.get(kind=Alert.RETURN).because
        with pytest.raises(Invalid, match="a correction says why"):
            file_return(licence, number=1, rows=right, by=people.exporter)
        mended = file_return(licence, number=1, rows=right, note="The army's lot was left out.", by=people.exporter)
        assert (mended.corrects, mended.differences, asked_of(licence)[-1].state) == (wrong, [], "filed")
    assert verify().differences == ()


def test_a_row_for_another_end_user_or_line_is_named(people, licence):
    with after(licence, 1), pytest.raises(Invalid) as refused:
        file_return(licence, number=1, rows=[Shipped(people.agency, 1, 1), Shipped(people.army, 7, -1)], by=people.exporter)
    assert [(problem.row, problem.field) for problem in refused.value.problems] == [(1, "end_user"), (2, "line"), (2, "quantity")]


def test_only_the_seller_of_the_licence_files_its_return(people, licence):
    from enduse.accounts.permissions import Role
    from enduse.parties.actions import register
    from tests.given import user

    other = user(Role.EXPORTER, register(name="Southern Arms", kind="company", country="US", registration="M-2", by=None))
    with after(licence, 1), pytest.raises(Refused, match="Your party has no such licence"):
        file_return(licence, number=1, rows=[], by=other)


def test_an_overdue_return_is_alerted_and_stops_declaring_and_shipping_everywhere_until_it_is_filed(run, people, licence):
    waiting = moved(people, licence, people.police, given.guns(3), ships=False)
    with after(licence, 1):  # the last day is not late yet
        assert next(each for each in standings_of(licence, clock.today()) if each.code == "RETURNS").state == "due"
    with after(licence, 1, days=1):
        standing = next(each for each in standings_of(licence, clock.today()) if each.code == "RETURNS")
        assert (standing.state, standing.due_on) == ("overdue", periods_of(licence)[0].due_on)
        assert [alert.kind for alert in tell_of_wrong(by=people.officer)] == [Alert.OVERDUE]
        refused_everywhere(
            run, people.exporter, f"/deliveries/{waiting.reference}/ship/", {"on": clock.today().isoformat()},
            ("deliveries", "ship", f"/api/deliveries/consignments/{waiting.reference}/ship", {}), waiting.reference, says="and is not filed")
        with pytest.raises(Refused, match="and is not filed"):
            moved(people, licence, people.army, given.guns(2, start=50))
        with pytest.raises(IntegrityError, match="nothing is shipped while a return is overdue"), transaction.atomic():
            record(ConsignmentStep(consignment=waiting, step=Consignment.SHIPPED, on=clock.today()), by=people.exporter)
        forged = Consignment(reference="C-0000-0001", licence=licence, seller=people.maker, carrier=people.carrier, consignee=people.police,
                             declared_on=clock.today(), manifest_sha256="0" * 64, undertaking=waiting.undertaking)
        with pytest.raises(IntegrityError, match="nothing is declared while a return is overdue"), transaction.atomic():
            record(forged, by=people.exporter)
        file_return(licence, number=1, rows=[], by=people.exporter)
        assert ship(waiting, by=people.exporter).state == "shipped"


def test_where_no_rule_of_the_day_stops_it_an_overdue_return_is_only_alerted(people, licence, monkeypatch):
    waiting = moved(people, licence, people.police, given.guns(3), ships=False)
    from enduse.deliveries.conditions import Moving, refuse_against_duties

    moving = Moving(licence, people.police, people.police, {licence.lines.get(): 3}, clock.today(), waiting)
    with after(licence, 1, days=1):
        with pytest.raises(Refused, match="and is not filed"):
            refuse_against_duties(moving)
        monkeypatch.setattr(dated, "returns_stop", lambda on: None)
        refuse_against_duties(moving)
        assert [alert.kind for alert in tell_of_wrong(by=people.officer)] == [Alert.OVERDUE]


def test_a_return_is_filed_on_the_web_and_read_by_the_authority_with_its_difference(people, licence):
    moved(people, licence, people.police, given.guns(3))
    with after(licence, 1):
        page = at(people.exporter).get("/deliveries/returns/").content.decode()
        period = licence.return_periods.get(number=1)
        assert f"/deliveries/returns/{period.pk}/file/" in page
        told = {f"quantity.{people.police.pk}.1": "4"}
        answer = at(people.exporter).post(f"/deliveries/returns/{period.pk}/file/", told, follow=True).content.decode()
        assert "It differs from what was shipped here" in answer
        assert "Costa state police, line 1: 4" in answer
        rows = at(people.officer).get("/api/deliveries/returns", {"state": "differs"}).json()
        assert [(row["number"], row["differences"][0]["shipped"]) for row in rows] == [(1, 3)]


def test_a_return_is_filed_over_the_api_and_never_edited(people, licence):
    with after(licence, 1):
        answered = at(people.exporter).post(f"/api/deliveries/licences/{licence.reference}/returns/1", {}, content_type="application/json")
        assert (answered.status_code, answered.json()["state"]) == (201, "filed")
        with pytest.raises(IntegrityError, match="a return is never edited"), transaction.atomic():
            LicenceReturn.objects.update(number=2)
