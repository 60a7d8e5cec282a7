"""An importing state notifies what it intends to import or has received; the system sets it against licences and consignments."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from enduse import clock
from enduse.accounts.models import SensitiveRead
from enduse.accounts.permissions import Role
from enduse.alerts.models import Alert
from enduse.custody.counting import Read
from enduse.custody.models import Firearm
from enduse.deliveries.imports import actions, comparing, queries
from enduse.deliveries.models import ImportNotification
from enduse.ledger.verification import verify
from enduse.licensing.actions import suspend
from enduse.parties.models import Party
from enduse.refusals import Invalid, NotPermitted, Refused
from tests import given as base
from tests.deliveries import given
from tests.races import race
from tests.tampering import sql

RIFLE = (given.TYPE, given.CALIBRE)


def stated(licence: Any = None, quantity: int = 60, **changes: Any) -> actions.ImportStated:
    words: dict[str, Any] = {
        "sort": "received", "on": clock.today(), "country_of_export": "US", "exporter": "Northern Rifle Works",
        "use": "The 1st zone's service rifles", "goods": [actions.GoodsStated(*RIFLE, quantity)], "licensed_here": licence is not None,
        "licence_reference": licence.reference if licence is not None else ""}
    return actions.ImportStated(**{**words, **changes})


def notified(people, licence: Any = None, quantity: int = 60, *, by: Any = None, **changes: Any) -> ImportNotification:
    return actions.notify_import(stated(licence, quantity, **changes), by=by or people.custodian)


def outcome(notification: ImportNotification) -> str:
    return comparing.compared(notification).outcome


def codes(notification: ImportNotification) -> list[str]:
    return [each.code for each in comparing.compared(notification).findings]


def at(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def licence(people):
    return given.licence(people, 100, by_exporter=True)


@pytest.fixture
def shipped(people, licence):
    return given.shipped(people, licence, given.guns(60))


def test_what_a_consignment_had_agrees_and_tells_nobody(people, licence, shipped):
    found = comparing.compared(notified(people, licence))
    assert (found.outcome, found.consignment) == ("agrees", shipped.reference)
    assert not Alert.objects.filter(kind=Alert.IMPORT).exists()
    assert verify().differences == ()


def test_another_quantity_than_was_shipped_alerts_the_officers_and_the_monitors(people, licence, shipped):
    notification = notified(people, licence, 70)
    assert codes(notification) == ["quantity"]
    alerts = Alert.objects.filter(kind=Alert.IMPORT)
    assert {alert.role for alert in alerts} == {"licensing_officer", "monitor"}
    assert all("70 are notified as received in all, 60 were shipped" in alert.because for alert in alerts)
    assert notification.reference in at(people.monitor).get(alerts[0].link).content.decode()


def test_what_was_received_in_parts_agrees_when_it_is_all_that_was_shipped(people, licence, shipped):
    first = notified(people, licence, 20)
    second = notified(people, licence, 40)
    assert (outcome(first), outcome(second)) == ("quantity", "agrees")


def test_two_notifications_of_one_consignment_are_more_than_was_shipped(people, licence, shipped):
    notified(people, licence)
    again = notified(people, licence, on=clock.today() - timedelta(days=1))
    assert codes(again) == ["quantity"]


def test_a_consignment_shipped_later_explains_what_differed(people, licence):
    notification = notified(people, licence)
    assert outcome(notification) == "quantity"
    given.shipped(people, licence, given.guns(60))
    assert outcome(notification) == "agrees"


def test_what_is_intended_must_fit_in_what_is_permitted(people, licence):
    first = notified(people, licence, 80, sort="intended")
    second = notified(people, licence, 30, sort="intended")
    assert (outcome(first), outcome(second)) == ("agrees", "quantity")
    actions.withdraw_import(first, reason="The order was cut.", by=people.custodian)
    assert outcome(second) == "agrees"


def test_what_is_intended_under_a_suspended_licence_differs(people, licence):
    suspend(licence, reason="A question.", by=people.officer)
    assert codes(notified(people, licence, sort="intended")) == ["not_in_force"]


def test_a_type_that_the_licence_does_not_permit_differs(people, licence, shipped):
    goods = [actions.GoodsStated(*RIFLE, 60), actions.GoodsStated("pistol_semi", "9para", 5)]
    assert "other_goods" in codes(notified(people, licence, goods=goods))


def test_a_licence_that_is_not_there_and_an_exporter_that_nobody_knows_differ(people):
    assert codes(notified(people, licensed_here=True, licence_reference="L-2011-9999", exporter="Phantom Arms")) == ["no_licence", "unknown_exporter"]


def test_another_exporter_than_the_licence_names_differs(people, licence, shipped):
    base.register(name="Southern Arms", kind=Party.COMPANY, country="US", registration="M-2", by=None)
    other = notified(people, licence, exporter="Southern Arms")
    assert codes(other) == ["unknown_exporter"]
    actions.withdraw_import(other, reason="Another exporter.", by=people.custodian)
    assert codes(notified(people, licence, exporter="NORTHERN  rifle works.")) == []


def test_of_a_buying_governments_licence_any_registered_maker_is_the_exporter(people):
    licence = given.licence(people, 100)
    given.shipped(people, licence, given.guns(60))
    assert codes(notified(people, licence)) == []
    assert codes(notified(people, licence, exporter="Phantom Arms", on=clock.today() - timedelta(days=1)))[0] == "unknown_exporter"


def test_rule_10_another_end_users_licence_is_to_the_notifier_as_if_it_did_not_exist(people, licence, shipped):
    others = notified(people, licence, by=people.police_custodian)
    invented = notified(people, licensed_here=True, licence_reference="L-2011-9999", by=people.police_custodian)
    assert outcome(others) == "other_end_user"
    shown = dict(queries.with_comparison(people.police_custodian, [others, invented]))
    assert [shown[each].outcome for each in (others, invented)] == ["no_licence", "no_licence"]
    said = at(people.police_custodian).get(f"/api/deliveries/imports/{others.reference}").json()
    assert (said["outcome"], said["compared"][0]["permitted"], said["consignment"]) == ("no_licence", None, "")
    page = at(people.police_custodian).get(f"/deliveries/imports/{others.reference}/").content.decode()
    for secret in (people.army.name, shipped.reference, "licence of another end user"):
        assert secret not in page
    assert people.army.name in at(people.officer).get(f"/deliveries/imports/{others.reference}/").content.decode()


def test_what_another_state_licensed_is_not_compared_and_tells_nobody(people):
    notification = notified(people, country_of_export="IT", exporter="Fabbrica Valle", licence_reference="IT/2011/77")
    assert outcome(notification) == "not_ours"
    assert not Alert.objects.filter(kind=Alert.IMPORT).exists()


def test_an_exporter_registered_here_that_names_no_licence_of_here_differs(people):
    assert codes(notified(people, licence_reference="CA-77")) == ["no_licence"]


def test_serials_that_stand_on_no_manifest_are_counted(people, licence, shipped):
    serials = [Read("W000001", "colt", 1), Read("w-000 002", "", 2), Read("X9", "colt", 3)]
    notification = notified(people, licence, serials=serials)
    assert codes(notification) == ["serials"]
    assert "1 of 3" in comparing.compared(notification).findings[0].words
    page = at(people.officer).get(f"/deliveries/imports/{notification.reference}/").content.decode()
    assert page.index("X9") < page.index("W000001")
    assert SensitiveRead.objects.filter(user=people.officer, noun="import").exists()


def test_a_firearm_of_this_register_that_comes_from_elsewhere_differs(people, licence, shipped):
    notification = notified(people, country_of_export="GT", exporter="Depot 9", serials=[Read("W000001", "colt", 1)], by=people.police_custodian)
    assert codes(notification) == ["registered"]
    assert dict(queries.with_comparison(people.police_custodian, [notification]))[notification].outcome == "not_ours"


def test_nothing_enters_the_register_by_a_notification(people, licence):
    before = Firearm.objects.count()
    notified(people, licence, serials=[Read("N1", "colt", 1)])
    assert Firearm.objects.count() == before


@pytest.mark.parametrize(("changes", "says"), [
    ({"sort": "sent"}, "neither"), ({"on": clock.today() + timedelta(days=1)}, "still to come"),
    ({"sort": "intended", "on": clock.today() - timedelta(days=1)}, "has passed"), ({"country_of_export": "MX"}, "own country"),
    ({"country_of_export": "USA"}, "two letters"), ({"exporter": " "}, "who exports"), ({"use": ""}, "who will use"), ({"goods": []}, "1 to"),
    ({"goods": [actions.GoodsStated("rifle", "556nato", 1)]}, "not in the list"), ({"goods": [actions.GoodsStated(*RIFLE, 0)]}, "1 to"),
    ({"licensed_here": True}, "licence's reference"), ({"serials": [Read(f"A{n}", "", n) for n in range(61)]}, "61 serials for 60"),
    ({"serials": [Read("A1", "colt", 4), Read("a-1", "Colt", 7)]}, "in row 4"), ({"serials": [Read(" - ", "", 1)]}, "empty"),
])
def test_rule_9_what_is_stated_wrong_is_told_and_nothing_is_saved(people, changes, says):
    with pytest.raises(Invalid, match=says):
        notified(people, **changes)
    assert not ImportNotification.objects.exists()


def test_only_a_body_of_a_state_notifies(people):
    with pytest.raises(NotPermitted):
        notified(people, by=people.exporter)
    buyer = base.user(Role.APPLICANT, people.carrier)
    with pytest.raises(Refused, match="body of a state"):
        notified(people, by=buyer)
    assert notified(people, by=people.applicant).importer == people.army


def test_the_very_same_is_notified_once(people, licence, shipped):
    first = notified(people, licence)
    with pytest.raises(Refused, match=first.reference):
        notified(people, licence)
    actions.withdraw_import(first, reason="A wrong day.", by=people.custodian)
    notified(people, licence)


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_notify_once(people):
    outcomes = race(lambda: notified(people), lambda: notified(people))
    assert sorted(type(each).__name__ for each in outcomes) == ["ImportNotification", "Refused"]


def test_a_notification_is_withdrawn_once_by_its_own_party_and_never_edited(people, licence, shipped):
    notification = notified(people, licence, 70, serials=[Read("W000001", "", 1)])
    with pytest.raises(Refused) as refusal:
        actions.withdraw_import(notification, reason="Why.", by=people.police_custodian)
    assert refusal.value.rule == 10
    with pytest.raises(Invalid, match="says why"):
        actions.withdraw_import(notification, reason=" ", by=people.custodian)
    actions.withdraw_import(notification, reason="A clerk's mistake.", by=people.custodian)
    with pytest.raises(Refused, match="already"):
        actions.withdraw_import(notification, reason="Again.", by=people.custodian)
    for table, column in (("deliveries_importnotification", "sort"), ("deliveries_importserial", "serial")):
        with pytest.raises(IntegrityError, match="never edited"), transaction.atomic():
            sql(f"UPDATE {table} SET {column} = 'x'")
    assert verify().differences == ()


def test_each_sees_its_own_and_an_exporter_none(people, licence, shipped):
    own, others = notified(people, licence), notified(people, by=people.police_custodian)
    assert [each.reference for each in queries.imports(people.custodian)] == [own.reference]
    assert [each.reference for each in queries.imports(people.applicant)] == [own.reference]
    assert {each.reference for each in queries.imports(people.tracer)} == {own.reference, others.reference}
    assert not queries.imports(people.exporter).exists()
    assert at(people.custodian).get(f"/deliveries/imports/{others.reference}/").status_code == 404
    assert at(people.exporter).get("/deliveries/imports/").status_code == 403


def test_the_licence_shows_what_was_notified_under_it(people, licence, shipped):
    notification = notified(people, licence, 70)
    page = at(people.officer).get(f"/licensing/licences/{licence.reference}/").content.decode()
    address = f"/deliveries/licences/{licence.reference}/imports/"
    assert f'hx-get="{address}"' in page
    for headers in ({}, {"HX-Request": "true"}):
        part = at(people.officer).get(address, headers=headers).content.decode()
        assert notification.reference in part
        assert "60 were shipped" in part
    assert "Imports notified" not in at(people.exporter).get(f"/licensing/licences/{licence.reference}/").content.decode()
    assert at(people.custodian).get(address).status_code == 404


def test_a_custodian_notifies_on_the_web_with_a_file_of_serials_and_takes_it_back(people, licence, shipped):
    client = at(people.custodian)
    words = {"sort": "received", "on": clock.today().isoformat(), "country_of_export": "us", "exporter": "Northern Rifle Works",
             "licensed_here": "yes", "licence_reference": licence.reference.lower(), "use": "The 1st zone", "serials": "",
             "goods-TOTAL_FORMS": 2, "goods-INITIAL_FORMS": 0,
             "goods-0-firearm_type": RIFLE[0], "goods-0-calibre": RIFLE[1], "goods-0-quantity": 60,
             "file": io.BytesIO(b"serial,make\nW000001,colt\nW000002,Colt\n")}
    page = client.post("/deliveries/imports/new/", words, follow=True).content.decode()
    notification = ImportNotification.objects.get()
    assert f"{notification.reference} was notified" in page
    assert "These are the firearms of a consignment" in page
    assert "Count the consignment in by serial" in page
    assert notification.serials.count() == 2
    base = f"/deliveries/imports/{notification.reference}/"
    assert "Northern Rifle Works" in client.get(f"/deliveries/imports/new/?copy={notification.reference}").content.decode()
    page = client.post(f"{base}withdraw/", {"reason": "A clerk's mistake."}, follow=True).content.decode()
    assert "was withdrawn" in page


def test_serials_said_in_two_ways_are_refused_on_the_web(people):
    words = {"sort": "received", "on": clock.today().isoformat(), "country_of_export": "us", "exporter": "X", "licensed_here": "no",
             "use": "The 1st zone", "serials": "A1", "goods-TOTAL_FORMS": 1, "goods-INITIAL_FORMS": 0, "goods-0-firearm_type": RIFLE[0],
             "goods-0-calibre": RIFLE[1], "goods-0-quantity": 60, "file": io.BytesIO(b"serial\nA1\n")}
    assert "two ways" in at(people.custodian).post("/deliveries/imports/new/", words).content.decode()


def test_a_program_notifies_reads_and_takes_back(people, licence, shipped):
    client = at(people.custodian)
    body = {"sort": "received", "on": clock.today().isoformat(), "country_of_export": "US", "exporter": "Northern Rifle Works", "licensed_here": True,
            "licence_reference": licence.reference, "use": "The 1st zone", "goods": [
                {"firearm_type": RIFLE[0], "calibre": RIFLE[1], "quantity": 60}], "serials": [{"serial": "W000001", "make": "colt"}]}
    said = client.post("/api/deliveries/imports", json.dumps(body), content_type="application/json").json()
    assert (said["outcome"], said["serials"], said["consignment"]) == ("agrees", 1, shipped.reference)
    assert said["compared"] == [{"what": said["compared"][0]["what"], "notified": 60, "notified_in_all": 60, "permitted": 100, "shipped": 60}]
    base = f"/api/deliveries/imports/{said['reference']}"
    assert client.get(f"{base}/serials").json() == [{"serial": "W000001", "make": "colt"}]
    assert client.get(f"/api/deliveries/imports?licence={licence.reference}").json()["count"] == 1
    gone = client.post(f"{base}/withdraw", json.dumps({"reason": "A mistake."}), content_type="application/json").json()
    assert gone["withdrawn_because"] == "A mistake."


def test_a_list_of_many_is_compared_in_a_fixed_number_of_queries(people, licence, shipped, django_assert_max_num_queries):
    for number in range(12):
        notified(people, licence, number + 1, serials=[Read(f"N{number}", "colt", 1)])
    client = at(people.officer)
    client.get("/deliveries/imports/")
    with django_assert_max_num_queries(19):
        client.get("/deliveries/imports/")
    lines = b"".join(client.get("/deliveries/imports/?format=csv").streaming_content).decode().splitlines()
    assert len(lines) == 13
