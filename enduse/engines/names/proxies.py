"""Listed entities and parties as FollowTheMoney proxies. Importing this module loads FollowTheMoney (seconds)."""

from __future__ import annotations

from followthemoney import EntityProxy, model
from followthemoney.types import registry

from enduse.engines.names.entities import Entity, Identifier, Party

COUNTRY_PROPERTY = {"Person": "nationality", "Vessel": "flag"}
NUMBER_FALLBACKS = ("idNumber", "registrationNumber", "accountId")


def entity_proxy(entity: Entity, digest: str = "") -> EntityProxy:
    """A listed entity. The proxy's id carries the content's digest (told where it is known): the scorer caches names by id alone."""
    proxy = model.make_entity(entity.schema)
    proxy.id = f"{entity.id}:{digest or entity.digest}"
    proxy.add("name", entity.names)
    proxy.add("alias", entity.aliases)
    proxy.add("weakAlias", entity.weak_aliases)
    proxy.add("birthDate", entity.birth_dates, quiet=True)
    proxy.add("gender", entity.gender or None, quiet=True)
    proxy.add(COUNTRY_PROPERTY.get(entity.schema, "country"), country_codes(entity.countries), cleaned=True)
    proxy.add("address", entity.addresses, quiet=True)
    for identifier in entity.identifiers:
        add_number(proxy, identifier)
    return proxy


def party_proxy(party: Party) -> EntityProxy:
    """A party as the query side of a comparison."""
    proxy = model.make_entity(party.schema)
    proxy.id = f"party:{party.digest}"
    proxy.add("name", party.name)
    proxy.add("alias", party.aliases)
    proxy.add("birthDate", party.birth_date or None, quiet=True)
    proxy.add(COUNTRY_PROPERTY.get(party.schema, "country"), country_codes((party.country,)), cleaned=True, quiet=True)
    proxy.add("address", party.addresses, quiet=True)
    for number in party.identifiers:
        add_number(proxy, Identifier("idNumber", number))
    return proxy


def country_codes(countries: tuple[str, ...]) -> list[str]:
    """ISO-like codes of the countries that can be told; others are left out rather than guessed."""
    codes = (registry.country.clean(country, fuzzy=False) for country in countries if country)
    return list(dict.fromkeys(code for code in codes if code))


def add_number(proxy: EntityProxy, identifier: Identifier) -> None:
    """Under its own property where the schema has it and the number keeps that format, else under a general one."""
    for kind in (identifier.kind, *NUMBER_FALLBACKS):
        prop = proxy.schema.get(kind)
        if prop is None or prop.type != registry.identifier:
            continue
        cleaned = prop.type.clean(identifier.value, format=prop.format, proxy=proxy)
        if cleaned:
            proxy.add(kind, cleaned, cleaned=True)
            return
