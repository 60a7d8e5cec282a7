"""Short factories. Everything goes through the product's own actions, so what a test stands on is what a user could make."""

from __future__ import annotations

from dataclasses import dataclass

from enduse.accounts.actions import make_user
from enduse.accounts.models import User
from enduse.accounts.permissions import Role
from enduse.parties.actions import add_member, register
from enduse.parties.models import Party

PASSWORD = "correct horse battery staple"


def user(role: Role | str, party: Party | None = None, name: str = "") -> User:
    made = make_user(username=name or f"{role}{User.objects.count()}", role=str(role), password=PASSWORD, by=None)
    if party is not None:
        add_member(party, made, by=None)
    return made


@dataclass
class People:
    """The parties of a small story and one user in every role (`officer2`, `policy2`: the second of their kind)."""

    maker: Party
    carrier: Party
    army: Party  # the end user: imports for all, with two zones, the first with a battalion
    zone: Party
    battalion: Party
    zone2: Party
    police: Party  # another end user, in another region
    agency: Party  # who seizes
    applicant: User  # of the army's ministry: the buying government
    exporter: User
    custodian: User  # of the army
    police_custodian: User
    officer: User
    officer2: User
    countersigner: User
    monitor: User
    tracer: User
    policy: User
    policy2: User
    analyst: User
    auditor: User
    administrator: User
    customs: User
    ministry: Party  # another body, whose advice is asked
    adviser: User

    def by_role(self) -> dict[str, User]:
        return {
            "applicant": self.applicant, "exporter": self.exporter, "custodian": self.custodian, "licensing_officer": self.officer,
            "countersigner": self.countersigner, "monitor": self.monitor, "tracing_officer": self.tracer, "policy_officer": self.policy,
            "analyst": self.analyst, "auditor": self.auditor, "administrator": self.administrator, "customs_officer": self.customs,
            "adviser": self.adviser,
        }


def people() -> People:
    maker = register(name="Northern Rifle Works", kind=Party.COMPANY, country="US", registration="M-0001", by=None)
    carrier = register(name="Gulf Freight Line", kind=Party.COMPANY, country="US", by=None)
    army = register(name="Secretariat of Defence", kind=Party.ARMED_FORCE, country="MX", is_importer=True, by=None)
    zone = register(name="1st military zone", kind=Party.ARMED_FORCE, country="MX", region="Altiplano", parent=army, by=None)
    battalion = register(name="11th battalion", kind=Party.ARMED_FORCE, country="MX", region="Altiplano", parent=zone, by=None)
    zone2 = register(name="2nd military zone", kind=Party.ARMED_FORCE, country="MX", region="Costa", parent=army, by=None)
    police = register(name="Costa state police", kind=Party.POLICE, country="MX", region="Costa", by=None)
    agency = register(name="Federal prosecutor", kind=Party.STATE_BODY, country="MX", by=None)
    ministry = register(name="Ministry of Foreign Affairs", kind=Party.STATE_BODY, country="US", by=None)
    return People(
        maker=maker, carrier=carrier, army=army, zone=zone, battalion=battalion, zone2=zone2, police=police, agency=agency,
        applicant=user(Role.APPLICANT, army), exporter=user(Role.EXPORTER, maker), custodian=user(Role.CUSTODIAN, army),
        police_custodian=user(Role.CUSTODIAN, police), officer=user(Role.LICENSING_OFFICER), officer2=user(Role.LICENSING_OFFICER),
        countersigner=user(Role.COUNTERSIGNER), monitor=user(Role.MONITOR), tracer=user(Role.TRACING_OFFICER),
        policy=user(Role.POLICY_OFFICER), policy2=user(Role.POLICY_OFFICER), analyst=user(Role.ANALYST), auditor=user(Role.AUDITOR),
        administrator=user(Role.ADMINISTRATOR), customs=user(Role.CUSTOMS), ministry=ministry, adviser=user(Role.ADVISER, ministry),
    )
