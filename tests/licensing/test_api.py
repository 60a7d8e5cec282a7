"""The endpoints of licensing and screening: the whole casework with tokens, and what each role may not do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from enduse import clock, reference
from enduse.accounts.actions import make_token
from enduse.licensing.models import Application
from tests.licensing import given


class Api:
    def __init__(self, user: Any) -> None:
        _token, secret = make_token(name="test", scope="write", by=user)
        self.client = Client(headers={"authorization": f"Bearer {secret}"})

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(f"/api{path}", query)

    def post(self, path: str, **body: Any) -> Any:
        return self.client.post(f"/api{path}", body, content_type="application/json")


def body_of(people, **changes: Any) -> dict[str, Any]:
    return {
        "capacity": "buying_government", "end_user": people.army.pk, "consignee": people.army.pk, "country": "MX", "purpose": "Service rifles",
        "lines": [{"firearm_type": "rifle_semi", "calibre": "556nato", "quantity": 50, "unit_value_cents": 90_000}],
        "certificate_number": "EUC-1", "certificate_issuer": "Ministry", "certificate_signatory": "The colonel",
        "certificate_issued_on": str(clock.today()), "certificate_expires_on": str(clock.today() + timedelta(days=300)), **changes,
    }


def test_the_whole_casework_runs_through_the_api(people):
    applicant, officer, countersigner = Api(people.applicant), Api(people.officer), Api(people.countersigner)
    drafted = applicant.post("/licensing/applications", **body_of(people)).json()
    base = f"/licensing/applications/{drafted['reference']}"
    assert applicant.post(f"{base}/submit").json()["state"] == "submitted"
    file = SimpleUploadedFile("own.csv", given.list_file(("Nobody Known", "Person")).read())
    loaded = officer.client.post("/api/licensing/lists", {"file": file, "mapping": '{"id": "id", "schema": "schema", "name": "name"}'}).json()
    assert (loaded["source"], loaded["entries"]) == ("own", 1)
    seen = officer.get(base).json()
    assert {missing["kind"] for missing in seen["missing"]} == {"certificate", "screening", "assessment", "recommendation"}
    screened = officer.post("/screening/screen", parties=[party["id"] for party in seen["parties"]]).json()
    assert {state["state"] for state in screened} == {"clear"}
    certificate = officer.get("/certificates/").json()["items"][0]["id"]
    asked = officer.post(f"/certificates/{certificate}/inquiries", channel="mission", asked_whom="The arms office", found_in="Our mission's list").json()
    assert officer.post(f"/licensing/inquiries/{asked['id']}/answer", outcome="confirmed", answered_by="The arms office").status_code == 200
    criteria = {code: {"level": entry.more["levels"].split("|")[0]} for code, entry in reference.table("criteria").items()}
    flags = {code: {"level": "low", "reason": "Known."} for code in seen["raised_flags"]}
    assert officer.post(f"{base}/assess", criteria=criteria, flags=flags, summary="Fine.").status_code == 200
    recommended = officer.post(f"{base}/recommend", outcome="approve", conditions=[{"code": "DVC", "parameters": {"days": 30}}]).json()
    decided = countersigner.post(f"{base}/decide", recommendation=recommended["id"]).json()
    licence = applicant.get(f"/licensing/licences/{decided['licence']}").json()
    assert licence["conditions_in_words"] == ["Prove delivery within 30 days of arrival"]
    assert (licence["state"], licence["quantity"], licence["lines"][0]["remaining"]) == ("active", 50, 50)
    assert Client().get("/api/licensing/verify", {"reference": licence["reference"], "code": licence["verification_code"]}).json()["valid"] is True
    suspended = officer.post(f"/licensing/licences/{licence['reference']}/suspend", reason="A trace.").json()
    assert suspended["change"] == "suspended"
    assert applicant.get("/licensing/licences", state="suspended").json()["count"] == 1


def test_every_fault_comes_back_with_its_row_and_field(people):
    body = body_of(people, country="Mexico", lines=[{"firearm_type": "ray_gun", "calibre": "556nato", "quantity": 1}])
    answer = Api(people.applicant).post("/licensing/applications", **body)
    assert answer.status_code == 422
    found = {(problem["row"], problem["field"]) for problem in answer.json()["invalid"]["problems"]}
    assert found == {(None, "country"), (1, "firearm_type")}
    assert not Application.objects.exists()


def test_an_applicant_gets_no_assessment_no_record_and_no_flags(people):
    application = given.recommended(people)
    seen = Api(people.exporter).get(f"/licensing/applications/{application.reference}").json()
    assert [seen[name] for name in ("missing", "record", "raised_flags", "assessment", "recommendation", "holds")] == [None] * 6
    assert seen["lines"][0]["unit_value_cents"] == 90_000


@pytest.mark.parametrize(("path", "body", "may"), [
    ("assess", {"criteria": {}, "summary": "x"}, {"licensing_officer"}),
    ("recommend", {"outcome": "approve"}, {"licensing_officer"}),
    ("decide", {}, {"countersigner"}),
    ("send-back", {"reason": "x"}, {"countersigner"}),
    ("hold", {"because": "x"}, {"licensing_officer", "countersigner"}),
    ("submit", {}, {"applicant", "exporter"}),
    ("withdraw", {}, {"applicant", "exporter"}),
])
def test_who_may_not_do_a_thing_is_told_so_whether_or_not_it_exists(people, path, body, may):
    application = given.submitted(people)
    for role, user in people.by_role().items():
        for reference_asked in (application.reference, "A-1999-0001"):
            answer = Api(user).post(f"/licensing/applications/{reference_asked}/{path}", **body)
            assert (answer.status_code == 403) is (role not in may), (role, reference_asked, answer.status_code)


def test_who_sees_no_applications_is_told_so(people):
    given.submitted(people)
    allowed = {role for role, user in people.by_role().items() if Api(user).get("/licensing/applications").status_code == 200}
    assert allowed == {"applicant", "exporter", "licensing_officer", "countersigner", "auditor", "adviser"}
    assert Api(people.exporter).get("/licensing/applications").json()["count"] == 1
    assert Api(people.applicant).get("/licensing/applications").json()["count"] == 0
