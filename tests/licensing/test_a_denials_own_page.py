"""A denial that another state notified has a page: what was denied and why, until when it counts, what it touches, what its state was asked."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from enduse import clock
from enduse.licensing import actions
from enduse.licensing.actions.consulting import explain_to_denier
from enduse.licensing.actions.denying_elsewhere import end_denial
from enduse.licensing.chain import ChainAsked
from enduse.licensing.denial_queries import counts, counts_until, touched_by
from enduse.licensing.models import NotifiedDenial
from tests.cli.conftest import run
from tests.deliveries import given as deliveries
from tests.licensing import given
from tests.licensing.test_consulting_the_denying_state import consulted
from tests.licensing.test_notified_denials import denied
from tests.licensing.test_the_holes import at

__all__ = ["run"]


def page_of(user, denial: NotifiedDenial) -> str:
    return at(user).get(f"/licensing/denials/{denial.pk}/").content.decode()


def test_it_says_what_was_denied_why_until_when_and_where_it_stands_in_the_log(people):
    denial = denied(people, denied_on=date(2026, 1, 5), reason_codes=["DV"], note="Found with an armed group.", received_from="Secretariat, circular 12")
    page = page_of(people.officer, denial)
    for words in ("DE 12/2011", "counts today", people.army.name, "Self-loading rifle, 5.56x45 mm NATO", "Found with an armed group.",
                  "Secretariat, circular 12", "4 Jan 2029", "36 months from its day", f"leaf {denial.pk}", "Record that it was taken back"):
        assert words in page, words
    assert f"/licensing/denials/{denial.pk}/" in at(people.officer).get("/licensing/denials/").content.decode()


def test_it_names_the_open_applications_that_it_touches_and_whether_its_state_was_consulted(people):
    touched, through = given.submitted(people), given.submitted(people, end_user=people.police, consignee=people.police,
                                                                others=ChainAsked(ultimate_end_users=(people.army,)))
    decided = given.recommended(people, outcome="deny", reason_codes=["DV"])
    actions.decide(decided, by=people.countersigner)
    others = [given.submitted(people, end_user=people.police, consignee=people.police), given.submitted(people, lines=[given.OPEN_LINE]), decided, given.drafted(people)]
    denial = denied(people)
    consulted(people, touched, denial)
    page = page_of(people.officer, denial)
    assert [(each.reference, each.is_consulted) for each in touched_by(people.officer, denial)] == [(through.reference, False), (touched.reference, True)]
    assert f'href="/licensing/applications/{through.reference}/#denied-elsewhere"' in page
    assert f"/licensing/applications/{through.reference}/denials/{denial.pk}/consult/" in page
    assert f"/licensing/applications/{touched.reference}/denials/{denial.pk}/consult/" not in page
    assert not any(each.reference in page for each in others)
    assert f"/licensing/denials/{denial.pk}/" in at(people.officer).get(f"/licensing/applications/{touched.reference}/").content.decode()


def test_it_tells_what_its_state_answered_and_was_told(people):
    denial, application = denied(people), given.assessed(people)
    first = consulted(people, application, denial)
    actions.decide(given.recommended(people, application), by=people.countersigner)
    explain_to_denier(first, reasons="Checked each year.", by=people.officer)
    page = page_of(people.auditor, denial)
    for words in ("it maintains its denial", "It was diverted before.", "Checked each year.", f"/licensing/consultations/{first.pk}/letter/",
                  f"/licensing/applications/{application.reference}/#consultation-{first.pk}"):
        assert words in page, words
    assert "Record that it was taken back" not in page


def test_once_taken_back_or_too_old_it_touches_nothing_and_says_so(people):
    given.submitted(people)
    denial = denied(people)
    assert len(touched_by(people.officer, denial)) == 1
    with deliveries.later(40 * 31):
        assert touched_by(people.officer, denial) == []
        assert "counts no more" in page_of(people.officer, denial)
    end_denial(denial, reason="Its note of today.", by=people.officer)
    page = page_of(people.officer, denial)
    assert "DE took it back." in page
    assert "Its note of today." in page
    assert "None: it counts no more." in page


@pytest.mark.parametrize(("denied_on", "last"), [
    (date(2011, 1, 31), date(2014, 1, 30)), (date(2012, 2, 29), date(2015, 2, 28)), (date(2011, 3, 1), date(2014, 2, 28)), (date(2009, 8, 31), date(2012, 8, 30))])
def test_its_last_day_is_the_last_on_which_it_counts(people, denied_on, last):
    with clock.at(datetime(2012, 6, 1, 9, tzinfo=UTC)):
        denial = denied(people, denied_on=denied_on)
        assert counts_until(denial) == last
    for day, is_counted in ((last, True), (date.fromordinal(last.toordinal() + 1), False)):
        with clock.at(datetime(day.year, day.month, day.day, 9, tzinfo=UTC)):
            assert counts(denial) == is_counted


def test_the_api_and_the_command_line_give_the_same(run, people):
    application, denial = given.submitted(people), denied(people, reason_codes=["DV"])
    first = consulted(people, application, denial)
    answered = at(people.auditor).get(f"/api/licensing/denials/{denial.pk}").json()
    assert (answered["number"], answered["end_user_name"], answered["counts"], answered["ended_at"]) == ("12/2011", people.army.name, True, None)
    assert answered["counts_until"] == counts_until(denial).isoformat()
    assert answered["touched"] == [{"reference": application.reference, "state": "submitted", "is_consulted": True}]
    assert [(each["id"], each["position"]) for each in answered["consultations"]] == [(first.pk, "maintains")]
    said = run("licensing", "get-denial", str(denial.pk), by=people.officer)
    assert json.loads(said.stdout) == at(people.officer).get(f"/api/licensing/denials/{denial.pk}").json()
    end_denial(denial, reason="Its note.", by=people.officer)
    assert at(people.officer).get(f"/api/licensing/denials/{denial.pk}").json()["ended_because"] == "Its note."


def test_who_sees_no_screening_sees_no_denial_and_what_is_not_there_is_not_found(people):
    denial = denied(people)
    for user in (people.exporter, people.tracer, people.adviser, people.analyst):
        assert at(user).get(f"/licensing/denials/{denial.pk}/").status_code == 403
        assert at(user).get(f"/api/licensing/denials/{denial.pk}").status_code == 403
    assert at(people.officer).get("/licensing/denials/999999/").status_code == 404
    assert at(people.officer).get("/api/licensing/denials/999999").status_code == 404


@pytest.mark.parametrize("asked", ["DE 12/2011", "de 12", "12/2011", "Secretariat of Def"])
def test_it_is_found_by_its_number_with_or_without_its_state_or_by_its_end_user_and_by_nobody_else(people, asked):
    denial = denied(people)
    link = f"/licensing/denials/{denial.pk}/"
    assert link in at(people.officer).get("/search/", {"q": asked}).content.decode()
    assert link in at(people.officer).get("/licensing/denials/", {"search": asked}).content.decode()
    assert link not in at(people.officer).get("/licensing/denials/", {"search": "FR 12/2011"}).content.decode()
    assert link not in at(people.tracer).get("/search/", {"q": asked}).content.decode()


def test_recording_one_leads_to_its_page_with_its_notice(people):
    told = {"state": "DE", "number": "12/2011", "denied_on": "2026-01-05", "end_user": people.army.pk, "country": "MX", "firearm_type": "rifle_semi",
            "calibre": "556nato", "paper": SimpleUploadedFile("notice.pdf", b"%PDF-1.4 a notice")}
    sent = at(people.officer).post("/licensing/denials/new/", told)
    denial = NotifiedDenial.objects.get()
    assert sent["Location"] == f"/licensing/denials/{denial.pk}/"
    page = page_of(people.officer, denial)
    assert "notice.pdf" in page
    assert "That state was not consulted about any application." in page
