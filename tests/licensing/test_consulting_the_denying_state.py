"""Common Position 2008/944, article 4: the state that denied the like is consulted before an approval, and told why one was given."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.staticfiles import finders
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from enduse import clock
from enduse.alerts.models import Alert
from enduse.documents.models import Document
from enduse.ledger.actions import record
from enduse.ledger.models import Fact
from enduse.ledger.verification import verify
from enduse.licensing import actions, dated
from enduse.licensing.actions.consulting import consult_denier, explain_to_denier
from enduse.licensing.actions.denying_elsewhere import end_denial
from enduse.licensing.chain import ChainAsked
from enduse.licensing.kinds import KindAsked
from enduse.licensing.models import (
    Application,
    Decision,
    DenialConsultation,
    DenialExplained,
    Licence,
    NotifiedDenial,
    Recommendation,
)
from enduse.licensing.readiness import before_approval
from enduse.measures.actions import months_before
from enduse.refusals import Invalid, NotPermitted, Refused
from tests.cli.conftest import run
from tests.deliveries import given as deliveries
from tests.licensing import given
from tests.licensing.test_kinds import fields_of
from tests.licensing.test_letters import written
from tests.licensing.test_notified_denials import denied
from tests.licensing.test_the_holes import at, refused_everywhere

__all__ = ["run", "written"]
PDF = b"%PDF-1.4 a note"


def consulted(people, application: Application, denial: NotifiedDenial, **changes) -> DenialConsultation:
    asked = {"asked_on": clock.today(), "asked_whom": "Export control office", "position": "maintains", "answered_on": clock.today(),
             "answer": "It was diverted before."}
    return consult_denier(application, denial, by=people.officer, **{**asked, **changes})


@pytest.fixture
def touched(people) -> tuple[Application, NotifiedDenial]:
    """A recommended application, and a denial of the like that another state notified since."""
    return given.recommended(people), denied(people)


def test_nothing_that_another_state_denied_is_approved_before_it_was_consulted_by_page_api_or_command_line(run, people, touched):
    application, _denial = touched
    live = application.recommendations.get()
    says = "that state was not consulted: DE 12/2011"
    refused_everywhere(
        run, people.countersigner, f"/licensing/applications/{application.reference}/decide/", {"recommendation": live.pk, "note": ""},
        ("licensing", "decide", f"/api/licensing/applications/{application.reference}/decide", {}), application.reference, says=says)
    assert [each.kind for each in before_approval(application)] == ["consultation"]
    page = at(people.officer).get(f"/licensing/applications/{application.reference}/").content.decode()
    assert says in page
    assert "Record the consultation" in page
    assert not Decision.objects.exists()


def test_once_it_was_consulted_the_officers_decide_whatever_it_answered(people, touched):
    application, denial = touched
    consulted(people, application, denial)
    assert before_approval(Application.objects.get(pk=application.pk)) == []
    assert actions.decide(application, by=people.countersigner).outcome == "approve"
    assert verify().differences == ()


def test_a_denial_is_decided_without_consulting_anybody(people):
    application = given.recommended(people, outcome="deny", reason_codes=["DV"])
    denied(people)
    assert actions.decide(application, by=people.countersigner).outcome == "deny"


@pytest.mark.parametrize("changes", [{"country": "GT"}, {"lines": [{"firearm_type": "smg", "calibre": "556nato"}]}])
def test_what_is_not_essentially_identical_asks_no_consultation(people, changes):
    application = given.recommended(people)
    denial = denied(people, **changes)
    with pytest.raises(Refused, match="does not count for"):
        consulted(people, application, denial)
    assert isinstance(actions.decide(application, by=people.countersigner), Decision)


def test_a_denial_that_was_taken_back_or_is_older_than_the_rule_says_asks_none(people, touched):
    application, denial = touched
    with deliveries.later(40 * 31):
        assert "consultation" not in {each.kind for each in before_approval(application)}
    end_denial(denial, reason="Its note.", by=people.officer)
    assert isinstance(actions.decide(application, by=people.countersigner), Decision)


def test_where_no_rule_of_the_day_asks_it_nothing_is_refused(people):
    with clock.at(datetime(1997, 3, 1, 9, tzinfo=UTC)):
        application = given.recommended(people)
        denied(people)
        assert isinstance(actions.decide(application, by=people.countersigner), Decision)


def forged(people, application: Application, fact: Fact) -> Fact:
    """What raw SQL writes, asked of nobody."""
    with transaction.atomic():
        return record(fact, by=people.countersigner)


def test_raw_sql_neither_recommends_nor_approves_nor_licenses_what_was_not_consulted(people, touched):
    application, denial = touched
    live = application.recommendations.get()
    decision = Decision(application=application, recommendation=live, recommended_by=people.officer, outcome="approve")
    again = Recommendation(application=application, assessment=live.assessment, outcome="approve", note="Forged.")
    licence = Licence(reference="L-0000-0001", application=application, issued_on=clock.today(), expires_on=clock.today(), conditions=[])
    for fact in (decision, again, licence):
        with pytest.raises(IntegrityError, match="before that state was consulted"):
            forged(people, application, fact)
    consulted(people, application, denial)
    assert forged(people, application, Decision(application=application, recommendation=live, recommended_by=people.officer, outcome="approve")).pk


@pytest.mark.parametrize("months", [0, 1, 35])
def test_raw_sql_is_held_by_the_same_months_as_the_officers(people, months):
    """The last day that counts and the first that does not, also where the month is shorter."""
    for moment, day in ((datetime(2011, 3, 31, 9, tzinfo=UTC), 31), (datetime(2012, 2, 29, 9, tzinfo=UTC), 29)):
        with clock.at(moment):
            application = given.recommended(people)
            live = application.recommendations.get()
            gone = denied(people, number=f"A-{day}-{months}", denied_on=months_before(clock.today(), 36))
            assert before_approval(application) == []
            counts = denied(people, number=f"B-{day}-{months}", denied_on=months_before(clock.today(), months) if months < 35
                            else gone.denied_on + timedelta(days=1))
            assert {each.kind for each in before_approval(application)} == {"consultation"}
            with pytest.raises(IntegrityError, match="before that state was consulted"):
                forged(people, application, Decision(application=application, recommendation=live, recommended_by=people.officer, outcome="approve"))
            end_denial(counts, reason="Its note.", by=people.officer)
            assert forged(people, application, Decision(application=application, recommendation=live, recommended_by=people.officer, outcome="approve")).pk


def test_raw_sql_sees_a_denial_of_a_recipient_and_of_an_ultimate_end_user_and_no_other(people):
    lines = [{"firearm_type": "rifle_assault", "calibre": "556nato"}]
    opened = given.recommended(people, lines=[given.OPEN_LINE], certificate=None, kind=KindAsked("open", recipients=(people.police,), destinations=("GT",)))
    through = given.recommended(people, lines=[given.OPEN_LINE], others=ChainAsked(ultimate_end_users=(people.police,)))
    neither = given.recommended(people, lines=[given.OPEN_LINE])
    denied(people, end_user=people.police, lines=[{"firearm_type": "smg", "calibre": "9para"}, *lines])
    for application, is_held in ((opened, True), (through, True), (neither, False)):
        live = application.recommendations.get()
        fact = Decision(application=application, recommendation=live, recommended_by=people.officer, outcome="approve")
        assert ("consultation" in {each.kind for each in before_approval(application)}) == is_held
        if is_held:
            with pytest.raises(IntegrityError, match="before that state was consulted"):
                forged(people, application, fact)
        else:
            assert forged(people, application, fact).pk
    denied(people, number="13/2011", country="GT", lines=lines)
    with pytest.raises(IntegrityError, match="before that state was consulted"):
        forged(people, opened, Recommendation(application=opened, assessment=opened.assessments.get(), outcome="approve"))


def test_an_approval_is_not_recommended_before_by_page_api_or_command_line_and_a_denial_is(run, people):
    application, denial = given.confirmed(people, given.assessed(people)), denied(people)
    where = f"/licensing/applications/{application.reference}/recommend/"
    page = at(people.officer).get(where).content.decode()
    assert "that state was not consulted: DE 12/2011" in page
    assert f"/licensing/applications/{application.reference}/#denied-elsewhere" in page
    refused_everywhere(
        run, people.officer, where, {"outcome": "approve", "note": "Needed."},
        ("licensing", "recommend", f"/api/licensing/applications/{application.reference}/recommend", {"outcome": "approve", "note": "Needed."}),
        application.reference, "--outcome", "approve", "--note", "Needed.", says="that state was not consulted: DE 12/2011")
    assert actions.recommend(application, outcome="deny", reason_codes=["DV"], note="As it said.", by=people.officer).outcome == "deny"
    consulted(people, application, denial)
    assert "that state was not consulted" not in at(people.officer).get(where).content.decode()
    assert actions.recommend(application, outcome="approve", note="Needed.", by=people.officer).outcome == "approve"


@pytest.mark.skipif(finders.find("vendor/DejaVuSans.ttf") is None, reason="the fonts come with make setup")
@pytest.mark.parametrize(("language", "words"), [
    ("en", ["Your denial 12/2011: licence granted", "To: Export control office, DE", "You maintain your denial.", "article 4"]),
    ("es", ["Su denegación 12/2011: licencia concedida", "A la atención de: Export control office, DE", "Ustedes mantienen su denegación."])])
def test_the_letter_to_the_state_bears_the_reasons_on_the_page_and_over_the_api_for_officers_alone(people, touched, written, language, words):
    application, denial = touched
    first = consulted(people, application, denial)
    page, endpoint = f"/licensing/consultations/{first.pk}/letter/", f"/api/licensing/consultations/{first.pk}/letter"
    assert "There are no reasons to tell DE yet." in at(people.officer).get(page, follow=True).content.decode()
    assert at(people.officer).get(endpoint).status_code == 409
    actions.decide(application, by=people.countersigner)
    explain_to_denier(first, reasons="Its use is verified on site each year.\nEach unit is counted.", by=people.officer)
    assert page in at(people.officer).get(f"/licensing/applications/{application.reference}/").content.decode()
    paper = at(people.officer).get(page, {"language": language})
    assert (paper["Content-Type"], paper.content[:5]) == ("application/pdf", b"%PDF-")
    text = "\n".join(written)
    for word in [*words, "Its use is verified on site each year.", "Each unit is counted.", "It was diverted before.", application.end_user.name, "100"]:
        assert word in text, word
    assert at(people.auditor).get(endpoint, {"language": language}).content == paper.content
    assert at(people.exporter).get(page).status_code == at(people.exporter).get(endpoint).status_code == 403


def test_the_rule_has_its_dates_and_stands_in_the_table(people):
    assert dated.consultation_asked(clock.today()).code == "D-944"
    assert dated.consultation_asked(dated.rules(dated.DENIALS)[0].since - timedelta(days=1)) is None
    assert "is consulted before a licence is granted" in at(people.officer).get("/licensing/rules/").content.decode()


def test_a_denial_of_a_recipient_of_an_open_application_asks_it_too(people):
    denial = denied(people, end_user=people.police, lines=[{"firearm_type": "rifle_assault", "calibre": "556nato"}])
    application = actions.submit(given.drafted(
        people, lines=[given.OPEN_LINE], certificate=None, kind=KindAsked("open", recipients=(people.police,))), by=people.exporter)
    assert "consultation" in {each.kind for each in before_approval(Application.objects.get(pk=application.pk))}
    assert consulted(people, application, denial).application == application


def test_each_fault_of_a_consultation_is_named(people, touched):
    tomorrow = clock.today() + timedelta(days=1)
    for changes, fields in (
        ({"asked_whom": " ", "asked_on": tomorrow}, {"asked_whom", "asked_on", "answered_on"}), ({"position": "perhaps"}, {"position"}),
        ({"position": "silent"}, {"answered_on"}), ({"answered_on": None}, {"answered_on"}), ({"answer": " "}, {"answer"}),
        ({"asked_on": clock.today() - timedelta(days=31)}, {"asked_on"}),
    ):
        with pytest.raises(Invalid) as refused:
            consulted(people, *touched, **changes)
        assert fields_of(refused) == fields, changes
    with pytest.raises(NotPermitted):
        consult_denier(*touched, asked_on=clock.today(), asked_whom="x", position="silent", by=people.countersigner)
    assert not DenialConsultation.objects.exists()


def test_the_state_is_told_why_once_a_licence_stands_and_the_days_command_reminds_of_it(run, people, touched):
    application, denial = touched
    first = consulted(people, application, denial, position="silent", answered_on=None, answer="")
    with pytest.raises(Refused, match="nothing to explain"):
        explain_to_denier(first, reasons="It is needed.", by=people.officer)
    actions.decide(application, by=people.countersigner)
    assert "1 licences of whose reasons" in run("daily").output
    assert "0 licences of whose reasons" in run("daily").output
    assert Alert.objects.get(link__contains=f"#consultation-{first.pk}").because.startswith(application.reference)
    explain_to_denier(first, reasons="Its use is verified on site each year.", by=people.officer)
    page = at(people.officer).get(f"/licensing/applications/{application.reference}/").content.decode()
    assert "Its use is verified on site each year." in page
    with pytest.raises(Refused, match="nothing to explain"):
        explain_to_denier(first, reasons="Again.", by=people.officer)
    assert verify().differences == ()


def test_it_is_recorded_on_the_page_with_its_paper_and_read_by_officers_alone(people, touched):
    application, denial = touched
    where = f"/licensing/applications/{application.reference}/denials/{denial.pk}/consult/"
    assert "It denied the like on" in at(people.officer).get(where).content.decode()
    words = {"asked_on": clock.today().isoformat(), "asked_whom": "Export control office", "position": "maintains",
             "answered_on": clock.today().isoformat(), "answer": "It was diverted before."}
    page = at(people.officer).post(where, {**words, "answer": ""}).content.decode()
    assert "A denial that is maintained has its reasons" in page
    page = at(people.officer).post(where, {**words, "paper": SimpleUploadedFile("note.pdf", PDF)}, follow=True).content.decode()
    assert "It was diverted before." in page
    assert "The answer as a file" in page
    assert DenialConsultation.objects.get().paper == Document.objects.get()
    own = at(people.exporter).get(f"/licensing/applications/{application.reference}/").content.decode()
    assert "It was diverted before." not in own
    assert "note.pdf" not in own
    actions.decide(application, by=people.countersigner)
    found = DenialConsultation.objects.get()
    next_step = "It denied the like and was consulted."
    assert next_step in at(people.officer).get(f"/licensing/applications/{application.reference}/").content.decode()
    page = at(people.officer).post(f"/licensing/consultations/{found.pk}/explain/", {
        "told_on": clock.today().isoformat(), "reasons": "Checked each year."}, follow=True).content.decode()
    assert "Checked each year." in page
    assert next_step not in page


def test_it_is_recorded_and_explained_over_the_api_and_on_the_command_line(run, people, touched):
    application, denial = touched
    body = {"denial": denial.pk, "asked_on": clock.today().isoformat(), "asked_whom": "Its office", "position": "silent"}
    url = f"/api/licensing/applications/{application.reference}/consultations"
    answered = at(people.officer).post(url, json.dumps(body), content_type="application/json")
    assert answered.status_code == 200, answered.content
    assert (answered.json()["state"], answered.json()["explained_on"]) == ("DE", None)
    assert at(people.exporter).get(url).status_code == 403
    actions.decide(application, by=people.countersigner)
    said = run("licensing", "explain-to-denier", str(answered.json()["id"]), "--reasons", "Checked each year.", by=people.officer)
    assert said.exit_code == 0, said.output
    assert [each["reasons"] for each in at(people.auditor).get(url).json()] == ["Checked each year."]


def test_what_was_answered_and_told_is_never_edited(people, touched):
    application, denial = touched
    first = consulted(people, application, denial)
    actions.decide(application, by=people.countersigner)
    explain_to_denier(first, reasons="Checked each year.", by=people.officer)
    with pytest.raises(IntegrityError, match="never edited"), transaction.atomic():
        DenialConsultation.objects.update(position="no_objection")
    with pytest.raises(IntegrityError, match="never edited"), transaction.atomic():
        DenialExplained.objects.update(told_on=clock.today() - timedelta(days=1))
