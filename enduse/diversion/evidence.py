"""The installation's own tables as an evidence bundle (MODELS.md section 2), as known at a moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from enduse.custody.models import CustodyEvent, CustodyItem, Stocktake
from enduse.engines import evidence
from enduse.monitoring.models import CheckOutcome
from enduse.parties.models import Party, PersonnelLine
from enduse.tracing.models import Confirmation, Recovery, SeizureReport

ENTERS = (CustodyEvent.RECEIVED, CustodyEvent.ISSUED, CustodyEvent.TRANSFERRED)
CAUSES = {
    CustodyEvent.DESERTED_WITH: "desertion", CustodyEvent.STOLEN: "theft", CustodyEvent.LOST: "unaccounted",
    CustodyEvent.NOT_SIGHTED: "unaccounted",
}


@dataclass(frozen=True)
class _Entered:
    """Where a firearm came to rest: the unit that last took it in, when, under which licence, of which type."""

    unit: int
    on: date
    licence: int
    firearm_type: str

    @property
    def lot(self) -> str:
        return f"{self.licence}-{self.unit}-{self.firearm_type}-{self.on:%Y%m%d}"


def bundle_of(*, until: date, known_at: datetime, end_user: Party | None = None) -> evidence.Bundle:
    """Everything recorded by `known_at` about what happened by `until`, of one end user or of all.

    A firearm belongs to the unit that last took it in; what it passed on is not its own. Nothing lost is written off.
    """
    units = {unit.pk: unit for unit in Party.objects.filter(path__startswith=end_user.path if end_user else "/")}
    entered = {gun: where for gun, where in _entered(until, known_at).items() if where.unit in units}
    holding = {where.unit for where in entered.values()}
    return evidence.Bundle(
        units=tuple(evidence.Unit(str(pk), _parent(units[pk], holding), str(units[pk].end_user_id), units[pk].kind, None) for pk in sorted(holding)),
        lots=_lots(entered.values()),
        personnel=_personnel(holding, until, known_at),
        stocktakes=_stocktakes(holding, until, known_at),
        checks=_checks(holding, until, known_at),
        losses=_losses(entered, until, known_at),
        recoveries=_recoveries(entered, until, known_at),
        seizures=_seizures(entered, until, known_at),
    )


def _parent(unit: Party, holding: set[int]) -> str:
    """The body above, where that holds firearms too: a bundle names no unit that is not in it."""
    return str(unit.parent_id) if unit.parent_id in holding else ""


def _entered(until: date, known_at: datetime) -> dict[int, _Entered]:
    lines = (
        CustodyItem.objects.filter(event__sort__in=[*ENTERS, CustodyEvent.SHIPPED], event__occurred_on__lte=until,
                                   event__recorded_at__lte=known_at)
        .exclude(event__in=_corrected(known_at)).order_by("event_id").values_list("firearm_id", "event__sort", "event__to_party_id", "event__occurred_on", "event__licence_id",
                                          "firearm__firearm_type")
    )
    licence: dict[int, int] = {}
    found: dict[int, _Entered] = {}
    for gun, sort, to_party, on, under, firearm_type in lines.iterator(chunk_size=10_000):
        if sort == CustodyEvent.SHIPPED:
            licence[gun] = under or 0
        else:
            found[gun] = _Entered(to_party, on, licence.get(gun, 0), firearm_type)
    return found


def _corrected(known_at: datetime) -> set[int]:
    """Events that were known to be wrong by then. What was corrected later was still believed, so an old estimate can be drawn again."""
    corrections = CustodyEvent.objects.filter(sort=CustodyEvent.CORRECTED, recorded_at__lte=known_at)
    return set(corrections.values_list("corrects_id", flat=True))


def _lots(entered: Iterable[_Entered]) -> tuple[evidence.Lot, ...]:
    return tuple(evidence.Lot(where.lot, str(where.licence), str(where.unit), where.firearm_type, quantity, where.on)
                 for where, quantity in Counter(entered).items())


def _personnel(units: set[int], until: date, known_at: datetime) -> tuple[evidence.Desertions, ...]:
    lines = PersonnelLine.objects.filter(unit__in=units, report__month__lte=until, report__recorded_at__lte=known_at)
    return tuple(evidence.Desertions(str(unit), f"{month:%Y-%m}", desertions)
                 for unit, month, desertions in lines.values_list("unit_id", "report__month", "desertions"))


def _stocktakes(units: set[int], until: date, known_at: datetime) -> tuple[evidence.Stocktake, ...]:
    counts = Stocktake.objects.filter(unit__in=units, taken_on__lte=until, recorded_at__lte=known_at)
    return tuple(evidence.Stocktake(str(row.pk), str(row.unit_id), row.taken_on, row.delivered_to_date,
                                    min(row.sighted, row.delivered_to_date), row.self_reported) for row in counts)


def _checks(units: set[int], until: date, known_at: datetime) -> tuple[evidence.Check, ...]:
    outcomes = CheckOutcome.objects.filter(check_of__unit__in=units, visited_on__lte=until, recorded_at__lte=known_at).select_related("check_of")
    return tuple(
        evidence.Check(row.check_of.reference, str(row.check_of.unit_id), row.visited_on,
                       "random" if row.check_of.selection == "random" else "risk", row.check_of.population, row.sampled, row.sighted, row.outcome)
        for row in outcomes)


def _losses(entered: dict[int, _Entered], until: date, known_at: datetime) -> tuple[evidence.Loss, ...]:
    """Losses as reported, of what is still away: a firearm found again is out."""
    corrected = _corrected(known_at)
    found_again = set(CustodyItem.objects.filter(event__sort=CustodyEvent.FOUND, event__recorded_at__lte=known_at, event__occurred_on__lte=until)
                      .exclude(event__in=corrected).values_list("firearm_id", flat=True))
    lines = CustodyItem.objects.filter(
        event__sort__in=list(CAUSES), event__occurred_on__lte=until, event__recorded_at__lte=known_at,
    ).exclude(event__in=corrected).values_list("firearm_id", "event_id", "event__sort", "event__from_party_id", "event__occurred_on", "event__recorded_at")
    together: Counter[tuple[int, str, int, date, datetime]] = Counter()
    for gun, event, sort, unit, on, recorded_at in lines:
        if gun in entered and entered[gun].unit == unit and gun not in found_again:
            together[event, sort, unit, on, recorded_at] += 1
    return tuple(evidence.Loss(str(event), str(unit), on, recorded_at.date(), CAUSES[sort], quantity)
                 for (event, sort, unit, on, recorded_at), quantity in together.items())


def _recoveries(entered: dict[int, _Entered], until: date, known_at: datetime) -> tuple[evidence.Recovery, ...]:
    confirmed = {row.recovery_id: row for row in Confirmation.objects.filter(recorded_at__lte=known_at).order_by("pk")}
    found = []
    for recovery in Recovery.objects.filter(recovered_on__lte=until, recorded_at__lte=known_at):
        said = confirmed.get(recovery.pk)
        where = entered.get(said.firearm_id) if said and said.firearm_id else None
        watched = bool(said and said.watched_id)
        found.append(evidence.Recovery(recovery.reference, recovery.recovered_on, submitted=True, traced=bool(where) or watched,
                                       lot_id=where.lot if where else "", channel="monitored_operation" if watched else ""))
    return tuple(found)


def _seizures(entered: dict[int, _Entered], until: date, known_at: datetime) -> tuple[evidence.Seizures, ...]:
    """By month: seized and submitted as the agencies reported, traced and traced to lots as confirmed here."""
    traced: Counter[str] = Counter()
    to_lots: Counter[str] = Counter()
    for row in _recoveries(entered, until, known_at):
        month = f"{row.recovered_on:%Y-%m}"
        traced[month] += row.traced
        to_lots[month] += bool(row.lot_id)
    reports = SeizureReport.objects.filter(month__lte=until, recorded_at__lte=known_at).order_by("pk")
    latest = {(report.agency_id, report.month): report for report in reports}
    by_month: dict[str, list[int]] = {}
    for report in latest.values():
        kept = by_month.setdefault(f"{report.month:%Y-%m}", [0, 0])
        kept[0] += report.seized
        kept[1] += report.submitted
    return tuple(
        evidence.Seizures(month, seized, max(submitted, traced[month]), traced[month], to_lots[month])
        for month, (seized, submitted) in sorted(by_month.items()) if traced[month] <= seized)
