"""What every answer carries, and how a refusal is shown."""

import pytest
from django.conf import settings
from django.test import Client

from enduse.refusals import Refused

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.web.refusing")]


def text(response) -> str:
    return " ".join(response.content.decode().split())


def test_no_page_may_run_an_inline_script_or_stand_in_a_frame(client):
    policy = client.get("/rules/")["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


def test_an_answer_that_refuses_carries_the_policy_too(client):
    assert "script-src 'self'" in client.get("/beyond/")["Content-Security-Policy"]
    assert "script-src 'self'" in client.get("/nothing-here/")["Content-Security-Policy"]


def test_a_refused_step_is_a_page_with_its_rule_its_reason_and_what_to_do(client):
    response = client.get("/beyond/")
    assert response.status_code == 409
    for part in ("The licence permits 40 more.", "Take 20 off the manifest.", "/rules/#rule-1", "Nothing was changed."):
        assert part in text(response)


def test_what_a_role_may_not_do_is_a_403_page(client):
    response = client.get("/not-yours/")
    assert response.status_code == 403
    assert "Ask an officer whose role does." in text(response)


def test_a_bad_file_is_a_422_page_with_row_field_and_remedy_and_its_text_is_harmless(client):
    response = client.get("/bad-file/")
    assert response.status_code == 422
    for part in ("3 things to mend", ">17<", "serial", "Remove one of them.", "&lt;b&gt;W1", "The first 1 of 3 are shown."):
        assert part in text(response)


def test_the_api_answers_for_itself(client):
    with pytest.raises(Refused):
        client.get("/api/beyond/")


def test_what_does_not_exist_and_what_one_may_not_see_answer_alike(client):
    response = client.get("/nothing-here/")
    assert response.status_code == 404
    assert "lie outside what your role sees" in text(response)


def test_a_fault_of_ours_is_a_page_without_a_traceback():
    response = Client(raise_request_exception=False).get("/broken/")
    assert response.status_code == 500
    assert "tell whoever runs this installation" in text(response)
    assert "a fault of ours" not in text(response)


@pytest.mark.parametrize("path", ["/rules/", "/api/nothing/"])
def test_a_body_over_the_limit_is_turned_away_before_it_is_read(client, path):
    over = settings.ENDUSE_UPLOAD_LIMIT_MB * 1_000_000 + 1
    response = client.post(path, data=b"", content_type="text/csv", CONTENT_LENGTH=str(over))
    assert response.status_code == 413
    assert "in parts" in text(response)


def test_a_form_from_a_page_out_of_date_is_told_to_load_it_again():
    response = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "x", "password": "y"})
    assert response.status_code == 403
    assert "load the page again" in text(response)


def test_the_link_back_never_leads_to_another_site(client):
    response = client.get("/beyond/", HTTP_REFERER="https://elsewhere.example/")
    assert "elsewhere" not in text(response)


def test_every_rule_that_a_refusal_may_name_stands_on_the_rules_page(client):
    page = text(client.get("/rules/"))
    for number in range(1, 11):
        assert f'id="rule-{number}"' in page
