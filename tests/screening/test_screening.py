"""Lists are taken whole, parties compared, hits answered and remembered until something changes."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from enduse.ledger.verification import verify
from enduse.parties.actions import change, register
from enduse.parties.models import Party
from enduse.refusals import Invalid, NotPermitted, Refused
from enduse.screening.actions import load_list, resolve_hit, screen, screen_all
from enduse.screening.models import Hit, ListVersion, Screening
from enduse.screening.queries import current_lists, open_hits, state_of, states_of
from tests.licensing.given import MAPPING, list_file, loaded_list


@pytest.fixture
def freight(db) -> Party:
    return register(name="Transportes Sierra Azul", kind=Party.COMPANY, country="MX", by=None)


def test_the_demonstration_list_names_a_near_match_with_its_reasons(people, freight):
    from enduse.engines import names

    version = load_list(names.demo_list_path(), by=people.officer)
    assert (version.format, version.entries) == ("ofac-csv", 16)
    hit = screen(freight, by=people.officer).hits.get()
    assert "SIERRA AZUL" in hit.entity_name.upper()
    assert 0.7 <= hit.score <= 1
    assert hit.reasons[0]["detail"]
    assert state_of(freight).state == "open_hits"
    assert verify().differences == ()


def test_the_same_file_twice_is_the_same_version(people):
    first = loaded_list(people.officer)
    assert loaded_list(people.officer) == first
    assert ListVersion.objects.count() == 1


def test_a_newer_file_of_a_list_takes_the_place_of_the_older(people):
    loaded_list(people.officer, ("Nobody One", "Person"))
    newer = loaded_list(people.officer, ("Nobody Two", "Person"))
    other = loaded_list(people.officer, ("Nobody Three", "Person"), source="another list")
    assert current_lists() == [other, newer]


@pytest.mark.parametrize(("content", "field", "reason"), [
    (b"", "file", "empty"),
    (b"id,schema,name\nX-1,Person\n", "file", "2 columns"),
    (b"id,schema\nX-1,Person\n", "name", "column"),
    (b"id,schema,name\nX-1,Person,A\nX-1,Person,B\n", "id", "twice"),
])
def test_a_broken_list_is_refused_with_its_place_and_nothing_is_kept(people, content, field, reason):
    with pytest.raises(Invalid) as invalid:
        load_list(io.BytesIO(content), by=people.officer, mapping=MAPPING, file_name="list.csv")
    problem = invalid.value.problems[0]
    assert reason in problem.reason
    assert problem.remedy
    assert field in problem.field
    assert not ListVersion.objects.exists()


def test_an_entity_bomb_is_refused(people):
    bomb = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><CONSOLIDATED_LIST>&c;</CONSOLIDATED_LIST>'
    with pytest.raises(Invalid):
        load_list(io.BytesIO(bomb), by=people.officer, format="un-xml", file_name="list.xml")


def test_a_truncated_list_leaves_no_file_behind(people, settings):
    with pytest.raises(Invalid):
        load_list(io.BytesIO(b"<CONSOLIDATED_LIST dateGenerated='2012-01-01'><INDIVIDUALS>"), by=people.officer, file_name="un.xml")
    assert not list((Path(settings.ENDUSE_HOME) / "lists").glob("loading-*"))


def test_nobody_is_screened_against_nothing(people, freight):
    with pytest.raises(Refused, match="No denied-party list is loaded") as refused:
        screen(freight, by=people.officer)
    assert refused.value.rule == 2
    assert state_of(freight).state == "not_screened"


def test_a_false_match_is_remembered_while_party_and_entry_stay_the_same(people, freight):
    loaded_list(people.officer, ("Transportes Sierra Azul SA", "Company"))
    hit = screen(freight, by=people.officer).hits.get()
    said = resolve_hit(hit, outcome="false_match", reason="Other address, other owners.", by=people.officer)
    assert state_of(freight).state == "clear"
    loaded_list(people.officer, ("Somebody New", "Person"), source="another list")
    assert state_of(freight).state == "stale"
    again = screen(freight, by=people.officer)
    assert again.hits.get().remembered == said
    assert state_of(freight).state == "clear"
    assert not open_hits(people.officer).exists()
    assert verify().differences == ()


def test_a_changed_entry_is_raised_again(people, freight):
    loaded_list(people.officer, ("Transportes Sierra Azul SA", "Company"))
    resolve_hit(screen(freight, by=people.officer).hits.get(), outcome="false_match", reason="Other owners.", by=people.officer)
    loaded_list(people.officer, ("Transportes Sierra Azul", "Company"))
    assert screen(freight, by=people.officer).hits.get().remembered is None
    assert state_of(freight).state == "open_hits"


def test_a_changed_party_is_raised_again(people, freight):
    loaded_list(people.officer, ("Transportes Sierra Azul SA", "Company"))
    resolve_hit(screen(freight, by=people.officer).hits.get(), outcome="false_match", reason="Other owners.", by=people.officer)
    freight = change(freight, address="5 New Street", by=people.officer)
    assert state_of(freight).state == "stale"
    assert screen(freight, by=people.officer).hits.get().remembered is None


def test_a_true_match_stays_one(people, freight):
    loaded_list(people.officer, (freight.name, "Company"))
    resolve_hit(screen(freight, by=people.officer).hits.get(), outcome="true_match", reason="Same registration.", by=people.officer)
    assert state_of(freight).state == "true_match"
    screen(freight, by=people.officer)
    assert state_of(freight).state == "true_match"
    assert freight.name in state_of(freight).why


def test_a_hit_is_answered_once_and_the_answer_gives_its_reason(people, freight):
    loaded_list(people.officer, (freight.name, "Company"))
    hit = screen(freight, by=people.officer).hits.get()
    with pytest.raises(Invalid, match="says why"):
        resolve_hit(hit, outcome="false_match", reason=" ", by=people.officer)
    with pytest.raises(Invalid, match="no such outcome"):
        resolve_hit(hit, outcome="perhaps", reason="It may be.", by=people.officer)
    resolve_hit(hit, outcome="false_match", reason="Other owners.", by=people.officer)
    with pytest.raises(Refused, match="resolved this hit already"):
        resolve_hit(hit, outcome="true_match", reason="No, the same.", by=people.officer2)


def test_many_parties_are_screened_and_read_in_a_few_queries(people, django_assert_max_num_queries):
    loaded_list(people.officer, (people.maker.name, "Company"))
    parties = list(Party.objects.all())
    assert len(screen_all([*parties, *parties], by=people.officer)) == len(parties) == Screening.objects.count()
    with django_assert_max_num_queries(10):
        states = states_of(parties)
    assert {state.party for state in states.values() if state.state == "open_hits"} == {people.maker}


def test_only_licensing_officers_screen_and_only_the_authority_sees_it(people, freight):
    loaded_list(people.officer, (freight.name, "Company"))
    for role in ("applicant", "countersigner", "monitor", "auditor", "administrator"):
        with pytest.raises(NotPermitted):
            screen(freight, by=people.by_role()[role])
    screen(freight, by=people.officer)
    assert {role for role, user in people.by_role().items() if Hit.objects.visible_to(user).exists()} == {
        "licensing_officer", "countersigner", "auditor"}


def test_the_index_is_built_again_when_its_file_is_broken(people, freight, settings):
    from enduse.screening import lists

    loaded_list(people.officer, (freight.name, "Company"))
    screen(freight, by=people.officer)
    for path in (Path(settings.ENDUSE_HOME) / "lists").glob("index-*"):
        path.write_bytes(path.read_bytes()[:100])
    lists._loaded = None
    assert screen(freight, by=people.officer).hits.count() == 1


def test_a_csv_with_its_mapping_is_read_again_from_the_kept_file(people):
    version = load_list(list_file(("Kept Name", "Person")), by=people.officer, mapping=MAPPING, file_name="own list.csv")
    assert (version.source, version.format, version.mapping) == ("own list", "csv", MAPPING)
    assert screen(people.maker, by=people.officer).list_versions == [version.pk]
