"""Reads of one hit, one list version and one party's history, in the words of a page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from enduse.accounts.models import User
from enduse.parties.models import Party
from enduse.screening.compared import changes_between, values_of
from enduse.screening.findings import in_words
from enduse.screening.models import Hit, HitResolution, ListChange, ListVersion, Rescreened

FIELD_NAMES: dict[str, Any] = {
    "name": _("Name"), "names": _("Names"), "aliases": _("Also known as"), "weak_aliases": _("Weak aliases"), "schema": _("Kind"),
    "birth_date": _("Born"), "birth_dates": _("Born"), "country": _("Country"), "countries": _("Countries"), "address": _("Address"),
    "addresses": _("Addresses"), "other_addresses": _("Other addresses"), "identifiers": _("Numbers"), "programs": _("Listed under"), "gender": _("Gender"), "remarks": _("Remarks"),
}
FEATURE_NAMES: dict[str, Any] = {
    "name_match": _("names"), "address": _("an address alone"), "weak_alias_match": _("a weak alias"), "identifier_match": _("a number"), "address_prop_match": _("addresses"),
    "country_mismatch": _("countries differ"), "dob_year_disjoint": _("birth years differ"), "dob_day_disjoint": _("birthdays differ"),
    "gender_mismatch": _("genders differ"), "address_entity_match": _("an address"), "crypto_wallet_address": _("a wallet"),
    "isin_security_match": _("ISIN number"), "lei_code_match": _("LEI number"), "ogrn_code_match": _("OGRN number"),
    "vessel_imo_mmsi_match": _("IMO or MMSI number"), "inn_code_match": _("INN number"), "bic_code_match": _("bank code"),
    "uei_code_match": _("UEI number"), "npi_code_match": _("NPI number"),
}
SCHEMA_NAMES: dict[str, Any] = {
    "Person": _("person"), "Organization": _("body"), "Company": _("company"), "PublicBody": _("state body"), "LegalEntity": _("person or body"),
    "Vessel": _("ship"), "Airplane": _("aircraft"), "Asset": _("asset"), "Security": _("security"), "CryptoWallet": _("wallet"),
}
# What the party says beside what the entry says.
SIDES = [("name", "names"), ("aliases", "aliases"), (None, "weak_aliases"), ("schema", "schema"), ("birth_date", "birth_dates"),
         ("country", "countries"), ("address", "addresses"), ("identifiers", "identifiers"), (None, "gender"), (None, "programs"), (None, "remarks")]


@dataclass(frozen=True)
class Side:
    """One thing that the party and the entry say, side by side."""

    name: str
    party: tuple[str, ...]
    entry: tuple[str, ...]


@dataclass(frozen=True)
class Change:
    name: str
    before: str
    now: str


@dataclass(frozen=True)
class Earlier:
    """What an officer said of the same pair before, and what changed since then, so that it is asked again."""

    said: HitResolution
    party: tuple[Change, ...]
    entry: tuple[Change, ...]


def feature_name(feature: str) -> str:
    return str(FEATURE_NAMES.get(feature, feature.replace("_", " ")))


def sides(hit: Hit) -> list[Side]:
    """The party as it was compared beside the entry as it stood."""
    rows = []
    for mine, theirs in SIDES:
        party, entry = _said(hit.screening.compared, mine), _said(hit.entry, theirs)
        if mine == "address":
            party = (*party, *_said(hit.screening.compared, "other_addresses"))
        if party or entry:
            rows.append(Side(str(FIELD_NAMES[theirs]), party, entry))
    return rows


def _said(said: dict[str, Any], field: str | None) -> tuple[str, ...]:
    values = values_of(said.get(field)) if field else []
    if field == "schema":
        return tuple(str(SCHEMA_NAMES.get(value, value)) for value in values)
    return tuple(value.upper() if field == "country" and len(value) == 2 else value for value in values)


def reasons(hit: Hit) -> list[dict[str, Any]]:
    """Why it was raised: what was compared, in words, with the points that it added or took off."""
    return [{**each, "words": feature_name(each["feature"]), "points": round(each["score"] * each["weight"], 2), "finding": in_words(each)} for each in hit.reasons]


def earlier_answer(hit: Hit) -> Earlier | None:
    """The last answer to the same pair in an earlier screening, if the pair changed since; None where it is the first or remembered."""
    if hit.remembered_id is not None:
        return None
    said = earlier_answers([hit]).get(hit.pk)
    if said is None:
        return None
    return Earlier(
        said, tuple(_named(changes_between(said.hit.screening.compared, hit.screening.compared))),
        tuple(_named(changes_between(said.hit.entry, hit.entry))))


def earlier_answers(hits: Iterable[Hit]) -> dict[int, HitResolution]:
    """For each hit that has one: the last answer given to the same pair before it, in one query."""
    todo = {(hit.screening.party_id, hit.list_version.source, hit.entity_id): hit for hit in hits}
    found: dict[int, HitResolution] = {}
    if not todo:
        return found
    resolutions = HitResolution.objects.filter(
        hit__screening__party__in={party for party, _source, _entity in todo}, hit__entity_id__in={entity for _party, _source, entity in todo},
    ).select_related("recorded_by", "hit__screening", "hit__list_version").order_by("pk")
    for each in resolutions:
        hit = todo.get((each.hit.screening.party_id, each.hit.list_version.source, each.hit.entity_id))
        if hit is not None and each.hit_id != hit.pk and each.hit.screening_id < hit.screening_id:
            found[hit.pk] = each
    return found


def _named(changes: dict[str, list[str]]) -> Iterable[Change]:
    for field, (before, now) in changes.items():
        yield Change(str(FIELD_NAMES.get(field, field)), before, now)


def list_changes(user: User | None, version: ListVersion, *, kind: str = "", search: str = "") -> QuerySet[ListChange]:
    """What a version changed against the one it replaced."""
    rows = ListChange.objects.filter(list_version__in=ListVersion.objects.visible_to(user).filter(pk=version.pk)).order_by("kind", "entity_name", "pk")
    if kind in dict(ListChange.KINDS):
        rows = rows.filter(kind=kind)
    return rows.filter(entity_name__icontains=search.strip()) if search.strip() else rows


def told(change: ListChange) -> list[Change]:
    """The fields of a changed entry, before and now."""
    return list(_named(change.fields))


@dataclass(frozen=True)
class Event:
    """One line of a party's screening history."""

    when: datetime
    place: int
    name: str
    hits: int | None
    open: int | None
    by: str


def history(user: User | None, party: Party, *, limit: int = 30) -> list[Event]:
    """Screenings of a party, and each time a changed list was compared with it and nothing was new; newest first."""
    from enduse.screening.queries import screenings

    made: list[Any] = list(screenings(user, party=party)[:limit])  # with their counts of hits
    events = [Event(each.recorded_at, each.pk, each.name, each.hit_count, each.open_count, str(each.recorded_by or _("the system"))) for each in made]
    kept = Rescreened.objects.filter(screening__in=[each.pk for each in made]).select_related(
        "rescreening__recorded_by", "screening").order_by("-rescreening")[:limit]
    events += [
        Event(each.rescreening.recorded_at, each.rescreening_id, each.screening.name, None, None, str(each.rescreening.recorded_by)) for each in kept]
    return sorted(events, key=lambda event: -event.place)[:limit]
