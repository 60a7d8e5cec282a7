"""What one officer proposes and another agrees to: revoking a licence, and the short list of what may be amended."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from enduse import clock
from enduse.accounts.models import User
from enduse.accounts.permissions import permit
from enduse.ledger.actions import record
from enduse.licensing import dated
from enduse.licensing.actions.capacities import check_seller
from enduse.licensing.models import ChangeAnswer, ChangeProposal, Licence, LicenceChange
from enduse.parties.models import Party
from enduse.refusals import Invalid, Problem, Problems, Refused
from enduse.screening.queries import CLEAR, states_of

SELLER, FORWARDER, TYPO = "SELLER", "FORWARDER", "TYPO"
REVOCABLE = frozenset({Licence.ACTIVE, Licence.SUSPENDED, Licence.EXHAUSTED})


def propose_revocation(licence: Licence, *, reason: str, by: User) -> ChangeProposal:
    """The first of two officers asks that a licence ends for good. Suspend it meanwhile if nothing may move."""
    permit(by, "licensing.propose_change")
    return _propose(licence, ChangeProposal(change=ChangeProposal.REVOKE, reason=reason.strip()), by)


def propose_amendment(
    licence: Licence, *, item: str, reason: str, by: User, party: Party | None = None, was: str = "", becomes: str = "",
) -> ChangeProposal:
    """The first of two officers asks for one of the few changes that need no new licence (22 CFR 123.25).

    `party`: the other seller (SELLER) or the forwarder (FORWARDER); `was`, `becomes`: the misprint and its correction (TYPO).
    """
    permit(by, "licensing.propose_change")
    _refuse_unless_amendable(item)
    problems = Problems()
    if item in {SELLER, FORWARDER} and party is None:
        problems.add(_("This amendment names a party."), _("Choose the maker or the forwarder."), field="party")
    if item == SELLER and party is not None:
        check_seller(party, licence.application.kind, licence.application.applicant, problems, field="party")
    if item == TYPO and not (was.strip() and becomes.strip()):
        problems.add(_("A correction says what stands there and what should."), _("Write both."), field="becomes")
    problems.raise_if_any()
    if item == SELLER:
        was = str(licence.seller or "")
    return _propose(licence, ChangeProposal(
        change=ChangeProposal.AMEND, item=item, party=party, was=was.strip()[:300], becomes=(str(party) if party else becomes.strip())[:300],
        reason=reason.strip()), by)


def _refuse_unless_amendable(item: str) -> None:
    rule = next((rule for rule in dated.in_force(dated.AMENDMENTS, clock.today()) if rule.code == item), None)
    if rule is None:
        raise Invalid(Problem(_("There is no such amendment."), _("Choose from the list of amendments."), field="item", found=item))
    if rule.says("allowed") != "yes":
        raise Refused(_("No amendment changes this. %(text)s (%(source)s)."),
                      _("The applicant asks for a replacement of what was not shipped, or files a new application."), rule=1, text=rule.text,
                      source=rule.says("source"))


def _propose(licence: Licence, proposal: ChangeProposal, by: User) -> ChangeProposal:
    if not proposal.reason:
        raise Invalid(Problem(_("A change of a licence says why."), _("Write the reason."), field="reason"))
    with transaction.atomic():
        proposal.licence = Licence.objects.lock(licence.pk)
        _refuse_ended(proposal.licence)
        waiting = ChangeProposal.objects.filter(licence=licence, answer=None, change=proposal.change, item=proposal.item).first()
        if waiting is not None:
            raise Refused(_("This was proposed for %(licence)s already."), _("Wait until another officer answers it."), licence=licence.reference)
        return record(proposal, by=by)


def _refuse_ended(licence: Licence) -> None:
    state = licence.state()
    if state not in REVOCABLE:
        raise Refused(_("%(licence)s is %(state)s: this cannot be done with it."), _("Read its history."), licence=licence.reference,
                      state=str(dict(Licence.STATES)[state]))


def agree(proposal: ChangeProposal, *, reason: str = "", by: User) -> ChangeAnswer:
    """The second officer agrees, and the change stands from this moment."""
    permit(by, "licensing.answer_change")
    with transaction.atomic():
        licence = Licence.objects.lock(proposal.licence_id)
        refuse_unless_open(proposal, by)
        _refuse_ended(licence)
        if proposal.party is not None:
            refuse_unless_clear(proposal.party)
        answer = record(ChangeAnswer(proposal=proposal, agreed=True, reason=reason.strip()), by=by)
        if proposal.change == ChangeProposal.REVOKE:
            record(LicenceChange(licence=licence, change=Licence.REVOKED, effective_on=clock.today(), reason=proposal.reason, proposal=proposal), by=by)
        return answer


def decline(proposal: ChangeProposal, *, reason: str, by: User) -> ChangeAnswer:
    """The second officer does not agree: nothing changes."""
    permit(by, "licensing.answer_change")
    if not reason.strip():
        raise Invalid(Problem(_("Declining says why."), _("Write the reason."), field="reason"))
    with transaction.atomic():
        Licence.objects.lock(proposal.licence_id)
        refuse_unless_open(proposal, by)
        return record(ChangeAnswer(proposal=proposal, agreed=False, reason=reason.strip()), by=by)


def refuse_unless_open(proposal: ChangeProposal, by: User) -> None:
    """Rule 2: two officers, and one answer."""
    if ChangeAnswer.objects.filter(proposal=proposal).exists():
        raise Refused(_("This proposal was answered already."), _("Read the licence's changes."))
    if proposal.recorded_by_id == by.pk:
        raise Refused(_("You proposed this: another officer answers it."), _("Ask a countersigner."), rule=2)


def refuse_unless_clear(party: Party) -> None:
    """Rule 2: who comes in by an amendment is screened like any party of an application."""
    state = states_of([party])[party.pk]
    if state.state != CLEAR:
        raise Refused(_("%(party)s is not clear against the current lists: %(state)s."), _("Screen this party and answer each possible match first."),
                      rule=2, party=party.name, state=str(state.name))
