"""Rows that are read together are those that their own queries give, on either database."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import F

from enduse import clock
from enduse.accounts.models import User
from enduse.ledger.models import Leaf
from enduse.licensing.actions import ask, withdraw_question
from enduse.licensing.models import Application, ApplicationLine, CaseEvent, EndUseCertificate, Submission
from enduse.licensing.queries import with_facts
from enduse.licensing.timeline import timeline
from enduse.licensing.whole import read_whole
from enduse.parties.models import Party
from enduse.together import Together, counted
from tests.licensing import given


def as_kept(rows):
    return [{field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields} for row in rows]


def test_rows_of_unlike_kinds_come_with_one_query_as_they_are_kept(people, django_assert_num_queries):
    application = given.submitted(people)
    wanted = [Party.objects.all(), User.objects.order_by("-pk"), Submission.objects.all(), ApplicationLine.objects.order_by("-number"),
              EndUseCertificate.objects.filter(application=application), CaseEvent.objects.order_by("pk"), Application.objects.none()]
    batch = Together()
    asked = [batch.rows(rows) for rows in wanted]
    with django_assert_num_queries(1):
        found = [list(rows) for rows in asked]
    assert [as_kept(rows) for rows in found] == [as_kept(rows) for rows in wanted]
    assert found[2][0].recorded_at.tzinfo is not None


def test_a_limit_and_an_order_hold_for_their_own_rows_only(people):
    given.submitted(people)
    batch = Together()
    last, users = batch.rows(Party.objects.order_by("-pk")[:2]), batch.rows(User.objects.order_by("username"))
    assert [party.pk for party in last] == list(Party.objects.order_by("-pk").values_list("pk", flat=True)[:2])
    assert len(users) == User.objects.count()


def test_what_is_picked_keeps_its_kind(people):
    application = given.submitted(people)
    batch = Together()
    picked = batch.picked(EndUseCertificate.objects.all(), until="expires_on", single="single_use", filed_at="application__submission__recorded_at",
                          regions="barred_regions", lines=counted(ApplicationLine.objects.filter(quantity__gt=0)))
    distinct = batch.picked(Party.objects.annotate(land=F("country")), distinct=True, land="land")
    assert list(picked) == [{
        "until": application.certificate.expires_on, "single": application.certificate.single_use, "filed_at": application.submission.recorded_at,
        "regions": application.certificate.barred_regions, "lines": ApplicationLine.objects.count()}]
    assert len(distinct) == len({party.country for party in Party.objects.all()})


def test_what_json_would_blur_is_refused(people):
    batch = Together()
    with pytest.raises(TypeError, match="does not go through JSON"):
        list(batch.rows(Leaf.objects.all()))


def test_an_application_read_whole_says_what_it_says_fact_by_fact(people, django_assert_num_queries):
    application = given.licensed(people).application
    open_one = given.submitted(people)
    withdraw_question(ask(open_one, text="Which stations?", days=10, by=people.officer), reason="Found it.", by=people.officer)
    for pk in (application.pk, open_one.pk):
        one_by_one = with_facts(Application.objects.filter(pk=pk)).get()
        fresh = Application.objects.get(pk=pk)
        with django_assert_num_queries(2):
            [whole] = read_whole([fresh], beyond=True)
            told = (whole.state, whole.parties(), list(whole.lines.all()), timeline(whole, is_officer=True, is_own=False),
                    whole.certificate.registered.used())
        assert told == (one_by_one.state, one_by_one.parties(), list(one_by_one.lines.all()), timeline(one_by_one, is_officer=True, is_own=False),
                        one_by_one.certificate.registered.used())


def test_reading_whole_finds_nobody_where_nobody_is(people):
    [draft] = read_whole([given.drafted(people)], beyond=True)
    assert (draft.state, getattr(draft, "submission", None), getattr(draft, "licence", None)) == ("draft", None, None)
    assert draft.certificate.registered is None
    assert draft.certificate.expires_on > clock.today() - timedelta(days=1)
