"""Application, certificate, order and import authorisation are compared; what differs is answered before an approval."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from enduse import clock
from enduse.certificates.models import ImportAuthorisationClaim
from enduse.ledger.verification import verify
from enduse.licensing import actions
from enduse.licensing.matching import compared
from enduse.licensing.models import Application
from enduse.licensing.readiness import before_approval
from enduse.refusals import Invalid, Refused
from tests.licensing import given as cases


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def lines_of(application: Application, quantity: int | None = None) -> list[dict[str, Any]]:
    asked = [line.as_words() for line in application.lines.all()]
    return [{name: each[name] for name in ("firearm_type", "make", "model", "calibre")} | {"quantity": quantity or each["quantity"]}
            for each in asked]


def paper(people, application: Application, sort: str = "order", number: str = "", quantity: int | None = None, **changes: Any):
    told: dict[str, Any] = {"sort": sort, "number": number or f"{sort}-{application.reference}", "issuer": "Secretariat of Defence",
                            "issued_on": clock.today(), "end_user": application.end_user.name, "country": "MX",
                            "lines": lines_of(application, quantity)}
    return actions.file_paper(application, by=people.exporter, **{**told, **changes})


def fresh(application: Application) -> Application:
    return Application.objects.get(pk=application.pk)


def test_four_papers_that_agree_stand_in_no_way(people):
    application = cases.recommended(people)
    for sort in ("euc", "order", "import_authorisation"):
        paper(people, application, sort)
    match = compared(fresh(application))
    assert (match.differences, match.missing) == ([], [])
    assert before_approval(fresh(application)) == []
    assert verify().differences == ()


def test_a_paper_that_was_not_filed_is_said_to_be_missing_and_differs_from_nothing(people):
    match = compared(cases.submitted(people))
    assert match.missing == ["order or contract", "import authorisation"]
    assert match.differences == []


def test_a_difference_blocks_the_approval_until_an_officer_accepts_it_with_a_reason(people):
    application = cases.recommended(people)
    paper(people, application, "order", quantity=7)
    assert [each.key for each in compared(application).differences] == ["order.quantity", "order.line-1"]
    with pytest.raises(Refused, match="The papers of"):
        actions.decide(application, by=people.countersigner)
    with pytest.raises(Invalid, match="says why"):
        actions.accept_difference(application, key="order.quantity", reason=" ", by=people.officer)
    for key in ("order.quantity", "order.line-1"):
        actions.accept_difference(application, key=key, reason="The order is delivered in two parts.", by=people.officer)
    actions.decide(application, by=people.countersigner)
    assert fresh(application).state == "approved"


def test_what_was_accepted_no_longer_counts_when_the_paper_says_otherwise(people):
    application = cases.submitted(people)
    paper(people, application, "order", quantity=7)
    actions.accept_difference(application, key="order.quantity", reason="In two parts.", by=people.officer)
    paper(people, application, "order", quantity=8)
    assert "order.quantity" in [each.key for each in compared(application).unanswered]


def test_another_end_user_or_country_is_a_difference_and_another_spacing_is_none(people):
    application = cases.submitted(people)
    paper(people, application, "order", end_user="  secretariat  of defence", country="GT")
    assert [each.key for each in compared(application).differences] == ["order.country"]
    paper(people, application, "order", end_user="Costa state police")
    assert [each.key for each in compared(application).differences] == ["order.end_user"]


def test_a_certificate_for_several_applications_may_cover_more(people):
    application = cases.submitted(people, certificate=cases.certificate("Q", single_use=False, quantity=5000))
    assert compared(application).differences == []


def test_an_import_authorisation_is_used_once(people):
    first, second = cases.submitted(people), cases.submitted(people)
    paper(people, first, "import_authorisation", "IA-1")
    with pytest.raises(Refused, match="An import authorisation is used once"):
        paper(people, second, "import_authorisation", "ia - 1")
    paper(people, first, "import_authorisation", "IA-1", quantity=3)
    actions.withdraw(first, by=people.exporter)
    paper(people, second, "import_authorisation", "IA-1")
    assert ImportAuthorisationClaim.objects.get().subject == second.reference
    with pytest.raises(IntegrityError), transaction.atomic():
        ImportAuthorisationClaim.objects.create(key=ImportAuthorisationClaim.objects.get().key, subject="A-9999-0001")


def test_a_bad_paper_is_refused_with_every_fault(people):
    application = cases.submitted(people)
    with pytest.raises(Invalid) as invalid:
        paper(people, application, "order", country="Mexico", lines=[{"firearm_type": "x", "calibre": "y", "quantity": 0}])
    assert {(each.row, each.field) for each in invalid.value.problems} == {
        (None, "country"), (1, "firearm_type"), (1, "calibre"), (1, "quantity")}


def test_another_partys_application_takes_no_paper(people):
    application = cases.submitted(people, by=people.applicant, capacity="buying_government")
    with pytest.raises(Refused, match="no such application"):
        paper(people, application)


def test_the_pages_and_the_api_file_compare_and_accept(people):
    application = cases.submitted(people)
    exporter, officer = signed_in(people.exporter), signed_in(people.officer)
    body = {"sort": "order", "number": "PO-1", "issuer": "Secretariat", "issued_on": clock.today().isoformat(), "end_user": "Secretariat of Defence",
            "country": "MX", "lines": lines_of(application, 7)}
    made = exporter.post(f"/api/licensing/applications/{application.reference}/papers", body, content_type="application/json")
    assert made.status_code == 200
    match = officer.get(f"/api/licensing/applications/{application.reference}/match").json()
    assert [each["key"] for each in match["differences"]] == ["order.quantity", "order.line-1"]
    page = officer.get(f"/licensing/applications/{application.reference}/").content.decode()
    assert "application and order or contract differ" in page
    accepted = officer.post(f"/licensing/applications/{application.reference}/differences/order.quantity/accept/", {"reason": "In two parts."})
    assert accepted.status_code == 302
    assert "In two parts." in exporter.get(f"/licensing/applications/{application.reference}/").content.decode()
    form = {"sort": "order", "number": "PO-2", "issuer": "Secretariat", "issued_on": clock.today().isoformat(), "end_user": "Secretariat of Defence",
            "country": "MX", "lines-TOTAL_FORMS": "1", "lines-INITIAL_FORMS": "0"} | {
            f"lines-0-{name}": value for name, value in lines_of(application)[0].items()}
    assert exporter.post(f"/licensing/applications/{application.reference}/papers/", form).status_code == 302
    assert compared(fresh(application)).differences == []
