"""What each role sees and does on the pages of tracing."""

import json
import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from enduse.accounts.models import SensitiveRead
from enduse.ledger.actions import record
from enduse.licensing.models import Application, Hold, Submission
from enduse.tracing.actions import confirm, propose, report_seizures, watch
from enduse.tracing.models import Confirmation, Proposal, Recovery, SeizureReport
from tests.given import user
from tests.tracing import given

MOST_QUERIES = 16


def text_of(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


@pytest.fixture
def opened(client, people):
    """Open a page as somebody: opened(user, "tracing:recoveries", args...) -> its text."""

    def see(by, name, *args, status=200, **given_query):
        client.force_login(by)
        answer = client.get(reverse(name, args=args), given_query)
        assert answer.status_code == status, answer.content[:400]
        return text_of(answer)

    return see


def an_open_application(people):
    application = Application.objects.create(
        reference="A-2009-0001", capacity=Application.EXPORTER, applicant=people.maker, seller=people.maker, end_user=people.army,
        consignee=people.army, country="MX", purpose="More rifles", drafted_by=people.exporter)
    record(Submission(application=application), by=people.exporter)


def test_a_trace_shows_ranked_candidates_in_words_and_what_confirming_does(opened, people):
    guns = given.sold(people, "W345872", "W395872", "X100001")
    given.lost(people, guns[:1])
    an_open_application(people)
    recovery = given.recovery(people)
    page = opened(people.tracer, "tracing:recovery", recovery.reference)
    assert page.index("W345872") < page.index("W395872")
    assert "B read for 8 (look-alike)" in page
    assert "was unreadable" in page
    assert "lost by 1st military zone on 11 Mar 2008 (deserted with)" in page
    assert "none of these" in page
    assert "Alerts the licensing officer: sold under L-2006-0031" in page
    assert "Holds 1 open application of this end user for review: A-2009-0001" in page
    assert SensitiveRead.objects.filter(user=people.tracer, noun="recovery", reference=recovery.reference).exists()


def test_a_likely_candidate_is_confirmed_on_its_own_page_and_the_chain_is_shown(client, opened, people):
    (gun,) = given.sold(people, "W345872")
    given.lost(people, [gun])
    an_open_application(people)
    recovery = given.recovery(people)
    asked = opened(people.tracer, "tracing:confirm", recovery.reference, f"f{gun.pk}")
    assert "What confirming does" in asked
    answer = client.post(reverse("tracing:confirm", args=[recovery.reference, f"f{gun.pk}"]), {"note": ""})
    assert answer.status_code == 302
    assert Hold.objects.count() == 1
    page = opened(people.tracer, "tracing:recovery", recovery.reference)
    assert "1,101 days from its delivery on 9 May 2006" in page
    assert "state stock: carried off by a deserter" in page
    assert "Northern Rifle Works → Secretariat of Defence → 1st military zone" in page
    assert "0 other recoveries of the 1 firearms of consignment C-2006-0001" in page


def test_an_unlikely_candidate_is_proposed_and_another_officer_agrees(client, opened, people):
    guns = given.sold(people, *[f"W34587{digit}" for digit in range(10)])
    recovery = given.recovery(people, "W34587?")
    assert "One officer does not confirm this alone" in opened(people.tracer, "tracing:confirm", recovery.reference, f"f{guns[3].pk}")
    client.post(reverse("tracing:confirm", args=[recovery.reference, f"f{guns[3].pk}"]), {"note": "The rack number matches."})
    proposal = Proposal.objects.get()
    client.post(reverse("tracing:agree", args=[recovery.reference, proposal.pk]))
    assert not Confirmation.objects.exists()
    second = user("tracing_officer")
    assert "Agree to what" in opened(second, "tracing:recovery", recovery.reference)
    assert "The rack number matches." in opened(second, "tracing:agree", recovery.reference, proposal.pk)
    client.post(reverse("tracing:agree", args=[recovery.reference, proposal.pk]))
    assert Confirmation.objects.get().agreed_by == second


def test_a_wrong_confirmation_is_corrected_on_the_pages_and_both_stay_to_be_read(client, opened, people):
    wrong, right = given.sold(people, "W345872", "X771203")
    recovery = given.recovery(people, "X77?203")
    confirm(recovery, firearm=wrong, by=people.tracer, note="As the agency wrote.", second=user("tracing_officer"))
    assert "Trace it again" in opened(people.tracer, "tracing:recovery", recovery.reference)
    assert "X771203" in opened(people.tracer, "tracing:recovery", recovery.reference, again="")
    assert "This corrects an earlier confirmation" in opened(people.tracer, "tracing:confirm", recovery.reference, f"f{right.pk}")
    client.post(reverse("tracing:confirm", args=[recovery.reference, f"f{right.pk}"]), {"note": "The restored mark begins with X."})
    page = opened(people.officer, "tracing:recovery", recovery.reference)
    assert "Confirmed: Colt M4, 2006 W345872" in page
    assert "Confirmed: Colt M4, 2006 X771203" in page
    assert "The restored mark begins with X." in page
    assert "The ranking as it was when confirmed" in page


def test_none_of_these_leads_to_the_answer_from_outside(client, opened, people):
    recovery = given.recovery(people, "QZ77119")
    opened(people.tracer, "tracing:confirm", recovery.reference, "none")
    client.post(reverse("tracing:confirm", args=[recovery.reference, "none"]), {"note": ""})
    assert "Record what the maker, the dealer or the other state answers" in opened(people.tracer, "tracing:recovery", recovery.reference)
    opened(people.tracer, "tracing:answer", recovery.reference)
    client.post(reverse("tracing:answer", args=[recovery.reference]), {"result_code": "A3", "answered_by": "The maker", "answered_on": "2009-07-01"})
    assert "The maker: Traced to a retail purchaser" in opened(people.tracer, "tracing:recovery", recovery.reference)


def test_a_search_answers_while_one_types_and_without_javascript(client, opened, people):
    given.sold(people, "W345872")
    page = opened(people.tracer, "tracing:search", marks="W3?5B72", make="Colt")
    assert "W345872" in page
    assert "make agrees" in page
    live = client.get(reverse("tracing:search"), {"marks": "W3?5B72"}, headers={"HX-Request": "true"})
    assert b"<html" not in live.content
    assert b"W345872" in live.content
    assert "fits too many" in opened(people.tracer, "tracing:search", marks="W")
    assert "Candidates appear here as you type" in opened(people.tracer, "tracing:search")


def test_a_recovery_is_recorded_on_its_page_and_bad_marks_stay_on_the_form(client, opened, people):
    opened(people.tracer, "tracing:new")
    told = {"marks": "W[3", "recovered_on": "2009-05-14", "place": "Tepalcatepec", "country": "MX", "agency": people.agency.pk}
    told["case_reference"] = "C/1"
    refused = client.post(reverse("tracing:new"), told)
    assert "A bracket in the marks is not complete" in text_of(refused)
    assert not Recovery.objects.exists()
    assert client.post(reverse("tracing:new"), told | {"marks": "W3?5B72"}).status_code == 302
    assert Recovery.objects.get().place == "Tepalcatepec"


def test_a_file_is_refused_with_the_row_named(client, opened, people):
    opened(people.tracer, "tracing:file")
    sent = SimpleUploadedFile("r.csv", b"recovered_on,place,country,agency,case_reference,marks\n14 May,X,MX,Nobody,C/1,W3?5B72\n")
    page = text_of(client.post(reverse("tracing:file"), {"recoveries": sent}))
    assert "recovered_on" in page
    assert "14 May" in page
    assert not Recovery.objects.exists()


def test_the_list_is_filtered_and_exported(client, opened, people):
    (gun,) = given.sold(people, "W345872")
    traced = given.recovery(people)
    waiting = given.recovery(people, "QZ77119", place="Uruapan")
    confirm(traced, firearm=gun, by=people.tracer)
    page = opened(people.tracer, "tracing:recoveries", state="open")
    assert waiting.reference in page
    assert traced.reference not in page
    assert "Uruapan" in opened(people.tracer, "tracing:recoveries", words="urua")
    export = b"".join(client.get(reverse("tracing:recoveries"), {"format": "csv"}).streaming_content).decode()
    assert len(export.splitlines()) == 3
    assert SensitiveRead.objects.filter(noun="export").exists()


def test_rule_10_licensing_sees_a_recovery_only_once_it_is_confirmed(opened, people):
    (gun,) = given.sold(people, "W345872")
    recovery = given.recovery(people)
    assert recovery.reference not in opened(people.officer, "tracing:recoveries")
    opened(people.officer, "tracing:recovery", recovery.reference, status=404)
    confirm(recovery, firearm=gun, by=people.tracer)
    page = opened(people.officer, "tracing:recovery", recovery.reference)
    assert "Time to recovery" in page
    assert "Confirm " not in page


def test_an_operation_from_record_to_recovery(client, opened, people):
    opened(people.tracer, "tracing:new_operation")
    body = {"name": "Open road", "legal_basis": "Order 12/2009", "approved_by": "Supervisor", "prosecutor": "supervisor", "starts_on": "2009-10-01",
            "ends_on": "2011-01-31", "limit": "1", "subjects": "AZ/2009/14\n"}
    assert "three different people" in text_of(client.post(reverse("tracing:new_operation"), body))
    answer = client.post(reverse("tracing:new_operation"), body | {"prosecutor": "Prosecutor"})
    reference = answer.url.rstrip("/").split("/")[-1]
    opened(people.tracer, "tracing:watch", reference)

    def put(serials):
        rows = "".join(f"colt,M4,rifle_assault,556nato,{serial}\n" for serial in serials)
        file = SimpleUploadedFile("w.csv", ("make,model,type,calibre,serial\n" + rows).encode())
        return client.post(reverse("tracing:watch", args=[reference]), {"guns": file, "watched_on": "2009-11-02", "subject": "AZ/2009/14"})

    assert "may watch 1 firearms" in text_of(put(["K901177", "K901178"]))
    assert put(["K901177"]).status_code == 302
    page = opened(people.auditor, "tracing:operation", reference)
    assert "K901177" in page
    assert reference in opened(people.auditor, "tracing:operations")


def test_figures_name_their_denominators_and_no_firearm(opened, people):
    (gun,) = given.sold(people, "W345872")
    confirm(given.recovery(people), firearm=gun, by=people.tracer)
    given.recovery(people, "QZ77119")
    report_seizures(agency=people.agency, month=date(2009, 5, 1), seized=120, submitted=31, by=people.tracer)
    page = opened(people.analyst, "tracing:figures")
    assert "31 of 120" in page
    assert "1 of 2" in page
    assert "A share of those traced is not a share of those seized" in page
    assert "W345872" not in page
    assert "120" in opened(people.analyst, "tracing:seizures")


def test_seizures_are_reported_on_a_page(client, opened, people):
    opened(people.tracer, "tracing:new_seizures")
    told = {"agency": people.agency.pk, "month": "2009-05-14", "seized": "10", "submitted": "12"}
    assert "More were submitted than seized" in text_of(client.post(reverse("tracing:new_seizures"), told))
    assert client.post(reverse("tracing:new_seizures"), told | {"submitted": "4"}).status_code == 302
    assert SeizureReport.objects.get().month == date(2009, 5, 1)


def test_each_page_is_for_the_roles_that_the_one_table_names(client, people):
    recovery = given.recovery(people)
    operation = given.operation(people)
    tracers, readers = {"tracing_officer"}, {"tracing_officer", "auditor", "licensing_officer", "countersigner", "monitor"}
    allowed = {
        reverse("tracing:search"): tracers, reverse("tracing:new"): tracers, reverse("tracing:file"): tracers,
        reverse("tracing:compare", args=[recovery.reference]): tracers, reverse("tracing:confirm", args=[recovery.reference, "none"]): tracers,
        reverse("tracing:answer", args=[recovery.reference]): tracers, reverse("tracing:new_operation"): tracers,
        reverse("tracing:watch", args=[operation.reference]): tracers, reverse("tracing:new_seizures"): tracers,
        reverse("tracing:recoveries"): readers, reverse("tracing:figures"): readers | {"analyst", "policy_officer"},
        reverse("tracing:seizures"): readers | {"analyst", "policy_officer"}, reverse("tracing:operations"): {"tracing_officer", "auditor"},
        reverse("tracing:operation", args=[operation.reference]): {"tracing_officer", "auditor"},
    }  # fmt: skip
    for role, each in people.by_role().items():
        client.force_login(each)
        seen = {address for address in allowed if client.get(address).status_code == 200}
        assert seen == {address for address, roles in allowed.items() if role in roles}, role
    client.logout()
    assert {client.get(address).status_code for address in allowed} == {302}


@pytest.mark.parametrize("after", [False, True])
def test_a_trace_page_asks_few_queries_however_many_candidates(client, people, django_assert_max_num_queries, after):
    guns = given.sold(people, *[f"W34{number:04d}" for number in range(5800, 5900)])
    recovery = given.recovery(people, "W34587?")
    if after:
        confirm(recovery, firearm=guns[72], note="The rack number matches.", by=people.tracer, second=user("tracing_officer"))
    client.force_login(people.tracer)
    client.get(reverse("tracing:recovery", args=[recovery.reference]))
    with django_assert_max_num_queries(MOST_QUERIES):
        client.get(reverse("tracing:recovery", args=[recovery.reference]))


def test_siblings_of_one_consignment_are_shown_beside_a_trace(opened, people):
    guns = given.sold(people, "W345872", "X771203", "Q880011")
    first = given.recovery(people, "W345872")
    confirm(first, firearm=guns[0], by=people.tracer)
    second = given.recovery(people, "X771203", case_reference="JAL/2010/3")
    confirm(second, firearm=guns[1], by=people.tracer)
    page = opened(people.tracer, "tracing:recovery", second.reference)
    assert "1 other recovery of the 3 firearms of consignment C-2006-0001" in page
    assert first.reference in page


def test_what_became_of_the_siblings_is_counted_in_a_table(client, opened, people):
    guns = given.sold(people, "W345872", "X771203", "Q880011", "Q880012", "Q880013")
    given.lost(people, guns[:3])
    confirm(given.recovery(people, "W345872"), firearm=guns[0], by=people.tracer)
    second = given.recovery(people, "X771203", case_reference="JAL/2010/3")
    confirm(second, firearm=guns[1], by=people.tracer)
    page = opened(people.tracer, "tracing:recovery", second.reference)
    assert "Shares with it Others held in transit lost recovered destroyed" in page
    assert "the consignment C-2006-0001 4 2 0 1 1 0" in page
    assert "the loss deserted with, 11 Mar 2008 2 0 0 1 1 0" in page
    assert "1 other recovery of the 3 firearms lost in the same event" in page
    history = json.loads(client.get(f"/api/tracing/recoveries/{second.reference}/history").content)
    assert {each["sort"]: (each["others"], each["by_state"]["lost"]) for each in history["siblings"]} == {
        "consignment": (4, 1), "unit": (4, 1), "loss": (2, 1)}


def test_candidates_are_compared_side_by_side(opened, people):
    given.sold(people, "W345872", "W395872")
    page = opened(people.tracer, "tracing:compare", given.recovery(people).reference)
    assert "W345872" in page
    assert "W395872" in page
    assert "Where it is by the record" in page


def test_a_watched_serial_stands_among_the_candidates(opened, people):
    operation = given.operation(people)
    watch(operation, guns=[given.marked("K901177")], watched_on=operation.starts_on, subject="AZ/2009/14", by=people.tracer)
    recovery = given.recovery(people, "K9011?7", recovered_on=operation.ends_on)
    page = opened(people.tracer, "tracing:recovery", recovery.reference)
    assert f"watched by {operation.reference} since 1 Oct 2009, subject AZ/2009/14" in page
    assert "Tells operation" in page


def test_a_proposal_needs_its_words(people):
    (gun,) = given.sold(people, "W345872")
    with pytest.raises(Exception, match="Say why"):
        propose(given.recovery(people), firearm=gun, note=" ", by=people.tracer)
