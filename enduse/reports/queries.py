"""Reads of reports: the list, one with its figures in words, what the public front page says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enduse.accounts.models import User
from enduse.reports.models import Figure, Report

# What each computed figure is called, and of what it is a share.
WORDS: dict[str, tuple[Any, Any]] = {
    "licences_issued": (gettext_lazy("Licences issued"), ""),
    "firearms_authorised": (gettext_lazy("Firearms authorised on licences"), ""),
    "automatic_of_authorised": (gettext_lazy("Automatic firearms"), gettext_lazy("firearms authorised")),
    "firearms_shipped": (gettext_lazy("Firearms shipped"), ""),
    "firearms_received": (gettext_lazy("Firearms received by the consignee"), ""),
    "resold_of_received": (gettext_lazy("Resold to other bodies"), gettext_lazy("firearms received in the period")),
    "reported_lost": (gettext_lazy("Firearms reported lost in the period"), gettext_lazy("firearms delivered until its end")),
    "reported_lost_of_delivered": (gettext_lazy("Reported lost"), gettext_lazy("firearms delivered until the period's end")),
    "lost_deserted_with_of_reported": (gettext_lazy("Carried off by deserters"), gettext_lazy("firearms reported lost")),
    "lost_stolen_of_reported": (gettext_lazy("Stolen"), gettext_lazy("firearms reported lost")),
    "lost_lost_of_reported": (gettext_lazy("Lost otherwise"), gettext_lazy("firearms reported lost")),
    "lost_not_sighted_of_reported": (gettext_lazy("Not found when counted"), gettext_lazy("firearms reported lost")),
    "missing_of_counted": (gettext_lazy("Missing at stocktakes"), gettext_lazy("firearms expected at the counts of the period")),
    "checks_unfavourable": (gettext_lazy("End-use checks closed unfavourable"), gettext_lazy("checks closed in the period")),
    "missing_of_sampled_random": (gettext_lazy("Serials missing at random checks"), gettext_lazy("serials sampled at random")),
    "missing_of_sampled_risk": (gettext_lazy("Serials missing at checks chosen for risk"), gettext_lazy("serials sampled where risk was expected")),
    "recoveries_recorded": (gettext_lazy("Recoveries recorded"), ""),
    "traced_to_a_licence_of_recorded": (gettext_lazy("Traced to a licence"), gettext_lazy("recoveries recorded")),
    "traced_to_a_licence_of_traced": (gettext_lazy("Traced to a licence"), gettext_lazy("recoveries traced to anything")),
    "watched_of_recorded": (gettext_lazy("Traced to a watched serial"), gettext_lazy("recoveries recorded")),
    "licensed_of_seized": (gettext_lazy("Sold under these licences, bounds"), gettext_lazy("all firearms seized in the period")),
    "operations": (gettext_lazy("Monitored operations authorised"), ""),
    "watched_recovered_of_watched": (gettext_lazy("Watched serials recovered"), gettext_lazy("serials watched")),
    "diverted_of_delivered": (gettext_lazy("Estimated to have left lawful hands (95 %)"), gettext_lazy("firearms delivered")),
}
TRACE_CODES = {"traced_to_a_licence_of_recorded", "traced_to_a_licence_of_traced", "watched_of_recorded", "licensed_of_seized",
               "watched_recovered_of_watched"}


@dataclass(frozen=True)
class Told:
    """A figure with its words: ready for a page, a file and the API."""

    figure: Figure
    label: str
    of_what: str

    @property
    def is_share(self) -> bool:
        return self.figure.unit == "share"

    @property
    def from_traces(self) -> bool:
        return self.figure.code in TRACE_CODES


def reports(user: User | None) -> QuerySet[Report]:
    return Report.objects.visible_to(user).select_related("publication", "drafted_by")


def told(report: Report) -> list[Told]:
    """The figures of a report in order, each in words."""
    return [Told(figure, str(WORDS[figure.code][0]), str(WORDS[figure.code][1])) for figure in report.figures.order_by("number")]


def rows_for_file(report: Report) -> list[list[Any]]:
    """One row a figure, in the order of FILE_HEADER."""
    return [
        [each.figure.number, each.figure.code, each.label, each.figure.value, each.figure.unit, each.figure.numerator, each.figure.denominator,
         each.of_what, each.figure.low, each.figure.high, each.figure.source] for each in told(report)]


FILE_HEADER = ["number", "code", "figure", "value", "unit", "numerator", "denominator", "of", "low", "high", "source"]


def basis_words(report: Report) -> str:
    """Which clock the report uses (rule 7)."""
    return _("counted by when things happened") if report.basis == Report.OCCURRED else _("counted by when things were recorded")
