"""What is done in tracing: recoveries and what others answer are recorded, seizures reported, candidates confirmed, operations run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from enduse import clock
from enduse.accounts.models import User
from enduse.accounts.permissions import permit
from enduse.ledger.actions import record
from enduse.parties.models import Party
from enduse.reference import table
from enduse.references import next_reference
from enduse.refusals import Invalid, Problem, Problems, Refused
from enduse.tracing import ranking, reading
from enduse.tracing.confirming import agree, alert_operation, confirm, propose
from enduse.tracing.learning import learn_errors
from enduse.tracing.models import Recovery, SeizureReport, TraceAnswer
from enduse.tracing.operating import authorise_operation, watch
from enduse.tracing.reading import OtherMark

__all__ = [
    "OtherMark",
    "Seized",
    "agree",
    "answer",
    "authorise_operation",
    "confirm",
    "learn_errors",
    "propose",
    "record_recoveries",
    "record_recovery",
    "report_seizures",
    "watch",
]

REMOVED = "*"
# What an officer may say of a type that is not legible enough for a code of the list.
BROAD_TYPES = ("rifle", "carbine", "pistol", "shotgun", "machine gun")


@dataclass(frozen=True)
class Seized:
    """A firearm seized or found, as an agency reports it. `marks`: the frame's, '*' when its serial was removed.

    `doubtful`: which of make, model, type, calibre and year were read with doubt. `row`: for messages.
    """

    recovered_on: date
    place: str
    country: str
    agency: Party
    case_reference: str
    marks: str
    recovered_until: date | None = None
    region: str = ""
    make: str = ""
    model: str = ""
    firearm_type: str = ""
    calibre: str = ""
    year: int | None = None
    other_marks: Sequence[OtherMark] = ()
    doubtful: Sequence[str] = ()
    note: str = ""
    row: int | None = None


def record_recovery(
    *,
    recovered_on: date,
    place: str,
    country: str,
    agency: Party,
    case_reference: str,
    marks: str,
    by: User,
    recovered_until: date | None = None,
    region: str = "",
    make: str = "",
    model: str = "",
    firearm_type: str = "",
    calibre: str = "",
    year: int | None = None,
    other_marks: Sequence[OtherMark] = (),
    doubtful: Sequence[str] = (),
    note: str = "",
    reference: str = "",
) -> Recovery:
    """A firearm was seized or found. If its marks are probably a watched serial, the operation's owner is alerted at once.

    Invalid: marks that cannot be read as marks, days, places. Refused: the same agency, case and marks were recorded before.
    """
    seized = Seized(
        recovered_on=recovered_on,
        place=place,
        country=country,
        agency=agency,
        case_reference=case_reference,
        marks=marks,
        recovered_until=recovered_until,
        region=region,
        make=make,
        model=model,
        firearm_type=firearm_type,
        calibre=calibre,
        year=year,
        other_marks=other_marks,
        doubtful=doubtful,
        note=note,
    )
    return record_recoveries([seized], by=by, references=[reference] if reference else None)[0]


def record_recoveries(seized: Sequence[Seized], *, by: User, references: Sequence[str] | None = None) -> list[Recovery]:
    """Many recoveries, all or none, in the order given. Invalid: every fault with its row, field, reason and remedy."""
    permit(by, "tracing.record_recovery")
    problems = Problems()
    for each in seized:
        _check(each, problems)
    problems.raise_if_any()
    recoveries = [_as_recovery(each) for each in seized]
    rankings = ranking.rank_many(recoveries)
    with transaction.atomic():
        _refuse_recorded_already(seized)
        for recovery, reference in zip(recoveries, references or _references(len(seized)), strict=True):
            recovery.reference = reference
            record(recovery, by=by)
        for recovery, ranked in zip(recoveries, rankings, strict=True):
            if ranked.top is not None and ranked.top.watched is not None and ranked.top.is_likely:
                alert_operation(recovery, ranked.top.watched, confirmed=False)
    return recoveries


def answer(recovery: Recovery, *, result_code: str, answered_by: str, answered_on: date, by: User, note: str = "") -> TraceAnswer:
    """What a maker, a dealer or another state answered. The latest answer counts; earlier ones stay."""
    permit(by, "tracing.answer")
    codes = table("trace_result_codes")
    if result_code not in codes:
        raise Invalid(Problem(_("There is no such result."), _("Choose one of: %s.") % ", ".join(codes), field="result_code", found=result_code))
    if codes[result_code].more["said_by"] == "confirmation":
        raise Refused(
            _("'%(result)s' is not an answer from outside: this register shows it."),
            _("Confirm the candidate instead."),
            result=codes[result_code].text,
        )
    if not answered_by.strip():
        raise Invalid(Problem(_("An answer comes from somebody."), _("Name the maker, the dealer or the state."), field="answered_by"))
    if answered_on > clock.today() or answered_on < recovery.recovered_on:
        raise Invalid(
            Problem(
                _("The answer is dated before the recovery or after today."),
                _("Give the day on which it was answered."),
                field="answered_on",
                found=answered_on.isoformat(),
            )
        )
    return record(
        TraceAnswer(recovery=recovery, result_code=result_code, answered_by=answered_by.strip(), answered_on=answered_on, note=note.strip()), by=by
    )


def report_seizures(*, agency: Party, month: date, seized: int, submitted: int, by: User) -> SeizureReport:
    """How many firearms an agency seized in a month and how many of them were submitted for tracing. A later report of the month counts instead."""
    permit(by, "tracing.report_seizures")
    month = month.replace(day=1)
    if month > clock.today():
        raise Invalid(Problem(_("This month is still to come."), _("Give a month that has begun."), field="month", found=month.isoformat()))
    if seized < 0 or submitted < 0:
        raise Invalid(Problem(_("A number of firearms is not negative."), _("Write 0 or more."), field="seized" if seized < 0 else "submitted"))
    if submitted > seized:
        raise Invalid(
            Problem(
                _("More were submitted than seized."),
                _("Count in 'seized' every firearm that was submitted."),
                field="submitted",
                found=str(submitted),
            )
        )
    with transaction.atomic():
        # The agency's row is what two reporters of one month would race for.
        Party.objects.select_for_update().get(pk=agency.pk)
        last = SeizureReport.objects.filter(agency=agency, month=month).order_by("-pk").first()
        if last is not None and (last.seized, last.submitted) == (seized, submitted):
            raise Refused(_("This month was reported with these numbers already."), _("Report it again only when a number changes."), rule=5)
        return record(SeizureReport(agency=agency, month=month, seized=seized, submitted=submitted), by=by)


def _check(seized: Seized, problems: Problems) -> None:
    """Rule 9: every fault of one reported firearm, with its row and field."""
    today, row = clock.today(), seized.row
    if (seized.recovered_until or seized.recovered_on) > today:
        problems.add(
            _("This day is still to come."),
            _("Give the day on which it was seized or found."),
            row=row,
            field="recovered_on",
            found=str(seized.recovered_on),
        )
    if seized.recovered_until is not None and seized.recovered_until < seized.recovered_on:
        problems.add(
            _("The last day is before the first."), _("Change one of them."), row=row, field="recovered_until", found=str(seized.recovered_until)
        )
    for field in ("place", "case_reference"):
        if not getattr(seized, field).strip():
            problems.add(_("This is empty."), _("Say where it was found, and the case it belongs to."), row=row, field=field)
    if len(seized.country) != 2 or not seized.country.isalpha():
        problems.add(_("A country is two letters."), _("Use its ISO 3166 code, such as MX."), row=row, field="country", found=seized.country)
    if seized.firearm_type and seized.firearm_type not in table("firearm_types") and seized.firearm_type not in BROAD_TYPES:
        problems.add(
            _("There is no such type."),
            _("Use a code of the list, or one of: %s.") % ", ".join(BROAD_TYPES),
            row=row,
            field="firearm_type",
            found=seized.firearm_type,
        )
    if seized.year is not None and not 1800 <= seized.year <= today.year:
        problems.add(
            _("This is not a year of manufacture."), _("Leave it empty when it is not known."), row=row, field="year", found=str(seized.year)
        )
    _check_lengths(seized, problems)
    _check_marks(seized, problems)


def _check_marks(seized: Seized, problems: Problems) -> None:
    before = problems.total
    reading.check_others(seized.other_marks, problems, row=seized.row)
    said = {"make": seized.make.strip(), "model": seized.model.strip(), "type": seized.firearm_type, "calibre": seized.calibre.strip(), "year": seized.year}
    reading.check_doubts(seized.doubtful, said, problems, row=seized.row)
    if problems.total > before or (seized.marks.strip() == REMOVED and not seized.other_marks):
        return
    try:
        reading.read(seized.marks, other_marks=seized.other_marks)
    except Invalid as invalid:
        for problem in invalid.problems:
            problems.add(problem.reason, problem.remedy, row=seized.row, field=problem.field, found=problem.found)


def _check_lengths(seized: Seized, problems: Problems) -> None:
    for field in ("place", "region", "case_reference", "marks", "make", "model", "calibre"):
        longest: int | None = getattr(Recovery._meta.get_field(field), "max_length", None)
        value = getattr(seized, field)
        if longest is not None and len(value) > longest:
            problems.add(
                _("This is longer than %d characters.") % longest,
                _("Shorten it; the rest belongs in the note."),
                row=seized.row,
                field=field,
                found=value,
            )


def _as_recovery(seized: Seized) -> Recovery:
    return Recovery(
        recovered_on=seized.recovered_on,
        recovered_until=seized.recovered_until,
        place=seized.place.strip(),
        region=seized.region.strip(),
        country=seized.country.upper(),
        agency=seized.agency,
        case_reference=seized.case_reference.strip(),
        marks=seized.marks.strip(),
        make=seized.make.strip(),
        model=seized.model.strip(),
        firearm_type=seized.firearm_type,
        calibre=seized.calibre.strip(),
        year=seized.year,
        other_marks=[each.as_kept() for each in seized.other_marks],
        doubtful=list(seized.doubtful),
        note=seized.note.strip(),
    )


def _identity(agency_id: int, case_reference: str, marks: str) -> tuple[int, str, str]:
    """The same marks in another spelling are the same marks: 'W3?5B72' and 'w3? 5b72'."""
    return agency_id, case_reference.strip(), reading.spelling_of(marks)


def _refuse_recorded_already(seized: Sequence[Seized]) -> None:
    """Rule 5: a recovery is recorded once. Removed serials of one case are told apart by nothing, so each needs its own case reference."""
    cases = {each.case_reference.strip() for each in seized}
    known = {_identity(row.agency_id, row.case_reference, row.marks): row.reference for row in Recovery.objects.filter(case_reference__in=cases)}
    here: dict[tuple[int, str, str], int | None] = {}
    for each in seized:
        identity = _identity(each.agency.pk, each.case_reference, each.marks)
        if identity in known:
            raise Refused(
                _("These marks of case %(case)s are recorded already, as %(reference)s."),
                _("Open that recovery. If two firearms of the case bear the same marks, add a number to the case reference."),
                rule=5,
                case=each.case_reference,
                reference=known[identity],
            )
        if identity in here:
            raise Invalid(
                Problem(
                    _("This firearm stands in the file already, in row %s.") % here[identity],
                    _("Take one of the two out."),
                    row=each.row,
                    field="marks",
                    found=each.marks,
                )
            )
        here[identity] = each.row


def _references(count: int) -> list[str]:
    first = next_reference(Recovery, "R")
    start, _dash, number = first.rpartition("-")
    return [f"{start}-{int(number) + place:04d}" for place in range(count)]
