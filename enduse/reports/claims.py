"""Public claims, each beside what its sources say and what the data of this installation say."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db.models import Count, F, Q, Sum
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from enduse import clock
from enduse.custody.models import CustodyEvent, CustodyItem, Holding, Stocktake
from enduse.diversion.models import Estimate
from enduse.engines import evidence
from enduse.lab.models import Scenario
from enduse.ledger.kept import kept
from enduse.licensing.models import Application, LicenceLine
from enduse.measures.models import Measure
from enduse.monitoring.models import CheckOutcome
from enduse.parties.models import PersonnelLine
from enduse.reports.computing import latest_confirmations
from enduse.tracing.models import Recovery, SeizureReport, WatchedSerial

VERDICTS = {
    "supported": gettext_lazy("supported"), "imprecise": gettext_lazy("imprecise"), "overstated": gettext_lazy("overstated"),
    "wrong_denominator": gettext_lazy("wrong denominator"), "mislabelled": gettext_lazy("mislabelled"),
    "misattributed": gettext_lazy("misattributed"),
    "inconsistent": gettext_lazy("inconsistent"), "superseded": gettext_lazy("superseded"), "unsupported": gettext_lazy("unsupported"),
    "untested": gettext_lazy("untested"),
}


@dataclass(frozen=True)
class Here:
    """One thing that the data here say to a claim: `value` of `of` (None: a plain number), with an interval where there is one."""

    words: str
    value: float | None = None
    of: float | None = None
    low: float | None = None
    high: float | None = None
    is_share: bool = False


@dataclass(frozen=True)
class Claim:
    """A claim as stated, what the sources say, why the verdict; in the reader's language."""

    claim_id: str
    said_by: str
    as_stated: str
    sources_say: str
    figure: float | None
    unit: str
    numerator: str
    denominator: str
    period: str
    verdict: str
    why: str
    sources: tuple[str, ...]
    here: tuple[Here, ...]  # what this installation's own data say

    @property
    def verdict_words(self) -> str:
        return str(VERDICTS[self.verdict])


