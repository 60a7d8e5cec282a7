"""Changing the log's key: an entry says so, and a note that both keys signed leads from the old one to the new."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from enduse import clock
from enduse.accounts.models import User
from enduse.accounts.permissions import permit
from enduse.engines import translog
from enduse.ledger.actions import next_index, read_tile, record, sign
from enduse.ledger.keys import new_signer, settle, signer
from enduse.ledger.models import KeyChange, KeyRotation
from enduse.refusals import Invalid, Problem


def change_key(*, by: User, reason: str) -> KeyRotation:
    """Sign the log with a new key from now on. The old private key is destroyed; the checkpoints that it signed stay good for their sizes."""
    permit(by, "ledger.change_key")
    if not reason.strip():
        raise Invalid(Problem(_("A change of the key states its reason."), _("Write it."), field="reason"))
    sign()
    with transaction.atomic():
        next_index()
        old, new = signer(), new_signer()
        change = record(KeyChange(old_key=str(old.verifier), new_key=str(new.verifier), reason=reason.strip()), by=by)
        size = change.pk + 1
        note = translog.make_rotation(old, new, size, translog.tree_head(size, read_tile), int(clock.now().timestamp()))
        rotation = KeyRotation.objects.create(size=size, change=change, note=note)
        transaction.on_commit(settle, robust=True)
    return rotation
