"""A gun bears more marks than its frame's, and what was read of it may be doubtful: both count, are kept and are shown."""

import html
import json
import re

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from enduse.cli.main import enduse
from enduse.ledger.verification import verify
from enduse.refusals import Invalid, Refused
from enduse.tracing.actions import OtherMark, confirm, learn_errors
from enduse.tracing.models import Recovery
from enduse.tracing.ranking import rank, read, search
from tests.given import user
from tests.tracing import given

TEN = [f"W34{digit}872" for digit in range(10)]
SLIDE = OtherMark("slide", "W345?72")


def text_of(answer):
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split()))


def test_the_slide_decides_between_firearms_that_the_frame_leaves_open(people):
    given.made(people, *TEN)
    frame = given.recovery(people, "W34?872")
    assert rank(frame).top.probability < 0.2
    both = given.recovery(people, "W34?872", case_reference="MICH/2009/78", other_marks=[SLIDE])
    top = rank(both).top
    assert (top.firearm.serial, top.probability > 0.8) == ("W345872", True)
    assert [(other.place, other.fits) for other in top.elsewhere] == [("slide", True)]


def test_a_removed_frame_is_traced_by_the_barrel_and_the_answer_says_so(people):
    given.made(people, *TEN)
    found = rank(given.recovery(people, "*", other_marks=[OtherMark("barrel", "W345872"), OtherMark("slide", "W3?")]))
    assert (found.top.firearm.serial, found.led_by, found.unsearchable) == ("W345872", "barrel", "")
    assert found.top.probability < search(read("W345872")).top.probability


def test_a_frame_that_fits_too_many_is_traced_by_the_mark_that_says_more(people):
    given.made(people, *[f"W{number:06d}" for number in range(300_000, 302_500)])
    with pytest.raises(Invalid):
        search(read("W3?????"))
    marks = read("W3?????", other_marks=[OtherMark("slide", "W301234")])
    assert search(marks).top.firearm.serial == "W301234"
    recovery = given.recovery(people, "W3?????", other_marks=[OtherMark("slide", "W301234")])
    assert (rank(recovery).led_by, rank(recovery).top.firearm.serial) == ("slide", "W301234")


def test_what_is_doubtful_counts_for_less(people):
    given.made(people, "W345872", make="colt")
    given.made(people, "W345879", make="fn", model="M16")

    def chance(**read_so):
        return search(read("W34587?", make="Colt", **read_so)).top

    sure, doubted = chance(), chance(doubtful=["make"])
    assert sure.firearm.make == doubted.firearm.make == "colt"
    assert 0.5 < doubted.probability < sure.probability


def test_other_marks_and_doubts_are_in_the_log_and_a_recovery_without_them_stands_as_before(people):
    plain = given.recovery(people)
    assert {"other_marks", "doubtful"}.isdisjoint(plain.content())
    told = given.recovery(people, "*", other_marks=[SLIDE], doubtful=["calibre"])
    assert told.content()["other_marks"] == [{"place": "slide", "marks": "W345?72"}]
    assert told.content()["doubtful"] == ["calibre"]
    assert verify().differences == ()
    Recovery.objects.filter(pk=told.pk).update(doubtful=[])
    assert [difference.index for difference in verify().differences] == [told.pk]


@pytest.mark.parametrize(("wrong", "field"), [
    ({"other_marks": [OtherMark("slide", "W")]}, "slide_marks"), ({"other_marks": [OtherMark("barrel", "W[3")]}, "barrel_marks"),
    ({"other_marks": [OtherMark("stock", "W345872")]}, "other_marks"), ({"other_marks": [OtherMark("other", "1" * 5000)]}, "other_marks"),
    ({"other_marks": [SLIDE] * 7}, "slide_marks"), ({"doubtful": ["colour"]}, "doubtful"), ({"doubtful": ["year"]}, "doubtful"),
    ({"doubtful": ["make"], "make": " "}, "doubtful"), ({"marks": "W"}, "marks"), ({"marks": "?", "other_marks": [OtherMark("slide", "\x00")]}, "slide_marks"),
])  # fmt: skip
def test_what_cannot_stand_is_refused_with_its_field_and_remedy(people, wrong, field):
    with pytest.raises(Invalid) as refused:
        given.recovery(people, **({"marks": "W3?5B72"} | wrong))
    assert field in {problem.field for problem in refused.value.problems}
    assert all(problem.remedy for problem in refused.value.problems)
    assert not Recovery.objects.exists()


def test_a_removed_serial_of_one_case_is_recorded_once_whatever_else_is_read(people):
    given.recovery(people, "*", other_marks=[SLIDE])
    with pytest.raises(Refused, match="recorded already"):
        given.recovery(people, "*", other_marks=[OtherMark("slide", "X771203")])
    given.recovery(people, "W", case_reference="MICH/2009/78", other_marks=[SLIDE])
    with pytest.raises(Refused, match="recorded already"):
        given.recovery(people, "w ", case_reference="MICH/2009/78", other_marks=[SLIDE])


