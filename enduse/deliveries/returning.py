"""The exporter files a return: what it says is set against the register, and a difference is an alert."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from enduse import clock
from enduse.accounts.models import User
from enduse.accounts.permissions import Role, permit
from enduse.alerts.actions import raise_alert
from enduse.alerts.models import Alert
from enduse.deliveries.models import Consignment, ConsignmentStep, ManifestLine
from enduse.deliveries.returns import LicenceReturn
from enduse.ledger.actions import record
from enduse.licensing.models import Licence
from enduse.licensing.open_licences import Period, periods_of
from enduse.parties.models import Party, party_of
from enduse.refusals import Invalid, Problem, Problems, Refused


@dataclass(frozen=True)
class Shipped:
    """One row of a return: how many of a line went to an end user."""

    end_user: Party
    line: int
    quantity: int


def file_return(licence: Licence, *, number: int, rows: Sequence[Shipped], note: str = "", by: User) -> LicenceReturn:
    """Say what was shipped in a period that is over; nothing shipped is no rows. Filed again, it corrects the earlier one and says why.

    Refused: a period that runs still, a licence of another. Invalid: a row for an end user or a line that the licence has not.
    """
    permit(by, "deliveries.file_return")
    with transaction.atomic():
        licence = Licence.objects.lock(licence.pk)
        if licence.seller is None or licence.seller != party_of(by):
            raise Refused(_("Your party has no such licence."), _("Look in your list of licences."), rule=10)
        period = _period(licence, number)
        said = _checked(licence, rows)
        last = LicenceReturn.objects.filter(licence=licence, number=number).order_by("-pk").first()
        if last is not None and not note.strip():
            raise Invalid(Problem(_("A return of this period was filed already; a correction says why."), _("Write what was wrong."), field="note"))
        shipped = shipped_in(licence, period)
        differences = [{"end_user": end_user, "line": line, "said": said[end_user, line], "shipped": shipped[end_user, line]}
                       for end_user, line in sorted({*said, *shipped}) if said[end_user, line] != shipped[end_user, line]]
        filed = record(LicenceReturn(
            licence=licence, number=number, differences=differences, note=note.strip(), corrects=last,
            rows=[{"end_user": end_user, "line": line, "quantity": quantity} for (end_user, line), quantity in sorted(said.items()) if quantity]), by=by)
        if differences:
            _tell_of(filed, period)
    return filed


def _period(licence: Licence, number: int) -> Period:
    period = next((each for each in periods_of(licence) if each.number == number), None)
    if period is None:
        raise Refused(_("No return with the number %(number)d is asked of %(licence)s."), _("Look at its periods."), number=number,
                      licence=licence.reference)
    if period.ends_on >= clock.today():
        raise Refused(_("The period runs until %(ends)s."), _("File its return when it is over, by %(due)s."), ends=period.ends_on.isoformat(),
                      due=period.due_on.isoformat())
    return period


def _checked(licence: Licence, rows: Sequence[Shipped]) -> Counter[tuple[int, int]]:
    problems, said = Problems(), Counter[tuple[int, int]]()
    named, lines = {party.pk for party in licence.end_users()}, set(licence.lines.values_list("number", flat=True))
    for place, row in enumerate(rows, start=1):
        if row.end_user.pk not in named:
            problems.add(_("The licence was not used for this end user."), _("Choose one of its end users."), row=place, field="end_user",
                         found=row.end_user.name)
        if row.line not in lines:
            problems.add(_("The licence has no such line."), _("Choose one of its lines."), row=place, field="line", found=str(row.line))
        if row.quantity < 0:
            problems.add(_("A quantity is a whole number, 0 or above."), _("Correct it."), row=place, field="quantity", found=str(row.quantity))
        said[row.end_user.pk, row.line] += row.quantity
    problems.raise_if_any()
    return said


def shipped_in(licence: Licence, period: Period) -> Counter[tuple[int, int]]:
    """What was shipped under a licence in a period, as the register has it, by end user and line."""
    steps = ConsignmentStep.objects.filter(
        consignment__licence=licence, step=Consignment.SHIPPED, on__gte=period.starts_on, on__lte=period.ends_on)
    found = Counter[tuple[int, int]]()
    for consignment in Consignment.objects.filter(pk__in=steps.values("consignment")).select_related("consignee"):
        end_user = licence.end_user_of(consignment.reference)
        for line, count in ManifestLine.objects.filter(consignment=consignment).order_by().values_list("line__number").annotate(n=Count("pk")):
            found[end_user.pk, line] += count
    return found


def _tell_of(filed: LicenceReturn, period: Period) -> None:
    names = dict(Party.objects.filter(pk__in={each["end_user"] for each in filed.differences}).values_list("pk", "name"))
    raise_alert(
        Alert.RETURN, role=Role.LICENSING_OFFICER, party=filed.licence.seller, link=f"/deliveries/returns/?search={filed.licence.reference}",
        because=_("The return of %(licence)s from %(starts)s to %(ends)s differs from what was shipped here: %(what)s.") % {
            "licence": filed.licence.reference, "starts": period.starts_on, "ends": period.ends_on, "what": "; ".join(
                _("%(end_user)s, line %(line)d: %(said)d said, %(shipped)d shipped") % {**each, "end_user": names[each["end_user"]]}
                for each in filed.differences)})


FILED, DUE, OVERDUE, RUNS, DIFFERS = "filed", "due", "overdue", "runs", "differs"


@dataclass(frozen=True)
class Asked:
    """One period of one licence as a page shows it: its return, where it was filed, and where it stands."""

    licence: Licence
    period: Period
    key: int
    filed: LicenceReturn | None
    state: str

    def filed_rows(self) -> Iterator[dict[str, Any]]:
        names = dict(Party.objects.filter(pk__in={row["end_user"] for row in self.filed.rows}).values_list("pk", "name")) if self.filed else {}
        for row in self.filed.rows if self.filed else ():
            yield {**row, "name": names[row["end_user"]]}


def asked_of(licence: Licence, on: date | None = None) -> list[Asked]:
    """Every period that has begun, the latest first."""
    on = on or clock.today()
    filed: dict[int, LicenceReturn] = {}
    for each in LicenceReturn.objects.filter(licence=licence).order_by("pk").select_related("recorded_by"):
        filed[each.number] = each
    keys = dict(licence.return_periods.values_list("number", "pk"))
    begun = [period for period in periods_of(licence) if period.starts_on <= on]
    return [Asked(licence, period, keys[period.number], filed.get(period.number), _state(period, filed.get(period.number), on))
            for period in reversed(begun)]


def asked_for(user: User | None, *, state: str = "", search: str = "") -> list[Asked]:
    """Every period of the licences that the viewer sees, the latest first."""
    rows = Licence.objects.visible_to(user).exclude(return_periods=None).select_related("application__end_user", "application__seller")
    if search.strip():
        rows = rows.filter(reference__icontains=search.strip())
    found = [each for licence in rows.order_by("-pk") for each in asked_of(licence)]
    return [each for each in found if not state or each.state == state]


def _state(period: Period, filed: LicenceReturn | None, on: date) -> str:
    if filed is not None:
        return DIFFERS if filed.differences else FILED
    if period.due_on < on:
        return OVERDUE
    return RUNS if period.ends_on >= on else DUE


__all__ = ["Asked", "Shipped", "asked_for", "asked_of", "file_return", "shipped_in"]
