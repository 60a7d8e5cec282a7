"""What is computed from the whole register is kept for the log that it was computed from, and for no other."""

import pytest
from django.db import transaction

from enduse.ledger.kept import kept
from tests.licensing.given import submitted

pytestmark = pytest.mark.django_db


def test_an_answer_is_kept_until_the_log_grows(people):
    submitted(people)
    assert kept("of_a_test", lambda: "then") == "then"
    assert kept("of_a_test", lambda: "now") == "then"
    submitted(people)
    assert kept("of_a_test", lambda: "now") == "now"


def test_an_answer_for_another_log_of_the_same_length_is_not_given(people):
    for answer in ("of one log", "of another"):
        with transaction.atomic():
            submitted(people)
            assert kept("of_a_test", lambda answer=answer: answer) == answer
            transaction.set_rollback(True)
