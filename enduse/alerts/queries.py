"""Reads of alerts: what waits for the viewer's answer, and what was answered."""

from __future__ import annotations

from django.db.models import QuerySet

from enduse.accounts.models import User
from enduse.alerts.models import Alert
from enduse.parties.models import Party


def alerts(user: User | None, *, answered: bool | None = None, kind: str = "", party: Party | None = None) -> QuerySet[Alert]:
    """The viewer's alerts, newest first. `answered` None: both. `party`: it and everything below it."""
    rows = Alert.objects.visible_to(user)
    if answered is not None:
        rows = rows.exclude(answered_at=None) if answered else rows.open()
    if kind in dict(Alert.KINDS):
        rows = rows.filter(kind=kind)
    if party is not None:
        rows = rows.filter(party__path__startswith=party.path)
    return rows.select_related("party", "answered_by").order_by("-raised_at", "-pk")
