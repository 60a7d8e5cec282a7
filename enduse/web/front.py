"""What the public reads first: counts over the whole register, each with its denominator; no name, no serial, no value.

Nothing changes these figures without a new entry in the log, so they are computed once for each length of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeVar

from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext as _

from enduse import clock
from enduse.custody.models import CustodyEvent, CustodyItem, Firearm, Holding, Stocktake
from enduse.diversion.models import Estimate
from enduse.ledger.actions import size
from enduse.ledger.kept import kept
from enduse.licensing.models import Licence, LicenceLine
from enduse.measures.models import Measure
from enduse.monitoring.models import CheckSighting
from enduse.parties.models import Party
from enduse.tracing.histories import Life, lives_of
from enduse.tracing.queries import RecoveryFigures, SeizureFigures, recovery_figures, seizure_figures

T = TypeVar("T")
COUNTED_WITHIN = timedelta(days=365)
FEWEST_SHOWN = 3  # events in the life of one gun: fewer tell no story


@dataclass(frozen=True)
class Part:
    """One count with what it is part of."""

    label: str
    value: int
    of: int
    tone: str = ""


@dataclass(frozen=True)
class Left:
    """The latest estimate of how many had left lawful hands."""

    most_likely: float
    low: float
    high: float
    share: float
    share_low: float
    share_high: float
    delivered: int
    until: date
    reference: str


@dataclass(frozen=True)
class Front:
    """The five questions of the front page."""

    licences: int
    permitted: int
    automatic: int
    delivered: int
    by_year: tuple[Part, ...]
    to_whom: tuple[Part, ...]
    registered: int
    where: tuple[Part, ...]
    lost: int
    by_loss: tuple[Part, ...]
    left: Left | None
    held_by_units: int
    uncounted: int
    seen_by_inspectors: int
    recoveries: RecoveryFigures
    seizures: SeizureFigures
    measures: int
    today: date
    log_size: int

    @property
    def unseen(self) -> int:
        return max(self.delivered - self.seen_by_inspectors, 0)

    @property
    def untraced(self) -> int:
        return self.recoveries.recorded - self.recoveries.to_a_licence

    @property
    def unsubmitted(self) -> int:
        return self.seizures.seized - self.seizures.submitted


def front() -> Front:
    return kept("front", _computed)


def _computed() -> Front:
    received = _events(CustodyEvent.RECEIVED)
    delivered = received.count()
    units, uncounted = _counts_of_units()
    lost = _losses(delivered)
    return Front(
        licences=Licence.objects.count(),
        permitted=LicenceLine.objects.aggregate(n=Sum("quantity"))["n"] or 0,
        automatic=LicenceLine.objects.filter(automatic=True).aggregate(n=Sum("quantity"))["n"] or 0,
        delivered=delivered,
        by_year=tuple(Part(str(year), n, delivered) for year, n in _grouped(received, "event__occurred_on__year")),
        to_whom=_to_whom(received, delivered),
        registered=Firearm.objects.count(),
        where=_where(),
        lost=sum(row.value for row in lost),
        by_loss=lost,
        left=_left(),
        held_by_units=units,
        uncounted=uncounted,
        seen_by_inspectors=CheckSighting.objects.filter(sighted=True).aggregate(n=Count("firearm", distinct=True))["n"],
        recoveries=recovery_figures(),
        seizures=seizure_figures(),
        measures=Measure.objects.in_force(clock.today()).count(),
        today=clock.today(),
        log_size=size(),
    )


def _events(*sorts: str) -> QuerySet[CustodyItem]:
    return CustodyItem.objects.filter(event__sort__in=sorts, event__corrections=None)


def _grouped(rows: QuerySet[Any], field: str) -> list[tuple[Any, int]]:
    return list(rows.order_by(field).values_list(field).annotate(n=Count("pk")).order_by(field))


def _to_whom(received: QuerySet[CustodyItem], delivered: int) -> tuple[Part, ...]:
    """Delivered by the kind of body that received, and resold from there to police."""
    kinds = dict(Party.KINDS)
    rows = [Part(_("delivered to: %s") % kinds.get(kind, kind), n, delivered) for kind, n in _grouped(received, "event__to_party__kind")]
    resold = _events(CustodyEvent.TRANSFERRED).filter(event__to_party__kind=Party.POLICE).count()
    if resold:
        rows.append(Part(_("of these resold or passed on to police"), resold, delivered, "quiet"))
    return tuple(rows)


def _where() -> tuple[Part, ...]:
    """Every firearm of the register by who answers for it now, or by how it left."""
    found = {(state, kind): n for state, kind, n in Holding.objects.values_list("state", "party__kind").annotate(n=Count("pk")).order_by()}
    total = sum(found.values())
    names = dict(Party.KINDS)
    rows = [
        Part(_("with its maker or seller") if kind == Party.COMPANY else _("held: %s") % names.get(kind, kind), n, total)
        for (state, kind), n in sorted(found.items(), key=lambda row: -row[1]) if state == Holding.HELD
    ]
    for state, label, tone in (
        (Holding.IN_TRANSIT, _("on the way"), ""), (Holding.LOST, _("reported lost and not found"), "bad"),
        (Holding.RECOVERED, _("recovered, with who seized it"), ""), (Holding.DESTROYED, _("destroyed"), "quiet"),
    ):
        n = sum(count for (its, _kind), count in found.items() if its == state)
        if n:
            rows.append(Part(label, n, total, tone))
    return tuple(rows)


def _losses(delivered: int) -> tuple[Part, ...]:
    names = dict(CustodyEvent.SORTS)
    counted = dict(_grouped(_events(*CustodyEvent.LOSSES), "event__sort"))
    return tuple(Part(str(names[sort]), counted[sort], delivered, "bad") for sort in CustodyEvent.LOSSES if counted.get(sort))


def _counts_of_units() -> tuple[int, int]:
    """Held by bodies other than companies, and of these by units that nobody counted within a year."""
    held = Holding.objects.filter(state=Holding.HELD).exclude(party__kind=Party.COMPANY)
    counted = Stocktake.objects.filter(taken_on__gt=clock.today() - COUNTED_WITHIN, taken_on__lte=clock.today()).values("unit")
    return held.count(), held.exclude(party__in=counted).count()


def _left() -> Left | None:
    estimate = Estimate.objects.filter(end_user=None).order_by("pk").last()
    if estimate is None:
        return None
    number, share = estimate.result["diverted"], estimate.result["share"]
    return Left(number["q50"], number["q025"], number["q975"], share["q50"], share["q025"], share["q975"], estimate.result["delivered"],
                estimate.until, estimate.reference)


@dataclass(frozen=True)
class Anonymous:
    """A real firearm's life with every name, place, serial and day taken out."""

    firearm_type: str
    year: int | None
    events: tuple[dict[str, Any], ...]
    days: int | None
    holders: int


