"""A listed body at a party's address is a possible match, shown as such, answered and remembered as any other."""

from __future__ import annotations

import io
from datetime import date

import pytest
from django.test import Client

from enduse.ledger.verification import verify
from enduse.parties.actions import add_address, change, end_address, link, register
from enduse.parties.models import Link, Party, PartyAddress
from enduse.refusals import Invalid, NotPermitted, Refused
from enduse.screening.actions import load_list, rescreen, resolve_hit, screen
from enduse.screening.models import Hit, ListVersion, Rescreening
from enduse.screening.queries import state_of
from tests.engines.names import lists as samples
from tests.licensing.given import recommended
from tests.races import race

LISTED = "Luna de Papel S.C."
AT = "Calle de los Molinos 27, Puerto Quimera 11420, Mexico"
SINCE = date(2010, 1, 1)


def listing(by, *, at: str = AT, extra: str = "") -> ListVersion:
    file = io.BytesIO(f'id,schema,name,address\n1,Company,{LISTED},"{at}"\n{extra}'.encode())
    return load_list(file, by=by, source="addresses", file_name="addresses.csv")


@pytest.fixture
def there(people) -> Party:
    listing(people.officer)
    return register(name="Grupo Quiebrasol", kind=Party.COMPANY, country="MX", address="Molinos 27, Puerto Quimera", by=None)


def another(people, party: Party, text: str = AT, **changes) -> PartyAddress:
    return add_address(party, **{"use": "store", "text": text, "since": SINCE, "source": "Land register", "by": people.officer, **changes})


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_shared_address_is_shown_as_an_address_alone_and_ranks_below_names(people, there):
    other = register(name=LISTED, kind=Party.COMPANY, country="MX", by=None)
    for party in (there, other):
        screen(party, by=people.officer)
    client = signed_in(people.officer)
    queue = client.get("/screening/hits/").content.decode()
    assert queue.index(str(other)) < queue.index(str(there))
    assert "an address alone" in queue
    by_address = client.get("/screening/hits/?raised_by=address").content.decode()
    assert str(there) in by_address
    assert f"/screening/parties/{other.pk}/" not in by_address
    assert [each["party_name"] for each in client.get("/api/screening/hits?raised_by=name").json()] == [str(other)]
    (hit,) = client.get("/api/screening/hits?raised_by=address").json()
    assert (hit["party_name"], hit["by_address"], hit["reasons"][0]["feature"]) == (str(there), True, "address")
    page = client.get(f"/screening/hits/{hit['id']}/").content.decode()
    assert "An address alone raised it" in page
    assert AT in page
    assert "an address alone" in client.get(f"/screening/parties/{there.pk}/").content.decode()


def test_nothing_is_decided_while_a_hit_by_address_is_open(people):
    application = recommended(people)
    change(people.maker, address="Molinos 27, Puerto Quimera", by=people.officer)
    listing(people.officer)
    rescreen(by=people.officer)
    client = signed_in(people.countersigner)
    live = application.recommendations.get()
    answer = client.post(f"/api/licensing/applications/{application.reference}/decide", {"recommendation": live.pk}, content_type="application/json")
    assert (answer.status_code, answer.json()["refused"]["rule"]) == (409, 2)
    assert "hits to resolve" in answer.json()["refused"]["reason"]


def test_an_answer_is_remembered_until_the_partys_addresses_or_the_entry_change(people, there):
    said = resolve_hit(screen(there, by=people.officer).hits.get(), outcome="false_match", reason="A shared office building.", by=people.officer)
    listing(people.officer, extra='2,Person,Somebody Else,\n')
    rescreen(by=people.officer)
    assert state_of(there).state == "clear"
    assert Rescreening.objects.get().parties == 1
    another(people, there, "Avenida Sur 4, Villa Inventada, Mexico")
    assert state_of(there).state == "stale"
    assert screen(there, by=people.officer).hits.get().said() is None
    end_address(PartyAddress.objects.get(), until=date(2011, 1, 1), by=people.officer)
    assert screen(there, by=people.officer).hits.get().said() == said
    listing(people.officer, at=AT.replace("11420", "11421"))
    rescreen(by=people.officer)
    assert state_of(there).state == "open_hits"
    assert verify().differences == ()


