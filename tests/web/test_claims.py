"""The claims page asks the register once for each length of the log."""

from __future__ import annotations

from tests.licensing import given


def said(client) -> str:
    return " ".join(client.get("/reports/claims/").content.decode().split("<main", 1)[1].split())


def test_the_claims_are_computed_with_few_questions_and_again_when_the_log_grows(client, people, django_assert_max_num_queries):
    given.submitted(people)
    with django_assert_max_num_queries(25):
        first = said(client)
    assert "<strong>1</strong> of 1 applications filed by the exporter" in first
    with django_assert_max_num_queries(3):
        assert said(client) == first
    given.submitted(people)
    assert "<strong>2</strong> of 2 applications filed by the exporter" in said(client)