def one_life() -> Anonymous | None:
    """A real firearm's life as an example; None when none was recovered yet."""
    return kept("life", _longest_life)


def _longest_life() -> Anonymous | None:
    """The recovered firearm with the longest chain, as an example: kinds of bodies and months only; None when there is none."""
    recovered = Holding.objects.filter(state=Holding.RECOVERED).order_by("pk").values("firearm")[:2_000]
    lives = [life for life in lives_of(Firearm.objects.filter(pk__in=recovered)).values() if life.recovered and len(life.events) >= FEWEST_SHOWN]
    if not lives:
        return None
    life = max(lives, key=lambda each: (len(each.events), each.days_to(each.recovered.occurred_on) or 0, -each.firearm.pk))  # type: ignore[union-attr]
    return Anonymous(
        life.firearm.firearm_type, life.firearm.year, tuple(_anonymous(life, event) for event in life.events),
        life.days_to(life.recovered.occurred_on) if life.recovered else None, len(life.holders),
    )


TONES = {CustodyEvent.RECOVERED: "note", CustodyEvent.FOUND: "good", CustodyEvent.DESTROYED: "quiet"}


def _anonymous(life: Life, event: CustodyEvent) -> dict[str, Any]:
    words = str(dict(CustodyEvent.SORTS)[event.sort])
    party = event.from_party if event.sort in CustodyEvent.LOSSES else event.to_party
    first = event.occurred_on.replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return {
        "words": words, "on": first, "until": last, "who": None, "tone": "bad" if event.sort in CustodyEvent.LOSSES else TONES.get(event.sort, ""),
        "place": _kind(party) if party is not None else "",
    }


def _kind(party: Party) -> str:
    kind = str(dict(Party.KINDS)[party.kind])
    return _("a unit of: %s") % kind if party.is_unit else kind