def test_each_address_of_a_party_and_of_whoever_owns_it_is_screened(people, there):
    other = register(name="Papelera del Sur", kind=Party.COMPANY, country="MX", address="Avenida Sur 4, Villa Inventada", by=None)
    screen(other, by=people.officer)
    assert state_of(other).state == "clear"
    another(people, other)
    assert state_of(other).state == "stale"
    hit = screen(other, by=people.officer).hits.get()
    assert (hit.entity_name, hit.reasons[0]["party_value"]) == (LISTED, AT)
    link(people.carrier, other, role=Link.OWNER, since=SINCE, source="Company register", by=people.officer)
    screen(people.carrier, by=people.officer)
    state = state_of(people.carrier)
    assert (state.state, [each.entity_name for each in state.open_hits]) == ("open_hits", [LISTED])


def test_an_officer_records_and_ends_an_address_on_the_page_and_through_the_api(people, there):
    client = signed_in(people.officer)
    where = f"/parties/{there.pk}"
    page = client.post(f"{where}/addresses/new/", {
        "use": "store", "text": "Bodega 4, Villa Inventada", "since": "2010-01-01", "source": "Land register"}, follow=True).content.decode()
    assert "The party must be screened again." in page
    assert "Bodega 4, Villa Inventada" in page
    made = client.post(f"/api{where}/addresses", {
        "use": "office", "text": "Torre 9, Villa Inventada", "since": "2010-01-01", "source": "Annual report"}, content_type="application/json").json()
    assert [each["text"] for each in client.get(f"/api{where}/addresses").json()] == ["Bodega 4, Villa Inventada", "Torre 9, Villa Inventada"]
    client.post(f"/api{where}/addresses/{made['id']}/end", {"until": "2011-05-01"}, content_type="application/json")
    first = PartyAddress.objects.get(use="store")
    assert "Bodega 4" in client.get(f"{where}/addresses/{first.pk}/end/").content.decode()
    client.post(f"{where}/addresses/{first.pk}/end/", {"until": "2011-05-01"})
    assert client.get(f"/api{where}/addresses").json() == []
    assert "Bodega 4, Villa Inventada" in client.get(f"{where}/").content.decode()
    assert verify().differences == ()


def test_a_bad_address_is_told_field_by_field(people, there):
    with pytest.raises(Invalid) as invalid:
        another(people, there, " - ", use="castle", since=date(2999, 1, 1), source=" ")
    assert {problem.field for problem in invalid.value.problems} == {"use", "text", "since", "source"}
    with pytest.raises(Invalid, match="at most 300 letters"):
        another(people, there, "a" * 301)
    with pytest.raises(Refused, match="recorded already"):
        another(people, there, "molinos 27,  puerto quimera")
    made = another(people, there, "Bodega 4")
    with pytest.raises(Invalid, match="ends after it began"):
        end_address(made, until=date(2009, 1, 1), by=people.officer)
    end_address(made, until=date(2011, 1, 1), by=people.officer)
    with pytest.raises(Refused, match="ended already"):
        end_address(made, until=date(2011, 1, 1), by=people.officer)
    with pytest.raises(NotPermitted):
        another(people, there, "Bodega 5", by=people.exporter)


@pytest.mark.django_db(transaction=True)
def test_two_officers_at_once_record_one_address_once(people, there):
    outcomes = race(*(lambda: another(people, there, "Bodega 4, Villa Inventada") for _ in range(2)))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["PartyAddress", "Refused"]
    assert PartyAddress.objects.count() == 1


def test_the_treasurys_tables_are_loaded_from_one_archive(people, tmp_path):
    import zipfile

    packed = tmp_path / "SDALL.ZIP"
    with zipfile.ZipFile(packed, "w") as archive:
        for file in samples.tables(tmp_path).values():
            archive.write(file, file.name)
    client = signed_in(people.officer)
    with packed.open("rb") as file:
        page = client.post("/licensing/lists/load/", {"file": file}, follow=True).content.decode()
    assert "OFAC SDN" in page
    version = ListVersion.objects.get()
    assert (version.format, version.entries, version.file_name, version.notes) == ("zip", 2, "SDALL.ZIP", [])
    party = register(name="Molino Antiguo", kind=Party.COMPANY, country="PA", by=None)
    assert screen(party, by=people.officer).hits.get().entry["addresses"] == ["P.O. Box 77, Panama"]
    with (tmp_path / "alt.csv").open("rb") as file:
        page = client.post("/licensing/lists/load/", {"file": file}).content.decode()
    assert "It is the aliases of a list of the US Treasury, without the list." in page
    assert Hit.objects.count() == 1