@lru_cache(maxsize=1)
def _rows() -> tuple[dict[str, str], ...]:
    with (Path(__file__).resolve().parent / "claims.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def claims() -> list[Claim]:
    """Every claim, in order."""
    here = kept("claims", lambda: {claim: tuple(say()) for claim, say in HERE.items()})
    language = "es" if (get_language() or "en").startswith("es") else "en"
    return [
        Claim(row["claim_id"], row["said_by"], row[f"as_stated_{language}"], row[f"sources_say_{language}"],
              float(row["figure"]) if row["figure"] else None, row[f"unit_{language}"], row[f"numerator_{language}"],
              row[f"denominator_{language}"], row["period"], row["verdict"], row[f"why_{language}"],
              tuple(part.strip() for part in row["sources"].split(";") if part.strip()), here[row["claim_id"]])
        for row in _rows()
    ]


def _items(*sorts: str, **more: Any) -> int:
    return CustodyItem.objects.filter(event__sort__in=sorts, event__corrections=None, **more).count()


def _sold() -> list[Here]:
    authorised = LicenceLine.objects.filter(licence__issued_on__gte="2008-10-01", licence__issued_on__lte="2009-09-30").aggregate(
        n=Sum("quantity", default=0), automatic=Sum("quantity", filter=Q(automatic=True), default=0))
    held = Holding.objects.filter(state=Holding.HELD).aggregate(
        police=Count("pk", filter=Q(party__kind="police")), all=Count("pk", filter=~Q(party__kind="company")))
    return [
        Here(_("firearms authorised in fiscal 2009"), authorised["n"]),
        Here(_("of them automatic"), authorised["automatic"], authorised["n"]),
        Here(_("firearms received by the army in the same twelve months"),
             _items(CustodyEvent.RECEIVED, event__occurred_on__gte="2008-10-01", event__occurred_on__lte="2009-09-30")),
        Here(_("held now by police forces, of all held"), held["police"], held["all"]),
    ]


def _diverted() -> list[Here]:
    at_random = Q(check_of__selection="random")
    closed = CheckOutcome.objects.aggregate(
        n=Count("pk"), unfavourable=Count("pk", filter=Q(outcome="unfavourable")), looked_for=Sum("sampled", filter=at_random, default=0),
        missing=Sum(F("sampled") - F("sighted"), filter=at_random, default=0))
    found = [
        Here(_("checks closed unfavourable, of checks closed"), closed["unfavourable"], closed["n"]),
        Here(_("serials missing at random checks, of serials sampled"), closed["missing"], closed["looked_for"]),
    ]
    estimate = Estimate.objects.filter(end_user=None).order_by("pk").last()
    if estimate is not None:
        share = estimate.result["share"]
        found.append(Here(_("estimated share of the delivered that had left, with its 95 % interval"), share["q50"], low=share["q025"],
                          high=share["q975"], is_share=True))
    return found


def _deserted() -> list[Here]:
    deserted = PersonnelLine.objects.aggregate(n=Sum("desertions"))["n"] or 0
    return [
        Here(_("desertions recorded by units"), deserted),
        Here(_("firearms reported as carried off by deserters, a desertion"), _items(CustodyEvent.DESERTED_WITH), deserted),
    ]


def _seized() -> list[Here]:
    latest = latest_confirmations(clock.now()).aggregate(
        licensed=Count("pk", filter=Q(firearm__isnull=False)), traced=Count("pk", filter=Q(firearm__isnull=False) | Q(watched__isnull=False)))
    licensed, traced = latest["licensed"], latest["traced"]
    reports = {(row.agency_id, row.month): row for row in SeizureReport.objects.order_by("pk")}
    seized = sum(row.seized for row in reports.values())
    found = [
        Here(_("traced to a licence, of recoveries recorded here"), licensed, Recovery.objects.count()),
        Here(_("traced to a licence, of those traced to anything"), licensed, traced),
    ]
    if seized >= traced and seized:
        bound = evidence.bounds(seized, traced, licensed)
        found.append(Here(_("of all seized, the share sold under these licences lies between"), low=bound.lower, high=bound.upper, is_share=True))
    return found


def _watched() -> list[Here]:
    recovered = latest_confirmations(clock.now()).filter(watched__isnull=False).count()
    return [Here(_("serials watched by operations and recovered since, of serials watched"), recovered, WatchedSerial.objects.count())]


def _monitored() -> list[Here]:
    delivered = _items(CustodyEvent.RECEIVED)
    sampled = CheckOutcome.objects.aggregate(n=Sum("sampled"))["n"] or 0
    counted = Stocktake.objects.filter(taken_on__gt=clock.today().replace(year=clock.today().year - 1)).aggregate(
        n=Sum("sighted"), there=Sum("expected"))
    return [
        Here(_("serials looked for by end-use checks, of firearms delivered"), sampled, delivered),
        Here(_("sighted at counts of the last twelve months, of expected there"), counted["n"] or 0, counted["there"] or 0),
    ]


def _simulated() -> list[Here]:
    scenario = Scenario.objects.filter(measures__kind=Measure.MORATORIUM).order_by("pk").last()
    if scenario is None:
        return [Here(_("no moratorium has been simulated here yet"))]
    found = []
    titles = {measure.reference: measure.title for measure in scenario.measures.all()}
    for name, policy in scenario.outcome["policies"].items():
        if name in titles:
            net = policy["net_averted"]
            found.append(Here(_("%(measure)s: firearms kept from diversion in %(months)d months")
                              % {"measure": titles[name], "months": scenario.months}, net["q50"], low=net["q025"], high=net["q975"]))
    return found


def _applied() -> list[Here]:
    filed = Application.objects.exclude(submission=None).aggregate(
        n=Count("pk"), **{capacity: Count("pk", filter=Q(capacity=capacity)) for capacity, _name in Application.CAPACITIES})
    return [
        Here(_("applications filed by the exporter, of all filed"), filed[Application.EXPORTER], filed["n"]),
        Here(_("filed by the buying government, of all filed"), filed[Application.BUYING_GOVERNMENT], filed["n"]),
    ]


def _paid() -> list[Here]:
    return [Here(_("the register holds licensed private sales only; it holds no payment, so it cannot test this"))]


HERE: dict[str, Callable[[], list[Here]]] = {
    "C1": _sold, "C2": _diverted, "C3": _deserted, "C4": _seized, "C5": _watched, "C6": _monitored, "C7": _simulated, "C9": _applied,
    "C10": _paid, "C11": _watched,
}
