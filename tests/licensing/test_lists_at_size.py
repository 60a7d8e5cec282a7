"""Lists and searches that stay quick with a hundred thousand cases give what the slow ways would give."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from enduse import clock, pages, words
from enduse.accounts.permissions import Role
from enduse.licensing import actions, caselists, keeping, queries
from enduse.licensing.models import Application, Case, Licence, LicenceStanding
from enduse.pages import FirstKeys, part_of
from enduse.parties import actions as parties
from enduse.parties.models import Party
from enduse.screening.actions import screen
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
            found = {row.licence for row in LicenceStanding.objects.in_state(state, day)}
            assert found == {each for each in made.values() if each.state(day) == state}
    assert list(LicenceStanding.objects.in_state("no such state", today)) == []


def test_the_list_says_of_each_licence_what_the_licence_itself_says(people):
    made = licences_of_every_state(people)
    lines = {each.licence.reference: (each.state_today, each.permitted, each.taken) for each in queries.licences_listed(people.officer)}
    assert lines == {each.reference: (each.state(), each.quantity(), each.quantity() - each.remaining()) for each in made.values()}
    live = {each.licence.reference for each in queries.licences_listed(people.officer, state="live")}
    assert live == {made[state].reference for state in ("active", "suspended", "reinstated", "exhausted")}
    assert live == {each.reference for each in queries.licences_live_on(clock.today())}


def test_each_sees_the_rows_of_the_licences_that_it_sees(people):
    made = licences_of_every_state(people)
    given.licensed(people, by=people.applicant, capacity=Application.BUYING_GOVERNMENT)
    other = parties.register(name="Lakeside Arms", kind=Party.COMPANY, country="US", registration="M-9", by=None)
    unregistered = parties.register(name="Mill Road Brokers", kind=Party.COMPANY, country="US", by=None)
    screen(other, by=people.officer)
    amended = actions.propose_amendment(made["active"], item="SELLER", party=other, reason="The first maker closed its line.", by=people.officer)
    actions.agree(amended, by=people.countersigner)
    seen = {len(Licence.objects.visible_to(user(Role.EXPORTER, party))) for party in (other, unregistered)}
    assert seen == {0, 2}
    for someone in (people.officer, people.exporter, people.applicant, people.custodian, people.auditor, people.adviser, user(Role.EXPORTER, other),
                    user(Role.EXPORTER, unregistered), None):
        assert {row.pk for row in LicenceStanding.objects.visible_to(someone)} == set(Licence.objects.visible_to(someone).values_list("pk", flat=True))


def test_the_rows_of_licences_are_made_again_from_the_facts(people):
    made = licences_of_every_state(people)
    kept = list(LicenceStanding.objects.order_by("pk").values())
    assert keeping.rebuild() == 0
    LicenceStanding.objects.filter(pk=made["exhausted"].pk).update(state="active", taken=0)
    assert keeping.rebuild() == 1
    LicenceStanding.objects.all().delete()
    assert keeping.keep_missing() == len(made)
    assert list(LicenceStanding.objects.order_by("pk").values()) == kept


def test_the_newest_application_stands_first(people):
    first, second = given.submitted(people), given.submitted(people)
    page = at(people.officer).get("/licensing/applications/").content.decode()
    assert page.index(second.reference) < page.index(first.reference)
    oldest = caselists.cases(people.officer, sort="reference")
    assert [row.application for row in oldest] == [first, second]


def test_a_case_is_found_where_every_word_of_a_search_begins_one_of_its_words(people):
    given.submitted(people, purpose="Marksmen of the northern command")
    wanted = given.submitted(people, purpose="Marksmen of the southern command, Bogotá, straße 9x19/A")
    for text in ("southern", "so ma", "marks south", "MARKSMEN command southern", f"{wanted.reference}", "southern secretariat", "southern southern", "bogota", "STRASSE", "9x19/a",
                 "southern-", "s m south", "'southern'", 'southern" OR "northern', "southern %_\\*:&|!()"):
        found = [row.application for row in caselists.cases(people.officer, search=text)]
        assert found == ([wanted] if "OR" not in text else []), text
    assert caselists.cases(people.officer, search="marksmen").count() == 2
    for text in ("marksmen zebra", "zz", "outhern", "southern " + "x" * 200, "-", "\x00", "南部 southern"):
        assert list(caselists.cases(people.officer, search=text)) == [], text


@pytest.mark.parametrize(("few", "often"), [(200, 0.2), (1, 0.2), (1, 0.9), (1, 0.0)])
def test_rare_and_common_words_find_the_same_cases(people, monkeypatch, few, often):
    """What stands in few rows is told to PostgreSQL, in a part of them is gathered, in most is met on the way: one answer."""
    made = [given.submitted(people, purpose=f"Marksmen of the {side} command") for side in ("eastern", "western", "western")]
    monkeypatch.setattr(words, "FEW", few)
    monkeypatch.setattr(words, "OFTEN", often)
    for text, found in (("eastern", made[:1]), ("western", made[:0:-1]), ("marksmen", made[::-1]), ("marksmen zebra", []), ("we mark", made[:0:-1])):
        assert [row.application for row in caselists.cases(people.officer, search=text)] == found, text


def test_a_case_is_found_by_what_its_party_is_called_since(people):
    application = given.submitted(people)
    parties.change(people.army, name="Secretaría de la Defensa Nacional", by=people.officer)
    for text in ("nacional", "na de", "defensa secretaria", f"nacional {application.reference}"):
        assert [row.application for row in caselists.cases(people.officer, search=text)] == [application]
    assert list(caselists.cases(people.officer, search="nacional zebra")) == []


def test_words_that_only_officers_read_find_a_case_for_them_alone(people):
    application = given.submitted(people, purpose="Zebra crossings")
    actions.note(application, text="Quagga called back.", by=people.officer)
    for text, seen in (("quagga", False), ("zebra", True), ("zebra quagga", False)):
        assert [row.application for row in caselists.cases(people.officer, search=text)] == [application]
        assert bool(caselists.cases(people.exporter, search=text)) is seen


def test_a_licence_is_found_by_words_of_its_case(people):
    licence = given.licensed(people, purpose="Marksmen of the southern command")
    given.licensed(people)
    for text in (licence.reference, "southern", licence.application.reference):
        assert [row.licence for row in queries.licences_listed(people.officer, search=text)] == [licence]
    assert queries.licences_listed(people.officer, search="secretariat of defence").count() == 2
    assert list(queries.licences_listed(people.officer, search="nobody")) == []


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
