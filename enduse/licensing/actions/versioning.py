"""The applicant changes what it asked for before the decision, as a new version; or begins anew from an old application."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from enduse.accounts.models import User
from enduse.accounts.permissions import permit
from enduse.ledger.actions import record
from enduse.licensing import casefile, states
from enduse.licensing.actions.certificates import take_certificate
from enduse.licensing.actions.filing import (
    EXPORT,
    NOBODY_ELSE,
    CertificateGiven,
    LineAsked,
    lock_own,
    own_party,
    refuse_without_value,
    rewrite,
    save_copy,
)
from enduse.licensing.actions.questions import told
from enduse.licensing.actions.routing import route
from enduse.licensing.cases import CaseEvent
from enduse.licensing.chain import ChainAsked
from enduse.licensing.kinds import KindAsked
from enduse.licensing.models import Application
from enduse.licensing.open_licences import needs_certificate
from enduse.licensing.queries import with_facts
from enduse.parties.models import Party
from enduse.refusals import Invalid, Problem, Refused


def amend(
    application: Application, *, by: User, reason: str, capacity: str, end_user: Party, consignee: Party, country: str, purpose: str,
    lines: Sequence[LineAsked], seller: Party | None = None, intermediaries: Iterable[Party] = (), certificate: CertificateGiven | None = None,
    payer: Party | None = None, transit_countries: Sequence[str] = (), version: int | None = None, kind: KindAsked = EXPORT,
    others: ChainAsked = NOBODY_ELSE,
) -> CaseEvent:
    """Put new words in the place of a filed application's. What was asked before is kept, and can be compared.

    What was assessed and recommended on the earlier version no longer counts; a party that is new is screened first.
    `version`: the one that was read; refused when another amendment came between. Refused after the decision (rule 5).
    """
    permit(by, "licensing.amend")
    reason = told(reason, "reason", _("An amendment says why."), _("Write what changed."))
    with transaction.atomic():
        application = lock_own(application, by)
        refuse_decided(application)
        number = casefile.version_of(application)
        if version is not None and version != number:
            raise Refused(_("%(application)s was amended since you read it: version %(number)d stands."), _("Read it, then amend."),
                          application=application.reference, number=number)
        before = application.as_words()
        rewrite(application, capacity=capacity, end_user=end_user, consignee=consignee, country=country, purpose=purpose, lines=lines,
                seller=seller, intermediaries=intermediaries, certificate=certificate, payer=payer, transit_countries=transit_countries, kind=kind, others=others)
        fresh = Application.objects.get(pk=application.pk)
        if getattr(fresh, "certificate", None) is None and needs_certificate(fresh):
            raise Invalid(Problem(_("The end-use certificate is missing."), _("A filed application keeps its certificate; correct it here."),
                                  field="certificate"))
        refuse_without_value(fresh)
        if fresh.as_words() == before:
            raise Invalid(Problem(_("Nothing was changed."), _("Change what you asked for, or leave it as it is."), field="reason"))
        take_certificate(fresh, by=by)
        event = record(CaseEvent(application=fresh, sort=CaseEvent.AMENDED, code=str(number + 1), text=reason,
                                 more={"number": number + 1, "replaced": before}), by=by)
        route(with_facts(Application.objects.filter(pk=fresh.pk)).get())
        return event


def refuse_decided(application: Application) -> None:
    """Rule 5: what was decided on is not changed afterwards."""
    state = application.state
    if state == states.DRAFT:
        raise Refused(_("%(application)s is a draft."), _("Edit it; an amendment is of what was filed."), application=application.reference)
    if state not in states.OPEN or application.decision is not None:
        raise Refused(_("%(application)s is %(state)s: what was decided on is not changed."), _("Copy it to a new application."), rule=5,
                      application=application.reference, state=str(states.NAMES[state]))


def copy(application: Application, *, by: User) -> Application:
    """A new draft that asks for the same. The certificate is not copied: a certificate is used once."""
    permit(by, "licensing.copy")
    if application.applicant_id != own_party(by).pk:
        raise Refused(_("Your party has no such application."), _("Look in your list of applications."), rule=10)
    return save_copy(application, by)
