"""Raising an alert and answering it."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from enduse import clock
from enduse.accounts.models import User
from enduse.accounts.permissions import Role, permit
from enduse.alerts.models import Alert
from enduse.parties.models import Party
from enduse.refusals import Invalid, Problem, Refused


def raise_alert(kind: str, *, role: Role, because: str, party: Party | None = None, link: str = "") -> Alert:
    """Tell a role something it must answer. Called by other actions, never by a person."""
    return Alert.objects.create(kind=kind, role=role.value, because=because, party=party, link=link)


def answer(alert: Alert, *, text: str, by: User) -> Alert:
    """The officer says what was done about it. An alert is answered once."""
    permit(by, "alerts.answer")
    if not text.strip():
        raise Invalid(Problem(_("An answer says what was done."), _("Write a sentence."), field="answer"))
    with transaction.atomic():
        alert = Alert.objects.select_for_update().get(pk=alert.pk)
        if alert.answered_at is not None:
            raise Refused(_("%(who)s answered this alert already."), _("Read the answer there."), who=str(alert.answered_by))
        alert.answered_at, alert.answered_by, alert.answer = clock.now(), by, text.strip()
        alert.save(update_fields=["answered_at", "answered_by", "answer"])
    return alert
