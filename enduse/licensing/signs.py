"""What a floor above saw of an end user that an assessment must answer: posted down, ended when it no longer holds."""

from __future__ import annotations

from django.db import models

from enduse import clock
from enduse.parties.models import Party


class Sign(models.Model):
    """A warning flag's evidence that another floor saw: which flag, of whom, in which record, since when.

    `counts_from` may lie ahead: a delivery's verification is overdue from that day on unless the sign was ended before.
    """

    code = models.CharField(max_length=4)
    end_user = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="signs")
    source = models.CharField(max_length=60)  # the reference of the record that it rests on
    facts = models.JSONField(default=dict)
    seen_on = models.DateField()
    counts_from = models.DateField()
    ended_on = models.DateField(null=True)
    posted_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["end_user", "code", "ended_on"])]
        constraints = [models.UniqueConstraint(fields=["code", "source", "end_user"], name="a_sign_is_posted_once")]


class DutyDone(models.Model):
    """Something done towards a condition of a licence, posted down by the floor that did it: firearms sighted in a check."""

    licence = models.ForeignKey("licensing.Licence", on_delete=models.PROTECT, related_name="duties_done")
    code = models.CharField(max_length=16)
    source = models.CharField(max_length=60)
    quantity = models.PositiveIntegerField()
    done_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["licence", "code", "source"], name="a_duty_is_done_once_a_source")]
