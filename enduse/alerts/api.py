"""Endpoints of alerts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from enduse.accounts.permissions import must_see, permit
from enduse.alerts import actions, queries
from enduse.alerts.models import Alert
from enduse.pages import visible_or_404

router = Router(tags=["alerts"])


class AlertOut(Schema):
    id: int
    kind: str
    role: str = Field(description="The role that must answer it.")
    party: int | None = Field(None, alias="party_id")
    because: str
    link: str
    raised_at: datetime
    answered_at: datetime | None
    answered_by: str | None
    answer: str

    @staticmethod
    def resolve_answered_by(alert: Alert) -> str | None:
        return alert.answered_by.get_username() if alert.answered_by else None


class Alerts(Schema):
    count: int
    items: list[AlertOut]


class AlertAnswer(Schema):
    text: str = Field(description="What was done about it, in a sentence.")


@router.get("/", response=Alerts, operation_id="alerts.list_alerts")
def list_alerts(
    request: HttpRequest, answered: bool | None = None, kind: str = "", limit: int = Query(100, ge=1, le=500), offset: int = Query(0, ge=0),
) -> Any:
    """The alerts addressed to you, newest first."""
    must_see(request.user, "alert")
    rows = queries.alerts(request.user, answered=answered, kind=kind)
    return {"count": rows.count(), "items": list(rows[offset:offset + limit])}


@router.get("/{int:alert_id}", response=AlertOut, operation_id="alerts.get_alert")
def get_alert(request: HttpRequest, alert_id: int) -> Any:
    """One alert."""
    must_see(request.user, "alert")
    return visible_or_404(queries.alerts(request.user), pk=alert_id)


@router.post("/{int:alert_id}/answer", response=AlertOut, operation_id="alerts.answer")
def answer(request: HttpRequest, alert_id: int, body: AlertAnswer) -> Any:
    """Say what was done about an alert. It is answered once."""
    permit(request.user, "alerts.answer")
    return actions.answer(visible_or_404(Alert.objects.visible_to(request.user), pk=alert_id), text=body.text, by=request.user)
