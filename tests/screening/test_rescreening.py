"""When a list changes, every screened party is compared with what changed, and with nothing else."""

from __future__ import annotations

import pytest

from enduse.ledger.verification import verify
from enduse.parties.actions import change, register
from enduse.parties.models import Party
from enduse.screening import lists
from enduse.screening.actions import load_list, rescreen, resolve_hit, screen_all
from enduse.screening.models import Hit, Rescreened, Rescreening, Screening
from enduse.screening.queries import state_of, states_of
from tests.licensing.given import MAPPING, list_file, loaded_list


@pytest.fixture
def three(db) -> list[Party]:
    return [register(name=name, kind=Party.COMPANY, country="MX", by=None) for name in ("Sierra Azul Transportes", "Molino Quimera", "Papel de Luna")]


OLD = (("Sierra Azul Transportes", "Company"), ("Somebody Else", "Person"), ("Grupo Fantasma", "Company"))


def test_parties_whose_hits_stay_keep_their_screening_and_the_log_says_that_they_were_compared(people, three):
    loaded_list(people.officer, *OLD)
    before = screen_all(three, by=people.officer)
    loaded_list(people.officer, *OLD[:2], ("Grupo Fantasma del Norte", "Company"))
    assert {state.state for state in states_of(three).values()} == {"stale"}
    done = rescreen(by=people.officer)
    assert (done.parties, done.screenings) == (3, ())
    assert Screening.objects.count() == len(before)
    assert Rescreening.objects.get().parties == Rescreened.objects.count() == 3
    assert [states_of(three)[party.pk].state for party in three] == ["open_hits", "clear", "clear"]
    assert verify().differences == ()


def test_a_party_that_a_new_or_changed_entry_names_gets_a_new_screening(people, three):
    loaded_list(people.officer, *OLD)
    screen_all(three, by=people.officer)
    loaded_list(people.officer, *OLD[:2], ("Molino Quimera", "Company"))
    done = rescreen(by=people.officer)
    assert [screening.party for screening in done.screenings] == [three[1]]
    assert state_of(three[1]).state == "open_hits"
    assert Rescreened.objects.count() == 2


def test_a_hit_whose_entry_was_taken_off_is_gone(people, three):
    loaded_list(people.officer, *OLD)
    screen_all(three, by=people.officer)
    loaded_list(people.officer, ("Nobody Here", "Person"), *OLD[1:])
    rescreen(by=people.officer)
    assert state_of(three[0]).state == "clear"


def test_only_new_or_changed_pairs_are_scored(people, three, monkeypatch):
    from enduse.engines.names import scoring

    loaded_list(people.officer, *OLD)
    screen_all(three, by=people.officer)
    loaded_list(people.officer, *OLD[:2], ("Molino Quimera", "Company"))
    scored, real = [], scoring.compare
    monkeypatch.setattr(scoring, "compare", lambda party, entity: scored.append(entity.id.split(":")[0]) or real(party, entity))
    rescreen(by=people.officer)
    assert set(scored) == {"X-3"}


def test_it_says_what_screening_everything_would_say(people, three):
    loaded_list(people.officer, *OLD)
    loaded_list(people.officer, ("Papel de Luna", "Company"), source="other")
    screen_all(three, by=people.officer)
    loaded_list(people.officer, ("Molino Quimera", "Company"), *OLD[1:])
    loaded_list(people.officer, ("Luna de Papel", "Company"), source="other")
    loaded_list(people.officer, ("Sierra Azul", "Company"), source="third")
    rescreen(by=people.officer)
    told = {pk: sorted((hit.entity_name, hit.score) for hit in state.open_hits) for pk, state in states_of(three).items()}
    screen_all(three, by=people.officer)
    assert told == {pk: sorted((hit.entity_name, hit.score) for hit in state.open_hits) for pk, state in states_of(three).items()}


def test_a_changed_party_is_compared_in_full(people, three):
    loaded_list(people.officer, *OLD)
    screen_all(three, by=people.officer)
    change(three[2], name="Grupo Fantasma", by=people.officer)
    rescreen(by=people.officer)
    assert state_of(Party.objects.get(pk=three[2].pk)).state == "open_hits"


def test_nothing_is_done_twice(people, three):
    loaded_list(people.officer, *OLD)
    screen_all(three, by=people.officer)
    assert rescreen(by=people.officer).parties == 0
    assert not Rescreening.objects.exists()


def test_a_party_changed_back_needs_no_new_answer(people, three):
    loaded_list(people.officer, *OLD)
    screen_all(three, by=people.officer)
    said = resolve_hit(Hit.objects.get(), outcome="false_match", reason="Other owners.", by=people.officer)
    change(three[0], address="5 New Street", by=people.officer)
    assert state_of(three[0]).state == "stale"
    screen_all(three[:1], by=people.officer)
    change(three[0], address="", by=people.officer)
    screen_all(three[:1], by=people.officer)
    assert Hit.objects.order_by("pk").last().remembered == said


def test_loading_through_the_api_compares_everyone_and_says_how_many_changed(people, three, client):
    loaded_list(people.officer, *OLD)
    screen_all(three, by=people.officer)
    client.force_login(people.officer)
    file = list_file(*OLD[:2], ("Molino Quimera", "Company"))
    file.name = "test list.csv"
    import json

    answer = client.post("/api/licensing/lists", {"file": file, "source": "test list", "mapping": json.dumps(MAPPING)})
    assert answer.status_code == 200, answer.content
    assert (answer.json()["compared"], answer.json()["changed"]) == (3, [three[1].pk])


def test_an_older_or_much_shorter_file_is_not_taken_unseen(people, tmp_path):
    from enduse.refusals import Refused
    from tests.engines.names import lists as samples

    many = [(f"Company Number {number}", "Company") for number in range(60)]
    loaded_list(people.officer, *many)
    with pytest.raises(Refused, match="30 of the 60 entries"):
        loaded_list(people.officer, *many[:30])
    shorter = load_list(list_file(*many[:30]), by=people.officer, source="test list", mapping=MAPPING, file_name="x.csv", shrunk=True)
    assert (shorter.entries, shorter.changes.count()) == (30, 30)
    with pytest.raises(Refused, match="has replaced"):
        loaded_list(people.officer, *many)
    load_list(samples.un_file(tmp_path), by=people.officer)
    old = samples.un_file(tmp_path, samples.un_text(bodies=samples.UN_BODY.format(id=1, name="MOLINO")).replace("2031-05-06", "2030-01-01"))
    with pytest.raises(Refused, match="is of 2030-01-01; the current one of this list is of 2031-05-06"):
        load_list(old, by=people.officer)


def test_an_index_is_of_the_sources_its_files_were_loaded_under(people, three):
    """A database laid anew beside the same files, where a list came under another name, must not find the index of before."""
    version = loaded_list(people.officer, *OLD)
    assert [held.source for held in lists.index([version]).lists] == ["test list"]
    version.source = "renamed"
    assert [held.source for held in lists.index([version]).lists] == ["renamed"]
