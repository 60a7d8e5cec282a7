"""What of a party is compared with the lists, and the hits in the words of the comparison."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from enduse.parties.models import Party

if TYPE_CHECKING:
    from enduse.engines import names
    from enduse.screening.models import Hit

SCHEMAS = {
    Party.PERSON: "Person", Party.COMPANY: "Company", Party.STATE_BODY: "Organization", Party.POLICE: "Organization",
    Party.ARMED_FORCE: "Organization",
}


def as_listed(party: Party, other_addresses: tuple[str, ...]) -> names.Party:
    """The party in the words of the comparison, with where else it is. Its digest changes with anything that is compared, and with nothing else."""
    from enduse.engines import names

    return names.Party(
        id=str(party.pk), schema=SCHEMAS[party.kind], name=party.name, birth_date=party.birth_date.isoformat() if party.birth_date else "",
        country=party.country.lower(), address=party.address, identifiers=(party.registration,) if party.registration else (),
        other_addresses=other_addresses,
    )


def plainly(asked: names.Party) -> dict[str, Any]:
    """What was compared, as JSON: every field that says something."""
    said = {field: list(value) if isinstance(value, tuple) else value for field, value in asdict(asked).items() if field != "id"}
    return {field: value for field, value in said.items() if value}


def as_found(hit: Hit) -> names.Hit:
    """A kept hit as the engine gave it."""
    from enduse.engines import names

    reasons = tuple(
        names.Reason(each["feature"], each["score"], each["weight"], each["detail"], each["party_value"], each["listed_value"])
        for each in hit.reasons)
    return names.Hit(hit.list_version.source, hit.list_version.version, hit.entity_id, hit.entity_name, hit.schema, hit.score, reasons)


def values_of(said: Any) -> list[str]:
    """A field of an entry or of a party as texts; a number stands with its kind's own value."""
    if not said:
        return []
    return [str(each["value"]) if isinstance(each, dict) else str(each) for each in (said if isinstance(said, list | tuple) else [said])]


def changes_between(before: dict[str, Any], now: dict[str, Any]) -> dict[str, list[str]]:
    """What differs between two states of an entry or of a party: {field: [before, now]}, several values divided by `; `."""
    found = {}
    for field in sorted({*before, *now} - {"id"}):
        old, new = "; ".join(values_of(before.get(field))), "; ".join(values_of(now.get(field)))
        if old != new:
            found[field] = [old, new]
    return found
