"""Search finds what one may see, and neither finds nor counts the rest."""

import pytest

from enduse.accounts.models import SensitiveRead
from enduse.web.finding import search
from tests.licensing import given as licensing
from tests.tracing import given as traced

pytestmark = pytest.mark.django_db


def found(user, asked: str) -> dict[str, list[str]]:
    return {str(group.label): [each.title for each in group.found] for group in search(user, asked)}


@pytest.fixture
def guns(people):
    return traced.sold(people, "W345872", "W345900")


def test_a_serial_is_found_by_how_it_begins_whatever_its_separators(people, guns):
    assert found(people.tracer, "w 3458")["Firearms"] == ["W345872"]
    assert found(people.tracer, "w-345")["Firearms"] == ["W345872", "W345900"]


def test_reading_serials_in_a_search_is_itself_recorded(people, guns):
    search(people.tracer, "W345")
    read = SensitiveRead.objects.get(user=people.tracer)
    assert (read.noun, read.reference) == ("firearm", "search: W345")


def test_a_custodian_finds_only_what_its_own_end_user_ever_held(people, guns):
    assert found(people.custodian, "W345")["Firearms"] == ["W345872", "W345900"]
    assert "Firearms" not in found(people.police_custodian, "W345")


@pytest.mark.parametrize("role", ["analyst", "policy_officer"])
def test_who_sees_figures_only_finds_no_firearm_and_no_recovery(people, guns, role):
    traced.recovery(people, marks="W345872")
    user = people.by_role()[role]
    assert {"Firearms", "Recoveries"}.isdisjoint(found(user, "W345"))


def test_an_applicant_does_not_find_anothers_application(people):
    application = licensing.submitted(people)
    assert found(people.officer, application.reference)["Applications"] == [application.reference]
    assert "Applications" not in found(people.applicant, application.reference)


def test_an_unconfirmed_recovery_is_hidden_from_licensing(people):
    recovery = traced.recovery(people)
    assert found(people.tracer, "MICH")["Recoveries"] == [recovery.reference]
    assert "Recoveries" not in found(people.officer, "MICH")


def test_one_character_is_too_little_and_the_page_says_so(client, people, guns):
    client.force_login(people.tracer)
    assert "at least two characters" in client.get("/search/?q=W").content.decode()


def test_nothing_found_says_what_to_try_instead(client, people):
    client.force_login(people.tracer)
    assert "record the recovery" in client.get("/search/?q=ZZZZ").content.decode()


def test_a_hostile_text_is_shown_as_text(client, people):
    client.force_login(people.tracer)
    page = client.get("/search/", {"q": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert" not in page


def test_more_than_ten_are_said_to_be_more(people):
    traced.sold(people, *[f"K7{n:04d}" for n in range(12)])
    (group,) = [group for group in search(people.tracer, "K7") if str(group.label) == "Firearms"]
    assert len(group.found) == 10
    assert group.more


def test_a_whole_reference_opens_its_page(client, people):
    application = licensing.submitted(people)
    client.force_login(people.officer)
    response = client.get("/search/", {"q": application.reference.lower()}, follow=True)
    assert response.redirect_chain[-1][0] == f"/licensing/applications/{application.reference}/"
    assert response.status_code == 200


def test_every_match_leads_to_a_page_that_opens(client, people, guns):
    traced.recovery(people)
    licensing.submitted(people)
    client.force_login(people.auditor)
    for asked in ("W345", "MICH", "Secretariat", "Northern", "L-2006"):
        for group in search(people.auditor, asked):
            for each in group.found:
                assert each.url, each
                assert client.get(each.url).status_code == 200, each.url
