"""Forgetting a content by order: one officer proposes, a countersigner orders; salt and words are destroyed, the entry's place stays."""

from __future__ import annotations

from django.db import connection, transaction
from django.utils.translation import gettext as _

from enduse.accounts.models import User
from enduse.accounts.permissions import permit
from enduse.ledger.actions import record
from enduse.ledger.models import Forgetting, ForgettingProposal, Leaf
from enduse.ledger.proofs import fact_at
from enduse.ledger.queries import readable
from enduse.refusals import NotPermitted, Problems, Refused


def propose(index: int, *, by: User, authority: str, reason: str) -> ForgettingProposal:
    """Propose that the content of an entry be forgotten: on whose authority, and why, in words that do not repeat it."""
    permit(by, "ledger.propose_forgetting")
    problems = Problems()
    for name, text, label in (("authority", authority, _("its authority, such as the court's order")), ("reason", reason, _("a reason"))):
        if not text.strip():
            problems.add(_("An order to forget states %s.") % label, _("Write it."), field=name)
    problems.raise_if_any()
    with transaction.atomic():
        leaf = Leaf.objects.select_for_update().filter(pk=index).first()
        fact = readable(by, leaf) if leaf is not None else None
        if leaf is None or fact is None:
            raise NotPermitted(_("Your role does not see what this entry says."), _("Ask an officer whose role does."), rule=10)
        refuse_unforgettable(leaf)
        if ForgettingProposal.objects.filter(entry=leaf, answer=None).exists():
            raise Refused(_("That entry %(index)d be forgotten was proposed already."), _("A countersigner answers it."), index=index)
        return record(ForgettingProposal(entry=leaf, entry_kind=leaf.kind, authority=authority.strip(), reason=reason.strip()), by=by)


def refuse_unforgettable(leaf: Leaf) -> None:
    """What was forgotten is gone already; what the log says of itself, such as an order to forget, is kept."""
    if leaf.salt is None:
        raise Refused(_("The content of entry %(index)d was forgotten already."), index=leaf.index)
    if leaf.kind.startswith("ledger."):
        raise Refused(_("An entry about the log itself is kept: it shows what was done to the log, and by whom."), rule=5)


def answer(proposal: ForgettingProposal, *, by: User, ordered: bool, note: str = "") -> Forgetting:
    """A second officer orders the forgetting, and it is done at once and for ever; or declines it.

    Refused (rule 2): by who proposed it; what was answered already.
    """
    permit(by, "ledger.order_forgetting")
    if not ordered and not note.strip():
        problems = Problems()
        problems.add(_("A refusal says why."), _("Write it."), field="note")
        problems.raise_if_any()
    with transaction.atomic():
        proposal = ForgettingProposal.objects.select_for_update(of=("self",)).select_related("entry", "recorded_by").get(pk=proposal.pk)
        if proposal.recorded_by == by:
            raise Refused(_("Nobody orders what they proposed themselves."), _("Another countersigner answers it."), rule=2)
        if Forgetting.objects.filter(proposal=proposal).exists():
            raise Refused(_("This proposal was answered already."))
        leaf = Leaf.objects.select_for_update().get(pk=proposal.entry_id)
        if ordered:
            refuse_unforgettable(leaf)
        said = record(Forgetting(proposal=proposal, proposed_by=proposal.recorded_by, ordered=ordered, note=note.strip()), by=by)
        if ordered:
            destroy(leaf)
    return said


def destroy(leaf: Leaf) -> None:
    """Overwrite the salt and the words of the fact. What the state stands on (days, numbers, parties, firearms) stays, and proves nothing any more."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = ON")
    fact = fact_at(leaf.index)
    if fact is not None:
        fact.forget()
    Leaf.objects.filter(pk=leaf.pk).update(salt=None)
    tables = [Leaf._meta.db_table, *([fact._meta.db_table] if fact is not None else [])]
    transaction.on_commit(lambda: _scrub(tables), robust=True)


def _scrub(tables: list[str]) -> None:
    """Take the old rows off the disk too: SQLite's write-ahead log is emptied, PostgreSQL's dead rows are vacuumed away."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return
        for table in tables:
            cursor.execute(f"VACUUM {connection.ops.quote_name(table)}")


def apply_orders() -> list[int]:
    """Carry out every order again that the database does not show, as after the restoring of an old backup; the entries concerned."""
    with transaction.atomic():
        undone = list(Leaf.objects.select_for_update().filter(forgettings__answer__ordered=True, salt__isnull=False))
        for leaf in undone:
            destroy(leaf)
    return [leaf.index for leaf in undone]
