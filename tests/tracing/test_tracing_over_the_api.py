"""The same work over the API: each role gets what the one table says, and each refusal says what to do."""

import io
import json
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from enduse.accounts.models import SensitiveRead
from enduse.tracing.actions import confirm
from enduse.tracing.models import Recovery
from tests.given import user
from tests.tracing import given


@pytest.fixture
def ask(client, people):
    """Ask the API as somebody: ask(user, "get", "/recoveries") -> (status, body)."""

    def asked(by, method, path, body=None):
        client.force_login(by)
        sent = {"data": json.dumps(body), "content_type": "application/json"} if body is not None else {}
        answer = getattr(client, method)(f"/api/tracing{path}", **sent)
        return answer.status_code, json.loads(answer.content)

    return asked


def told(people, **other):
    return {"recovered_on": "2009-05-14", "place": "Tepalcatepec", "country": "MX", "agency": people.agency.pk,
            "case_reference": "MICH/2009/77", "marks": "W3?5B72"} | other


def test_a_search_answers_ranked_candidates_with_reasons(ask, people):
    (gun,) = given.sold(people, "W345872")
    status, found = ask(people.tracer, "post", "/search", {"marks": "W3?5B72", "make": "Colt"})
    assert status == 200
    top = found["candidates"][0]
    assert (top["candidate"], top["serial"], top["licence"], top["holder"]) == (f"f{gun.pk}", "W345872", "L-2006-0031", people.zone.name)
    assert [column["kind"] for column in top["columns"]] == ["same", "same", "unreadable", "same", "look_alike", "same", "same"]
    total = found["none_probability"] + found["other_probability"] + sum(each["probability"] for each in found["candidates"])
    assert total == pytest.approx(1)
    assert SensitiveRead.objects.filter(user=people.tracer, noun="search").exists()
    assert "cents" not in json.dumps(found)


def test_marks_that_say_too_little_are_refused_with_the_remedy(ask, people):
    status, refused = ask(people.tracer, "post", "/search", {"marks": "W"})
    assert status == 422
    assert refused["invalid"]["problems"][0]["field"] == "marks"
    assert refused["invalid"]["problems"][0]["remedy"]


def test_the_whole_trace_from_record_to_history(ask, people):
    (gun,) = given.sold(people, "W345872")
    status, recovery = ask(people.tracer, "post", "/recoveries", told(people))
    assert (status, recovery["state"]) == (201, "open")
    path = f"/recoveries/{recovery['reference']}"
    _status, ranking = ask(people.tracer, "get", f"{path}/trace")
    assert ranking["candidates"][0]["candidate"] == f"f{gun.pk}"
    assert ask(people.tracer, "get", f"{path}/history")[0] == 404
    assert ask(people.tracer, "post", f"{path}/confirm", {"candidate": f"f{gun.pk}"})[0] == 201
    _status, history = ask(people.tracer, "get", f"{path}/history")
    assert history["days_to_recovery"] == (given.SEIZED - given.RECEIVED).days
    assert history["point_of_diversion"] == people.zone.name
    assert history["holders"] == [people.maker.name, people.army.name, people.zone.name]
    assert history["channel"]["code"] == "unaccounted"
    assert ask(people.tracer, "get", path)[1]["state"] == "confirmed"
    status, refused = ask(people.tracer, "post", f"{path}/confirm", {"candidate": f"f{gun.pk}"})
    assert (status, refused["refused"]["rule"]) == (409, 5)


def test_a_candidate_that_does_not_exist_is_said_so(ask, people):
    recovery = given.recovery(people)
    for key in ("f999999", "w1", "x", "f", "f1e9"):
        status, refused = ask(people.tracer, "post", f"/recoveries/{recovery.reference}/confirm", {"candidate": key})
        assert (status, refused["invalid"]["problems"][0]["field"]) == (422, "candidate")


def test_a_second_officer_agrees_to_a_proposal(ask, people):
    guns = given.sold(people, *[f"W34587{digit}" for digit in range(10)])
    path = f"/recoveries/{given.recovery(people, 'W34587?').reference}"
    assert ask(people.tracer, "post", f"{path}/confirm", {"candidate": f"f{guns[3].pk}"})[0] == 409
    _status, proposal = ask(people.tracer, "post", f"{path}/propose", {"candidate": f"f{guns[3].pk}", "note": "The rack number matches."})
    assert ask(people.tracer, "post", f"/proposals/{proposal['proposal']}/agree")[0] == 409
    second = user("tracing_officer")
    status, confirmation = ask(second, "post", f"/proposals/{proposal['proposal']}/agree")
    assert (status, confirmation["confirmed_by"], confirmation["agreed_by"]) == (201, str(people.tracer), str(second))


def test_an_answer_from_a_maker_settles_what_the_register_does_not_hold(ask, people):
    path = f"/recoveries/{given.recovery(people, 'QZ77119').reference}"
    assert ask(people.tracer, "post", f"{path}/confirm", {})[0] == 201
    assert ask(people.tracer, "get", path)[1]["state"] == "none"
    said = {"result_code": "A3", "answered_by": "The maker", "answered_on": "2009-07-01"}
    assert ask(people.tracer, "post", f"{path}/answer", said | {"result_code": "A1"})[0] == 409
    assert ask(people.tracer, "post", f"{path}/answer", said | {"result_code": "ZZ"})[0] == 422
    assert ask(people.tracer, "post", f"{path}/answer", said | {"answered_on": "2001-01-01"})[0] == 422
    assert ask(people.tracer, "post", f"{path}/answer", said)[0] == 201
    assert ask(people.tracer, "get", path)[1]["result_code"] == "A3"
    _status, figures = ask(people.analyst, "get", "/figures")
    assert figures["by_channel"] == {"straw_purchase": 1}
    assert (figures["recorded"], figures["to_a_licence"]) == (1, 0)


