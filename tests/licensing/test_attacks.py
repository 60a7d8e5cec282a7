"""What people send who err or mean harm: absurd numbers and days, names in every script, files that are not what they say, two tabs."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from enduse import clock
from enduse.licensing import actions
from enduse.licensing.models import Application, Decision
from enduse.parties.models import Party
from enduse.refusals import Invalid
from tests.licensing import given
from tests.licensing.test_pages import application_words, at  # noqa: F401 - a fixture

ENTRY = "ML1.a"
RTL = "شركة النسر \u202e للأسلحة"
LONG = "Ministerio " * 27 + "fin"


@pytest.mark.parametrize("changes", [
    {"lines-0-quantity": "99999999999999999999"}, {"lines-0-quantity": "-4"}, {"lines-0-quantity": "1e9"},
    {"lines-0-unit_value": "9999999999999"}, {"lines-0-unit_value": "NaN"}, {"lines-0-unit_value": "-1"},
    {"quantity": "99999999999999999999", "single_use": ""}, {"country": "M1"}, {"country": "ZZ"}, {"country": "<b>"},
    {"transit_countries": "US, QQ"}, {"issued_on": "0000-00-00"}, {"issued_on": "9999-12-31", "expires_on": "9999-12-31"}, {"expires_on": "0001-01-01"},
    {"expires_on": "20120-01-01"}, {"end_user": "99999999999999999999"}, {"end_user": "<script>"}, {"lines-TOTAL_FORMS": "9999999"},
    {"lines-TOTAL_FORMS": "x"}, {"number": "x" * 3000}, {"purpose": ""}, {"kind": "invented"}, {"capacity": "king"}, {"lines-0-firearm_type": "cannon"},
], ids=str)
def test_an_absurd_application_is_refused_with_a_word_and_keeps_what_was_typed(people, at, changes):  # noqa: F811
    answer = at("exporter").post("/licensing/applications/new/", application_words(people, purpose="Rifles for the zone") | changes)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'role="alert"' in page
    assert not Application.objects.exists()
    assert "purpose" in changes or "Rifles for the zone" in page


@pytest.mark.parametrize("name", [RTL, LONG, "<img src=x onerror=alert(1)>", "Robert'); DROP TABLE parties;--", "名前" * 90, "a\u0000b"], ids=["rtl", "long", "html", "sql", "han", "nul"])
def test_a_name_in_any_script_is_kept_or_refused_and_never_run(people, at, name):  # noqa: F811
    officer = at("officer")
    answer = officer.post("/parties/new/", {"name": name, "kind": "company", "country": "MX"}, follow=True)
    assert answer.status_code == 200
    assert "<img src=x" not in answer.content.decode()
    party = Party.objects.filter(country="MX", kind=Party.COMPANY).order_by("-pk").first()
    if party is None:
        assert 'role="alert"' in answer.content.decode()
        return
    for page in (f"/parties/{party.pk}/", "/parties/", f"/parties/?search={name[:20]}", f"/screening/parties/{party.pk}/"):
        shown = officer.get(page)
        assert shown.status_code == 200
        assert "<img src=x" not in shown.content.decode()


def test_a_country_in_letters_that_only_look_latin_is_no_country(people, at):  # noqa: F811
    page = at("exporter").post("/licensing/applications/new/", application_words(people, country="\u041c\u0425")).content.decode()
    assert "A country is two letters." in page
    assert "No country has this code." in at("exporter").post("/licensing/applications/new/", application_words(people, country="UK")).content.decode()


def test_what_is_wrong_in_a_line_is_said_on_top_of_the_page_and_files_are_asked_for_again(people, at):  # noqa: F811
    file = SimpleUploadedFile("certificate.pdf", b"%PDF-1.4 signed")
    page = at("exporter").post("/licensing/applications/new/", application_words(people, file=file, **{"lines-0-quantity": "-4"})).content.decode()
    assert "mend the rows that are marked below" in page
    assert "Row 1, Quantity" in page
    assert "Choose each file again" in page


def test_an_application_without_a_value_is_not_filed_since_the_second_look_follows_from_it(people):
    draft = given.drafted(people, lines=[actions.LineAsked("rifle_semi", "556nato", 2_000)])
    with pytest.raises(Invalid, match="worth"):
        actions.submit(draft, by=people.exporter)
    assert Application.objects.get().state == "draft"


def test_an_amendment_cannot_take_the_value_off(people, at):  # noqa: F811
    application = given.submitted(people)
    page = at("exporter").post(f"/licensing/applications/{application.reference}/amend/", application_words(
        people, number=application.certificate.number, issuer=application.certificate.issuer, why="Cheaper.", version=1, **{"lines-0-unit_value": ""}))
    assert "who countersigns" in page.content.decode()
    assert Application.objects.get().lines.get().unit_value_cents == 90_000


def test_a_value_beyond_sense_over_the_api_is_a_problem_of_its_row_and_no_fault_of_the_server(people, at):  # noqa: F811
    with pytest.raises(Invalid) as invalid:
        given.drafted(people, lines=[actions.LineAsked("rifle_semi", "556nato", 1, 10**30)])
    assert (invalid.value.problems[0].row, invalid.value.problems[0].field) == (1, "unit_value_cents")


def test_a_copy_keeps_the_control_list_entry_of_each_line(people):
    line = actions.LineAsked("rifle_semi", "556nato", 5, 90_000, control_entry=ENTRY)
    application = given.submitted(people, lines=[line])
    assert actions.copy(application, by=people.exporter).lines.get().control_entry == application.lines.get().control_entry == ENTRY


def test_a_certificate_dated_tomorrow_is_refused(people):
    tomorrow = clock.today() + timedelta(days=1)
    with pytest.raises(Invalid, match="still to come"):
        given.drafted(people, certificate=given.certificate(issued_on=tomorrow, expires_on=date(2999, 1, 1)))


def test_a_condition_without_its_value_is_marked_beside_it_and_nothing_that_was_typed_is_lost(people, at):  # noqa: F811
    application = given.assessed(people)
    page = at("officer").post(f"/licensing/applications/{application.reference}/recommend/", {
        "outcome": "approve", "note": "Count them, please.", "conditions.STOCKTAKE": "on", "conditions.DVC": "on", "conditions.DVC.days": "30"}).content.decode()
    field = page[page.index('name="conditions.STOCKTAKE.months"') - 600:page.index('name="conditions.STOCKTAKE.months"') + 600]
    assert "This condition needs a value." in field
    assert "Count them, please." in page


def test_the_second_tab_that_decides_is_told_that_it_was_decided(people, at):  # noqa: F811
    application = given.recommended(people)
    tab, words = at("countersigner"), {"recommendation": application.recommendations.get().pk, "note": ""}
    tab.post(f"/licensing/applications/{application.reference}/decide/", words)
    again = tab.post(f"/licensing/applications/{application.reference}/decide/", words)
    assert Decision.objects.count() == 1
    assert 'role="alert"' in again.content.decode()


def test_a_suspended_licence_says_on_top_why_nothing_moves(people, at):  # noqa: F811
    licence = given.licensed(people)
    actions.suspend(licence, reason="Signs of diversion.", by=people.officer)
    page = at("exporter").get(f"/licensing/licences/{licence.reference}/").content.decode()
    assert "nothing is declared or shipped under it" in page
    assert page.index("Signs of diversion.") < page.index("What it permits")


def test_who_had_a_part_in_a_refusal_is_told_so_before_answering_any_question_of_its_appeal(people, at):  # noqa: F811
    application = given.recommended(people, outcome="deny", reason_codes=["DV"])
    actions.decide(application, by=people.countersigner)
    actions.appeal(application, grounds="The stations count now.", by=people.exporter)
    first, other = at("officer"), at("officer2")
    path = f"/licensing/applications/{application.reference}/"
    assert "other officers decide the appeal" in first.get(path).content.decode()
    assert f"{path}assess/" not in first.get(path).content.decode()
    assert "You had a part in the first decision" in first.get(f"{path}assess/").content.decode()
    assert f"{path}assess/" in other.get(path).content.decode()
    assert other.get(f"{path}assess/").status_code == 200


def test_who_edits_a_draft_reads_a_unit_that_it_names_by_its_name_and_keeps_it(people, at):  # noqa: F811
    """An exporter sees no units, but this one stands in its own application."""
    draft = given.drafted(people, consignee=people.zone)
    page = at("exporter").get(f"/licensing/applications/{draft.reference}/edit/").content.decode()
    assert f'name="consignee" value="{people.zone.name}"' in page
    words = application_words(people, consignee=people.zone.name, number="EUC-77")
    at("exporter").post(f"/licensing/applications/{draft.reference}/edit/", words)
    assert Application.objects.get().consignee == people.zone
    assert f"/parties/{people.zone.pk}/" not in at("exporter").get(f"/licensing/applications/{draft.reference}/").content.decode()
    assert f"/parties/{people.zone.pk}/" in at("officer").get(f"/licensing/applications/{given.submitted(people, consignee=people.zone).reference}/").content.decode()


@pytest.mark.parametrize("months", [10**20, 99_999, 0, -3, "12.5", "soon"])
def test_a_condition_of_an_absurd_time_is_refused(people, at, months):  # noqa: F811
    application = given.assessed(people)
    answer = at("officer").post(f"/licensing/applications/{application.reference}/recommend/", {
        "outcome": "approve", "note": "Count them.", "conditions.STOCKTAKE": "on", "conditions.STOCKTAKE.months": months})
    assert "a time of at most ten years" in answer.content.decode()
    assert not application.recommendations.exists()


def test_a_condition_offers_its_usual_value(people, at):  # noqa: F811
    page = at("officer").get(f"/licensing/applications/{given.assessed(people).reference}/recommend/").content.decode()
    assert 'name="conditions.STOCKTAKE.months" value="12"' in page


def test_an_undertaking_for_more_firearms_than_there_are_is_refused(people):
    licence = given.open_licence(people, people.police, used=True)
    with pytest.raises(Invalid, match="covers 1 to"):
        given.undertaken(people, licence, people.army, single_use=False, quantity=10**20)


def test_a_month_to_come_and_more_soldiers_than_there_are_people_are_refused(people, at):  # noqa: F811
    for month, serving, words in ((clock.today() + timedelta(days=60), 500, "still to come"), (date(2010, 5, 1), 10**20, "more serve than any body has")):
        page = at("custodian").post(f"/parties/{people.army.pk}/personnel/", {
            "month": month, f"personnel.{people.zone.pk}": serving, f"desertions.{people.zone.pk}": 0}).content.decode()
        assert words in page


def test_an_address_with_a_number_beyond_every_key_is_not_found(people, at):  # noqa: F811
    for noun in ("certificates", "parties", "screening/hits", "alerts", "documents"):
        assert at("officer").get(f"/{noun}/{10**20}/").status_code == 404
