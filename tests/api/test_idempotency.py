"""A POST with an Idempotency-Key is done once, however often it is sent."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client

from enduse import clock
from enduse.accounts.actions import make_token, revoke_token
from enduse.accounts.models import ApiToken, IdempotentReply
from enduse.documents.models import Document
from tests.given import people as make_people
from tests.licensing.given import drafted
from tests.races import race


def sent(secret, key, body, path="/api/accounts/tokens"):
    return Client().post(path, data=json.dumps(body), content_type="application/json",
                         headers={"Authorization": f"Bearer {secret}", "Idempotency-Key": key})


@pytest.fixture
def secret(people):
    return make_token(name="script", scope="write", by=people.analyst)[1]


def test_a_retry_gets_the_same_answer_and_does_nothing_more(secret):
    first, again = sent(secret, "k1", {"name": "once"}), sent(secret, "k1", {"name": "once"})
    assert (first.status_code, first.content) == (200, again.content)
    assert ApiToken.objects.filter(name="once").count() == 1


def test_a_retry_of_a_refused_request_is_refused_alike(secret):
    first, again = sent(secret, "k1", {"name": "long", "days": 9999}), sent(secret, "k1", {"name": "long", "days": 9999})
    assert (first.status_code, again.status_code, first.content) == (422, 422, again.content)


def test_one_key_for_two_requests_is_refused(secret):
    sent(secret, "k1", {"name": "one"})
    other = sent(secret, "k1", {"name": "two"})
    assert other.status_code == 422
    assert "another request" in json.loads(other.content)["refused"]["reason"]
    assert not ApiToken.objects.filter(name="two").exists()


def test_two_users_may_use_one_key(secret, people):
    other = make_token(name="script", scope="write", by=people.policy)[1]
    assert [sent(each, "k1", {"name": "same"}).status_code for each in (secret, other)] == [200, 200]
    assert ApiToken.objects.filter(name="same").count() == 2


def test_a_stopped_token_does_not_get_the_kept_answer(secret):
    sent(secret, "k1", {"name": "once"})
    token = ApiToken.objects.get(name="script")
    revoke_token(token, by=token.user)
    assert sent(secret, "k1", {"name": "once"}).status_code == 401


def test_who_was_turned_away_may_try_the_key_again(people):
    reading = make_token(name="r", scope="read", by=people.analyst)[1]
    writing = make_token(name="w", scope="write", by=people.analyst)[1]
    assert sent(reading, "k1", {"name": "once"}).status_code == 403
    assert sent(writing, "k1", {"name": "once"}).status_code == 200


def test_nobody_leaves_a_trace_by_sending_keys(db):
    assert sent("eu_guess", "k1", {"name": "x"}).status_code == 401
    assert not IdempotentReply.objects.exists()


def test_a_key_too_long_is_refused_and_nothing_is_done(secret):
    assert sent(secret, "k" * 81, {"name": "x"}).status_code == 422
    assert not ApiToken.objects.filter(name="x").exists()


def test_a_file_sent_again_is_kept_once_though_its_form_is_wrapped_anew(people):
    secret = make_token(name="script", scope="write", by=people.exporter)[1]
    own = drafted(people).reference

    def upload(boundary):
        file = b"%PDF-1.4 order"
        content = (f'--{boundary}\r\nContent-Disposition: form-data; name="subject"\r\n\r\n{own}\r\n--{boundary}\r\n'
                   f'Content-Disposition: form-data; name="file"; filename="o.pdf"\r\nContent-Type: application/pdf\r\n\r\n').encode()
        return Client().generic("POST", "/api/documents/", content + file + f"\r\n--{boundary}--\r\n".encode(),
                                content_type=f"multipart/form-data; boundary={boundary}",
                                headers={"Authorization": f"Bearer {secret}", "Idempotency-Key": "k1"})

    first, again = upload("aaaa1111"), upload("bbbb2222")
    assert first.status_code < 300, first.content
    assert first.content == again.content
    assert Document.objects.filter(subject=own).count() == 1


def test_what_a_dead_process_began_does_not_block_its_key_for_ever(secret, people):
    IdempotentReply.objects.create(who=str(people.analyst.pk), key="k1", fingerprint="x", at=clock.now() - timedelta(minutes=11))
    assert sent(secret, "k1", {"name": "x"}).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_is_done_and_the_other_waits_or_gets_its_answer():
    secret = make_token(name="script", scope="write", by=make_people().analyst)[1]
    answers = race(*[lambda: sent(secret, "k1", {"name": "once"}) for _ in range(4)])
    assert {answer.status_code for answer in answers} <= {200, 409}
    assert 200 in {answer.status_code for answer in answers}
    assert ApiToken.objects.filter(name="once").count() == 1


