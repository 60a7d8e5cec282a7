"""The bodies and users of the casework bench: makers, end users with their units, brokers, officers."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bulk import Writer
from django.contrib.auth.hashers import make_password

from enduse.accounts.models import User
from enduse.accounts.permissions import Role
from enduse.parties.actions import add_member
from enduse.parties.models import Party

COUNTRIES = ("MX", "GT", "CO", "BR", "CL", "PE", "KE", "NG", "EG", "JO", "SA", "AE", "IN", "PH", "TH", "ID", "PL", "RO", "UA", "TR", "ES", "PT", "IT", "GR", "NO",
             "SE", "FI", "EE", "LV", "LT", "CZ", "SK", "HU", "BG", "RS", "AL", "GE", "AM", "KZ", "UZ", "NP", "LK", "BD", "MY", "SG", "KR", "JP", "AU", "NZ", "ZA")
PLACES = ("Northern", "Southern", "Eastern", "Western", "Central", "Upper", "Lower", "Coastal", "Lakeside", "Mountain", "River", "Valley", "Harbour", "Frontier",
          "Island", "Forest", "Plains", "Capital", "Royal", "Federal")
WORKS = ("Rifle Works", "Arms", "Precision", "Ordnance", "Firearms", "Gunsmiths", "Defence Industries", "Small Arms", "Barrels", "Tactical Supply")
BODIES = (("Ministry of Defence", Party.STATE_BODY), ("Army", Party.ARMED_FORCE), ("Navy", Party.ARMED_FORCE), ("National Police", Party.POLICE),
          ("Border Guard", Party.POLICE), ("Ministry of the Interior", Party.STATE_BODY), ("Prison Service", Party.STATE_BODY), ("Presidential Guard", Party.ARMED_FORCE))
BEGUN = datetime(2012, 1, 2, 8, tzinfo=UTC)
PASSWORD = "a bench of one hundred thousand"
UNITS = 9


@dataclass
class People:
    makers: list[Party] = field(default_factory=list)
    end_users: list[Party] = field(default_factory=list)
    brokers: list[Party] = field(default_factory=list)
    units: int = 0
    officers: list[User] = field(default_factory=list)
    countersigners: list[User] = field(default_factory=list)
    users: dict[str, User] = field(default_factory=dict)  # one in each role
    exporters: dict[int, User] = field(default_factory=dict)  # who files for a maker
    ministry: Party | None = None

    def everybody(self) -> list[Party]:
        return [*self.makers, *self.end_users, *self.brokers]


def make(writer: Writer, chance: random.Random, *, makers: int, brokers: int) -> People:
    people = People()
    for number in range(makers):
        name = f"{PLACES[number % len(PLACES)]} {WORKS[number // len(PLACES) % len(WORKS)]} {number // 200 + 1}"
        people.makers.append(_party(writer, name, Party.COMPANY, chance.choice(("US", "IT", "AT", "BE", "CZ")), registration=f"M-{number:04d}"))
    for country in COUNTRIES:
        for body, kind in BODIES:
            top = _party(writer, f"{body} of {country}", kind, country, is_importer=body.startswith("Ministry of Defence"))
            people.end_users.append(top)
            for unit in range(UNITS):
                _party(writer, f"{unit + 1}. {PLACES[unit]} command", kind, country, parent=top, region=f"{PLACES[unit]} region")
                people.units += 1
    for number in range(brokers):
        people.brokers.append(_party(writer, f"{PLACES[number % len(PLACES)]} Brokers and Freight {number}", Party.COMPANY, chance.choice(COUNTRIES)))
    people.ministry = _party(writer, "Ministry of Foreign Affairs", Party.STATE_BODY, "US")
    writer.flush()
    _users(people)
    return people


def _party(writer: Writer, name: str, kind: str, country: str, *, parent: Party | None = None, **more: object) -> Party:
    key = writer.key(Party)
    party = Party(pk=key, name=name, kind=kind, country=country, parent=parent, path=f"{parent.path if parent else '/'}{key}/", changed_at=BEGUN, **more)
    writer.row(party)
    return party


def _users(people: People) -> None:
    hashed = make_password(PASSWORD)  # once: it is meant to be slow

    def user(name: str, role: Role, party: Party | None = None) -> User:
        made = User.objects.create(username=name, role=str(role), password=hashed)
        if party is not None:
            add_member(party, made, by=None)
        return made

    people.officers = [user(f"officer{number}", Role.LICENSING_OFFICER) for number in range(12)]
    people.countersigners = [user(f"countersigner{number}", Role.COUNTERSIGNER) for number in range(5)]
    people.exporters = {maker.pk: user(f"exporter{number}", Role.EXPORTER, maker) for number, maker in enumerate(people.makers[:5])}
    army = people.end_users[1]
    people.users = {
        "applicant": user("applicant", Role.APPLICANT, people.end_users[0]), "exporter": people.exporters[people.makers[0].pk],
        "custodian": user("custodian", Role.CUSTODIAN, army), "officer": people.officers[0], "countersigner": people.countersigners[0],
        "monitor": user("monitor", Role.MONITOR), "policy": user("policy", Role.POLICY_OFFICER), "auditor": user("auditor", Role.AUDITOR),
        "customs": user("customs", Role.CUSTOMS), "adviser": user("adviser", Role.ADVISER, people.ministry), "tracer": user("tracer", Role.TRACING_OFFICER),
        "analyst": user("analyst", Role.ANALYST), "administrator": user("administrator", Role.ADMINISTRATOR),
    }
