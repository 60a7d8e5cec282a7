"""The one table of who may do what (role x action) and who may see what (role x noun -> scope).

Pages, API, CLI and exports ask it through `permit` and each noun's `visible_to`. The matrix test walks every URL
and endpoint with every role against it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from enduse.refusals import NotPermitted

if TYPE_CHECKING:
    from enduse.accounts.models import User


class Role(StrEnum):
    APPLICANT = "applicant"
    EXPORTER = "exporter"
    CUSTODIAN = "custodian"
    LICENSING_OFFICER = "licensing_officer"
    COUNTERSIGNER = "countersigner"
    MONITOR = "monitor"
    TRACING_OFFICER = "tracing_officer"
    POLICY_OFFICER = "policy_officer"
    ANALYST = "analyst"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    CUSTOMS = "customs_officer"
    ADVISER = "adviser"


ROLE_NAMES = {
    Role.APPLICANT: _("Applicant"),
    Role.EXPORTER: _("Exporter"),
    Role.CUSTODIAN: _("Custodian"),
    Role.LICENSING_OFFICER: _("Licensing officer"),
    Role.COUNTERSIGNER: _("Countersigner"),
    Role.MONITOR: _("Monitor"),
    Role.TRACING_OFFICER: _("Tracing officer"),
    Role.POLICY_OFFICER: _("Policy officer"),
    Role.ANALYST: _("Analyst"),
    Role.AUDITOR: _("Auditor"),
    Role.ADMINISTRATOR: _("Administrator"),
    Role.CUSTOMS: _("Customs officer"),
    Role.ADVISER: _("Adviser of another body"),
}


class Scope(StrEnum):
    """How much of a noun a role sees."""

    ALL = "all"
    OWN_PARTY = "own party"  # what names the user's own party
    OWN_END_USER = "own end user"  # everything below the end user that the user's unit belongs to
    ADDRESSED = "addressed to the role"  # alerts: those meant for this role
    CONFIRMED = "once confirmed"  # recoveries: those whose trace is confirmed
    REDACTED = "redacted versions only"
    PUBLISHED = "published only"
    ADVICE_ASKED = "advice asked"  # applications on which the advice of the user's own body was asked
    FIGURES = "figures only"  # counts without a name or a full serial
    NONE = "none"


A, X, C, L, S, M, T, P, N, U, D, K = (
    Role.APPLICANT, Role.EXPORTER, Role.CUSTODIAN, Role.LICENSING_OFFICER, Role.COUNTERSIGNER, Role.MONITOR,
    Role.TRACING_OFFICER, Role.POLICY_OFFICER, Role.ANALYST, Role.AUDITOR, Role.ADMINISTRATOR, Role.CUSTOMS,
)
CASEWORK = frozenset({L, S, M, T, P})
EVERYONE = frozenset(Role)

ACTIONS: dict[str, frozenset[Role]] = {
    "accounts.manage_users": frozenset({D}),
    "accounts.make_token": EVERYONE,
    "parties.register": frozenset({L, D}),
    "parties.report_personnel": frozenset({C}),
    "documents.attach": frozenset({A, X, C, L, M, T}),
    "alerts.answer": CASEWORK,
    "screening.load_list": frozenset({L}),
    "screening.screen": frozenset({L}),
    "screening.resolve_hit": frozenset({L}),
    "certificates.check": frozenset({L}),
    "certificates.inquire": frozenset({L}),
    "certificates.answer_inquiry": frozenset({L}),
    "certificates.challenge": frozenset({L, S}),
    "certificates.lift_challenge": frozenset({S}),
    "certificates.issue": frozenset({L}),
    "certificates.take_file": frozenset({L}),
    "certificates.trust_issuer": frozenset({S}),
    "licensing.file_paper": frozenset({A, X}),
    "licensing.accept_difference": frozenset({L}),
    "measures.draft": frozenset({P}),
    "measures.propose": frozenset({P}),
    "measures.enact": frozenset({P}),
    "measures.lift": frozenset({P}),
    "licensing.draft": frozenset({A, X}),
    "licensing.submit": frozenset({A, X}),
    "licensing.withdraw": frozenset({A, X}),
    "licensing.amend": frozenset({A, X}),
    "licensing.copy": frozenset({A, X}),
    "licensing.ask": frozenset({L}),
    "licensing.withdraw_question": frozenset({L}),
    "licensing.answer_question": frozenset({A, X}),
    "licensing.take": frozenset({L}),
    "licensing.assign": frozenset({L, S}),
    "licensing.release": frozenset({L, S}),
    "licensing.move": frozenset({L, S}),
    "licensing.flag": frozenset({L, S}),
    "licensing.note": frozenset({L, S}),
    "licensing.edit_routing": frozenset({D}),
    "licensing.test_routing": frozenset({L, S, D}),
    "licensing.ask_advice": frozenset({L}),
    "licensing.close_advice": frozenset({L, S}),
    "licensing.advise": frozenset({Role.ADVISER}),
    "licensing.assess": frozenset({L}),
    "licensing.recommend": frozenset({L}),
    "licensing.record_denial": frozenset({L}),
    "licensing.consult_denier": frozenset({L}),
    "licensing.decide": frozenset({S}),
    "licensing.send_back": frozenset({S}),
    "licensing.hold": frozenset({L, S}),
    "licensing.release_hold": frozenset({S}),
    "licensing.suspend": frozenset({L, S}),
    "licensing.reinstate": frozenset({S}),
    "licensing.propose_change": frozenset({L, S}),
    "licensing.answer_change": frozenset({S}),
    "licensing.surrender": frozenset({A, X}),
    "licensing.buy": frozenset({A}),
    "licensing.register_first_use": frozenset({X}),
    "licensing.file_undertaking": frozenset({X}),
    "licensing.appeal": frozenset({A, X}),
    "licensing.notify": frozenset({L}),
    "licensing.object_to": frozenset({L}),
    "licensing.issue": frozenset({L}),
    "licensing.ask_advisory": frozenset({A, X}),
    "licensing.answer_advisory": frozenset({L}),
    "licensing.withdraw_advisory": frozenset({A, X}),
    "custody.register": frozenset({X}),
    "custody.move": frozenset({C}),
    "custody.report_loss": frozenset({C}),
    "custody.stocktake": frozenset({C}),
    "custody.correct": frozenset({C}),
    "deliveries.declare": frozenset({X}),
    "deliveries.ship": frozenset({X}),
    "deliveries.cancel": frozenset({X}),
    "deliveries.file_return": frozenset({X}),
    "deliveries.receive": frozenset({C}),
    "deliveries.verify": frozenset({M}),
    "deliveries.watch": frozenset({L, M}),
    "deliveries.check_at_border": frozenset({K, L, S}),
    "deliveries.report_exports": frozenset({K}),
    "deliveries.notify_import": frozenset({A, C}),
    "deliveries.record_import": frozenset({L}),
    "deliveries.withdraw_import": frozenset({A, C, L}),
    "deliveries.read_differences": frozenset({K, L, S}),
    "monitoring.plan": frozenset({M}),
    "monitoring.record_outcome": frozenset({M}),
    "tracing.record_recovery": frozenset({T}),
    "tracing.search": frozenset({T}),
    "tracing.confirm": frozenset({T}),
    "tracing.answer": frozenset({T}),
    "tracing.learn_errors": frozenset({T}),
    "tracing.report_seizures": frozenset({T}),
    "tracing.run_operation": frozenset({T}),
    "diversion.estimate": frozenset({N, P}),
    "lab.simulate": frozenset({N, P}),
    "reports.draft": frozenset({N, P}),
    "reports.publish": frozenset({P}),
    "ledger.verify": frozenset({U}),
    "ledger.propose_key": frozenset({D}),
    "ledger.change_key": frozenset({D}),
    "ledger.propose_forgetting": frozenset({L, M, T}),
    "ledger.order_forgetting": frozenset({S}),
}


def _scopes(default: Scope = Scope.NONE, **by_role: Scope) -> dict[Role, Scope]:
    return {role: by_role.get(role.value, default) for role in Role}


_AUTHORITY = {"licensing_officer": Scope.ALL, "countersigner": Scope.ALL, "auditor": Scope.ALL}

NOUNS: dict[str, dict[Role, Scope]] = {
    "user": _scopes(administrator=Scope.ALL, auditor=Scope.ALL),
    "party": _scopes(Scope.ALL, applicant=Scope.OWN_PARTY, exporter=Scope.OWN_PARTY, custodian=Scope.OWN_END_USER,
                     customs_officer=Scope.NONE, analyst=Scope.FIGURES, adviser=Scope.NONE),
    "document": _scopes(**_AUTHORITY, applicant=Scope.OWN_PARTY, exporter=Scope.OWN_PARTY, monitor=Scope.REDACTED,
                        tracing_officer=Scope.REDACTED, adviser=Scope.ADVICE_ASKED),
    "alert": _scopes(Scope.NONE, auditor=Scope.ALL, licensing_officer=Scope.ADDRESSED, countersigner=Scope.ADDRESSED,
                     monitor=Scope.ADDRESSED, tracing_officer=Scope.ADDRESSED, policy_officer=Scope.ADDRESSED),
    "screening": _scopes(**_AUTHORITY),
    "certificate": _scopes(**_AUTHORITY, applicant=Scope.OWN_PARTY, exporter=Scope.OWN_PARTY),
    "application": _scopes(**_AUTHORITY, applicant=Scope.OWN_PARTY, exporter=Scope.OWN_PARTY, adviser=Scope.ADVICE_ASKED),
    # What officers and other bodies say among themselves: questions' drafts, notes, flags, queues, assignments.
    "casework": _scopes(**_AUTHORITY),
    # What was asked about an end user before any application, and what was answered.
    "advisory": _scopes(**_AUTHORITY, applicant=Scope.OWN_PARTY, exporter=Scope.OWN_PARTY),
    "routing": _scopes(**_AUTHORITY, administrator=Scope.ALL),
    "licence": _scopes(**_AUTHORITY, applicant=Scope.OWN_PARTY, exporter=Scope.OWN_PARTY, monitor=Scope.ALL,
                       tracing_officer=Scope.ALL),
    # The money on an application or a licence: tracing officers and monitors never see it.
    "value": _scopes(**_AUTHORITY, applicant=Scope.OWN_PARTY, exporter=Scope.OWN_PARTY),
    "consignment": _scopes(**_AUTHORITY, exporter=Scope.OWN_PARTY, custodian=Scope.OWN_END_USER, monitor=Scope.ALL,
                           tracing_officer=Scope.ALL),
    # What an importing state says that it imports, of whatever origin.
    "import": _scopes(**_AUTHORITY, applicant=Scope.OWN_PARTY, custodian=Scope.OWN_END_USER, monitor=Scope.ALL, tracing_officer=Scope.ALL),
    # How the conditions of licences stand: an exporter would read the end user's losses in them.
    "duty": _scopes(**_AUTHORITY, monitor=Scope.ALL),
    "firearm": _scopes(**_AUTHORITY, exporter=Scope.OWN_PARTY, custodian=Scope.OWN_END_USER, monitor=Scope.ALL,
                       tracing_officer=Scope.ALL, policy_officer=Scope.FIGURES, analyst=Scope.FIGURES),
    "stocktake": _scopes(**_AUTHORITY, custodian=Scope.OWN_END_USER, monitor=Scope.ALL),
    "check": _scopes(**_AUTHORITY, monitor=Scope.ALL, policy_officer=Scope.FIGURES, analyst=Scope.FIGURES),
    "recovery": _scopes(tracing_officer=Scope.ALL, auditor=Scope.ALL, licensing_officer=Scope.CONFIRMED,
                        countersigner=Scope.CONFIRMED, monitor=Scope.CONFIRMED,
                        policy_officer=Scope.FIGURES, analyst=Scope.FIGURES),
    "operation": _scopes(tracing_officer=Scope.ALL, auditor=Scope.ALL),
    "measure": _scopes(Scope.PUBLISHED, policy_officer=Scope.ALL, licensing_officer=Scope.ALL,
                       countersigner=Scope.ALL, analyst=Scope.ALL, auditor=Scope.ALL),
    "estimate": _scopes(policy_officer=Scope.ALL, analyst=Scope.ALL, **_AUTHORITY),
    "scenario": _scopes(policy_officer=Scope.ALL, analyst=Scope.ALL, auditor=Scope.ALL),
    # Orders about the log: a change of its key, the forgetting of a content.
    "order": _scopes(Scope.ALL, applicant=Scope.NONE, exporter=Scope.NONE, custodian=Scope.NONE, analyst=Scope.NONE),
    "report": _scopes(Scope.PUBLISHED, policy_officer=Scope.ALL, analyst=Scope.ALL, auditor=Scope.ALL),
}


def may(user: User | None, action: str) -> bool:
    """Whether this user's role does this action at all (its rules may still refuse a given case)."""
    return bool(user is not None and user.is_authenticated and user.is_active and user.role in ACTIONS[action])


