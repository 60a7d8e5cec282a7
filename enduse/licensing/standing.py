"""The row that is kept of where each licence stands. It follows from the licence's changes and uses: see `keeping.py`."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q

from enduse import clock
from enduse.accounts.models import User
from enduse.licensing.licences import Licence, seen_by
from enduse.parties.models import Party

GOING = frozenset({Licence.ACTIVE, Licence.EXHAUSTED})


class LicenceStandingQuerySet(models.QuerySet["LicenceStanding"]):
    def visible_to(self, user: User | None) -> Self:
        """Those of the licences that the viewer sees: as `Licence.objects.visible_to`."""
        return self.filter(seen_by(user))

    def in_state(self, state: str, on: date) -> Self:
        """Those that stand in a state on a day, no earlier than their last change: the same answer as `Licence.state`."""
        going = self.filter(state__in=GOING)
        if state == Licence.EXPIRED:
            return going.filter(expires_on__lt=on)
        rows = self.filter(state=state)
        return rows.filter(expires_on__gte=on) if state in GOING else rows

    def live(self, on: date) -> Self:
        """Those neither expired nor ended on a day: a suspended one may live again."""
        return self.filter(lives(on))


class LicenceStanding(models.Model):
    """Derived, rebuildable: where one licence stands apart from the day and what was taken of it, so that lists are found without summing.

    Most of its relations have no index of their own: a page wants the newest, and is found by passing these narrow rows.
    """

    licence = models.OneToOneField(Licence, primary_key=True, on_delete=models.CASCADE, related_name="kept")
    application = models.ForeignKey("licensing.Application", on_delete=models.CASCADE, related_name="+")
    applicant = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+", db_index=False)
    seller = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)  # of the application
    end_user = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12)  # what it is as long as it runs: whether it expired is told from its date
    expires_on = models.DateField()
    permitted = models.IntegerField()
    taken = models.IntegerField()

    objects = LicenceStandingQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(name="licence_standings", fields=["state", "licence", "expires_on"])]

    @property
    def state_today(self) -> str:
        return on_day(self.state, self.expires_on, clock.today())


def lives(on: date, through: str = "") -> Q:
    """The condition of `live`. `through`: the way to the kept row from the rows that are asked."""
    return Q((f"{through}expires_on__gte", on)) & ~Q((f"{through}state__in", Licence.ENDS))


def on_day(kept: str, expires_on: date, day: date) -> str:
    """The state of a day from the one that is kept."""
    return Licence.EXPIRED if kept in GOING and day > expires_on else kept
