"""Monitored operations: authorised by three people, within dates, to a hard limit of firearms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from enduse import clock
from enduse.accounts.models import User
from enduse.accounts.permissions import permit
from enduse.custody.actions import Marked
from enduse.custody.serials import serial_key
from enduse.ledger.actions import record
from enduse.references import next_reference
from enduse.refusals import Problems, Refused
from enduse.tracing.models import Operation, Watch, WatchedSerial


def authorise_operation(
    *,
    name: str,
    legal_basis: str,
    approved_by: str,
    prosecutor: str,
    starts_on: date,
    ends_on: date,
    limit: int,
    subjects: Sequence[str],
    by: User,
    reference: str = "",
) -> Operation:
    """A lawful monitored delivery, owned by `by`, approved in writing by a supervisor and a prosecutor: three different people.

    `limit`: how many firearms at most; `subjects`: case references, never names.
    """
    permit(by, "tracing.run_operation")
    problems = Problems()
    for field, value in (("name", name), ("legal_basis", legal_basis), ("approved_by", approved_by), ("prosecutor", prosecutor)):
        if not value.strip():
            problems.add(_("This is empty."), _("An operation names its legal basis and who approved it, before it begins."), field=field)
    if ends_on <= starts_on:
        problems.add(_("The operation ends before it begins."), _("Give a later last day."), field="ends_on", found=ends_on.isoformat())
    if limit < 1:
        problems.add(_("The limit is a number of firearms."), _("Say how many at most may be watched."), field="limit", found=str(limit))
    if not [subject for subject in subjects if subject.strip()]:
        problems.add(_("No subject is named."), _("Give at least one case reference."), field="subjects")
    problems.raise_if_any()
    _refuse_too_few_people(by, approved_by, prosecutor)
    with transaction.atomic():
        return record(
            Operation(
                reference=reference or next_reference(Operation, "O"),
                name=name.strip(),
                legal_basis=legal_basis.strip(),
                owner=by,
                approved_by=approved_by.strip(),
                prosecutor=prosecutor.strip(),
                starts_on=starts_on,
                ends_on=ends_on,
                limit=limit,
                subjects=[subject.strip() for subject in subjects if subject.strip()],
            ),
            by=by,
        )


def watch(operation: Operation, *, guns: Sequence[Marked], watched_on: date, subject: str, by: User) -> Watch:
    """Put serials under watch, all or none. Refused beyond the operation's limit or outside its dates."""
    permit(by, "tracing.run_operation")
    problems = Problems()
    _check_watched(guns, problems)
    if subject.strip() not in operation.subjects:
        problems.add(
            _("This subject is not one of the operation's."), _("Choose one of: %s.") % ", ".join(operation.subjects), field="subject", found=subject
        )
    if watched_on > clock.today():
        problems.add(
            _("This day is still to come."), _("Give the day on which they were put under watch."), field="watched_on", found=watched_on.isoformat()
        )
    problems.raise_if_any()
    with transaction.atomic():
        operation = Operation.objects.select_for_update().get(pk=operation.pk)
        _refuse_outside_dates(operation, watched_on)
        _refuse_beyond_limit(operation, len(guns))
        _refuse_watched_already(guns)
        rows = [
            WatchedSerial(
                make=gun.make,
                model=gun.model,
                firearm_type=gun.firearm_type,
                calibre=gun.calibre,
                serial=gun.serial,
                serial_key=serial_key(gun.serial),
            )
            for gun in guns
        ]
        return record(Watch(operation=operation, watched_on=watched_on, subject=subject.strip()), by=by, rows=rows, row_field="watch")


def watched_count(operation: Operation) -> int:
    return WatchedSerial.objects.filter(watch__operation=operation).count()


def _refuse_too_few_people(by: User, approved_by: str, prosecutor: str) -> None:
    """Owner, supervisor and prosecutor are three people."""
    owner = {by.get_username().casefold(), by.get_full_name().casefold().strip()} - {""}
    approvers = [approved_by.strip().casefold(), prosecutor.strip().casefold()]
    if approvers[0] == approvers[1] or owner.intersection(approvers):
        raise Refused(
            _("The owner, the supervisor and the prosecutor of an operation are three different people."),
            _("Have it approved by a supervisor outside the unit and by a prosecutor."),
        )


def _refuse_outside_dates(operation: Operation, watched_on: date) -> None:
    """An approval that has lapsed pauses the operation."""
    if not operation.starts_on <= watched_on <= operation.ends_on:
        raise Refused(
            _("%(operation)s is approved from %(starts)s to %(ends)s only; %(day)s is outside."),
            _("Have a new operation approved before anything more is watched."),
            operation=operation.reference,
            starts=operation.starts_on.isoformat(),
            ends=operation.ends_on.isoformat(),
            day=watched_on.isoformat(),
        )


def _refuse_beyond_limit(operation: Operation, count: int) -> None:
    """The limit is hard: at the limit nothing more is put under watch."""
    watched = watched_count(operation)
    if watched + count > operation.limit:
        raise Refused(
            _("%(operation)s may watch %(limit)d firearms; %(watched)d are watched and %(count)d more are asked for."),
            _("Take %(over)d off the list, or have a new operation approved."),
            operation=operation.reference,
            limit=operation.limit,
            watched=watched,
            count=count,
            over=watched + count - operation.limit,
        )


def _check_watched(guns: Sequence[Marked], problems: Problems) -> None:
    if not guns:
        problems.add(_("No firearm is named."), _("List at least one."), field="guns")
    seen: dict[tuple[str, str, str], int | None] = {}
    for gun in guns:
        identity = (serial_key(gun.serial), gun.make, gun.model)
        if not identity[0] or not gun.make:
            problems.add(_("The make or the serial is empty."), _("Write both, or take the row out."), row=gun.row, field="serial", found=gun.serial)
        elif identity in seen:
            problems.add(
                _("This serial stands in the list already, in row %s.") % seen[identity],
                _("Take one of the two out."),
                row=gun.row,
                field="serial",
                found=gun.serial,
            )
        seen.setdefault(identity, gun.row)


def _refuse_watched_already(guns: Sequence[Marked]) -> None:
    problems = Problems()
    here = {(serial_key(gun.serial), gun.make, gun.model): gun for gun in guns}
    for identity in _known(here):
        gun = here[identity]
        problems.add(_("This firearm is under watch already."), _("Take it off the list."), row=gun.row, field="serial", found=gun.serial)
    problems.raise_if_any()


def _known(identities: Iterable[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    wanted = set(identities)
    keys = sorted({key for key, _make, _model in wanted})
    found: list[tuple[str, str, str]] = []
    for first in range(0, len(keys), 5_000):
        found += wanted.intersection(
            WatchedSerial.objects.filter(serial_key__in=keys[first : first + 5_000]).values_list("serial_key", "make", "model")
        )
    return sorted(found)
