"""Changing the log's key: one administrator asks, another agrees; a note that both keys signed leads from the old one to the new."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from enduse import clock
from enduse.accounts.models import User
from enduse.accounts.permissions import permit
from enduse.engines import translog
from enduse.ledger.actions import next_index, read_tile, record, sign
from enduse.ledger.keys import new_signer, settle, signer
from enduse.ledger.models import KeyChange, KeyDeclined, KeyProposal, KeyRotation
from enduse.refusals import Invalid, Problem, Refused


def propose(*, by: User, reason: str) -> KeyProposal:
    """Ask that the log be signed with a new key. Nothing changes until another administrator agrees."""
    permit(by, "ledger.propose_key")
    if not reason.strip():
        raise Invalid(Problem(_("A change of the key states its reason."), _("Write it."), field="reason"))
    with transaction.atomic():
        next_index()  # two who ask at once queue here
        if waiting() is not None:
            raise Refused(_("A change of the key was asked for already."), _("Another administrator agrees to it or declines it."))
        return record(KeyProposal(reason=reason.strip()), by=by)


def waiting() -> KeyProposal | None:
    """The change of the key that waits for an answer."""
    return KeyProposal.objects.filter(change=None, declined=None).select_related("recorded_by").first()


def agree(proposal: KeyProposal, *, by: User) -> KeyRotation:
    """Sign the log with a new key from now on. The old private key is destroyed; the checkpoints that it signed stay good for their sizes.

    Refused (rule 2): by who asked for it; what was answered already.
    """
    permit(by, "ledger.change_key")
    sign()
    with transaction.atomic():
        next_index()
        proposal = _unanswered(proposal)
        if proposal.recorded_by == by:
            raise Refused(_("Nobody agrees to what they asked for themselves."), _("Another administrator answers it."), rule=2)
        old, new = signer(), new_signer()
        change = record(KeyChange(old_key=str(old.verifier), new_key=str(new.verifier), reason=proposal.reason, proposal=proposal,
                                  proposed_by=proposal.recorded_by), by=by)
        size = change.pk + 1
        note = translog.make_rotation(old, new, size, translog.tree_head(size, read_tile), int(clock.now().timestamp()))
        rotation = KeyRotation.objects.create(size=size, change=change, note=note)
        transaction.on_commit(settle, robust=True)
    return rotation


def decline(proposal: KeyProposal, *, by: User, note: str) -> KeyDeclined:
    """The key stays. Who asked may take it back in the same way."""
    permit(by, "ledger.change_key")
    if not note.strip():
        raise Invalid(Problem(_("A refusal says why."), _("Write it."), field="note"))
    with transaction.atomic():
        next_index()
        return record(KeyDeclined(proposal=_unanswered(proposal), note=note.strip()), by=by)


def _unanswered(proposal: KeyProposal) -> KeyProposal:
    proposal = KeyProposal.objects.select_for_update(of=("self",)).select_related("recorded_by").get(pk=proposal.pk)
    if KeyChange.objects.filter(proposal=proposal).exists() or KeyDeclined.objects.filter(proposal=proposal).exists():
        raise Refused(_("This proposal was answered already."))
    return proposal
