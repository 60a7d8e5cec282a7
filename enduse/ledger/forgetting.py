"""Forgetting a content by order: one officer proposes, a countersigner orders; salt and words are destroyed, the entry's place stays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction
from django.utils.translation import gettext as _

from enduse.accounts.models import User
from enduse.accounts.permissions import permit
from enduse.ledger.actions import record
from enduse.ledger.models import AlsoForgotten, Fact, Forgetting, ForgettingProposal, Leaf, fact_models
from enduse.ledger.proofs import fact_at
from enduse.ledger.queries import readable
from enduse.refusals import NotPermitted, Problems, Refused
from enduse.words import scrub_words


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
        others: list[Leaf] = []
        if ordered:
            refuse_unforgettable(leaf)
            others = list(Leaf.objects.select_for_update().filter(pk__in=[fact.pk for fact in forgotten_with(leaf.index)]).order_by("pk"))
        said = record(Forgetting(proposal=proposal, proposed_by=proposal.recorded_by, ordered=ordered, note=note.strip()), by=by,
                      rows=[AlsoForgotten(entry=other, entry_kind=other.kind) for other in others], row_field="order")
        if ordered:
            destroy([leaf, *others])
    return said


def forgotten_with(index: int) -> list[Fact]:
    """The facts of other entries that hold words of this one because the software wrote them there too."""
    first = fact_at(index)
    found = {index: first} if first is not None else {}
    waiting = list(found.values())
    while waiting:
        fact = waiting.pop()
        words = fact.forgettable()
        for other in _sharing(fact):
            if other.pk not in found and other.leaf.salt is not None and _overlap(words, other.forgettable()):
                found[other.pk] = other
                waiting.append(other)
    return [fact for place, fact in sorted(found.items()) if place != index]


def entries_with(proposal: ForgettingProposal) -> list[Leaf]:
    """The other entries that an order on this proposal takes, or took."""
    said = getattr(proposal, "answer", None)
    if said is None:
        return [fact.leaf for fact in forgotten_with(proposal.entry_id)] if proposal.entry.salt is not None else []
    return [also.entry for also in said.also.select_related("entry").order_by("pk")]


def _sharing(fact: Fact) -> Iterator[Fact]:
    yield from fact.shares_words_with()
    for model in fact_models().values():
        yield from model.sharing_words_with(fact)


def _overlap(words: set[str], others: set[str]) -> bool:
    return any(one in other or other in one for one in words for other in others)


def destroy(leaves: Sequence[Leaf]) -> None:
    """Overwrite the salts and the words of the facts. What the state stands on (days, numbers, parties, firearms) stays, and proves nothing any more.

    A table that is no fact and into which words are copied (an alert, a kept answer) has `forget_words(texts)`.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = ON")
    facts = [fact for leaf in leaves if (fact := fact_at(leaf.index)) is not None]
    texts = set().union(*(fact.forgettable() for fact in facts))
    keeping_copies: list[Any] = [model for model in apps.get_models() if hasattr(model, "forget_words")]
    Leaf.objects.filter(pk__in=[leaf.pk for leaf in leaves]).update(salt=None)
    for fact in facts:
        fact.forget()
    for model in keeping_copies:
        model.forget_words(texts)
    touched = {*keeping_copies, Leaf, *(type(fact) for fact in facts), *(apps.get_model(label) for fact in facts for label in fact.words_elsewhere)}
    transaction.on_commit(lambda: _scrub(sorted(model._meta.db_table for model in touched)), robust=True)


def _scrub(tables: list[str]) -> None:
    """Take the old rows off the disk too: SQLite's write-ahead log is emptied, PostgreSQL's dead rows are vacuumed away."""
    with connection.cursor() as cursor:
        for statement in [each for table in tables for each in scrub_words(table)]:
            cursor.execute(statement)
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return
        for table in tables:
            cursor.execute(f"VACUUM {connection.ops.quote_name(table)}")


def apply_orders() -> list[int]:
    """Carry out every order again that the database does not show, as after the restoring of an old backup; the entries concerned."""
    with transaction.atomic():
        ordered = models.Q(pk__in=Forgetting.objects.filter(ordered=True).values("proposal__entry")) | models.Q(pk__in=AlsoForgotten.objects.values("entry"))
        undone = list(Leaf.objects.select_for_update().filter(ordered, salt__isnull=False).order_by("pk"))
        if undone:
            destroy(undone)
    return [leaf.index for leaf in undone]
