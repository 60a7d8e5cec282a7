"""An alert, the role that must answer it, and the answer."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from enduse import clock
from enduse.accounts.models import User
from enduse.accounts.permissions import ROLE_NAMES, Role, Scope, scope_of
from enduse.parties.models import Party


class AlertQuerySet(models.QuerySet["Alert"]):
    def visible_to(self, user: User | None) -> Self:
        scope = scope_of(user, "alert")
        if scope is Scope.ALL:
            return self
        if user is not None and scope is Scope.ADDRESSED:
            return self.filter(role=user.role)
        return self.none()

    def open(self) -> Self:
        return self.filter(answered_at=None)


class Alert(models.Model):
    """`because` is a sentence for a person; `link` the page where the reason stands."""

    TRACE, LIST_HIT, OVERDUE, COUNT, LOSS, WATCHED, DISCREPANT, CHECK, BARRED, APPEAL, CUSTOMS, CERTIFICATE, IMPORT, TRANSFER, RETURN, FIRST_USE = (
        "trace", "list_hit", "overdue", "count", "loss", "watched", "discrepant", "check", "barred", "appeal", "customs", "certificate", "import",
        "transfer", "return", "first_use")
    KINDS = [
        (TRACE, _("trace to an end user")), (LIST_HIT, _("list hit")), (OVERDUE, _("overdue duty")), (COUNT, _("count does not balance")),
        (LOSS, _("loss reported")), (WATCHED, _("watched serial recovered")), (DISCREPANT, _("delivery differs")), (CHECK, _("check not favourable")),
        (BARRED, _("held where the certificate bars it")), (APPEAL, _("appeal against a refusal")), (CUSTOMS, _("customs differs")),
        (CERTIFICATE, _("certificate challenged or reused")), (IMPORT, _("import notified differs")),
        (TRANSFER, _("transfer refused")), (RETURN, _("return differs from the register")),
        (FIRST_USE, _("first use of an open licence")),
    ]

    kind = models.CharField(max_length=12, choices=KINDS)
    role = models.CharField(max_length=20, choices=[(role.value, ROLE_NAMES[role]) for role in Role])
    party = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="alerts")
    because = models.TextField()
    link = models.CharField(max_length=200, blank=True)
    raised_at = models.DateTimeField(default=clock.now, db_index=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    answer = models.TextField(blank=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["role", "answered_at", "-raised_at"])]

    @classmethod
    def forget_words(cls, texts: Iterable[str]) -> None:
        """Take texts that an order forgot out of what alerts say."""
        for text in sorted(texts, key=len, reverse=True):
            whole = re.compile(rf"(?<!\w){re.escape(text)}(?!\w)")
            for alert in cls.objects.filter(models.Q(because__contains=text) | models.Q(answer__contains=text)):
                alert.because, alert.answer = whole.sub("[…]", alert.because), whole.sub("[…]", alert.answer)
                alert.save(update_fields=["because", "answer"])
