"""A party is found on a list by name in any spelling or script, by alias and by number, with reasons."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from enduse.engines import names
from tests.engines.names.lists import body, listed, person

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def demo() -> names.Index:
    return names.Index.build([names.read_list(names.demo_list_path(), source=names.DEMO_SOURCE)])


def found(index: names.Index, schema: str, name: str, **fields: object) -> list[str]:
    party = names.Party("p", schema, name, **fields)  # type: ignore[arg-type]
    return [hit.entity_id for hit in index.screen(party)]


@pytest.mark.parametrize(
    ("schema", "name", "entity"),
    [
        ("Company", "Transportes Sierra Azul", "900001"),
        ("Company", "Transporte Siera Azul SA", "900001"),
        ("LegalEntity", "SIERRA AZUL TRANSPORTES", "900001"),
        ("Person", "Ramiro Ficticio Salgado", "900002"),
        ("Person", "Ramiro FicticioSalgado", "900002"),
        ("Person", "Пётр Выдумов", "900009"),
        ("Person", "Petr Nebylovich Vydumov", "900009"),
        ("Vessel", "M/V Lady Nowhere", "900007"),
        ("Vessel", "Paper Moon", "900007"),
        ("Airplane", "XX-DEMO", "900008"),
        ("Person", "the lamplighter", "900006"),
    ],
)
def test_a_listed_party_is_found_under_another_spelling(demo: names.Index, schema: str, name: str, entity: str) -> None:
    assert found(demo, schema, name)[:1] == [entity]


@pytest.mark.parametrize(
    ("schema", "name"),
    [("Person", "Ana Torres Vega"), ("Company", "Panaderia La Espiga"), ("Vessel", "Lady Nowhere Two Three")],
)
def test_an_unrelated_party_has_no_hits(demo: names.Index, schema: str, name: str) -> None:
    assert found(demo, schema, name) == []


def test_a_weak_alias_counts_only_in_full(demo: names.Index) -> None:
    assert found(demo, "Person", "El Cartero") == ["900002"]
    assert found(demo, "Person", "El Cartera") == []


def test_a_number_alone_finds_its_holder(demo: names.Index) -> None:
    assert found(demo, "Person", "Somebody Else", identifiers=("x 0000001",)) == ["900002"]


def test_a_hull_number_is_found_with_and_without_its_prefix() -> None:
    ship = names.Entity("1", "Vessel", ("MV FICTICIA",), identifiers=(names.Identifier("imoNumber", "9074729"),))
    index = names.Index.build([listed(ship)])
    for spelling in ("9074729", "IMO9074729", "IMO 9074729"):
        assert found(index, "Vessel", "Renamed", identifiers=(spelling,)) == ["1"]


def test_a_person_is_not_matched_with_a_company_of_the_name() -> None:
    index = names.Index.build([listed(body("1", "Quimera Salgado"))])
    assert found(index, "Person", "Quimera Salgado") == []
    assert found(index, "Company", "Quimera Salgado") == ["1"]


def test_reasons_say_what_spoke_for_and_against_the_hit(demo: names.Index) -> None:
    party = names.Party("p", "Person", "Ramiro Ficticio Salgado", birth_date="1990-01-01", country="es")
    hit = demo.screen(party, threshold=0.3)[0]
    by_feature = {reason.feature: reason for reason in hit.reasons}
    assert by_feature["name_match"].listed_value == "FICTICIO SALGADO, Ramiro"
    assert by_feature["country_mismatch"].points == pytest.approx(-0.2)
    assert by_feature["dob_year_disjoint"].points < 0
    assert "1990-01-01" in by_feature["dob_day_disjoint"].detail
    assert hit.score == pytest.approx(sum(reason.points for reason in hit.reasons))


def test_a_contradiction_takes_a_hit_below_the_threshold_and_agreement_does_not(demo: names.Index) -> None:
    name = "Ramiro Ficticio Salgado"
    assert found(demo, "Person", name, birth_date="1971-03-14", country="mx") == ["900002"]
    assert found(demo, "Person", name, birth_date="1990-01-01", country="es") == []


def test_a_shared_address_lifts_a_half_matching_name_over_the_threshold() -> None:
    address = "44 Calle de la Luna Inventada, Puerto Fingido"
    index = names.Index.build([listed(body("1", "Molino Viejo Quimera", addresses=(address,)))])
    party = names.Party("p", "Company", "Molino Viejo Fantasma Express")
    bare = index.screen(party, threshold=0.3)[0].score
    threshold = bare + 0.1
    assert index.screen(party, threshold=threshold) == []
    placed = names.Party("p", "Company", "Molino Viejo Fantasma Express", address=address)
    assert index.screen(placed, threshold=threshold)[0].score == pytest.approx(bare + 0.2, abs=0.02)


def test_two_entities_with_one_id_on_two_lists_are_kept_apart() -> None:
    index = names.Index.build(
        [listed(person("1", "Ramiro Ficticio"), source="A"), listed(person("1", "Lucia Imaginaria"), source="B")]
    )
    assert [hit.list_source for hit in index.screen(names.Party("p", "Person", "Lucia Imaginaria"))] == ["B"]
    assert index.entity("A", "1") == person("1", "Ramiro Ficticio")
    assert index.entity("B", "1") == person("1", "Lucia Imaginaria")
    assert index.entity("B", "2") is None


def test_a_changed_entity_is_scored_by_its_new_names_within_one_process() -> None:
    party = names.Party("p", "Person", "Ramiro Ficticio")
    before = names.Index.build([listed(person("1", "Ramiro Ficticio"))])
    after = names.Index.build([listed(person("1", "Lucia Imaginaria"), version="2")])
    assert len(before.screen(party)) == 1
    assert after.screen(party) == []


def test_the_limit_keeps_the_best_hits() -> None:
    crowd = [person(str(number), f"Salgado Ramiro {'Quimera' * (number % 3)}".strip()) for number in range(30)]
    index = names.Index.build([listed(*crowd)])
    party = names.Party("p", "Person", "Ramiro Salgado")
    everything = index.screen(party, limit=None)
    assert len(everything) == 30
    assert [hit.score for hit in index.screen(party, limit=5)] == [hit.score for hit in everything[:5]]


def test_a_saved_index_answers_as_the_one_that_was_saved(demo: names.Index, tmp_path: Path) -> None:
    demo.save(tmp_path / "index")
    loaded = names.Index.load(tmp_path / "index")
    party = names.Party("p", "Person", "Ramiro Ficticio Salgado")
    assert loaded.screen(party) == demo.screen(party)
    assert loaded.lists == demo.lists
    assert [path.name for path in tmp_path.iterdir()] == ["index"]


@pytest.mark.parametrize("kept", [0, 10, 200, -1])
def test_a_damaged_index_file_says_to_build_it_again(demo: names.Index, tmp_path: Path, kept: int) -> None:
    path = tmp_path / "index"
    demo.save(path)
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(names.IndexFileError, match="Build the index again"):
        names.Index.load(path)


def test_an_index_takes_one_version_of_each_list() -> None:
    with pytest.raises(ValueError, match="one version"):
        names.Index.build([listed(person("1", "A")), listed(person("2", "B"), version="2")])


@pytest.mark.parametrize("threshold", [0.0, -1.0, 1.5])
def test_a_threshold_outside_its_range_is_refused(demo: names.Index, threshold: float) -> None:
    with pytest.raises(ValueError, match="threshold"):
        demo.screen(names.Party("p", "Person", "Anyone"), threshold=threshold)


def test_a_party_of_an_unknown_schema_is_refused() -> None:
    with pytest.raises(ValueError, match="Spaceship"):
        names.Party("p", "Spaceship", "Nostromo")


@pytest.mark.parametrize("name", ["", "   ", "...", "习近平", "😀", "a" * 2000, "x y " * 300])
def test_a_strange_name_is_screened_without_an_error(demo: names.Index, name: str) -> None:
    assert found(demo, "Person", name) == []


def test_progress_is_told_for_each_party(demo: names.Index) -> None:
    told: list[tuple[int, int]] = []
    parties = [names.Party(str(number), "Person", "Ramiro Ficticio Salgado") for number in range(3)]
    hits = demo.screen_many(parties, progress=lambda done, of: told.append((done, of)))
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert {party: len(of_party) for party, of_party in hits.items()} == {"0": 1, "1": 1, "2": 1}


def test_importing_the_engine_does_not_load_the_scorer() -> None:
    check = "import sys; import enduse.engines.names; print({'nomenklatura', 'followthemoney'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


SYLLABLES = ("ra", "mi", "ro", "lu", "cia", "que", "sal", "ga", "do", "tor", "ven", "zan", "kol", "bir", "she", "dal")


def invented_names(rng: random.Random, count: int) -> list[str]:
    words = ["".join(rng.choices(SYLLABLES, k=rng.randint(2, 4))) for _ in range(60)]
    return [" ".join(rng.choices(words, k=rng.randint(2, 4))) for _ in range(count)]


def test_screening_finds_what_scoring_every_entity_finds() -> None:
    from enduse.engines.names.proxies import party_proxy
    from enduse.engines.names.scoring import compare

    rng = random.Random(20)
    entities = [person(str(number), name) for number, name in enumerate(invented_names(rng, 300))]
    index = names.Index.build([listed(*entities)])
    proxies = [(entity.id, entity.to_ftm()) for entity in entities]
    expected = got = 0
    for entity in rng.sample(entities, 60):
        letters = list(entity.caption)
        letters[rng.randrange(len(letters))] = rng.choice("aeiou ")
        party = names.Party("p", "Person", "".join(letters))
        query = party_proxy(party)
        every = {identity for identity, proxy in proxies if compare(query, proxy).score >= 0.7}
        hits = {hit.entity_id for hit in index.screen(party, limit=None)}
        assert hits <= every
        expected += len(every)
        got += len(hits)
    assert expected > 60
    assert got >= 0.99 * expected


def test_no_word_is_left_unasked_in_which_the_scorer_finds_a_likeness() -> None:
    from enduse.engines.names.surfaces import likeness
    from enduse.engines.names.vocabulary import Vocabulary

    rng = random.Random(4)
    spelt = ["molino", "quimera", "transportes", "ficticio", "ramiro", "khayali", "vydumov", "northmoor", "hiran", "cheng", "unicornio", "муравьев"]
    letters = "abcdefghijklmnopqrstuvwxyz0158áéñе"
    words = set(spelt)
    for _ in range(3_000):
        word = list(rng.choice(spelt))
        for _edit in range(rng.randrange(1, 6)):
            at = rng.randrange(len(word))
            word[at:at + rng.randrange(3)] = rng.choice(("", rng.choice(letters), word[at] + rng.choice(letters), "".join(word[at:at + 2])[::-1]))
            word = word or ["a"]
        words.add("".join(word))
    vocabulary = Vocabulary.build(sorted(words))
    numbers = np.arange(len(vocabulary.listed))
    for word in spelt:
        unasked = numbers[~vocabulary.may_be_alike(word, numbers)]
        assert len(unasked) > 100 or not word.isascii()
        assert [vocabulary.listed[number] for number in unasked if likeness(word, vocabulary.listed[number]) > 0] == []
