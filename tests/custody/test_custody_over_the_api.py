"""The same over the API: deliveries, custody and checks by every role, each refusal with its reason and remedy."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from enduse import clock
from enduse.custody.models import CustodyEvent, Firearm, Holding
from enduse.deliveries.models import Consignment
from tests.custody import given
from tests.deliveries import given as deliveries
from tests.monitoring import given as monitoring


@pytest.fixture
def ask(client):
    """Ask as somebody: ask(user, "get", "/custody/firearms") -> (status, body); `files` sends a form instead of JSON."""

    def asked(by, method, path, body=None, files=None):
        client.force_login(by)
        if files is not None:
            answer = client.post(f"/api{path}", {**(body or {}), **files})
        elif body is not None:
            answer = client.post(f"/api{path}", data=json.dumps(body), content_type="application/json")
        else:
            answer = getattr(client, method)(f"/api{path}")
        return answer.status_code, json.loads(answer.content)

    return asked


def manifest(*serials):
    rows = "".join(f"colt,M4,rifle_assault,5.56,{serial}\n" for serial in serials)
    return SimpleUploadedFile("manifest.csv", f"make,model,type,calibre,serial\n{rows}".encode())


def today():
    return clock.today().isoformat()


def test_a_consignment_from_manifest_to_verification(ask, people):
    licence = deliveries.licence(people, 5)
    status, made = ask(people.exporter, "post", "/deliveries/consignments", {"licence": licence.reference, "carrier": people.carrier.pk},
                       {"manifest": manifest("A1", "A2")})
    assert (status, made["state"], made["firearms"], made["consignee"]) == (201, "declared", 2, people.army.pk)
    path = f"/deliveries/consignments/{made['reference']}"
    assert ask(people.exporter, "post", f"{path}/ship", {})[1]["state"] == "shipped"
    file = {"serials": SimpleUploadedFile("s.csv", b"serial\nA1\nB9\n")}
    status, arrived = ask(people.custodian, "post", f"{path}/receive/file", {"note": "One crate open"}, file)
    assert (status, arrived["state"]) == (201, "discrepant")
    assert (arrived["steps"][-1]["received"], arrived["steps"][-1]["missing"], arrived["steps"][-1]["unexpected"]) == (1, 1, ["B9"])
    assert ask(people.monitor, "post", f"{path}/verify", {"note": "Carrier heard"})[1]["state"] == "verified"
    assert [row["serial"] for row in ask(people.officer, "get", f"{path}/manifest")[1]] == ["A1", "A2"]


def test_a_bad_manifest_is_refused_with_row_field_reason_and_remedy(ask, people):
    licence = deliveries.licence(people, 5)
    status, said = ask(people.exporter, "post", "/deliveries/consignments", {"licence": licence.reference, "carrier": people.carrier.pk},
                       {"manifest": manifest("A1", "a-1")})
    (problem,) = said["invalid"]["problems"]
    assert (status, problem["row"], problem["field"], problem["found"]) == (422, 3, "serial", "a-1")
    assert problem["reason"]
    assert problem["remedy"]
    assert not Consignment.objects.exists()


def test_rule_1_over_the_api_names_its_number(ask, people):
    licence = deliveries.licence(people, 1)
    status, said = ask(people.exporter, "post", "/deliveries/consignments", {"licence": licence.reference, "carrier": people.carrier.pk},
                       {"manifest": manifest("A1", "A2")})
    assert (status, said["refused"]["rule"]) == (409, 1)
    assert not Firearm.objects.exists()


def test_custody_by_serial(ask, people):
    given.issued(people, 4)
    serials = [{"serial": "w000001"}, {"serial": "W-000002", "make": "Colt"}]
    move = {"serials": serials, "occurred_on": today(), "from_unit": people.zone.pk, "to_unit": people.battalion.pk, "reference": "Order 8"}
    status, event = ask(people.custodian, "post", "/custody/move", move)
    assert (status, event["sort"], event["firearms"]) == (201, "issued", 2)
    loss = {"serials": serials[:1], "occurred_on": today(), "unit": people.battalion.pk, "sort": "stolen", "place": "Road 15"}
    status, lost = ask(people.custodian, "post", "/custody/losses", loss)
    assert (status, lost["place"]) == (201, "Road 15")
    found = {"serials": serials[:1], "occurred_on": today(), "unit": people.battalion.pk}
    status, event = ask(people.custodian, "post", "/custody/found", found)
    assert status == 201
    status, correction = ask(people.custodian, "post", f"/custody/events/{event['event']}/correct", {"reason": "Another one"})
    assert (status, correction["corrects"]) == (201, event["event"])
    assert Holding.objects.get(firearm__serial="W000001").state == Holding.LOST
    _status, unit = ask(people.officer, "get", f"/custody/units/{people.battalion.pk}")
    assert (unit["total"]["entered"], unit["total"]["held"], unit["total"]["lost"], unit["total"]["balances"]) == (2, 1, 1, True)
    gun = Firearm.objects.get(serial="W000001")
    _status, life = ask(people.officer, "get", f"/custody/firearms/{gun.pk}/history")
    assert (life["left_by"], life["left_from"], life["firearm"]["state"]) == ("stolen", people.battalion.pk, "lost")
    assert all(moment["leaf"] is not None for moment in life["moments"])


def test_a_count_over_the_api_says_what_does_not_balance(ask, people):
    given.issued(people, 3)
    status, count = ask(people.custodian, "post", "/custody/stocktakes",
                        {"unit": people.zone.pk, "serials": [{"serial": "W000001"}, {"serial": "Q7"}], "taken_on": today()})
    assert (status, count["sighted"], count["missing"], count["unexpected"]) == (201, 1, 2, 1)
    assert {line["serial_read"]: line["result"] for line in count["differences"]} == {"Q7": "unexpected", "W000002": "missing", "W000003": "missing"}
    file = {"serials": SimpleUploadedFile("s.csv", b"serial\nW000001\nW000002\nW000003\n")}
    assert ask(people.custodian, "post", "/custody/stocktakes/file", {"unit": people.zone.pk, "taken_on": today()}, file)[1]["missing"] == 0
    assert len(ask(people.monitor, "get", "/custody/stocktakes")[1]) == 2


def test_a_list_is_moved_whole_or_not_at_all(ask, people):
    given.issued(people, 2)
    body = {"from_unit": people.zone.pk, "to_unit": people.battalion.pk, "occurred_on": today()}
    status, said = ask(people.custodian, "post", "/custody/move/file", body, {"serials": SimpleUploadedFile("s.csv", b"serial\nW000001\nQ7\n")})
    assert (status, said["invalid"]["problems"][0]["row"]) == (422, 3)
    assert not Holding.objects.filter(party=people.battalion).exists()
    status, _event = ask(
        people.custodian, "post", "/custody/move/file", body, {"serials": SimpleUploadedFile("s.csv", b"serial\nW000001\nW000002\n")}
    )
    assert status == 201


def test_a_check_from_plan_to_outcome(ask, people):
    monitoring.stocked(people)
    plan = {"unit": people.zone.pk, "selection": "random", "selection_probability": 0.2, "sample_size": 3, "planned_for": today(), "seed": 5}
    status, check = ask(people.monitor, "post", "/monitoring/checks", plan)
    assert (status, check["state"], check["population"], check["sampled"], check["seed"]) == (201, "planned", 20, 3, 5)
    path = f"/monitoring/checks/{check['reference']}"
    sample = ask(people.monitor, "get", f"{path}/sample")[1]
    outcome = {"visited_on": today(), "outcome": "unfavourable", "reason_codes": ["U10"],
               "sightings": [{"firearm": row["firearm"], "sighted": number > 0} for number, row in enumerate(sample)]}
    status, done = ask(people.monitor, "post", f"{path}/outcome", outcome)
    assert (status, done["state"], done["outcome"]["sampled"], done["outcome"]["sighted"]) == (201, "unfavourable", 3, 2)
    assert ask(people.monitor, "post", f"{path}/outcome", outcome)[0] == 409
    _status, rates = ask(people.analyst, "get", "/monitoring/rates")
    assert rates == [{"selection": "random", "checks": 1, "favourable": 0, "unfavourable": 1, "inconclusive": 0, "sampled": 3, "sighted": 2}]


def test_a_visits_list_is_taken_as_a_file(ask, people):
    monitoring.stocked(people)
    check = monitoring.check(people, size=2)
    rows = "".join(f"{row.firearm.serial},yes\n" for row in check.sample.select_related("firearm"))
    body = {"visited_on": today(), "outcome": "favourable", "reason_codes": "F03, F04"}
    status, done = ask(people.monitor, "post", f"/monitoring/checks/{check.reference}/outcome/file", body,
                       {"sightings": SimpleUploadedFile("v.csv", f"serial,sighted\n{rows}".encode())})
    assert (status, done["outcome"]["reason_codes"], done["outcome"]["sighted"]) == (201, ["F03", "F04"], 2)


WRITES = {
    "/deliveries/consignments/{consignment}/ship": ("exporter", {}),
    "/deliveries/consignments/{consignment}/cancel": ("exporter", {"reason": "Changed"}),
    "/deliveries/consignments/{consignment}/receive": ("custodian", {}),
    "/deliveries/consignments/{consignment}/verify": ("monitor", {"note": "Seen"}),
    "/custody/move": ("custodian", {"serials": [], "occurred_on": "2020-01-01", "from_unit": 1, "to_unit": 2}),
    "/custody/losses": ("custodian", {"serials": [], "occurred_on": "2020-01-01", "unit": 1, "sort": "lost"}),
    "/custody/found": ("custodian", {"serials": [], "occurred_on": "2020-01-01", "unit": 1}),
    "/custody/destroyed": ("custodian", {"serials": [], "unit": 1, "occurred_on": "2020-01-01", "method": "cut", "witnesses": "a, b"}),
    "/custody/stocktakes": ("custodian", {"unit": 1, "serials": [], "taken_on": "2020-01-01"}),
    "/custody/events/{event}/correct": ("custodian", {"reason": "Wrong"}),
    "/monitoring/checks": ("monitor", {"unit": 1, "selection": "risk", "sample_size": 1, "planned_for": "2020-01-01"}),
}
READS = {
    "/custody/firearms": {"exporter", "custodian", "licensing_officer", "countersigner", "monitor", "tracing_officer", "auditor"},
    "/custody/events": {"exporter", "custodian", "licensing_officer", "countersigner", "monitor", "tracing_officer", "auditor"},
    "/custody/stocktakes": {"custodian", "licensing_officer", "countersigner", "monitor", "auditor"},
    "/deliveries/consignments": {"exporter", "custodian", "licensing_officer", "countersigner", "monitor", "tracing_officer", "auditor"},
    "/monitoring/checks": {"licensing_officer", "countersigner", "monitor", "auditor"},
    "/monitoring/rates": {"licensing_officer", "countersigner", "monitor", "auditor", "policy_officer", "analyst"},
}


def test_each_role_does_and_sees_over_the_api_what_the_table_says(ask, people):
    consignment = deliveries.declared(people, deliveries.licence(people, 1), deliveries.guns(1))
    event = CustodyEvent.objects.get().pk
    for path, (role, body) in WRITES.items():
        for other, user in people.by_role().items():
            if other != role:
                status, said = ask(user, "post", path.format(consignment=consignment.reference, event=event), body)
                assert status == 403, (path, other, said)
    for path, roles in READS.items():
        for role, user in people.by_role().items():
            assert ask(user, "get", path)[0] == (200 if role in roles else 403), (path, role)


def test_nobody_signed_out_gets_an_answer(client, people):
    for path in READS:
        assert client.get(f"/api{path}").status_code == 401