def test_a_file_names_other_marks_by_place_and_a_bad_one_by_its_row(people, client):
    client.force_login(people.tracer)
    header = "recovered_on,place,country,agency,case_reference,marks,make,slide_marks,barrel_marks,doubtful\n"
    row = f"2009-05-14,Tepalcatepec,MX,{people.agency.pk}"

    def send(lines):
        return client.post("/api/tracing/recoveries/file", {"recoveries": SimpleUploadedFile("r.csv", (header + lines).encode())})

    refused = json.loads(send(f"{row},C/1,W3?5B72,Colt,,W,\n{row},C/2,W3?5B73,,,,make\n").content)
    assert [(each["row"], each["field"]) for each in refused["invalid"]["problems"]] == [(2, "barrel_marks"), (3, "doubtful")]
    assert send(f"{row},C/1,*,Colt,W34?872; W345?72,W345872,make\n").status_code == 201
    kept = Recovery.objects.get()
    assert [(each["place"], each["marks"]) for each in kept.other_marks] == [("slide", "W34?872"), ("slide", "W345?72"), ("barrel", "W345872")]
    assert kept.doubtful == ["make"]
    export = b"".join(client.get(reverse("tracing:recoveries"), {"format": "csv"}).streaming_content).decode()
    assert "W34?872; W345?72,W345872" in export
    again = dict(zip(*[line.split(",") for line in export.splitlines()], strict=True))
    assert (again["slide_marks"], again["barrel_marks"], again["doubtful"]) == ("W34?872; W345?72", "W345872", "make")


def test_the_api_takes_and_tells_other_marks_and_doubts(people, client):
    given.made(people, *TEN)
    client.force_login(people.tracer)
    body = {"recovered_on": "2009-05-14", "place": "Tepalcatepec", "country": "MX", "agency": people.agency.pk, "case_reference": "C/1", "marks": "*",
            "calibre": "5.56", "other_marks": [{"place": "slide", "marks": "W345872"}], "doubtful": ["calibre"]}
    made = client.post("/api/tracing/recoveries", json.dumps(body), content_type="application/json")
    assert made.status_code == 201, made.content
    told = json.loads(made.content)
    assert (told["other_marks"], told["doubtful"]) == (body["other_marks"], ["calibre"])
    ranking = json.loads(client.get(f"/api/tracing/recoveries/{told['reference']}/trace").content)
    assert (ranking["candidates"][0]["serial"], ranking["led_by"]) == ("W345872", "slide")
    asked = {"marks": "W34?872", "other_marks": body["other_marks"]}
    (other,) = json.loads(client.post("/api/tracing/search", json.dumps(asked), content_type="application/json").content)["candidates"][0]["elsewhere"]
    assert (other["place"], other["marks"], other["fits"]) == ("slide", "W345872", True)
    wrong = client.post("/api/tracing/search", json.dumps(asked | {"other_marks": [{"place": "roof", "marks": "W345872"}]}), content_type="application/json")
    assert wrong.status_code == 422


def test_the_form_records_them_and_the_pages_show_them_with_each_candidate(people, client):
    guns = given.sold(people, *TEN)
    client.force_login(people.tracer)
    told = {"marks": "W34?872", "recovered_on": "2009-05-14", "place": "Tepalcatepec", "country": "MX", "agency": people.agency.pk, "case_reference": "C/1",
            "make": "Colt", "doubtful": ["make"], "slide_marks": "W345?72", "importer_marks": "Q9X7K31"}
    refused = text_of(client.post(reverse("tracing:new"), told | {"slide_marks": "W"}))
    assert "Fewer than two characters can be read" in refused
    assert not Recovery.objects.exists()
    made = client.post(reverse("tracing:new"), told)
    assert made.status_code == 302
    page = text_of(client.get(made.url))
    assert "Colt (doubtful)" in page
    assert "slide: W345?72" in page
    assert "slide W345?72: 8 was unreadable" in page
    assert "importer's mark Q9X7K31: another number" in page
    confirm(Recovery.objects.get(), firearm=guns[5], by=people.tracer)
    assert "slide: W345?72" in text_of(client.get(made.url))


def test_a_recovery_is_found_in_the_list_by_a_mark_elsewhere_on_it(people, client):
    client.force_login(people.tracer)
    found = given.recovery(people, "*", other_marks=[SLIDE])
    another = given.recovery(people, case_reference="MICH/2009/78")
    page = text_of(client.get(reverse("tracing:recoveries"), {"words": "w345?7"}))
    assert found.reference in page
    assert "slide: W345?72" in page
    assert another.reference not in page


def test_a_second_mark_still_being_typed_does_not_take_the_answer_away(people, client):
    given.sold(people, "W345872")
    client.force_login(people.tracer)
    page = text_of(client.get(reverse("tracing:search"), {"marks": "W3?5872", "slide_marks": "W"}))
    assert "slide W: too little can be read yet" in page
    assert "W345872" in page
    led = text_of(client.get(reverse("tracing:search"), {"marks": "*", "slide_marks": "W345872"}))
    assert "this is the answer to another mark (slide)" in led


def test_only_the_frames_marks_teach_the_error_model(people):
    second = user("tracing_officer")
    guns = given.made(people, *(f"W5{n:05d}" for n in range(1, 24)))
    for place, gun in enumerate(guns):
        marks = {"marks": "*", "other_marks": [OtherMark("slide", gun.serial)]} if place < 3 else {"marks": gun.serial, "other_marks": [OtherMark("barrel", "Q9X7K31")]}
        confirm(given.recovery(people, **marks, case_reference=f"MICH/{gun.serial}"), firearm=gun, by=people.tracer, second=second)
    assert learn_errors(by=people.tracer).confirmed == 20


def test_the_command_line_searches_by_other_marks(people):
    given.made(people, *TEN)
    answer = CliRunner().invoke(enduse, ["--as", people.tracer.username, "trace", "W34?872", "--slide", "W345?72", "--make", "Colt", "--doubtful", "make"])
    assert answer.exit_code == 0, answer.output
    assert "W345872" in answer.output.splitlines()[0]
    assert "slide W345?72: agrees" in answer.output
