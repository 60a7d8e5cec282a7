"""The demonstration's parties and users: roles and invented names, nobody who lives."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from enduse.accounts.actions import make_user
from enduse.accounts.models import User
from enduse.accounts.permissions import Role
from enduse.demo.facts import PERSONNEL
from enduse.parties.actions import add_member, register
from enduse.parties.models import Party

PASSWORD = "demonstration-2012"  # noqa: S105 - shown on the sign-in page of a demonstration
# Shown on the sign-in page of a demonstration: (user name, role, what to try).
USERS = [
    ("applicant", Role.APPLICANT, "Secretariat of Defence"), ("exporter", Role.EXPORTER, "Northern Rifle Works"),
    ("custodian", Role.CUSTODIAN, "Secretariat of Defence"), ("police", Role.CUSTODIAN, "Tierra Caliente state police"),
    ("officer", Role.LICENSING_OFFICER, ""), ("countersigner", Role.COUNTERSIGNER, ""), ("countersigner2", Role.COUNTERSIGNER, ""), ("monitor", Role.MONITOR, ""),
    ("tracer", Role.TRACING_OFFICER, ""), ("tracer2", Role.TRACING_OFFICER, ""), ("policy", Role.POLICY_OFFICER, ""),
    ("policy2", Role.POLICY_OFFICER, ""), ("analyst", Role.ANALYST, ""), ("auditor", Role.AUDITOR, ""),
    ("administrator", Role.ADMINISTRATOR, ""), ("customs", Role.CUSTOMS, ""),
    ("adviser", Role.ADVISER, "Ministry of Foreign Affairs"),
]
REGIONS = ["Tierra Caliente", "Altiplano", "Costa Norte", "Sierra Sur", "Bajío Alto", "Península", "Frontera Este", "Frontera Oeste",
           "Valle Central", "Golfo", "Istmo", "Desierto"]
ZONES = 12
BATTALIONS = 2
STATIONS = 3


@dataclass
class Cast:
    """Everybody in the demonstration."""

    army: Party
    depot: Party
    maker: Party
    maker2: Party
    maker3: Party
    carrier: Party
    doubtful_carrier: Party
    prosecutor: Party
    ministry: Party
    zones: list[Party] = field(default_factory=list)
    battalions: list[Party] = field(default_factory=list)
    forces: list[Party] = field(default_factory=list)
    stations: list[Party] = field(default_factory=list)
    users: dict[str, User] = field(default_factory=dict)
    custodians: dict[int, User] = field(default_factory=dict)  # by end user
    exporters: dict[int, User] = field(default_factory=dict)  # by maker
    personnel: dict[int, int] = field(default_factory=dict)  # by unit

    def holders(self) -> list[Party]:
        return [*self.battalions, *self.stations]

    def custodian_of(self, unit: Party) -> User:
        return self.custodians[unit.end_user_id]


def make() -> Cast:
    """Register the parties and the users."""
    army = register(name="Secretariat of Defence", kind=Party.ARMED_FORCE, country="MX", is_importer=True, address="Avenida de la Reforma 1", by=None)
    cast = Cast(
        army=army,
        depot=register(name="Central arms depot", kind=Party.ARMED_FORCE, country="MX", region="Valle Central", parent=army, by=None),
        maker=register(name="Northern Rifle Works", kind=Party.COMPANY, country="US", registration="M-1104", address="12 Mill Road", by=None),
        maker2=register(name="Lakeside Arms", kind=Party.COMPANY, country="US", registration="M-2210", address="4 Quay Street", by=None),
        maker3=register(name="Fabbrica Valle", kind=Party.COMPANY, country="IT", registration="M-3307", address="Via dei Mulini 9", by=None),
        carrier=register(name="Gulf Freight Line", kind=Party.COMPANY, country="US", address="Pier 7", by=None),
        doubtful_carrier=register(name="Transportes Sierra Azul", kind=Party.COMPANY, country="MX", address="Carretera 15", by=None),
        prosecutor=register(name="Federal prosecutor's office", kind=Party.STATE_BODY, country="MX", by=None),
        ministry=register(name="Ministry of Foreign Affairs", kind=Party.STATE_BODY, country="US", by=None),
    )
    for number in range(1, ZONES + 1):
        zone = register(name=f"{_nth(number)} military zone", kind=Party.ARMED_FORCE, country="MX", region=REGIONS[number - 1], parent=army, by=None)
        cast.zones.append(zone)
        for battalion in range(1, BATTALIONS + 1):
            unit = register(name=f"{_nth(number * 10 + battalion)} infantry battalion", kind=Party.ARMED_FORCE, country="MX",
                            region=zone.region, parent=zone, by=None)
            cast.battalions.append(unit)
            cast.personnel[unit.pk] = PERSONNEL // (ZONES * BATTALIONS)
    for region in REGIONS:
        force = register(name=f"{region} state police", kind=Party.POLICE, country="MX", region=region, by=None)
        cast.forces.append(force)
        for station in range(1, STATIONS + 1):
            unit = register(name=f"{region} station {station}", kind=Party.POLICE, country="MX", region=region, parent=force, by=None)
            cast.stations.append(unit)
            cast.personnel[unit.pk] = 420
    _users(cast)
    return cast


def _users(cast: Cast) -> None:
    by_name = {party.name: party for party in [cast.army, cast.maker, cast.ministry, *cast.forces]}
    for number, (username, role, party) in enumerate(USERS):
        cast.users[username] = _user(username, role, by_name.get(party), password=None if number else PASSWORD)
    _share_password(list(cast.users.values()))
    cast.custodians[cast.army.pk] = cast.users["custodian"]
    cast.custodians[cast.forces[0].pk] = cast.users["police"]
    for number, force in enumerate(cast.forces[1:], start=2):
        cast.custodians[force.pk] = _user(f"police{number}", Role.CUSTODIAN, force, password=None)
    cast.exporters[cast.maker.pk] = cast.users["exporter"]
    for number, maker in enumerate([cast.maker2, cast.maker3], start=2):
        cast.exporters[maker.pk] = _user(f"exporter{number}", Role.EXPORTER, maker, password=None)


def _user(username: str, role: Role, party: Party | None, *, password: str | None) -> User:
    """One of the cast; those whom nobody signs in as have no password."""
    user = make_user(username=username, role=role.value, password=password, full_name=f"Demo {username}", by=None)
    if party is not None:
        add_member(party, user, by=None)
    return user


def _share_password(users: list[User]) -> None:
    """All sign in with the first one's password: to hash it for each would take seconds."""
    first, *others = users
    for user in others:
        user.password = first.password
    User.objects.bulk_update(others, ["password"])


def _nth(number: int) -> str:
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def first_of_next(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)
