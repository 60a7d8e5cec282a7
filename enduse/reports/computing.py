"""The figures of a report, each computed from the tables with its numerator, its denominator and its source (rule 8)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet, Sum

from enduse.custody.models import CustodyEvent, CustodyItem, Stocktake
from enduse.diversion.models import Estimate
from enduse.engines import evidence
from enduse.licensing.models import Licence, LicenceLine
from enduse.monitoring.models import CheckOutcome
from enduse.parties.models import Party
from enduse.reports.models import Figure, Report
from enduse.tracing.models import Confirmation, Operation, Recovery, SeizureReport, WatchedSerial

TABLES = "this authority's register"


@dataclass(frozen=True)
class Window:
    """A period, the clock that it is on, and the cut-off: what was recorded later is not counted (rule 7)."""

    start: date
    end: date
    basis: str
    cut_off: datetime

    def of(self, rows: QuerySet[Any], occurred: str, recorded: str) -> QuerySet[Any]:
        """Rows of the period: by when they happened or by when they were recorded; known by the cut-off either way."""
        field = occurred if self.basis == Report.OCCURRED else f"{recorded}__date"
        return rows.filter(**{f"{field}__gte": self.start, f"{field}__lte": self.end, f"{recorded}__lte": self.cut_off})


def figures(window: Window) -> list[Figure]:
    """Every figure of a report in its order; what cannot be computed yet is left out, never guessed."""
    found = [*_sold(window), *_lost(window), *_counted(window), *_checked(window), *_traced(window), *_estimated(window)]
    for number, figure in enumerate(found, start=1):
        figure.number = number
    return found


def _figure(code: str, value: float | None, unit: str = "firearms", **more: Any) -> Figure:
    return Figure(code=code, value=value, unit=unit, source=more.pop("source", TABLES), **more)


def _share(code: str, part: float, whole: float, **more: Any) -> Figure:
    return _figure(code, part / whole if whole else None, "share", numerator=part, denominator=whole, **more)


def _sold(window: Window) -> Iterator[Figure]:
    licences = window.of(Licence.objects.all(), "issued_on", "recorded_at")
    lines = LicenceLine.objects.filter(licence__in=licences)
    authorised = lines.aggregate(n=Sum("quantity"))["n"] or 0
    automatic = lines.filter(automatic=True).aggregate(n=Sum("quantity"))["n"] or 0
    yield _figure("licences_issued", licences.count(), "licences")
    yield _figure("firearms_authorised", authorised)
    yield _share("automatic_of_authorised", automatic, authorised)
    shipped = _items(window, CustodyEvent.SHIPPED)
    received = _items(window, CustodyEvent.RECEIVED)
    yield _figure("firearms_shipped", shipped)
    yield _figure("firearms_received", received)
    resold = _items(window, CustodyEvent.TRANSFERRED, back_to_sellers=False)
    yield _share("resold_of_received", resold, received)


def _items(window: Window, *sorts: str, back_to_sellers: bool = True) -> int:
    lines = CustodyItem.objects.filter(event__sort__in=sorts, event__corrections=None)
    if not back_to_sellers:
        lines = lines.exclude(event__to_party__kind=Party.COMPANY)
    return window.of(lines, "event__occurred_on", "event__recorded_at").count()


def _delivered_by(window: Window) -> int:
    return CustodyItem.objects.filter(event__sort=CustodyEvent.RECEIVED, event__corrections=None, event__occurred_on__lte=window.end,
                                      event__recorded_at__lte=window.cut_off).count()


def _lost(window: Window) -> Iterator[Figure]:
    lost = {sort: _items(window, sort) for sort in (CustodyEvent.DESERTED_WITH, CustodyEvent.STOLEN, CustodyEvent.LOST, CustodyEvent.NOT_SIGHTED)}
    total, delivered = sum(lost.values()), _delivered_by(window)
    yield _figure("reported_lost", total, numerator=total, denominator=delivered)
    yield _share("reported_lost_of_delivered", total, delivered)
    for sort, count in lost.items():
        yield _share(f"lost_{sort}_of_reported", count, total)


def _counted(window: Window) -> Iterator[Figure]:
    sums = window.of(Stocktake.objects.all(), "taken_on", "recorded_at").aggregate(n=Sum("expected"), gone=Sum("missing"))
    if sums["n"]:
        yield _share("missing_of_counted", sums["gone"], sums["n"])


def _checked(window: Window) -> Iterator[Figure]:
    closed = window.of(CheckOutcome.objects.all(), "visited_on", "recorded_at")
    unfavourable = closed.filter(outcome=CheckOutcome.UNFAVOURABLE)
    yield _share("checks_unfavourable", unfavourable.count(), closed.count())
    for selection in ("random", "risk"):
        chosen = closed.filter(check_of__selection=selection)
        sums = chosen.aggregate(n=Sum("sampled"), missing=Sum(F("sampled") - F("sighted")))
        yield _share(f"missing_of_sampled_{selection}", sums["missing"] or 0, sums["n"] or 0)


def _traced(window: Window) -> Iterator[Figure]:
    recoveries = window.of(Recovery.objects.all(), "recovered_on", "recorded_at")
    latest = latest_confirmations(window.cut_off).filter(recovery__in=recoveries)
    submitted, to_licence, watched = recoveries.count(), latest.filter(firearm__isnull=False).count(), latest.filter(watched__isnull=False).count()
    yield _figure("recoveries_recorded", submitted, "recoveries")
    yield _share("traced_to_a_licence_of_recorded", to_licence, submitted)
    yield _share("traced_to_a_licence_of_traced", to_licence, to_licence + watched)
    yield _share("watched_of_recorded", watched, submitted)
    reports = SeizureReport.objects.filter(month__gte=window.start.replace(day=1), month__lte=window.end, recorded_at__lte=window.cut_off)
    seized = {(row.agency_id, row.month): row.seized for row in reports.order_by("pk")}
    total = sum(seized.values())
    if total >= to_licence + watched and total:
        bound = evidence.bounds(total, to_licence + watched, to_licence)
        yield _figure("licensed_of_seized", None, "share", low=bound.lower, high=bound.upper, numerator=to_licence, denominator=total)
    yield _figure("operations", Operation.objects.filter(recorded_at__lte=window.cut_off).count(), "operations")
    serials = WatchedSerial.objects.filter(watch__recorded_at__lte=window.cut_off)
    yield _share("watched_recovered_of_watched", latest_confirmations(window.cut_off).filter(watched__isnull=False).count(), serials.count())


def latest_confirmations(known_at: datetime) -> QuerySet[Confirmation]:
    """Of each recovery the confirmation that counts, as known at a moment."""
    later = Confirmation.objects.filter(recovery=OuterRef("recovery"), recorded_at__lte=known_at, pk__gt=OuterRef("pk"))
    return Confirmation.objects.filter(recorded_at__lte=known_at).exclude(Exists(later))


def _estimated(window: Window) -> Iterator[Figure]:
    kept = Estimate.objects.filter(end_user=None, until__lte=window.end, recorded_at__lte=window.cut_off).order_by("until", "pk").last()
    if kept is not None:
        share = kept.result["share"]
        yield _figure("diverted_of_delivered", share["q50"], "share", low=share["q025"], high=share["q975"],
                      numerator=kept.result["diverted"]["q50"], denominator=kept.result["delivered"], source=f"estimate {kept.reference}")
