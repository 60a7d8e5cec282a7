"""When a list changes, only what changed is screened again, and the answer is that of screening everything."""

from __future__ import annotations

import pytest

from enduse.engines import names
from tests.engines.names.lists import listed, person

pytestmark = pytest.mark.engine

OLD = listed(person("1", "Ramiro Ficticio"), person("2", "Lucia Imaginaria"), person("3", "Esteban Inventado"))
NEW = listed(
    person("1", "Ramiro Ficticio"),
    person("3", "Esteban Quiroga", countries=("Mexico",)),
    person("4", "Dario Inesistente"),
    version="2",
)
OTHER = listed(person("1", "Ramiro Ficticio Salgado"), source="Other list")
PARTIES = [
    names.Party(name, "Person", name)
    for name in ("Ramiro Ficticio", "Lucia Imaginaria", "Esteban Inventado", "Esteban Quiroga", "Dario Inesistente")
]


def test_a_difference_tells_added_removed_and_changed_entities() -> None:
    difference = names.diff(OLD, NEW)
    assert [entity.id for entity in difference.added] == ["4"]
    assert [entity.id for entity in difference.removed] == ["2"]
    assert [entity.caption for entity in difference.changed] == ["Esteban Quiroga"]
    assert (difference.old_version, difference.new_version) == ("1", "2")


def test_two_lists_are_not_two_versions_of_one() -> None:
    with pytest.raises(ValueError, match="two lists"):
        names.diff(OLD, OTHER)


def test_rescreening_gives_what_screening_against_the_new_list_gives() -> None:
    previous = names.Index.build([OLD, OTHER]).screen_many(PARTIES)
    index = names.Index.build([NEW, OTHER])
    assert index.rescreen(PARTIES, previous, names.diff(OLD, NEW)) == index.screen_many(PARTIES)


def test_rescreening_scores_no_pair_that_did_not_change(monkeypatch: pytest.MonkeyPatch) -> None:
    from enduse.engines.names import scoring

    previous = names.Index.build([OLD, OTHER]).screen_many(PARTIES)
    index = names.Index.build([NEW, OTHER])
    scored: list[str] = []
    real = scoring.compare
    monkeypatch.setattr(scoring, "compare", lambda party, entity: scored.append(entity.id or "") or real(party, entity))
    index.rescreen(PARTIES, previous, names.diff(OLD, NEW))
    assert scored
    assert {identity.split(":")[0] for identity in scored} <= {"3", "4"}


def test_a_party_that_was_never_screened_is_screened_in_full() -> None:
    index = names.Index.build([NEW])
    hits = index.rescreen(PARTIES[:1], {}, names.diff(OLD, NEW))
    assert [hit.entity_id for hit in hits["Ramiro Ficticio"]] == ["1"]


def test_a_hit_that_a_full_list_of_hits_hid_moves_up_when_another_leaves() -> None:
    twins = [person(str(number), "Ramiro Ficticio") for number in range(4)]
    old, new = listed(*twins), listed(*twins[1:], version="2")
    party = names.Party("p", "Person", "Ramiro Ficticio")
    previous = names.Index.build([old]).screen_many([party], limit=2)
    assert [hit.entity_id for hit in previous["p"]] == ["0", "1"]
    hits = names.Index.build([new]).rescreen([party], previous, names.diff(old, new), limit=2)
    assert [(hit.entity_id, hit.list_version) for hit in hits["p"]] == [("1", "2"), ("2", "2")]


def test_an_index_without_the_new_list_is_refused() -> None:
    with pytest.raises(ValueError, match="does not hold"):
        names.Index.build([OLD]).rescreen(PARTIES, {}, names.diff(OLD, NEW))
