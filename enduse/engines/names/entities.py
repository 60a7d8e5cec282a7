"""What stands on a list, and what is held against it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from followthemoney import EntityProxy

SCHEMAS = (
    "Person",
    "Organization",
    "Company",
    "PublicBody",
    "LegalEntity",
    "Vessel",
    "Airplane",
    "Asset",
    "Security",
    "CryptoWallet",
)

ADDRESS = "address"  # the feature of a hit that an address alone raised


class ListError(ValueError):
    """A list file that cannot be taken: nothing of it is used.

    `where` is the row, line or position, `field` the column or element, `remedy` what the sender of the file can do.
    """

    def __init__(self, where: str, field: str, reason: str, remedy: str) -> None:
        self.where, self.field, self.reason, self.remedy = where, field, reason, remedy
        place = f"{where}, {field}" if field else where
        super().__init__(f"{place}: {reason} {remedy}")


@dataclass(frozen=True, slots=True)
class Identifier:
    """A number that names one entity; `kind` is a FollowTheMoney property such as `passportNumber` or `imoNumber`."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Entity:
    """One listed person, body, vessel or aircraft. `names[0]` is its caption, as the list writes it.

    `aliases` count like names; `weak_aliases` only when they agree letter by letter. Dates are ISO 8601, as exact as
    the list is: `1964`, `1964-07`, `1964-07-17`. Countries are as written or ISO codes.
    """

    id: str
    schema: str
    names: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    weak_aliases: tuple[str, ...] = ()
    birth_dates: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    programs: tuple[str, ...] = ()
    gender: str = ""
    remarks: str = ""

    @property
    def caption(self) -> str:
        return self.names[0]

    def as_dict(self) -> dict[str, Any]:
        """Every field that is not empty, for JSON."""
        said = {name: getattr(self, name) for name in self.__slots__}
        said["identifiers"] = tuple({"kind": number.kind, "value": number.value} for number in self.identifiers)
        return {key: value for key, value in said.items() if value}

    def to_json(self) -> str:
        """Every field that is not empty, keys sorted: equal entities give equal text."""
        return json.dumps(self.as_dict(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str | bytes) -> Entity:
        fields: dict[str, Any] = json.loads(text)
        identifiers = tuple(Identifier(**found) for found in fields.pop("identifiers", ()))
        plain: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in fields.items()
        }
        return cls(identifiers=identifiers, **plain)

    @property
    def digest(self) -> str:
        """Changes when anything a match could rest on, or an officer could read, changes."""
        return digest_of(self.to_json())

    def to_ftm(self) -> EntityProxy:
        """The entity as a FollowTheMoney proxy; its id carries the digest, since scorers cache by id."""
        from enduse.engines.names.proxies import entity_proxy

        return entity_proxy(self)


def digest_of(text: str) -> str:
    """The digest of an entity by its JSON."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]


@dataclass(frozen=True)
class ScreenedList:
    """One list at one version. `version` is the date or version that the file states, else the start of its SHA-256.

    `notes` say what an officer should know of the file, such as a missing end mark.
    """

    source: str
    version: str
    sha256: str
    entities: tuple[Entity, ...]
    notes: tuple[str, ...] = ()

    @cached_property
    def by_id(self) -> dict[str, Entity]:
        return {entity.id: entity for entity in self.entities}


@dataclass(frozen=True, slots=True)
class Party:
    """What is screened: a party or an owner, by its names and numbers, and by each address that it gives."""

    id: str
    schema: str
    name: str
    aliases: tuple[str, ...] = ()
    birth_date: str = ""
    country: str = ""
    address: str = ""
    identifiers: tuple[str, ...] = ()
    other_addresses: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.schema not in SCHEMAS:
            raise ValueError(f"A party's schema is one of {', '.join(SCHEMAS)}, not {self.schema!r}.")

    @property
    def addresses(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(filter(None, (self.address, *self.other_addresses))))

    @property
    def digest(self) -> str:
        """Changes when anything that screening reads changes; the id does not count."""
        said = asdict(replace(self, id=""))
        if not self.other_addresses:
            del said["other_addresses"]  # a party of one address is as it was before parties could have several
        text = json.dumps(said, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Reason:
    """One piece of evidence for or against a hit, as the scorer weighed it.

    `feature` is logic-v2's name for it, `score` in 0..1 how far it applies, `weight` what it adds (below 0: takes off),
    `detail` what matched what.
    """

    feature: str
    score: float
    weight: float
    detail: str
    party_value: str = ""
    listed_value: str = ""

    @property
    def points(self) -> float:
        return self.score * self.weight


@dataclass(frozen=True, slots=True)
class Hit:
    """A listed entity that may be the party. `score` in 0..1; `reasons` strongest first."""

    list_source: str
    list_version: str
    entity_id: str
    entity_name: str
    schema: str
    score: float
    reasons: tuple[Reason, ...]

    @property
    def by_address(self) -> bool:
        """Whether an address alone raised it, and no name or number."""
        return any(reason.feature == ADDRESS for reason in self.reasons)


def best_first(hits: list[Hit]) -> list[Hit]:
    """By score, then by list and entity, so that equal scores keep one order."""
    return sorted(hits, key=lambda hit: (-hit.score, hit.list_source, hit.entity_id))
