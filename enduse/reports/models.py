"""A report, its figures and its publication."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from enduse import clock
from enduse.accounts.models import User
from enduse.accounts.permissions import Scope, scope_of
from enduse.ledger.models import Fact, plain


class ReportQuerySet(models.QuerySet["Report"]):
    def visible_to(self, user: User | None) -> Self:
        scope = scope_of(user, "report")
        if scope is Scope.ALL:
            return self
        return self.exclude(publication=None) if scope is Scope.PUBLISHED else self.none()


class Report(models.Model):
    """Figures of a period, computed from the tables at a cut-off: what was recorded later is not in it (rule 7)."""

    OCCURRED, RECORDED = "occurred", "recorded"
    BASES = [(OCCURRED, _("when it happened")), (RECORDED, _("when it was recorded"))]

    reference = models.CharField(max_length=20, unique=True)
    title = models.CharField(max_length=200)
    period_from = models.DateField()
    period_until = models.DateField()
    basis = models.CharField(max_length=8, choices=BASES)
    cut_off = models.DateTimeField()
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField(default=clock.now)

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]


class Figure(models.Model):
    """A number of a report: value, unit, numerator, denominator, interval, source. `code` names what was computed."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="figures")
    number = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=60)
    value = models.FloatField(null=True)
    unit = models.CharField(max_length=20)
    numerator = models.FloatField(null=True)
    denominator = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    source = models.CharField(max_length=200)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["report", "number"], name="one_figure_a_number")]

    def as_words(self) -> dict[str, Any]:
        return {"number": self.number, "code": self.code, "value": plain(self.value), "unit": self.unit, "numerator": plain(self.numerator),
                "denominator": plain(self.denominator), "low": plain(self.low), "high": plain(self.high), "source": self.source}


class Publication(Fact):
    """From here on the public reads the report, and its figures stand."""

    kind = "reports.publication"
    is_public = True
    report = models.OneToOneField(Report, on_delete=models.PROTECT, related_name="publication")

    def content(self) -> dict[str, Any]:
        report = self.report
        return {"reference": report.reference, "title": report.title, "period_from": plain(report.period_from),
                "period_until": plain(report.period_until), "basis": report.basis, "cut_off": plain(report.cut_off),
                "figures": [figure.as_words() for figure in report.figures.order_by("number")]}
