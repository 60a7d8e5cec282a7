"""After an order to forget no table holds the words any more: every kind of entry, every column of text, JSON or bytes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.test import Client

from enduse.ledger import forgetting
from enduse.ledger.models import Leaf, fact_models, plain
from enduse.ledger.proofs import fact_at
from enduse.ledger.verification import verify
from enduse.licensing.models import CaseEvent, Decision, Submission
from enduse.tracing.models import Recovery
from tests.ledger import words
from tests.tampering import sql

MARK = re.compile(r"zq\d+zq", re.IGNORECASE)
HOLD_TEXT = {"TextField", "CharField", "JSONField", "BinaryField", "SlugField", "EmailField", "URLField", "FileField"}


def marks_in(text: str) -> set[str]:
    return {mark.lower() for mark in MARK.findall(text)}


def cells() -> Iterator[tuple[str, str]]:
    """Every cell of every table that could hold a word, with its place."""
    for model in apps.get_models(include_auto_created=True):
        columns = [field.attname for field in model._meta.concrete_fields if field.get_internal_type() in HOLD_TEXT]
        for pk, *values in model._base_manager.values_list("pk", *columns) if columns else ():
            for column, value in zip(columns, values, strict=True):
                if isinstance(value, bytes | memoryview):
                    value = bytes(value).decode("utf-8", "replace")
                elif value is not None and not isinstance(value, str):
                    value = json.dumps(value, ensure_ascii=False)
                if value:
                    yield f"{model._meta.label}.{column} of {pk}", value


def left(marks: set[str]) -> list[str]:
    return [f"{place}: {text[:80]}" for place, text in cells() if marks & marks_in(text)]


@pytest.fixture
def written(people):
    words.everything(people)
    return people


def test_what_is_forgotten_stands_in_no_table_any_more_whatever_the_entry(written):
    assert verify().differences == ()
    tried, found = set(), []
    for leaf in Leaf.objects.exclude(kind__startswith="ledger.").order_by("index"):
        fact = fact_at(leaf.index)
        said = marks_in(json.dumps([plain(fact.content()), list(fact.forgettable())]))
        of_a_sort = (leaf.kind, *(getattr(fact, name, "") for name in ("sort", "step", "change", "outcome")))
        if not said or of_a_sort in tried:
            continue
        tried.add(of_a_sort)
        order = f"{leaf.kind} {leaf.index}"
        with transaction.atomic():
            ordered(written, fact)
            found += [f"after {order}: {each}" for each in (*left(said), *verify().differences)]
            transaction.set_rollback(True)
    assert found == []
    with_words = {kind for kind, model in fact_models().items() if model.forgotten_fields() and not kind.startswith("ledger.")}
    assert with_words - {kind for kind, *_sort in tried} == set(), "kinds of which this test forgets none"


def ordered(people, fact):
    proposal = forgetting.propose(fact.pk, by=proposer(people, fact.kind), authority="Order 1", reason="Why.")
    return forgetting.answer(proposal, by=people.countersigner, ordered=True)


def test_an_order_names_the_entries_that_go_with_it_and_verification_too(people):
    words.handled(people)
    submission = Submission.objects.get()
    amendments = CaseEvent.objects.filter(sort=CaseEvent.AMENDED)
    certificate = submission.application.certificate.registered
    proposal = forgetting.propose(submission.pk, by=people.officer, authority="Order 1", reason="Why.")
    client = Client()
    client.force_login(people.countersigner)
    page = client.get(f"/log/forgetting/{proposal.pk}/").content.decode()
    with_it = sorted([certificate.pk, *amendments.values_list("pk", flat=True)])
    assert all(f"/log/{index}/" in page for index in with_it)
    order = forgetting.answer(proposal, by=people.countersigner, ordered=True)
    assert [item["entry"] for item in order.items()] == with_it
    assert [each.index for each in verify().forgotten] == sorted([submission.pk, *with_it])
    assert {each.order for each in verify().forgotten} == {order.pk}
    assert f"/log/{order.pk}/" in client.get(f"/log/{with_it[0]}/").content.decode()


def test_an_order_that_took_others_with_it_is_carried_out_again_on_an_old_backup(people):
    words.handled(people)
    salts = dict(Leaf.objects.values_list("index", "salt"))
    ordered(people, Submission.objects.get())
    for leaf in Leaf.objects.filter(salt=None):
        Leaf.objects.filter(pk=leaf.pk).update(salt=salts[leaf.pk])
    assert len(forgetting.apply_orders()) == 4
    assert verify().differences == ()


def test_a_decision_is_forgotten_by_order_and_edited_neither_before_nor_after(people):
    words.decided(people)
    decision = Decision.objects.order_by("pk").first()
    for column, value in (("note", "''"), ("outcome", "'approve'")):
        with pytest.raises(IntegrityError, match="never edited"), transaction.atomic():
            sql(f"UPDATE licensing_decision SET {column} = {value} WHERE leaf_id = %s", decision.pk)
    ordered(people, decision)
    assert Decision.objects.get(pk=decision.pk).note == ""
    with pytest.raises(IntegrityError, match="never edited"), transaction.atomic():
        sql("UPDATE licensing_decision SET outcome = 'approve' WHERE leaf_id = %s", decision.pk)


def test_a_kept_answer_with_the_words_is_gone_and_the_same_key_does_nothing_twice(people):
    body = {"marks": "W1", "place": words.word("place"), "recovered_on": "2009-05-14", "country": "MX", "agency": people.agency.pk, "case_reference": "X/1",
            "note": words.word("note")}

    def post():
        client = Client()
        client.force_login(people.tracer)
        return client.post("/api/tracing/recoveries", json.dumps(body), content_type="application/json", headers={"Idempotency-Key": "k1"})

    assert post().status_code == 201, post().content
    ordered(people, Recovery.objects.get())
    assert left(marks_in(json.dumps(body))) == []
    assert (post().status_code, Recovery.objects.count()) == (410, 1)


def proposer(people, kind):
    from enduse.ledger.queries import may_read

    return next(each for each in (people.officer, people.monitor, people.tracer) if may_read(each, kind))


@pytest.mark.django_db(transaction=True)
def test_what_is_forgotten_stands_in_no_index_of_words_any_more(people):
    words.handled(people)
    question = CaseEvent.objects.filter(sort=CaseEvent.ASKED).first()
    said = marks_in(json.dumps(plain(question.content())))
    assert said & searched_for()
    ordered(people, question)
    assert not said & searched_for()


def searched_for() -> set[str]:
    """The words of cases as the database's full-text index holds them."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("CREATE VIRTUAL TABLE IF NOT EXISTS temp.held USING fts5vocab('main', 'licensing_casetext_fts', 'row')")
            cursor.execute("SELECT term FROM temp.held")
        else:
            cursor.execute("SELECT word FROM ts_stat('SELECT all_words FROM licensing_casetext')")
        return marks_in(" ".join(word for (word,) in cursor.fetchall()))