def permit(user: User, action: str) -> None:
    """Raise NotPermitted unless the user's role does this action."""
    if not may(user, action):
        raise NotPermitted(
            gettext("Your role does not do this (%(action)s)."),
            gettext("Sign in as one who does: %(roles)s."),
            action=action,
            roles=", ".join(str(ROLE_NAMES[role]) for role in sorted(ACTIONS[action])),
        )


def scope_of(user: User | None, noun: str) -> Scope:
    """How much of the noun this user sees; the public sees what is published of measures and reports, else nothing."""
    if user is None or not user.is_authenticated or not user.is_active:
        return Scope.PUBLISHED if noun in {"measure", "report"} else Scope.NONE
    return NOUNS[noun][Role(user.role)]


def sees(user: User | None, noun: str) -> bool:
    """Whether this user sees single instances of the noun (not figures only)."""
    return scope_of(user, noun) not in {Scope.NONE, Scope.FIGURES}


def must_see(user: User | None, noun: str, *, figures: bool = False) -> None:
    """Raise NotPermitted unless the user sees something of the noun (with `figures`: or its figures)."""
    scope = scope_of(user, noun)
    if scope is Scope.NONE or (scope is Scope.FIGURES and not figures):
        raise NotPermitted(gettext("Your role does not see this."), gettext("Ask an officer whose role does."), rule=10)
