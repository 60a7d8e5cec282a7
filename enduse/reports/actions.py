"""Drafting a report of figures and publishing it."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from enduse import clock
from enduse.accounts.models import User
from enduse.accounts.permissions import permit
from enduse.ledger.actions import record
from enduse.references import next_reference
from enduse.refusals import Invalid, Problem, Refused
from enduse.reports.computing import Window, figures
from enduse.reports.models import Figure, Publication, Report


def draft(
    *, title: str, period_from: date, period_until: date, by: User, basis: str = Report.OCCURRED, cut_off: datetime | None = None,
) -> Report:
    """Compute the figures of a period as known at the cut-off (default: now). Nobody types a figure."""
    permit(by, "reports.draft")
    now = clock.now()
    cut_off = cut_off or now
    problems = []
    if not title.strip():
        problems.append(Problem(_("A report has a title."), _("Write it."), field="title"))
    if period_until < period_from:
        problems.append(Problem(_("The period ends before it begins."), _("Change one of the days."), field="period_until", found=str(period_until)))
    if basis not in dict(Report.BASES):
        problems.append(Problem(_("A report counts by when things happened or by when they were recorded."), field="basis", found=basis))
    if cut_off > now:
        problems.append(Problem(_("The cut-off is still to come."), _("Choose a moment that has passed."), field="cut_off"))
    if problems:
        raise Invalid(problems)
    computed = figures(Window(period_from, period_until, basis, cut_off))
    with transaction.atomic():
        report = Report.objects.create(
            reference=next_reference(Report, "P"), title=title.strip(), period_from=period_from, period_until=period_until, basis=basis,
            cut_off=cut_off, drafted_by=by)
        for figure in computed:
            figure.report = report
        Figure.objects.bulk_create(computed)
    return report


def publish(report: Report, *, by: User) -> Publication:
    """The public reads it from now on; its figures stand. A later report may give later figures, with their own cut-off."""
    permit(by, "reports.publish")
    with transaction.atomic():
        report = Report.objects.select_for_update().get(pk=report.pk)
        if Publication.objects.filter(report=report).exists():
            raise Refused(_("%(report)s is published already."), _("Draft a new report for later figures."), rule=5, report=report.reference)
        return record(Publication(report=report), by=by)
