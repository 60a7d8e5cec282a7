"""One command for each operation of the API: same names, same answers, same refusals."""

from __future__ import annotations

import json
import re

import pytest
from django.test import Client

from enduse.accounts.models import ApiToken, User
from enduse.cli import operations
from enduse.custody.models import Firearm
from enduse.documents.models import Document
from tests.licensing import given as licensing
from tests.measures import given as measures
from tests.tracing import given as tracing


def test_every_operation_of_the_api_is_a_command(run):
    for floor, verbs in operations.all_operations().items():
        listed = run(floor, "--help").output
        assert all(verb in listed for verb in verbs), floor


def test_a_read_prints_json_of_who_asks(run, people):
    said = run("accounts", "get-me", by=people.analyst)
    assert said.exit_code == 0
    assert json.loads(said.stdout)["role"] == "analyst"


def test_who_acts_is_said_or_nothing_is_done(run, people):
    said = run("accounts", "make-token", "--name", "x")
    assert said.exit_code == 3
    assert "Nobody is signed in" in said.stderr
    assert not ApiToken.objects.exists()


def test_an_unknown_user_is_refused(run, db):
    class Ghost:
        username = "ghost"

    said = run("accounts", "get-me", by=Ghost)
    assert (said.exit_code, "no active user 'ghost'" in said.stderr) == (2, True)


def test_an_action_is_done_and_its_answer_printed(run, people):
    said = run("accounts", "make-user", "--username", "newcomer", "--role", "auditor", "--password", "correct horse battery", by=people.administrator)
    assert said.exit_code == 0, said.stderr
    assert User.objects.get(username="newcomer").role == "auditor"


def test_a_refusal_reads_as_it_does_on_the_web_and_exits_with_3(run, people):
    application = licensing.recommended(people)
    measures.enacted(people)
    path = f"/api/licensing/applications/{application.reference}/decide"
    web = Client()
    web.force_login(people.countersigner)
    refused = web.post(path, data="{}", content_type="application/json").json()["refused"]
    said = run("licensing", "decide", application.reference, by=people.countersigner)
    assert said.exit_code == 3
    assert said.stderr.strip() == f"Refused (rule 3): {refused['reason']} {refused['remedy']}".strip()


def test_bad_input_is_listed_problem_by_problem_and_exits_with_2(run, people):
    said = run("diversion", "estimate", "--until", "2999-01-01", "--draws", "5", by=people.analyst)
    assert said.exit_code == 2
    assert "nothing was recorded" in said.stderr
    assert "until: This day is still to come." in said.stderr


def test_a_required_option_that_is_missing_is_named(run, people):
    said = run("accounts", "make-user", "--username", "x", by=people.administrator)
    assert (said.exit_code, "--role" in said.stderr) == (2, True)


def test_lists_of_objects_are_given_as_json_or_from_a_file(run, people, tmp_path):
    (tmp_path / "wrong.json").write_text("[{")
    command = next(name for name, each in operations.all_operations()["licensing"].items() if any(
        field.get("type") in {"array", "object"} for field in each.body.values()) and "{reference}" not in each.path)
    operation = operations.all_operations()["licensing"][command]
    option = next(name for name, field in operation.body.items() if field.get("type") in {"array", "object"})
    arguments = [part for name in operation.required if name != option for part in (f"--{name.replace('_', '-')}", "1")]
    said = run("licensing", command, *arguments, f"--{option.replace('_', '-')}", f"@{tmp_path}/wrong.json", by=people.applicant)
    assert (said.exit_code, "This is not JSON" in said.stderr) == (2, True)


def test_a_file_goes_up_and_comes_down_byte_for_byte(run, people, tmp_path):
    content = b"%PDF-1.4 \x00\xff order"
    (tmp_path / "order.pdf").write_bytes(content)
    own = licensing.drafted(people).reference
    said = run("documents", "attach", "--file", tmp_path / "order.pdf", "--subject", own, by=people.exporter)
    assert said.exit_code == 0, said.stderr
    down = run("documents", "download", Document.objects.get(subject=own).pk, by=people.exporter)
    assert down.stdout_bytes == content


def test_what_stands_in_a_path_cannot_lead_elsewhere(run, people):
    assert run("diversion", "get-estimate", "../../accounts/me", by=people.analyst).exit_code == 3


@pytest.mark.parametrize("marks", ["W3?5B72", "W345872"])
def test_a_search_of_marks_prints_candidates_and_none_of_these(run, people, marks):
    tracing.sold(people, "W345872")
    said = run("trace", marks, "--make", "colt", by=people.tracer)
    assert said.exit_code == 0, said.output
    assert "W345872" in said.stdout.splitlines()[0]
    assert re.search(r"none of these \(of \d+ searched\)", said.stdout)


def test_a_search_is_for_tracing_officers(run, people):
    said = run("trace", "W3?5B72", by=people.analyst)
    assert said.exit_code == 1
    assert "Tracing officer" in said.stderr
    assert Firearm.objects.count() == 0
