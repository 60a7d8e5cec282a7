"""Lists and searches that stay quick with a hundred thousand cases give what the slow ways would give."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from enduse import clock, pages, words
from enduse.accounts.permissions import Role
from enduse.licensing import actions, caselists, queries
from enduse.licensing.models import Application, Case, Licence
from enduse.pages import FirstKeys, part_of
from tests.given import user
from tests.licensing import given


def at(someone) -> Client:
    client = Client()
    client.force_login(someone)
    return client


def licences_of_every_state(people) -> dict[str, Licence]:
    made = {state: given.licensed(people) for state in ("active", "suspended", "reinstated", "surrendered", "revoked", "exhausted")}
    for state in ("suspended", "reinstated"):
        actions.suspend(made[state], reason="A letter.", by=people.countersigner)
    actions.reinstate(made["reinstated"], reason="Cleared.", by=user(Role.COUNTERSIGNER))
    actions.surrender(made["surrendered"], reason="Not wanted.", by=people.exporter)
    given.revoked(people, made["revoked"])
    for line in made["exhausted"].lines.all():
        actions.use(line, line.quantity, "C-1")
    for line in made["active"].lines.all():
        actions.use(line, 1, "C-2")
    return made


def test_licences_are_found_in_the_state_that_each_derives(people):
    made = licences_of_every_state(people)
    today = clock.today()
    for day in (today, today + timedelta(days=800)):
        for state, _name in Licence.STATES:
            assert set(Licence.objects.in_state(state, day)) == {each for each in made.values() if each.state(day) == state}
    assert list(Licence.objects.in_state("no such state", today)) == []


def test_the_list_says_of_each_licence_what_the_licence_itself_says(people):
    made = licences_of_every_state(people)
    lines = {each.licence.reference: (each.state, each.quantity, each.used) for each in queries.lines_of(queries.licences_listed(people.officer))}
    assert lines == {each.reference: (each.state(), each.quantity(), each.quantity() - each.remaining()) for each in made.values()}
    live = {each.reference for each in queries.licences_listed(people.officer, state="live")}
    assert live == {made[state].reference for state in ("active", "suspended", "reinstated", "exhausted")}
    assert live == {each.reference for each in queries.licences_live_on(clock.today())}


def test_the_newest_application_stands_first(people):
    first, second = given.submitted(people), given.submitted(people)
    page = at(people.officer).get("/licensing/applications/").content.decode()
    assert page.index(second.reference) < page.index(first.reference)
    oldest = caselists.cases(people.officer, sort="reference")
    assert [row.application for row in oldest] == [first, second]


@pytest.mark.parametrize(("few", "some", "many"), [(500, 2_000, 20_000), (0, 2_000, 20_000), (0, 0, 20_000), (0, 0, 0), (1, 0, 0)])
def test_rare_and_common_words_find_the_same_cases(people, monkeypatch, few, some, many):
    """A rare word leads to its rows, a common one is gathered, the commonest is looked up for each row: one answer."""
    given.submitted(people, purpose="Marksmen of the northern command")
    wanted = given.submitted(people, purpose="Marksmen of the southern command")
    monkeypatch.setattr(words, "FEW", few)
    monkeypatch.setattr(words, "SOME", some)
    monkeypatch.setattr(words, "MANY", many)
    for text in ("southern", "marks south", "MARKSMEN command southern", f"{wanted.reference}", "southern secretariat"):
        assert [row.application for row in caselists.cases(people.officer, search=text)] == [wanted]
    assert caselists.cases(people.officer, search="marksmen").count() == 2
    assert list(caselists.cases(people.officer, search="marksmen zebra")) == []


def test_a_licence_is_found_by_words_of_its_case(people):
    licence = given.licensed(people, purpose="Marksmen of the southern command")
    given.licensed(people)
    for text in (licence.reference, "southern", licence.application.reference):
        assert list(queries.licences(people.officer, search=text)) == [licence]
    assert queries.licences(people.officer, search="secretariat of defence").count() == 2
    assert list(queries.licences(people.officer, search="nobody")) == []


def test_a_page_far_down_holds_the_same_rows_as_the_whole_list(people):
    for _each in range(7):
        given.submitted(people)
    rows = caselists.cases(people.officer)
    everything = list(rows)
    assert [part_of(rows, first, first + 3) for first in (0, 3, 6)] == [everything[:3], everything[3:6], everything[6:]]
    assert part_of(rows, 9, 12) == []


@pytest.mark.parametrize("most", [2, 7, 20])
def test_a_part_of_a_list_that_is_counted_so_far_holds_the_same_rows(people, most):
    for _each in range(7):
        given.submitted(people)
    rows = caselists.cases(people.officer)
    everything, first = list(rows), FirstKeys(rows, most)
    assert (len(first.keys), first.more) == (min(most, 7), most < 7)
    assert [first.part(at, at + 3) for at in (0, 3, 6, 9)] == [everything[0:3], everything[3:6], everything[6:9], []]


def test_a_search_that_finds_too_much_says_so_and_counts_no_further(people, monkeypatch):
    for _each in range(3):
        given.submitted(people)
    for place in ("enduse.licensing.case_views", "enduse.licensing.api", "enduse.licensing.case_api"):
        monkeypatch.setattr(f"{place}.COUNTED", 2)
    assert "and more: narrow the search" in at(people.officer).get("/licensing/applications/?search=rifles").content.decode()
    assert "narrow the search" not in at(people.officer).get("/licensing/applications/").content.decode()
    for address in ("/api/licensing/applications?search=rifles", "/api/licensing/cases?search=rifles"):
        answer = at(people.officer).get(address).json()
        assert (answer["count"], answer["more"], len(answer["items"])) == (2, True, 3)
    assert at(people.officer).get("/api/licensing/applications").json()["more"] is False
    assert (len(FirstKeys(Case.objects.all(), 3).keys), FirstKeys(Case.objects.all(), 3).more) == (3, False)
    assert pages.COUNTED == 2_000


def test_the_list_of_applications_over_the_api_says_what_each_is(people):
    application = given.licensed(people).application
    row = at(people.officer).get("/api/licensing/applications").json()["items"][0]
    assert row == {
        "reference": application.reference, "state": "approved", "capacity": "exporter", "applicant": people.maker.pk, "end_user": people.army.pk,
        "end_user_name": "Secretariat of Defence", "country": "MX", "quantity": 100, "submitted_at": row["submitted_at"]}
    assert row["submitted_at"][:10] == Application.objects.get().submission.recorded_at.date().isoformat()
