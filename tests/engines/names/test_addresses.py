"""A hit by an address alone: found in any order and script, with its reason, below every hit by name, and never for a town."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from enduse.engines import names
from enduse.engines.names import addresses
from enduse.engines.names.addresses import likeness, place_of
from tests.engines.names.lists import body, listed

pytestmark = pytest.mark.engine

SHARED = Path("../shared/data/screening")
AT = "Calle de los Molinos 27, Puerto Quimera 11420, Mexico"


def party(*at: str, name: str = "Nadie Conocido", schema: str = "Company") -> names.Party:
    first, *others = at
    return names.Party("p", schema, name, address=first, other_addresses=tuple(others))


def hits(asked: names.Party, *entities: names.Entity, **options) -> list[names.Hit]:
    return names.Index.build([listed(*entities)]).screen(asked, **options)


def test_a_listed_body_at_the_partys_address_is_a_hit_by_that_alone() -> None:
    (hit,) = hits(party("C/ de los Molinos, 27 - Puerto Quimera"), body("1", "Luna de Papel S.C.", addresses=(AT,)))
    assert hit.by_address
    (reason,) = hit.reasons
    assert (reason.feature, reason.party_value, reason.listed_value) == ("address", "C/ de los Molinos, 27 - Puerto Quimera", AT)
    assert set(reason.detail.split()) >= {"27", "molinos", "puerto", "quimera", "+11420"}
    assert hit.score == pytest.approx(reason.points)
    assert hit.score < 0.7


@pytest.mark.parametrize(("mine", "theirs"), [
    ("ул. Ленина 5, Выдумск", "5 Lenina St., Vydumsk"), ("Μεγάλου Αλεξάνδρου 12, Φαντασία", "Megalou Alexandrou 12, Fantasia"),
    ("Karl-Marx-Strasse 210, 12055 Nirgendheim", "Karl Marx Str. 210, Nirgendheim"), ("Molinos 27, Puerto Quimera, México", AT),
    ("Calle de los Molinoss 27, Puerto Quimera", AT), ("P.O. Box 19585/777, Tehran", "PO Box 19585-777, Tehran, Iran (Islamic Republic of)"),
])
def test_scripts_spellings_and_orders_do_not_part_one_address(mine: str, theirs: str) -> None:
    assert likeness(place_of(mine), place_of(theirs)).score >= addresses.ADDRESS_THRESHOLD


@pytest.mark.parametrize(("mine", "theirs"), [
    ("Calle de los Molinos 29, Puerto Quimera", AT), ("Calle del Puerto 27, Villa Inventada", AT),
    ("Calle de los Molinos 27, Puerto Quimera, Spain", AT), ("Avenida Sur 27, Puerto Quimera 11420, Mexico", AT),
    ("P.O. Box 7, Tehran, Iran", "P.O. Box 71, Tehran, Iran"), ("Mosul, Iraq", "Mosul, Iraq"),
    ("Saemaul 2-dong, Pyongchon-guyok, Pyongyang", "Puksong 2-dong, Pyongchon-guyok, Pyongyang"),
])
def test_other_numbers_streets_and_countries_and_towns_alone_are_not_one_address(mine: str, theirs: str) -> None:
    assert likeness(place_of(mine), place_of(theirs)).score < addresses.ADDRESS_THRESHOLD


def test_a_hit_by_name_stays_one_hit_and_stands_above_one_by_address() -> None:
    both, other = body("1", "Molino Quimera", addresses=(AT,)), body("2", "Luna de Papel", addresses=(AT,))
    found = hits(party(AT, name="Molino Quimera"), other, both)
    assert [(hit.entity_id, hit.by_address) for hit in found] == [("1", False), ("2", True)]
    assert "address_prop_match" in {reason.feature for reason in found[0].reasons}


def test_each_address_of_a_party_is_screened_and_the_most_alike_is_said() -> None:
    other = "3 Phantom Wharf, Northmoor NM1 0ZZ"
    entities = body("1", "Luna de Papel", addresses=(AT, other)), body("2", "Phantom Brokers", addresses=(other,))
    found = hits(party("Calle de los Molinos 27, Puerto Quimera", other), *entities)
    assert [(hit.entity_id, hit.reasons[0].listed_value) for hit in found] == [("1", other), ("2", other)]
    assert hits(party("12 Mill Road, Elsewhere"), *entities) == []


def test_many_at_one_address_do_not_crowd_out_hits_by_name() -> None:
    crowd = [body(str(number), f"Firm {chr(65 + number)}{chr(97 + number) * 3}", addresses=(AT,)) for number in range(20)]
    found = hits(party(AT, name="Molino Quimera"), *crowd, body("x", "Molino Quimera"), limit=25)
    assert (found[0].entity_id, len(found)) == ("x", 1 + addresses.MOST_ADDRESS_HITS)
    assert len(hits(party(AT), *crowd, limit=None)) == 20


def test_an_index_that_was_saved_finds_addresses_too(tmp_path: Path) -> None:
    index = names.Index.build([listed(body("1", "Luna de Papel", addresses=(AT,)))])
    index.save(tmp_path / "index")
    asked = party(AT)
    assert names.Index.load(tmp_path / "index").screen(asked) == index.screen(asked) != []




def test_a_party_of_one_address_is_known_by_the_digest_that_it_had_before_parties_had_several() -> None:
    asked = names.Party("1", "Company", "Molino Quimera", address="5 Mill Road")
    assert asked.digest == "bf170ec65df6f49bec425852a8e4c0c6"
    assert replace(asked, other_addresses=("7 Mill Road",)).digest != asked.digest


@pytest.mark.parametrize("limit", [None, 3])
def test_screening_only_what_changed_gives_the_same_hits_by_address(limit: int | None) -> None:
    old = listed(*(body(str(number), f"Firm {chr(65 + number) * 3}", addresses=(AT,)) for number in range(6)), body("n", "Molino Quimera"))
    moved = [replace(old.entities[0], addresses=("Avenida Sur 1, Northmoor",)), *old.entities[2:], body("9", "Quimera Molino", addresses=(AT,))]
    new = replace(old, version="2", sha256="two", entities=tuple(moved))
    parties = [replace(party(AT, name="Molino Quimera"), id="a"), replace(party(AT), id="b"), replace(party("Avenida Sur 1, Northmoor"), id="c")]
    before = names.Index.build([old]).screen_many(parties, limit=limit)
    index = names.Index.build([new])
    assert index.rescreen(parties, before, names.diff(old, new), limit=limit) == index.screen_many(parties, limit=limit)


@pytest.mark.skipif(not SHARED.exists(), reason="the real lists are not here")
def test_on_a_real_list_an_address_finds_itself_and_no_town_does() -> None:
    found = names.read_list(SHARED / "un_consolidated_2018-10-29.xml")
    index = addresses.AddressIndex.build([(number, text) for number, entity in enumerate(found.entities) for text in entity.addresses])
    entities = {text: number for number, entity in enumerate(found.entities) for text in entity.addresses}
    told = [text for text in entities if place_of(text).tells_where and place_of(text).numbers and len(place_of(text).words) > 1]
    assert len(told) > 250
    assert all(entities[text] in {number for number, _ in index.find(text)} for text in told)
    assert not list(index.find("Mosul, Iraq"))
