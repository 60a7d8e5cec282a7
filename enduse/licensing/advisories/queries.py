"""Reads of advisories: the list, one of them, and those that name a party of an application."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from enduse import clock, reference
from enduse.accounts.models import User
from enduse.licensing.advisories.models import Advisory, AdvisoryAnswer, key_of
from enduse.licensing.models import Application

OVERDUE = "overdue"
MOST_BESIDE = 20


def advisories(user: User | None, *, state: str = "", search: str = "", application: Application | None = None) -> QuerySet[Advisory]:
    """The viewer's advisories, newest first; those that wait by the day on which they are due.

    `state`: asked, answered, withdrawn, concerns, no_concerns, declined or overdue. `application`: those that name one of its parties.
    """
    rows = Advisory.objects.visible_to(user)
    if application is not None:
        rows = rows.filter(naming(application))
    narrowed = {
        Advisory.ASKED: Q(answer=None, withdrawal=None), Advisory.ANSWERED: Q(answer__isnull=False), Advisory.WITHDRAWN: Q(withdrawal__isnull=False),
        AdvisoryAnswer.CONCERNS: Q(answer__outcome=AdvisoryAnswer.CONCERNS),
        AdvisoryAnswer.NO_CONCERNS: Q(answer__outcome=AdvisoryAnswer.NO_CONCERNS),
        AdvisoryAnswer.DECLINED: Q(answer__outcome=AdvisoryAnswer.DECLINED),
        OVERDUE: Q(answer=None, withdrawal=None, due_on__lt=clock.today()),
    }.get(state)
    if narrowed is not None:
        rows = rows.filter(narrowed)
    if search.strip():
        text = search.strip()
        rows = rows.filter(Q(reference__iexact=text) | Q(name__icontains=text) | Q(asked_by__name__icontains=text))
    order = ["due_on", "pk"] if state in {Advisory.ASKED, OVERDUE} else ["-pk"]
    return rows.select_related(
        "asked_by", "end_user", "recorded_by", "copy_of", "answer__recorded_by", "answer__screening", "withdrawal__recorded_by").order_by(*order)


def naming(application: Application) -> Q:
    """Advisories about a party of an application: the same party, the body it is a unit of, or one of the same name and country."""
    parties = [party for _role, party in application.parties()]
    keys = {key_of(party.name, party.country) for party in parties}
    return Q(end_user__in={pk for party in parties for pk in (party.pk, party.end_user_id)}) | Q(key__in=keys)


def beside(user: User | None, application: Application) -> QuerySet[Advisory]:
    """What was asked about the parties of an application and not withdrawn, newest first: who applies sees its own alone."""
    return Advisory.objects.visible_to(user).filter(naming(application), withdrawal=None).order_by("-pk")[:MOST_BESIDE]


BESIDE: dict[str, Any] = {
    "pk": "pk", "reference": "reference", "name": "name", "asked_by": "asked_by__name", "asked_at": "recorded_at", "outcome": "answer__outcome",
    "reasons": "answer__reasons", "answered_at": "answer__recorded_at"}


def shown_beside(rows: Any) -> list[dict[str, Any]]:
    """The rows of `beside`, picked by `BESIDE`, in the words of a page."""
    found = sorted(rows, key=lambda each: -each["pk"])
    names = dict(AdvisoryAnswer.OUTCOMES)
    return [each | {"outcome_name": names[each["outcome"]], "tone": AdvisoryAnswer.TONES[each["outcome"]]} if each["outcome"] else each
            for each in found]


@dataclass(frozen=True)
class GoodsShown:
    words: str
    quantity: int | None


def goods_of(advisory: Advisory) -> list[GoodsShown]:
    """What might be sold, in the reader's language."""
    return [GoodsShown(f"{reference.text_of('firearm_types', each['firearm_type'])}, {reference.text_of('calibres', each['calibre'])}",
                       each["quantity"]) for each in advisory.goods]