def test_a_csv_of_recoveries_is_taken_and_a_bad_row_is_named(client, people):
    client.force_login(people.tracer)

    def send(text):
        answer = client.post("/api/tracing/recoveries/file", {"recoveries": SimpleUploadedFile("r.csv", text.encode())})
        return answer.status_code, json.loads(answer.content)

    header = "recovered_on,place,country,agency,case_reference,marks,type\n"
    status, refused = send(header + "2009-05-14,Tepalcatepec,MX,Federal prosecutor,C/1,W3?5B72,rifle\n14 May,Uruapan,MX,Nobody,C/2,W39?,rifle\n")
    assert status == 422
    assert [(problem["row"], problem["field"]) for problem in refused["invalid"]["problems"]] == [(3, "agency"), (3, "recovered_on")]
    assert not Recovery.objects.exists()
    good = f"2009-05-14,Tepalcatepec,MX,federal PROSECUTOR,C/1,W3?5B72,rifle\n2009-05-15,Uruapan,MX,{people.agency.pk},C/2,*,\n"
    status, references = send(header + good)
    assert (status, len(references)) == (201, 2)


def test_an_operation_and_its_watch_file(client, ask, people):
    body = {"name": "Open road", "legal_basis": "Order 12/2009", "approved_by": "Supervisor", "prosecutor": "Prosecutor", "starts_on": "2009-10-01",
            "ends_on": "2011-01-31", "limit": 2, "subjects": ["AZ/2009/14"]}
    status, operation = ask(people.tracer, "post", "/operations", body)
    assert status == 201
    file = io.BytesIO(b"make,model,type,calibre,serial\ncolt,M4,rifle_assault,556nato,K901177\n")
    sent = {"watched_on": "2009-11-02", "subject": "AZ/2009/14", "guns": file}
    answer = client.post(f"/api/tracing/operations/{operation['reference']}/watch-file", sent)
    assert answer.status_code == 201, answer.content
    gun = {"make": "colt", "serial": "K901178"}
    watched = {"watched_on": "2009-11-02", "subject": "AZ/2009/14", "guns": [gun, gun | {"serial": "K901179"}]}
    assert ask(people.tracer, "post", f"/operations/{operation['reference']}/watch", watched)[0] == 409
    assert ask(people.tracer, "get", f"/operations/{operation['reference']}")[1]["watched"] == 1
    assert ask(people.auditor, "get", "/operations")[1][0]["watched"] == 1
    assert ask(people.officer, "get", "/operations")[0] == 403


def test_seizures_as_known_later_replace_what_was_known_first(ask, people):
    first = {"agency": people.agency.pk, "month": "2009-03-15", "seized": 120, "submitted": 31}
    assert ask(people.tracer, "post", "/seizures", first)[0] == 201
    assert ask(people.tracer, "post", "/seizures", first)[0] == 409
    assert ask(people.tracer, "post", "/seizures", first | {"submitted": 121})[0] == 422
    assert ask(people.tracer, "post", "/seizures", first | {"submitted": 90})[0] == 201
    assert [(row["seized"], row["submitted"]) for row in ask(people.analyst, "get", "/seizures")[1]] == [(120, 90)]
    assert ask(people.analyst, "get", "/figures")[1]["submitted"] == 90


def test_rule_10_a_recovery_is_seen_by_licensing_only_once_confirmed(ask, people):
    (gun,) = given.sold(people, "W345872")
    recovery = given.recovery(people)
    path = f"/recoveries/{recovery.reference}"
    assert ask(people.officer, "get", path)[0] == 404
    assert ask(people.officer, "get", "/recoveries")[1]["total"] == 0
    confirm(recovery, firearm=gun, by=people.tracer)
    assert ask(people.officer, "get", path)[0] == 200
    assert ask(people.officer, "get", f"{path}/history")[1]["licence"] == "L-2006-0031"
    assert ask(people.officer, "get", f"{path}/trace")[0] == 403
    for stranger in (people.applicant, people.exporter, people.custodian, people.analyst, people.policy, people.administrator):
        assert ask(stranger, "get", path)[0] == 404
        assert ask(stranger, "get", "/recoveries")[0] == 403


@pytest.mark.parametrize(("method", "path", "body"), [
    ("post", "/search", {"marks": "W345872"}), ("post", "/recoveries/R-2009-0001/confirm", {}), ("get", "/recoveries/R-2009-0001/trace", None),
    ("post", "/recoveries/R-2009-0001/propose", {"candidate": "f1", "note": "x"}), ("post", "/proposals/1/agree", None),
    ("post", "/recoveries/R-2009-0001/answer", {"result_code": "A3", "answered_by": "x", "answered_on": "2009-07-01"}),
    ("post", "/seizures", {"agency": 1, "month": "2009-03-15", "seized": 1, "submitted": 1}),
    ("post", "/operations/O-2009-0001/watch", {"watched_on": "2009-11-02", "subject": "x", "guns": []}),
])  # fmt: skip
def test_only_tracing_officers_act(ask, people, method, path, body):
    for role, each in people.by_role().items():
        status, _body = ask(each, method, path, body)
        assert (status == 403) == (role != "tracing_officer"), role


def test_figures_are_for_those_who_see_figures_and_nobody_else(ask, people):
    for role, each in people.by_role().items():
        expected = 403 if role in {"applicant", "exporter", "custodian", "administrator", "customs_officer", "adviser"} else 200
        assert ask(each, "get", "/figures?since=" + date(2009, 1, 1).isoformat())[0] == expected, role
