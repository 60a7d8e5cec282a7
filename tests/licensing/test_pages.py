"""The pages of the casework, each as the role that uses it, and what each role does not see."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from enduse import clock, reference
from enduse.accounts.models import SensitiveRead
from enduse.accounts.permissions import Role
from enduse.certificates.queries import read_by_program
from enduse.documents.models import Document
from enduse.licensing import actions
from enduse.licensing.models import Application, Decision, Licence
from enduse.licensing.queries import verification_code
from tests.licensing import given

QUERIES_A_PAGE = 15  # with the session, the user, the menu and the open alerts


@pytest.fixture
def at(people):
    """A browser signed in as a role: at("officer").get(...)."""
    def signed_in(name: str) -> Client:
        client = Client()
        client.force_login(getattr(people, name))
        return client
    return signed_in


def application_words(people, **changes) -> dict[str, object]:
    words = {
        "capacity": "exporter", "end_user": people.army.pk, "consignee": people.army.pk, "country": "MX", "purpose": "Service rifles",
        "number": "EUC-44", "issuer": "Ministry of Defence", "signatory": "The colonel", "issued_on": clock.today() - timedelta(days=9),
        "expires_on": clock.today() + timedelta(days=300), "no_reexport": "on", "consents_to_checks": "on", "verifies_delivery": "on",
        "lines-TOTAL_FORMS": 2, "lines-INITIAL_FORMS": 0, "lines-0-firearm_type": "rifle_semi", "lines-0-make": "colt", "lines-0-model": "M4",
        "lines-0-calibre": "556nato", "lines-0-quantity": 40, "lines-0-unit_value": "900.50",
    }
    return {**words, **changes}


def test_an_exporter_files_an_application_with_its_certificate_on_the_web(people, at):
    exporter = at("exporter")
    assert exporter.get("/licensing/applications/new/").status_code == 200
    file = SimpleUploadedFile("certificate.pdf", b"%PDF-1.4 signed")
    answer = exporter.post("/licensing/applications/new/", application_words(people, file=file), follow=True)
    application = Application.objects.get()
    assert "was saved" in answer.content.decode()
    assert (application.state, application.lines.get().unit_value_cents) == ("draft", 90_050)
    assert application.certificate.file_sha256 == Document.objects.get(subject=application.reference).sha256
    assert "Submit this draft" in answer.content.decode()
    exporter.post(f"/licensing/applications/{application.reference}/submit/")
    assert Application.objects.get().state == "submitted"


def test_a_file_that_is_not_what_its_name_says_is_refused_and_nothing_is_saved(people, at):
    file = SimpleUploadedFile("certificate.pdf", b"PK\x03\x04 a spreadsheet")
    answer = at("exporter").post("/licensing/applications/new/", application_words(people, file=file))
    assert "The content is not what the name says" in answer.content.decode()
    assert not Application.objects.exists()


def test_a_draft_is_edited_with_what_was_typed_before(people, at):
    application = given.drafted(people)
    page = at("exporter").get(f"/licensing/applications/{application.reference}/edit/").content.decode()
    assert application.purpose in page
    assert application.certificate.number in page
    at("exporter").post(f"/licensing/applications/{application.reference}/edit/", application_words(people, purpose="Patrol"))
    assert Application.objects.get().purpose == "Patrol"


def test_an_officer_screens_assesses_and_recommends_and_a_countersigner_decides_on_the_web(people, at):
    given.loaded_list(people.officer)
    application = given.confirmed(people, given.submitted(people))
    base = f"/licensing/applications/{application.reference}/"
    officer, countersigner = at("officer"), at("countersigner")
    assert "Screen the parties" in officer.get(base).content.decode()
    officer.post(f"{base}screen/")
    words = {f"criteria.{code}": entry.more["levels"].split("|")[0] for code, entry in reference.table("criteria").items()}
    words |= {f"flags.{code}": "low" for code in given.flag_answers(application)}
    words |= {f"flags.{code}.reason": "Known." for code in given.flag_answers(application)}
    assert "is not assessed" in officer.get(base).content.decode()
    officer.post(f"{base}assess/", {**words, "summary": "Little speaks against it."})
    officer.post(f"{base}recommend/", {"outcome": "approve", "conditions.STOCKTAKE": "on", "conditions.STOCKTAKE.months": "12", "note": "Fine."})
    page = countersigner.get(f"{base}decide/").content.decode()
    assert "Count by serial every 12 months" in page
    live = Application.objects.get().recommendations.get()
    answer = countersigner.post(f"{base}decide/", {"recommendation": live.pk, "note": ""}, follow=True)
    licence = Licence.objects.get()
    assert licence.reference in answer.content.decode()
    assert licence.conditions[0]["parameters"] == {"months": 12}


def test_ones_own_recommendation_is_not_countersigned_on_the_web_or_through_the_api(people, at):
    application = given.recommended(people)
    people.officer.role = Role.COUNTERSIGNER
    people.officer.save()
    live = application.recommendations.get()
    client = at("officer")
    page = client.post(f"/licensing/applications/{application.reference}/decide/", {"recommendation": live.pk}).content.decode()
    assert "another officer decides" in page
    answer = client.post(f"/api/licensing/applications/{application.reference}/decide", {"recommendation": live.pk}, content_type="application/json")
    assert answer.status_code == 409
    assert answer.json()["refused"]["rule"] == 2
    assert not Decision.objects.exists()


def test_the_assessment_form_says_which_answers_are_missing(people, at):
    application = given.screened(people, given.submitted(people))
    page = at("officer").post(f"/licensing/applications/{application.reference}/assess/", {"summary": "Fine."}).content.decode()
    assert "Every criterion is answered." in page


def test_the_applicant_sees_where_it_stands_and_nothing_that_officers_weigh(people, at):
    application = given.recommended(people)
    page = at("exporter").get(f"/licensing/applications/{application.reference}/").content.decode()
    assert "recommended" in page
    for words in ("Before you decide", "End user&#x27;s record", "Little speaks against it", "Not assessed", "Similar cases", "not screened"):
        assert words not in page


def test_another_partys_application_answers_like_one_that_does_not_exist(people, at):
    application = given.submitted(people)
    for path in ("", "edit/", "submit/", "withdraw/"):
        assert at("applicant").get(f"/licensing/applications/{application.reference}/{path}").status_code == 404
        assert at("applicant").get(f"/licensing/applications/A-1999-0001/{path}").status_code == 404


def test_monitors_and_tracers_see_a_licence_without_any_value(people, at):
    licence = given.licensed(people)
    for name in ("monitor", "tracer"):
        page = at(name).get(f"/licensing/licences/{licence.reference}/").content.decode()
        assert "Colt M4" in page
        assert "900" not in page
        assert at(name).get("/licensing/applications/").status_code == 403


@pytest.mark.parametrize("path", [
    "/licensing/applications/", "/licensing/applications/{application}/", "/licensing/applications/{application}/assess/",
    "/licensing/applications/{application}/decide/", "/licensing/licences/", "/licensing/licences/{licence}/"])
def test_a_page_asks_the_database_a_bounded_number_of_times(people, at, path, django_assert_max_num_queries):
    licence = given.licensed(people)
    application = given.recommended(people)
    for _ in range(3):
        given.licensed(people)
    client = at("officer") if "decide" not in path else at("countersigner")
    path = path.format(application=application.reference, licence=licence.reference)
    client.get(path)
    with django_assert_max_num_queries(QUERIES_A_PAGE):
        assert client.get(path).status_code == 200


def test_the_lists_filter_and_export_and_the_export_is_recorded(people, at):
    licence = given.licensed(people)
    given.submitted(people)
    officer = at("officer")
    page = officer.get("/licensing/applications/?state=approved").content.decode()
    assert licence.application.reference in page
    assert "A-" in page
    assert page.count("parties/") >= 1
    rows = b"".join(officer.get("/licensing/applications/?format=csv").streaming_content).decode().splitlines()
    assert len(rows) == 3
    rows = b"".join(officer.get("/licensing/licences/?format=csv").streaming_content).decode().splitlines()
    assert rows[1].startswith(f"{licence.reference},active")
    assert SensitiveRead.objects.filter(user=people.officer, reference="export of the list").count() == 2


def test_a_licence_is_suspended_and_reinstated_by_another_on_the_web(people, at):
    licence = given.licensed(people)
    base = f"/licensing/licences/{licence.reference}/"
    assert "Surrender" not in at("officer").get(base).content.decode()
    at("officer").post(f"{base}suspend/", {"reason": "A trace."})
    assert "suspended" in at("exporter").get(base).content.decode()
    at("countersigner").post(f"{base}reinstate/", {"reason": "Settled."})
    assert licence.state() == "active"


def test_anyone_checks_a_licence_by_its_code_and_learns_only_whether_it_is_valid_and_its_dates(people):
    licence = given.licensed(people)
    public = Client()
    code = verification_code(licence)
    page = public.get("/licensing/verify/", {"reference": licence.reference.lower(), "code": code.upper()}).content.decode()
    assert "Valid today" in page
    for secret in ("Secretariat", "Northern Rifle", "Colt", "100"):
        assert secret not in page
    assert "Not valid" in public.get("/licensing/verify/", {"reference": licence.reference, "code": "00000000"}).content.decode()
    assert "Not valid" in public.get("/licensing/verify/", {"reference": "L-1999-0001", "code": "ñ"}).content.decode()
    actions.suspend(licence, reason="A trace.", by=people.officer)
    answer = public.get("/api/licensing/verify", {"reference": licence.reference, "code": code}).json()
    assert (answer["valid"], set(answer)) == (False, {"valid", "issued_on", "expires_on"})


def test_a_held_application_shows_why_and_the_countersigner_releases_it(people, at):
    application = given.recommended(people)
    hold = actions.hold(application, because="A rifle was recovered", source="R-2009-0412", by=people.officer)
    base = f"/licensing/applications/{application.reference}/"
    page = at("countersigner").get(base).content.decode()
    assert "A rifle was recovered" in page
    assert "R-2009-0412" in page
    at("countersigner").post(f"{base}holds/{hold.pk}/release/", {"reason": "Reviewed."})
    assert Application.objects.get(pk=application.pk).state == "recommended"


def test_a_list_is_loaded_on_the_web_and_a_broken_one_says_where(people, at):
    officer = at("officer")
    columns = {"id_column": "id", "name_column": "name", "schema_column": "schema"}
    good = SimpleUploadedFile("own.csv", b"id,schema,name\nX-1,Person,Nobody Known\n")
    assert "was loaded" in officer.post("/licensing/lists/load/", {"file": good, **columns}, follow=True).content.decode()
    broken = SimpleUploadedFile("own.csv", b"id,schema,name\nX-1,Person\n")
    page = officer.post("/licensing/lists/load/", {"file": broken, **columns}).content.decode()
    assert "The row has 2 columns; the header has 3." in page
    assert "Quote cells that hold commas." in page


def test_what_a_measure_touches_is_counted_for_all_and_named_only_for_those_who_see_it(people, at):
    from tests.measures.given import drafted

    licence = given.licensed(people)
    measure = drafted(people)
    for name, sees in (("officer", True), ("policy", False)):
        page = at(name).get(f"/licensing/measures/{measure.reference}/touched/").content.decode()
        assert (licence.reference in page) is sees if name == "officer" else licence.reference not in page
        assert "100" in page
        assert "0 of 0" in page  # open applications


def test_the_officer_sees_what_the_certificate_must_hold_and_what_is_missing(people, at):
    application = given.submitted(people, certificate=given.certificate(consents_to_checks=False))
    certificate = application.certificate.registered
    held = read_by_program(certificate)
    assert (held["E02"], held["E19"], held["E27"], held["E04"]) == (True, False, False, None)
    assert f'/certificates/{certificate.pk}/' in at("officer").get(f"/licensing/applications/{application.reference}/").content.decode()
    assert "Checks on site are accepted" in at("officer").get(f"/certificates/{certificate.pk}/").content.decode()
    assert "What it must hold" not in at("exporter").get(f"/certificates/{certificate.pk}/").content.decode()


def test_attaching_without_a_file_says_so(people, at):
    application = given.submitted(people)
    answer = at("exporter").post(f"/licensing/applications/{application.reference}/documents/", {"sort": "order"})
    assert answer.status_code == 422
    assert "No file was chosen." in answer.content.decode()


def test_a_redacted_version_is_attached_from_the_application_and_stands_in_its_documents(people, at):
    application = given.submitted(people)
    at("exporter").post(f"/licensing/applications/{application.reference}/documents/",
                        {"sort": "order", "file": SimpleUploadedFile("order.pdf", b"%PDF-1.4 whole")})
    original, officer = Document.objects.get(subject=application.reference, sort="order"), at("officer")
    assert "Attach a redacted version of one" in officer.get(f"/licensing/applications/{application.reference}/").content.decode()
    answer = officer.post(f"/documents/attach/?subject={application.reference}", {
        "subject": application.reference, "sort": "order", "redacts": original.pk,
        "file": SimpleUploadedFile("order-open.pdf", b"%PDF-1.4 parts blacked out")}, follow=True).content.decode()
    assert "order-open.pdf was attached." in answer
    assert "redacted" in answer
