"""Customs sees what may pass and reports what did."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from enduse import clock
from enduse.alerts.models import Alert
from enduse.deliveries import customs
from enduse.deliveries.border import CustomsReport
from enduse.deliveries.duties import tell_of_wrong
from enduse.ledger.verification import verify
from enduse.licensing import actions as licensing
from enduse.licensing.models import LicenceChange
from enduse.licensing.queries import verification_code
from enduse.refusals import Invalid, NotPermitted, Refused
from tests.deliveries import given

HEADER = "licence,line,quantity,exported_on,declaration"


def at(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def table(*rows: str) -> io.BytesIO:
    return io.BytesIO("\n".join([HEADER, *rows]).encode())


def test_customs_sees_what_may_pass_and_neither_value_nor_serial(people):
    licence = given.licence(people, 50)
    waiting = given.declared(people, licence, given.guns(4))
    page = at(people.customs).get("/deliveries/customs/", {"reference": licence.reference.lower(), "code": verification_code(licence)}).content.decode()
    assert waiting.reference in page
    assert "46" in page
    assert "W000001" not in page
    told = at(people.customs).get("/api/deliveries/border", {"reference": licence.reference, "code": verification_code(licence)}).json()
    assert (told["state"], told["lines"][0]["left"], told["waiting"][0]["quantity"]) == ("active", 46, 4)
    licensing.suspend(licence, reason="A trace.", by=people.officer)
    page = at(people.customs).get("/deliveries/customs/", {"reference": licence.reference, "code": verification_code(licence)}).content.decode()
    assert "Nothing may pass under this licence today" in page


def test_a_wrong_code_tells_nothing_and_other_roles_are_turned_away(people):
    licence = given.licence(people)
    with pytest.raises(Refused, match="No licence has this reference and code"):
        customs.may_pass(licence.reference, "00000000", by=people.customs)
    with pytest.raises(NotPermitted):
        customs.may_pass(licence.reference, verification_code(licence), by=people.exporter)


def test_what_passed_beyond_what_was_shipped_is_shown_and_alerts(people):
    licence = given.licence(people, 50)
    given.shipped(people, licence, given.guns(4))
    file = SimpleUploadedFile("june.csv", table(f"{licence.reference},1,4,{clock.today()},D-1", f"{licence.reference},1,3,{clock.today()},D-2").read())
    page = at(people.customs).post("/deliveries/customs/report/", {"office": "Laredo", "file": file}, follow=True).content.decode()
    assert licence.reference in page
    found = customs.differences(by=people.officer)
    assert [(each.shipped, each.passed, each.more_passed) for each in found] == [(4, 7, 3)]
    assert f"{licence.reference} line 1: 7 passed, 4 shipped" in Alert.objects.get(kind=Alert.CUSTOMS).because
    assert verify().differences == ()


def test_what_agrees_raises_nothing(people):
    licence = given.licence(people, 50)
    given.shipped(people, licence, given.guns(4))
    customs.report_exports(table(f"{licence.reference},1,4,{clock.today()},D-1"), office="Laredo", by=people.customs)
    assert customs.differences(by=people.customs) == []
    assert not Alert.objects.filter(kind=Alert.CUSTOMS).exists()


def test_a_customs_file_is_taken_whole_or_not_at_all(people):
    licence = given.licence(people, 50)
    bad = table(f"{licence.reference},1,4,{clock.today()},D-1", "L-1999-0001,1,4,2011-01-01,D-2", f"{licence.reference},9,0,2999-01-01,",
                f"{licence.reference},1,4,{clock.today()},D-1")
    with pytest.raises(Invalid) as invalid:
        customs.report_exports(bad, office="Laredo", by=people.customs)
    assert {(problem.row, problem.field) for problem in invalid.value.problems} == {
        (3, "licence"), (4, "line"), (4, "quantity"), (4, "exported_on"), (4, "declaration"), (5, "declaration")}
    assert not CustomsReport.objects.exists()


def test_a_file_or_a_declaration_reported_twice_is_refused(people):
    licence = given.licence(people, 50)
    row = f"{licence.reference},1,4,{clock.today()},D-1"
    customs.report_exports(table(row), office="Laredo", by=people.customs)
    with pytest.raises(Refused, match="was reported already on"):
        customs.report_exports(table(row), office="Laredo", by=people.customs)
    with pytest.raises(Invalid, match="was reported already"):
        customs.report_exports(table(row, f"{licence.reference},1,1,{clock.today()},D-9"), office="Laredo", by=people.customs)


def test_a_licence_not_reviewed_in_time_is_suspended_by_the_system_and_only_a_person_reinstates_it(people):
    day = clock.today() + timedelta(days=10)
    licence = given.licence(people, conditions=[{"code": "SUNSET", "parameters": {"on": day.isoformat()}}])
    tell_of_wrong(by=people.officer)
    assert licence.state() == "active"
    with given.later(11):
        tell_of_wrong(by=people.officer)
        change = LicenceChange.objects.get(licence=licence)
        assert (change.change, change.recorded_by) == ("suspended", None)
        licensing.reinstate(licence, reason="Reviewed.", by=people.countersigner)
        assert licence.state() == "active"
