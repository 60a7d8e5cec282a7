"""Which bodies may be asked for advice, and what their answers come to together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from enduse.accounts.permissions import Role
from enduse.licensing.casefile import Asked, advice, version_since
from enduse.licensing.cases import CaseEvent
from enduse.licensing.models import Application
from enduse.parties.models import Party

CONFLICTING = "conflicting"


def adviser_bodies() -> QuerySet[Party]:
    """The bodies that have at least one active user in the role of adviser."""
    return Party.objects.filter(members__user__role=Role.ADVISER.value, members__user__is_active=True).distinct().order_by("name")


@dataclass(frozen=True)
class Consolidated:
    """What the answers come to: `position` is empty while nobody answered; `text` is proposed to the officer, who may change it."""

    position: str
    text: str
    given: tuple[Asked, ...]
    waiting: tuple[Asked, ...]
    earlier: tuple[Asked, ...]  # on a version that was amended since

    @property
    def position_name(self) -> str:
        return _("the bodies disagree") if self.position == CONFLICTING else str(dict(CaseEvent.POSITIONS).get(self.position, ""))


def consolidated(application: Application) -> Consolidated:
    """The advice on the version that stands, put together: a refusal beside a consent is a conflict, a proviso binds a consent."""
    since = version_since(application)
    current = [each for each in advice(application) if (each.ended or each.asked).pk > since]
    earlier = [each for each in advice(application) if (each.ended or each.asked).pk <= since]
    given = [each for each in current if each.is_answered]
    waiting = [each for each in current if each.is_open]
    return Consolidated(_position(given), _text(given), tuple(given), tuple(waiting), tuple(earlier))


def _position(given: Sequence[Asked]) -> str:
    said = {each.ended.code for each in given if each.ended is not None} - {CaseEvent.NO_COMMENT}
    if CaseEvent.REFUSE in said:
        return CONFLICTING if len(said) > 1 else CaseEvent.REFUSE
    if CaseEvent.PROVISO in said:
        return CaseEvent.PROVISO
    if CaseEvent.APPROVE in said:
        return CaseEvent.APPROVE
    return CaseEvent.NO_COMMENT if given else ""


def _text(given: Sequence[Asked]) -> str:
    names = dict(CaseEvent.POSITIONS)
    lines = []
    for each in given:
        if each.ended is not None:
            said = f"{each.asked.body}: {names[each.ended.code]}"
            lines.append(f"{said}. {each.ended.text}" if each.ended.text else f"{said}.")
    return "\n".join(lines)
